"""The page of a request by which a consent is taken back."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions
from portal.cases import consents as asked
from portal.cases.blueprint import bp
from portal.cases.codes import UNDECIDED, Outcome, RightKind
from portal.cases.models import Case, CaseRight
from portal.language import N_
from portal.register import consents as register
from portal.register.models import Consent
from portal.security import requires

WAYS: dict[str, str] = {
    asked.Way.NUMBER: N_("samma telefonnummer"),
    asked.Way.CALL: N_("gäller ett samtal i begäran"),
    asked.Way.NAME: N_("samma namn"),
    asked.Way.CASE: N_("återkallat genom begäran"),
}


@bp.get("/<uuid:uuid>/consents")
@requires(Permission.CASES_READ)
def consents(uuid: uuids.UUID) -> str:
    """What the person has consented to, as far as the register knows, and what was withdrawn."""
    case = actions.get(uuid, by=current_user)
    actions.view(case, by=current_user)
    right = asked.right_of(case)
    rows = asked.found(case) if current_user.may(Permission.REGISTER_CONSENTS) else []
    return render_template(
        "cases/consents.html",
        case=case,
        right=right,
        rows=rows,
        calls={one.consent.id: register.of(one.consent) for one in rows},
        ways=WAYS,
        works=right is not None and case.handler_id == current_user.id and case.state in UNDECIDED,
        none_possible=not any(one.way == asked.Way.CASE or (one.is_sure and one.stands) for one in rows),
        none_said=right is not None and right.outcome == Outcome.NONE_FOUND,
        objects=_asks(case, RightKind.OBJECTION),
    )


def _asks(case: Case, right: RightKind) -> bool:
    return bool(CaseRight.select().where(CaseRight.case == case.id, CaseRight.right == right).exists())


@bp.app_template_global("case_asks")
def case_asks(case: Case, right: str) -> bool:
    """Does the request invoke the right?"""
    return _asks(case, RightKind(right))


@bp.post("/<uuid:uuid>/consents/<uuid:consent>/withdrawal")
@requires(Permission.CASES_HANDLE)
def consent_withdrawal(uuid: uuids.UUID, consent: uuids.UUID) -> ResponseReturnValue:
    """Withdraw one of them."""
    case = actions.get(uuid, by=current_user)
    ended = asked.withdraw(case, _consent(consent), by=current_user)
    gone = sum(row.purged_at is not None for row in register.of(ended))
    said = gettext("Samtycket är återkallat och användningen har upphört. Svaret bekräftar det.")
    return _done(uuid, said + (" " + gettext("Raderade samtal: %(count)s.", count=gone) if gone else ""))


@bp.post("/<uuid:uuid>/consents/<uuid:consent>/confirmation")
@requires(Permission.CASES_HANDLE)
def consent_confirmation(uuid: uuids.UUID, consent: uuids.UUID) -> ResponseReturnValue:
    """The answer confirms one that was withdrawn outside a request."""
    asked.take_in(actions.get(uuid, by=current_user), _consent(consent), by=current_user)
    return _done(uuid, gettext("Återkallelsen är tagen med. Svaret bekräftar den."))


@bp.post("/<uuid:uuid>/consents/none")
@requires(Permission.CASES_HANDLE)
def consent_none(uuid: uuids.UUID) -> ResponseReturnValue:
    """There is none on file."""
    asked.none_on_file(actions.get(uuid, by=current_user), by=current_user)
    return _done(uuid, gettext("Det är antecknat att inget samtycke finns. Svaret säger det och erbjuder invändning."))


@bp.post("/<uuid:uuid>/consents/objection")
@requires(Permission.CASES_HANDLE)
def consent_objection(uuid: uuids.UUID) -> ResponseReturnValue:
    """The person objects instead (GDPR 21)."""
    asked.object_instead(actions.get(uuid, by=current_user), by=current_user)
    return _done(uuid, gettext("Begäran behandlas nu också som en invändning. Den avgörs och besvaras för sig."))


def _consent(key: uuids.UUID) -> Consent:
    return register.get(key, by=current_user)


def _done(uuid: uuids.UUID, said: Any) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("cases.consents", uuid=uuid), 303)
