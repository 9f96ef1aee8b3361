"""The page of complaints of an answer: where they lie, the papers in and out, and what was decided."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.cases import actions, attachments, complaint_words, complaints
from portal.cases.blueprint import bp
from portal.cases.claim_models import Complaint
from portal.cases.codes import ANSWERED, OPEN, State
from portal.cases.complaint_forms import ChangeForm, EndForm, NoteForm, PaperForm
from portal.cases.models import Case
from portal.errors import Invalid
from portal.retention import papers
from portal.security import requires
from portal.web import Form

FIELDS: dict[type[Invalid], str] = {
    complaints.BodyNeeded: "body",
    complaints.WhichNeeded: "body_words",
    complaints.ResultNeeded: "result",
    complaints.WordsNeeded: "decided",
    complaints.RightsNeeded: "overturned",
    complaints.DayPassed: "due_on",
}
"""The field that a refused act is about, where it is always the same one."""


@bp.get("/<uuid:uuid>/complaints", endpoint="complaints")
@requires(Permission.CASES_READ)
def complaints_page(uuid: uuids.UUID) -> str:
    """Every complaint of the case, and the forms of what the reader can do."""
    return _page(actions.get(uuid, by=current_user))


def _page(case: Case, form: Form | None = None, of: Complaint | None = None) -> str:
    """`form`: one that was sent and refused, and the complaint that it was about."""
    actions.view(case, by=current_user)
    clerk = current_user.may(Permission.CASES_HANDLE)
    mine = clerk and case.handler_id == current_user.id
    works = mine and case.state in (*OPEN, *ANSWERED)
    rows = complaints.of(case)
    return render_template(
        "cases/complaints.html",
        case=case,
        tab="cases.complaints",
        form=form,
        rows=[(row, complaints.papers(row)) for row in rows],
        own=complaint_words,
        kinds=papers.KINDS,
        notes=works or (clerk and case.state == State.CLOSED),
        works=works,
        answered=case.state in ANSWERED,
        noting=form if isinstance(form, NoteForm) else NoteForm(None, data={"complained_on": clock.today()}),
        forms={row.id: _forms(row, case, form if of is not None and of.id == row.id else None) for row in rows},
    )


def _forms(row: Complaint, case: Case, sent: Form | None) -> dict[str, Any]:
    """The forms of one complaint."""
    known = {"reference": row.reference, "asks": row.asks, "answer_by": row.answer_by}
    of = {"prefix": _prefix(row)}
    return {
        "changing": sent if isinstance(sent, ChangeForm) else ChangeForm(None, data=known, **of),
        "ending": sent if isinstance(sent, EndForm) else EndForm(None, case=case, **of),
        "adding": sent if isinstance(sent, PaperForm) else PaperForm(None, **of),
    }


def _prefix(row: Complaint) -> str:
    """The fields of each complaint have names and ids of their own: several stand on one page."""
    return f"c{row.uuid.hex[:8]}-"


def _done(uuid: uuids.UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("cases.complaints", uuid=uuid), 303)


def _refused(case: Case, form: Form, error: Invalid, day: str, of: Complaint | None = None) -> ResponseReturnValue:
    """`day`: the field that what is said of a day belongs to."""
    if isinstance(error, actions.NotHandler):
        raise error
    about_day = isinstance(error, (complaints.DayNeeded, complaints.DayAhead, complaints.DayBefore))
    form.refuse(error, day if about_day else FIELDS.get(type(error), ""))
    return _page(case, form, of), 422


@bp.post("/<uuid:uuid>/complaints")
@requires(Permission.CASES_HANDLE)
def complaints_note(uuid: uuids.UUID) -> ResponseReturnValue:
    """The answer, or that there is none, lies with the ombudsman or a court."""
    case, form = actions.get(uuid, by=current_user), NoteForm()
    if not form.validate():
        return _page(case, form), 422
    try:
        complaints.note(
            case,
            body=form.body.data,
            body_words=form.body_words.data or "",
            reference=form.reference.data or "",
            on=form.complained_on.data,
            asks=form.asks.data or "",
            answer_by=form.answer_by.data,
            by=current_user,
        )
    except Invalid as error:
        return _refused(case, form, error, "complained_on")
    return _done(uuid, gettext("Klagomålet är antecknat. Ingenting som hör till begäran raderas medan det pågår."))


@bp.post("/<uuid:uuid>/complaints/<uuid:complaint>")
@requires(Permission.CASES_HANDLE)
def complaints_change(uuid: uuids.UUID, complaint: uuids.UUID) -> ResponseReturnValue:
    """What it wants of the city is known better."""
    case = actions.get(uuid, by=current_user)
    row = complaints.get_of(case, complaint)
    form = ChangeForm(prefix=_prefix(row))
    if not form.validate():
        return _page(case, form, row), 422
    reference, asks = form.reference.data or "", form.asks.data or ""
    complaints.change(row, reference=reference, asks=asks, answer_by=form.answer_by.data, by=current_user)
    return _done(uuid, gettext("Uppgifterna om klagomålet är sparade."))


@bp.post("/<uuid:uuid>/complaints/<uuid:complaint>/papers")
@requires(Permission.CASES_HANDLE, most=papers.SENDING_MOST)
def complaints_papers(uuid: uuids.UUID, complaint: uuids.UUID) -> ResponseReturnValue:
    """Papers in or out."""
    case = actions.get(uuid, by=current_user)
    row = complaints.get_of(case, complaint)
    form = PaperForm(prefix=_prefix(row))
    if not form.validate():
        return _page(case, form, row), 422
    of = {"complaint": row.uuid, "direction": form.direction.data}
    for name, media_type, content in form.files.files:
        attachments.add(case, name, media_type, content, by=current_user, **of)
    count = len(form.files.files)
    return _done(uuid, ngettext("%(num)s handling är tillagd.", "%(num)s handlingar är tillagda.", count))


@bp.post("/<uuid:uuid>/complaints/<uuid:complaint>/decision")
@requires(Permission.CASES_HANDLE)
def complaints_end(uuid: uuids.UUID, complaint: uuids.UUID) -> ResponseReturnValue:
    """It is decided; an overturned answer opens the case again."""
    case = actions.get(uuid, by=current_user)
    row = complaints.get_of(case, complaint)
    form = EndForm(case=case, prefix=_prefix(row))
    if not form.validate():
        return _page(case, form, row), 422
    try:
        told = complaints.end(
            row,
            result=form.result.data,
            on=form.decided_on.data,
            words=form.decided.data,
            overturned=form.overturned.data or (),
            due_on=form.due_on.data,
            by=current_user,
        )
    except Invalid as error:
        return _refused(case, form, error, "decided_on", row)
    if told.state == State.IN_PROGRESS and told.round > case.round:
        day = f"{told.due_on.day}.{told.due_on.month}.{told.due_on.year}"
        return _done(uuid, gettext("Begäran är öppnad på nytt. Det nya svaret ska ges senast den %(day)s.", day=day))
    if told.state == State.DISPATCHED:
        return _done(uuid, gettext("Avgörandet är antecknat. Raderingsspärrens dagar räknas på nytt från i dag."))
    return _done(uuid, gettext("Avgörandet är antecknat."))
