"""Deletions, documents and a press for the tests of the desk."""

import datetime as dt
import hashlib
import uuid

from portal import clock
from portal.documents import actions, setting
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.order import Order, Printed
from portal.retention.models import Kind as PurgeKind
from portal.retention.models import PurgeLine, Result, Rule

MONTH = dt.date(2026, 10, 1)
DAY = dt.date(2026, 10, 14)
NOW = dt.datetime(2026, 11, 2, 8, 0, tzinfo=clock.UTC)
"""The first working day of November: 10 o'clock in Helsinki."""


class FakePress:
    """Sets at once; the same order gives the same bytes."""

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.close()

    def set(self, order: Order) -> Printed:
        return Printed(b"%PDF-1.7 " + hashlib.sha256(order.canonical()).hexdigest().encode() + b"\n%%EOF\n", 2)

    def close(self):
        pass


def press(monkeypatch, fake=FakePress):
    """The worker's press is `fake` from here on."""
    monkeypatch.setattr(setting, "Press", fake)


def deleted(moment: dt.datetime, *, queue=None, kind=PurgeKind.RECORDING, done=True, failure="") -> PurgeLine:
    return PurgeLine.create(
        kind=kind,
        subject=uuid.uuid4(),
        queue_id=queue.id if queue else None,
        rule=Rule.RETENTION if kind == PurgeKind.RECORDING else Rule.QUARANTINE,
        due_at=moment - dt.timedelta(minutes=4),
        claimed_at=moment - dt.timedelta(seconds=1),
        key_destroyed_at=moment if done else None,
        purged_at=moment if done else None,
        result=Result.PURGED if done else Result.FAILED,
        failure=failure,
        attempts=1,
    )


def october(people) -> list[PurgeLine]:
    """Some deletions in October, some around it, one still held back."""
    moments = [clock.day_start(DAY) + dt.timedelta(hours=h) for h in (0, 9, 23)]
    lines = [deleted(moment, queue=people.daycare) for moment in moments]
    lines.append(deleted(clock.day_start(dt.date(2026, 10, 1)), kind=PurgeKind.QUARANTINED))
    deleted(clock.day_start(MONTH) - dt.timedelta(seconds=1))
    deleted(clock.day_start(dt.date(2026, 11, 1)))
    deleted(clock.day_start(DAY) + dt.timedelta(hours=5), done=False, failure="EIO")
    return lines


SPECIMEN = {
    "recipient": ["Anna Exempel", "Modellgatan 1", "06100 BORGÅ"],
    "subject": "Provbrev",
    "case": "BOR/1/2026",
    "request_on": "2026-10-01",
    "received_on": "2026-10-02",
    "paragraphs": ["Första stycket.", "Andra stycket."],
}


def specimen(people, language="sv") -> Document:
    return actions.draft_specimen(SPECIMEN, language=language, by=people.decider)


def ordered(people, language="sv") -> Document:
    """A specimen that waits for the worker."""
    document = specimen(people, language)
    actions.lock(document, SPECIMEN, earlier=document.version, by=people.decider)
    return document


def fresh(document: Document) -> Document:
    return Document.get_by_id(document.id)


__all__ = ["DAY", "MONTH", "NOW", "SPECIMEN", "FakePress", "Kind"]
