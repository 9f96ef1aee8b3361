"""Hearing a call for a case: one button opens the listen, and the page of the call has the player."""

import uuid as uuids
from typing import NamedTuple

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import playback
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases import actions, hearing
from portal.cases.blueprint import bp
from portal.recordings.listening import Open
from portal.security import requires


class Right(NamedTuple):
    """A listen that the case gives the right to."""

    key: uuids.UUID
    case: uuids.UUID
    call: uuids.UUID
    listener: Account

    def check(self) -> Open:
        return hearing.check(self.key, self.case, self.call, by=self.listener)

    def start(self, found: Open) -> None:
        hearing.start(found, by=self.listener)

    def still(self) -> bool:
        return hearing.still(self.key, self.case, self.call, by=self.listener)


@bp.post("/<uuid:uuid>/calls/<uuid:call>/listens")
@requires(Permission.CASES_HEAR)
def call_listens(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """Begin to listen: purpose and number are those of the case."""
    found = actions.get_call(actions.get(uuid, by=current_user), call, by=current_user)
    hearing.open_listen(found, by=current_user)
    return redirect(url_for("cases.call", uuid=uuid, call=call), 303)


@bp.get("/<uuid:uuid>/calls/<uuid:call>/listens/<uuid:key>")
@requires(Permission.CASES_HEAR)
def call_listen(uuid: uuids.UUID, call: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """Does the right still stand? The player asks now and then while sound plays: to play is to be active."""
    hearing.check(key, uuid, call, by=current_user)
    return "", 204


@bp.get("/<uuid:uuid>/calls/<uuid:call>/listens/<uuid:key>/peaks")
@requires(Permission.CASES_HEAR, prolongs=False)
def call_peaks(uuid: uuids.UUID, call: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The waveform."""
    return playback.peaks(Right(key, uuid, call, current_user._get_current_object()))


@bp.get("/<uuid:uuid>/calls/<uuid:call>/listens/<uuid:key>/audio")
@requires(Permission.CASES_HEAR, prolongs=False)
def call_audio(uuid: uuids.UUID, call: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The sound, whole or a range of it."""
    return playback.audio(Right(key, uuid, call, current_user._get_current_object()))
