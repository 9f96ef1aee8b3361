"""Which calls there were: when, to whom, about what, in which format. Planned, not yet spoken."""

import dataclasses
import datetime as dt
import enum
import math
import random

from portal import clock
from portal.demo import dialogue
from portal.demo.people import ADVISERS, Person
from portal.demo.speech import Voice
from portal.recordings.models import Direction

DAYS = 100
LONG = 1800.0
"""Seconds of the longest call."""


class Format(enum.StrEnum):
    ALAW = "alaw"
    GSM = "gsm"
    MP3 = "mp3"
    OPUS = "opus"
    VCON = "vcon"
    """The sound inside the JSON."""
    VCON_BESIDE = "vcon_beside"
    """The sound in a file beside it, named with its hash."""


FORMATS = {
    Format.ALAW: 66,
    Format.GSM: 16,
    Format.MP3: 5,  # the slowest to make
    Format.OPUS: 8,
    Format.VCON: 3,
    Format.VCON_BESIDE: 2,
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Planned:
    seed: int
    started_at: dt.datetime
    seconds: float
    topic: str
    language: str
    queue: str
    adviser: Person
    number: str | None
    """As the exchange shows it; None when withheld."""
    format: Format
    direction: Direction = Direction.IN
    told: bool | None = None
    """What the exchange says of the announcement; None: nothing, the queue's setting holds."""
    subject: str = ""
    note: str = ""
    linked_to: "Planned | None" = None
    """The first part of the same conversation."""

    @property
    def ended_at(self) -> dt.datetime:
        return self.started_at + dt.timedelta(seconds=self.seconds)

    @property
    def unique_id(self) -> str:
        return f"{int(self.started_at.timestamp())}.{20000 + self.seed}"

    @property
    def linked_id(self) -> str:
        return self.linked_to.unique_id if self.linked_to else self.unique_id

    @property
    def voices(self) -> tuple[Voice, Voice]:
        chance = random.Random(self.number or self.seed)  # noqa: S311 one caller, one voice
        variant = chance.choice(("m1", "m2", "m3", "m4", "m6", "m7", "f1", "f2", "f3", "f4", "f5"))
        caller = Voice(self.language, variant, chance.choice((30, 40, 50, 60)), chance.choice((145, 160, 175)))
        return self.adviser.voice(self.language), caller


class Planner:
    """Plans `count` calls before `now`; the same from the same `seed`."""

    def __init__(self, count: int, now: dt.datetime, seed: int) -> None:
        self._count, self._now = count, now
        self._chance = random.Random(seed)  # noqa: S311 not a secret
        self._calls: list[Planned] = []
        self._callers = [self._number() for _ in range(max(8, count // 2))]

    def plan(self) -> list[Planned]:
        """The calls every demo has first, as many as there is room for; then by chance."""
        self._certain()
        self._calls = self._calls[: self._count]
        while len(self._calls) < self._count:
            self._by_chance()
        return self._calls

    def _certain(self) -> None:
        yesterday, working_day = self._day(1), self._last_working_day()
        self._add(yesterday(10.2), 171, "daycare_place", "sv", Format.ALAW, who="karin", noted=0)
        self._add(yesterday(13.6), 128, "daycare_place", "fi", Format.GSM, who="juha", noted=0)
        self._add(working_day(9.4), 95, "daycare_fee", "sv", Format.MP3, who="karin", noted=0)
        self._add(working_day(12.1), 142, "building_permit", "sv", Format.OPUS, who="bengt", noted=0, told=True)
        self._add(working_day(14.3), 87, "bus_card", "fi", Format.VCON, who="karin", noted=0)
        self._add(self._day(3)(11.5), 74, "school_transport", "sv", Format.VCON_BESIDE, who="karin", noted=0)
        first = self._add(working_day(10.9), 61, "library", "sv", Format.ALAW, who="karin")
        self._add(
            first.ended_at + dt.timedelta(seconds=4),
            166,
            "daycare_place",
            "sv",
            Format.ALAW,
            who="juha",
            number=first.number,
            linked_to=first,
        )
        hour = dt.timedelta(hours=1)
        ended = clock.add_months(self._now - hour, -clock.RETENTION_MONTHS)
        self._add(ended - dt.timedelta(seconds=110), 110, "daycare_place", "sv", Format.ALAW, who="karin")
        ended = clock.add_months(self._now + hour / 3, -clock.RETENTION_MONTHS)
        self._add(ended - dt.timedelta(seconds=95), 95, "water", "fi", Format.ALAW, who="sari")
        self._add(working_day(8.3), LONG, "home_care", "fi", Format.ALAW, who="anneli", noted=0)
        self._add(self._day(2)(9.1), 66, "snow", "fi", Format.ALAW, who="sari", direction=Direction.OUT)
        self._add(self._day(2)(15.2), 81, "angry", "sv", Format.ALAW, who="karin", noted=0, number=None, told=True)
        self._add(self._day(11)(10.4), 93, "angry", "fi", Format.ALAW, who="karin", noted=0, told=True)
        self._add(self._day(24)(14.1), 77, "angry", "sv", Format.GSM, who="karin", noted=1, told=True)
        self._add(self._day(4)(9.7), 133, "daycare_absence", "sv", Format.GSM, who="karin", told=False)

    def _by_chance(self) -> None:
        chance = self._chance
        language = chance.choice(("sv", "fi"))
        topics = dialogue.topics(language)
        topic = chance.choices(list(topics.values()), [t.weight for t in topics.values()])[0]
        adviser = chance.choice([p for p in ADVISERS if topic.queue in p.queues])
        # An outward call names no service number: it belongs to its adviser's only one
        out = len(adviser.queues) == 1 and chance.random() < 0.15
        told = chance.choices((None, True, False), (80, 14, 6))[0]
        self._add(
            self._moment(),
            min(480.0, max(20.0, chance.lognormvariate(math.log(95), 0.6))),
            topic.name,
            language,
            chance.choices(list(FORMATS), list(FORMATS.values()))[0],
            who=adviser.username,
            noted=chance.randrange(4) if chance.random() < 0.7 else None,
            number=None if chance.random() < 0.06 and not out else chance.choice(self._callers),
            direction=Direction.OUT if out else Direction.IN,
            told=None if out else told,
        )

    def _add(
        self,
        started_at: dt.datetime,
        seconds: float,
        topic: str,
        language: str,
        format: Format,
        *,
        who: str,
        noted: int | None = None,
        number: str | None = "",
        direction: Direction = Direction.IN,
        told: bool | None = None,
        linked_to: Planned | None = None,
    ) -> Planned:
        script = dialogue.topics(language)[topic]
        planned = Planned(
            seed=len(self._calls),
            started_at=started_at.replace(microsecond=0),
            seconds=round(seconds),
            topic=topic,
            language=language,
            queue=script.queue,
            adviser=next(p for p in ADVISERS if p.username == who),
            number=self._chance.choice(self._callers) if number == "" else number,
            format=format if direction == Direction.IN else Format.ALAW,
            direction=direction,
            told=told,
            subject="" if noted is None else script.subjects[noted % len(script.subjects)],
            note="" if noted is None else script.notes[noted % len(script.notes)],
            linked_to=linked_to,
        )
        self._calls.append(planned)
        return planned

    def _number(self) -> str:
        """From ranges that are no subscriber's: written the ways an exchange writes them."""
        end = self._chance.randrange(10_000)
        return self._chance.choices(
            (f"040000{end:04}", f"+35840000{end:04}", f"+46701740{605 + end % 95}", f"+447700900{end % 1000:03}"),
            (60, 30, 6, 4),
        )[0]

    def _day(self, back: int) -> "_Day":
        return _Day(clock.local(self._now).date() - dt.timedelta(days=back))

    def _last_working_day(self) -> "_Day":
        return next(day for day in map(self._day, range(1, 8)) if day.date.weekday() < 5)

    def _moment(self) -> dt.datetime:
        """In working hours of the last `DAYS` days, more often lately; now and then at a weekend."""
        while True:
            back = self._chance.choices(range(DAYS), [math.exp(-d / 30) + 0.3 for d in range(DAYS)])[0]
            day = self._day(back)
            if day.date.weekday() >= 5 and self._chance.random() > 0.05:
                continue
            moment = day(8 + 8 * self._chance.betavariate(1.6, 2.0))
            if moment < self._now - dt.timedelta(minutes=10):
                return moment


class _Day:
    def __init__(self, date: dt.date) -> None:
        self.date = date

    def __call__(self, hour: float) -> dt.datetime:
        """The instant of that hour of the day (10.5 is half past ten) by Helsinki's clocks."""
        wall = dt.datetime.combine(self.date, dt.time.min) + dt.timedelta(seconds=round(hour * 3600))
        return clock.from_local(wall)
