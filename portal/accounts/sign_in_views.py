"""The pages of signing in and out, and the choice of language, open to everybody."""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from portal.accounts import devices, factors, own, passkeys, sessions, sign_in, throttle
from portal.accounts.blueprint import bp
from portal.accounts.factors import Proof
from portal.accounts.forms import CodeForm, NewPasswordForm, SecondFactorForm, SignInForm, refuse
from portal.accounts.models import Account, SignIn
from portal.accounts.passkeys import Site
from portal.accounts.passwords import Weak
from portal.accounts.waiting import address, waiting
from portal.errors import NotFound
from portal.formats import moment
from portal.language import LANGUAGES
from portal.security import public
from portal.web import LANGUAGE_COOKIE, remembered

ASKED = "asked"
"""The sealed question to a passkey, in the cookie of who has not given a name yet."""
PENDING = "pending"
"""The half-way session's token in the cookie; the guard looks only at `_user_id`."""
FORGOTTEN = '"cache", "storage"'
"""At signing out (Clear-Site-Data). Not "cookies": that empties those of the organisation's whole domain, with all its
services. Ours is written anew, and the token it held opens nothing any more."""


def own_path(target: str | None) -> str:
    """`target` when it is the address of a page of this portal, else the first page: nobody is sent
    away from here after signing in."""
    start = flask.url_for("home.index")
    if not target or not target.startswith("/") or target.startswith("//"):
        return start
    if any(c == "\\" or ord(c) <= 32 or ord(c) == 127 for c in target):
        return start
    adapter = flask.globals.request_ctx.url_adapter
    assert adapter is not None
    try:
        adapter.match(urlsplit(target).path, method="GET")
    except (HTTPException, ValueError):
        return start
    return target


def site() -> Site:
    """The portal by the name it was asked under, one of those that are trusted. Keys are bound to it."""
    host = flask.request.host
    return Site(host=urlsplit(f"//{host}").hostname or host, origin=f"https://{host}")


def enter(token: str, row: SignIn, target: str | None = None) -> None:
    """Rebuild the cookie's session around `token`: nothing of the one before survives, its CSRF token neither."""
    target = target or flask.session.get("next")
    flask.session.clear()
    flask.g.pop("csrf_token", None)
    if row.stage == sessions.FULL:
        flask.session["_user_id"] = token
    else:
        flask.session[PENDING] = token
        if target:
            flask.session["next"] = target


def _onward(row: SignIn, target: str | None) -> str:
    """Where the next step is, or, when there is none, the page that was asked for."""
    if row.stage == sessions.RENEWAL:
        return flask.url_for("accounts.new_password")
    if row.stage == sessions.PASSWORD:
        enrolled = row.account.totp_sealed is not None
        return flask.url_for("accounts.second_factor" if enrolled else "accounts.enrolment")
    return own_path(target)


def half_way(stage: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The view gets the session of `stage` that the cookie holds; without one, back to the start.

    These views are public to the guard: this is what stands before them.
    """

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        @public
        @functools.wraps(view)
        def guarded(**kwargs: Any) -> ResponseReturnValue:
            row = sessions.find(flask.session.get(PENDING, ""), stage)
            if row is None:
                return flask.redirect(flask.url_for("accounts.sign_in"), 303)
            answer: ResponseReturnValue = view(row, **kwargs)
            return answer

        return guarded

    return mark


@bp.get("/arrival")
@public
def arrival() -> ResponseReturnValue:
    """Where the guard sends those whom a link of another site has led here; on to the page they asked for."""
    return flask.redirect(own_path(flask.request.args.get("next")), 303)


@bp.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@public
def first_factor() -> ResponseReturnValue:
    form = SignInForm(next=flask.request.args.get("next"))
    if current_user.is_authenticated:
        return flask.redirect(own_path(form.next.data), 303)
    if not form.is_submitted():
        return flask.render_template("accounts/sign_in.html", form=form)
    status, headers = 422, {}
    if form.validate():
        device = devices.describe(flask.request.user_agent.string)
        answered = form.key.data and passkeys.prove_to_nobody(flask.session.pop(ASKED, ""), form.key.data, site())
        try:
            token, row = sign_in.check_password(
                form.username.data,
                form.password.data,
                address=address(),
                device=device,
                replacing=flask.session.get(PENDING, ""),
                key=answered or None,
            )
        except sign_in.WrongPassword as error:
            form.form_errors.append(gettext(error.text))
        except throttle.TooSoon as error:
            status, headers = error.status, waiting(form, error)
        else:
            target = own_path(form.next.data)
            enter(token, row, target)
            _tell_of_code(row)
            answer = flask.make_response(flask.redirect(_onward(row, target), 303))
            return remembered(answer, LANGUAGE_COOKIE, row.account.language)
    return flask.render_template("accounts/sign_in.html", form=form), status, headers


@bp.post("/sign-in/question")
@public
def sign_in_question() -> ResponseReturnValue:
    """For a passkey, before a name is given."""
    options, flask.session[ASKED] = passkeys.question_to_anybody(site())
    return options


@bp.post("/second-factor/question")
@half_way(sessions.PASSWORD)
def second_factor_question(row: SignIn) -> ResponseReturnValue:
    return passkeys.question(row, site())


@bp.route("/second-factor", methods=["GET", "POST"])
@half_way(sessions.PASSWORD)
def second_factor(row: SignIn) -> ResponseReturnValue:
    if row.account.totp_sealed is None:
        return flask.redirect(flask.url_for("accounts.enrolment"), 303)
    form, has_keys = SecondFactorForm(), bool(passkeys.of(row.account))
    if not form.is_submitted():
        return flask.render_template("accounts/second_factor.html", form=form, has_keys=has_keys)
    status, headers = 422, {}
    if form.validate():
        try:
            if form.key.data:
                token, raised = sign_in.prove_key(row, form.key.data, site())
                proof = Proof.PASSKEY
            else:
                token, raised, proof = sign_in.prove_factor(row, form.code.data, address=address())
        except (sign_in.WrongCode, passkeys.WrongKey) as error:
            refuse(form.code, error)
        except throttle.TooSoon as error:
            status, headers = error.status, waiting(form, error)
        else:
            target = flask.session.get("next")
            enter(token, raised)
            if proof is Proof.RECOVERY:
                flask.flash(_codes_left(raised.account), "warning")
            _tell_of_code(raised)
            return flask.redirect(_onward(raised, target), 303)
    return flask.render_template("accounts/second_factor.html", form=form, has_keys=has_keys), status, headers


def _codes_left(account: Account) -> str:
    left = factors.codes_left(account)
    return ngettext(
        "Du loggade in med en reservkod. %(num)s reservkod är kvar.",
        "Du loggade in med en reservkod. %(num)s reservkoder är kvar.",
        left,
    )


def _tell_of_code(row: SignIn) -> None:
    """Of one that was used since, be it by somebody else."""
    if row.stage == sessions.FULL and (used := sign_in.code_used_before(row)):
        told = gettext(
            "I din förra inloggning användes en reservkod, %(moment)s. Var det inte du? Byt lösenord, "
            "skapa nya reservkoder och säg till systemadministratören.",
            moment=moment(used),
        )
        flask.flash(told, "warning")


@bp.route("/enrolment", methods=["GET", "POST"])
@half_way(sessions.PASSWORD)
def enrolment(row: SignIn) -> ResponseReturnValue:
    if row.account.totp_sealed is not None:
        return flask.redirect(flask.url_for("accounts.second_factor"), 303)
    secret = sign_in.begin_enrolment(row)
    form = CodeForm()
    status, headers = 200, {}
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                token, raised, codes = sign_in.confirm_enrolment(row, form.code.data, address=address())
            except sign_in.WrongCode as error:
                refuse(form.code, error)
            except throttle.TooSoon as error:
                status, headers = error.status, waiting(form, error)
            else:
                target = flask.session.get("next")
                enter(token, raised)
                onward = _onward(raised, target)
                return flask.render_template("accounts/recovery_codes.html", codes=codes, onward=onward)
    return (
        flask.render_template(
            "accounts/enrolment.html",
            form=form,
            secret=secret,
            username=row.account.username,
            picture=flask.url_for("accounts.enrolment_picture"),
        ),
        status,
        headers,
    )


@bp.get("/enrolment/qr.svg")
@half_way(sessions.PASSWORD)
def enrolment_picture(row: SignIn) -> ResponseReturnValue:
    if row.account.totp_sealed is not None or row.enrolling_sealed is None:
        raise NotFound
    return picture(row.account, sign_in.begin_enrolment(row))


def picture(account: Account, secret: str) -> flask.Response:
    return flask.Response(factors.qr(account, secret), mimetype="image/svg+xml")


@bp.route("/new-password", methods=["GET", "POST"])
@half_way(sessions.RENEWAL)
def new_password(row: SignIn) -> ResponseReturnValue:
    form = NewPasswordForm()
    form.names = (row.account.username, row.account.name)
    if not form.is_submitted():
        return flask.render_template("accounts/new_password.html", form=form, username=row.account.username)
    if form.validate():
        try:
            token, raised = sign_in.renew_password(row, form.chosen.data)
        except Weak as error:
            refuse(form.chosen, error)
        else:
            target = flask.session.get("next")
            enter(token, raised)
            flask.flash(gettext("Ditt lösenord är bytt."), "success")
            return flask.redirect(own_path(target), 303)
    return flask.render_template("accounts/new_password.html", form=form, username=row.account.username), 422


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Ends the session the cookie holds, whole or half-way; the browser forgets what it has kept of it, but for the
    language of its pages."""
    answer = flask.make_response(flask.redirect(flask.url_for("accounts.sign_in"), 303))
    if current_user.is_authenticated:
        remembered(answer, LANGUAGE_COOKIE, current_user.language)
    if current_user.is_authenticated:
        sign_in.sign_out(current_user.sign_in)
    for stage in (sessions.PASSWORD, sessions.RENEWAL):
        if row := sessions.find(flask.session.get(PENDING, ""), stage):
            sign_in.sign_out(row)
    flask.session.clear()
    flask.flash(gettext("Du är utloggad."), "success")
    answer.headers["Clear-Site-Data"] = FORGOTTEN
    return answer


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Back to where the person was, in the language chosen; kept with the account and in the browser."""
    chosen = flask.request.form.get("language", "")
    if chosen not in LANGUAGES:
        flask.abort(400)
    if current_user.is_authenticated:
        own.choose_language(current_user._get_current_object(), chosen)
    came_from = urlsplit(flask.request.referrer or "")
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    target = own_path(path if came_from.netloc == flask.request.host else None)
    return remembered(flask.make_response(flask.redirect(target, 303)), LANGUAGE_COOKIE, chosen)
