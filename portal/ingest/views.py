"""The pages of ingest: the quarantine, for the administrator."""

import uuid
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.ingest import actions, completion, quarantine, words
from portal.ingest.arrivals import arrivals
from portal.ingest.forms import ALL, ActForm, FilterForm, cursor
from portal.ingest.models import Quarantined, QuarantineState
from portal.recordings.models import Told
from portal.retention.words import failure
from portal.security import requires

bp = flask.Blueprint("ingest", __name__, url_prefix="/ingest")


@bp.get("/")
@requires(Permission.INGEST_MANAGE)
def index() -> Any:
    """What waits in quarantine and why, and how the inbox is doing."""
    form = FilterForm(flask.request.args)
    valid = form.validate()
    page = quarantine.Page([], None, None)
    if valid:
        page = quarantine.page(
            current_user,
            state=None if form.state.data == ALL else form.state.data,
            reason=form.reason.data or None,
            before=cursor(flask.request.args.get("before")),
            after=cursor(flask.request.args.get("after")),
        )
    untold, found = completion.missing_told(), arrivals(by=current_user)
    html = flask.render_template(
        "ingest/index.html",
        form=form,
        valid=valid,
        page=page,
        words=words,
        shown_name=quarantine.shown_name,
        newer=_address(form, after=page.newer),
        older=_address(form, before=page.older),
        arrivals=found,
        listed=found.quarantined,
        failure=failure,
        untold=sum(untold.values()),
        unknown=untold.get(Told.UNKNOWN, 0),
    )
    return html, 200 if valid else 422


@bp.get("/arrivals")
@requires(Permission.INGEST_MANAGE, prolongs=False)
def arriving() -> ResponseReturnValue:
    """How the inbox is doing, for a page that has stood open; nothing when it is as the page has it."""
    found = arrivals(by=current_user)
    if found.key == flask.request.args.get("seen"):
        return "", 204
    listed = flask.request.args.get("listed", found.quarantined, type=int)
    return flask.render_template("ingest/_arrivals.html", arrivals=found, listed=listed, failure=failure)


def _address(form: FilterForm, **place: uuid.UUID | None) -> str:
    """This list from another place on; empty at an end."""
    given: dict[str, Any] = {name: row for name, row in place.items() if row is not None}
    if not given:
        return ""
    return flask.url_for("ingest.index", state=form.state.data, reason=form.reason.data or None, **given)


@bp.get("/<uuid:uuid>")
@requires(Permission.INGEST_MANAGE)
def show(uuid: uuid.UUID) -> str:
    """What is known of one file; never its content."""
    quarantined = _load(uuid)
    actions.view(quarantined, by=current_user)
    return flask.render_template(
        "ingest/show.html",
        quarantined=quarantined,
        name=quarantine.shown_name(quarantined),
        words=words,
        waits=quarantined.state == QuarantineState.WAITING,
        unknown=quarantine.unknown_queue(quarantined),
    )


@bp.post("/<uuid:uuid>/retry")
@requires(Permission.INGEST_MANAGE)
def retry(uuid: uuid.UUID) -> Any:
    """Take the file through the same path again."""
    quarantined = _load(uuid)
    ActForm().validate()
    try:
        actions.retry(quarantined, by=current_user)
    except actions.StillRefused as refused:
        flask.flash(gettext(refused.text), "warning")
    else:
        flask.flash(gettext("Filen är intagen i registret."), "success")
    return flask.redirect(flask.url_for("ingest.show", uuid=uuid), 303)


@bp.route("/<uuid:uuid>/discard", methods=["GET", "POST"])
@requires(Permission.INGEST_MANAGE)
def discard(uuid: uuid.UUID) -> Any:
    """First the consequence, then the deed."""
    quarantined = _load(uuid)
    form = ActForm()
    if not form.validate_on_submit():
        return flask.render_template(
            "ingest/discard.html",
            quarantined=quarantined,
            name=quarantine.shown_name(quarantined),
            words=words,
            waits=quarantined.state == QuarantineState.WAITING,
        )
    if actions.discard(quarantined, by=current_user):
        flask.flash(gettext("Filen är raderad. Raderingen står i dagens gallringsprotokoll."), "success")
    else:
        flask.flash(gettext("Raderingen är påbörjad men disken vägrade. Den försöks igen av sig själv."), "warning")
    return flask.redirect(flask.url_for("ingest.index"), 303)


def _load(key: uuid.UUID) -> Quarantined:
    row: Quarantined | None = Quarantined.visible_to(current_user).where(Quarantined.uuid == key).first()
    if row is None:
        raise NotFound
    return row
