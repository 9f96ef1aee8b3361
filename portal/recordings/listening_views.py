"""The pages where a call is heard, and the sound itself."""

import uuid as uuids
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import playback
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.recordings import actions, listening
from portal.recordings.forms import PURPOSES
from portal.recordings.listening_forms import PurposeForm
from portal.recordings.models import Listen, Playable, Recording
from portal.recordings.series_views import beside, bring_near
from portal.recordings.views import bp
from portal.security import requires


class Right(NamedTuple):
    """A listen of one's own queues."""

    key: uuids.UUID
    recording: uuids.UUID
    listener: Account

    def check(self) -> listening.Open:
        return listening.check(self.key, self.recording, by=self.listener)

    def start(self, found: listening.Open) -> None:
        listening.start(found, by=self.listener)

    def still(self) -> bool:
        return listening.still(self.key, self.recording, by=self.listener)


@bp.app_context_processor
def hearing() -> dict[str, Any]:
    """What `_hearing.html` asks for when it is included in the page of a call."""
    return {"purpose_form": lambda recording: PurposeForm.blank(current_user, recording, _start(recording))}


def _start(recording: Recording) -> int | None:
    """The second of the call that the address names; None where it names none."""
    text = request.args.get("at", "")
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        return None
    return min(int(text), recording.duration_ms // 1000) or None


@bp.get("/<uuid:uuid>/hearing")
@requires(Permission.RECORDINGS_FIND, prolongs=False)
def state(uuid: uuids.UUID) -> ResponseReturnValue:
    """The part of a call's page that waits for the sound; nothing new while it still does."""
    try:
        recording = actions.reach(uuid, by=current_user)
    except actions.Restricted:
        return "", 204, {"HX-Refresh": "true"}  # the page then says what has come between
    if recording.playable == Playable.PENDING:
        return "", 204
    return render_template("recordings/_hearing.html", recording=recording)


@bp.post("/<uuid:uuid>/listens")
@requires(Permission.RECORDINGS_LISTEN)
def listens(uuid: uuids.UUID) -> ResponseReturnValue:
    """State a purpose; go to the player."""
    recording = actions.reach(uuid, by=current_user)
    form = PurposeForm(user=current_user, recording=recording)
    if not form.validate():
        return render_template("recordings/purpose.html", recording=recording, form=form), 422
    listen = listening.open_listen(
        recording, purpose=form.purpose.data, reference=form.reference.data or "", by=current_user
    )
    return redirect(url_for("recordings.listen", uuid=uuid, key=listen.uuid, at=form.at.data), 303)


@bp.get("/<uuid:uuid>/listens/<uuid:key>")
@requires(Permission.RECORDINGS_LISTEN)
def listen(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The player. It asks for this page's head now and then while sound plays: to play is to be active.

    The address of a listen that is over, or a colleague's, leads whoever reaches the call to its page and the same
    place in it: there they state a purpose of their own.
    """
    if request.method == "HEAD":  # asked while sound plays: only whether the right stands
        listening.check(key, uuid, by=current_user)
        return ""
    try:
        found = listening.get(key, uuid, by=current_user)
    except NotFound:
        recording = actions.reach(uuid, by=current_user)
        flash(gettext("Den lyssningen är över, eller någon annans. Ange ändamålet för att lyssna på samtalet."), "info")
        return redirect(url_for("recordings.show", uuid=uuid, at=_start(recording)), 303)
    bring_near(found.recording)
    return player_page(found)


def player_page(found: Listen, *, note_form: Any = None) -> str:
    """The same, also after a note that was not in order."""
    call = found.recording
    return render_template(
        "recordings/listen.html",
        listen=found,
        recording=call,
        purposes=PURPOSES,
        start=_start(call),
        series=beside(found),
        note_form=note_form,
    )


@bp.get("/<uuid:uuid>/listens/<uuid:key>/peaks")
@requires(Permission.RECORDINGS_LISTEN, prolongs=False)
def peaks(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The waveform."""
    return playback.peaks(Right(key, uuid, current_user._get_current_object()))


@bp.get("/<uuid:uuid>/listens/<uuid:key>/audio")
@requires(Permission.RECORDINGS_LISTEN, prolongs=False)
def audio(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The sound, whole or a range of it."""
    return playback.audio(Right(key, uuid, current_user._get_current_object()))
