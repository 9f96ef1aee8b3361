"""The pages of what is wrong about a call: its entries and what they were, a correction, a report, an original."""

import uuid as uuids
from typing import Any

import flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import DomainError, Invalid, NotFound
from portal.formats import phone
from portal.queues.models import Queue
from portal.recordings import actions, corrections, entries, errors, forms, notes, statements
from portal.recordings.correction_forms import (
    ENTRIES,
    CorrectForm,
    DismissForm,
    NeedForm,
    ReportForm,
    correct_form,
)
from portal.recordings.correction_models import Correction, Entry, EntryKind, ErrorReport
from portal.recordings.models import Note, Recording
from portal.recordings.views import bp
from portal.retention import papers
from portal.security import requires
from portal.web import language

OF_THE_CALL = tuple(entry for entry in Entry if entry not in (Entry.NOTE, Entry.REVIEW))
ONE = f"/<uuid:uuid>/entries/<any({','.join(OF_THE_CALL)}):entry>"


@bp.app_template_global("call_corrections")
def call_corrections(recording: Recording) -> dict[str, Correction]:
    """The last correction of each entry, asked once a request."""
    asked = flask.g.setdefault("call_corrections", {})
    if recording.id not in asked:
        asked[recording.id] = corrections.of(recording)
    found: dict[str, Correction] = asked[recording.id]
    return found


@bp.app_template_global("call_statements")
def call_statements(recording: Recording) -> list[Any]:
    """What the person has added to the call."""
    return statements.of(recording)


@bp.app_template_global("error_words")
def error_words() -> Any:
    return ENTRIES


@bp.app_template_global("errors_waiting")
def errors_waiting() -> int:
    """How many reports wait for the signed-in person."""
    return errors.waiting(current_user) if current_user.is_authenticated else 0


def said(entry: str, value: str) -> str:
    """A value in words."""
    if not value:
        return gettext("Inget är antecknat.")
    if entry == Entry.NUMBER:
        return phone(value)
    if entry == Entry.QUEUE:
        queue = Queue.get_or_none(Queue.uuid == uuids.UUID(value))
        return queue.name(language()) if queue else "–"
    if entry == Entry.ADVISER:
        account = Account.get_or_none(Account.uuid == uuids.UUID(value))
        return account.name if account else "–"
    coded: dict[str, Any] = {Entry.TOLD: forms.TOLD, Entry.DIRECTION: forms.DIRECTIONS}
    return str(coded[entry].get(value, value)) if entry in coded else value


def _reached(uuid: uuids.UUID, entry: str, note: uuids.UUID | None = None) -> tuple[Recording, Note | None]:
    recording = actions.reach(uuid, by=current_user)
    if entry == Entry.NOTE:
        return recording, entries.note_of(recording, note, by=current_user)
    return recording, None


@bp.get("/<uuid:uuid>/entries", endpoint="entries")
@requires(Permission.RECORDINGS_FIND)
def listed(uuid: uuids.UUID) -> ResponseReturnValue:
    """Every entry of the call, with what may be done about it."""
    recording = actions.reach(uuid, by=current_user)
    actions.view(recording, by=current_user)
    return render_template(
        "recordings/entries.html",
        recording=recording,
        rows=[(entry, ENTRIES[entry], said(entry, entries.value(recording, entry))) for entry in OF_THE_CALL],
        notes=notes.of(recording, by=current_user),
        reports=errors.about(recording, by=current_user),
        corrects=current_user.may_in(recording.queue_id, Permission.RECORDINGS_CORRECT),
    )


@bp.get(ONE)
@requires(Permission.RECORDINGS_FIND)
def entry(uuid: uuids.UUID, entry: str) -> ResponseReturnValue:
    """What an entry is and was; to correct it, or to report an error."""
    recording, note = _reached(uuid, entry)
    return _page(recording, note, entry=entry, report=_report(recording, request.args.get("report", "")))


@bp.get("/<uuid:uuid>/notes/<uuid:note>")
@requires(Permission.RECORDINGS_FIND)
def note_entry(uuid: uuids.UUID, note: uuids.UUID) -> ResponseReturnValue:
    """The same of a note."""
    recording, row = _reached(uuid, Entry.NOTE, note)
    return _page(recording, row, entry=Entry.NOTE, report=_report(recording, request.args.get("report", "")))


@bp.post(f"{ONE}/corrections")
@requires(Permission.RECORDINGS_FIND)
def correct(uuid: uuids.UUID, entry: str) -> ResponseReturnValue:
    """Give the entry another value."""
    return _correct(*_reached(uuid, entry), entry=entry)


@bp.post("/<uuid:uuid>/notes/<uuid:note>/corrections")
@requires(Permission.RECORDINGS_FIND)
def correct_note(uuid: uuids.UUID, note: uuids.UUID) -> ResponseReturnValue:
    """Give the note another text."""
    return _correct(*_reached(uuid, Entry.NOTE, note), entry=Entry.NOTE)


def _correct(recording: Recording, note: Note | None, *, entry: str) -> ResponseReturnValue:
    form = _form(entry)
    report = _report(recording, form.report.data or "")
    if not form.validate():
        return _page(recording, note, entry=entry, form=form, report=report), 422
    try:
        corrections.correct(
            recording,
            entry,
            form.value.data or "",
            note=note.uuid if note is not None else None,
            reason=form.reason.data or "",
            seen=form.seen.data or "",
            report=report,
            by=current_user,
        )
    except entries.EntryChanged as conflict:
        fresh, written = _reached(recording.uuid, entry, note.uuid if note is not None else None)
        return _page(fresh, written, entry=entry, form=form, report=report, conflict=conflict), 409
    except Invalid as error:
        form.value.errors = [gettext(error.text)]
        return _page(recording, note, entry=entry, form=form, report=report), 422
    flash(gettext("Uppgiften är rättad. Det gamla värdet är förseglat."), "success")
    if report is not None:
        return redirect(url_for("recordings.error_reports"), 303)
    if (
        entry == Entry.QUEUE
        and not Recording.within_reach_of(current_user).where(Recording.id == recording.id).exists()
    ):
        return redirect(url_for("recordings.index"), 303)
    return redirect(url_for("recordings.show", uuid=recording.uuid), 303)


@bp.post(f"{ONE}/reports")
@requires(Permission.RECORDINGS_FIND)
def report(uuid: uuids.UUID, entry: str) -> ResponseReturnValue:
    """Say that the entry is wrong."""
    return _reported(*_reached(uuid, entry), entry=entry)


@bp.post("/<uuid:uuid>/notes/<uuid:note>/reports")
@requires(Permission.RECORDINGS_FIND)
def report_note(uuid: uuids.UUID, note: uuids.UUID) -> ResponseReturnValue:
    """Say that the note is wrong."""
    return _reported(*_reached(uuid, Entry.NOTE, note), entry=Entry.NOTE)


def _reported(recording: Recording, note: Note | None, *, entry: str) -> ResponseReturnValue:
    form = ReportForm()
    if not form.validate():
        return _page(recording, note, entry=entry, reporting=form), 422
    key = note.uuid if note is not None else None
    errors.report_error(recording, entry, form.words.data or "", note=key, by=current_user)
    flash(gettext("Felet är anmält. En handläggare eller chef rättar uppgiften eller svarar dig."), "success")
    return redirect(url_for("recordings.show", uuid=recording.uuid), 303)


@bp.post("/<uuid:uuid>/corrections/<uuid:correction>/openings")
@requires(Permission.RECORDINGS_CORRECT)
def opening(uuid: uuids.UUID, correction: uuids.UUID) -> ResponseReturnValue:
    """Open what stood before. It stands on the page of this answer alone."""
    recording = actions.reach(uuid, by=current_user)
    row, form = corrections.get(recording, correction), NeedForm()
    if row.entry_kind == EntryKind.REVIEW:
        raise NotFound  # a case's page has it
    is_note = row.entry_kind == EntryKind.NOTE
    note = entries.note_of(recording, row.entry, by=current_user) if is_note else None
    if not form.validate():
        return _page(recording, note, entry=row.field, needing=form, asked=correction), 422
    original = corrections.open_original(row, need=form.need.data or "", by=current_user)
    return _page(recording, note, entry=row.field, opened={correction: original})


def _page(
    recording: Recording,
    note: Note | None,
    *,
    entry: str,
    form: CorrectForm | None = None,
    reporting: ReportForm | None = None,
    needing: NeedForm | None = None,
    report: ErrorReport | None = None,
    conflict: DomainError | None = None,
    asked: uuids.UUID | None = None,
    opened: dict[uuids.UUID, str] | None = None,
) -> str:
    """An entry's page, also after a form that was not in order: each time it is shown is in the log."""
    actions.view(recording, by=current_user)
    kind, key = (EntryKind.NOTE, note.uuid) if note is not None else (EntryKind.RECORDING, recording.uuid)
    versions = corrections.history(kind, key, entry)
    current = entries.value(recording, entry, note)
    may = corrections.may_correct(recording, entry, written=note, by=current_user)
    form = form or _form(entry, None, value=phone(current) if entry == Entry.NUMBER else current)
    form.seen.data = current  # what the person has now seen: the next attempt is measured against it
    at = {"uuid": recording.uuid, "note": note.uuid} if note is not None else {"uuid": recording.uuid, "entry": entry}
    ends = "_note" if note is not None else ""
    return render_template(
        "recordings/entry.html",
        recording=recording,
        note=note,
        label=ENTRIES[Entry(entry)],
        versions=versions,
        openings=corrections.openings([one.correction for one in versions if one.correction is not None]),
        corrects=may,
        opens=current_user.may_in(recording.queue_id, Permission.RECORDINGS_CORRECT),
        correct_form=form,
        report_form=reporting or ReportForm(None),
        form=needing or NeedForm(None),
        correct_at=url_for(f"recordings.correct{ends}", **at),
        report_at=url_for(f"recordings.report{ends}", **at),
        open_at=lambda key: url_for("recordings.opening", uuid=recording.uuid, correction=key),
        say=lambda value: said(entry, value),
        report=report,
        conflict=conflict,
        asked=asked,
        opened=opened or {},
    )


def _form(entry: str, *args: Any, **data: Any) -> CorrectForm:
    queues = list(Queue.select().order_by(Queue.number)) if entry == Entry.QUEUE else []
    advisers = list(Account.select().order_by(Account.name)) if entry == Entry.ADVISER else []
    return correct_form(entry, *args, queues=queues, advisers=advisers, language=language(), **data)


def _report(recording: Recording, text: str) -> ErrorReport | None:
    """The report that the page was opened for, as its address or its form names it. NotFound when it is of another
    call."""
    if not text:
        return None
    try:
        found = errors.get(uuids.UUID(text), by=current_user)
    except ValueError as error:
        raise NotFound from error
    if found.recording_id != recording.id:
        raise NotFound
    return found


@bp.get("/<uuid:uuid>/statements/<uuid:statement>")
@requires(Permission.RECORDINGS_FIND)
def statement(uuid: uuids.UUID, statement: uuids.UUID) -> ResponseReturnValue:
    """The paper of a completion, to be saved and opened elsewhere: nothing from outside is shown in our own name."""
    recording = actions.reach(uuid, by=current_user)
    row = statements.get(recording, statement)
    content = statements.read(row, by=current_user)
    name = f"{row.uuid.hex[:8]}.{papers.ENDINGS[row.media_type]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return flask.Response(content, mimetype=row.media_type, headers=headers)


@bp.get("/errors")
@requires(Permission.RECORDINGS_FIND)
def error_reports() -> ResponseReturnValue:
    """Reported errors: those that wait, and the last that were answered."""
    return _errors()


@bp.post("/errors/<uuid:report>/dismissal")
@requires(Permission.RECORDINGS_CORRECT)
def dismissal(report: uuids.UUID) -> ResponseReturnValue:
    """Answer a report without a correction."""
    row, form = errors.get(report, by=current_user), DismissForm()
    if not form.validate():
        return _errors(form, report), 422
    errors.dismiss_report(row, answer=form.answer.data or "", by=current_user)
    flash(gettext("Anmälan är besvarad."), "success")
    return redirect(url_for("recordings.error_reports"), 303)


def _errors(form: DismissForm | None = None, asked: uuids.UUID | None = None) -> str:
    answered = request.args.get("state") == "answered"
    return render_template(
        "recordings/errors.html",
        rows=errors.reports(open_only=not answered, by=current_user),
        answered=answered,
        waiting=errors.waiting(current_user),
        corrects=current_user.queues_for(Permission.RECORDINGS_CORRECT),
        form=form or DismissForm(None),
        asked=asked,
    )
