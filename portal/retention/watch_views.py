"""The answer that a paused deletion waits for, and the sign of life for the city's monitoring."""

import uuid as uuids

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.retention import health, watch
from portal.retention.forms import ConfirmForm
from portal.retention.views import bp, status_page
from portal.retention.watching import Pause
from portal.security import public, requires


@bp.post("/pauses/<uuid:uuid>/confirmation")
@requires(Permission.RETENTION_CONFIRM, proof=True)
def confirmation(uuid: uuids.UUID) -> ResponseReturnValue:
    """Let deletion go on; the next sweep, minutes away, takes what is due."""
    pause = Pause.visible_to(current_user).where(Pause.uuid == uuid).first()
    if pause is None:
        raise NotFound
    form = ConfirmForm()
    if not form.validate_on_submit():
        return status_page(confirm=form), 422
    watch.confirm(pause, by=current_user)
    health.forget()
    flask.flash(gettext("Gallringen fortsätter vid nästa körning, inom några minuter."), "success")
    return flask.redirect(flask.url_for("retention.index"), 303)


@bp.get("/alive")
@public
def alive() -> flask.Response:
    """Is deletion alive? Status 200 or 503, and in plain text good or bad with the last good sweep's age in
    seconds. Nothing else: nobody has signed in. At most 30 seconds old."""
    alarm = health.recent()
    age = round((clock.now() - alarm.last_good).total_seconds()) if alarm.last_good else "never"
    bad = alarm.red or alarm.paused
    told = f"{'bad' if bad else 'good'} {age}\n"
    return flask.Response(told, 503 if bad else 200, content_type="text/plain; charset=utf-8")
