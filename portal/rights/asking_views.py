"""The pages where a right is asked for, or given at once in an emergency."""

import datetime as dt
import uuid as uuids

from dateutil.relativedelta import relativedelta
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.errors import DomainError, Invalid
from portal.queues.models import Queue
from portal.rights import asking, emergency, incompatible, principles, reading
from portal.rights.blueprint import bp
from portal.rights.forms import AskForm, EmergencyForm
from portal.rights.models import Right
from portal.security import requires
from portal.web import language

FIELDS: dict[type[DomainError], str] = {
    asking.RoleNeeded: "role",
    asking.AlreadyAsked: "role",
    incompatible.OfficerApart: "role",
    incompatible.AdministratorApart: "role",
    emergency.NotInEmergency: "role",
    asking.QueuesNeeded: "queues",
    emergency.ForeignQueues: "queues",
    asking.FirstBefore: "first_on",
    asking.FirstTooFar: "first_on",
    asking.LastBefore: "last_on",
    asking.TooLong: "last_on",
    emergency.HoursWrong: "hours",
    emergency.OwnEmergency: "person",
}
"""The field that each refusal is about; the others are about the reason."""


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.RIGHTS_ASK)
def new() -> ResponseReturnValue:
    """Ask for a right; from the page of one that ends soon, for the same again."""
    form = AskForm().offer(_people(), Role, _queues(), language())
    if request.method == "POST" and form.validate():
        assert form.account
        try:
            made = asking.ask(
                form.account,
                role=form.role.data,
                queues=form.scope,
                reason=form.reason.data or "",
                first_on=form.first_on.data,
                last_on=form.last_on.data,
                by=current_user,
            )
        except Invalid as error:
            form.refuse(error, FIELDS.get(type(error), "reason"))
        else:
            flash(gettext("Begäran är sparad. En beslutsfattare ser den överst på varje sida."), "success")
            return redirect(url_for("rights.show", uuid=made.uuid), 303)
    elif request.method == "GET":
        form = AskForm(None, data=_begun()).offer(_people(), Role, _queues(), language())
    page = render_template(
        "rights/new.html",
        form=form,
        principles=principles.in_force(clock.today()),
        months=config.settings().rights_months,
        three_months=clock.today() + relativedelta(months=3),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _begun() -> dict[str, object]:
    """For whom the address says, or as the right was that it names."""
    today = clock.today()
    known: dict[str, object] = {"first_on": today}
    if (key := _uuid("person")) is not None:
        known["person"] = key.hex
    if (key := _uuid("renew")) is not None and (row := _mine(key)) is not None:
        first = max(today, row.right.last_on + dt.timedelta(days=1))
        known |= {
            "person": row.right.account.uuid.hex,
            "role": row.right.role,
            "queues": [queue.uuid.hex for queue in row.queues if queue.active],
            "reason": row.right.reason,
            "first_on": first,
            "last_on": asking.latest(first),
        }
    return known


def _mine(key: uuids.UUID) -> reading.Row | None:
    found = Right.visible_to(current_user).where(Right.uuid == key).first()
    return reading.rows([found])[0] if found else None


def _uuid(name: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(request.args[name]) if request.args.get(name) else None
    except ValueError:
        return None


@bp.route("/emergency", methods=["GET", "POST"])
@requires(Permission.RIGHTS_ASK, proof=True)
def give() -> ResponseReturnValue:
    """Give a right at once, for hours."""
    most = config.settings().rights_emergency_hours
    form = EmergencyForm().offer(_people(others=True), Role, _queues(own=True), language())
    if request.method == "POST" and form.validate():
        assert form.account
        try:
            made = emergency.give(
                form.account,
                role=form.role.data,
                queues=form.scope,
                reason=form.reason.data or "",
                hours=form.hours.data or 0,
                by=current_user,
            )
        except Invalid as error:
            form.refuse(error, FIELDS.get(type(error), "reason"))
        else:
            flash(
                ngettext(
                    "Rättigheten gäller nu, i %(num)s timme. Beslutsfattarna och dataskyddsombudet ser det.",
                    "Rättigheten gäller nu, i %(num)s timmar. Beslutsfattarna och dataskyddsombudet ser det.",
                    form.hours.data or 0,
                ),
                "success",
            )
            return redirect(url_for("rights.show", uuid=made.uuid), 303)
    elif request.method == "GET":
        key = _uuid("person")
        form = EmergencyForm(None, data={"person": key.hex if key else ""})
        form.offer(_people(others=True), Role, _queues(own=True), language())
    page = render_template("rights/emergency.html", form=form, most=most)
    return page, 422 if form.errors or form.form_errors else 200


def _people(others: bool = False) -> list[Account]:
    found = [one for one in asking.people(current_user) if not (others and one.id == current_user.id)]
    return sorted(found, key=lambda one: (one.name.casefold(), one.username))


def _queues(own: bool = False) -> list[Queue]:
    """The service numbers in use; `own`: those that one may give in an emergency."""
    found = Queue.select().where(Queue.active)
    if own and not current_user.may(Permission.RIGHTS_GRANT):
        found = found.where(Queue.id.in_(sorted(emergency.own_queues(current_user))))
    return list(found.order_by(Queue.number))
