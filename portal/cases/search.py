"""Finding the calls that may concern a case, and keeping them from deletion in the same commit.

Every queue is searched, whoever the handler is: a request reaches all that the city has (GDPR 15). Never what is
deleted or being deleted; past its date only what a hold, a standing consent, a restriction that the person wants (GDPR
18) or this very case keeps, and what was not past it when the request came.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, locking
from portal.cases.codes import UNDECIDED, State
from portal.cases.models import Case, CaseCall, SearchRun
from portal.cases.steps import What, tell
from portal.db import Insertion, db
from portal.errors import Invalid
from portal.ingest import lines
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.retention import freezes
from portal.retention.models import Freeze
from portal.retention.restriction_models import KEEPING, Restriction
from portal.vault import box

MOST = 300
"""Calls of one search without a number: more cannot be listened through, and would keep strangers' calls."""

_ADD = Insertion(CaseCall)

DAY = dt.timedelta(days=1)
ROOM = dt.timedelta(minutes=61)
"""The minute that the last hour includes, and the hour that summer time's end repeats; `Keys.takes_in` has the word."""


class NotANumber(Invalid):
    text = N_(
        "Skriv numret med siffror och riktnummer eller landsnummer, till exempel 040 123 4567 eller +46 70 123 45 67."
    )


class NothingToSearch(Invalid):
    text = N_("Skriv ett nummer eller en period att söka på.")


class PeriodTurned(Invalid):
    text = N_("Periodens sista dag är före den första. Rätta en av dem.")


class TooMany(Invalid):
    text = N_(
        "Fler än %(most)s samtal svarar mot tiden. Skriv personens nummer, eller gör perioden kortare, "
        "eller välj klockslag eller servicenummer."
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Keys:
    """What is searched by."""

    numbers: tuple[str, ...] = ()
    """E.164; none: everybody's calls of the period."""
    first: dt.date | None = None
    last: dt.date | None = None
    """Days in Helsinki on which the call began, both included; None: as far as there are calls."""
    queue: Queue | None = None
    time_from: dt.time | None = None
    time_to: dt.time | None = None
    """Helsinki's clock when the call began, both minutes included; from the later to the earlier: over midnight."""

    def checked(self) -> "Keys":
        """Raises NothingToSearch, PeriodTurned."""
        if not self.numbers and (self.first is None or self.last is None):
            raise NothingToSearch
        if self.first and self.last and self.last < self.first:
            raise PeriodTurned
        return self

    def takes_in(self, call: Recording) -> bool:
        """Did the call begin at an hour that is asked for?"""
        if self.time_from is None and self.time_to is None:
            return True
        began = clock.local(call.started_at).time().replace(second=0, microsecond=0)
        start, end = self.time_from or dt.time.min, self.time_to or dt.time.max
        return start <= began <= end if start <= end else began >= start or began <= end


def number(typed: str) -> str:
    """A number as people write it, in E.164: the form that the calls have. Raises NotANumber."""
    found = lines.e164(typed)
    if found is None or not found.startswith("+"):
        raise NotANumber
    return found


def all_past(last: dt.date | None, received_on: dt.date) -> bool:
    """Did every call up to `last` pass its date before the request came? Then only a kept one can be there."""
    return last is not None and clock.months_after(last, clock.RETENTION_MONTHS) < received_on


def candidates(
    numbers: Iterable[str],
    first: dt.date | None,
    last: dt.date | None,
    queue: Queue | None = None,
    time_from: dt.time | None = None,
    time_to: dt.time | None = None,
    *,
    case: Case | None = None,
) -> list[Recording]:
    """The calls that may concern the person, oldest first. Raises NothingToSearch, PeriodTurned; without numbers
    TooMany beyond MOST."""
    return find(
        Keys(
            numbers=tuple(numbers), first=first, last=last, queue=queue, time_from=time_from, time_to=time_to
        ).checked(),
        case,
    )


def find(keys: Keys, case: Case | None, *, limited: bool = True) -> list[Recording]:
    """As `candidates`. `case`: the one it is for, when there is one yet. Not `limited`: never TooMany."""
    conditions = [_there(case)]
    if keys.numbers:
        conditions.append(Recording.number.in_(keys.numbers))
    if keys.queue is not None:
        conditions.append(Recording.queue == keys.queue)
    found: list[Recording] = []
    for low, high in _spans(keys):
        between = [Recording.id >= low] if low is not None else []
        between += [Recording.id < high] if high is not None else []
        for row in Recording.select().where(*conditions, *between).order_by(Recording.id).iterator():
            if keys.takes_in(row):
                found.append(row)
            if limited and len(found) > MOST and not keys.numbers:
                raise TooMany(most=MOST)
    return found


def _there(case: Case | None) -> Any:
    """Live, and not past its date when the request came; or held, frozen for `case`, kept on a standing consent or
    kept restricted."""
    since = clock.now()
    consented = Freeze.select(Freeze.recording).where(Freeze.because_kind == freezes.CONSENT, Freeze.stands)
    kept = (Recording.holds > 0) | Recording.id.in_(consented)
    if case is not None:
        since = min(since, clock.day_start(case.received_on))
        kept |= Recording.id.in_(Freeze.select(Freeze.recording).where(Freeze.because == case.uuid, Freeze.stands))
    # What the person wants kept (GDPR 18) is still the person's
    kept |= Recording.id.in_(
        Restriction.select(Restriction.recording).where(Restriction.ground.in_(KEEPING), Restriction.stands)
    )
    return (Recording.state == RecordingState.LIVE) & (kept | (Recording.expires_at > since))


def _spans(keys: Keys) -> list[tuple[int | None, int | None]]:
    """The period as keys of calls, up to and without the second. Hours of many days are looked for day by day:
    everybody's calls of three months are not read for one hour of each."""
    first, last, start, end = keys.first, keys.last, keys.time_from, keys.time_to
    if keys.numbers or first is None or last is None or start is None or end is None or end < start:
        return [(_key(first), _key(last + DAY) if last else None)]
    spans: list[tuple[int | None, int | None]] = []
    day, until = max(first, _oldest_day()), min(last, clock.today())
    while day <= until:
        opens, closes = (clock.from_local(dt.datetime.combine(day, hour)) for hour in (start, end))
        closes = min(closes + ROOM, clock.day_start(day + DAY))
        spans.append((Recording.first_id(opens), Recording.first_id(closes)))
        day += DAY
    return spans


def _key(day: dt.date | None) -> int | None:
    return Recording.first_id(clock.day_start(day)) if day else None


def _oldest_day() -> dt.date:
    """No call that is there began before it."""
    live = Recording.select(Recording.started_at).where(Recording.state == RecordingState.LIVE)
    oldest = live.order_by(Recording.expires_at).first()
    return clock.local(oldest.started_at).date() - 2 * DAY if oldest else clock.today()


def search(case: Case, keys: Keys, *, by: Account) -> SearchRun:
    """The handler searches for the case: what is found is frozen and waits to be judged, in one commit.

    Raises NothingToSearch, PeriodTurned, TooMany; NotHandler, NotNow.
    """
    return _search(case, keys.checked(), by)


@db.atomic()
def _search(case: Case, keys: Keys, by: Account) -> SearchRun:
    found = actions.handled(case, *UNDECIDED, by=by)
    run = take(found, keys, found_by="hand", by=by)
    if found.state == State.RECEIVED:
        actions.advance(found, (State.RECEIVED,), state=State.IN_PROGRESS)
    tell(found, What.SEARCHED, by=by)
    return run


def take(case: Case, keys: Keys, *, found_by: str, by: Account) -> SearchRun:
    """Find, freeze, add to the case and to the search log. Call inside the transaction of an act."""
    return _keep(case, keys, find(keys, case), found_by=found_by, by=by)


def _keep(case: Case, keys: Keys, rows: list[Recording], *, found_by: str, by: Account | None) -> SearchRun:
    had = _had(case)
    frozen = freezes.freeze(
        [row for row in rows if row.id not in had], because=case, by=by, from_at=clock.day_start(case.received_on)
    )
    for row in frozen.frozen:
        _ADD(CaseCall(case=case, recording=row, found_by=found_by))
    run: SearchRun = SearchRun.create(
        case=case,
        by=by,
        numbers=",".join(keys.numbers),
        first=keys.first or min(_oldest_day(), clock.months_after(case.received_on, -clock.RETENTION_MONTHS)),
        last=keys.last or clock.today(),
        queue=keys.queue,
        time_from=keys.time_from,
        time_to=keys.time_to,
        found=len(rows) - len(frozen.gone),
        added=len(frozen.frozen),
    )
    record(
        Act.CASE_SEARCHED,
        case,
        by=by,
        reference=case.number,
        queue_id=keys.queue.id if keys.queue else None,
        first=run.first.isoformat(),
        last=run.last.isoformat(),
        number=[box.pseudonym("number", one) for one in keys.numbers],
        found_by=found_by,
        hits=run.found,
        added=run.added,
        hours=keys.time_from is not None or keys.time_to is not None,
    )
    locking.follow(case, by=by)
    return run


def _had(case: Case) -> set[int]:
    return {key for (key,) in CaseCall.select(CaseCall.recording_id).where(CaseCall.case == case.id).tuples()}


@db.atomic()
def again(case: Case) -> int:
    """What came in late and answers to a search that was made for the case; how many calls were added.

    For a case whose answer is not yet approved. Nothing new leaves no trace.
    """
    now: Case = Case.get_by_id(case.id)
    if now.state not in (*UNDECIDED, State.PROPOSED):
        return 0
    added = 0
    for keys in sorted(_searched(now), key=repr):
        had = _had(now)
        rows = [row for row in find(keys, now, limited=False) if row.id not in had]
        if rows:
            added += _keep(now, keys, rows, found_by="late", by=None).added
    if added:
        tell(now, What.SEARCHED, by=None)
    return added


def _searched(case: Case) -> set[Keys]:
    """What people have searched by, each once."""
    runs = SearchRun.select().where(SearchRun.case == case.id, SearchRun.by.is_null(False)).order_by(SearchRun.id)
    return {
        Keys(
            numbers=tuple(run.numbers.split(",")) if run.numbers else (),
            first=run.first,
            last=run.last,
            queue=run.queue,
            time_from=run.time_from,
            time_to=run.time_to,
        )
        for run in runs
    }
