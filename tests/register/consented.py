"""What the tests of consents start from."""

import datetime as dt
from typing import Any

from portal import clock
from portal.register import consents, texts
from portal.register.models import Consent, ConsentText
from tests.calls import recording
from tests.retention import made

NOW = made.CALLED + dt.timedelta(days=20)
"""The day on which things are noted; made.DUE is the calls' date."""
PAST = made.DUE + dt.timedelta(days=1)
NUMBER = "+358401234567"
NAME, SHOWS = "Zqanna Samtyckesdotter", "zqbrevet av den tredje"
SV = "Jag samtycker till att inspelningen används när kundrådgivare utbildas. Jag kan när som helst återkalla det."
FI = "Suostun siihen, että tallennetta käytetään asiakasneuvojien koulutuksessa. Voin peruuttaa sen milloin vain."


def call(people, *, days: int = 0, **more: Any):
    more.setdefault("number", NUMBER)
    queue = more.pop("queue", people.daycare)
    return recording(queue, started_at=made.CALLED + dt.timedelta(days=days), adviser=people.adviser, **more)


def wording(people, purpose: str = "training") -> ConsentText:
    """The newest wording, made when there is none."""
    found = texts.newest(purpose)
    if found is not None:
        return found
    day = made.CALLED.date() - dt.timedelta(days=30)
    return texts.make(purpose, text_sv=SV, text_fi=FI, valid_from=day, seen=0, by=people.decider)


def given(people, *, purpose: str = "training", **more: Any) -> consents.Given:
    facts = {
        "text": wording(people, purpose),
        "name": NAME,
        "number": NUMBER,
        "language": "sv",
        "given_on": clock.today(),
        "given_how": "letter",
        "how_words": f"{SHOWS} {Consent.select().count()}",
    }
    return consents.Given(**{**facts, **more})


def give(people, *calls, by=None, **more: Any) -> Consent:
    """A consent about `calls`, noted by the manager."""
    return consents.give(given(people, **more), calls, by=by or people.manager)
