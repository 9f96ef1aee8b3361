"""The record of an incident goes some years after it was closed (setting `incident_years`), with its timeline."""

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.incidents.models import Incident, State
from portal.retention import watch


def purge_due() -> int:
    """Delete what is due; how many. Nothing while the clock is doubted. One transaction each."""
    if watch.doubts_clock():
        return 0  # a day that a wrong clock shows has not come
    due = Incident.select(Incident.id).where(Incident.state == State.CLOSED, Incident.purge_on <= clock.today())
    return sum(_delete(key) for (key,) in list(due.tuples()))


@db.atomic()
def _delete(key: int) -> bool:
    chosen = (Incident.id == key, Incident.state == State.CLOSED, Incident.purge_on <= clock.today())
    found: Incident | None = Incident.select().where(*chosen).first()
    if found is None:
        return False  # opened again meanwhile
    Incident.delete().where(*chosen).execute()
    record(Act.INCIDENT_DELETED, found, reference=found.number)
    return True
