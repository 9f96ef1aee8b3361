"""The root key is changed: all that was sealed opens, the old key opens nothing, and what was destroyed stays so."""

import base64
import contextlib
import json
import os
import threading
import uuid

import peewee
import pytest
from click.testing import CliRunner

from portal import config, db, lock, schema
from portal.accounts import factors
from portal.accounts.models import Account
from portal.cli import root as program
from portal.keys import columns, rotation
from portal.retention import account_standing, proof
from portal.start import check
from portal.vault import box, durable, keystore, objects, ring, root
from tests.keys.sealed import Secrets, rotations
from tests.people import TOTP


@pytest.fixture
def secrets(people):
    return Secrets(people)


def portal(*words, **options):
    """Runs as in a process of its own."""
    db.db.close()
    ring.forget()
    answer = CliRunner().invoke(program, [str(word) for word in words], **options)
    ring.forget()
    db.bind(config.settings())
    db.connect()
    return answer


def test_all_is_under_the_new_key_and_opens(secrets, settings):
    old = root.read()
    done = rotation.rotate()
    new = root.read()
    assert (done.finished, done.before, done.id) == (True, old.id.hex(), new.id.hex())
    assert old.key != new.key
    assert secrets.under() == {new.id.hex()}
    secrets.all_open()
    [told] = rotations()
    assert told == {
        "root": new.id.hex(),
        "earlier": old.id.hex(),
        "files": 5,
        "rows": Account.select().count() + 4,
        "unreadable": 0,
        "finished": True,
    }


def test_the_old_key_opens_nothing_any_more(secrets, settings):
    old = root.read()
    rotation.rotate()
    settings.root_key.write_bytes(root.shown(old.key))
    ring.forget()
    with pytest.raises(config.ConfigError, match="opens nothing here"):
        check(settings)
    wrapped = b"".join(p.read_bytes() for p in settings.data.rglob("*.key"))
    assert keystore.MAGIC + old.id not in wrapped
    register = b"".join(path.read_bytes() for path in settings.data.glob("portal.db*"))
    assert box.MAGIC + old.id not in register, "what was overwritten is still in the register's file or log"


def test_what_the_old_files_held_is_overwritten(secrets, settings):
    paths = [settings.root_key, settings.keyring, keystore.path_of(secrets.calls[0].uuid)]
    before = [path.read_bytes() for path in paths]
    with contextlib.ExitStack() as opened:
        files = [opened.enter_context(open(path, "rb")) for path in paths]
        rotation.rotate()
        assert [os.fstat(file.fileno()).st_nlink for file in files] == [0, 0, 0]
        assert not [file for file, content in zip(files, before, strict=True) if content[20:] in file.read()]


def test_it_can_be_changed_again_and_again(secrets):
    ids = {ring.current().id.hex()}
    for _ in range(3):
        ids.add(rotation.rotate().id)
        secrets.all_open()
    assert len(ids) == 4
    assert secrets.under() == {ring.current().id.hex()}


def test_a_key_destroyed_meanwhile_is_not_written_again(secrets, monkeypatch):
    """It had been read to be wrapped anew when somebody destroyed it."""
    subject, real = secrets.calls[0].uuid, keystore._write
    destroyer = threading.Thread(target=keystore.destroy, args=(subject,))

    def meanwhile(*args):
        if args[0] == subject and not destroyer.ident:
            destroyer.start()
            destroyer.join(0.2)
        real(*args)

    monkeypatch.setattr(keystore, "_write", meanwhile)
    rotation.rotate()
    destroyer.join()
    assert not keystore.exists(subject)
    assert not durable.scratch_of(keystore.path_of(subject)).exists()
    with pytest.raises(keystore.NoKey):
        objects.read(subject, "original")


def test_a_reader_that_held_the_old_file_reads_the_new_one(secrets, monkeypatch):
    """Between its open and its read the file was replaced and overwritten."""
    subject, real, once = secrets.calls[0].uuid, os.read, []
    before = keystore.load(subject)

    def late(handle, size):
        if size == keystore.SIZE + 1 and not once:
            once.append(True)
            rotation.rotate()
        return real(handle, size)

    monkeypatch.setattr(os, "read", late)
    assert keystore.load(subject) == before
    assert once


def test_what_was_sealed_before_and_written_after_the_first_pass_is_sealed_anew(secrets, monkeypatch):
    """Whoever had the old key in hand when the new one came writes a moment later."""
    people, subject, real, passes = secrets.people, secrets.calls[0].uuid, rotation._pass, []
    late, wrapped = factors.seal(people.clerk, TOTP), keystore.path_of(subject).read_bytes()

    def passing(told):
        passes.append(real(told))
        if len(passes) == 1:
            Account.update(totp_sealed=late).where(Account.id == people.clerk.id).execute()
            keystore.path_of(subject).write_bytes(wrapped)
        return passes[-1]

    monkeypatch.setattr(rotation, "_pass", passing)
    done = rotation.rotate()
    assert secrets.under() == {done.id}
    assert passes[1:] == [(1, 1, 0), (0, 0, 0)]
    secrets.all_open()


def test_what_somebody_changes_meanwhile_stays_as_he_left_it(secrets, monkeypatch):
    """Guarded: a second factor that was just reset does not come back, one that was just renewed stays."""
    people, real = secrets.people, columns._put
    renewed = []

    def meanwhile(column, key, before, anew):
        if column.model is Account and not renewed:
            renewed.append(True)
            fresh = factors.seal(people.clerk, "NEWSECRETNEWSECRETNEWSECRETNEWSE")
            Account.update(totp_sealed=None).where(Account.id == people.adviser.id).execute()
            Account.update(totp_sealed=fresh).where(Account.id == people.clerk.id).execute()
        return real(column, key, before, anew)

    monkeypatch.setattr(columns, "_put", meanwhile)
    rotation.rotate()
    assert Account.get_by_id(people.adviser.id).totp_sealed is None
    clerk = Account.get_by_id(people.clerk.id)
    assert factors.unseal(clerk, clerk.totp_sealed) == "NEWSECRETNEWSECRETNEWSECRETNEWSE"


def test_what_was_begun_under_the_old_key_is_taken_in_a_later_pass(secrets, monkeypatch):
    people, real = secrets.people, rotation._pass
    late = factors.seal(people.adviser, TOTP)
    passes = []

    def then_written(told):
        found = real(told)
        if not passes:
            Account.update(totp_sealed=late).where(Account.id == people.adviser.id).execute()
        passes.append(found)
        return found

    monkeypatch.setattr(rotation, "_pass", then_written)
    rotation.rotate()
    assert [bool(files or rows) for files, rows, _ in passes] == [True, True, False]
    assert secrets.under() == {ring.current().id.hex()}


def test_what_nothing_opens_is_told_and_stops_nothing(secrets):
    broken = secrets.calls[0]
    path = keystore.path_of(broken.uuid)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    people = secrets.people
    Account.update(totp_sealed=b"zqxv").where(Account.id == people.adviser.id).execute()
    done = rotation.rotate()
    assert (done.finished, done.unreadable) == (True, 2)
    answer = portal("keys", "rotate")
    assert "NOT readable: 2, nor were they before" in answer.output


def test_one_rotation_at_a_time(secrets):
    with lock.alone("rotation"):
        with pytest.raises(rotation.Busy):
            rotation.rotate()
        assert "another rotation runs" in portal("keys", "rotate").output
    assert rotations() == []


def test_every_column_of_bytes_in_the_register_is_sealed_anew_or_has_its_reason():
    known = {(column.model._meta.table_name, column.field.column_name) for column in columns.COLUMNS}
    blobs = {
        (model._meta.table_name, field.column_name)
        for model in schema.MODELS
        for field in model._meta.sorted_fields
        if isinstance(field, peewee.BlobField)
    }
    assert blobs - known == set(columns.ELSEWHERE)


def test_the_ledger_knows_a_second_factor_by_its_secret_not_by_its_seal(secrets):
    people = secrets.people
    before = account_standing.of(people.adviser)
    rotation.rotate()
    assert account_standing.of(Account.get_by_id(people.adviser.id)) == before
    assert account_standing.take_again(Account.get_by_id(people.adviser.id), before) == []


def test_a_line_from_before_knows_it_by_its_seal(secrets):
    account = secrets.people.adviser
    stands = account_standing.of(account) | {"factor": account_standing._factor_as_sealed(account)}
    assert account_standing.take_again(account, stands) == []
    assert account_standing.take_again(account, stands | {"factor": "0" * 32}) == ["password", "factor"]


def test_a_trace_of_a_key_is_found_under_every_root_key_there_was(secrets):
    subject = secrets.calls[0].uuid
    before = keystore.path_of(subject).read_bytes()
    rotation.rotate()
    after = keystore.path_of(subject).read_bytes()
    assert keystore.found_in(b"x" + before + after + before[:40], subject) == 2
    assert keystore.found_in(before + after, uuid.uuid4()) == 0
    assert proof.keystore is keystore


def test_a_key_from_elsewhere_is_changed_in_two_steps(secrets, settings, tmp_path, monkeypatch):
    old, file = root.read(), tmp_path / "next"
    settings.root_key.unlink()
    monkeypatch.setenv(root.ENVIRONMENT, base64.b64encode(old.key).decode())
    refused = portal("keys", "rotate")
    assert refused.exit_code == 1
    assert "portal keys rotate --to FILE" in refused.output
    assert "root key: " in portal("keys", "new", file).output
    assert portal("keys", "new", file).exit_code == 1
    begun = portal("keys", "rotate", "--to", file)
    assert begun.exit_code == 1
    assert "both keys open it" in begun.output
    secrets.all_open()
    assert portal("keys", "rotate", "--json").exit_code == 1
    new = root.parse(file.read_bytes(), "next")
    monkeypatch.setenv(root.ENVIRONMENT, base64.b64encode(new).decode())
    secrets.all_open()
    ended = portal("keys", "rotate", "--json")
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.output)["finished"]
    secrets.all_open()
    assert secrets.under() == {root.id_of(new).hex()}
    assert not settings.root_key.exists()
    monkeypatch.setenv(root.ENVIRONMENT, base64.b64encode(old.key).decode())
    ring.forget()
    with pytest.raises(root.RootKeyWrong):
        ring.fresh()


def test_an_unfinished_rotation_goes_on_to_its_own_key(secrets, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(rotation, "_seal_anew", lambda done, job: (_ for _ in ()).throw(OSError(5, "refused")))
    assert "not finished, run it again: refused" in portal("keys", "rotate").output
    monkeypatch.undo()
    monkeypatch.setattr(rotation, "STRAGGLERS_SECONDS", 0)
    begun = ring.fresh()
    assert begun.turning
    root.make_file(tmp_path / "third")
    assert "is not finished" in portal("keys", "rotate", "--to", tmp_path / "third").output
    assert "NOT finished" in portal("keys", "status").output
    assert rotation.rotate().id == begun.id.hex()
    secrets.all_open()


@pytest.mark.parametrize("which", ["present", "earlier"])
def test_no_key_is_taken_twice(secrets, tmp_path, which):
    old = root.read().key
    if which == "earlier":
        rotation.rotate()
    root.put(tmp_path / "again", old)
    assert "take a new one" in portal("keys", "rotate", "--to", tmp_path / "again").output
    assert not ring.fresh().turning


def test_the_command_says_what_is_to_be_done_next(secrets):
    answer = portal("keys", "rotate")
    assert answer.exit_code == 0
    assert "portal backup" in answer.output
    assert "portal keys split" in answer.output
    stands = json.loads(portal("keys", "status", "--json").output)
    assert stands["files"] == {stands["id"]: 5}
    assert (stands["turning"], stands["earlier"], stands["source"]) == (False, 1, "file")


def test_nothing_of_a_key_is_printed(secrets):
    said = portal("keys", "rotate").output + portal("keys", "status").output + portal("keys", "status", "--json").output
    for one in ring.fresh().keys:
        for shown in (one.hex(), base64.b64encode(one).decode()):
            assert shown not in said
