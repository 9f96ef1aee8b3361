"""After a real deletion nothing of the call is in any file; and the search finds what is left when something is."""

import datetime as dt
import json
import shutil
import sqlite3

import pytest
from click.testing import CliRunner

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cli import root
from portal.db import db
from portal.recordings import index
from portal.recordings.models import Note
from portal.retention import actions, proof
from portal.vault import keystore, objects
from tests.calls import recording
from tests.retention import made

MARKERS = [made.SUBJECT_WORD, made.NOTE_WORD]


@pytest.fixture(autouse=True)
def at_the_date(settings):
    with clock.frozen(made.DUE + dt.timedelta(minutes=1)):
        yield


@pytest.fixture
def call(people):
    """Among other calls whose words stand beside its own in the index, in the file as it is in use."""
    for n in range(60):
        other = recording(
            people.daycare, started_at=made.CALLED + dt.timedelta(days=3, minutes=n), subject=f"zqx{n}abc"
        )
        Note.create(recording=other, author=people.adviser, text=f"zqvant{n} zqx{n}")
        index.put(other)
    row = made.marked(people.daycare, people.adviser)
    made.call_detail(row, "one")
    return row


def prove(row):
    return proof.prove(row.uuid, markers=MARKERS, number=made.NUMBER)


def whats(done) -> set[str]:
    return {found.what for found in done.found}


def test_of_a_live_call_everything_is_found_where_it_is(call):
    done = prove(call)
    assert (done.known, done.purged, done.clean) == (True, False, False)
    assert {"key", "objects", "wrapped key", "marker 1", "marker 2", "number"} <= whats(done)
    assert any(found.what == "wrapped key" and found.where.startswith("keystore/") for found in done.found)


def test_after_the_deletion_nothing_is_found_in_database_log_index_or_stores(call):
    assert sqlite3.sqlite_version_info >= (3, 40)
    assert actions.purge_due().purged == 1
    done = prove(call)
    assert done.found == []
    assert done.clean
    assert done.rule == "retention:3-months:1"
    assert done.keys_gone_by.startswith("2026-06-17")
    assert {"portal.db", "queue.db", "keystore", "objects"} <= done.searched.keys()


def test_words_that_only_the_index_still_has_are_found(call, monkeypatch):
    """What FTS5 keeps of a removed row until its segments are merged."""
    monkeypatch.setattr(index, "forget", lambda: None)
    actions.purge_due()
    done = prove(call)
    assert not done.clean
    assert {found.where for found in done.found} <= {"portal.db", "portal.db-wal"}
    assert any("marker" in what for what in whats(done))


def test_words_in_the_databases_own_log_are_found(call, monkeypatch):
    monkeypatch.setattr("portal.retention.actions.database.checkpoint", lambda: True)
    actions.purge_due()
    done = prove(call)
    assert not done.log_empty
    assert any(found.where == "portal.db-wal" for found in done.found)


def test_rows_that_were_only_unlinked_are_found(call):
    db.execute_sql("PRAGMA secure_delete = 0")
    actions.purge_due()
    assert {"marker 2", "number"} & whats(prove(call))


@pytest.mark.parametrize("place", ["portal.db", "queue.db", "forgotten.bak", "ledger/1.log", "threat/keystore/.x.part"])
def test_a_copy_of_the_wrapped_key_is_found_wherever_it_lies(call, settings, place):
    """Nobody tells the search what the key was."""
    key = made.wrapped_key(call)
    actions.purge_due()
    path = settings.data / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"before" + key + b"after")
    done = prove(call)
    assert [(found.where, found.what, found.count) for found in done.found] == [(place, "wrapped key", 1)]


def test_a_key_of_the_threat_store_is_known_too_and_another_calls_key_is_not_taken_for_it(call, settings, people):
    keystore.copy(call.uuid, source=keystore.MAIN, target=keystore.THREAT)
    copied = keystore.path_of(call.uuid, store=keystore.THREAT).read_bytes()
    actions.purge_due()
    assert prove(call).clean, "sixty others have keys"
    (settings.data / "copy").write_bytes(copied)
    assert whats(prove(call)) == {"wrapped key"}


def test_files_brought_back_are_found(call, settings, tmp_path):
    shutil.copytree(settings.keystore, tmp_path / "keystore")
    actions.purge_due()
    shutil.copytree(tmp_path / "keystore", settings.keystore, dirs_exist_ok=True)
    objects.seal(call.uuid, "original", [b"x"])
    assert whats(prove(call)) == {"key", "objects", "wrapped key"}


def test_the_search_is_logged_without_what_was_sought(call):
    actions.purge_due()
    prove(call)
    entry = Entry.get(Entry.act == Act.PURGE_PROVED)
    told = json.loads(entry.detail)
    assert (told["uuid"], told["found"], told["whole"]) == (call.uuid.hex, 0, True)
    assert made.NOTE_WORD not in entry.detail
    assert made.NUMBER[-6:] not in entry.detail


def portal(*words: str, text: str = ""):
    return CliRunner().invoke(root, words, input=text)


def test_the_command_says_what_it_found_and_where(call):
    live = portal("purge", "prove", str(call.uuid), "--marker", made.NOTE_WORD)
    assert live.exit_code == 2
    assert "NOT deleted" in live.output
    portal("purge")
    done = portal(
        "purge", "prove", str(call.uuid), "--marker", "-", "--number", made.NUMBER, text=made.NOTE_WORD + "\n"
    )
    assert done.exit_code == 0, done.output
    assert "found:            nothing" in done.output
    assert "last backup gone: 2026-06-17" in done.output
    assert made.NOTE_WORD not in done.output
    told = json.loads(portal("purge", "prove", str(call.uuid), "--json").output)
    assert (told["purged"], told["found"]) == (True, [])


def test_a_marker_that_is_found_everywhere_is_refused(call):
    assert portal("purge", "prove", str(call.uuid), "--marker", "och").exit_code == 2
    assert portal("purge", "prove", str(call.uuid), "--number", "12").exit_code == 2
    assert portal("purge", "prove", "nonsense").exit_code == 2


def test_the_sweep_paused_is_confirmed_by_the_command(call):
    with clock.frozen(made.DUE + dt.timedelta(days=3)):
        actions.purge_due()
    late = recording(call.queue, started_at=made.CALLED - dt.timedelta(days=1))
    paused = portal("purge")
    assert (paused.exit_code, "PAUSED (clock_back)" in paused.output) == (1, True)
    done = portal("purge", "--confirm")
    assert (done.exit_code, done.output.splitlines()[0]) == (0, "deleted: 1")
    assert not keystore.exists(late.uuid)
