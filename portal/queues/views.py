"""The pages of service numbers."""

import re
import uuid
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import Invalid, NotFound
from portal.queues import actions, announced, announcement_views, told_views
from portal.queues.blueprint import bp
from portal.queues.forms import NewQueueForm, QueueForm
from portal.queues.models import Queue
from portal.security import requires

__all__ = ["announcement_views", "bp", "told_views"]


@bp.get("/")
@requires(Permission.QUEUES_READ)
def index() -> ResponseReturnValue:
    """The service numbers, and which announcement plays in each."""
    queues = list(Queue.read_by(current_user).order_by(Queue.active.desc(), Queue.number))
    now = clock.now()
    return flask.render_template(
        "queues/index.html",
        queues=queues,
        playing={queue.id: announced.in_force(queue, now) for queue in queues},
        silent={queue.id for queue in announced.silent(queues, now)},
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.QUEUES_MANAGE)
def new() -> ResponseReturnValue:
    form = NewQueueForm()
    if not form.is_submitted():
        form.number.data = re.sub(r"[^0-9]", "", flask.request.args.get("number", ""))[:20]
        return flask.render_template("queues/new.html", form=form)
    if form.validate():
        try:
            made = actions.create(**_facts(form), by=current_user)
        except Invalid as error:
            _show(form, error)
        else:
            flask.flash(gettext("Servicenumret är tillagt."), "success")
            return flask.redirect(flask.url_for("queues.announcements", key=made.uuid), 303)
    return flask.render_template("queues/new.html", form=form), 422


@bp.route("/<uuid:key>", methods=["GET", "POST"])
@requires(Permission.QUEUES_MANAGE)
def queue(key: uuid.UUID) -> ResponseReturnValue:
    row: Queue | None = Queue.visible_to(current_user).where(Queue.uuid == key).first()
    if row is None:
        raise NotFound
    form = QueueForm(obj=row)
    if not form.is_submitted():
        return flask.render_template("queues/queue.html", form=form, queue=row)
    if form.validate():
        try:
            actions.change(row, seen=form.version.data, **_facts(form), active=form.active.data, by=current_user)
        except Invalid as error:
            _show(form, error)
        else:
            flask.flash(gettext("Ändringarna är sparade."), "success")
            return flask.redirect(flask.url_for("queues.index"), 303)
    return flask.render_template("queues/queue.html", form=form, queue=row), 422


def _facts(form: NewQueueForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("number", "name_sv", "name_fi", "tells_callers")}


def _show(form: NewQueueForm, error: Invalid) -> None:
    field = form.name_sv if isinstance(error, actions.NoName) else form.number
    field.errors = [*field.errors, gettext(error.text) % error.params]
