"""After a restore no withdrawn consent stands again, and no call is kept on a consent that cannot be shown."""

import datetime as dt

import pytest

from portal import clock, config
from portal.recordings.models import Recording, State
from portal.register import consents, ending, training
from portal.register.models import Consent, ConsentCall
from portal.retention import ledger, standing, watch
from portal.retention.models import Freeze
from tests.register.consented import NOW, PAST, call, give
from tests.register.test_training import signed_in
from tests.retention import drill
from tests.retention.kept import sweep


@pytest.fixture
def house(people, settings, monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(NOW):
        drill.apart(settings)
        yield people


def restore(backups) -> None:
    drill.breaks(config.settings())
    told = drill.restore(backups)
    assert told.exit_code == 0, told.output


def test_what_ended_since_the_backup_has_ended_and_what_came_since_keeps_nothing(house, settings):
    people, backups = house, settings.data.with_name("backups")
    rows = [call(people, days=days) for days in range(4)]
    withdrawn, ended, stays, emptied = (give(people, row) for row in rows)
    consents.withdraw(emptied, by=people.manager)
    Consent.update(ends_on=NOW.date()).where(Consent.id == ended.id).execute()
    drill.make(backups)
    consents.withdraw(withdrawn, by=people.clerk)
    late = give(people, rows[3])
    with clock.frozen(NOW + dt.timedelta(days=1)):
        assert ending.end_due() == 1
    Consent.update(withdrawn_at=NOW - dt.timedelta(days=1000)).where(Consent.id == emptied.id).execute()
    assert ending.empty_due() == 1
    standing.catch_up()
    restore(backups)
    known = {row.uuid: row for row in Consent.select()}
    assert late.uuid not in known
    assert [known[row.uuid].stands for row in (withdrawn, ended, stays)] == [None, None, True]
    assert known[withdrawn.uuid].withdrawn_by == people.clerk
    assert known[ended.uuid].withdrawn_by is None
    assert known[emptied.uuid].name == ""
    assert not ConsentCall.select().where(ConsentCall.consent == known[emptied.uuid].id).exists()
    frozen = {freeze.because for freeze in Freeze.select().where(Freeze.stands)}
    assert frozen == {stays.uuid}
    assert [Recording.get(Recording.uuid == row.uuid).freezes for row in rows] == [0, 0, 1, 0]
    assert [row.uuid for row in training.calls(signed_in(people.adviser))] == [rows[2].uuid]
    assert not ledger.is_behind()
    with clock.frozen(PAST + dt.timedelta(days=10)):
        sweep()
    live = Recording.select(Recording.uuid).where(Recording.state == State.LIVE)
    assert [key for (key,) in live.tuples()] == [rows[2].uuid]
