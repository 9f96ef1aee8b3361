"""The record of an incident goes some years after it was closed (setting `incident_years`), with its timeline and
papers: first the papers are on their way, then key and bytes are destroyed, then the rows are deleted."""

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.incidents.models import Incident, IncidentPaper, State
from portal.retention import papers, watch


def purge_due() -> int:
    """Delete what is due, and clear papers that a crash left; how many incidents. Nothing new while the clock is
    doubted. One transaction each; what the disk refuses is tried again."""
    deleted = 0
    if not watch.doubts_clock():  # a day that a wrong clock shows has not come
        due = Incident.select().where(Incident.state == State.CLOSED, Incident.purge_on <= clock.today())
        for incident in list(due):
            _let_go(incident)
            papers.sweep(IncidentPaper)
            deleted += _delete(incident)
    papers.sweep(IncidentPaper)
    return deleted


@db.atomic()
def _let_go(incident: Incident) -> None:
    IncidentPaper.update(standing=papers.GOING, name="").where(
        IncidentPaper.incident == incident.id, IncidentPaper.incident.in_(_due(incident))
    ).execute()


def _due(incident: Incident) -> object:
    """The incident, if it is still closed and its day has come: it may have been opened again meanwhile."""
    chosen = (Incident.id == incident.id, Incident.state == State.CLOSED, Incident.purge_on <= clock.today())
    return Incident.select(Incident.id).where(*chosen)


@db.atomic()
def _delete(incident: Incident) -> bool:
    """False while a paper's bytes could not be destroyed, or it is no longer due."""
    left = IncidentPaper.select().where(IncidentPaper.incident == incident.id).exists()
    if left or not Incident.delete().where(Incident.id.in_(_due(incident))).execute():
        return False
    record(Act.INCIDENT_DELETED, incident, reference=incident.number)
    return True
