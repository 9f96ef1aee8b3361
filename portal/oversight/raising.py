"""An officer takes up one listen in the log that no pattern found, to ask about it: then it is an observation."""

import json

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.errors import Denied, NotFound
from portal.oversight.models import Observation, ObservationStep, Pattern, Step


@db.atomic()
def take_up(number: int, *, by: Account) -> Observation:
    """The observation of the listen that is entry `number` of the log; taken up twice it is the same one. NotFound when
    the entry is no listen, Denied for one's own."""
    heard = Entry.get_or_none(Entry.id == number, Entry.act == Act.PLAYED)
    person = Account.get_or_none(Account.uuid == heard.by) if heard is not None else None
    if heard is None or person is None:
        raise NotFound
    if person.id == by.id or not by.may(Permission.OVERSIGHT_ASK):
        raise Denied
    key = f"{Pattern.ONE}:{person.uuid.hex}:{heard.id}"
    known: Observation | None = Observation.get_or_none(Observation.key == key)
    if known is not None:
        return known
    made: Observation = Observation.create(
        pattern=Pattern.ONE,
        person=person,
        key=key,
        first_at=heard.at,
        last_at=heard.at,
        listens=1,
        entries=json.dumps([heard.id]),
    )
    record(Act.OBSERVATION_RAISED, made, by=by, pattern=Pattern.ONE, observed_person=person.uuid.hex, listens=1)
    ObservationStep.create(observation=made, what=Step.RAISED, by=by)
    return made
