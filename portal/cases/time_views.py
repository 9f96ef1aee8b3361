"""The page of a case's clock: its days, proof of identity, completion, longer time."""

import uuid as uuids
from collections.abc import Callable
from typing import Any

from flask import flash, get_template_attribute, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.cases import actions, clockwork, deadline_words, deadlines, reminders
from portal.cases.blueprint import bp
from portal.cases.clockwork import BEGUN
from portal.cases.codes import UNDECIDED, Identity, State
from portal.cases.models import Case
from portal.cases.nudge import look_now
from portal.cases.reminders import Reminder
from portal.cases.time_forms import (
    AskCompletionForm,
    AskIdentityForm,
    CompleteForm,
    ExtensionForm,
    ProveIdentityForm,
    RefuseForm,
)
from portal.errors import Invalid
from portal.security import requires
from portal.spelling import date
from portal.web import Form

NOTICES_SHOWN = 5


@bp.get("/<uuid:uuid>/time")
@requires(Permission.CASES_READ)
def time(uuid: uuids.UUID) -> str:
    """The days of the case with how they were arrived at, and what can be done about them."""
    return _page(actions.get(uuid, by=current_user))


def _page(case: Case, **given: Form) -> str:
    """`given`: the forms that were refused, by their names on the page."""
    actions.view(case, by=current_user)
    may = _may(case)
    forms: dict[str, Form | None] = {
        "ask_identity": AskIdentityForm(None) if may["ask_identity"] else None,
        "prove_identity": ProveIdentityForm.empty(clock.today()) if may["prove_identity"] else None,
        "ask_completion": AskCompletionForm(None) if may["ask_completion"] else None,
        "complete": CompleteForm(None) if may["complete"] else None,
        "extension": ExtensionForm(None) if may["extension"] else None,
        "decide": RefuseForm(None) if may["decide"] else None,
        **given,
    }
    for name, form in forms.items():
        if form is not None:
            _name_apart(form, name)
    reckoned = deadlines.of(case)
    return render_template(
        "cases/time.html",
        case=case,
        reckoned=reckoned,
        lines=deadline_words.said(reckoned.lines, gettext),
        first_limit=deadlines.first_limit(case),
        longer=deadlines.extended_limit(case),
        reply_by=clockwork.identity_reply_by(case) if case.paused_on else None,
        stands=deadlines.stands(case),
        late=clock.today() > case.due_on,
        refused=next((form for form in given.values() if form.errors), None),
        may=may,
        forms=forms,
        urgency=deadlines.urgency(case),
    )


def _name_apart(form: Form, name: str) -> None:
    """Two forms of a page that ask for 'reason' have fields of their own id."""
    for field in form:
        if field.name != "csrf_token":
            field.id = f"{name}-{field.name}"
            field.label.field_id = field.id


def _may(case: Case) -> dict[str, bool]:
    """What the person can do here now; the actions have the last word."""
    mine = case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    works, today = mine and case.state in UNDECIDED, clock.today()
    in_time = today <= deadlines.first_limit(case)
    asked = case.state == State.IDENTITY_ASKED
    doubts = case.identity == Identity.UNPROVEN and case.paused_on is None
    open_extension = case.extension_state == "proposed" and case.state in (*UNDECIDED, State.PROPOSED)
    return {
        "mine": mine,
        "ask_identity": works and case.state in BEGUN and doubts,
        "prove_identity": works and case.identity != Identity.PROVEN,
        "fail_identity": works and asked and today > clockwork.identity_reply_by(case),
        "ask_completion": works and case.state in BEGUN,
        "complete": works and case.state == State.COMPLETION_ASKED,
        "extension": works and in_time and case.extension_state in ("", "refused"),
        "decide": open_extension
        and current_user.may(Permission.CASES_DECIDE)
        and not clockwork.has_part(case, current_user),
        "in_time": in_time,
    }


def _acted(
    uuid: uuids.UUID, name: str, form: Form, act: Callable[[Case], object], said: str, at: str, letter: bool = False
) -> ResponseReturnValue:
    """Do `act` with what a valid form says, and show the page again. What the register refuses stands beside the
    field `at`, with what was typed."""
    case = actions.get(uuid, by=current_user)
    if not form.validate():
        return _page(case, **{name: form}), 422
    try:
        act(case)
    except Invalid as error:
        case = actions.get(uuid, by=current_user)
        if not _may(case)[name]:  # the form is not there to be mended
            raise
        getattr(form, at).errors = [gettext(error.text, **error.params)]
        return _page(case, **{name: form}), error.status
    if letter:
        look_now()
    flash(said, "success")
    return redirect(url_for("cases.time", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/time/identity-request")
@requires(Permission.CASES_HANDLE)
def identity_request(uuid: uuids.UUID) -> ResponseReturnValue:
    """Ask for proof of identity: the clock stands."""
    form = AskIdentityForm()

    def act(case: Case) -> None:
        clockwork.ask_identity(case, form.doubt.data, form.asks.data, by=current_user)

    said = gettext("Klockan står från i dag. Brevet till personen görs i ordning.")
    if clock.today() > actions.get(uuid, by=current_user).due_on:
        said = gettext("Sista dagen har passerat, så klockan står inte. Brevet till personen görs i ordning.")
    return _acted(uuid, "ask_identity", form, act, said, "doubt", letter=True)


@bp.post("/<uuid:uuid>/time/identity")
@requires(Permission.CASES_HANDLE)
def identity(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that the identity is proven."""
    form = ProveIdentityForm()

    def act(case: Case) -> None:
        clockwork.prove_identity(case, form.method.data, form.on.day, by=current_user)

    return _acted(uuid, "prove_identity", form, act, gettext("Identiteten är antecknad som styrkt."), "on")


@bp.post("/<uuid:uuid>/time/identity-failure")
@requires(Permission.CASES_HANDLE)
def identity_failure(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that no proof came in time."""
    clockwork.fail_identity(actions.get(uuid, by=current_user), by=current_user)
    flash(gettext("Identiteten är antecknad som inte styrkt. Klockan går igen: föreslå ett svar."), "success")
    return redirect(url_for("cases.time", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/time/completion-request")
@requires(Permission.CASES_HANDLE)
def completion_request(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that the person was asked to say more."""
    form = AskCompletionForm()

    def act(case: Case) -> None:
        clockwork.ask_completion(case, form.words.data, by=current_user)

    return _acted(uuid, "ask_completion", form, act, gettext("Kompletteringen är antecknad. Klockan går."), "words")


@bp.post("/<uuid:uuid>/time/completion")
@requires(Permission.CASES_HANDLE)
def completion(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note what the person answered."""
    form = CompleteForm()

    def act(case: Case) -> None:
        clockwork.complete(case, form.words.data, by=current_user)

    return _acted(uuid, "complete", form, act, gettext("Svaret är antecknat."), "words")


@bp.post("/<uuid:uuid>/time/extension")
@requires(Permission.CASES_HANDLE)
def extension(uuid: uuids.UUID) -> ResponseReturnValue:
    """Propose longer time."""
    form = ExtensionForm()

    def act(case: Case) -> None:
        clockwork.propose_extension(case, form.reason.data, by=current_user)

    said = gettext("Längre tid är föreslagen. En beslutsfattare ser det nu.")
    return _acted(uuid, "extension", form, act, said, "reason")


@bp.post("/<uuid:uuid>/time/extension-approval")
@requires(Permission.CASES_DECIDE)
def extension_approval(uuid: uuids.UUID) -> ResponseReturnValue:
    """Decide on longer time."""
    clockwork.approve_extension(actions.get(uuid, by=current_user), by=current_user)
    look_now()
    flash(gettext("Tiden är förlängd. Brevet till personen görs i ordning."), "success")
    return redirect(url_for("cases.time", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/time/extension-refusal")
@requires(Permission.CASES_DECIDE)
def extension_refusal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Decide that the time stays as it is."""
    form = RefuseForm()

    def act(case: Case) -> None:
        clockwork.refuse_extension(case, form.reason.data, by=current_user)

    return _acted(uuid, "decide", form, act, gettext("Längre tid är avslagen."), "reason")


# What the list and the frame of every page of a case show


@bp.app_template_global()
def case_urgency(case: Case) -> str:
    """The tag that says how near the last day is, in colour and words."""
    tag = get_template_attribute("_parts.html", "tag")
    shown: str = tag(deadline_words.urgency_said(case, gettext), deadline_words.TONES[deadlines.urgency(case)])
    return shown


@bp.app_template_global()
def case_reminder(case: Case) -> str:
    """What an open case that was reminded of says on its own pages; ''."""
    if not case.reminded or reminders.due(case, clock.today()) == "":
        return ""
    if case.reminded == Reminder.IDENTITY:
        day = date(clockwork.identity_reply_by(case))
        return gettext("Tiden att styrka identiteten gick ut %(day)s. Anteckna hur det gick: klockan står.", day=day)
    day = date(case.due_on)
    if case.reminded == Reminder.OVERDUE:
        return gettext("Sista dagen var %(day)s. Svara genast, och skriv varför svaret är sent.", day=day)
    if case.reminded == Reminder.DECIDER:
        return gettext("Sista dagen är %(day)s. Handläggaren och beslutsfattarna är påminda.", day=day)
    return gettext("Sista dagen är %(day)s. Handläggaren är påmind.", day=day)


@bp.app_template_global()
def case_notices() -> dict[str, Any]:
    """Of the work list: the cases that remind the person, and the proposals of longer time that wait for them."""
    found, waiting = reminders.notices(current_user), reminders.to_decide(current_user)
    return {
        "count": found.count(),
        "late": found.where(Case.reminded == Reminder.OVERDUE).exists(),
        "cases": list(found.limit(NOTICES_SHOWN)),
        "extensions": list(waiting.limit(NOTICES_SHOWN)),
        "extension_count": waiting.count(),
    }
