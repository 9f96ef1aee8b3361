"""Entries of the log as people read them: names, words and links for ids and codes."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import flask
from flask_babel import gettext
from flask_login import current_user

from portal import formats
from portal.accounts import names
from portal.audit import words
from portal.audit.models import Entry
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.security import can
from portal.web import language

CALL = "recordings.show"


@dataclasses.dataclass(frozen=True)
class Line:
    number: int
    at: dt.datetime
    who: str
    what: str
    details: list[tuple[str, str]]
    """Label and value."""
    about: str
    subject: uuid.UUID | None
    call: str | None
    """Address of the call, for those who may open it."""
    queue: str
    purpose: str
    reference: str
    act: str
    hash: str


def of(entries: Sequence[Entry]) -> list[Line]:
    """One look-up per kind of thing for the whole page."""
    told = [entry.told for entry in entries]
    people = names.of(
        [e.by for e in entries] + [e.subject for e in entries if e.subject_kind == "account"] + _ids(told)
    )
    queues = {queue.id: queue.name(language()) for queue in Queue.select()}
    queue_names = {queue.uuid: queue.name(language()) for queue in Queue.select()}
    calls = _calls({e.subject for e in entries if e.subject_kind == "recording"})
    look = _Look(people | queue_names, queues)
    return [
        Line(
            number=entry.id,
            at=entry.at,
            who=_who(entry, people),
            what=gettext(words.ACTS.get(entry.act, entry.act)),
            details=list(look.details(detail)),
            about=_about(entry, people, queue_names, calls),
            subject=entry.subject,
            call=flask.url_for(CALL, uuid=entry.subject) if entry.subject in calls else None,
            queue=queues.get(entry.queue_id, ""),
            purpose=gettext(words.PURPOSES[entry.purpose]) if entry.purpose in words.PURPOSES else entry.purpose,
            reference=entry.reference,
            act=entry.act,
            hash=entry.hash,
        )
        for entry, detail in zip(entries, told, strict=True)
    ]


def _ids(details: Iterable[dict[str, Any]]) -> list[uuid.UUID | None]:
    """The accounts that details name by uuid."""
    return [_uuid(value) for detail in details for key, value in _flat(detail) if key in ("person", "adviser")]


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        return None


@dataclasses.dataclass(frozen=True)
class _Changed:
    before: Any
    now: Any


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _flat(detail: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys and values, those of nested objects too; `changed` holds pairs of old and new."""
    for key, value in detail.items():
        if key == "changed" and isinstance(value, dict):
            yield from ((name, _Changed(*pair)) for name, pair in value.items() if _is_pair(pair))
        elif isinstance(value, dict):
            yield from _flat(value)
        else:
            yield key, value


def _calls(wanted: set[uuid.UUID | None]) -> dict[uuid.UUID, dt.datetime]:
    """When the calls began, of those the reader may open."""
    if not wanted or CALL not in flask.current_app.view_functions or not can(CALL):
        return {}
    mine = Recording.visible_to(current_user).where(Recording.uuid.in_(sorted(w for w in wanted if w)))
    return {row.uuid: row.started_at for row in mine}


def _who(entry: Entry, people: dict[uuid.UUID, str]) -> str:
    if entry.by is None:
        return gettext("Inte inloggad") if entry.act.startswith("accounts:") else gettext("Systemet")
    return people.get(entry.by, entry.by.hex[:8])


def _about(
    entry: Entry,
    people: dict[uuid.UUID, str],
    queues: dict[uuid.UUID, str],
    calls: dict[uuid.UUID, dt.datetime],
) -> str:
    if entry.subject is None:
        return ""
    if entry.subject in calls:
        return gettext("Samtal %(moment)s", moment=formats.moment(calls[entry.subject]))
    name = people.get(entry.subject) or queues.get(entry.subject)
    kind = words.KINDS.get(entry.subject_kind)
    return name or f"{gettext(kind) if kind else entry.subject_kind} {entry.subject.hex[:8]}"


class _Look:
    """Details in words."""

    def __init__(self, names_of: dict[uuid.UUID, str], queues: dict[int, str]) -> None:
        self.names, self.queues = names_of, queues

    def details(self, detail: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for key, value in _flat(detail):
            if key in words.HIDDEN or value in (None, "", []) or _goes_without_saying(key, value):
                continue
            label = gettext(words.KEYS[key]) if key in words.KEYS else key
            if isinstance(value, _Changed):
                yield label, f"{self._said(key, value.before)} → {self._said(key, value.now)}"
            else:
                several = value if isinstance(value, list) else [value]
                yield label, ", ".join(self._said(key, one) for one in several)

    def _said(self, key: str, value: Any) -> str:
        if isinstance(value, bool):
            return gettext("ja") if value else gettext("nej")
        if isinstance(value, int):
            if key in words.QUEUES:
                return self.queues.get(value, str(value))
            return formats.size(value) if key in words.COUNTS else formats.number(value)
        value = str(value)
        if (known := words.of(key, value)) != value:
            return gettext(known)
        if key in words.DAYS:
            return _day(value)
        if len(value) >= 32 and (named := _uuid(value)) is not None:  # an id, or a pseudonym
            return self.names.get(named, value[:8])
        return value


def _goes_without_saying(key: str, value: Any) -> bool:
    return isinstance(value, str | bool) and (key, value) in words.QUIET


def _day(value: str) -> str:
    try:
        return formats.date(dt.date.fromisoformat(value))
    except ValueError:
        return value
