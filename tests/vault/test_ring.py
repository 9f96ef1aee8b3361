"""Where the root key comes from, what opens the keyring, and what is said when it is not the right one."""

import base64
import json
import os
import uuid

import pytest

from portal import config
from portal.keys import rotation
from portal.start import check, prepare
from portal.vault import box, keystore, ring, root

OTHER = b"another key of thirty-two bytes."


@pytest.fixture(autouse=True)
def as_a_new_process(settings):
    ring.forget()
    yield
    ring.forget()


def test_the_environment_goes_before_the_credential_and_that_before_the_file(settings, tmp_path, monkeypatch):
    assert root.read().source == "file"
    (tmp_path / root.CREDENTIAL).write_bytes(root.shown(OTHER))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert (root.read().source, root.read().key) == ("credential", OTHER)
    given = os.urandom(32)
    monkeypatch.setenv(root.ENVIRONMENT, base64.b64encode(given).decode())
    assert (root.read().source, root.read().key) == ("environment", given)


@pytest.mark.parametrize("source", ["environment", "credential"])
def test_a_register_begins_and_is_opened_with_a_key_that_lies_in_no_file_of_it(source, tmp_path, monkeypatch):
    if source == "environment":
        monkeypatch.setenv(root.ENVIRONMENT, base64.b64encode(OTHER).decode())
    else:
        (tmp_path / root.CREDENTIAL).write_bytes(root.shown(OTHER))
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    made = config.use(config.load(tmp_path / "elsewhere"))
    prepare(made)
    assert not made.root_key.exists()
    check(made)
    subject = uuid.uuid4()
    key = keystore.create(subject)
    ring.forget()
    assert keystore.load(subject) == key
    assert ring.current().id == root.id_of(OTHER)


@pytest.mark.parametrize("text", ["no key", "c2hvcnQ=", "é" * 44, "A" * 43])
def test_a_key_that_is_none_is_told_and_never_passed_over(settings, text, monkeypatch):
    monkeypatch.setenv(root.ENVIRONMENT, text)
    with pytest.raises(config.ConfigError, match=f"{root.ENVIRONMENT} is not a") as told:
        check(settings)
    assert text not in str(told.value)


def test_a_missing_key_is_one_clear_message(settings):
    settings.root_key.unlink()
    with pytest.raises(
        config.ConfigError, match=r"^root\.key is missing: put it into the folder of secrets, or give it"
    ):
        check(settings)


def test_a_wrong_key_is_one_clear_message_that_names_the_right_one(settings):
    right = ring.current().id.hex()
    settings.root_key.write_bytes(root.shown(OTHER))
    with pytest.raises(config.ConfigError) as told:
        check(settings)
    assert str(told.value) == f"the root key {root.id_of(OTHER).hex()} opens nothing here: give {right} instead"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"slots": 3}', b"\xff", b'{"format": 1, "slots": {"x": "%"}}'])
def test_a_keyring_that_is_not_whole_is_told(settings, content):
    settings.keyring.write_bytes(content)
    with pytest.raises(config.ConfigError, match="keyring is not whole"):
        check(settings)


def test_a_keyring_that_was_altered_is_told(settings):
    plain = json.loads(settings.keyring.read_bytes())
    [(name, slot)] = plain["slots"].items()
    sealed = bytearray(base64.b64decode(slot))
    sealed[20] ^= 1
    plain["slots"][name] = base64.b64encode(sealed).decode()
    settings.keyring.write_text(json.dumps(plain))
    with pytest.raises(config.ConfigError, match="was altered"):
        check(settings)


def test_a_slot_under_another_name_opens_nothing(settings):
    """The name of the key is bound to what it opens."""
    plain = json.loads(settings.keyring.read_bytes())
    [slot] = plain["slots"].values()
    settings.root_key.write_bytes(root.shown(OTHER))
    settings.keyring.write_text(json.dumps(plain | {"slots": {root.id_of(OTHER).hex(): slot}}))
    with pytest.raises(config.ConfigError, match="was altered"):
        check(settings)


def test_nothing_of_a_key_stands_in_the_keyring_or_in_what_is_printed_of_it(settings):
    held = ring.fresh()
    content = settings.keyring.read_bytes()
    for one in held.keys:
        for shown in (one, base64.b64encode(one), one.hex().encode()):
            assert shown not in content
            assert shown.decode("latin-1") not in repr(held) + repr(root.read())
    assert settings.keyring.stat().st_mode & 0o077 == 0


def test_a_register_from_before_there_were_keyrings_gets_one_and_opens_as_before(settings, people):
    subject = uuid.uuid4()
    key, name = keystore.create(subject), box.pseudonym("number", "1")
    settings.keyring.unlink()
    ring.forget()
    with pytest.raises(config.ConfigError, match="keyring is missing"):
        check(settings)
    prepare(settings)
    check(settings)
    assert (keystore.load(subject), box.pseudonym("number", "1")) == (key, name)


def test_no_keyring_is_made_for_a_root_key_that_opens_nothing_there(settings):
    keystore.create(uuid.uuid4())
    right = ring.current().id.hex()
    settings.keyring.unlink()
    settings.root_key.write_bytes(root.shown(OTHER))
    ring.forget()
    with pytest.raises(root.RootKeyWrong, match=right):
        prepare(settings)
    assert not settings.keyring.exists()


def test_a_keyring_that_goes_missing_while_the_portal_runs_is_told_and_nothing_is_made_without_it(settings):
    """After a rotation the root key alone would give other pseudonyms: nobody's codes would be known, and the ledger
    would be broken by its next line."""
    name = box.pseudonym("recovery", "code")
    rotation.rotate()
    content = settings.keyring.read_bytes()
    assert box.pseudonym("recovery", "code") == name
    settings.keyring.unlink()
    for _ in range(2):
        with pytest.raises(root.RootKeyMissing, match="keyring is gone"):
            box.pseudonym("recovery", "code")
    settings.keyring.write_bytes(content)
    assert box.pseudonym("recovery", "code") == name


def test_what_was_sealed_before_there_was_a_header_is_read(settings):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    old = nonce + AESGCM(box.root("totp")).encrypt(nonce, b"secret", b"context")
    assert box.unseal("totp", b"context", old) == b"secret"
    assert not box.is_current(old)
    key = os.urandom(32)
    old = nonce + AESGCM(root.derived(key, "x")).encrypt(nonce, b"secret", b"context")
    assert box.unseal_under(key, "x", b"context", old) == b"secret"


def test_every_byte_of_a_sealed_secret_is_proven_the_header_too(settings):
    sealed, key = box.seal("totp", b"context", b"secret"), os.urandom(32)
    under = box.seal_under(key, "totp", b"context", b"secret")
    assert sealed[:12] == box.MAGIC + box.root_id()
    for place in range(len(sealed)):
        flipped = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(box.SealBroken):
            box.unseal("totp", b"context", flipped)
    for place in range(len(under)):
        flipped = under[:place] + bytes([under[place] ^ 1]) + under[place + 1 :]
        with pytest.raises(box.SealBroken):
            box.unseal_under(key, "totp", b"context", flipped)
    for use, context in (("other", b"context"), ("totp", b"other")):
        with pytest.raises(box.SealBroken):
            box.unseal(use, context, sealed)
