"""The page of a case's log."""

import uuid as uuids

from flask import render_template, request
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, trail
from portal.cases.blueprint import bp
from portal.documents.facts_log import Reading
from portal.security import requires
from portal.web import language


@bp.get("/<uuid:uuid>/log")
@requires(Permission.CASES_READ)
def log(uuid: uuids.UUID) -> str:
    """Who did what in the case, newest first."""
    case = actions.get(uuid, by=current_user)
    typed = request.args.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else None
    found = trail.page(case, before=before, by=current_user)
    reading = Reading(language(), found.entries)
    return render_template(
        "cases/log.html",
        case=case,
        rows=[(entry, reading.line(entry)) for entry in found.entries],
        older=found.older,
        paged=before is not None,
    )
