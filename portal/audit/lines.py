"""Entries of the log as people read them: names, words and links for ids and codes."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

import flask
from flask_babel import gettext
from flask_login import current_user

from portal import formats
from portal.accounts import names
from portal.audit import telling, words
from portal.audit.models import Entry
from portal.audit.telling import Look
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
        [e.by for e in entries] + [e.subject for e in entries if e.subject_kind == "account"] + telling.people(told)
    )
    queues = {queue.id: queue.name(language()) for queue in Queue.select()}
    queue_names = {queue.uuid: queue.name(language()) for queue in Queue.select()}
    calls = _calls({e.subject for e in entries if e.subject_kind == "recording"})
    look = Look(people | queue_names, queues, gettext, language())
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
