"""The second factor asked again, before a page that is marked `proof=True`.

Who follows a link is sent here and on. Who has sent a form gets the question as the answer, with what was sent kept in
it: the code goes to the same address, and nothing that was written is lost. Who wants a file comes back to the page
where its button is.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import config
from portal.accounts import factors, passkeys, proving, throttle
from portal.accounts.blueprint import bp
from portal.accounts.factors import Proof
from portal.accounts.forms import ProofForm, refuse
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.accounts.sign_in import WrongCode
from portal.accounts.sign_in_views import own_path, site
from portal.accounts.waiting import address, waiting
from portal.recordings import sought
from portal.security import asked_for, is_fetched, requires, wants_proof

MISSING = 403
"""Of the question as the answer to a form: what the request proved was not enough (RFC 9110 §15.5.4)."""


def _account() -> Account:
    account: Account = current_user._get_current_object()
    return account


@bp.before_app_request
def proof_first() -> ResponseReturnValue | None:
    """After the guard: a view marked `proof=True` answers only to who has proven a second factor lately, or does so
    with this request."""
    if not wants_proof(flask.request.endpoint) or proving.recent(_account().sign_in):
        return None
    if flask.request.headers.get("HX-Request"):
        target = flask.url_for("accounts.prove", next=_came_from())
        return flask.Response(status=401, headers={"HX-Redirect": target})
    if flask.request.method != "POST":
        rule = flask.request.url_rule
        is_page = rule is not None and "POST" in (rule.methods or ())
        # what is only fetched is no page to end on: back to where its button is
        target = asked_for() if is_page else _came_from() or asked_for()
        return flask.redirect(flask.url_for("accounts.prove", next=target), 303)
    attached = any(file.filename for file in flask.request.files.values())  # cannot be kept in a page
    if attached or is_fetched(flask.request.endpoint):
        return flask.redirect(flask.url_for("accounts.prove", next=_came_from()), 303)
    form = ProofForm()
    if ProofForm.FIELDS.isdisjoint(flask.request.form):
        return _page(form, status=MISSING, carried=_carried())
    status, headers = _taken(form)
    if status:
        return _page(form, status=status, headers=headers, carried=_carried())
    return None


def _taken(form: ProofForm) -> tuple[int, dict[str, str]]:
    """Look at the proof that was sent. Status 0: it is good, and the cookie goes on with the new token."""
    if not form.validate():
        return 422, {}
    try:
        if form.proof_key.data:
            token, proof = proving.by_key(_account(), form.proof_key.data, site()), Proof.PASSKEY
        else:
            token, proof = proving.by_code(_account(), form.proof_code.data or "", address=address())
    except (WrongCode, passkeys.WrongKey) as error:
        refuse(form.proof_code, error)
        return 422, {}
    except throttle.TooSoon as error:
        return error.status, waiting(form, error)
    # The rest of the cookie stays: forms that are open in other windows keep their CSRF token
    flask.session["_user_id"] = token
    if proof is Proof.RECOVERY:
        flask.flash(_codes_left(_account()), "warning")
    return 0, {}


def _codes_left(account: Account) -> str:
    left = factors.codes_left(account)
    return ngettext(
        "Du använde en reservkod. %(num)s reservkod är kvar.",
        "Du använde en reservkod. %(num)s reservkoder är kvar.",
        left,
    )


def _carried() -> list[tuple[str, str]]:
    """What was sent to the page, but for the proof and the token of the form it was sent with."""
    sent = flask.request.form.items(multi=True)
    return [(name, value) for name, value in sent if name not in ProofForm.FIELDS | {"csrf_token"}]


def _came_from() -> str:
    """The page of the portal that led here, without what no address may hold; empty when none did."""
    parts = urlsplit(flask.request.referrer or "")
    if parts.netloc != flask.request.host:
        return ""
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in sought.PRIVATE]
    return own_path(parts.path + (f"?{urlencode(kept)}" if kept else ""))


def _page(
    form: ProofForm,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    carried: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    back = _came_from() or flask.url_for("home.index")
    page = flask.render_template(
        "accounts/prove.html",
        form=form,
        minutes=_minutes(),
        back=back,
        carried=carried,
        has_keys=bool(passkeys.of(_account())),
    )
    return page, status, headers or {}


def _minutes() -> str:
    minutes = config.settings().proof_minutes
    return ngettext("%(num)s minut", "%(num)s minuter", minutes)


@bp.route("/prove", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_SELF)
def prove() -> ResponseReturnValue:
    """The question as a page of its own; then to the page of `next`."""
    target, form = own_path(flask.request.args.get("next")), ProofForm()
    if not form.is_submitted():
        return _page(form)
    status, headers = _taken(form)
    if status:
        return _page(form, status=status, headers=headers)
    said = gettext("Du har bekräftat att det är du. Det gäller i %(minutes)s.", minutes=_minutes())
    if not wants_proof(_endpoint(target)):  # the page with the button
        said += " " + gettext("Välj en gång till det du ville göra.")
    flask.flash(said, "success")
    return flask.redirect(target, 303)


def _endpoint(target: str) -> str:
    """Of a page of the portal."""
    adapter = flask.globals.request_ctx.url_adapter
    assert adapter is not None
    endpoint: str = adapter.match(urlsplit(target).path, method="GET")[0]
    return endpoint


@bp.post("/prove/question")
@requires(Permission.ACCOUNTS_SELF)
def proof_question() -> ResponseReturnValue:
    return passkeys.question(_account().sign_in, site())
