"""The page of one call of a case: the player, whether it concerns the person, and how it is given."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, decisions, hearing, outcomes, selection
from portal.cases.blueprint import bp
from portal.cases.call_forms import JudgementForm
from portal.cases.codes import UNDECIDED, Concerns, Decision
from portal.cases.decision_forms import NEW_LINES, DecisionForm, PassagesForm, RowsForm, TranscriptForm
from portal.cases.models import CaseCall
from portal.recordings import notes, quality
from portal.recordings.models import State
from portal.security import requires

LONG = 1 << 20
"""Bytes of a form with many rows: a transcript of an hour."""


@bp.get("/<uuid:uuid>/calls/<uuid:call>")
@requires(Permission.CASES_READ)
def call(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """Everything about the call that the case needs."""
    return _page(_found(uuid, call))


@bp.post("/<uuid:uuid>/calls/<uuid:call>/judgement")
@requires(Permission.CASES_HANDLE)
def call_judgement(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """Does it concern the person?"""
    found, form = _found(uuid, call), JudgementForm()
    if not form.validate():
        return _page(found, judgement=form), 422
    selection.judge(found, form.concerns.data, by=current_user)
    if form.concerns.data == Concerns.YES and not found.decision and outcomes.asks_access(found.case):
        flash(gettext("Bedömningen är sparad. Besluta nu hur samtalet ges."), "success")
        return _back(found, "decision-title")
    flash(gettext("Bedömningen är sparad."), "success")
    return _back(found)


@bp.post("/<uuid:uuid>/calls/<uuid:call>/decision")
@requires(Permission.CASES_HANDLE)
def call_decision(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """How is it given?"""
    found, form = _found(uuid, call), DecisionForm()
    if not form.validate():
        return _page(found, decision=form), 422
    decisions.decide(found, form.decision.data, **form.reasons, by=current_user)
    if form.decision.data == Decision.MUTED and not decisions.passages_of(found):
        flash(gettext("Beslutet är sparat. Ange nu avsnitten som tystas."), "success")
    elif form.decision.data == Decision.TRANSCRIPT and not decisions.lines_of(found):
        flash(gettext("Beslutet är sparat. Skriv nu vad som sägs."), "success")
    else:
        flash(gettext("Beslutet är sparat."), "success")
    return _back(found)


@bp.post("/<uuid:uuid>/calls/<uuid:call>/passages")
@requires(Permission.CASES_HANDLE, most=LONG)
def call_passages(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """The passages that are silent; or a row more or less to fill in."""
    found, form = _found(uuid, call), PassagesForm()
    if form.change(request.form.get("do", ""), new=1):
        return _page(found, passages=form)
    if not _in_order(form, found):
        return _page(found, passages=form), 422
    decisions.set_passages(found, form.typed(), by=current_user)
    flash(gettext("Avsnitten är sparade."), "success")
    return _back(found, "passages-title")


@bp.post("/<uuid:uuid>/calls/<uuid:call>/transcript")
@requires(Permission.CASES_HANDLE, most=LONG)
def call_transcript(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """What is said, word for word; or more rows to write on."""
    found, form = _found(uuid, call), TranscriptForm()
    if form.change(request.form.get("do", ""), new=NEW_LINES):
        return _page(found, transcript=form)
    if not _in_order(form, found):
        return _page(found, transcript=form), 422
    decisions.set_transcript(found, form.typed(), by=current_user)
    flash(gettext("Transkriptionen är sparad."), "success")
    return _back(found, "transcript-title")


def _in_order(form: Any, call: CaseCall) -> bool:
    """Can the rows be saved? Each fault then stands beside its field."""
    form.settle()
    if not form.validate():
        return False
    faults = form.faults(call.recording.duration_ms)
    form.tell(faults)
    return not faults


def _found(uuid: uuids.UUID, call: uuids.UUID) -> CaseCall:
    return actions.get_call(actions.get(uuid, by=current_user), call, by=current_user)


def _back(found: CaseCall, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("cases.call", uuid=found.case.uuid, call=found.uuid, _anchor=anchor), 303)


def _page(
    found: CaseCall,
    *,
    judgement: JudgementForm | None = None,
    decision: DecisionForm | None = None,
    passages: PassagesForm | None = None,
    transcript: TranscriptForm | None = None,
) -> str:
    """The page, also after a form that was not in order: each time it is shown is in the log."""
    case, recording = found.case, found.recording
    hearing.note_read(found, by=current_user)
    mine = case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    works = mine and case.state in UNDECIDED
    theirs = works and found.concerns == Concerns.YES
    silent, said = decisions.passages_of(found), decisions.lines_of(found)
    refusal = hearing.refusal(case, by=current_user)
    hears = refusal is None
    if passages is None and theirs and found.decision == Decision.MUTED:
        passages = PassagesForm.of(silent)
        if not silent:
            passages.change("add", new=1)
    if transcript is None and theirs and found.decision == Decision.TRANSCRIPT:
        transcript = TranscriptForm.of(said)
        transcript.change("add", new=NEW_LINES)
    forms: list[RowsForm] = [form for form in (passages, transcript) if form is not None]
    return render_template(
        "cases/call.html",
        case=case,
        call=found,
        recording=recording,
        gone=recording.state != State.LIVE,
        kept=hears and hearing.is_kept(found),
        listen=hearing.standing(found, by=current_user) if hears else None,
        may_hear=current_user.may(Permission.CASES_HEAR),
        refusal=refusal,
        heard=found.decision is not None and hearing.heard_since(found, current_user),
        works=works,
        judgement=judgement or JudgementForm(None, concerns=found.concerns) if works else None,
        decision=decision or DecisionForm.of(found) if theirs else None,
        passages=passages if theirs else None,
        transcript=transcript if theirs else None,
        faulty=[one for form in forms for one in form.faulty],
        silent=silent if found.decision == Decision.MUTED else [],
        said=said if found.decision == Decision.TRANSCRIPT else [],
        notes=notes.every(recording),
        reviews=quality.comments(recording),
        place=_place(found),
    )


def _place(found: CaseCall) -> tuple[int, int, CaseCall | None]:
    """Which of how many it is, and the next one that is not done with."""
    rows = decisions.of(found.case)
    places = {row.id: place for place, row in enumerate(rows, 1)}
    here = places[found.id]
    left = [one.call for one in decisions.unfinished(found.case, rows) if one.call.id != found.id]
    after = [row for row in left if places[row.id] > here]
    return here, len(rows), next(iter(after or left), None)
