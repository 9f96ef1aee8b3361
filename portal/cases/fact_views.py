"""The facts of a request: corrected with a reason, and what stood before, opened on a stated need."""

import datetime as dt
import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, facts, intake, overview, overview_words, search, words
from portal.cases.blueprint import bp
from portal.cases.codes import UNDECIDED
from portal.cases.correction_forms import ChangeForm, NeedForm
from portal.cases.models import Case, Step
from portal.errors import Invalid
from portal.recordings import corrections
from portal.security import requires
from portal.spelling import date, phone

ONE = f"/<uuid:uuid>/facts/<any({','.join(facts.NAMES)}):fact>"

BESIDE: dict[type[Invalid], str] = {
    search.TooMany: "called_to",
    search.PeriodTurned: "called_to",
    intake.ReceivedLater: "received_on",
    intake.AgentNeeded: "agent",
    intake.RightNeeded: "rights",
    intake.RightDone: "rights",
    corrections.ReasonNeeded: "reason",
}
"""Beside which field an act's refusal stands; else above the form."""


@bp.app_template_global("case_changes")
def case_changes(step: Step) -> tuple[list[str], str] | None:
    """The labels of the facts that a step of the timeline corrected, and why."""
    changed = overview.changes(step)
    if changed is None:
        return None
    return [gettext(overview_words.FACTS.get(name, name)) for name in changed.facts], changed.reason


_CODES: dict[str, dict[str, str]] = {
    "channel": words.CHANNELS,
    "language": overview_words.LANGUAGES,
    "regime": words.REGIMES,
    "capacity": words.CAPACITIES,
    "delivery": words.DELIVERIES,
    "rights": words.RIGHTS,
}


def said(name: str, value: Any) -> str:
    """A fact in words, as it is kept in a history."""
    if not value:
        return "–"
    if isinstance(value, dt.date):
        return date(value)
    if name in _CODES:
        codes = [code.strip() for code in value.split(",")]
        return ", ".join(gettext(_CODES[name].get(code, code)) for code in codes)
    if name in ("received_on", "requested_on", "called_from", "called_to"):
        return date(dt.date.fromisoformat(value))
    return ", ".join(value.splitlines())


@bp.route("/<uuid:uuid>/facts", endpoint="facts", methods=["GET", "POST"])
@requires(Permission.CASES_HANDLE)
def change(uuid: uuids.UUID) -> ResponseReturnValue:
    """Correct what was registered."""
    case = actions.get(uuid, by=current_user)
    later = case.state in intake.AFTER
    if request.method == "GET":
        actions.handled(case, *UNDECIDED, *intake.AFTER, by=current_user)
        actions.view(case, by=current_user)
        form = _filled(case, later)
    else:
        form = ChangeForm(later=later)
        if form.validate():
            version, reason = form.version.data or 0, form.reason.data or ""
            try:
                intake.change_facts(case, version=version, reason=reason, by=current_user, **form.facts())
            except Invalid as error:
                if isinstance(error, actions.NotHandler):
                    raise
                form.refuse(error, BESIDE.get(type(error), ""))
            else:
                flash(gettext("Uppgifterna är sparade."), "success")
                return redirect(url_for("cases.show", uuid=uuid), 303)
    return render_template("cases/facts.html", case=case, form=form, later=later), 422 if form.errors else 200


def _filled(case: Case, later: bool) -> ChangeForm:
    known = intake.facts_of(case)
    values = {name: getattr(known, name) for name in intake.FACTS}
    numbers, rights = "\n".join(phone(number) for number in known.numbers), list(known.rights)
    return ChangeForm(None, later=later, **values, version=case.version, numbers=numbers, rights=rights)


@bp.get(ONE)
@requires(Permission.CASES_READ)
def fact(uuid: uuids.UUID, fact: str) -> ResponseReturnValue:
    """What the fact is and was: who corrected it, when and why."""
    case = actions.get(uuid, by=current_user)
    return _history(case, fact)


@bp.post(f"{ONE}/originals/<uuid:correction>")
@requires(Permission.CASES_READ)
def fact_original(uuid: uuids.UUID, fact: str, correction: uuids.UUID) -> ResponseReturnValue:
    """Open what stood before. It stands on the page of this answer alone."""
    case = actions.get(uuid, by=current_user)
    row, form = facts.get(case, fact, correction), NeedForm()
    if not form.validate():
        return _history(case, fact, form=form, asked=correction), 422
    try:
        original = facts.open_original(case, row, need=form.need.data or "", by=current_user)
    except Invalid as error:
        form.need.errors = [gettext(error.text)]
        return _history(case, fact, form=form, asked=correction), 422
    return _history(case, fact, opened={correction: original})


def _history(
    case: Case,
    fact: str,
    *,
    form: NeedForm | None = None,
    asked: uuids.UUID | None = None,
    opened: dict[uuids.UUID, str] | None = None,
) -> str:
    versions = facts.history(case, fact)
    actions.view(case, by=current_user)
    keys = [version.correction for version in versions if version.correction is not None]
    return render_template(
        "cases/fact.html",
        case=case,
        label=gettext(overview_words.FACTS[fact]),
        versions=versions,
        openings=corrections.openings(keys),
        opens=current_user.may(Permission.CASES_HANDLE) or current_user.may(Permission.CASES_DECIDE),
        form=form or NeedForm(None),
        say=lambda value: said(fact, value),
        open_at=lambda key: url_for("cases.fact_original", uuid=case.uuid, fact=fact, correction=key),
        asked=asked,
        opened=opened or {},
    )
