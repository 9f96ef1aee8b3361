"""The ledger: durable before a key goes, chained, whole after a death, and never behind the log for long."""

import datetime as dt
import os
import shutil

import pytest

from portal import clock, config
from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.audit.chain import Checkpoint
from portal.recordings.models import Recording, State
from portal.retention import actions, deletion, freezes, holds, ledger, standing
from portal.retention.ledger import Kind, New
from portal.retention.models import PurgeLine
from portal.vault import keystore
from tests import kill
from tests.calls import recording
from tests.retention import drill, made

NOW = made.DUE + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def apart(settings):
    with clock.frozen(NOW):
        yield drill.apart(settings)


def kinds(kind=None) -> list:
    return [line for line in ledger.lines() if kind in (None, line.kind)]


def test_lines_follow_each_other_over_the_months(apart):
    for month in range(1, 4):
        with clock.frozen(dt.datetime(2026, month, 9, tzinfo=dt.UTC)):
            ledger.append(New(Kind.MARK), New(Kind.MARK))
    assert [path.name for path in ledger.files()] == ["2026-01.jsonl", "2026-02.jsonl", "2026-03.jsonl"]
    assert [line.number for line in ledger.lines()] == [1, 2, 3, 4, 5, 6]
    assert ledger.verify().entries == 6
    assert ledger.tail().number == 6
    assert oct(ledger.files()[0].stat().st_mode)[-3:] == "600"


def test_a_clock_that_is_set_back_goes_on_in_the_newest_file():
    ledger.append(New(Kind.MARK))
    with clock.frozen(NOW - dt.timedelta(days=90)):
        ledger.append(New(Kind.MARK))
    assert len(ledger.files()) == 1
    assert ledger.verify().entries == 2


@pytest.mark.parametrize("fault", ["altered", "removed", "swapped", "first", "file"])
def test_a_change_is_seen(fault):
    for month in (5, 6):
        with clock.frozen(dt.datetime(2026, month, 9, tzinfo=dt.UTC)):
            ledger.append(*[New(Kind.MARK)] * 3)
    path = ledger.files()[0]
    lines = path.read_bytes().splitlines(keepends=True)
    if fault == "altered":
        lines[1] = lines[1].replace(b'"mark"', b'"kept"')
    elif fault == "removed":
        del lines[1]
    elif fault == "swapped":
        lines[1], lines[2] = lines[2], lines[1]
    elif fault == "first":
        del lines[0]
    path.write_bytes(b"".join(lines))
    if fault == "file":
        path.unlink()
    with pytest.raises(ledger.Broken):
        ledger.verify()


def test_an_end_that_was_cut_off_is_seen_from_a_place_noted_elsewhere():
    ledger.append(New(Kind.MARK), New(Kind.MARK))
    place = ledger.tail().checkpoint
    path = ledger.files()[0]
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert ledger.verify().entries == 1
    with pytest.raises(ledger.Broken):
        ledger.verify(place)
    with pytest.raises(ledger.Broken):
        ledger.verify(Checkpoint(1, "0" * 64))


def test_a_line_that_was_torn_gives_way_to_the_next():
    ledger.append(New(Kind.MARK))
    with open(ledger.files()[0], "ab") as file:
        file.write(b'{"n":2,"at":')
    assert ledger.tail().number == 1
    assert ledger.verify().entries == 1
    ledger.append(New(Kind.MARK))
    assert ledger.verify().entries == 2


def test_an_empty_newest_file_is_no_end(apart):
    ledger.append(New(Kind.MARK))
    (apart.ledger / "2099-01.jsonl").write_bytes(b"")
    ledger.append(New(Kind.MARK))
    assert ledger.verify().entries == 2


def test_a_death_at_any_point_of_an_append_leaves_it_whole(apart, monkeypatch):
    kill.without_waiting(monkeypatch)
    ledger.append(New(Kind.MARK))
    kept = apart.ledger.with_name("kept")
    shutil.copytree(apart.ledger, kept)
    point, finished = 1, False
    while not finished:
        shutil.rmtree(apart.ledger)
        shutil.copytree(kept, apart.ledger)
        finished = kill.run_killed(lambda: ledger.append(New(Kind.MARK), New(Kind.MARK)), point)
        before = ledger.verify().entries
        assert before in (1, 2, 3)
        ledger.append(New(Kind.MARK))
        assert ledger.verify().entries == before + 1
        point += 1
    assert point > 4


def test_a_purge_is_in_the_ledger_before_its_key_is_destroyed(people, monkeypatch):
    row = made.marked(people.daycare, people.adviser)
    destroy, seen = keystore.destroy, []

    def watched(subject, **options):
        seen.append([line.subject for line in kinds(Kind.PURGE)])
        return destroy(subject, **options)

    monkeypatch.setattr(keystore, "destroy", watched)
    assert actions.purge_due().purged == 1
    assert seen
    assert all(row.uuid in subjects for subjects in seen)
    [line] = kinds(Kind.PURGE)
    assert made.NUMBER.encode() not in ledger.files()[0].read_bytes()
    assert line.detail["rule"] == "retention:3-months:1"


def test_no_key_is_destroyed_while_the_ledger_cannot_be_written(people, monkeypatch):
    row = made.marked(people.daycare, people.adviser)
    lines = deletion.claim_due(5)

    def full(text):
        raise OSError(28, "full")

    monkeypatch.setattr(ledger, "_write", full)
    assert deletion.finish(lines[0]) == "ENOSPC"
    assert keystore.exists(row.uuid)
    assert Recording.get_by_id(row.id).state == State.PURGING
    monkeypatch.undo()
    with clock.frozen(NOW):
        config.use(config.settings())
        assert deletion.finish(PurgeLine.get()) == ""
    assert not keystore.exists(row.uuid)


def test_what_takes_a_right_away_is_in_the_ledger_once_the_page_has_answered(people, as_):
    arvo = as_(people.admin)
    answer = arvo.submit(f"/accounts/{people.adviser.uuid}/closing")
    assert answer.status_code == 303, answer.status_code
    [line] = [line for line in kinds(Kind.ACCOUNT) if line.subject == people.adviser.uuid]
    assert line.detail["closed"] is True
    assert line.detail["rights"] == {}, "closing the account ended them"
    text = ledger.files()[0].read_bytes()
    assert people.adviser.password_hash.encode() not in text
    assert b"karin" not in text


def test_catching_up_tells_what_stands_once(people):
    row = recording(people.daycare, started_at=NOW - dt.timedelta(days=2))
    freezes.freeze([row], because=people.clerk, by=people.clerk)
    holds.place(
        row, reason="hot", action_ahead="polis", review_on=clock.today() + dt.timedelta(days=9), by=people.manager
    )
    accounts.close(people.outsider, by=people.admin)
    assert standing.catch_up() == 2
    assert standing.catch_up() == 0
    [kept] = kinds(Kind.KEPT)
    assert kept.subject == row.uuid
    assert [hold["released_at"] for hold in kept.detail["holds"]] == [None]
    assert [freeze["because"] for freeze in kept.detail["freezes"]] == [people.clerk.uuid.hex]
    assert b"polis" not in ledger.files()[0].read_bytes()


def test_a_sweep_that_finds_an_older_register_deletes_nothing(people, apart):
    row = made.marked(people.daycare, people.adviser)
    ledger.append(New(Kind.MARK), log=Checkpoint(10_000, "f" * 64))
    with pytest.raises(ledger.Behind):
        actions.purge_due()
    assert keystore.exists(row.uuid)
    assert Account.select().count()
    assert os.listdir(apart.ledger)
