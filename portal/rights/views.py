"""The pages of user rights: the list, one's own, one right with what each can do next."""

import uuid as uuids
from collections.abc import Iterator
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock, spreadsheet
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.accounts.words import ROLE_NAMES
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.rights import (  # noqa: F401 siblings: their routes
    asking,
    asking_views,
    emergency,
    ending,
    granting,
    incompatible,
    principles,
    principles_views,
    reading,
    review_views,
    words,
)
from portal.rights.blueprint import bp
from portal.rights.forms import EndForm, GrantForm, ListForm, RefuseForm, SeenForm
from portal.rights.models import Kind, State
from portal.rights.reading import Row
from portal.security import requires
from portal.spelling import date, moment
from portal.web import Form, language

__all__ = ["bp"]

FIRST: dict[type[Form], str] = {GrantForm: "remark", RefuseForm: "why", EndForm: "reason", SeenForm: "words"}
"""The field that is too short or holds what it may not."""
ABOVE = (
    granting.OwnRequest,
    emergency.OwnLook,
    incompatible.OfficerApart,
    incompatible.AdministratorApart,
    asking.TooLong,
    ending.LastAdministrator,
    ending.LastController,
)
"""Refusals that are about no field."""


@bp.app_template_global("right_words")
def right_words() -> Any:
    return words


@bp.app_template_global("role_name")
def role_name(role: str) -> str:
    return gettext(ROLE_NAMES[Role(role)]) if role in set(Role) else role


@bp.app_template_global("rights_waits")
def rights_waits(emergencies: bool = False) -> reading.Waits | None:
    """What waits for the signed-in person, for the top of every page; `emergencies`: only those."""
    if not current_user.is_authenticated:
        return None
    return reading.waits(current_user, emergencies=emergencies)


@bp.app_template_global("rights_standing")
def rights_standing(account: Any) -> list[Row]:
    """What a person has or will have, for the page of the account."""
    return reading.standing(account)


def sees_others() -> bool:
    return bool(current_user.may(Permission.RIGHTS_READ) or current_user.may(Permission.RIGHTS_ASK))


@bp.get("/")
@requires(Permission.RIGHTS_OWN)
def index() -> ResponseReturnValue:
    """What waits, is in force and is to come, of those whose rights are one's matter; for others their own."""
    if not sees_others():
        return redirect(url_for("rights.own"), 303)
    form = _asked()
    rows, count = reading.listed(form.asked, by=current_user)
    return render_template("rights/index.html", form=form, rows=rows, count=count, most=reading.SHOWN, query=_query())


def _asked() -> ListForm:
    return ListForm(request.args).offer(Queue.select().order_by(Queue.number), language())


def _query() -> dict[str, str]:
    names = ("q", "role", "queue", "state", "soon")
    return {name: request.args[name] for name in names if request.args.get(name)}


@bp.get("/list.csv")
@requires(Permission.RIGHTS_OWN, proof=True)
def export() -> Response:
    """The same list for a spreadsheet."""
    rows, _ = reading.listed(_asked().asked, by=current_user, most=reading.EXPORT_MOST, exported=True)
    return Response(
        "".join(spreadsheet.lines(_head(), _cells(rows))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="anvandarrattigheter-{clock.today()}.csv"'},
    )


def _head() -> list[str]:
    return [
        gettext("Person"),
        gettext("Användarnamn"),
        gettext("Roll"),
        gettext("Servicenumren"),
        gettext("Läge"),
        gettext("Från och med"),
        gettext("Till och med"),
        gettext("Slag"),
        gettext("Varför"),
        gettext("Begärd av"),
        gettext("Beslutad av"),
        gettext("Upphörde"),
        gettext("Varför den upphörde"),
    ]


def _cells(rows: list[Row]) -> Iterator[list[str]]:
    for row in rows:
        right = row.right
        yield [
            right.account.name,
            right.account.username,
            role_name(right.role),
            ", ".join(queue.name(language()) for queue in row.queues),
            state_of(row),
            moment(right.begins_at, language()) if right.kind == Kind.EMERGENCY else date(right.first_on),
            moment(right.ends_at, language()) if right.kind == Kind.EMERGENCY else date(right.last_on),
            gettext(words.KINDS[right.kind]),
            right.reason,
            right.asked_by.name if right.asked_by else "",
            right.decided_by.name if right.decided_by else "",
            moment(right.ended_at, language()) if right.ended_at else "",
            gettext(words.ENDS[right.end]) if right.end else "",
        ]


@bp.app_template_global("right_state")
def state_of(row: Row) -> str:
    if row.over:
        return gettext(words.OVER)
    if row.coming:
        return gettext(words.COMING)
    if row.soon:
        return gettext(words.SOON)
    return gettext(words.IN_FORCE if row.in_force else words.STATES[row.right.state])


@bp.app_template_global("right_tone")
def tone_of(row: Row) -> str:
    if row.over:
        return "neutral"
    if row.coming:
        return "info"
    return "warning" if row.soon else words.TONES[row.right.state]


@bp.get("/own")
@requires(Permission.RIGHTS_OWN)
def own() -> str:
    """What one may oneself, since when and until when, and who decided it."""
    rows = reading.own(current_user)
    now = [row for row in rows if row.in_force or row.coming or row.right.state == State.ASKED]
    return render_template(
        "rights/own.html",
        now=sorted(now, key=lambda row: (row.right.state == State.ASKED, row.right.ends_at)),
        before=[row for row in rows if row not in now],
        principles=principles.in_force(clock.today()),
    )


@bp.get("/<uuid:uuid>")
@requires(Permission.RIGHTS_OWN)
def show(uuid: uuids.UUID) -> str:
    return _page(reading.get(uuid, by=current_user))


def _page(row: Row, form: Form | None = None) -> str:
    """`form`: one that was sent and refused."""
    right, me = row.right, current_user
    grants, asks = me.may(Permission.RIGHTS_GRANT), me.may(Permission.RIGHTS_ASK)
    own = me.id in (right.asked_by_id, right.account_id)
    asked, unseen = right.state == State.ASKED, right.kind == Kind.EMERGENCY and right.seen_at is None
    may = {
        "decide": grants and asked and not own,
        "own_request": grants and asked and own,
        "take_back": asks and asked and right.asked_by_id == me.id,
        "end": ending.may_end(right, by=me) and (row.in_force or row.coming),
        "look": grants and unseen and not own,
        "own_look": grants and unseen and own,
        "renew": asks and not asked and right.kind != Kind.EMERGENCY and _in_reach(row),
    }
    forms = {
        "grant": form if isinstance(form, GrantForm) else GrantForm(None),
        "refuse": form if isinstance(form, RefuseForm) else RefuseForm(None),
        "end": form if isinstance(form, EndForm) else EndForm(None),
        "seen": form if isinstance(form, SeenForm) else SeenForm(None),
    }
    return render_template(
        "rights/show.html",
        row=row,
        right=right,
        may=may,
        form=form,
        forms=forms,
        heard=reading.heard(right) if right.kind == Kind.EMERGENCY and grants else None,
        followed=row.soon and reading.is_followed(right),
        standing=[one for one in reading.standing(right.account) if one.right.id != right.id],
        principles=principles.in_force(clock.today()),
    )


def _in_reach(row: Row) -> bool:
    return bool(asking.people(current_user).where(Account.id == row.right.account_id).exists())


def _act(uuid: uuids.UUID, form: Form, act: Any, said: str) -> ResponseReturnValue:
    """`act` on the right with what `form` says; its refusal beside the field."""
    row = reading.get(uuid, by=current_user)
    if not form.validate():
        return _page(row, form), 422
    try:
        act(row.right)
    except Invalid as error:
        form.refuse(error, "" if isinstance(error, ABOVE) else FIRST[type(form)])
        return _page(reading.get(uuid, by=current_user), form), 422
    flash(said, "success")
    return redirect(url_for("rights.show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/grant")
@requires(Permission.RIGHTS_GRANT, proof=True)
def grant(uuid: uuids.UUID) -> ResponseReturnValue:
    form = GrantForm()
    said = gettext("Rättigheten är beviljad. Den slutar av sig själv.")
    return _act(uuid, form, lambda right: granting.grant(right, reason=form.remark.data or "", by=current_user), said)


@bp.post("/<uuid:uuid>/refusal")
@requires(Permission.RIGHTS_GRANT)
def refuse(uuid: uuids.UUID) -> ResponseReturnValue:
    form = RefuseForm()
    said = gettext("Begäran är avslagen.")
    return _act(uuid, form, lambda right: granting.refuse(right, reason=form.why.data or "", by=current_user), said)


@bp.post("/<uuid:uuid>/look")
@requires(Permission.RIGHTS_GRANT)
def look(uuid: uuids.UUID) -> ResponseReturnValue:
    """A controller has looked at what was given in an emergency."""
    form = SeenForm()
    said = gettext("Granskningen är antecknad.")
    return _act(uuid, form, lambda right: emergency.seen(right, words=form.words.data or "", by=current_user), said)


@bp.post("/<uuid:uuid>/taking-back")
@requires(Permission.RIGHTS_ASK)
def take_back(uuid: uuids.UUID) -> ResponseReturnValue:
    asking.take_back(reading.get(uuid, by=current_user).right, by=current_user)
    flash(gettext("Begäran är tillbakatagen."), "success")
    return redirect(url_for("rights.show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/end")
@requires(Permission.RIGHTS_ASK, proof=True)
def end(uuid: uuids.UUID) -> ResponseReturnValue:
    """End it before its time."""
    form = EndForm()
    said = gettext("Rättigheten är avslutad och gäller inte längre.")
    return _act(uuid, form, lambda right: ending.end(right, reason=form.reason.data or "", by=current_user), said)
