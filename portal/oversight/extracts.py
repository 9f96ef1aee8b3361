"""Extracts of the log: for one who called, without a name of any employee; and of one employee, on a stated ground.

The caller's number comes with the order and is not kept: what is kept is which calls they are, and the number's last
figures for the letter. The log has it as a pseudonym.
"""

import datetime as dt
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import GroundNeeded, Question
from portal.cases import personal_codes
from portal.db import db
from portal.documents import actions as documents
from portal.documents.models import Document
from portal.errors import Invalid
from portal.language import N_
from portal.oversight.grounds import Ground
from portal.recordings import listening, search
from portal.recordings.models import Recording, State
from portal.vault import box

ENDING = 4
"""So many of a number's last figures stand in the letter."""


class WholeNumber(Invalid):
    text = N_("Skriv hela numret, till exempel 040 123 4567.")


class PeriodBackwards(Invalid):
    text = N_("Den sista dagen är före den första. Rätta en av dem.")


@db.atomic()
def for_caller(number: str, *, language: str, case: str = "", by: Account) -> Document:
    """A draft of the letter about the calls from or to `number` that the register still has: when each was listened
    to and what for. Raises WholeNumber, or NotANumber and TooFewDigits of the search, and CaseNumberNeeded or
    PersonalCode where `case` is no case number: it stands in the log."""
    if case:
        listening.case_number(case)
        personal_codes.refuse(case)
    whole = search.number(number).whole
    if whole is None:
        raise WholeNumber
    calls = Recording.select(Recording.uuid).where(Recording.number == whole, Recording.state != State.PURGED)
    found = [key.hex for (key,) in calls.order_by(Recording.id).tuples()]
    content: dict[str, Any] = {"calls": found, "ending": whole[-ENDING:], "until": _until(), "case": case}
    content |= {"day": clock.today().isoformat(), "recipient": [], "remark": ""}
    made = documents.draft_caller_extract(content, language=language, by=by)
    record(
        Act.CALLER_EXTRACT_ORDERED,
        made,
        by=by,
        reference=case,
        number=box.pseudonym("number", whole),
        calls=len(found),
    )
    return made


@db.atomic()
def of_employee(
    person: Account, *, first: dt.date, last: dt.date, ground: str, words: str, language: str, by: Account
) -> Document:
    """A draft of everything `person` did in the days from `first` to `last`. `ground` is a code of `Ground`, `words`
    say why: the paper has both. Raises GroundNeeded, PeriodBackwards, PersonalCode."""
    if ground not in list(Ground) or not words:
        raise GroundNeeded
    if last < first:
        raise PeriodBackwards
    personal_codes.refuse(words)
    asked = Question(person=person.uuid, first=first, last=last)
    made = documents.draft_extract(asked, language=language, by=by, ground=ground, ground_words=words)
    record(
        Act.EMPLOYEE_EXTRACT_ORDERED,
        person,
        by=by,
        extract_ground=ground,
        first_on=first.isoformat(),
        last_on=last.isoformat(),
    )
    return made


def _until() -> int:
    return Entry.select(peewee.fn.MAX(Entry.id)).scalar() or 0
