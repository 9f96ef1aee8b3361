"""The page of the calls that one has heard."""

from flask import render_template
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.recordings import heard as heard_calls
from portal.recordings.views import bp
from portal.security import requires


@bp.get("/heard")
@requires(Permission.RECORDINGS_LISTEN)
def heard() -> str:
    """The calls that the person has heard, the last one first."""
    found = heard_calls.lately(by=current_user, most=heard_calls.MOST)
    return render_template("recordings/heard.html", found=found, most=heard_calls.MOST)
