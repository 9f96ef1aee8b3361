"""The pages of one's own account."""

import uuid

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal.accounts import actions, factors, own, passkeys, sessions, throttle
from portal.accounts.blueprint import bp
from portal.accounts.forms import ChangePasswordForm, CodeForm, LookForm, VersionForm, refuse, role_names
from portal.accounts.models import Account, SignIn
from portal.accounts.passwords import Weak
from portal.accounts.permissions import Permission
from portal.accounts.sign_in import WrongCode
from portal.accounts.sign_in_views import picture
from portal.accounts.waiting import waiting
from portal.errors import Conflict, NotFound
from portal.queues.models import Queue
from portal.security import requires
from portal.web import LOOK_COOKIE, look, remembered
from portal.web import language as page_language


def me_() -> Account:
    """The signed-in person's row itself, for actions."""
    account: Account = current_user._get_current_object()
    return account


@bp.get("/me")
@requires(Permission.ACCOUNTS_SELF)
def me() -> ResponseReturnValue:
    return _page(LookForm.of(look()))


def _page(form: LookForm) -> str:
    account = me_()
    queues = Queue.select().where(Queue.id.in_(sorted(account.queue_ids))).order_by(Queue.number)
    return flask.render_template(
        "accounts/me.html",
        account=account,
        look_form=form,
        roles=role_names(account.roles),
        queues=[q.name(page_language()) for q in queues],
        codes_left=factors.codes_left(account),
        code_used=factors.last_code_used(account),
        keys=passkeys.of(account),
        sign_ins=sessions.of(account),
    )


@bp.post("/look")
@requires(Permission.ACCOUNTS_SELF)
def own_look() -> ResponseReturnValue:
    """Light, dark, or as the device is set: kept by the browser alone, where it may be another's choice next time."""
    form = LookForm()
    if not form.validate():
        return _page(form), 422
    flask.flash(gettext("Utseendet är bytt."), "success")
    answer = flask.make_response(flask.redirect(flask.url_for("accounts.me"), 303))
    return remembered(answer, LOOK_COOKIE, form.chosen)


@bp.route("/me/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_password() -> ResponseReturnValue:
    account, form = me_(), ChangePasswordForm()
    form.names = (account.username, account.name)
    if not form.is_submitted():
        return flask.render_template("accounts/own_password.html", form=form)
    status, headers = 422, {}
    if form.validate():
        try:
            own.change_password(account, form.old.data, form.chosen.data)
        except own.WrongOldPassword as error:
            refuse(form.old, error)
        except Weak as error:
            refuse(form.chosen, error)
        except throttle.TooSoon as error:
            status, headers = error.status, waiting(form, error)
        else:
            flask.flash(gettext("Ditt lösenord är bytt. Dina andra inloggningar är avslutade."), "success")
            return flask.redirect(flask.url_for("accounts.me"), 303)
    return flask.render_template("accounts/own_password.html", form=form), status, headers


def _codes_page(codes: list[str]) -> str:
    return flask.render_template("accounts/recovery_codes.html", codes=codes, onward=flask.url_for("accounts.me"))


@bp.route("/me/recovery-codes", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_recovery_codes() -> ResponseReturnValue:
    if flask.request.method != "POST":
        form = VersionForm(version=me_().version)
        return flask.render_template("accounts/own_recovery_codes.html", form=form)
    form = VersionForm()
    if not form.validate():
        raise Conflict
    return _codes_page(own.new_recovery_codes(me_(), seen=form.version.data))


@bp.route("/me/second-factor", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_second_factor() -> ResponseReturnValue:
    if flask.request.method != "POST":
        return flask.render_template("accounts/own_second_factor.html")
    own.begin_reenrolment(me_())
    return flask.redirect(flask.url_for("accounts.own_enrolment"), 303)


@bp.route("/me/enrolment", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_enrolment() -> ResponseReturnValue:
    """The new secret, once it was asked for; without that, back to asking for it."""
    secret = own.secret_shown(me_())
    if secret is None:
        return flask.redirect(flask.url_for("accounts.own_second_factor"), 303)
    form = CodeForm()
    status, headers = 200, {}
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return _codes_page(own.confirm_reenrolment(me_(), form.code.data))
            except WrongCode as error:
                refuse(form.code, error)
            except throttle.TooSoon as error:
                status, headers = error.status, waiting(form, error)
    page = flask.render_template(
        "accounts/enrolment.html",
        form=form,
        secret=secret,
        username=me_().username,
        picture=flask.url_for("accounts.own_enrolment_picture"),
        again=True,
    )
    return page, status, headers


@bp.get("/me/enrolment/qr.svg")
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_enrolment_picture() -> ResponseReturnValue:
    secret = own.secret_shown(me_())
    if secret is None:
        raise NotFound
    return picture(me_(), secret)


@bp.post("/me/enrolment/cancellation")
@requires(Permission.ACCOUNTS_SELF)
def own_enrolment_cancellation() -> ResponseReturnValue:
    own.stop_reenrolment(me_())
    flask.flash(gettext("Appen är densamma som förut."), "info")
    return flask.redirect(flask.url_for("accounts.me"), 303)


@bp.post("/me/sessions/ending")
@requires(Permission.ACCOUNTS_SELF)
def own_sessions_ending() -> ResponseReturnValue:
    ended = own.end_other_sessions(me_())
    flask.flash(ngettext("%(num)s inloggning avslutades.", "%(num)s inloggningar avslutades.", ended), "success")
    return flask.redirect(flask.url_for("accounts.me"), 303)


@bp.post("/sessions/<uuid:key>/ending")
@requires(Permission.ACCOUNTS_SELF)
def session_ending(key: uuid.UUID) -> ResponseReturnValue:
    """One's own session, or for those who manage accounts anybody's."""
    account = me_()
    row: SignIn | None = SignIn.visible_to(account).where(SignIn.uuid == key).first()
    if row is None:
        raise NotFound
    actions.end_session(row, by=account)
    flask.flash(gettext("Inloggningen är avslutad."), "success")
    if row.account.id == account.id:
        return flask.redirect(flask.url_for("accounts.me"), 303)
    return flask.redirect(flask.url_for("accounts.account", key=row.account.uuid), 303)
