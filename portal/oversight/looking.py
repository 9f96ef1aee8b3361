"""Looking for unusual patterns, a whole day at a time, and writing down what is found as an observation.

A day is looked at once, after it is over; the mark says up to when. While nobody has been asked about an observation,
more of the same joins it; after that only what is new counts.
"""

import datetime as dt
import json

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.oversight import heard, patterns
from portal.oversight.models import ListenMark, Observation, ObservationStep, Pattern, State, Step
from portal.oversight.patterns import Finding
from portal.oversight.windows import HISTORY, Heard, Limits, Peers, Window
from portal.retention import sweeps, watch

AT_ONCE = 14
"""Days in one round: a register that was closed for long catches up round by round."""
BACK = 28
"""Days that are looked at when nobody ever looked."""


def look_due() -> int:
    """Look at the days that are over and were not looked at; how many observations were made or grew. Nothing while the
    clock is doubted."""
    with sweeps.running("patterns"):
        return 0 if watch.doubts_clock() else _look()


def _look() -> int:
    first = _first()
    end = min(clock.today(), first + dt.timedelta(days=AT_ONCE))
    if first >= end:
        return 0
    start = first - HISTORY
    peers, limits, found = Peers(heard.counts(start, end)), Limits.set(), 0
    for person, listens in heard.by_person(start, end):
        found += _look_at(person, listens, first, peers, limits)
    _mark(end)
    return found


def _first() -> dt.date:
    """The first day that nobody looked at."""
    mark = ListenMark.get_or_none()
    if mark is not None and mark.looked_until is not None:
        return clock.local(mark.looked_until).date()
    oldest = Entry.select(Entry.at).order_by(Entry.id).first()
    back = clock.today() - dt.timedelta(days=BACK)
    return max(back, clock.local(oldest.at).date()) if oldest else clock.today()


@db.atomic()
def _mark(end: dt.date) -> None:
    if not ListenMark.update(looked_until=clock.day_start(end)).execute():
        ListenMark.create(looked_until=clock.day_start(end))


def _look_at(person: Account, listens: list[Heard], first: dt.date, peers: Peers, limits: Limits) -> int:
    days = sorted({h.at.date() for h in listens if h.at.date() >= first})
    found, asked_about = 0, _asked_about(person)
    for day in days:
        window = Window(
            person=person.uuid,
            day=day,
            heard=[h for h in listens if day - HISTORY <= h.at.date() <= day],
            peers=peers,
            limits=limits,
            took=heard.took(person, day - dt.timedelta(days=28), day + dt.timedelta(days=1)),
            since=heard.since(person, clock.day_start(day + dt.timedelta(days=1))),
            asked_about=asked_about,
        )
        for finding in patterns.find(window):
            found += _write(person, window, finding)
            if finding.pattern == Pattern.MANY:  # a listen is one of many once
                asked_about |= {(finding.pattern, h.entry) for h in finding.heard}
    return found


def _asked_about(person: Account) -> frozenset[tuple[Pattern, int]]:
    rows = Observation.select(Observation.pattern, Observation.entries).where(
        Observation.person == person.id, (Observation.state != State.OPEN) | (Observation.pattern == Pattern.MANY)
    )
    return frozenset((Pattern(pattern), entry) for pattern, entries in rows.tuples() for entry in json.loads(entries))


@db.atomic()
def _write(person: Account, window: Window, finding: Finding) -> bool:
    """A new observation, or more in the one that is open; False when there is nothing new."""
    prefix = f"{finding.pattern}:{person.uuid.hex}:{finding.about}:"
    mine = (Observation.person == person.id, Observation.pattern == finding.pattern)
    known = Observation.select().where(*mine, Observation.key.startswith(prefix))
    numbers = {h.entry for h in finding.heard}
    open_ = [row for row in known if row.state == State.OPEN]
    if any(numbers <= set(json.loads(row.entries)) for row in open_):
        return False
    if open_ and finding.pattern != Pattern.MANY:  # a day is a day of its own
        return _grow(open_[0], finding, window)
    key = prefix + window.day.isoformat()
    if any(row.key == key for row in known):
        return False
    made = Observation.create(
        pattern=finding.pattern,
        person=person,
        key=key,
        first_at=finding.heard[0].at,
        last_at=finding.heard[-1].at,
        listens=len(finding.heard),
        facts=json.dumps(finding.facts),
        entries=json.dumps(sorted(numbers)),
    )
    about = {"pattern": finding.pattern, "observed_person": person.uuid.hex, "listens": made.listens}
    record(Act.OBSERVED, made, **about)
    ObservationStep.create(observation=made, what=Step.FOUND)
    return True


def _grow(row: Observation, finding: Finding, window: Window) -> bool:
    earlier = json.loads(row.entries)
    entries = {*earlier, *(h.entry for h in finding.heard)}
    whole = patterns.together(finding, window, earlier)
    first, last = finding.heard[0].at, finding.heard[-1].at
    changed = Observation.update(
        first_at=min(row.first_at, first),
        last_at=max(row.last_at, last),
        listens=len(entries),
        facts=json.dumps(whole.facts),
        entries=json.dumps(sorted(entries)),
        version=Observation.version + 1,
    ).where(Observation.id == row.id, Observation.state == State.OPEN, Observation.version == row.version)
    if not changed.execute():
        return False
    about = {"pattern": row.pattern, "observed_person": row.person.uuid.hex, "listens": len(entries)}
    record(Act.OBSERVATION_GREW, row, **about)
    ObservationStep.create(observation=row, what=Step.GREW)
    return True
