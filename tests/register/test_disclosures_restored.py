"""After a restore no call is kept for a disclosure that nobody can end, and one that is open again keeps its call."""

import pytest

from portal import clock, config
from portal.recordings.models import Recording
from portal.retention import standing, transfers, watch
from portal.retention.models import Freeze, Transfer
from tests.cases import made
from tests.register.test_disclosures import propose
from tests.retention import drill
from tests.retention.kept import sweep


@pytest.fixture
def house(people, settings, monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(made.NOW):
        drill.apart(settings)
        yield people


def test_what_keeps_a_call_and_what_is_open_agree(house, settings):
    people, backups = house, settings.data.with_name("backups")
    rows = [made.call(people, days=days) for days in range(3)]
    ended, stays = (propose(row, people.clerk) for row in rows[:2])
    drill.make(backups)
    transfers.withdraw(ended, by=people.clerk)
    lost = propose(rows[2], people.clerk)
    standing.catch_up()
    drill.breaks(config.settings())
    told = drill.restore(backups)
    assert told.exit_code == 0, told.output
    known = {row.uuid: row.state for row in Transfer.select()}
    assert known == {ended.uuid: "proposed", stays.uuid: "proposed"}
    frozen = {freeze.because for freeze in Freeze.select().where(Freeze.stands)}
    assert frozen == {ended.uuid, stays.uuid}, "open again, it can be ended again"
    assert [Recording.get(Recording.uuid == row.uuid).freezes for row in rows] == [1, 1, 0]
    assert lost.uuid not in known
    assert transfers.agree() == 0
    with clock.frozen(clock.expiry(made.CALLED) + (made.PAST - made.CALLED)):
        assert sweep() == 1
    transfers.withdraw(Transfer.get(Transfer.uuid == ended.uuid), by=people.clerk)
    assert transfers.agree() == 0


def test_one_whose_call_went_meanwhile_is_taken_back(house):
    people = house
    transfer = propose(made.call(people), people.clerk)
    Freeze.update(stands=None).execute()
    Recording.update(state="purged", freezes=0).execute()
    assert transfers.agree() == 1
    assert Transfer.get_by_id(transfer.id).state == "withdrawn"
    assert transfers.agree() == 0
