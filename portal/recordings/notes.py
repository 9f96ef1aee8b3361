"""What staff write about a call: about the whole of it or a place in its sound, for all who see the call or for the one
who writes alone.

A note written for its author alone is on nobody else's page and in no search. It is the caller's data all the same:
whoever answers a request reads every note (`every`), and it goes with the call.
"""

import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.recordings import actions, entries, index
from portal.recordings.correction_models import Correction, EntryKind, ErrorReport, Opening, ReportState
from portal.recordings.models import Note, Recording

SLACK_MS = 1000
"""A browser may find coded sound that much longer than it is; what is written there stands at its end."""


class NoteKeyTaken(Conflict):
    text = N_("Anteckningen gick inte att spara. Ladda om sidan och försök igen.")


class PlaceOutside(Invalid):
    text = N_("Inspelningen är inte så lång. Skriv en tid som finns i den.")


class KindUnknown(Invalid):
    text = N_("Välj ett av de slag som finns.")


def kinds(language: str) -> dict[str, str]:
    """What a note may be about: the codes of the setting, in words."""
    lines = [config.named_parts("note_kinds", line) for line in config.settings().note_kinds]
    return {code: finnish if language == "fi" else swedish for code, swedish, finnish in lines}


def kind(code: str, language: str) -> str:
    """`code` in words; as it is when the setting has it no more."""
    return kinds(language).get(code, code)


@db.atomic()
def add_note(
    recording: Recording,
    text: str,
    *,
    key: uuid.UUID,
    at_ms: int | None = None,
    kind: str = "",
    own: bool = False,
    by: Account,
) -> Note:
    """Append a note; notes are never changed, but corrected. Sent again with the same `key`, nothing is added.

    `at_ms`: the place in the sound. `own`: for `by` alone. NotFound when the call went out of reach meanwhile;
    NoteKeyTaken when `key` is of another note; PlaceOutside, KindUnknown, PersonalCode.
    """
    recording = actions.get(recording.uuid, by=by, doing=Permission.RECORDINGS_NOTE)
    earlier: Note | None = Note.get_or_none(Note.uuid == key)
    if earlier is not None:
        if (earlier.recording_id, earlier.author_id) != (recording.id, by.id):
            raise NoteKeyTaken
        return earlier
    if at_ms is not None:
        if not 0 <= at_ms <= recording.duration_ms + SLACK_MS:
            raise PlaceOutside
        at_ms = min(at_ms, recording.duration_ms)
    if kind and kind not in kinds("sv"):
        raise KindUnknown
    entries.refuse_codes(text)
    note = Note.create(uuid=key, recording=recording, author=by, text=text, at_ms=at_ms, kind=kind, own=own)
    if not own:
        index.put(recording)
    about: dict[str, Any] = {"note": note.uuid.hex, "characters": len(text)}
    about |= {} if at_ms is None else {"at_ms": at_ms}
    about |= {"note_kind": kind} if kind else {}
    record(Act.OWN_NOTED if own else Act.NOTED, recording, by=by, **about)
    return note


def of(recording: Recording, *, by: Account) -> list[Note]:
    """What `by` may read of what was written about the call, with the author: of the whole of it first, the oldest
    first, then place by place."""
    return _in_order(recording, (~Note.own) | (Note.author == by.id))


def every(recording: Recording) -> list[Note]:
    """All that was written about the call, with the author, in the same order: for whoever answers a request."""
    return _in_order(recording)


def _in_order(recording: Recording, *chosen: peewee.Expression) -> list[Note]:
    found = Note.select(Note, Account).join(Account).where(Note.recording == recording.id, *chosen)
    return list(found.order_by(Note.at_ms.is_null(False), Note.at_ms, Note.id))


def erase_within(recording: Recording, ranges: Iterable[tuple[int, int]]) -> int:
    """The sound is erased in these milliseconds (GDPR 17): what was written about places there would tell what was
    said. It goes too, with its earlier words and what was said of errors in it; that somebody wrote stays. How many.

    In the transaction that erases. Of corrections that a case demanded, their lines stay, as when a call is deleted.
    """
    stretches = list(ranges)
    placed = Note.select(Note.uuid, Note.at_ms).where(Note.recording == recording.id, Note.at_ms.is_null(False))
    gone = [key for key, at in placed.tuples() if any(start <= at <= end for start, end in stretches)]
    if not gone:
        return 0
    Note.update(text="").where(Note.uuid.in_(gone)).execute()
    corrected = (Correction.entry_kind == EntryKind.NOTE) & Correction.entry.in_(gone)
    Opening.delete().where(Opening.correction.in_(Correction.select(Correction.id).where(corrected))).execute()
    Correction.update(sealed=None, reason="").where(corrected).execute()
    reported = ErrorReport.note.in_(gone)
    ErrorReport.update(state=ReportState.LAPSED).where(reported, ErrorReport.state == ReportState.OPEN).execute()
    ErrorReport.update(words="", answer="").where(reported).execute()
    index.put(Recording.get_by_id(recording.id))
    return len(gone)
