"""The pages of claims: what is demanded under each right, and what is decided of it."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, claim_words, claims, decisions, demands, entries, intake, outcomes, phrases, rulings
from portal.cases.blueprint import bp
from portal.cases.claim_forms import (
    CallsForm,
    ChangeForm,
    DecisionForm,
    EntryForm,
    FactForm,
    PassageForm,
    decision_form,
    shown,
)
from portal.cases.claim_models import Claim
from portal.cases.codes import UNDECIDED, Concerns, Disputed, RightKind
from portal.cases.models import Case, CaseCall, CaseRight
from portal.db import db
from portal.errors import Invalid, NotFound
from portal.recordings import entries as recorded
from portal.recordings import search as recordings
from portal.recordings.models import State
from portal.security import requires
from portal.web import Form


@bp.app_template_global("claim_words")
def _claim_words() -> Any:
    return claim_words


@bp.app_template_global("claim_value")
def claim_value(claim: Claim, value: str) -> str:
    """A value of the claim's entry, in words."""
    return shown(claim.entry, value)


@bp.app_template_global("case_claims")
def case_claims(case: Case) -> list[Claim]:
    """Every claim of a case, for `cases/_claims.html`."""
    return claims.of(case)


@bp.get("/<uuid:uuid>/claims", endpoint="claims")
@requires(Permission.CASES_READ)
def claims_page(uuid: uuids.UUID) -> str:
    """What is demanded under each right."""
    case = actions.get(uuid, by=current_user)
    actions.view(case, by=current_user)
    return render_template(
        "cases/claims.html",
        case=case,
        tab="cases.claims",
        rights=outcomes.other_rights(case),
        lacks=claims.unfinished(case),
        works=_works(case),
    )


def _works(case: Case) -> bool:
    mine = case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    return mine and case.state in UNDECIDED


def _to_note(case: Case) -> tuple[Case, CaseRight]:
    """The case, for its handler, and the right that the address names after its question mark. NotHandler, NotNow."""
    case = actions.handled(case, *UNDECIDED, by=current_user)
    return case, claims.get_right(case, request.args.get("right", ""))


def _there(case: Case) -> list[CaseCall]:
    """The calls that something can be demanded of."""
    return [row for row in decisions.of(case) if row.concerns != Concerns.NO and row.recording.state == State.LIVE]


@bp.route("/<uuid:uuid>/claims/new", methods=["GET", "POST"])
@requires(Permission.CASES_HANDLE)
def claim_new(uuid: uuids.UUID) -> ResponseReturnValue:
    """What is demanded of whole calls; for a rectification which call, or which fact of the request."""
    case, row = _to_note(actions.get(uuid, by=current_user))
    calls = _there(case)
    rectifies = row.right == RightKind.RECTIFICATION
    form = FactForm() if rectifies else CallsForm(calls=calls)
    if request.method == "POST" and form.validate():
        try:
            noted = _note_fact(row, form) if isinstance(form, FactForm) else _note_calls(row, form)
        except Invalid as error:
            _blame(form, error)
        else:
            return _noted(case, noted)
    elif request.method == "GET":
        actions.view(case, by=current_user)
        if isinstance(form, CallsForm):
            form.calls.data = [call.uuid.hex for call in calls if call.concerns == Concerns.YES]
            form.demanded.data = case.asks
    return render_template("cases/claim_new.html", case=case, right=row, calls=calls, form=form), _status(form)


def _note_fact(right: CaseRight, form: FactForm) -> int:
    claims.add(right, entry=Disputed.FACT, fact=form.fact.data, demanded=form.fact_demanded.data or "", by=current_user)
    return 1


@db.atomic()
def _note_calls(right: CaseRight, form: CallsForm) -> int:
    for call in form.chosen():
        claims.add(right, call=call, entry=Disputed.CALL, demanded=form.demanded.data or "", by=current_user)
    return len(form.chosen())


@bp.route(
    "/<uuid:uuid>/claims/new/<uuid:call>",
    methods=["GET", "POST"],
)
@requires(Permission.CASES_HANDLE)
def claim_new_of(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """What is demanded of one call: an entry of it otherwise, or a passage erased."""
    case = actions.get(uuid, by=current_user)
    found = actions.get_call(case, call, by=current_user)
    case, row = _to_note(case)
    if row.right not in (RightKind.RECTIFICATION, RightKind.ERASURE):
        raise NotFound
    passage = row.right == RightKind.ERASURE
    form = PassageForm() if passage else EntryForm(call=found, right=row.right)
    if request.method == "POST" and form.validate():
        about = form.about_what() if isinstance(form, EntryForm) else {"entry": Disputed.PASSAGE, **_typed(form)}
        try:
            claims.add(row, call=found, by=current_user, **about)
        except Invalid as error:
            _blame(form, error)
        else:
            return _noted(case, 1)
    elif request.method == "GET":
        actions.view(case, by=current_user)
    return render_template("cases/claim_new_of.html", case=case, right=row, call=found, form=form), _status(form)


def _typed(form: Form) -> dict[str, Any]:
    return {name: form[name].data for name in ("start_ms", "end_ms", "demanded")}


def _noted(case: Case, count: int) -> ResponseReturnValue:
    flash(ngettext("%(num)s yrkande är antecknat.", "%(num)s yrkanden är antecknade.", count), "success")
    return redirect(url_for("cases.claims", uuid=case.uuid), 303)


def _status(form: Form) -> int:
    return 422 if form.errors else 200


@bp.get("/<uuid:uuid>/claims/<uuid:claim>")
@requires(Permission.CASES_READ)
def claim(uuid: uuids.UUID, claim: uuids.UUID) -> str:
    """One claim: what is disputed and demanded, and what is decided of it."""
    case, row = _found(uuid, claim)
    return _page(case, row)


def _found(uuid: uuids.UUID, claim: uuids.UUID) -> tuple[Case, Claim]:
    case = actions.get(uuid, by=current_user)
    return case, claims.get(case, claim, by=current_user)


def _page(case: Case, row: Claim, form: DecisionForm | None = None) -> str:
    actions.view(case, by=current_user)
    works = _works(case) and row.carried_at is None and row.right.round == case.round
    judged = row.call is None or row.call.concerns == Concerns.YES
    form = form or (decision_form(row, typed=False) if works and judged else None)
    return render_template(
        "cases/claim.html",
        case=case,
        claim=row,
        form=form,
        works=works,
        judged=judged,
        now=_now(row),
        phrases=[(one.code, one.text(case.language)) for one in phrases.offered(row.right.right)],
    )


def _now(row: Claim) -> str | None:
    """What the entry says now, when it is another than was noted."""
    if row.entry in (Disputed.SPEECH, Disputed.CALL, Disputed.PASSAGE):
        return None
    if row.call is None:
        now = entries.fact(row.right.case, row.fact)
    elif row.note is not None:
        now = entries.value(row)
    else:
        now = entries.verbatim(row.call, row.entry, row.right.case.language)
    return None if now == row.disputed else shown(row.entry, now)


BESIDE: dict[type[Invalid], str] = {
    demands.DemandNeeded: "demanded",
    demands.QuoteNeeded: "quote",
    demands.PassageWrong: "end_ms",
    rulings.DecisionImpossible: "decision",
    rulings.ValueNeeded: "value",
    **dict.fromkeys((recorded.BadValue, recorded.TooLong, recorded.NotWhole), "value"),
    **dict.fromkeys((intake.NameNeeded, intake.AgentNeeded), "value"),
    **dict.fromkeys((recordings.NotANumber, recordings.TooFewDigits), "value"),
    rulings.StatementNeeded: "statement",
    rulings.GroundNeeded: "ground",
    rulings.RefusalNeeded: "refusal",
    rulings.ReasonsNeeded: "reasons",
    rulings.PhraseUnedited: "reasons",
}
"""The field that a refusal is about; the others stand above the form."""


def _blame(form: Form, error: Invalid) -> None:
    if isinstance(error, actions.NotHandler):
        raise error
    params = {name: gettext(value) if name == "why" else value for name, value in error.params.items()}
    said = type(error)(**params) if params else error
    form.refuse(said, BESIDE.get(type(error), ""))


@bp.post("/<uuid:uuid>/claims/<uuid:claim>/decision")
@requires(Permission.CASES_HANDLE)
def claim_decision(uuid: uuids.UUID, claim: uuids.UUID) -> ResponseReturnValue:
    """Decide it; or begin the reasons as a phrase."""
    case, row = _found(uuid, claim)
    form = decision_form(row, typed=True)
    if form.begin(request.form.get("begin", ""), row.right.right, case.language):
        return _page(case, row, form)
    if not form.validate():
        return _page(case, row, form), 422
    try:
        claims.decide(row, form.decision.data, by=current_user, **form.typed())
    except Invalid as error:
        _blame(form, error)
        return _page(case, row, form), 422
    flash(gettext("Avgörandet är sparat. Ingenting görs i registret innan svaret är godkänt."), "success")
    return redirect(url_for("cases.claims", uuid=uuid), 303)


@bp.route("/<uuid:uuid>/claims/<uuid:claim>/change", methods=["GET", "POST"])
@requires(Permission.CASES_HANDLE)
def claim_change(uuid: uuids.UUID, claim: uuids.UUID) -> ResponseReturnValue:
    """Word the demand otherwise."""
    case, row = _found(uuid, claim)
    form = ChangeForm(claim=row) if request.method == "POST" else ChangeForm.of(row)
    if request.method == "GET":
        actions.handled(case, *UNDECIDED, by=current_user)
        actions.view(case, by=current_user)
    elif form.validate():
        try:
            claims.change(row, by=current_user, **form.typed())
        except Invalid as error:
            _blame(form, error)
        else:
            flash(gettext("Yrkandet är ändrat och ska avgöras på nytt."), "success")
            return redirect(url_for("cases.claim", uuid=uuid, claim=claim), 303)
    return render_template("cases/claim_change.html", case=case, claim=row, form=form), _status(form)


@bp.post("/<uuid:uuid>/claims/<uuid:claim>/removal")
@requires(Permission.CASES_HANDLE)
def claim_removal(uuid: uuids.UUID, claim: uuids.UUID) -> ResponseReturnValue:
    """Take it away."""
    _, row = _found(uuid, claim)
    claims.remove(row, by=current_user)
    flash(gettext("Yrkandet är borttaget."), "success")
    return redirect(url_for("cases.claims", uuid=uuid), 303)
