"""Corrections with memory (GDPR 16; register §1): the entry gets its new value, the old one is sealed, and that it was
corrected, by whom, when and why stays to be seen.

One mechanism for all: the entries of a call, its notes, and the facts of a case (`cases.facts`). The sound is never
edited; what a person adds to it is a statement (`statements`).
"""

import dataclasses
import datetime as dt
import uuid
from typing import Any

import peewee

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import UtcField, db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings import entries, errors, index, originals
from portal.recordings.correction_models import Correction, Entry, EntryKind, ErrorReport, Opening
from portal.recordings.entries import EntryChanged
from portal.recordings.models import Note, Recording, State
from portal.recordings.quality_models import QualityReview
from portal.register import notices
from portal.register.models import Told
from portal.vault import box

REASON_MOST = 1000
WRITTEN = {Entry.NOTE: EntryKind.NOTE, Entry.REVIEW: EntryKind.REVIEW}
TOLD_AS = {EntryKind.NOTE: "note", EntryKind.REVIEW: "assessment"}
"""What the log calls its uuid."""


class ReasonNeeded(Invalid):
    text = N_("Skriv varför uppgiften rättas. Skälet står kvar bredvid rättelsen.")


class Unchanged(Invalid):
    text = N_("Det nya värdet är detsamma som det som redan står. Skriv det som ska stå i stället.")


class NotYours(Denied):
    text = N_("Uppgiften rättas av en handläggare eller en chef. Anmäl felet, så rättar de det.")


class NeedNeeded(Invalid):
    text = N_("Skriv vad du behöver den ursprungliga uppgiften till.")


class Destroyed(Conflict):
    text = N_("Den ursprungliga uppgiften är förstörd och kan inte öppnas längre.")


def may_correct(recording: Recording, entry: str, *, written: entries.Written | None = None, by: Account) -> bool:
    """Clerks and managers: every entry of a call within reach. Those who write notes: the subject, and their own. A
    review nobody on own initiative: its author changes it where it is made (`quality.judge`)."""
    if entry == Entry.REVIEW:
        return False
    if by.may_in(recording.queue_id, Permission.RECORDINGS_CORRECT):
        return True
    own = entry == Entry.SUBJECT or (written is not None and written.author_id == by.id)
    return own and by.may_in(recording.queue_id, Permission.RECORDINGS_NOTE) and not recording.over


@db.atomic()
def correct(
    recording: Recording,
    entry: str,
    value: str,
    *,
    note: uuid.UUID | None = None,
    reason: str,
    by: Account,
    because: Any = None,
    seen: str | None = None,
    report: ErrorReport | None = None,
) -> Correction:
    """Give `entry` (a code of `Entry`) of the call another value, as `entries.checked` reads it.

    On own initiative within one's rights (`may_correct`), on a call within reach that is not restricted; `because` of
    a case, whose own action has asked: then any live call. `seen`: the value that `by` saw when starting to write.
    `report`: of this error, which is answered with it. `note`: the note, or the review, that the entry is. The old
    value is sealed, the word index follows, whoever once got the call is to be told (GDPR 19), one entry CORRECTED.
    NotFound, NotYours, ReasonNeeded, EntryChanged, Unchanged, PersonalCode; what `entries.checked` raises.
    """
    row = _reached(recording, by=by, because=because)
    written = _written(row, entry, note, by=by, because=because)
    if because is None and not may_correct(row, entry, written=written, by=by):
        raise NotYours
    if not reason.strip():
        raise ReasonNeeded
    entries.refuse_codes(reason)
    before, after = entries.value(row, entry, written), entries.checked(entry, value)
    if seen is not None and seen.split() != before.split():  # forms do not carry spaces and line breaks faithfully
        raise EntryChanged(before)
    if after == before:
        raise Unchanged
    entries.write(row, entry, before, after, written=written)
    kind, subject = (WRITTEN[Entry(entry)], written.uuid) if written is not None else (EntryKind.RECORDING, row.uuid)
    correction = note_change(
        *(kind, subject, entry, before), recording=row, reason=reason, by=by, because=because, report=report
    )
    index.put(Recording.get_by_id(row.id))
    notices.open_for([row], what=Told.CORRECTED, because=because, correction=correction, entry=str(entry), by=by)
    if report is not None:
        errors.answered(report, row, by=by)
    record(
        Act.CORRECTED,
        row,
        by=by,
        reference=correction.reference,
        entry=str(entry),
        correction=correction.uuid.hex,
        **({TOLD_AS[kind]: subject.hex} if written is not None else {}),
        **({"report": report.uuid.hex} if report is not None else {}),
    )
    return correction


def _written(
    recording: Recording, entry: str, key: uuid.UUID | None, *, by: Account, because: Any
) -> entries.Written | None:
    """The note or the review that is to be corrected; None where the entry is one of the call's own."""
    if entry == Entry.NOTE:
        return entries.note_of(recording, key, by=by if because is None else None)
    return entries.review_of(recording, key) if entry == Entry.REVIEW else None


def _reached(recording: Recording, *, by: Account, because: Any) -> Recording:
    """The call as it is now, to be corrected."""
    if because is not None:
        if not by.may(Permission.CASES_HANDLE) and not by.may(Permission.CASES_DECIDE):
            raise Denied
        chosen = Recording.select().where(Recording.state == State.LIVE)
    else:
        chosen = Recording.within_reach_of(by)
    found: Recording | None = chosen.where(Recording.id == recording.id).first()
    if found is None:
        raise NotFound
    return found


def note_change(
    entry_kind: str,
    entry: uuid.UUID,
    field: str,
    before: str,
    *,
    recording: Recording | None = None,
    reason: str,
    by: Account,
    because: Any = None,
    report: ErrorReport | None = None,
) -> Correction:
    """Keep what an entry was until now, sealed, with why it was changed. In the transaction of the change, which
    writes its own entry in the log. `recording`: the call that it dies with; None for a fact of a case."""
    row = Correction(
        entry_kind=entry_kind,
        entry=entry,
        recording=recording,
        field=field,
        reason=reason.strip(),
        by=by,
        because=because.uuid if because is not None else None,
        reference=because.number if because is not None else "",
        report=report,
    )
    row.sealed = originals.seal(row, before)
    row.save(force_insert=True)
    return row


@dataclasses.dataclass(frozen=True)
class Version:
    """One value that an entry has had, and how it came to be that."""

    value: str | None
    """None when it is sealed, or destroyed."""
    correction: uuid.UUID | None
    """What holds the sealed value, and ended its time; None for the value now."""
    sealed: bool
    """It can be opened (`open_original`)."""
    by: str
    """The name of who made it so; '' as it came in."""
    at: dt.datetime | None
    reason: str
    because: uuid.UUID | None
    """The case that demanded it."""
    reference: str


def history(kind: str, entry: uuid.UUID, field: str) -> list[Version]:
    """The value now and every earlier one, the newest first, from one query. Of a call or a note; of a case's fact
    `cases.facts.history`. When the call is deleted: what is left of the corrections, without values."""
    current = {EntryKind.NOTE: _current_note, EntryKind.REVIEW: _current_review}.get(EntryKind(kind))
    return versions(current(entry) if current else _current(entry, field), kind, entry, field)


def _current(entry: uuid.UUID, field: str) -> peewee.ModelSelect:
    columns = {Entry.QUEUE: Queue.uuid, Entry.ADVISER: Account.uuid}
    value = columns.get(Entry(field), Recording._meta.fields[field])
    live = Recording.uuid == entry, Recording.state != State.PURGED
    chosen = Recording.select(value, peewee.Value(""), Recording.received_at).where(*live)
    joined = chosen.join(Queue, peewee.JOIN.LEFT_OUTER).switch(Recording).join(Account, peewee.JOIN.LEFT_OUTER)
    return joined if field in columns else chosen


def _current_note(entry: uuid.UUID) -> peewee.ModelSelect:
    return Note.select(Note.text, Account.name, Note.created_at).join(Account).where(Note.uuid == entry)


def _current_review(entry: uuid.UUID) -> peewee.ModelSelect:
    chosen = QualityReview.select(QualityReview.comment, Account.name, QualityReview.created_at)
    return chosen.join(Account).where(QualityReview.uuid == entry)


def versions(current: peewee.ModelSelect, kind: str, entry: uuid.UUID, field: str) -> list[Version]:
    """`history`, with the query for the value now: value, name of who wrote it, when."""
    nothing = peewee.SQL("NULL")
    now = current.select_extend(nothing, nothing, nothing, nothing, peewee.Value(0), peewee.Value(1 << 62))
    c = Correction
    earlier = (
        c.select(nothing, Account.name, c.at, c.uuid, c.reason, c.because, c.reference, c.sealed.is_null(False), c.id)
        .join(Account, on=(c.by == Account.id))
        .where(c.entry_kind == kind, c.entry == entry, c.field == field)
    )
    rows = sorted(db.execute(now.union_all(earlier)).fetchall(), key=lambda row: int(row[8]))
    return _assembled(rows)


def _assembled(rows: list[tuple[Any, ...]]) -> list[Version]:
    """Each correction ended the time of the value it sealed and began that of the next."""
    stands = rows.pop() if rows and rows[-1][3] is None else None
    made: tuple[Any, ...] = (stands[1], _moment(stands[2]), "", None, "") if stands else ("", None, "", None, "")
    found: list[Version] = []
    for _, name, at, key, reason, because, reference, sealed, _ in rows:
        found.append(Version(None, uuid.UUID(key), bool(sealed), *made))
        made = (name, _moment(at), reason, uuid.UUID(because) if because else None, reference)
    if stands or found:
        found.append(Version((stands[0] or "") if stands else None, None, False, *made))
    return found[::-1]


def _moment(value: Any) -> Any:
    return UtcField().python_value(value)


def of(recording: Recording) -> dict[str, Correction]:
    """The last correction of each entry that has one, with who made it: by the code of the entry, or the uuid of the
    note or review in hex."""
    rows = (
        Correction.select(Correction, Account)
        .join(Account, on=(Correction.by == Account.id), attr="by")
        .where(Correction.recording == recording.id)
        .order_by(Correction.id)
    )
    return {str(row.field) if row.entry_kind == EntryKind.RECORDING else row.entry.hex: row for row in rows}


def get(recording: Recording, key: uuid.UUID) -> Correction:
    """A correction of the call. NotFound."""
    found: Correction | None = (
        Correction.select(Correction, Recording)
        .join(Recording)
        .where(Correction.recording == recording.id, Correction.uuid == key)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def open_original(correction: Correction, *, need: str, by: Account, because: Any = None) -> str:
    """The value before, in the clear, on a stated need; each time is a row in the log and stands beside it.

    Of a call within reach, by those who may correct; `because` of a case, whose own action has asked, also for a fact
    of a case. NotFound, Denied, NeedNeeded; Destroyed when it is gone.
    """
    if not need.strip():
        raise NeedNeeded
    entries.refuse_codes(need)
    if because is None and not by.may(Permission.RECORDINGS_CORRECT):
        raise Denied
    found = _openable(correction, by=by, because=because)
    try:
        original = originals.unseal(found)
    except (originals.NotSealable, box.SealBroken) as error:  # its key is gone, or the call got another one
        raise Destroyed from error
    _note_opened(found, need, by=by, because=because)
    return original


def _openable(correction: Correction, *, by: Account, because: Any) -> Correction:
    found: Correction | None = Correction.get_or_none(Correction.id == correction.id)
    if found is None or (found.recording is None and because is None):
        raise NotFound
    if found.recording is not None:
        call = _reached(found.recording, by=by, because=because)
        if because is None:
            if not by.may_in(call.queue_id, Permission.RECORDINGS_CORRECT):
                raise Denied
            if found.entry_kind == EntryKind.REVIEW:
                raise NotFound  # what a case demanded is opened in that
            if found.entry_kind == EntryKind.NOTE:
                entries.note_of(call, found.entry, by=by)
    if found.sealed is None:
        raise Destroyed
    return found


@db.atomic()
def _note_opened(correction: Correction, need: str, *, by: Account, because: Any) -> None:
    found = _openable(correction, by=by, because=because)  # the call may have gone while it was unsealed
    Opening.create(correction=found, by=by, need=need.strip())
    subject = found.recording if found.recording is not None else because
    reference = because.number if because is not None else ""
    which = {"case_facts": [found.field]} if found.recording is None else {"entry": found.field}
    record(Act.ORIGINAL_OPENED, subject, by=by, reference=reference, correction=found.uuid.hex, **which)


def openings(keys: list[uuid.UUID]) -> dict[uuid.UUID, list[Opening]]:
    """Who opened the originals that these corrections hold, when and why; the oldest first."""
    rows = (
        Opening.select(Opening, Account, Correction)
        .join(Account, on=(Opening.by == Account.id), attr="by")
        .switch(Opening)
        .join(Correction)
        .where(Correction.uuid.in_(keys))
        .order_by(Opening.id)
    )
    found: dict[uuid.UUID, list[Opening]] = {}
    for row in rows:
        found.setdefault(row.correction.uuid, []).append(row)
    return found
