"""What of a call can be wrong: its value now, what may be written in its place, and the writing.

Every value is a text: of the subject, a note and a review's comment the words, of a number E.164, of a queue and an
adviser the uuid in hex, of the rest a code. Nothing known is ''.
"""

import uuid
from typing import Any

import peewee

from portal.accounts.models import Account
from portal.cases import personal_codes
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.queues import announced
from portal.queues.models import Queue
from portal.recordings import search
from portal.recordings.correction_models import Entry
from portal.recordings.models import Direction, Note, Recording, State, Told
from portal.recordings.quality_models import QualityReview

SUBJECT_MOST = 200
NOTE_MOST = 5000
COMMENT_MOST = 2000
ANNOUNCED = (Entry.TOLD, Entry.QUEUE, Entry.DIRECTION)
"""What decides by which announcement the caller was told: corrected, it points to another, or to none."""
WRITTEN = {Entry.SUBJECT: SUBJECT_MOST, Entry.NOTE: NOTE_MOST, Entry.REVIEW: COMMENT_MOST}
"""What staff write in words of their own, and how many characters it may have."""

Written = Note | QualityReview


class BadValue(Invalid):
    text = N_("Uppgiften kan inte ha det värdet. Välj ett av alternativen.")


class TooLong(Invalid):
    text = N_("Texten är för lång. Korta den.")


class NotWhole(Invalid):
    text = N_("Skriv hela numret, med riktnummer eller landskod. Lämna fältet tomt om numret inte är känt.")


class PersonalCode(Invalid):
    text = N_("Skriv ingen personbeteckning. Den behövs inte i det som skrivs om ett samtal.")


class EntryChanged(Conflict):
    """Another person wrote something else since; `current` is theirs."""

    text = N_("Uppgiften har ändrats medan du skrev. Se vad som står nu och spara på nytt.")

    def __init__(self, current: str = "") -> None:
        super().__init__()
        self.current = current


def note_of(recording: Recording, key: uuid.UUID | None, *, by: Account | None) -> Note:
    """The note of the call, with its author. NotFound, also for one that another than `by` wrote for themselves; `by`
    is None for whoever answers a request, who reads all."""
    found: Note | None = (
        Note.select(Note, Account).join(Account).where(Note.recording == recording.id, Note.uuid == key).first()
        if key
        else None
    )
    if found is None or (by is not None and found.own and found.author_id != by.id):
        raise NotFound
    return found


def review_of(recording: Recording, key: uuid.UUID | None) -> QualityReview:
    """The review of the call. NotFound."""
    found: QualityReview | None = QualityReview.get_or_none(
        QualityReview.recording == recording.id, QualityReview.uuid == key
    )
    if found is None:
        raise NotFound
    return found


def value(recording: Recording, entry: str, written: Written | None = None) -> str:
    """As it stands on the row at hand; `written`: the note or the review that the entry is."""
    if entry in (Entry.NOTE, Entry.REVIEW):
        return str(written.text if isinstance(written, Note) else written.comment) if written is not None else ""
    found: Any = getattr(recording, Entry(entry).value)
    if found is None:
        return ""
    return str(found.uuid.hex) if entry in (Entry.QUEUE, Entry.ADVISER) else str(found)


def checked(entry: str, value: str) -> str:
    """`value` as it is stored. Raises BadValue, TooLong, NotWhole, PersonalCode; search.NotANumber,
    search.TooFewDigits."""
    text = value.strip()
    if entry in WRITTEN:
        refuse_codes(text)
        return _short(" ".join(text.split()) if entry == Entry.SUBJECT else text, WRITTEN[Entry(entry)])
    if entry == Entry.NUMBER:
        return _number(text)
    if entry == Entry.QUEUE:
        return _existing(Queue, text)
    if entry == Entry.ADVISER:
        return _existing(Account, text) if text else ""
    if text not in (set(Told) if entry == Entry.TOLD else {"", *Direction}):
        raise BadValue
    return text


def refuse_codes(*texts: str | None) -> None:
    """What is written of a call, and who it was with, needs no identity code. Raises PersonalCode."""
    if any(personal_codes.holds(text) for text in texts):
        raise PersonalCode


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise TooLong
    return text


def _number(text: str) -> str:
    if not text:
        return ""
    whole = search.number(text).whole
    if whole is None:
        raise NotWhole
    return whole


def _existing(model: type[Queue] | type[Account], text: str) -> str:
    try:
        key = uuid.UUID(text)
    except ValueError as error:
        raise BadValue from error
    if not model.select().where(model.uuid == key).exists():
        raise BadValue
    return key.hex


def write(recording: Recording, entry: str, before: str, after: str, *, written: Written | None = None) -> None:
    """Put `after` in the place of `before`; one guarded statement. EntryChanged when it is another by now, or the
    call is on its way out."""
    if isinstance(written, Note):
        changed = Note.update(text=after).where(Note.id == written.id, Note.text == before)
    elif isinstance(written, QualityReview):  # a version more: whoever changes it meanwhile sees this one first
        changed = QualityReview.update(comment=after, version=QualityReview.version + 1).where(
            QualityReview.id == written.id, QualityReview.comment == before
        )
    else:
        field = Recording._meta.fields[entry]
        old, new = _stored(entry, before), _stored(entry, after)
        unchanged = field.is_null() if old is None else field == old
        values = {field: new}
        if entry in ANNOUNCED:
            values[Recording.announcement] = _announcement(recording, field, new)
        changed = Recording.update(values).where(Recording.id == recording.id, Recording.state == State.LIVE, unchanged)
    if not changed.execute():
        raise EntryChanged


def _announcement(recording: Recording, field: peewee.Field, new: Any) -> Any:
    """The version that told the caller, as the entry is to be."""
    row: Recording = Recording.get_by_id(recording.id)
    setattr(row, field.name, new)
    return announced.of(row)


def _stored(entry: str, value: str) -> Any:
    """What the column holds."""
    if entry in (Entry.QUEUE, Entry.ADVISER):
        model = Queue if entry == Entry.QUEUE else Account
        return model.get(model.uuid == uuid.UUID(value)).id if value else None
    return None if not value and entry in (Entry.NUMBER, Entry.DIRECTION) else value
