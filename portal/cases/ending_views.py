"""The page of the ending: sending the answer, closing, and what may come between."""

import uuid as uuids
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.cases import actions, complaint_words, copies, deadlines, ending, sendings
from portal.cases.answer_forms import USUAL, DispatchForm, SendingForm, TransferForm, WithdrawForm
from portal.cases.answer_views import say
from portal.cases.blueprint import bp
from portal.cases.claim_models import Sending
from portal.cases.codes import SendingState, State
from portal.cases.models import Case
from portal.cases.nudge import look_now
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.errors import DomainError, Invalid
from portal.language import N_
from portal.security import requires
from portal.web import Form


@bp.get("/<uuid:uuid>/ending", endpoint="ending")
@requires(Permission.CASES_READ)
def ending_page(uuid: uuids.UUID) -> str:
    """What remains before the case is closed, and whose turn it is."""
    return _page(actions.get(uuid, by=current_user))


def _page(case: Case, *, form: Form | None = None) -> str:
    actions.view(case, by=current_user)
    return render_template("cases/ending.html", case=case, tab="cases.ending", form=form, **_shown(case, form))


def _shown(case: Case, form: Form | None) -> dict[str, Any]:
    """What the template asks of the case, and the forms of what the reader can do now."""
    clerk = current_user.may(Permission.CASES_HANDLE)
    mine = clerk and case.handler_id == current_user.id
    approved, sent = case.state == State.APPROVED, case.state == State.DISPATCHED
    ready = approved and ending.is_set(case) and copies.ready(case)
    remains = ending.remaining(case) if sent else None
    may: dict[str, bool] = {
        "dispatch": mine and ready,
        "aside": mine and case.state in ending.WITHDRAWABLE,
        "complain": (mine and sent) or (clerk and case.state == State.CLOSED),
        "close": mine and sent and remains is None,
    }
    return {
        "may": may,
        "bodies": complaint_words.BODIES,
        "mine": mine,
        "late": approved and deadlines.is_late(case, clock.today()),
        "letter_waits": approved and not ending.is_set(case),
        "copy_waits": approved and not copies.ready(case),
        "remains": _remains(case, remains) if remains is not None else None,
        "copies": copies.of(case),
        "dispatching": _form(form, DispatchForm, on=clock.today(), how=USUAL.get(case.channel)),
        "withdrawing": _form(form, WithdrawForm),
        "transferring": _form(form, TransferForm),
        "letters_apart": _apart(case, form, mine or (clerk and case.state == State.CLOSED)),
    }


REMAINS: dict[type[DomainError], tuple[str, str]] = {
    ending.CopyLeft: ("cases.copies", N_("Till ljudkopian")),
    ending.NotCarried: ("cases.carrying", N_("Till verkställigheten")),
    ending.NoticeLeft: ("register.notices", N_("Till underrättelserna")),
}
"""Where what remains is done; a letter is noted as sent on this very page."""


def _remains(case: Case, remains: DomainError) -> tuple[str, str, str]:
    """What is left to do, in words, and the page where it is done, with its name."""
    endpoint, name = REMAINS.get(type(remains), ("", ""))
    if endpoint not in current_app.view_functions:
        return say(remains), "", ""
    about = {"uuid": case.uuid} if endpoint.startswith("cases.") else {}
    return say(remains), url_for(endpoint, **about), gettext(name)


def _apart(case: Case, form: Form | None, mine: bool) -> list[tuple[Sending, Document, SendingForm | None]]:
    """The letters that leave apart from the answer, each with the form that notes it as sent, when the reader can."""
    found = []
    for sending, letter in sendings.with_letters(case):
        ready = mine and sending.state == SendingState.WAITING and letter.state == Letter.LOCKED
        prefix = f"{sending.uuid.hex}-"
        typed = form if isinstance(form, SendingForm) and form._prefix == prefix else None
        empty = SendingForm(None, prefix=prefix, data={"on": clock.today(), "how": USUAL.get(case.channel)})
        found.append((sending, letter, (typed or empty) if ready else None))
    return found


def _form(sent: Form | None, kind: type[Form], **values: Any) -> Form:
    """The form that was sent and refused, or an empty one of its kind."""
    return sent if isinstance(sent, kind) else kind(None, data=values)


def _done(uuid: uuids.UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("cases.ending", uuid=uuid), 303)


FIELDS: dict[type[Invalid], str] = {ending.HowNeeded: "how", ending.LateReasonNeeded: "late_reason"}
"""The field that a refused act is about, where it is always the same one."""


def _refused(case: Case, form: Form, error: Invalid, field: str) -> ResponseReturnValue:
    if isinstance(error, actions.NotHandler):
        raise error
    form.refuse(error, FIELDS.get(type(error), field))
    return _page(case, form=form), 422


@bp.post("/<uuid:uuid>/ending/dispatch")
@requires(Permission.CASES_HANDLE)
def ending_dispatch(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that the answer has been sent."""
    case, form = actions.get(uuid, by=current_user), DispatchForm()
    if not form.validate():
        return _page(case, form=form), 422
    reason = form.late_reason.data or ""
    try:
        sent = ending.dispatch(case, on=form.on.day, how=form.how.data, late_reason=reason, by=current_user)
    except Invalid as error:
        return _refused(case, form, error, "on")
    look_now()
    day = f"{sent.lifts_on.day}.{sent.lifts_on.month}.{sent.lifts_on.year}"
    return _done(uuid, gettext("Svaret är antecknat som skickat. Raderingsspärren hävs den %(day)s.", day=day))


@bp.post("/<uuid:uuid>/ending/withdrawal")
@requires(Permission.CASES_HANDLE)
def ending_withdrawal(uuid: uuids.UUID) -> ResponseReturnValue:
    """The person takes the request back."""
    case, form = actions.get(uuid, by=current_user), WithdrawForm()
    if not form.validate():
        return _page(case, form=form), 422
    try:
        ending.withdraw(case, words=form.withdrawn.data, by=current_user)
    except Invalid as error:
        return _refused(case, form, error, "withdrawn")
    look_now()
    return _done(uuid, gettext("Återtagandet är antecknat. Ett brev som bekräftar det görs i ordning."))


@bp.post("/<uuid:uuid>/ending/transfer")
@requires(Permission.CASES_HANDLE)
def ending_transfer(uuid: uuids.UUID) -> ResponseReturnValue:
    """The request belongs to somebody else."""
    case, form = actions.get(uuid, by=current_user), TransferForm()
    if not form.validate():
        return _page(case, form=form), 422
    try:
        ending.transfer(case, to=form.to.data, words=form.why.data, by=current_user)
    except Invalid as error:
        return _refused(case, form, error, "why")
    look_now()
    return _done(uuid, gettext("Överföringen är antecknad. Ett brev som berättar om den görs i ordning."))


@bp.post("/<uuid:uuid>/ending/sendings/<uuid:key>")
@requires(Permission.CASES_HANDLE)
def ending_sending(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """Note that a letter which leaves apart from the answer has been sent."""
    case = actions.get(uuid, by=current_user)
    sending, form = sendings.get(case, key), SendingForm(prefix=f"{key.hex}-")
    if not form.validate():
        return _page(case, form=form), 422
    try:
        sendings.sent(sending, on=form.on.day, how=form.how.data, by=current_user)
    except Invalid as error:
        return _refused(case, form, error, "on")
    return _done(uuid, gettext("Brevet är antecknat som skickat."))


@bp.post("/<uuid:uuid>/ending/closing")
@requires(Permission.CASES_HANDLE)
def ending_closing(uuid: uuids.UUID) -> ResponseReturnValue:
    """Close the case before its day."""
    ending.close(actions.get(uuid, by=current_user), by=current_user)
    return _done(uuid, gettext("Begäran är avslutad. Raderingsspärren hävs på den dag som brevet anger."))
