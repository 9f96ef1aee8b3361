"""What the papers of oversight say: a month's log in sums, and the extract for one who called."""

import datetime as dt
import json
import uuid
from collections import Counter

import peewee
from dateutil.relativedelta import relativedelta

from portal import clock
from portal.accounts import names
from portal.audit import words
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents.case_shapes import Consultation
from portal.documents.facts import Checkpoint, Count, Person
from portal.documents.facts_cases_answer import OTHER_PURPOSE, PURPOSES
from portal.documents.facts_log import last_check
from portal.documents.models import Document
from portal.documents.oversight_shapes import CallerExtract, HeardCall, Listener, LogMonth
from portal.language import N_, translator
from portal.oversight import months
from portal.oversight.overview import Sum
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.retention.months import named

NO_QUEUE = N_("Utan servicenummer")


def month(document: Document, *, responsible: Person | None) -> LogMonth:
    """Of the month that `document` is about."""
    say = translator(document.language)
    found = months.of(named(document.owner_key))
    codes = sorted(found.listens.purposes, key=lambda code: ([*words.PURPOSES, code].index(code), code))
    people = names.of(row.key for row in found.listens.people)
    queues = {queue.id: queue.name(document.language) for queue in Queue.select()}

    def act(code: str) -> str:
        return say(words.ACTS.get(code, code))

    def row(one: Sum, name: str) -> Listener:
        return Listener(name=name, counts=[one.purposes.get(code, 0) for code in codes], total=one.total)

    return LogMonth(
        month=document.owner_key,
        start=found.start.isoformat(),
        end=found.end.isoformat(),
        total=found.total,
        acts=[Count(words=act(code), count=count) for code, count in found.acts],
        noted=[Count(words=act(code), count=count) for code, count in found.noted],
        listens=found.listens.total,
        purposes=[
            Count(words=say(words.PURPOSES.get(code, code)), count=found.listens.purposes[code]) for code in codes
        ],
        people=[row(one, people.get(one.key, one.key.hex[:8])) for one in found.listens.people],
        queues=[row(one, queues.get(one.key) or say(NO_QUEUE)) for one in found.listens.queues],
        hours=found.listens.hours,
        before=Checkpoint(entries=found.before.entries, head=found.before.head) if found.before else None,
        checkpoint=Checkpoint(entries=found.checkpoint.entries, head=found.checkpoint.head)
        if found.checkpoint
        else None,
        fingerprint=found.checkpoint.fingerprint if found.checkpoint else "",
        check=last_check(_newest(document)),
        remark=json.loads(document.content).get("remark", ""),
        responsible=responsible,
        approved_on=clock.local(document.ordered_at).date().isoformat() if document.ordered_at else None,
    )


def _newest(document: Document) -> int:
    """The log's last entry when the paper was ordered, or now."""
    moment = document.ordered_at or clock.now()
    found: int | None = Entry.select(peewee.fn.MAX(Entry.id)).where(Entry.at <= moment).scalar()
    return found or 0


def caller(document: Document) -> CallerExtract:
    """Of the calls that the order named, as the log was then: by call, day and purpose, and not which request it was
    for. No name of anybody."""
    say, content = translator(document.language), json.loads(document.content)
    calls = _calls([uuid.UUID(key) for key in content["calls"]])
    queues = {queue.id: queue.name(document.language) for queue in Queue.select()}
    heard = _heard([call.uuid for call in calls], content["until"])
    day = dt.date.fromisoformat(content["day"])
    numbers = {call.uuid: number for number, call in enumerate(calls, 1)}
    return CallerExtract(
        recipient=content.get("recipient", []),
        case=content.get("case", ""),
        ending=content.get("ending", ""),
        calls=[
            HeardCall(
                number=numbers[call.uuid],
                at=call.started_at.isoformat(),
                queue=queues.get(call.queue_id, ""),
                times=sum(count for (key, *_), count in heard.items() if key == call.uuid),
            )
            for call in calls
        ],
        consultations=[
            Consultation(
                call=numbers[key], on=day.isoformat(), purpose=say(PURPOSES.get(code, OTHER_PURPOSE)), times=times
            )
            for (key, day, code), times in sorted(heard.items(), key=lambda one: (numbers[one[0][0]], *one[0][1:]))
        ],
        as_of=day.isoformat(),
        kept_from=(day - relativedelta(months=clock.RETENTION_MONTHS)).isoformat(),
        remark=content.get("remark", ""),
        responsible=_who(document, say(N_("dataskyddsombud"))),
    )


def _calls(keys: list[uuid.UUID]) -> list[Recording]:
    found: list[Recording] = []
    for chunk in peewee.chunked(keys, 500):
        found.extend(Recording.select().where(Recording.uuid.in_(list(chunk))))
    return sorted(found, key=lambda call: call.id)


def _heard(keys: list[uuid.UUID], until: int) -> Counter[tuple[uuid.UUID, dt.date, str]]:
    """How often each was listened to, by day and purpose."""
    found: Counter[tuple[uuid.UUID, dt.date, str]] = Counter()
    for chunk in peewee.chunked(keys, 500):
        rows = Entry.select(Entry.subject, Entry.at, Entry.purpose).where(
            Entry.act == Act.PLAYED, Entry.subject.in_(list(chunk)), Entry.id <= until
        )
        found.update((key, clock.local(at).date(), purpose) for key, at, purpose in rows.tuples())
    return found


def _who(document: Document, title: str) -> Person | None:
    """Who ordered it signs."""
    return Person(name=document.ordered_by.name, title=title) if document.ordered_by is not None else None
