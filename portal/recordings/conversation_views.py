"""The pages of calls that belong together: the parts of one, and those with one number."""

import uuid as uuids

from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.recordings import actions, conversations, series_views
from portal.recordings.views import bp
from portal.security import requires


@bp.route("/<uuid:uuid>/series", methods=["GET", "POST"])
@requires(Permission.RECORDINGS_LISTEN)
def conversation_series(uuid: uuids.UUID) -> ResponseReturnValue:
    """State the purpose for the parts of the call's conversation, from the first to the last."""
    recording = actions.reach(uuid, by=current_user)
    parts, _, _ = conversations.parts(recording, by=current_user)
    return series_views.stated([part.uuid for part in parts], of=recording)
