"""Everything that can happen to a call, in any order, at any time; after each step it must be as reckoned beside it."""

import collections
import contextlib
import datetime as dt
import errno
import itertools
import os
import shutil
import uuid

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal import clock, config, db
from portal.accounts.permissions import Permission
from portal.audit import chain
from portal.audit.models import Entry
from portal.errors import DomainError
from portal.recordings import notes
from portal.recordings.models import Note, Recording
from portal.retention import actions, freezes, health, holds, threats
from portal.retention.models import Freeze, Hold, HoldState, PurgeLine, Threat
from portal.vault import keystore, objects
from tests.calls import recording
from tests.faults import dates
from tests.retention import kept
from tests.retention.reckoned import Call, No

STORES = ("main", "threat")
MOST = 4
"""Calls that are there at a time: few, so that much happens to each."""
BEGUN = dates.ms(dt.datetime(2027, 11, 26, 9, tzinfo=dt.UTC))
"""So that 29 February, a short month's end and both clock changes lie ahead."""

which = st.integers(0, 11)
some = st.lists(which, min_size=1, max_size=3)
cases = st.integers(0, 2)
managers = st.sampled_from(["manager", "second_manager"])
spans = st.one_of(
    st.integers(1, 72).map(lambda hours: hours * dates.HOUR),
    st.integers(1, 40).map(lambda days: days * dates.DAY),
    st.integers(1, 120_000),
)


class Life(RuleBasedStateMachine):
    def __init__(self, people, base, folder, happened) -> None:
        super().__init__()
        self.happened = happened
        self.people, self.calls, self.now = people, [], BEGUN
        self.cases = [kept.Case() for _ in range(3)]
        self.folder, self.stopped = folder, contextlib.ExitStack()
        shutil.copytree(base, folder, dirs_exist_ok=True)
        db.bind(config.use(config.load(folder)))
        db.connect()
        self.stop_clock()

    def teardown(self) -> None:
        self.happened.update(act for call in self.calls for act in call.acts)
        self.stopped.close()
        db.db.close()
        shutil.rmtree(self.folder)

    def stop_clock(self) -> None:
        self.stopped.close()
        self.stopped.enter_context(clock.frozen(dates.utc(self.now)))

    @property
    def today(self) -> dt.date:
        return dates.day_of(self.now)

    def one(self, number: int, fit=None) -> tuple[Call, Recording]:
        """One that is fit for the act, if there is one; now and then any."""
        fit = fit if number < 9 and fit else lambda call: True
        fitting = [call for call in self.calls if call.state != "gone" and fit(call)] or self.calls
        call = fitting[number % len(fitting)]
        return call, Recording.get_by_id(call.key)

    def several(self, numbers: list[int]) -> tuple[list[Call], list[Recording]]:
        pairs = {self.one(number)[0].key: self.one(number) for number in numbers}
        return [call for call, _ in pairs.values()], [row for _, row in pairs.values()]

    def both(self, must, does):
        """Do it, and reckon it: both refuse for the same reason, or neither does."""
        expected = refused = None
        try:
            expected = must()
        except No as no:
            refused = no.kind
        found, answer = None, None
        try:
            found = does()
        except DomainError as error:
            answer = type(error).__name__
        self.happened[answer] += 1
        assert answer == refused, f"refused with {answer}, not {refused}"
        return expected, found

    # What happens

    @initialize()
    def begin(self) -> None:
        for days in (1, 60, 85):
            self.call_comes(days * dates.DAY)
        assert not actions.purge_due().paused

    @rule(ago=st.integers(0, 85 * dates.DAY))
    def call_comes(self, ago) -> None:
        if sum(call.state != "gone" for call in self.calls) == MOST:
            return
        started, sound = dates.utc(self.now - ago - 60_000), b"RIFF-%d-" % len(self.calls) * 9
        row = recording(self.people.daycare, started_at=started, adviser=self.people.adviser, sound=sound)
        self.calls.append(Call(row.id, row.uuid, sound, dates.ms(started) + 2000))

    @rule(span=spans)
    def time_passes(self, span) -> None:
        self.now += span
        self.stop_clock()

    @rule(n=which, off=st.sampled_from([-1, 0, 1, 600_000]))
    def date_comes(self, n, off) -> None:
        moment = self.one(n, lambda call: call.date > self.now)[0].date + off
        if moment > self.now:
            self.time_passes(moment - self.now)

    @rule(n=which)
    def note_added(self, n) -> None:
        call, row = self.one(n)
        by, key = self.people.adviser, uuid.uuid4()
        self.both(lambda: call.noted(self.now), lambda: notes.add_note(row, "zqord", key=key, by=by))

    @rule(n=which)
    def threat_reported(self, n) -> None:
        call, row = self.one(n, lambda call: call.seen(self.now) and not call.hold)
        self.both(lambda: call.report(self.now), lambda: kept.report(row, self.people.adviser))

    @rule(n=which, by=managers)
    def threat_dismissed(self, n, by) -> None:
        call, row = self.one(n, lambda call: call.reported)
        if threat := Threat.select().where(Threat.recording == row.id).order_by(Threat.id.desc()).first():
            person = getattr(self.people, by)
            self.both(call.dismiss, lambda: threats.dismiss(threat, reason="zq", by=person))

    @rule(n=which, by=managers, days=st.integers(1, 150), moved=st.booleans())
    def hold_decided(self, n, by, days, moved) -> None:
        call, row = self.one(n, lambda call: call.reported)
        review = self.today + dt.timedelta(days=days)
        words = {"reason": "zq", "action_ahead": "zq", "review_on": review, "by": getattr(self.people, by)}
        if threat := Threat.select().where(Threat.recording == row.id).order_by(Threat.id.desc()).first():
            with disk_takes_moves(moved):
                self.both(
                    lambda: call.decide_to_hold(self.now, by, review, moved), lambda: threats.hold(threat, **words)
                )

    @rule(n=which, by=managers, days=st.integers(1, 150), moved=st.booleans())
    def hold_placed(self, n, by, days, moved) -> None:
        call, row = self.one(n, lambda call: call.seen(self.now) and not call.hold and not call.reported)
        review = self.today + dt.timedelta(days=days)
        with disk_takes_moves(moved):
            self.both(
                lambda: call.place(self.now, by, review, moved),
                lambda: kept.place(row, getattr(self.people, by), days),
            )

    @rule(n=which, by=managers, days=st.integers(1, 150))
    def hold_renewed(self, n, by, days) -> None:
        call, row = self.one(n, lambda call: call.hold)
        if hold := last_hold(row):
            review, person = self.today + dt.timedelta(days=days), getattr(self.people, by)
            self.both(
                lambda: call.renew(by, review), lambda: holds.renew(hold, reason="zq", review_on=review, by=person)
            )

    @rule(n=which, by=managers)
    def hold_released(self, n, by) -> None:
        call, row = self.one(n, lambda call: call.hold)
        if hold := last_hold(row):
            person, seen = getattr(self.people, by), call.then(self.now)
            then, done = self.both(
                lambda: call.release(self.now), lambda: holds.release(hold, reason="zq", seen=seen, by=person)
            )
            self.happened[f"released, then {then}"] += then is not None
            assert done is None or (done.then, done.gone) == (then, then == "purged"), "another end than said"

    @rule(ns=some, case=cases)
    def frozen(self, ns, case) -> None:
        calls, rows = self.several(ns)
        done = freezes.freeze(rows, because=self.cases[case], by=self.people.clerk)
        took = [call.key for call in calls if call.freeze(case)]
        assert [row.id for row in done.frozen] == took, "frozen what was gone, or not what was there"

    @rule(case=cases)
    def lifted(self, case) -> None:
        done = freezes.lift(self.cases[case], by=self.people.clerk)
        assert done == sum(call.lift(self.now, case) for call in self.calls), "another number lifted"

    @rule(ns=some, case=cases)
    def partly_lifted(self, ns, case) -> None:
        calls, rows = self.several(ns)
        done = freezes.lift(self.cases[case], by=self.people.clerk, recordings=rows)
        assert done == sum(call.lift(self.now, case) for call in calls), "another number lifted"

    @rule(case=cases, days=st.integers(0, 60))
    def lift_day_set(self, case, days) -> None:
        day = self.today + dt.timedelta(days=days)
        done = freezes.lift_on(self.cases[case], day, by=self.people.clerk)
        assert done == sum(call.lifts_on(case, day) for call in self.calls), "another number told"

    @rule(n=which, case=cases)
    def erased(self, n, case) -> None:
        call, row = self.one(n, lambda call: not call.hold)
        because, by = self.cases[case], self.people.decider
        self.both(lambda: call.erase(self.now, case), lambda: actions.erase(row, because=because, by=by))

    @rule()
    def kept_tended(self) -> None:
        done = actions.tend_kept()
        must = [call.tend(self.today, self.now) for call in self.calls]
        assert (done.lifted, done.escalated, done.fault) == (sum(m[0] for m in must), sum(m[1] for m in must), "")

    @rule(refuses=st.sampled_from([False, False, True]))
    def swept(self, refuses) -> None:
        due = [call for call in self.calls if call.may_go(self.now)]
        waiting = [call for call in self.calls if call.state == "claimed"]
        with disk_refuses() if refuses else contextlib.nullcontext():
            done = actions.purge_due()
        for call in due:
            call.claim()
        for call in waiting + due:
            call.refused() if refuses else call.go()
        assert not done.paused
        assert (done.claimed, done.resumed) == (len(due), len(waiting)), "claimed another number than was due"
        assert (done.purged if not refuses else done.failed) == len(due) + len(waiting), "another number is gone"

    # What must be so

    @invariant()
    def each_is_as_reckoned(self) -> None:
        found = Found()
        assert set(found.rows) == {call.key for call in self.calls}
        for call in self.calls:
            row = found.rows[call.key]
            {"live": is_there, "claimed": is_claimed, "gone": is_gone}[call.state](call, row, found)
            assert dates.ms(row.expires_at) == call.date, "its date is another"
            assert (row.holds, row.freezes) == (call.hold is not None, len(call.freezes)), "counted wrongly"
            standing = [h.review_on for h in found.holds[row.id] if h.state != HoldState.RELEASED]
            assert standing == ([call.hold.review_on] if call.hold else []), "another hold"
            frozen = {f.because for f in found.freezes[row.id] if f.stands}
            assert frozen == {self.cases[case].uuid for case in call.freezes}, "another freeze"
            assert found.acts[row.uuid] == call.acts, "the log tells another story"
            assert sum(bool(t.waits) for t in found.threats[row.id]) == call.reported, "a report lost or left"
        assert chain.verify().whole

    @invariant()
    def each_finds_what_they_may(self) -> None:
        def keys(query):
            return {key for (key,) in query.select(Recording.id).tuples()}

        seen = {call.key for call in self.calls if call.seen(self.now)}
        held = {call.key for call in self.calls if call.hold}
        assert keys(Recording.visible_to(self.people.adviser)) == seen, "seen past its date, or not before"
        reach = keys(Recording.within_reach_of(self.people.manager, Permission.RECORDINGS_LISTEN))
        assert reach == seen | held, "heard otherwise, or not in the archive"
        for case, because in enumerate(self.cases):
            usable = {call.key for call in self.calls if case in call.freezes}
            assert keys(freezes.usable_for(because)) == usable, "usable for another case"

    @invariant()
    def what_is_late_is_told(self) -> None:
        limit = self.now - 10 * 60_000
        claimed = [c for c in self.calls if c.state == "claimed" and c.due <= limit and c.date <= limit]
        late = [c for c in self.calls if c.may_go(self.now) and c.due_since() <= limit]
        assert health.alarm().overdue == len(late) + len(claimed), "late, and not told"


def last_hold(row: Recording) -> Hold | None:
    return Hold.select().where(Hold.recording == row.id).order_by(Hold.id.desc()).first()


class Found:
    """What the register has about each call, by a question a table."""

    def __init__(self) -> None:
        self.rows = {row.id: row for row in Recording.select()}
        self.lines = {line.subject: line for line in PurgeLine.select()}
        self.holds, self.freezes, self.threats, self.notes = map(by_call, (Hold, Freeze, Threat, Note))
        self.acts = collections.defaultdict(list)
        for subject, act in Entry.select(Entry.subject, Entry.act).order_by(Entry.id).tuples():
            self.acts[subject].append(act.split(":")[1])


def by_call(model):
    found = collections.defaultdict(list)
    for row in model.select():
        found[row.recording_id].append(row)
    return found


def is_there(call: Call, row: Recording, found: Found) -> None:
    assert row.state == "live", "gone before its date, or though kept"
    assert row.store == ("threat" if call.apart else "main"), "in the wrong store"
    assert objects.read(row.uuid, "original", store=row.store) == call.sound, "its sound is not there"
    other = "main" if call.apart else "threat"
    left = keystore.exists(row.uuid, store=other) or objects.anything(row.uuid, store=other)
    assert call.unsettled or not left, "left behind in the other store"
    assert len(found.notes[row.id]) == call.notes, "a note lost"
    assert row.uuid not in found.lines


def is_claimed(call: Call, row: Recording, found: Found) -> None:
    assert row.state == "purging", "not claimed"
    line = found.lines[row.uuid]
    assert (line.result, dates.ms(line.due_at)) == ("failed", call.due), "the protocol says another date"


def is_gone(call: Call, row: Recording, found: Found) -> None:
    assert row.state == "purged", "still here past its date"
    for store in STORES:
        assert not keystore.exists(row.uuid, store=store), "its key is there"
        assert not objects.anything(row.uuid, store=store), "its bytes are there"
    told = (row.number, row.adviser_id, row.subject, row.original_sha256, row.conversation, row.duration_ms)
    assert told == (None, None, "", None, None, 0), "its row is not empty"
    assert not found.notes[row.id], "its notes are there"
    words = [(t.words, t.safety_words, t.reason) for t in found.threats[row.id]]
    words += [(h.reason, h.action_ahead, h.release_reason) for h in found.holds[row.id]]
    assert not any(itertools.chain(*words)), "words are left"
    line = found.lines[row.uuid]
    assert (line.result, dates.ms(line.due_at)) == ("purged", call.due), "the protocol says another date"
    assert line.key_destroyed_at is not None


@contextlib.contextmanager
def disk_refuses():
    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        yield


@contextlib.contextmanager
def disk_takes_moves(takes: bool):
    """Or the key is copied and the bytes are not."""

    def refuse(*args, **kwargs):
        raise OSError(errno.ENOSPC, "refused")

    with pytest.MonkeyPatch.context() as patch:
        if not takes:
            patch.setattr(objects, "copy_all", refuse)
        yield
