"""Some weeks of a city's calls and of who listens to them, by a seed: ordinary work with its shifts, covers, busy days
and repeat callers, and among it listens that somebody ought to ask about. It knows nothing of how they are found."""

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator

from portal import clock
from tests.oversight.cast import ELDERLY, FIRST, LATE, QUEUES, WEEKEND, Call, Listen, Person, Plant


class City:
    def __init__(self, seed: int, *, weeks: int = 10, ordinary: int = 10_000, planted: int = 50) -> None:
        self.rng = random.Random(seed)
        self.days = [FIRST + dt.timedelta(days=n) for n in range(7 * weeks)]
        self.staff = self._staff()
        self.advisers = [p for p in self.staff if p.role == "adviser"]
        self.managers = [p for p in self.staff if p.role == "manager"]
        self.clerks = [p for p in self.staff if p.role == "clerk"]
        self.covers = self._covers()
        self.busy = {day: self.rng.uniform(1.6, 2.4) for day in self.rng.sample([d for d in self.days if _works(d)], 3)}
        self.residents = [f"+35840{1_000_000 + n}" for n in range(5000)]
        self.often = self.rng.sample(self.residents, 40)
        self.weekend = {}
        for n, day in enumerate(d for d in self.days if d.weekday() == 5):
            turn = (self._of(ELDERLY)[n % len(self._of(ELDERLY))], self.managers[n % len(self.managers)])
            self.weekend[day] = self.weekend[day + dt.timedelta(days=1)] = turn
        self.calls = sorted(self._calls(), key=lambda c: c.at)
        self.by_queue: dict[int, list[Call]] = defaultdict(list)
        self.by_number: dict[str, list[Call]] = defaultdict(list)
        self.by_day: dict[dt.date, list[Call]] = defaultdict(list)
        for call in self.calls:
            self.by_queue[call.queue].append(call)
            self.by_number[call.number].append(call)
            self.by_day[call.at.date()].append(call)
        everything = [*self._work(), *self._reviews(), *self._threats(), *self._cases(), *self._training()]
        everything += [*self._on_call(), *self._covering(), *self._learning()]
        within = [one for one in everything if one.at.date() <= self.days[-1]]
        self.ordinary = self.rng.sample(within, ordinary)
        self.plants: list[Plant] = []
        for n in range(planted):
            self.plants.append(self._plant(n))
        self.listens = [*self.ordinary, *(one for plant in self.plants for one in plant.listens)]
        for one in self.listens:
            one.at = one.at.replace(microsecond=0)
        self.listens.sort(key=lambda one: one.at)

    # Who works there

    def _staff(self) -> list[Person]:
        staff = []
        for n in range(25):
            main = QUEUES[n % len(QUEUES)]
            second = [self.rng.choice([q for q in QUEUES if q != main])] if self.rng.random() < 0.5 else []
            staff.append(self._person("adviser", [main, *second], spare=self.rng.randint(1, 3)))
        new = staff[4]
        new.joins = FIRST + dt.timedelta(days=28)
        new.rights = dict.fromkeys(new.queues, new.joins)
        for n in range(5):
            staff.append(self._person("manager", [QUEUES[n], QUEUES[(n + 1) % 6]], spare=2))
        staff += [self._person("clerk", list(QUEUES), spare=0) for _ in range(5)]
        for person in staff:
            start = self.rng.choice(self.days)
            person.away = {start + dt.timedelta(days=n) for n in range(self.rng.choice([0, 2, 5, 12]))}
        return staff

    def _person(self, role: str, queues: list[int], spare: int) -> Person:
        """`spare`: queues that they may hear and do not work with."""
        others = [q for q in QUEUES if q not in queues]
        heard = [*queues, *self.rng.sample(others, min(spare, len(others)))]
        return Person(
            id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            role=role,
            queues=queues,
            rights={q: FIRST - dt.timedelta(days=self.rng.randint(60, 300)) for q in heard},
            number=f"+35850{self.rng.randint(1_000_000, 9_999_999)}",
            notes=self.rng.uniform(0.45, 0.9),
            pace=self.rng.uniform(0.6, 1.5),
        )

    def _of(self, queue: int) -> list[Person]:
        return [p for p in self.advisers if queue in p.queues]

    def _covers(self) -> list[tuple[Person, int, set[dt.date]]]:
        """Who stands in for somebody ill, in which queue, when: most get the right for it, some have it already."""
        covers = []
        for person in self.rng.sample([p for p in self.staff if p.role != "clerk"], 8):
            queue = self.rng.choice([q for q in QUEUES if q not in person.queues])
            start = self.rng.choice(self.days[14:-10])
            days = {start + dt.timedelta(days=n) for n in range(self.rng.randint(4, 12))}
            if queue not in person.rights:
                person.rights[queue] = start
            covers.append((person, queue, days))
        return covers

    def _there(self, person: Person, day: dt.date) -> bool:
        return _works(day) and day >= person.joins and day not in person.away

    # What they take

    def _calls(self) -> Iterator[Call]:
        for day in self.days:
            factor = self.busy.get(day, 1.0)
            for person in self.advisers:
                queues = [*person.queues, *(q for p, q, days in self.covers if p is person and day in days)]
                if self._there(person, day):
                    for _ in range(round(self.rng.gauss(15, 3) * factor)):
                        queue = self.rng.choice([queues[0], *queues])
                        last = 21.7 if queue == LATE and day.toordinal() % 3 == person.id.int % 3 else 16
                        yield self._call(day, self.rng.uniform(8, last), queue, person)
            if day in self.weekend:
                for _ in range(self.rng.randint(6, 14)):
                    yield self._call(day, self.rng.uniform(8, 20), WEEKEND, self.weekend[day][0])

    def _call(self, day: dt.date, hour: float, queue: int, adviser: Person) -> Call:
        chance = self.rng.random()
        if chance < 0.09:
            number = self.rng.choice(self.often)
        elif chance < 0.096:
            number = self.rng.choice(self.staff).number  # who works for the city lives in it too
        elif chance < 0.13:
            number = ""
        else:
            number = self.rng.choice(self.residents)
        return Call(uuid.UUID(int=self.rng.getrandbits(128), version=4), _at(day, hour), queue, number, adviser)

    def _before(self, queue: int, at: dt.datetime, days: float = 10) -> Call | None:
        """A call of the queue that ended before then, lately."""
        calls = self.by_queue[queue]
        for _ in range(20):
            call = self.rng.choice(calls)
            if dt.timedelta(minutes=15) < at - call.at < dt.timedelta(days=days):
                return call
        return None

    # Why they listen

    def _work(self) -> Iterator[Listen]:
        """Advisers hear calls again: their own to write them up, others' when the same person calls back."""
        for day in self.days:
            factor = self.busy.get(day, 1.0)
            for call in self.by_day[day]:
                person = call.adviser
                if self.rng.random() < 0.34 * person.pace / factor**0.5:
                    later = call.at + dt.timedelta(minutes=self.rng.uniform(6, 90))
                    yield Listen(person, later, call, worked=self.rng.random() < person.notes)
                earlier = [c for c in self.by_number[call.number] if c.at < call.at] if call.number else []
                if earlier and self.rng.random() < 0.35:
                    for again in earlier[-self.rng.choice([1, 1, 2]) :]:
                        if again.queue in person.rights:
                            later = call.at + dt.timedelta(minutes=self.rng.uniform(3, 40))
                            yield Listen(person, later, again, worked=self.rng.random() < person.notes)
            for person in self.advisers:
                if self._there(person, day) and self.rng.random() < 0.02:  # stays late to finish
                    for _ in range(self.rng.choice([1, 1, 1, 2])):
                        at = _at(day, self.rng.uniform(17.5, 19))
                        if call := self._before(person.queues[0], at, 2):
                            yield Listen(person, at, call, worked=self.rng.random() < person.notes)

    def _reviews(self) -> Iterator[Listen]:
        """Managers hear a sample of their queues' calls each week, and a larger one each month."""
        for person in self.managers:
            for day in self.days:
                if not self._there(person, day) or day.weekday() not in (1, 3):
                    continue
                many = self.rng.randint(16, 26) if day.day <= 7 and day.weekday() == 3 else self.rng.randint(5, 12)
                for n in range(many):
                    at = _at(day, 9 + n * 0.25 + self.rng.uniform(0, 0.2))
                    if call := self._before(self.rng.choice(person.queues), at):
                        yield Listen(person, at, call, worked=self.rng.random() < person.notes)

    def _threats(self) -> Iterator[Listen]:
        """A call in which somebody threatened is heard several times, by who took it and by the manager."""
        for call in self.rng.sample(self.calls, 15):
            if not _works(call.at.date()):
                continue
            manager = next((m for m in self.managers if call.queue in m.queues), None)
            for person in filter(None, (call.adviser, manager)):
                decided = self.rng.random() < 0.85
                for n in range(self.rng.randint(1, 4)):
                    at = call.at + dt.timedelta(minutes=20 + 25 * n + self.rng.uniform(0, 20))
                    if at.hour < 18:
                        yield Listen(person, at, call, worked=decided)

    def _cases(self) -> Iterator[Listen]:
        """Residents' requests: all calls of a number, heard one to three times; a few before they belong to it."""
        for _ in range(90):
            person, number = self.rng.choice(self.clerks), self.rng.choice([*self.residents[:500], *self.often])
            start = self.rng.choice(self.days[7:])
            calls = [c for c in self.by_number[number] if c.at.date() < start][-12:]
            typed = self.rng.random() < 0.06
            for call in calls:
                for _ in range(self.rng.choice([1, 1, 2, 3])):
                    day = start + dt.timedelta(days=self.rng.randint(0, 9))
                    if self._there(person, day) and day in self.days:
                        yield Listen(person, _at(day, self.rng.uniform(8, 17.5)), call, case=not typed, typed=typed)

    def _training(self) -> Iterator[Listen]:
        for _ in range(12):
            person, day = self.rng.choice(self.advisers), self.rng.choice(self.days[7:])
            if self._there(person, day):
                for n in range(self.rng.randint(6, 16)):
                    at = _at(day, 9 + n * 0.3)
                    if call := self._before(person.queues[0], at, 40):
                        yield Listen(person, at, call, training=True)

    def _on_call(self) -> Iterator[Listen]:
        """At the weekend a manager can be reached, and sometimes has to hear what has happened."""
        for day, (_, manager) in self.weekend.items():
            for _ in range(self.rng.choice([0, 0, 0, 1, 2, 3])):
                at = _at(day, self.rng.uniform(10, 19))
                if call := self._before(WEEKEND, at, 2):
                    yield Listen(manager, at, call, worked=self.rng.random() < 0.6)

    def _covering(self) -> Iterator[Listen]:
        """Who stands in hears what has been said there before."""
        for person, queue, days in self.covers:
            for day in sorted(days):
                if self._there(person, day):
                    for _ in range(self.rng.randint(0, 4)):
                        at = _at(day, self.rng.uniform(8.5, 16))
                        if call := self._before(queue, at, 5):
                            yield Listen(person, at, call, worked=self.rng.random() < person.notes)

    def _learning(self) -> Iterator[Listen]:
        """Somebody new hears how the others do it."""
        person = next(p for p in self.advisers if p.joins > FIRST)
        for n in range(10):
            day = person.joins + dt.timedelta(days=n)
            if self._there(person, day):
                for _ in range(self.rng.randint(4, 9)):
                    at = _at(day, self.rng.uniform(8.5, 16))
                    if call := self._before(person.queues[0], at, 20):
                        yield Listen(person, at, call, worked=self.rng.random() < 0.3)

    # What ought to be asked about

    def _plant(self, number: int) -> Plant:
        kind = ("many", "same_number", "own_number", "colleague", "hours", "queue")[number % 6]
        subtle = self.rng.random() < 0.5
        while True:
            person = self.rng.choice(self.advisers if kind in ("many", "queue") else self.staff)
            day = self.rng.choice([d for d in self.days[14:-1] if self._there(person, d)])
            if day > person.joins + dt.timedelta(days=14) and not any(
                plant.person is person and plant.kind == kind for plant in self.plants
            ):
                listens = getattr(self, f"_snoops_{kind}")(person, day, subtle)
                if listens:
                    break
        for one in listens:
            one.planted = number
        return Plant(kind, person, subtle, listens)

    def _snoops_many(self, person: Person, day: dt.date, subtle: bool) -> list[Listen]:
        """Browses: call after call, a few with a word written so that it looks like work."""
        wanted = self.rng.randint(18, 26) if subtle else self.rng.randint(28, 60)
        days = self.rng.choice([1, 3]) if subtle else 1
        listens = []
        for n in range(wanted * (1 if days == 1 else 2)):
            on = day + dt.timedelta(days=n % days)
            at = _at(on, 8.2 + 7.5 * n / wanted / days + self.rng.uniform(0, 0.1))
            call = self._before(self.rng.choice(person.queues), at, 60)
            if call and on in self.days and self._there(person, on):
                listens.append(Listen(person, at, call, worked=subtle and self.rng.random() < 0.1))
        return listens if len(listens) >= wanted - 2 else []

    def _snoops_same_number(self, person: Person, day: dt.date, subtle: bool) -> list[Listen]:
        """Follows one person: everything now, or a call now and then for weeks, with a request's number typed."""
        there = self.rng.sample(self.residents, 400)
        known = [[c for c in self.by_number[n] if c.at.date() < day and c.queue in person.rights] for n in there]
        calls = next((c for c in known if len(c) >= 2 and all(one.adviser is not person for one in c)), [])
        if not calls:
            return []
        wanted, spread = (self.rng.randint(6, 8), 35) if subtle else (self.rng.randint(7, 14), 4)
        typed = self.rng.random() < 0.4
        listens = []
        for _ in range(wanted):
            on = day + dt.timedelta(days=self.rng.randint(0, spread))
            if self._there(person, on) and on in self.days:
                noted = subtle and self.rng.random() < 0.1
                listens.append(
                    Listen(person, _at(on, self.rng.uniform(8, 16)), self.rng.choice(calls), noted, typed=typed)
                )
        return listens if len(listens) >= 5 and sum(not one.worked for one in listens) >= 5 else []

    def _snoops_own_number(self, person: Person, day: dt.date, subtle: bool) -> list[Listen]:
        """Hears what was written of oneself."""
        return self._hears(person, day, person.number, 1 if subtle else self.rng.randint(2, 4), subtle)

    def _snoops_colleague(self, person: Person, day: dt.date, subtle: bool) -> list[Listen]:
        other = self.rng.choice([p for p in self.staff if p is not person])
        return self._hears(person, day, other.number, 1 if subtle else self.rng.randint(2, 5), subtle)

    def _hears(self, person: Person, day: dt.date, number: str, times: int, subtle: bool) -> list[Listen]:
        calls = [c for c in self.by_number[number] if c.at.date() < day and c.queue in person.rights]
        calls = [c for c in calls if c.adviser is not person]
        if not calls:
            return []
        typed = self.rng.random() < 0.3
        return [
            Listen(
                *(person, _at(day, self.rng.uniform(8, 16)), self.rng.choice(calls)),
                worked=subtle and self.rng.random() < 0.3,
                typed=typed,
            )
            for _ in range(times)
        ]

    def _snoops_hours(self, person: Person, day: dt.date, subtle: bool) -> list[Listen]:
        """At night, on a day off, or in the evening when the office is empty."""
        free = next(d for n in range(7) if not _works(d := day + dt.timedelta(days=n)))
        if free not in self.days or person in self.weekend.get(free, ()):
            return []
        way = self.rng.choice(["night", "weekend", "evening"])
        many = self.rng.randint(2, 3) if subtle else self.rng.randint(5, 10)
        on, hour = {"night": (day, 23.2), "weekend": (free, 13.0), "evening": (day, 18.9)}[way]
        many = max(many, 3) if way == "evening" else self.rng.randint(1, 2) if way == "night" and subtle else many
        queue = person.queues[0]
        if way == "evening" and LATE in person.queues:
            return []
        calls = [(at, self._before(queue, at)) for n in range(many) if (at := _at(on, hour + 0.15 * n))]
        listens = [Listen(person, at, call) for at, call in calls if call]
        return listens if way == "night" or len(listens) > 1 else []

    def _snoops_queue(self, person: Person, day: dt.date, subtle: bool) -> list[Listen]:
        """What is said elsewhere, where one happens to have a right and no work."""
        covers = {q for p, q, _ in self.covers if p is person}
        spare = [q for q in person.rights if q not in person.queues and q not in covers]
        if not spare:
            return []
        queue, many = self.rng.choice(spare), self.rng.randint(3, 4) if subtle else self.rng.randint(6, 14)
        listens = []
        for _ in range(many):
            on = day + dt.timedelta(days=self.rng.randint(0, 4) if subtle else 0)
            at = _at(on, self.rng.uniform(8, 16))
            call = self._before(queue, at, 30)
            if on in self.days and self._there(person, on) and call and call.adviser is not person:
                listens.append(Listen(person, at, call))
        return listens if len(listens) >= 3 else []


def _works(day: dt.date) -> bool:
    return clock.is_working_day(day)


def _at(day: dt.date, hour: float) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time.min)
    return clock.local(clock.from_local(midnight + dt.timedelta(seconds=round(hour * 3600))))
