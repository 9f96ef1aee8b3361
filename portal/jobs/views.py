"""The page of long work, and the end of it on every page."""

import uuid as uuids
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import trace
from portal.jobs import actions, words
from portal.jobs.models import Kind
from portal.retention.words import failure
from portal.security import requires
from tasks.jobs import run_ordered

bp = flask.Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.app_template_global("jobs_ended")
def jobs_ended() -> list[tuple[str, str, int]]:
    """What the signed-in person asked for, and has not been told the end of."""
    if not current_user.is_authenticated or not current_user.may(Permission.JOBS_READ):
        return []
    return actions.ended(current_user)


@bp.app_template_global("job_words")
def job_words() -> Any:
    return words


@bp.get("/")
@requires(Permission.JOBS_READ)
def index() -> str:
    """Long work: how far it has come, and how it went. Whoever reads it has been told."""
    actions.see(current_user)
    return flask.render_template("jobs/index.html", **_listed())


@bp.get("/standing")
@requires(Permission.JOBS_READ, prolongs=False)
def standing() -> ResponseReturnValue:
    """The list for a page that has stood open, and what has ended meanwhile; nothing when it is as the page has it."""
    told = _listed()
    if told["key"] == flask.request.args.get("seen"):
        return "", 204
    return flask.render_template("jobs/_standing.html", ended=actions.see(current_user), **told)


def _listed() -> dict[str, Any]:
    shown = actions.listed(current_user)
    found = {"shown": shown, "standing": actions.standing(current_user), "key": actions.key(shown)}
    return found | {"words": words, "own": current_user.id, "failure": failure}


@bp.post("/log")
@requires(Permission.AUDIT_CHECK)
def check_log() -> ResponseReturnValue:
    """Have the whole log checked."""
    return _order(Kind.LOG, gettext("Loggen kontrolleras nu. Du kan lämna sidan: du får besked när det är klart."))


@bp.post("/sound")
@requires(Permission.RETENTION_CHECK)
def check_sound() -> ResponseReturnValue:
    """Have the sound of every call read through."""
    return _order(Kind.SOUND, gettext("Allt ljud kontrolleras nu. Du kan lämna sidan: du får besked när det är klart."))


@bp.post("/<uuid:uuid>/stop")
@requires(Permission.JOBS_READ)
def stop(uuid: uuids.UUID) -> ResponseReturnValue:
    """Stop what one has asked for."""
    actions.stop(uuid, by=current_user._get_current_object())
    flask.flash(gettext("Arbetet är avbrutet. Begär det på nytt om det behövs; då börjar det från början."), "success")
    return flask.redirect(flask.url_for("jobs.index"), 303)


def _order(kind: Kind, said: str) -> ResponseReturnValue:
    account: Account = current_user._get_current_object()
    actions.order(kind, by=account)
    try:
        run_ordered()
    except Exception as error:  # a message that is lost costs one interval: the rounds look as well
        flask.current_app.logger.error("the queue refused: %s", trace(error))
    flask.flash(said, "success")
    return flask.redirect(flask.url_for("jobs.index"), 303)
