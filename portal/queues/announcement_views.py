"""The pages of what callers are told: the versions of a queue, a new one, and its sound."""

import io
import uuid as uuids
from typing import Any

import flask
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import DomainError, Invalid, NotFound
from portal.language import LANGUAGES
from portal.queues import announced, announcements, sounds
from portal.queues.announcement_forms import AnnouncementForm
from portal.queues.announcement_models import Announcement
from portal.queues.blueprint import bp
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.security import can, requires


@bp.app_template_global("announced_to")
def announced_to(recording: Recording) -> dict[str, Any] | None:
    """By which version the caller was told, and where it can be read; None when by none that is known."""
    found: Announcement | None = recording.announcement
    if found is None:
        return None
    reads = can("queues.announcements") and Queue.read_by(current_user).where(Queue.id == found.queue_id).exists()
    return {"announcement": found, "queue": found.queue, "reads": reads}


def _queue(key: uuids.UUID) -> Queue:
    found: Queue | None = Queue.read_by(current_user).where(Queue.uuid == key).first()
    if found is None:
        raise NotFound
    return found


@bp.get("/<uuid:key>/announcements", endpoint="announcements")
@requires(Permission.QUEUES_READ)
def versions(key: uuids.UUID) -> str:
    """What plays now, what will, and what played before."""
    queue = _queue(key)
    rows, now = announcements.every(queue), clock.now()
    playing = announced.in_force(queue, now)
    return render_template(
        "queues/announcements.html",
        queue=queue,
        playing=playing,
        coming=[row for row in rows if row.dropped_at is None and row.valid_from > now][::-1],
        former=[row for row in rows if row != playing and (row.dropped_at is not None or row.valid_from <= now)],
        sounds=sounds.by_version([row.id for row in rows]),
        silent=bool(announced.silent([queue], now)),
    )


@bp.route("/<uuid:key>/announcements/new", methods=["GET", "POST"])
@requires(Permission.QUEUES_ANNOUNCE, most=sounds.SENDING_MOST)
def announcement_new(key: uuids.UUID) -> ResponseReturnValue:
    """Decide a new version."""
    queue = _queue(key)
    newest = announcements.newest(queue)
    before = sounds.of(newest) if newest is not None else {}
    if flask.request.method == "GET":
        form = AnnouncementForm.of(newest, before)
        return render_template("queues/announcement_new.html", queue=queue, form=form)
    form = AnnouncementForm(before=before)
    if form.validate():
        try:
            made = announcements.make(
                queue,
                text_sv=form.text_sv.data,
                text_fi=form.text_fi.data,
                valid_from=form.valid_from,
                files=form.files,
                keep=form.keep,
                seen=form.seen.data or 0,
                by=current_user._get_current_object(),
            )
        except Invalid as error:
            _blame(form, error)
        else:
            waits = made.valid_from > clock.now()
            flash(
                gettext("Meddelandet är bestämt och börjar gälla när dess tid kommer.")
                if waits
                else gettext("Meddelandet är bestämt och gäller nu. Se till att telefonsystemet spelar upp det."),
                "success",
            )
            return redirect(url_for("queues.announcements", key=key), 303)
    return render_template("queues/announcement_new.html", queue=queue, form=form), 422


def _blame(form: AnnouncementForm, error: DomainError) -> None:
    name = ""
    if isinstance(error, announcements.SoundStale):
        name = f"sound_{error.language}"
    elif isinstance(error, (announcements.InThePast, announcements.BeforeTheLast)):
        name = "from_day"
    elif isinstance(error, announcements.AnnouncementTextNeeded):
        name = "text_sv"
    form.refuse(error, name)


@bp.post("/<uuid:key>/announcements/<uuid:announcement>/dropping")
@requires(Permission.QUEUES_ANNOUNCE)
def announcement_dropping(key: uuids.UUID, announcement: uuids.UUID) -> ResponseReturnValue:
    """Give one up before it plays."""
    found = announcements.get(_queue(key), announcement)
    announcements.drop(found, by=current_user._get_current_object())
    flash(gettext("Version %(version)s är tillbakadragen.", version=found.version), "success")
    return redirect(url_for("queues.announcements", key=key), 303)


@bp.get(f"/<uuid:key>/announcements/<uuid:announcement>/sounds/<any({', '.join(LANGUAGES)}):language>")
@requires(Permission.QUEUES_READ)
def announcement_sound(key: uuids.UUID, announcement: uuids.UUID, language: str) -> ResponseReturnValue:
    """The sound, whole or a range of it. It is what everybody who calls may hear."""
    found = announcements.get(_queue(key), announcement)
    row, content = sounds.content(found, language)
    return flask.send_file(io.BytesIO(content), mimetype=row.media_type, conditional=True, etag=row.sha256)
