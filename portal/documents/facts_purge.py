"""What the purge protocols say: read from the register's own, all queues, ids and times only."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from itertools import groupby

from portal import clock
from portal.documents.facts import Checkpoint, DayCount, DayIds, Deletion, HeldBack, Person, PurgeDay, PurgeMonth, Rule
from portal.documents.models import Document
from portal.language import translator
from portal.queues.models import Queue
from portal.retention import months, protocol, words
from portal.retention.models import PurgeLine

Say = Callable[[str], str]


def day(document: Document, *, responsible: Person | None, most: int | None = None) -> PurgeDay:
    """Of the day that `document` is about. `most`: no more lines than that, for a preview."""
    asked, say = dt.date.fromisoformat(document.owner_key), translator(document.language)
    start, end = protocol.bounds(asked)
    found = protocol.totals(start, end)
    queues = {queue.id: queue.name(document.language) for queue in Queue.select()}
    return PurgeDay(
        day=asked.isoformat(),
        start=instant(start),
        end=instant(end),
        total=found.total,
        rules=_rules(found.rules, say),
        held_back=_held_back(end, say),
        lines=[
            Deletion(
                id=str(line.subject),
                kind=say(words.KINDS[line.kind]),
                queue=queues.get(line.queue_id, ""),
                rule=line.rule,
                due_at=instant(line.due_at),
                key_destroyed_at=instant(line.key_destroyed_at) if line.key_destroyed_at else None,
                purged_at=instant(line.purged_at),
            )
            for line in months.lines(start, end).limit(most)
        ],
        keys_gone_by=instant(found.keys_gone_by) if found.keys_gone_by else None,
        checkpoint=_checkpoint(found.checkpoint),
        remark=json.loads(document.content).get("remark", ""),
        responsible=responsible,
    )


def month(document: Document, *, responsible: Person | None, most: int | None = None) -> PurgeMonth:
    """Of the month that `document` is about. `most`: no more ids in the annex than that, for a preview."""
    say = translator(document.language)
    found = months.of(months.named(document.owner_key))
    return PurgeMonth(
        month=document.owner_key,
        start=instant(found.start),
        end=instant(found.end),
        total=found.total,
        days=[DayCount(day=each.day.isoformat(), total=each.total, failed=each.held_back) for each in found.days],
        rules=_rules(found.rules, say),
        held_back=_held_back(found.end, say),
        annex=_annex(months.lines(found.start, found.end).limit(most)),
        keys_gone_by=instant(found.keys_gone_by) if found.keys_gone_by else None,
        checkpoint=_checkpoint(found.checkpoint),
        remark=json.loads(document.content).get("remark", ""),
        responsible=responsible,
        approved_on=clock.local(document.ordered_at).date().isoformat() if document.ordered_at else None,
    )


def instant(moment: dt.datetime) -> str:
    return moment.isoformat()


def _rules(counted: dict[str, int], say: Say) -> list[Rule]:
    return [Rule(code=code, words=say(words.RULES[code]), count=count) for code, count in counted.items()]


def _held_back(end: dt.datetime, say: Say) -> list[HeldBack]:
    return [
        HeldBack(
            id=str(line.subject),
            kind=say(words.KINDS[line.kind]),
            why=say(words.failure(failure)) if failure else say(words.UNDER_WAY),
            since=instant(line.claimed_at),
        )
        for line, failure in months.held_back(end)
    ]


def _annex(lines: Iterable[PurgeLine]) -> list[DayIds]:
    by_day = groupby(lines, lambda line: clock.local(line.purged_at).date())
    return [DayIds(day=day.isoformat(), ids=[str(line.subject) for line in within]) for day, within in by_day]


def _checkpoint(found: protocol.Checkpoint | None) -> Checkpoint | None:
    return Checkpoint(entries=found.entries, head=found.head) if found else None
