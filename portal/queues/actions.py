"""What can be done with service numbers."""

import re

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.queues.models import Queue

NUMBER = re.compile(r"\+?[0-9*#]{1,20}")


class BadNumber(Invalid):
    text = N_("Skriv servicenumret med bara siffror, som telefonsystemet skriver det.")


class NumberTaken(Invalid):
    text = N_("Servicenumret finns redan. Öppna det i listan.")


class NoName(Invalid):
    text = N_("Ange namnet på båda språken.")


@db.atomic()
def create(number: str, *, name_sv: str, name_fi: str, tells_callers: bool, by: Account | None) -> Queue:
    """A new service number whose calls the portal takes. Raises BadNumber, NumberTaken, NoName."""
    facts = _facts(number, name_sv, name_fi)
    _refuse_taken(facts["number"], None)
    queue: Queue = Queue.create(**facts, tells_callers=tells_callers)
    record(Act.QUEUE_CREATED, queue, by=by, queue_id=queue.id, number=queue.number, tells_callers=tells_callers)
    return queue


@db.atomic()
def change(
    queue: Queue,
    *,
    seen: int | None,
    number: str,
    name_sv: str,
    name_fi: str,
    tells_callers: bool,
    active: bool,
    by: Account,
) -> None:
    """Change a service number; calls already registered keep what they were told by.

    `seen` is the version the form was made from: Conflict when it changed since. Raises BadNumber,
    NumberTaken, NoName.
    """
    facts: dict[str, object] = {
        **_facts(number, name_sv, name_fi),
        "tells_callers": tells_callers,
        "active": active,
    }
    before = Queue.get_by_id(queue.id)
    _refuse_taken(str(facts["number"]), queue)
    changed = (
        Queue.update(**facts, version=Queue.version + 1).where(Queue.id == queue.id, Queue.version == seen).execute()
    )
    if not changed:
        raise Conflict
    # what a service number is called and announces is no personal data: the log keeps old and new
    differing = {
        name: [getattr(before, name), value] for name, value in facts.items() if getattr(before, name) != value
    }
    record(Act.QUEUE_CHANGED, queue, by=by, queue_id=queue.id, changed=differing)


def _facts(number: str, name_sv: str, name_fi: str) -> dict[str, str]:
    number, name_sv, name_fi = re.sub(r"[\s-]", "", number), name_sv.strip(), name_fi.strip()
    if not NUMBER.fullmatch(number):
        raise BadNumber
    if not name_sv or not name_fi:
        raise NoName
    return {"number": number, "name_sv": name_sv, "name_fi": name_fi}


def _refuse_taken(number: str, queue: Queue | None) -> None:
    taken = Queue.select().where(Queue.number == number)
    if queue is not None:
        taken = taken.where(Queue.id != queue.id)
    if taken.exists():
        raise NumberTaken
