"""How many who called in were told: per queue and week, also of weeks whose calls are gone."""

import datetime as dt
import json
import random
from collections import Counter

import pytest

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.queues import telling, told_views
from portal.queues.telling import Count
from portal.recordings.models import Direction, Recording, State, Told
from portal.register import counting
from portal.retention import watch
from tests import calls
from tests.accounts.door import last, words

NOW = dt.datetime(2026, 11, 11, 9, 0, tzinfo=dt.UTC)  # a Wednesday
MONDAY = dt.date(2026, 11, 9)
SOUND = calls.wav(calls.tone(0.1, channels=1))


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def call(queue, day: dt.date, hour: int = 9, told=Told.YES, direction=Direction.IN) -> Recording:
    at = clock.from_local(dt.datetime.combine(day, dt.time(hour)))
    return calls.recording(queue, started_at=at, told=told, direction=direction, ready=False, sound=SOUND)


def test_a_week_runs_from_monday_to_sunday_in_helsinki(people):
    sunday = MONDAY - dt.timedelta(days=1)
    call(people.daycare, MONDAY, 0)
    call(people.daycare, sunday, 23, told=Told.NO)
    call(people.daycare, sunday, 12, told=Told.UNKNOWN)
    call(people.daycare, sunday, 12, direction=Direction.OUT, told=Told.NO)  # who is called is told otherwise
    call(people.technical, MONDAY, 12, told=Told.NO)
    this, before, *older = telling.weeks([people.daycare], clock.today())
    assert (this.monday, this.queues) == (MONDAY, {people.daycare.id: Count(told=1)})
    assert (before.sunday, before.queues) == (sunday, {people.daycare.id: Count(untold=1, unknown=1)})
    assert (before.together.share, this.together.share) == (1.0, 0.0)
    assert len(older) == telling.WEEKS - 2
    assert older[0].together.share is None


def test_figures_that_outlive_the_calls_are_the_same_as_counting_them(people):
    """Ten weeks at random, counted as they pass; then the calls of the first weeks are gone."""
    chance, queues = random.Random(7), [people.daycare, people.technical]
    expected: Counter = Counter()
    first = MONDAY - dt.timedelta(weeks=10)
    with clock.frozen(clock.day_start(first)):
        watch.look()  # the clock has been seen to go right
        with db.atomic():
            record(Act.LOG_READ, by=people.dpo)  # the register is older than its calls
    for _ in range(90):
        day = first + dt.timedelta(days=chance.randrange(72))
        queue, told = chance.choice(queues), chance.choice(list(Told))
        way = chance.choice([Direction.IN, Direction.IN, Direction.OUT])
        call(queue, day, chance.randrange(24), told=told, direction=way)
        if way == Direction.IN:
            expected[day - dt.timedelta(days=day.weekday()), queue.id, told] += 1

    def shown() -> Counter:
        found: Counter = Counter()
        for week in telling.weeks(queues, clock.today()):
            for queue, count in week.queues.items():
                for told, number in zip(Told, (count.told, count.untold, count.unknown), strict=True):
                    found[week.monday, queue, told] += number
        return +found

    assert shown() == expected, "all of them live"
    for moment in (NOW - dt.timedelta(days=8), NOW):
        with clock.frozen(moment):
            counting.count_due()
    assert counting.settled_until() is not None
    assert shown() == expected, "the settled days by their figures, the last ones by the calls"
    gone = Recording.started_at < clock.day_start(MONDAY - dt.timedelta(weeks=2))
    Recording.update(state=State.PURGED, told=Told.UNKNOWN, direction=None).where(gone).execute()
    assert shown() == expected, "what is deleted was counted"


def test_the_page_and_the_file_say_the_same_and_the_file_is_logged(as_, people):
    for hour in range(8, 15):
        call(people.daycare, MONDAY, hour, told=Told.NO if hour == 8 else Told.YES)
    client = as_(people.manager)
    page = words(client.get("/queues/told"))
    assert "14,3 % 1 av 7" in page.replace("\u00a0", " ")
    file = client.get("/queues/told.csv").get_data(as_text=True)
    assert "2026-W46;9.11.2026;2001;Småbarnspedagogik;7;6;1;0;14,3\u00a0%" in file
    assert "2003" not in file, "only the own service numbers"
    entry = last("register:figures_exported")
    detail = {"figures": "callers", "first": "2026-08-17", "last": "2026-11-15", "rows": 13}
    assert (entry.by, json.loads(entry.detail)) == (people.manager.uuid, detail)
    assert "2003" in as_(people.dpo).get("/queues/told.csv").get_data(as_text=True)
    older = words(client.get("/queues/told?until=2026-08-16"))
    assert "14,3" not in older
    for who in (people.adviser, people.clerk):
        assert as_(who).get("/queues/told").status_code == as_(who).get("/queues/told.csv").status_code == 403


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Count(), ""),
        (Count(told=9), "0 %"),
        (Count(told=99_999, unknown=1), "0,1 %"),
        (Count(told=2, untold=1), "33,3 %"),
        (Count(untold=4), "100 %"),
    ],
)
def test_a_share_is_written_as_people_write_it(count, said):
    assert told_views.share(count).replace("\u00a0", " ") == said
