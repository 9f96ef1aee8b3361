"""Observations for the browser to look at: each pattern, each state, with the longest that may be typed."""

import datetime as dt
import json

from portal import clock
from portal.accounts.models import Account, Unit, UnitHead
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.oversight import observations
from portal.oversight.models import Observation, ObservationStep, Outcome, Pattern, Step
from portal.recordings.models import Recording
from tests.people import People

FACTS = {
    Pattern.MANY: {"all": 44, "bare": 41, "usual": 6, "known": True, "others": 5},
    Pattern.SAME_NUMBER: {"listens": 7, "days": 3, "queues": 2},
    Pattern.OWN_NUMBER: {"listens": 2, "case": 1, "took": 0},
    Pattern.COLLEAGUE: {"listens": 2, "noted": 1, "met": 1},
    Pattern.HOURS: {"listens": 4, "night": 2, "weekend": 1, "evening": 1, "opens": 7, "closes": 18, "earlier": 0},
    Pattern.QUEUE: {"listens": 4, "queue": 1, "earlier": 0, "of": 60},
    Pattern.ONE: {},
}


def made(pattern: Pattern, person: Account, call: Recording, *, key: str = "", many: int = 2) -> Observation:
    """As if found last night; its listens are in the log."""
    with db.atomic():
        entries = [record(Act.PLAYED, call, by=person, purpose="quality").id for _ in range(many)]
        at = clock.now() - dt.timedelta(days=1)
        row: Observation = Observation.create(
            pattern=pattern,
            person=person,
            key=f"{pattern}:{person.uuid.hex}:{key}:",
            first_at=at - dt.timedelta(hours=2),
            last_at=at,
            listens=many,
            facts=json.dumps(FACTS[pattern]),
            entries=json.dumps(entries),
        )
        ObservationStep.create(observation=row, what=Step.FOUND)
    return row


def fill(people: People, call: Recording, *, words: str) -> list[str]:
    """The addresses of their pages."""
    unit = Unit.create(code="ZQ-OBS", name_sv="Enheten för iakttagelser", name_fi="Havaintoyksikkö")
    Account.update(unit=unit).where(Account.id == people.adviser.id).execute()
    UnitHead.create(unit=unit, account=people.manager)
    person, today = people.adviser, clock.today()
    rows = {pattern: made(pattern, person, call) for pattern in Pattern}
    big = made(Pattern.MANY, person, call, key="big", many=observations.SHOWN + 5)

    def ask(row: Observation, of: Account) -> Observation:
        return observations.ask(row, of=of.uuid, question=words[:400], answer_by=today, by=people.dpo)

    ask(rows[Pattern.SAME_NUMBER], person)
    ask(rows[Pattern.COLLEAGUE], people.manager)
    observations.answer(ask(rows[Pattern.HOURS], person), words=words[:1200], by=person)
    replied = observations.answer(ask(rows[Pattern.QUEUE], person), words=words[:300], by=person)
    observations.close(replied, outcome=Outcome.INCIDENT, words=words[:400], by=people.dpo)
    officers = made(Pattern.OWN_NUMBER, people.dpo, call)
    pages = [f"/oversight/observations/{row.uuid}" for row in (*rows.values(), big, officers)]
    return [
        *pages,
        "/oversight/observations?state=all",
        "/oversight/observations?pattern=hours",
        "/oversight/questions",
    ]
