"""Of one call of a case: what was corrected in it, and what the person has added to it."""

import uuid as uuids
from collections.abc import Callable
from typing import Any

import flask
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, completions, entries
from portal.cases.blueprint import bp
from portal.cases.claim_forms import shown
from portal.cases.codes import Disputed
from portal.cases.correction_forms import CompletionForm, NeedForm
from portal.cases.models import CaseCall
from portal.errors import Invalid
from portal.recordings import corrections, statements
from portal.recordings.correction_models import Correction, EntryKind
from portal.recordings.models import Recording
from portal.retention import papers
from portal.security import requires


@bp.app_template_global("case_completes")
def case_completes(call: CaseCall) -> bool:
    """May the signed-in person take in what the person adds to the call?"""
    case = call.case
    mine = case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    return mine and case.state in completions.TAKEN and completions.asks(case)


@bp.app_template_global("statement_at")
def statement_at(call: CaseCall) -> Callable[[uuids.UUID], str]:
    """Where the paper of a completion is, for those who read the case."""
    return lambda key: url_for("cases.call_statement", uuid=call.case.uuid, call=call.uuid, statement=key)


@bp.app_template_global("call_told")
def call_told(recording: Recording) -> str:
    """Whether the caller was told of the recording, in words."""
    return shown(Disputed.TOLD, recording.told)


def _found(uuid: uuids.UUID, call: uuids.UUID) -> CaseCall:
    return actions.get_call(actions.get(uuid, by=current_user), call, by=current_user)


@bp.get("/<uuid:uuid>/calls/<uuid:call>/corrections")
@requires(Permission.CASES_READ)
def call_corrections(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """Each entry of the call that was corrected: what it is and was, who, when and why."""
    return _page(_found(uuid, call))


@bp.post("/<uuid:uuid>/calls/<uuid:call>/corrections/<uuid:correction>/openings")
@requires(Permission.CASES_READ)
def call_original(uuid: uuids.UUID, call: uuids.UUID, correction: uuids.UUID) -> ResponseReturnValue:
    """Open what stood before. It stands on the page of this answer alone."""
    found, form = _found(uuid, call), NeedForm()
    row = corrections.get(found.recording, correction)
    if not form.validate():
        return _page(found, form=form, asked=correction), 422
    original = completions.open_original(found, row, need=form.need.data or "", by=current_user)
    return _page(found, opened={correction: original})


def _page(
    found: CaseCall,
    *,
    form: NeedForm | None = None,
    asked: uuids.UUID | None = None,
    opened: dict[uuids.UUID, str] | None = None,
) -> str:
    actions.view(found.case, by=current_user)
    rows = [_entry(mark) for mark in corrections.of(found.recording).values()]
    keys = [version.correction for _, _, versions in rows for version in versions if version.correction is not None]
    return render_template(
        "cases/call_corrections.html",
        case=found.case,
        call=found,
        recording=found.recording,
        rows=rows,
        openings=corrections.openings(keys),
        opens=current_user.may(Permission.CASES_HANDLE) or current_user.may(Permission.CASES_DECIDE),
        form=form or NeedForm(None),
        open_at=lambda key: url_for("cases.call_original", uuid=found.case.uuid, call=found.uuid, correction=key),
        says_of=lambda entry: lambda value: shown(entry, value),
        asked=asked,
        opened=opened or {},
    )


def _entry(mark: Correction) -> tuple[str, str, list[Any]]:
    """Its code, its name, and its history."""
    kind = EntryKind(mark.entry_kind)
    return mark.field, gettext(entries.WORDS[mark.field]), corrections.history(kind, mark.entry, mark.field)


@bp.get("/<uuid:uuid>/calls/<uuid:call>/statements/<uuid:statement>")
@requires(Permission.CASES_READ)
def call_statement(uuid: uuids.UUID, call: uuids.UUID, statement: uuids.UUID) -> ResponseReturnValue:
    """The paper of a completion, to be saved and opened elsewhere."""
    found = _found(uuid, call)
    row = statements.get(found.recording, statement)
    content = statements.read(row, by=current_user, reference=found.case.number)
    name = f"{found.case.number.replace('/', '-')}-{row.uuid.hex[:8]}.{papers.ENDINGS[row.media_type]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return flask.Response(content, mimetype=row.media_type, headers=headers)


@bp.route("/<uuid:uuid>/calls/<uuid:call>/statements", methods=["GET", "POST"])
@requires(Permission.CASES_HANDLE, most=papers.SENDING_MOST)
def call_statements(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """Attach what the person adds."""
    found = _found(uuid, call)
    if flask.request.method == "GET":
        actions.handled(found.case, *completions.TAKEN, by=current_user)
        return _attaching(found, CompletionForm(None))
    form = CompletionForm()
    if not form.validate():
        return _attaching(found, form), 422
    try:
        completions.attach(found, text=form.text.data or "", paper=form.given, by=current_user)
    except Invalid as error:
        form.form_errors.append(gettext(error.text, **error.params))
        return _attaching(found, form), 422
    flash(gettext("Kompletteringen är fogad till samtalet."), "success")
    return redirect(url_for("cases.call", uuid=uuid, call=call, _anchor="statements"), 303)


def _attaching(found: CaseCall, form: CompletionForm) -> str:
    actions.view(found.case, by=current_user)
    return render_template(
        "cases/call_completion.html", case=found.case, call=found, recording=found.recording, form=form
    )
