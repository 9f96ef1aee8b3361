"""What is asked of the log, and the answer a page at a time."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

import peewee

from portal import clock
from portal.audit import days
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import Invalid
from portal.language import N_

SYSTEM = "system"
"""In place of a person: what the portal did by itself, and people not yet known."""

PAGE = 50


class GroundNeeded(Invalid):
    text = N_(
        "Ett utdrag om en enda anställd görs bara på en angiven grund. Gör det på sidan Utdrag ur loggen under Tillsyn."
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """All conditions hold together; an empty one asks nothing."""

    person: uuid.UUID | str | None = None
    """An account's uuid, or SYSTEM."""
    act: str = ""
    """An act, or the capability before its colon: all acts of it."""
    kind: str = ""
    subject: uuid.UUID | None = None
    queue_id: int | None = None
    purpose: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    """Days in Helsinki, both included."""

    def asked_of(self, user: Any) -> peewee.ModelSelect:
        """The entries that answer, of those `user` may see; in no order."""
        return self.narrow(Entry.visible_to(user))

    def narrow(self, found: peewee.ModelSelect) -> peewee.ModelSelect:
        """Those of `found` that answer."""
        if self.person == SYSTEM:
            found = found.where(Entry.by.is_null())
        elif self.person is not None:
            found = found.where(Entry.by == self.person)
        if self.act:
            found = found.where(Entry.act == self.act if ":" in self.act else Entry.act.startswith(self.act + ":"))
        if self.kind:
            found = found.where(Entry.subject_kind == self.kind)
        if self.subject is not None:
            found = found.where(Entry.subject == self.subject)
        if self.queue_id is not None:
            found = found.where(Entry.queue_id == self.queue_id)
        if self.purpose:
            found = found.where(Entry.purpose == self.purpose)
        start = clock.day_start(self.first) if self.first is not None else None
        end = clock.day_start(self.last + dt.timedelta(days=1)) if self.last is not None else None
        for condition in days.within(start, end):
            found = found.where(condition)
        return found

    @property
    def of_one(self) -> bool:
        """Is it about one employee: what they did, or what the log has under their account, their sign-ins first?"""
        if isinstance(self.person, uuid.UUID):
            return True
        theirs = Entry.select().where(Entry.subject == self.subject, Entry.subject_kind == "account")
        return self.subject is not None and bool(theirs.exists())

    def codes(self) -> dict[str, Any]:
        """The conditions as the log keeps them: codes, ids, dates."""
        plain = {
            "person": self.person.hex if isinstance(self.person, uuid.UUID) else self.person,
            "act": self.act,
            "kind": self.kind,
            "subject": self.subject.hex if self.subject else None,
            "queue": self.queue_id,
            "purpose": self.purpose,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
        }
        return {name: value for name, value in plain.items() if value not in (None, "")}

    @classmethod
    def of_codes(cls, codes: dict[str, Any]) -> "Question":
        """The question that `codes()` wrote down. Raises ValueError for anything else."""
        texts = {name: value for name, value in codes.items() if name != "queue"}
        number = codes.get("queue")
        if not all(isinstance(value, str) for value in texts.values()) or isinstance(number, bool):
            raise ValueError("not a question")
        if number is not None and not (isinstance(number, int) and 0 <= number < 1 << 62):
            raise ValueError("not a question")
        person = codes.get("person")
        return cls(
            person=uuid.UUID(person) if person not in (None, SYSTEM) else person,
            act=codes.get("act", ""),
            kind=codes.get("kind", ""),
            subject=uuid.UUID(codes["subject"]) if "subject" in codes else None,
            queue_id=codes.get("queue"),
            purpose=codes.get("purpose", ""),
            first=dt.date.fromisoformat(codes["first"]) if "first" in codes else None,
            last=dt.date.fromisoformat(codes["last"]) if "last" in codes else None,
        )


@dataclasses.dataclass(frozen=True)
class Page:
    entries: list[Entry]
    """Newest first."""
    newer: int | None
    """Number to ask newer entries after, or None when there are none."""
    older: int | None
    """Number to ask older entries before, or None when there are none."""


def page(question: Question, user: Any, *, before: int | None = None, after: int | None = None) -> Page:
    """The newest entries, or those next to a number: keyset, so that page 1,000 costs what page 1 does."""
    found = question.asked_of(user)
    if after is not None:
        rows = _first(question, found.where(Entry.id > after), Entry.id.asc(), PAGE + 1)
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        older = rows and _first(question, found.where(Entry.id < rows[-1].id), Entry.id.desc(), 1)
        return Page(rows, rows[0].id if more else None, rows[-1].id if older else None)
    if before is not None:
        found = found.where(Entry.id < before)
    rows = _first(question, found, Entry.id.desc(), PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Page(rows, rows[0].id if rows and before is not None else None, rows[-1].id if more else None)


def _first(question: Question, found: peewee.ModelSelect, order: peewee.Ordering, count: int) -> list[Entry]:
    """The first of `found`. All acts of a capability are asked for one by one, and merged: an act that is rare is
    found by its index, where the whole log would have to be read for it."""
    ordered = found.order_by(order)
    alone = (question.person, question.subject, question.queue_id) == (None, None, None)
    if not question.act or ":" in question.act or not alone:
        return list(ordered.limit(count))
    numbers: list[int] = []
    for act in Act:
        if act.startswith(f"{question.act}:"):
            one = ordered.select(Entry.id).where(Entry.act == act).limit(count)
            numbers += [number for (number,) in one.tuples()]
    chosen = sorted(numbers, reverse=order.direction == "DESC")[:count]
    return list(Entry.select().where(Entry.id.in_(chosen)).order_by(order))
