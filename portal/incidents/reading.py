"""What is read of incidents, and by whom how much."""

import peewee

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.incidents.models import OPEN, Incident, IncidentStep, What


def steps(incident: Incident, *, by: Account) -> list[IncidentStep]:
    """The timeline, newest first, each with who did it. Who only told of it sees the own lines: what was found out, and
    of whom, is for those who lead and decide."""
    rows = IncidentStep.select(IncidentStep, Account).join(Account, peewee.JOIN.LEFT_OUTER)
    mine = rows.where(IncidentStep.incident == incident.id).order_by(IncidentStep.id.desc())
    return list(mine if by.may(Permission.INCIDENTS_READ) else mine.where(IncidentStep.by == by.id))


def is_as_told(incident: Incident) -> bool:
    """Does it still say what it was opened with? Then whoever opened it may read it."""
    changed = (IncidentStep.incident == incident.id, IncidentStep.what == What.CHANGED)
    return not IncidentStep.select().where(*changed).exists()


def listed(by: Account, *, all_: bool = False) -> list[Incident]:
    """Those that are open, or every one, the most pressing first."""
    chosen = Incident.visible_to(by)
    if not all_:
        chosen = chosen.where(Incident.state.in_(OPEN))
    return sorted(chosen, key=lambda row: (not row.runs, row.due_at if row.runs else row.opened_at))


def pressing(by: Account) -> list[Incident]:
    """Those whose clock runs, for who leads and who decides: for the top of every page."""
    if not by.may(Permission.INCIDENTS_READ):
        return []
    rows = Incident.select().where(Incident.state.in_(OPEN), Incident.notified_at.is_null())
    return sorted((row for row in rows if row.runs), key=lambda row: row.due_at)
