"""The pages where calls are heard for training, by consent."""

import uuid as uuids
from typing import NamedTuple

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import playback
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.recordings.listening import Open
from portal.register import training as trained
from portal.register.blueprint import bp
from portal.security import requires


class Right(NamedTuple):
    """A listen that a consent gives the right to."""

    key: uuids.UUID
    recording: uuids.UUID
    listener: Account

    def check(self) -> Open:
        return trained.check(self.key, self.recording, by=self.listener)

    def start(self, found: Open) -> None:
        trained.start(found, by=self.listener)

    def still(self) -> bool:
        return trained.still(self.key, self.recording, by=self.listener)


@bp.get("/training/")
@requires(Permission.REGISTER_TRAINING)
def training() -> ResponseReturnValue:
    """The calls of the own queues that may be used for training now."""
    return render_template("register/training.html", rows=trained.calls(current_user))


@bp.post("/training/<uuid:uuid>/listens")
@requires(Permission.REGISTER_TRAINING)
def training_listens(uuid: uuids.UUID) -> ResponseReturnValue:
    """Begin to listen; go to the player."""
    listen = trained.open_listen(uuid, by=current_user)
    return redirect(url_for("register.training_listen", uuid=uuid, key=listen.uuid), 303)


@bp.get("/training/<uuid:uuid>/listens/<uuid:key>")
@requires(Permission.REGISTER_TRAINING)
def training_listen(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The player. It asks for this page's head while sound plays: to play is to be active."""
    found = trained.get(key, uuid, by=current_user)
    return render_template("register/training_listen.html", listen=found, recording=found.recording)


@bp.get("/training/<uuid:uuid>/listens/<uuid:key>/peaks")
@requires(Permission.REGISTER_TRAINING, prolongs=False)
def training_peaks(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The waveform."""
    return playback.peaks(Right(key, uuid, current_user._get_current_object()))


@bp.get("/training/<uuid:uuid>/listens/<uuid:key>/audio")
@requires(Permission.REGISTER_TRAINING, prolongs=False)
def training_audio(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The sound, whole or a range of it."""
    return playback.audio(Right(key, uuid, current_user._get_current_object()))
