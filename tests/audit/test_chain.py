"""The chain shows every change to the log; a noted head shows what the chain alone cannot."""

import uuid

import peewee
import pytest

from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.chain import Checkpoint, Verdict
from portal.audit.models import Entry
from portal.db import db
from tests.audit import tamper


@pytest.fixture
def log(settings) -> Verdict:
    """Nine entries, and what the check of them said; the database's guards are off."""
    tamper.fill(9)
    tamper.unguard()
    verdict = chain.verify()
    assert verdict.whole
    assert verdict.entries == 9
    return verdict


def fault() -> tuple[bool, int | None, str]:
    verdict = chain.verify()
    return verdict.whole, verdict.fault_at, verdict.fault


def test_an_empty_log_is_whole(settings):
    assert chain.verify() == Verdict(True, 0, chain.GENESIS)


def test_a_whole_log_is_whole_across_batches(settings, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 4)
    tamper.fill(9)
    assert chain.verify().entries == 9


def test_the_check_covers_every_column():
    assert {*chain.COLUMNS, "hash"} == {field.column_name for field in Entry._meta.sorted_fields}


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("id", 500, "gap"),
        ("at", 1, "content"),
        ("act", "recordings:viewed", "content"),
        ("by", uuid.UUID(int=7).hex, "content"),
        ("subject_kind", "recording", "content"),
        ("subject", uuid.UUID(int=7).hex, "content"),
        ("queue_id", 1, "content"),
        ("purpose", "quality", "content"),
        ("reference", "BST/1/2026", "content"),
        ("detail", '{"hits":5}', "content"),
        ("detail", b"\xff\xfe", "content"),
        ("previous", "f" * 64, "link"),
        ("hash", "f" * 64, "content"),
    ],
)
def test_an_edit_of_any_column_is_seen(log, column, value, kind):
    tamper.overwrite(5, column, value)
    assert fault() == (False, 5, kind)


def test_an_edit_with_a_fitting_hash_is_seen_at_the_next_entry(log):
    tamper.overwrite(5, "detail", '{"hits":0}')
    tamper.rehash(5)
    assert fault() == (False, 6, "link")


@pytest.mark.parametrize("number", [1, 5])
def test_a_removed_entry_is_seen(log, number):
    tamper.remove(number)
    assert fault() == (False, number, "gap")


def test_a_removed_entry_whose_number_is_closed_up_is_seen(log):
    tamper.remove(5)
    for number in range(6, 10):
        tamper.overwrite(number, "id", number - 1)
    assert fault() == (False, 5, "link")


def test_an_inserted_entry_is_seen(log):
    copied = Entry.get_by_id(5)
    copied.id = 0
    copied.save(force_insert=True)
    assert fault() == (False, 1, "gap")


def test_swapped_entries_are_seen(log):
    for number, to in ((4, 100), (5, 4), (100, 5)):
        tamper.overwrite(number, "id", to)
    assert fault() == (False, 4, "link")


def test_an_end_cut_off_is_seen_only_with_a_noted_head(log):
    tamper.remove(9)
    assert chain.verify().whole, "the chain alone cannot know that there was more"
    verdict = chain.verify(log.checkpoint)
    assert (verdict.whole, verdict.entries, verdict.fault_at, verdict.fault) == (False, 8, 9, "cut")


def test_a_chain_written_anew_is_seen_only_with_a_noted_head(log):
    tamper.overwrite(5, "detail", '{"hits":0}')
    tamper.rehash(5)
    for number in range(6, 10):
        tamper.overwrite(number, "previous", Entry.get_by_id(number - 1).hash)
        tamper.rehash(number)
    assert chain.verify().whole, "the chain alone cannot know what was there before"
    verdict = chain.verify(log.checkpoint)
    assert (verdict.whole, verdict.fault_at, verdict.fault) == (False, 9, "rewritten")


def test_a_noted_head_still_holds_when_the_log_has_grown(log):
    tamper.fill(5)
    verdict = chain.verify(log.checkpoint)
    assert verdict.whole
    assert verdict.entries == 14


def test_a_checkpoint_reads_as_it_is_written(log):
    assert Checkpoint.parse(str(log.checkpoint)) == log.checkpoint


@pytest.mark.parametrize("text", ["", "9", "9:", ":" + "a" * 64, "9:" + "A" * 64, "-1:" + "a" * 64, "9:" + "a" * 63])
def test_a_checkpoint_refuses_what_is_none(text):
    with pytest.raises(ValueError, match="not NUMBER:HASH"):
        Checkpoint.parse(text)


def test_a_database_that_cannot_be_read_is_told_and_no_crash(log):
    db.execute_sql("UPDATE audit_entry SET detail = CAST(X'FFFE41' AS TEXT) WHERE id = 5")
    assert fault()[0::2] == (False, "unreadable")


class TestTheDatabasesOwnGuard:
    """Not even the portal's own connection changes an entry."""

    def test_it_refuses_updates(self, settings):
        tamper.fill(2)
        with pytest.raises(peewee.IntegrityError, match="append-only"):
            Entry.update(purpose="quality").where(Entry.id == 1).execute()

    def test_it_refuses_deletes(self, settings):
        tamper.fill(2)
        with pytest.raises(peewee.IntegrityError, match="append-only"):
            Entry.delete().where(Entry.id == 2).execute()

    def test_it_refuses_replacement(self, settings):
        tamper.fill(2)
        with pytest.raises(peewee.IntegrityError, match="append-only"):
            db.execute_sql("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE id = 1")

    def test_it_refuses_a_number_out_of_order(self, settings):
        tamper.fill(2)
        entry = Entry.get_by_id(2)
        entry.id = 4
        with pytest.raises(peewee.IntegrityError, match="append-only"):
            entry.save(force_insert=True)


def test_an_entry_outside_a_transaction_is_refused(settings):
    with pytest.raises(RuntimeError):
        record(Act.SEARCHED)
    assert Entry.select().count() == 0


def test_an_act_rolled_back_leaves_no_entry(settings):
    tamper.fill(1)

    @db.atomic()
    def act() -> None:
        record(Act.SEARCHED)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    tamper.fill(1)
    assert chain.verify().entries == 2
