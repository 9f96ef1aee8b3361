"""Listens as the patterns see them, read from the log one person at a time: however long the log is, no more than
one person's weeks are held."""

import bisect
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account, AccountNumber, QueueGrant, RoleGrant
from portal.accounts.permissions import TABLE, Permission
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.models import Case, CaseCall
from portal.oversight.windows import HISTORY, Heard
from portal.recordings.models import Purpose, Recording
from portal.vault import box

AROUND = dt.timedelta(minutes=90)
"""Whoever took a call so near was at work."""

SOON = dt.timedelta(days=1)
"""Whoever does something with a call writes so within that time."""

WORK = (
    *(Act.NOTED, Act.SUBJECT_CHANGED, Act.CORRECTED, Act.STATEMENT_ADDED, Act.ERROR_REPORTED),
    *(Act.QUALITY_REVIEWED, Act.QUALITY_CHANGED),
    *(Act.THREAT_REPORTED, Act.HOLD_PLACED, Act.HOLD_RENEWED, Act.CASE_CALL_JUDGED, Act.CASE_CALL_DECIDED),
)
"""What is done with a call and tells why it was heard. A note that its author wrote for themselves tells nobody."""


def counts(first: dt.date, end: dt.date) -> dict[uuid.UUID, dict[dt.date, int]]:
    """How many listens each person has each day of Helsinki, from `first` up to `end`."""
    counted: dict[uuid.UUID, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    found = Entry.select(Entry.at, Entry.by).where(*_played(first, end)).tuples().iterator()
    for at, by in found:
        counted[by][clock.local(at).date()] += 1
    return counted


def by_person(first: dt.date, end: dt.date) -> Iterator[tuple[Account, list[Heard]]]:
    """Everybody who heard any from `first` up to `end`, with what they heard, oldest first."""
    numbers = _numbers()
    listened = {by for (by,) in Entry.select(Entry.by).where(*_played(first, end)).distinct().tuples()}
    heard = (
        Entry.select(
            *(Entry.id, Entry.at, Entry.by, Entry.subject, Entry.queue_id, Entry.purpose, Entry.reference),
            *(Recording.number, Recording.adviser),
        )
        .join(Recording, peewee.JOIN.LEFT_OUTER, on=(Entry.subject == Recording.uuid))
        .where(*_played(first, end))
        .order_by(Entry.id)
        .tuples()
    )
    # A query a person: one that is read on while the observations of another are written would be cut off
    for person in Account.select().order_by(Account.id):
        if person.uuid in listened:
            yield person, _of(person, list(heard.where(Entry.by == person.uuid)), first, end, numbers)


def took(account: Account, first: dt.date, end: dt.date) -> dict[int, int]:
    """How many calls of each queue the person took in that time."""
    counted: dict[int, int] = defaultdict(int)
    for _, queue, _ in _taken(account, first, end):
        if queue is not None:
            counted[queue] += 1
    return counted


def since(account: Account, at: dt.datetime) -> dict[int, dt.date]:
    """From which day the person may hear each queue's calls without a break up to `at`."""
    listening = [role for role, may in TABLE.items() if Permission.RECORDINGS_LISTEN in may]
    found = (
        QueueGrant.select(QueueGrant.queue_id, RoleGrant.begins_at, RoleGrant.ends_at)
        .join(RoleGrant)
        .where(QueueGrant.account == account.id, RoleGrant.role.in_(listening), RoleGrant.begins_at <= at)
        .order_by(RoleGrant.begins_at)
        .tuples()
    )
    runs: dict[int, tuple[dt.datetime, dt.datetime]] = {}
    for queue, begins, ends in found:
        began, until = runs.get(queue, (begins, begins))
        runs[queue] = (began if begins <= until else begins, max(until, ends))
    return {queue: clock.local(began).date() for queue, (began, until) in runs.items() if until > at - HISTORY}


def _played(first: dt.date, end: dt.date) -> tuple[Any, ...]:
    within = (Entry.at >= clock.day_start(first)) & (Entry.at < clock.day_start(end))
    return Entry.act == Act.PLAYED, within, Entry.by.is_null(False)


def _numbers() -> dict[str, set[int]]:
    """Whose each number is; two may share one at home."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, account in AccountNumber.select(AccountNumber.number, AccountNumber.account_id).tuples():
        found[number].add(account)
    return found


def _of(
    person: Account, rows: list[tuple[Any, ...]], first: dt.date, end: dt.date, numbers: dict[str, set[int]]
) -> list[Heard]:
    worked, cases = _worked(person, first), _cases({row[6] for row in rows if row[6]})
    taken = _taken(person, first - dt.timedelta(days=1), end + dt.timedelta(days=1))
    times = [began for began, _, _ in taken]
    met: dict[tuple[str, dt.date], dt.datetime] = {}
    for began, _, number in taken:
        if number:
            met.setdefault((number, clock.local(began).date()), began)
    made = []
    for entry, at, _, call, queue, purpose, reference, number, adviser in rows:
        whose = numbers.get(number or "", set())
        called = met.get((number or "", clock.local(at).date()))
        near = bisect.bisect_left(times, at - AROUND)
        made.append(
            Heard(
                entry=entry,
                at=clock.local(at),
                queue=queue,
                number=box.pseudonym("observed", number) if number else "",
                own=person.id in whose,
                colleague=bool(whose) and person.id not in whose,
                took=adviser == person.id,
                worked=any(number > entry and done - at <= SOON for number, done in worked.get(call, ())),
                case=(reference, call) in cases,
                consent=purpose == Purpose.TRAINING,
                met=called is not None and called < at,
                duty=near < len(times) and times[near] <= at + AROUND,
            )
        )
    return made


def _worked(person: Account, first: dt.date) -> dict[uuid.UUID, list[tuple[int, dt.datetime]]]:
    """The person's work on each call, from `first` on up to now: entries and when, in order."""
    chosen = (Entry.by == person.uuid, Entry.act.in_(WORK), Entry.at >= clock.day_start(first))
    found: dict[uuid.UUID, list[tuple[int, dt.datetime]]] = defaultdict(list)
    for call, entry, at in Entry.select(Entry.subject, Entry.id, Entry.at).where(*chosen).order_by(Entry.id).tuples():
        found[call].append((entry, at))
    return found


def _cases(references: set[str]) -> set[tuple[str, uuid.UUID]]:
    """The calls of the requests with these numbers. A number that is typed proves nothing by itself."""
    found = CaseCall.select(Case.number, Recording.uuid).join(Case).switch(CaseCall).join(Recording)
    wanted = sorted(references)
    return {
        pair
        for at in range(0, len(wanted), 500)
        for pair in found.where(Case.number.in_(wanted[at : at + 500])).tuples()
    }


def _taken(person: Account, first: dt.date, end: dt.date) -> list[tuple[dt.datetime, int | None, str | None]]:
    chosen = Recording.started_at.between(clock.day_start(first), clock.day_start(end))
    columns = (Recording.started_at, Recording.queue_id, Recording.number)
    found = Recording.select(*columns).where(Recording.adviser == person.id, chosen)
    return list(found.order_by(Recording.started_at).tuples())
