"""An erasure at a person's demand goes the one way of every deletion, and takes nothing that another one keeps."""

import datetime as dt

import pytest

from portal import clock
from portal.errors import Conflict
from portal.recordings.models import State
from portal.retention import actions, deletion, freezes
from portal.retention.models import Freeze, PurgeLine, Result, Rule
from portal.vault import keystore, objects
from tests.retention import kept, made


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def test_an_erasure_ahead_of_the_date_deletes_now_and_lifts_its_own_freeze(people):
    row, other, case = kept.call(people), kept.call(people, after=dt.timedelta(seconds=1)), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    assert actions.erase(row, because=case, by=people.decider)
    row = kept.fresh(row)
    assert (row.state, row.freezes, row.number, row.purge_reason) == (State.PURGED, 0, None, Rule.ERASURE)
    line = PurgeLine.get()
    assert (line.rule, line.result, line.due_at) == (Rule.ERASURE, Result.PURGED, kept.NOW)
    assert kept.acts(row) == ["freeze_placed", "freeze_lifted", "erasure_claimed", "purged"]
    assert not keystore.exists(row.uuid)
    assert not objects.anything(row.uuid)
    assert kept.fresh(other).state == State.LIVE


@pytest.mark.parametrize("keeper", ["hold", "freeze"])
def test_what_another_keeps_is_not_erased_and_nothing_is_changed(people, keeper):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    if keeper == "hold":
        kept.place(row, people.manager)
    else:
        freezes.freeze([row], because=kept.Case(), by=people.clerk)
    before = kept.fresh(row).__data__, kept.acts(row)
    with pytest.raises(deletion.KeptByOther):
        actions.erase(row, because=case, by=people.decider)
    assert (kept.fresh(row).__data__, kept.acts(row)) == before
    assert Freeze.get(Freeze.because == case.uuid).stands
    assert PurgeLine.select().count() == 0


def test_a_second_erasure_is_refused(people):
    row, case = kept.call(people), kept.Case()
    actions.erase(row, because=case, by=people.decider)
    with pytest.raises(Conflict):
        actions.erase(row, because=case, by=people.decider)
    assert PurgeLine.select().count() == 1


def test_an_erased_call_leaves_nothing_in_any_file(people, settings):
    row = made.marked(people.daycare, people.adviser)
    made.call_detail(row, "1")
    words = (made.NUMBER[4:].encode(), *made.TAILS, made.wrapped_key(row)[24:])
    assert all(made.holding(settings.data, word) for word in words)
    actions.erase(row, because=kept.Case(), by=people.decider)
    actions.purge_due()  # empties the word index and the database's log
    assert not any(made.holding(settings.data, word) for word in words)
