"""Of 50 planted patterns at least 95 of 100 are listed, of 10,000 ordinary listens at most one of 100."""

import bisect
import datetime as dt
import uuid
from collections import defaultdict

import pytest

from portal.oversight import patterns
from portal.oversight.models import Pattern
from portal.oversight.windows import HISTORY, Heard, Limits, Peers, Window
from tests.oversight.cast import Person
from tests.oversight.city import City

SOON = dt.timedelta(days=1)
AROUND = dt.timedelta(minutes=90)


def heard(city: City) -> dict[Person, list[Heard]]:
    """What the patterns see of each person's listens; the listen's place in the city is its number."""
    owners = {p.number: p for p in city.staff}
    taken, met = defaultdict(list), defaultdict(list)
    for call in city.calls:
        taken[call.adviser].append(call.at)
        met[call.adviser, call.number, call.at.date()].append(call.at)
    wrote = defaultdict(list)
    for entry, one in enumerate(city.listens):
        if one.worked:
            wrote[one.person, one.call].append((entry, one.at))
    found = defaultdict(list)
    for entry, one in enumerate(city.listens):
        call, person = one.call, one.person
        near = bisect.bisect_left(taken[person], one.at - AROUND)
        found[person].append(
            Heard(
                entry=entry,
                at=one.at,
                queue=call.queue,
                number=call.number,
                own=owners.get(call.number) is person,
                colleague=call.number in owners and owners[call.number] is not person,
                took=call.adviser is person,
                worked=any(n >= entry and at - one.at <= SOON for n, at in wrote[person, call]),
                case=one.case,
                consent=one.training,
                met=bool(call.number) and min(met[person, call.number, one.at.date()], default=one.at) < one.at,
                duty=near < len(taken[person]) and taken[person][near] <= one.at + AROUND,
            )
        )
    return found


def findings(city: City):
    """Person, and what is found day by day."""
    counts: dict[uuid.UUID, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    listens = heard(city)
    for person, mine in listens.items():
        for h in mine:
            counts[person.id][h.at.date()] += 1
    peers, limits = Peers(counts), Limits()
    taken = defaultdict(lambda: defaultdict(list))
    for call in city.calls:
        taken[call.adviser][call.queue].append(call.at.date())
    for person, mine in listens.items():
        days = [h.at.date() for h in mine]
        observed: frozenset = frozenset()
        for day in sorted(set(days)):
            first = day - dt.timedelta(days=28)
            took = {q: bisect.bisect_right(at, day) - bisect.bisect_left(at, first) for q, at in taken[person].items()}
            window = Window(
                person=person.id,
                day=day,
                heard=mine[bisect.bisect_left(days, day - HISTORY) : bisect.bisect_right(days, day)],
                peers=peers,
                limits=limits,
                asked_about=observed,
                took=took,
                since={q: since for q, since in person.rights.items() if since <= day},
            )
            for finding in patterns.find(window):
                if finding.pattern == "many":
                    observed |= {(finding.pattern, h.entry) for h in finding.heard}
                yield person, finding


def measure(city: City) -> tuple[list[int], int]:
    """The plants that are listed, by kind and with at least half of their listens; and how many ordinary listens are in
    any observation."""
    seen, ordinary = defaultdict(set), set()
    for person, finding in findings(city):
        entries = {h.entry for h in finding.heard}
        seen[person, finding.pattern] |= entries
        ordinary |= {entry for entry in entries if city.listens[entry].planted is None}
    planted = defaultdict(set)
    for entry, one in enumerate(city.listens):
        planted[one.planted].add(entry)
    listed = [
        n
        for n, plant in enumerate(city.plants)
        if 2 * len(planted[n] & seen[plant.person, plant.kind]) >= len(planted[n])
    ]
    return listed, len(ordinary)


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_what_is_planted_is_listed_and_what_is_ordinary_is_not(seed: int):
    city = City(seed)
    assert (len(city.plants), len(city.ordinary), {plant.kind for plant in city.plants}) == (
        *(50, 10_000),
        {str(pattern) for pattern in Pattern if pattern != Pattern.ONE},  # a person asks about one, no rule
    )
    listed, ordinary = measure(city)
    assert len(listed) >= 0.95 * 50, [
        (plant.kind, plant.subtle) for n, plant in enumerate(city.plants) if n not in listed
    ]
    assert ordinary <= 0.01 * 10_000
