"""The administrator's pages of accounts; signing in and one's own account hang on the same blueprint."""

import uuid
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import clock
from portal.accounts import (  # noqa: F401 siblings: their routes
    actions,
    factors,
    own_views,
    passkey_views,
    proof_views,
    sessions,
    sign_in_views,
    staff_views,
    unit_views,
)
from portal.accounts.blueprint import bp as bp
from portal.accounts.forms import AccountForm, FilterForm, NewAccountForm, VersionForm, refuse, role_names
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.accounts.permissions import Permission, Role
from portal.errors import Conflict, Invalid, NotFound
from portal.queues.models import Queue
from portal.security import requires
from portal.web import language

MANY = 200
"""Rows of the list; more are found by filtering."""

BESIDE = {
    actions.BadUsername: "username",
    actions.UsernameTaken: "username",
    actions.NoName: "name",
    actions.BadExtension: "extension",
    actions.ExtensionTaken: "extension",
}
"""The field each refusal is about."""


def _load(key: uuid.UUID) -> Account:
    account: Account | None = Account.visible_to(current_user).where(Account.uuid == key).first()
    if account is None:
        raise NotFound
    return account


def _by() -> Account:
    account: Account = current_user._get_current_object()
    return account


@bp.get("/")
@requires(Permission.ACCOUNTS_MANAGE)
def index() -> ResponseReturnValue:
    form = FilterForm(flask.request.args)
    rows = list(_found(form))
    return flask.render_template("accounts/index.html", form=form, rows=rows[:MANY], count=len(rows), many=MANY)


def _found(form: FilterForm) -> list[dict[str, Any]]:
    """The accounts the filter asks for, by name. The filter is applied here: SQL's own comparison
    knows upper and lower case only of a to z."""
    in_force = RoleGrant.in_force(clock.now())
    roles: dict[int, set[Role]] = {}
    for account_id, role in RoleGrant.select(RoleGrant.account_id, RoleGrant.role).where(in_force).tuples():
        roles.setdefault(account_id, set()).add(Role(role))
    name = Queue.name_fi if language() == "fi" else Queue.name_sv
    queues: dict[int, list[str]] = {}
    granted = QueueGrant.select(QueueGrant.account_id, Queue.number, name).join(RoleGrant).where(in_force)
    for account_id, _, queue in granted.switch(QueueGrant).join(Queue).distinct().order_by(Queue.number).tuples():
        queues.setdefault(account_id, []).append(queue)
    words = (form.q.data or "").casefold().split()
    state = form.state.data if form.state.data in ("closed", "all") else "open"
    found = []
    for account in Account.visible_to(current_user):
        text = f"{account.name} {account.username} {account.extension or ''}".casefold()
        held = roles.get(account.id, set())
        if (
            all(word in text for word in words)
            and (not form.role.data or form.role.data in held)
            and (state == "all" or (state == "open") == account.is_active)
        ):
            found.append(
                {"account": account, "roles": role_names(held), "queues": ", ".join(queues.get(account.id, []))}
            )
    return sorted(found, key=lambda row: (row["account"].name.casefold(), row["account"].username))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def new() -> ResponseReturnValue:
    form = NewAccountForm()
    if not form.is_submitted():
        return flask.render_template("accounts/new.html", form=form)
    if form.validate():
        try:
            account, password = actions.create(
                form.username.data,
                name=form.name.data,
                language=form.language.data,
                extension=form.extension.data,
                by=_by(),
            )
        except Invalid as error:
            _show(form, error)
        else:
            return flask.render_template(
                "accounts/temporary_password.html", account=account, password=password, made=True
            )
    return flask.render_template("accounts/new.html", form=form), 422


def _show(form: Any, error: Invalid) -> None:
    if type(error) not in BESIDE:
        raise error
    refuse(form[BESIDE[type(error)]], error)


@bp.route("/<uuid:key>", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_MANAGE)
def account(key: uuid.UUID) -> ResponseReturnValue:
    row = _load(key)
    form = AccountForm(name=row.name, extension=row.extension, language=row.language, version=row.version)
    if not form.is_submitted():
        return _account_page(row, form), 200
    if form.validate():
        try:
            actions.change(
                row,
                seen=form.version.data,
                name=form.name.data,
                language=form.language.data,
                extension=form.extension.data,
                by=_by(),
            )
        except Invalid as error:
            _show(form, error)
        else:
            flask.flash(gettext("Ändringarna är sparade."), "success")
            return flask.redirect(flask.url_for("accounts.account", key=key), 303)
    return _account_page(row, form), 422


def _account_page(row: Account, form: AccountForm) -> str:
    return flask.render_template(
        "accounts/account.html",
        account=row,
        form=form,
        own=row.id == _by().id,
        codes_left=factors.codes_left(row),
        keys=row.passkeys.count(),
        sign_ins=sessions.of(row),
    )


def _back(key: uuid.UUID, said: str) -> ResponseReturnValue:
    flask.flash(said, "success")
    return flask.redirect(flask.url_for("accounts.account", key=key), 303)


@bp.post("/<uuid:key>/closing")
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def closing(key: uuid.UUID) -> ResponseReturnValue:
    actions.close(_load(key), by=_by())
    return _back(key, gettext("Kontot är stängt. Inloggningarna och rättigheterna är avslutade."))


@bp.post("/<uuid:key>/reopening")
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def reopening(key: uuid.UUID) -> ResponseReturnValue:
    actions.reopen(_load(key), by=_by())
    return _back(key, gettext("Kontot är öppet igen, med det lösenord det hade. Rättigheter begärs på nytt."))


@bp.post("/<uuid:key>/second-factor")
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def second_factor_reset(key: uuid.UUID) -> ResponseReturnValue:
    return _temporary_password(key, actions.reset_second_factor(_load(key), by=_by()), app_removed=True)


@bp.post("/<uuid:key>/password")
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def password_reset(key: uuid.UUID) -> ResponseReturnValue:
    row, form = _load(key), VersionForm()
    if not form.validate() or form.version.data is None:
        raise Conflict
    return _temporary_password(key, actions.reset_password(row, seen=form.version.data, by=_by()))


def _temporary_password(key: uuid.UUID, password: str, *, app_removed: bool = False) -> str:
    """It is this answer's alone: it is kept nowhere and cannot be shown again."""
    account = _load(key)
    return flask.render_template(
        "accounts/temporary_password.html", account=account, password=password, app_removed=app_removed
    )


@bp.post("/<uuid:key>/sessions/ending")
@requires(Permission.ACCOUNTS_MANAGE)
def sessions_ending(key: uuid.UUID) -> ResponseReturnValue:
    ended = actions.end_sessions(_load(key), by=_by())
    return _back(key, ngettext("%(num)s inloggning avslutades.", "%(num)s inloggningar avslutades.", ended))
