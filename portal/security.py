"""The guard: every view is marked, everything else is refused. And the headers of every answer."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import flask
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response

from portal import config
from portal.accounts import actions as accounts
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import connect, db
from portal.errors import Denied, FromElsewhere
from portal.recordings import sought

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = object()

CSP = {
    "default-src": "'none'",
    "script-src": "'none'",  # a page names its own by a nonce
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx",  # the one policy, which page.js makes: nothing else turns text into elements
}


def written(policy: dict[str, str]) -> str:
    return "; ".join(f"{directive} {value}" for directive, value in policy.items())


HEADERS = {
    "Content-Security-Policy": written(CSP),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # Flask-WTF checks the referrer of posts over HTTPS
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

NEVER_KEPT = "no-store"
"""Cache-Control of every answer but the static files."""
VARIES = "HX-Request, HX-Request-Type, Cookie"
ARRIVAL = "accounts.arrival"
"""From there a page of ours leads on, and the cookie comes along."""
SAME_SITE = ("same-origin", "none")
"""Sec-Fetch-Site of a request from a page of the portal, or typed by the person."""
ATTENDED = "X-Attended"
"""With a HEAD request, which only a script makes: a person has done something at the page that it comes from."""

login = LoginManager()


class Csrf(CSRFProtect):
    """Refuses a referrer that is no address like any foreign one; reads no more than the view may be sent, by those
    who may use it."""

    def protect(self, **options: Any) -> None:
        if from_elsewhere() and not is_led_here():  # which has no token either: told as what it is
            raise FromElsewhere
        endpoint = flask.request.endpoint or ""
        most = getattr(flask.current_app.view_functions.get(endpoint), "most", None)
        if most is not None and _may(endpoint):  # before the form is read for its token
            flask.request.max_content_length = flask.request.max_form_memory_size = most
        try:
            super().protect(**options)
        except ValueError as error:
            raise CSRFError("the referrer is no address") from error


def _may(endpoint: str) -> bool:
    connect()
    return can(endpoint)


def requires(
    permission: Permission,
    *,
    prolongs: bool = True,
    most: int | None = None,
    proof: bool = False,
    fetched: bool = False,
) -> Callable[[View], View]:
    """Mark a view with the permission it needs. `prolongs=False`: its requests (audio ranges) do not count as activity
    against the idle limit (nor does a HEAD request of any view, see ATTENDED). `most`: how many bytes may be sent to
    it, where a form is longer than the portal's limit. `proof`: the person must have proven a second factor in this
    session within the last minutes (`accounts.proof_views` asks for it). `fetched`: a form's answer is a file, no page
    to stay on."""

    def mark(view: View) -> View:
        marked: Any = view
        marked.required = permission
        marked.proof = proof
        marked.prolongs = prolongs
        marked.most = most
        marked.fetched = fetched
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that needs no sign-in."""
    marked: Any = view
    marked.required = PUBLIC
    return view


def requirement(endpoint: str) -> Any:
    """PUBLIC, a Permission, or None for an unmarked view."""
    if endpoint == "static":
        return PUBLIC
    return getattr(flask.current_app.view_functions[endpoint], "required", None)


def wants_proof(endpoint: str | None) -> bool:
    """Does the page want a recent proof of a second factor?"""
    return bool(getattr(flask.current_app.view_functions.get(endpoint or ""), "proof", False))


def is_fetched(endpoint: str | None) -> bool:
    """Is what a form of the page brings a file?"""
    return bool(getattr(flask.current_app.view_functions.get(endpoint or ""), "fetched", False))


def can(endpoint: str, queue: int | None = None) -> bool:
    """May the signed-in person open this page, about a call of `queue` if one is named? For menus and links."""
    required = requirement(endpoint)
    if required is PUBLIC or not isinstance(required, Permission) or not current_user.is_authenticated:
        return required is PUBLIC
    return bool(current_user.may(required) if queue is None else current_user.may_in(queue, required))


def _unauthenticated() -> Response:
    target = flask.url_for("accounts.sign_in")
    if flask.request.headers.get("HX-Request"):
        return flask.Response(status=401, headers={"HX-Redirect": target})
    if flask.request.method == "GET" and flask.request.endpoint != "home.index":
        target = flask.url_for("accounts.sign_in", next=asked_for())
    return flask.redirect(target, 303)


def asked_for() -> str:
    """The address of the request, without what no address may hold: the next would have it too."""
    if not any(name in sought.PRIVATE for name in flask.request.args):
        return flask.request.full_path.rstrip("?")
    kept = [pair for pair in flask.request.args.items(multi=True) if pair[0] not in sought.PRIVATE]
    return flask.request.path + (f"?{urlencode(kept)}" if kept else "")


def nonce() -> str:
    """The word by which this answer, and no other, tells the browser which scripts and htmx elements are its own. One
    that came in with somebody's text has none."""
    if "nonce" not in flask.g:
        flask.g.nonce = secrets.token_urlsafe(16)
    word: str = flask.g.nonce
    return word


def allow(**directives: str) -> None:
    """Let the policy of this answer differ: `allow(frame_src="blob:")`."""
    differing = {name.replace("_", "-"): value for name, value in directives.items()}
    flask.g.allowed = {**flask.g.get("allowed", {}), **differing}


def _policy() -> str:
    scripts = {"script-src": f"'nonce-{nonce()}'"} if "nonce" in flask.g else {}
    return written({**CSP, **scripts, **flask.g.get("allowed", {})})


def _prolongs() -> bool:
    """Does the request show that a person sits there?"""
    if flask.request.method == "HEAD" and ATTENDED not in flask.request.headers:
        return False
    return getattr(flask.current_app.view_functions.get(flask.request.endpoint or ""), "prolongs", True)


def from_elsewhere() -> bool:
    """Does a page of another site make this request? (Fetch Metadata; programs that are no browser do not say.)"""
    return flask.request.headers.get("Sec-Fetch-Site", "same-origin") not in SAME_SITE


def is_led_here() -> bool:
    """Does it do so by leading a person here?"""
    sent = flask.request.headers
    led = sent.get("Sec-Fetch-Mode") == "navigate" and sent.get("Sec-Fetch-Dest") == "document"
    return led and flask.request.method == "GET" and from_elsewhere()


def _is_unknown() -> bool:
    """A link of another site led here: then the browser keeps the cookie of a strict site back, though the person may
    well be signed in."""
    return is_led_here() and flask.current_app.config["SESSION_COOKIE_NAME"] not in flask.request.cookies


def _guard() -> Response | None:
    endpoint = flask.request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    if from_elsewhere() and not is_led_here():
        raise FromElsewhere
    view = flask.current_app.view_functions[endpoint]
    if _is_unknown() and endpoint != ARRIVAL and getattr(view, "prolongs", True):
        target = flask.url_for(ARRIVAL, next=asked_for())
        page = flask.render_template("accounts/arrival.html", target=target)
        return flask.Response(page, headers={"Refresh": f"0; url={target}"})
    connect()
    required = requirement(endpoint)
    if required is PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _unauthenticated()
    if required is None or not current_user.may(required):
        with db.atomic():
            record(Act.DENIED, by=current_user, endpoint=endpoint, method=flask.request.method)
        raise Denied
    return None


def _headers(response: Response) -> Response:
    if "nonce" in flask.g or "allowed" in flask.g:
        response.headers["Content-Security-Policy"] = _policy()
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if _is_unknown():
        flask.session.modified = False  # the one that was kept back stays as it is
    if flask.request.endpoint != "static" or response.status_code >= 400:  # a missing file gets a page
        response.headers.setdefault("Cache-Control", NEVER_KEPT)
        response.headers.add("Vary", VARIES)
    return response


def init_app(app: flask.Flask, settings: config.Settings) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="__Host-portal",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        WTF_CSRF_TIME_LIMIT=settings.absolute_hours * 3600,
    )
    login.init_app(app)
    login.session_protection = None  # the sessions are rows of our own, ended there
    login.user_loader(lambda token: accounts.resume(token, prolong=_prolongs()))
    app.before_request(_guard)
    app.after_request(_headers)
    app.jinja_env.globals["can"] = can
    app.jinja_env.globals["nonce"] = nonce
