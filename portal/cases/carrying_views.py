"""The page of what was decided: what is done in the register, what waits, and for what."""

import uuid as uuids
from typing import Any

from flask import render_template
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, carried, carrying_words
from portal.cases.blueprint import bp
from portal.cases.carried import Stands
from portal.security import requires


@bp.get("/<uuid:uuid>/carrying")
@requires(Permission.CASES_READ)
def carrying(uuid: uuids.UUID) -> str:
    """How each claim that is decided stands."""
    case = actions.get(uuid, by=current_user)
    actions.view(case, by=current_user)
    lines = carried.lines(case)
    return render_template(
        "cases/carrying.html",
        case=case,
        tab="cases.carrying",
        lines=lines,
        worst=_worst(lines),
        say=carrying_words,
    )


ORDER = (Stands.FAULT, Stands.WAITS, Stands.DOING, Stands.PLANNED, Stands.HINDERED)


def _worst(lines: list[Any]) -> str:
    """What the head of the page speaks of; '' when everything is done."""
    found = {line.stands for line in lines}
    return next((str(stands) for stands in ORDER if stands in found), "")
