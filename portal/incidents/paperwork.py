"""Papers of an incident: what was sent to the ombudsman, screenshots, letters to the people."""

import uuid

import peewee

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.errors import Conflict, NotFound
from portal.incidents import actions, refusals
from portal.incidents.models import OPEN, Incident, IncidentPaper, What
from portal.language import N_
from portal.retention import papers


class Busy(Conflict):
    text = N_("Handlingen är inte färdigt sparad, eller tas bort. Ladda om sidan om en stund.")


def add(incident: Incident, name: str, content: bytes, *, by: Account) -> IncidentPaper:
    """Keep a paper, sealed; durable on return. Whoever sees the incident may add one while it is open.

    NotFound, NotNow, PersonalCode (in the name), WrongKind, TooLarge, NotStored, Busy.
    """
    papers.checked(content)
    row = _begin(incident, papers.named(name), content, by)
    papers.seal(row, content)
    return _kept(row, by)


@db.atomic()
def _begin(incident: Incident, name: str, content: bytes, by: Account) -> IncidentPaper:
    found = actions.get(incident.uuid, by=by)
    if found.state not in OPEN:
        raise refusals.NotNow
    personal_codes.refuse(name)
    row: IncidentPaper = IncidentPaper.create(incident=found, name=name, added_by=by, **papers.facts(content))
    return row


@db.atomic()
def _kept(row: IncidentPaper, by: Account) -> IncidentPaper:
    if not papers.keep(row):
        raise Busy  # the sweep took it for left behind, and clears it
    incident: Incident = row.incident
    detail = {"paper": row.uuid.hex, "media_type": row.media_type, "size": row.size}
    record(Act.INCIDENT_PAPER_ADDED, incident, by=by, reference=incident.number, **detail)
    actions.tell(incident, What.PAPER, by=by, words=row.name)
    fresh: IncidentPaper = IncidentPaper.get_by_id(row.id)
    return fresh


def of(incident: Incident, *, by: Account) -> list[IncidentPaper]:
    """Those that are kept and that `by` may read, the oldest first."""
    return list(_readable(incident, by).order_by(IncidentPaper.id))


def _readable(incident: Incident, by: Account) -> peewee.ModelSelect:
    """Who only told of the incident reads the papers that they added."""
    kept = IncidentPaper.select().where(IncidentPaper.incident == incident.id, IncidentPaper.standing == papers.KEPT)
    return kept if by.may(Permission.INCIDENTS_READ) else kept.where(IncidentPaper.added_by == by.id)


def get(incident: Incident, key: uuid.UUID, *, by: Account) -> IncidentPaper:
    """A kept paper of an incident that the reader may see. NotFound when it is none, or not theirs to read."""
    found: IncidentPaper | None = _readable(incident, by).where(IncidentPaper.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def read(incident: Incident, paper: IncidentPaper, *, by: Account) -> bytes:
    """The paper in the clear; each time is a row in the log. NotFound; SealBroken when it was altered."""
    content = papers.content(paper)
    with db.atomic():
        found = get(actions.get(incident.uuid, by=by), paper.uuid, by=by)
        detail = {"paper": found.uuid.hex, "media_type": found.media_type, "size": found.size}
        record(Act.INCIDENT_PAPER_READ, incident, by=by, reference=incident.number, **detail)
    return content
