"""The page of the answer: what it will say, who has it before them, and what each of them can do with it."""

import uuid as uuids
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, approval, claims, handling, letters, outcomes, proposal
from portal.cases.answer_forms import AnswerForm, ApprovalForm, OpinionForm, ReturnForm, SeenForm, answer_form
from portal.cases.blueprint import bp
from portal.cases.codes import UNDECIDED, State
from portal.cases.models import Case
from portal.cases.nudge import look_now
from portal.errors import DomainError, Invalid
from portal.security import requires
from portal.web import Form


def say(error: DomainError) -> str:
    """What the refusal tells, in the language of the page."""
    return gettext(error.text) % error.params


@bp.get("/<uuid:uuid>/answer")
@requires(Permission.CASES_READ)
def answer(uuid: uuids.UUID) -> str:
    """The answer as it stands, and what is to be done about it next."""
    return _page(actions.get(uuid, by=current_user))


def _page(case: Case, *, form: Form | None = None) -> str:
    actions.view(case, by=current_user)
    return render_template("cases/answer.html", case=case, tab="cases.answer", form=form, **_shown(case, form))


def _shown(case: Case, form: Form | None) -> dict[str, Any]:
    """What the template asks of the case: its calls and rights, and what the reader can do."""
    undecided, proposed = case.state in UNDECIDED, case.state == State.PROPOSED
    mine = case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    writing = undecided and mine
    refusal = _refusal(case) if proposed else ""
    checks = proposed and current_user.may(Permission.CASES_DECIDE)
    rights = outcomes.of_round(case)
    return {
        "calls": outcomes.concerning(case),
        "unheard": approval.unheard(case, current_user) if checks else [],
        "rights": rights,
        "asks_access": outcomes.asks_access(case),
        "derived": outcomes.outcome_of(case) if undecided else None,
        "missing": _missing(case) if undecided else [],
        "writing": writing,
        "written": form if isinstance(form, AnswerForm) else answer_form(case, typed=False) if writing else None,
        "refusal": refusal,
        "approves": proposed and not refusal,
        "alone": proposed and outcomes.is_full_grant(case) and mine,
        "returns": proposed and _may_return(case),
        "returned": form if isinstance(form, ReturnForm) else ReturnForm(None),
        "stuck": proposal.is_stuck(case),
        "takes_back": (proposed or proposal.is_stuck(case))
        and current_user.may(Permission.CASES_HANDLE)
        and current_user.id in (case.proposed_by_id, case.handler_id),
        "advises": proposed
        and current_user.may(Permission.CASES_ADVISE)
        and not handling.has_handled(case, current_user),
        "advised": form if isinstance(form, OpinionForm) else OpinionForm(None),
        "asks_opinion": proposed and approval.lacks_opinion(case),
        "returned_last": proposal.last_return(case) if undecided else None,
        "drafts": letters.drafts(case),
        "demanded": claims.of(case),
        "reviews": proposed and outcomes.refuses_claims(case),
        "approving": form if isinstance(form, ApprovalForm) else ApprovalForm(None),
    }


def _refusal(case: Case) -> str:
    """Why the reader cannot approve, in words; '' when they can."""
    try:
        approval.approver(case, current_user)
    except DomainError as error:
        return say(error)
    return ""


def _missing(case: Case) -> list[tuple[str, str, str]]:
    """What stands in the way of a proposal: in words, and the page where it is mended, with its name."""
    pages = {
        proposal.IdentityNeeded: ("cases.time", gettext("Till identiteten")),
        proposal.Unfinished: ("cases.calls", gettext("Bedöm samtalen")),
        proposal.Undecided: ("cases.calls", gettext("Besluta om samtalen")),
        proposal.ClaimsUnfinished: ("cases.claims", gettext("Till yrkandena")),
        proposal.ConsentUnsettled: ("cases.consents", gettext("Till samtyckena")),
    }
    lacks = [(say(lack), *pages[type(lack)]) for lack in proposal.missing(case)]
    known = current_app.view_functions
    return [(said, endpoint if endpoint in known else "", to) for said, endpoint, to in lacks]


def _may_return(case: Case) -> bool:
    try:
        approval.second_person(case, current_user)
    except DomainError:
        return False
    return True


def _done(uuid: uuids.UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("cases.answer", uuid=uuid), 303)


FIELDS: dict[type[Invalid], str] = {
    proposal.ReasonsNeeded: "reasons",
    proposal.OutcomeImpossible: "outcome",
}
"""The field that a refused proposal is about; the others stand above the form."""


@bp.post("/<uuid:uuid>/answer/text")
@requires(Permission.CASES_HANDLE)
def answer_text(uuid: uuids.UUID) -> ResponseReturnValue:
    """Keep what is written so far."""
    case = actions.get(uuid, by=current_user)
    form = answer_form(case, typed=True)
    if not _valid(form):
        return _page(case, form=form), 422
    version = form.version.data or 0
    proposal.write(case, reasons=form.reasons.data or "", version=version, by=current_user)
    return _done(uuid, gettext("Texten är sparad. Den är inte föreslagen än."))


@bp.post("/<uuid:uuid>/answer/proposal")
@requires(Permission.CASES_HANDLE)
def answer_proposal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Propose it."""
    case = actions.get(uuid, by=current_user)
    form = answer_form(case, typed=True)
    if not _valid(form):
        return _page(case, form=form), 422
    try:
        proposal.propose(
            case,
            reasons=form.reasons.data or "",
            outcome=form.chosen_outcome,
            version=form.version.data or 0,
            by=current_user,
        )
    except actions.NotHandler:
        raise
    except Invalid as error:
        form.refuse(error, FIELDS.get(type(error), ""))
        return _page(case, form=form), 422
    return _done(uuid, gettext("Svaret är föreslaget. Ingenting i det kan ändras medan det prövas."))


@bp.post("/<uuid:uuid>/answer/takeback")
@requires(Permission.CASES_HANDLE)
def answer_takeback(uuid: uuids.UUID) -> ResponseReturnValue:
    """Take a proposal back, to change it."""
    case, form = actions.get(uuid, by=current_user), SeenForm()
    proposal.take_back(case, version=_seen(form), by=current_user)
    return _done(uuid, gettext("Förslaget är taget tillbaka. Nu kan det ändras."))


@bp.post("/<uuid:uuid>/answer/return")
@requires(Permission.CASES_DECIDE)
def answer_return(uuid: uuids.UUID) -> ResponseReturnValue:
    """Return a proposal with what is to be changed."""
    case, form = actions.get(uuid, by=current_user), ReturnForm()
    if not _valid(form):
        return _page(case, form=form), 422
    proposal.give_back(case, comment=form.comment.data, version=_seen(form), by=current_user)
    return _done(uuid, gettext("Förslaget är returnerat till handläggaren."))


@bp.post("/<uuid:uuid>/answer/opinion")
@requires(Permission.CASES_ADVISE)
def answer_opinion(uuid: uuids.UUID) -> ResponseReturnValue:
    """The data protection officer's opinion."""
    case, form = actions.get(uuid, by=current_user), OpinionForm()
    if not _valid(form):
        return _page(case, form=form), 422
    proposal.give_opinion(case, text=form.opinion.data, version=_seen(form), by=current_user)
    return _done(uuid, gettext("Utlåtandet är antecknat."))


@bp.post("/<uuid:uuid>/answer/approval")
@requires(Permission.CASES_DECIDE, proof=True)
def answer_approval(uuid: uuids.UUID) -> ResponseReturnValue:
    """Approve what another proposed."""
    return _approve(uuid)


@bp.post("/<uuid:uuid>/answer/grant")
@requires(Permission.CASES_HANDLE, proof=True)
def answer_grant(uuid: uuids.UUID) -> ResponseReturnValue:
    """The handler's own approval, of an answer that gives everything."""
    return _approve(uuid)


def _approve(uuid: uuids.UUID) -> ResponseReturnValue:
    case, form = actions.get(uuid, by=current_user), ApprovalForm()
    seen = _seen(form)
    try:
        proposal.approve(case, reviewed=bool(form.reviewed.data), version=seen, by=current_user)
    except approval.NotReviewed as error:
        form.refuse(error, "reviewed")
        return _page(case, form=form), 422
    look_now()
    return _done(uuid, gettext("Svaret är godkänt. Brevet görs i ordning, och ljudkopian om någon behövs."))


def _valid(form: Any) -> bool:
    """Raises CaseChanged when the form does not say which version the page showed: no page of ours is such."""
    valid: bool = form.validate()
    if form.version.errors:
        raise actions.CaseChanged
    return valid


def _seen(form: Any) -> int:
    """The version that the page showed; one that no case has when the form does not say. CaseChanged."""
    return (form.version.data if _valid(form) else None) or 0
