"""Consents for the browser to look at: one in each state, with the longest that may be typed."""

import datetime as dt

from portal import clock
from portal.recordings.models import Recording
from portal.register import consents, texts
from portal.register.models import Consent, ConsentPurpose
from tests import calls
from tests.people import People

NUMBER = "+358457654321"


def fill(people: People, *, word: str, words: str, name: str) -> list[str]:
    """The addresses of their pages."""
    day = clock.today() - dt.timedelta(days=40)
    text = {
        code: texts.make(code, text_sv=words, text_fi=words, valid_from=day, seen=0, by=people.decider)
        for code in ConsentPurpose
    }
    rows = [
        calls.recording(
            people.daycare,
            started_at=clock.now() - dt.timedelta(days=35, minutes=n),
            number=NUMBER,
            adviser=people.adviser,
            sound=calls.wav(calls.tone(2.0)) + b"consent %d" % n,
        )
        for n in range(4)
    ]

    def give(*recordings: Recording, purpose: str = "training", ends_on: dt.date | None = None) -> Consent:
        facts = {"name": name, "number": NUMBER, "language": "fi", "given_on": day, "given_how": "secure_mail"}
        given = consents.Given(text=text[purpose], how_words=word, ends_on=ends_on, **facts)
        return consents.give(given, recordings, by=people.manager)

    withdrawn = consents.withdraw(give(rows[3]), by=people.manager)
    emptied = consents.withdraw(give(rows[3]), by=people.manager)
    Consent.update(name="", number="", how_words="").where(Consent.id == emptied.id).execute()
    stands = give(*rows[:3])
    until = give(rows[3], purpose="disclosure", ends_on=clock.today() + dt.timedelta(days=60))
    Recording.update(expires_at=clock.now() - dt.timedelta(hours=1)).where(Recording.id == rows[0].id).execute()
    return [
        *(f"/register/consents/{row.uuid}" for row in (stands, until, withdrawn, emptied)),
        *(f"/register/consents/new{query}" for query in ("", f"?call={rows[1].uuid}")),
        "/register/consents/?standing=ended",
        "/register/consents/texts/disclosure",
        f"/recordings/{rows[1].uuid}",
    ]
