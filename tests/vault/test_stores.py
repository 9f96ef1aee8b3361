"""Two stores: what is in one is not read by way of the other, and a copy can be repeated."""

import os
import uuid

import pytest

from portal.vault import box, durable, keystore, objects

pytestmark = pytest.mark.usefixtures("settings")
MAIN, THREAT = keystore.STORES


def sealed(store: str = MAIN) -> uuid.UUID:
    subject = uuid.uuid4()
    objects.seal(subject, "original", [b"sound" * 50_000], store=store)
    objects.seal(subject, "peaks", [b"[]"], store=store)
    return subject


def copied(subject: uuid.UUID) -> list[str]:
    keystore.copy(subject, source=MAIN, target=THREAT)
    return objects.copy_all(subject, source=MAIN, target=THREAT)


def test_what_is_in_one_store_is_not_in_the_other():
    subject = sealed(THREAT)
    assert objects.read(subject, "peaks", store=THREAT) == b"[]"
    assert not keystore.exists(subject)
    assert not objects.exists(subject, "peaks")
    with pytest.raises(keystore.NoKey):
        objects.read(subject, "peaks")
    assert list(keystore.subjects()) == list(objects.subjects()) == []
    assert list(keystore.subjects(store=THREAT)) == list(objects.subjects(store=THREAT)) == [subject]


def test_a_key_file_carried_to_the_other_store_opens_nothing():
    subject = sealed()
    there = keystore.path_of(subject, store=THREAT)
    durable.make_folder(there.parent)
    there.write_bytes(keystore.path_of(subject).read_bytes())
    with pytest.raises(box.SealBroken):
        keystore.load(subject, store=THREAT)


def test_a_copy_is_read_as_the_first_was():
    subject = sealed()
    assert copied(subject) == ["original", "peaks"]
    assert keystore.path_of(subject, store=THREAT).read_bytes() != keystore.path_of(subject).read_bytes()
    keystore.destroy(subject)
    objects.remove_all(subject)
    assert objects.read(subject, "original", store=THREAT) == b"sound" * 50_000
    assert objects.read(subject, "peaks", store=THREAT) == b"[]"


def test_a_copy_is_repeated_without_writing_anew_what_is_whole(monkeypatch):
    subject = sealed()
    copied(subject)
    monkeypatch.setattr(durable, "new_file", lambda target: pytest.fail("written again"))
    assert copied(subject) == ["original", "peaks"]


def test_a_copy_makes_good_what_an_earlier_one_left_half_or_wrong():
    subject = sealed()
    copied(subject)
    keystore.path_of(subject, store=THREAT).write_bytes(b"half a key")
    part = objects.path_of(subject, "original", store=THREAT)
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    objects.path_of(subject, "older", store=THREAT).write_bytes(b"x")
    durable.scratch_of(part).write_bytes(b"half")
    copied(subject)
    assert objects.read(subject, "original", store=THREAT) == b"sound" * 50_000
    assert sorted(os.listdir(part.parent)) == ["original", "peaks"]


def test_a_copy_that_reads_back_otherwise_is_none(monkeypatch):
    subject = sealed()
    real = objects.blocks
    monkeypatch.setattr(objects, "blocks", lambda file: (block[:-1] + b"?" for block in real(file)))
    with pytest.raises(objects.NotCopied):
        copied(subject)


def test_a_half_written_key_goes_with_the_whole_one():
    subject = sealed(THREAT)
    half = durable.scratch_of(keystore.path_of(subject, store=THREAT))
    half.write_bytes(b"w" * 72)
    assert keystore.destroy(subject, store=THREAT)
    assert list(half.parent.iterdir()) == []
    half.write_bytes(b"w" * 72)
    assert keystore.destroy(subject, store=THREAT)
    assert list(half.parent.iterdir()) == []


@pytest.mark.parametrize("of", [keystore.folder, objects.folder])
def test_there_is_no_third_store(of):
    with pytest.raises(KeyError):
        of("attic")
