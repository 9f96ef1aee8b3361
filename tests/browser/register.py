"""What the browser tests look at: every kind of call and state, each in the length that breaks pages."""

import datetime as dt

from portal import clock
from portal.recordings.models import Direction, Told
from tests import calls
from tests.people import People

LONG_WORD = "Småbarnspedagogikplatsansökningsbilagekompletteringsbegäran" * 3
LONG_SUBJECT = ("Ansökan om plats i småbarnspedagogik, komplettering av bilagor och byte av daghem " * 3)[:200]
MANY = 260


class Register:
    """The people, and the calls by what is special about them. Filled once, read by all."""

    def __init__(self) -> None:
        self.people = People()
        people, now = self.people, clock.now()
        daycare, technical = people.daycare, people.technical
        sound = calls.wav(calls.tone(2.0))
        for i in range(MANY):
            calls.recording(
                (daycare, technical)[i % 2],
                started_at=now - dt.timedelta(days=2 + i // 6, minutes=7 * i),
                seconds=2.0,
                number=f"+35840{5550000 + i}",
                adviser=(people.adviser, None)[i % 3 == 2],
                subject=("", "Bygglov", "Skolskjuts", "Parkeringstillstånd", "Avgift")[i % 5],
                direction=(Direction.IN, Direction.OUT)[i % 7 == 0],
                told=(Told.YES, Told.NO)[i % 11 == 0],
                sound=sound + i.to_bytes(4),
            )
        self.yesterday = calls.recording(
            daycare,
            started_at=now - dt.timedelta(days=1),
            seconds=60.0,
            number="+358441239876",
            adviser=people.adviser,
            subject="Dagvårdsplats för hösten",
        )
        self.long = calls.recording(
            daycare,
            started_at=now - dt.timedelta(hours=5),
            seconds=4000.0,
            sound=sound + b"long",
            number="+4915112345678901",
            adviser=people.adviser,
            subject=LONG_SUBJECT,
            conversation="2001-17",
        )
        self.word = calls.recording(
            daycare,
            started_at=now - dt.timedelta(hours=4),
            sound=sound + b"word",
            number=None,
            subject=LONG_WORD[:170],
            conversation="2001-17",
        )
        self.pending = calls.recording(
            daycare, started_at=now - dt.timedelta(minutes=9), ready=False, told=Told.UNKNOWN, sound=sound + b"wait"
        )
        three_months_ago = clock.now() - dt.timedelta(days=93)
        self.expired = calls.recording(
            daycare, started_at=three_months_ago, number="+358447770001", subject="Utgången", sound=sound + b"old"
        )
        self.addresses = [f"/recordings/{call.uuid}" for call in (self.yesterday, self.long, self.word, self.pending)]
        """Pages no list leads to for certain."""
