"""The page of what a case restricts: which calls, why, until when, what is allowed meanwhile; and the letter that tells
the person before a restriction is lifted."""

import uuid as uuids

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, locking, restriction_words
from portal.cases.blueprint import bp
from portal.cases.codes import State
from portal.cases.models import Case, CaseCall
from portal.cases.nudge import look_now
from portal.cases.restriction_forms import LiftForm
from portal.errors import Invalid
from portal.recordings.models import Recording
from portal.retention import restrictions
from portal.security import requires


@bp.app_template_global("restricting_cases")
def restricting_cases(recording: Recording) -> list[Case]:
    """The cases that restrict the call, for the page that says no more of it than that."""
    keys = {row.because for row in restrictions.standing(recording)}
    return list(Case.visible_to(current_user).where(Case.uuid.in_(sorted(keys))).order_by(Case.id))


@bp.get("/<uuid:uuid>/restrictions", endpoint="restrictions")
@requires(Permission.CASES_READ)
def restrictions_page(uuid: uuids.UUID) -> str:
    """What is restricted for the case, and what has been."""
    return _page(actions.get(uuid, by=current_user))


def _page(case: Case, *, form: LiftForm | None = None) -> str:
    actions.view(case, by=current_user)
    rows = restrictions.of(case)
    calls = {call.recording_id: call for call in CaseCall.select().where(CaseCall.case == case.id)}
    clerk = current_user.may(Permission.CASES_HANDLE)
    may = clerk and (case.state == State.CLOSED or (case.state == State.DISPATCHED and _handles(case)))
    liftable = locking.liftable(case) if may else []
    return render_template(
        "cases/restrictions.html",
        case=case,
        tab="cases.restrictions",
        rows=rows,
        standing=[row for row in rows if row.stands],
        calls=calls,
        grounds=restriction_words.GROUNDS,
        announced=locking.announced(case),
        form=(form or LiftForm(rows=liftable)) if liftable else None,
    )


def _handles(case: Case) -> bool:
    return bool(case.handler_id == current_user.id)


BESIDE: dict[type[Invalid], str] = {locking.LiftsTooSoon: "day", locking.ReasonsNeeded: "reasons"}


@bp.post("/<uuid:uuid>/restrictions/lifting")
@requires(Permission.CASES_HANDLE)
def restrictions_lifting(uuid: uuids.UUID) -> ResponseReturnValue:
    """Order the letter that tells the person that restrictions will be lifted."""
    case = actions.get(uuid, by=current_user)
    form = LiftForm(rows=locking.liftable(case))
    if not form.validate():
        return _page(case, form=form), 422
    keys = [uuids.UUID(value) for value in form.restrictions.data or ()]
    try:
        locking.announce(case, keys, day=form.day.day, reasons=form.reasons.data, by=current_user)
    except Invalid as error:
        if isinstance(error, actions.NotHandler):
            raise
        form.refuse(error, BESIDE.get(type(error), ""))
        return _page(case, form=form), 422
    look_now()
    flash(
        gettext("Brevet görs i ordning. Begränsningen hävs på sin dag när brevet är antecknat som skickat."), "success"
    )
    return redirect(url_for("cases.restrictions", uuid=uuid), 303)
