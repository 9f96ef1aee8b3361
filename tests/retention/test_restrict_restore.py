"""After a restore what was restricted since the backup is restricted again, and what was lifted is lifted."""

import datetime as dt

import pytest

from portal import clock
from portal.recordings import search
from portal.recordings.models import Recording
from portal.retention import restrictions, standing
from portal.retention.models import Freeze
from portal.retention.restriction_models import Restriction
from tests.retention import drill, kept


class Case(kept.Case):
    number = "BS/1/2026"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def found(people) -> set:
    return {row.uuid for row in search.find(search.Query(), by=people.manager).rows}


def test_a_restore_puts_restrictions_in_force_again_and_lifts_what_was_lifted_since(people, settings):
    drill.apart(settings)
    later, lifted, told = (kept.call(people, after=dt.timedelta(seconds=n)) for n in range(3))
    first, second = Case(), Case()
    restrictions.restrict([lifted, told], ground="18_1_d", because=first, by=people.clerk)
    backups = settings.data.with_name("backups")
    drill.make(backups)
    today = clock.today()
    restrictions.restrict([later], ground="18_1_c", because=second, by=people.clerk)
    restrictions.lift_on(first, today, told_on=today, by=people.clerk, recordings=[lifted])
    assert restrictions.lift_due() == 1
    day = today + dt.timedelta(days=9)
    restrictions.lift_on(first, day, told_on=today, by=people.clerk, recordings=[told])
    assert found(people) == {lifted.uuid}
    standing.catch_up()
    drill.breaks(settings)
    assert drill.told(drill.restore(backups, "--json"))["kept"] == 3
    counts = {row.uuid: (row.restrictions, row.freezes) for row in Recording.select()}
    assert counts == {later.uuid: (1, 1), lifted.uuid: (0, 0), told.uuid: (1, 0)}
    assert found(people) == {lifted.uuid}
    row = Restriction.get(Restriction.recording == later.id)
    assert (row.because, row.ground, row.reference) == (second.uuid, "18_1_c", "BS/1/2026")
    assert Freeze.get(Freeze.recording == later.id).because == row.uuid
    assert Restriction.get(Restriction.recording == told.id).lifts_on == day
    stands = standing.of_recording(later)
    assert not standing.keep_again(later, stands), "twice does no more than once"
