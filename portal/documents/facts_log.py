"""What an extract of the log says: the entries that answered when it was asked for, in words."""

import datetime as dt
import json
import uuid
from typing import Any

import peewee

from portal import clock
from portal.accounts import names
from portal.audit import telling, words
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import Question
from portal.audit.telling import Look
from portal.documents.facts import LOG_LINES_MOST, Check, Checkpoint, Condition, Count, LogExtract, LogLine
from portal.documents.models import Document
from portal.language import N_, translator
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.spelling import moment

SYSTEM, NOBODY = N_("Systemet"), N_("Inte inloggad")
CALL = N_("Samtal %(moment)s")


def extract(document: Document, *, most: int | None = None) -> LogExtract:
    """Of what `document` asks. Later entries are left out: those up to the order's own number answer.
    `most`: no more lines than that, for a preview."""
    content = json.loads(document.content)
    asked, until = Question.of_codes(content["asked"]), content["until"]
    found = asked.narrow(Entry.select().where(Entry.id <= until))
    total = found.count()
    newest = found.order_by(Entry.id.desc()).limit(min(LOG_LINES_MOST, most or LOG_LINES_MOST))
    lines = list(newest)[::-1]
    last = Entry.get_or_none(Entry.id == until)
    reading = Reading(document.language, lines)
    return LogExtract(
        first=(asked.first or _first_day(found) or clock.today()).isoformat(),
        last=min(asked.last or dt.date.max, clock.local(last.at).date() if last else clock.today()).isoformat(),
        recipient=content.get("recipient", []),
        asked=reading.conditions({k: v for k, v in content["asked"].items() if k not in ("first", "last")}),
        total=total,
        acts=[Count(words=reading.act(act), count=count) for act, count in _counted(found, Entry.act)],
        people=reading.people(_counted(found, Entry.by)),
        lines=[reading.line(entry) for entry in lines],
        capped=total > LOG_LINES_MOST,
        checkpoint=Checkpoint(entries=last.id, head=last.hash) if last else None,
        check=last_check(until),
        remark=content.get("remark", ""),
        ground=reading.ground(content.get("ground", "")),
        ground_words=content.get("ground_words", ""),
    )


def _first_day(found: peewee.ModelSelect) -> dt.date | None:
    earliest = found.select(peewee.fn.MIN(Entry.at)).scalar()
    return clock.local(earliest).date() if earliest else None


def _counted(found: peewee.ModelSelect, column: Any) -> list[tuple[Any, int]]:
    count = peewee.fn.COUNT(Entry.id)
    return list(found.select(column, count).group_by(column).order_by(count.desc(), column).tuples())


def last_check(until: int) -> Check | None:
    entry = Entry.select().where(Entry.act == Act.LOG_VERIFIED, Entry.id <= until).order_by(Entry.id.desc()).first()
    if entry is None:
        return None
    told = entry.told
    return Check(at=entry.at.isoformat(), whole=told.get("whole") is True, entries=told.get("entries", 0))


class Reading:
    """Entries in words of one language, with one look-up per kind of thing."""

    def __init__(self, language: str, lines: list[Entry]) -> None:
        self._say, self._language = translator(language), language
        self._names: dict[uuid.UUID, str] = names.of(
            [entry.by for entry in lines]
            + [entry.subject for entry in lines if entry.subject_kind == "account"]
            + telling.people([entry.told for entry in lines])
        )
        queues = list(Queue.select())
        self._queues = {queue.id: queue.name(language) for queue in queues}
        self._things = {queue.uuid: queue.name(language) for queue in queues}
        self._calls = _calls({entry.subject for entry in lines if entry.subject_kind == "recording"})
        self._look = Look(self._names | self._things, self._queues, self._say, self._language)

    def act(self, act: str) -> str:
        return self._say(words.ACTS.get(act, act))

    def ground(self, code: str) -> str:
        return self._say(words.of("extract_ground", code)) if code else ""

    def people(self, counted: list[tuple[uuid.UUID | None, int]]) -> list[Count]:
        known = names.of([key for key, _ in counted])
        return [
            Count(words=known.get(key, key.hex[:8]) if key else self._say(SYSTEM), count=count)
            for key, count in counted
        ]

    def conditions(self, asked: dict[str, Any]) -> list[Condition]:
        named = names.of([telling.as_uuid(asked.get("person"))])
        look = Look(self._names | self._things | named, self._queues, self._say, self._language)
        return [Condition(label=label, value=value) for label, value in look.details(asked)]

    def line(self, entry: Entry) -> LogLine:
        return LogLine(
            number=entry.id,
            at=entry.at.isoformat(),
            who=self._who(entry),
            what=self.act(entry.act),
            about=self._about(entry),
            queue=self._queues.get(entry.queue_id, ""),
            purpose=self._say(words.PURPOSES[entry.purpose]) if entry.purpose in words.PURPOSES else entry.purpose,
            reference=entry.reference,
            details=[Condition(label=label, value=value) for label, value in self._look.details(entry.told)],
        )

    def _who(self, entry: Entry) -> str:
        if entry.by is None:
            return self._say(NOBODY) if entry.act.startswith("accounts:") else self._say(SYSTEM)
        return self._names.get(entry.by, entry.by.hex[:8])

    def _about(self, entry: Entry) -> str:
        if entry.subject is None:
            return ""
        if entry.subject in self._calls:
            return self._say(CALL) % {"moment": moment(self._calls[entry.subject], self._language)}
        kind = words.KINDS.get(entry.subject_kind)
        name = self._names.get(entry.subject) or self._things.get(entry.subject)
        return name or f"{self._say(kind) if kind else entry.subject_kind} {entry.subject.hex[:8]}"


def _calls(wanted: set[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When the calls began; a purged one keeps its time."""
    found: dict[uuid.UUID, dt.datetime] = {}
    for chunk in peewee.chunked(sorted(wanted), 500):
        rows = Recording.select(Recording.uuid, Recording.started_at).where(Recording.uuid.in_(list(chunk)))
        found.update(rows.tuples())
    return found
