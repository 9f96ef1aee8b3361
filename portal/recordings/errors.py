"""Errors that staff have seen: reported by whoever may not correct them, corrected or answered by whoever may."""

import uuid

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Few, Prepared, db, few
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.recordings import entries
from portal.recordings.correction_models import Entry, ErrorReport, ReportState
from portal.recordings.models import Recording

WORDS_MOST = 1000
SHOWN = 50


class WordsNeeded(Invalid):
    text = N_("Skriv vad som är fel, och gärna vad som är rätt.")


class AnswerNeeded(Invalid):
    text = N_("Skriv varför uppgiften inte rättas. Den som anmälde felet ser svaret.")


class OwnNote(Conflict):
    text = N_("Anteckningen ser bara du, så ingen annan kan rätta den.")


class Answered(Conflict):
    text = N_("Felanmälan är redan avgjord.")


@db.atomic()
def report_error(
    recording: Recording, entry: str, words: str, *, note: uuid.UUID | None = None, by: Account
) -> ErrorReport:
    """Say that an entry of a call within reach is wrong. NotFound, Denied, WordsNeeded, OwnNote, PersonalCode."""
    if not by.may(Permission.RECORDINGS_FIND):
        raise Denied
    found = Recording.within_reach_of(by).where(Recording.id == recording.id).first()
    if found is None:
        raise NotFound
    if entry == Entry.NOTE and entries.note_of(found, note, by=by).own:
        raise OwnNote
    if not words.strip():
        raise WordsNeeded
    entries.refuse_codes(words)
    row: ErrorReport = ErrorReport.create(
        recording=found,
        entry=Entry(entry),
        note=note if entry == Entry.NOTE else None,
        words=words.strip(),
        reported_by=by,
    )
    record(Act.ERROR_REPORTED, found, by=by, report=row.uuid.hex, entry=str(entry))
    return row


@db.atomic()
def dismiss_report(report: ErrorReport, *, answer: str, by: Account) -> ErrorReport:
    """Answer it without a correction. Denied, NotFound, AnswerNeeded, Answered, PersonalCode."""
    if not by.may(Permission.RECORDINGS_CORRECT):
        raise Denied
    found = get(report.uuid, by=by)
    if not by.may_in(found.recording.queue_id, Permission.RECORDINGS_CORRECT):
        raise Denied
    if not answer.strip():
        raise AnswerNeeded
    entries.refuse_codes(answer)
    _decide(found, ReportState.DISMISSED, by, answer.strip())
    record(Act.ERROR_DISMISSED, found.recording, by=by, report=found.uuid.hex, entry=found.entry)
    fresh: ErrorReport = ErrorReport.get_by_id(found.id)
    return fresh


def answered(report: ErrorReport, recording: Recording, *, by: Account) -> None:
    """It was corrected, in the transaction of the correction. NotFound when it is of another call; Answered."""
    if report.recording_id != recording.id:
        raise NotFound
    _decide(report, ReportState.CORRECTED, by)


def _decide(report: ErrorReport, state: ReportState, by: Account, answer: str = "") -> None:
    decided = ErrorReport.update(state=state, decided_by=by, decided_at=clock.now(), answer=answer).where(
        ErrorReport.id == report.id, ErrorReport.state == ReportState.OPEN
    )
    if not decided.execute():
        raise Answered


def get(key: uuid.UUID, *, by: Account) -> ErrorReport:
    """The report that an address names. NotFound when absent or not for `by`."""
    found: ErrorReport | None = ErrorReport.visible_to(by).where(ErrorReport.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def reports(*, open_only: bool, by: Account) -> list[ErrorReport]:
    """Those for `by`: the open ones, the oldest first, or the last that were answered. That they were read is a row
    in the log."""
    chosen = ErrorReport.visible_to(by)
    if open_only:
        rows = list(_open(by))
    else:
        done = ErrorReport.state.in_((ReportState.CORRECTED, ReportState.DISMISSED))
        rows = list(chosen.where(done).order_by(ErrorReport.decided_at.desc()).limit(SHOWN))
    with db.atomic():
        record(Act.ERRORS_LISTED, by=by, count=len(rows))
    return rows


def first(*, by: Account, most: int) -> Few:
    """Of the open ones for `by` those that have waited longest."""
    return few(_open(by), most)


def _open(by: Account) -> peewee.ModelSelect:
    return ErrorReport.visible_to(by).where(ErrorReport.state == ReportState.OPEN).order_by(ErrorReport.id)


def about(recording: Recording, *, by: Account) -> list[ErrorReport]:
    """Those about one call for `by`, the oldest first: the open ones, and the own ones with their answer."""
    chosen = ErrorReport.visible_to(by).where(ErrorReport.recording == recording.id)
    rows = chosen.where((ErrorReport.state == ReportState.OPEN) | (ErrorReport.reported_by == by.id))
    return list(rows.order_by(ErrorReport.id))


_ANY_OPEN = Prepared(lambda: ErrorReport.select(ErrorReport.id).where(ErrorReport.state == ReportState.OPEN).limit(1))


def waiting(by: Account) -> int:
    """How many open ones `by` may answer."""
    if not _ANY_OPEN():
        return 0
    own = Recording.of_queues(by.queues_for(Permission.RECORDINGS_CORRECT))
    return int(ErrorReport.visible_to(by).where(ErrorReport.state == ReportState.OPEN, own).count())
