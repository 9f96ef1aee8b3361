"""The search against the plainest filter there is, over drawn registers and drawn questions."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.db import db
from portal.recordings import index, search
from portal.recordings.models import Direction, Playable, Recording, State, Told
from portal.recordings.search import Sort
from portal.recordings.stems import stems
from tests.recordings.finding import NOON, call

WORDS = ["avgift", "avgiften", "bygglov", "bygg", "öl", "ö", "päivä", "päiväkoti", "a", "12"]
NUMBERS = ["+358401234567", "+358501234567", "+46812345678", "201", None]

a_call = st.fixed_dictionaries(
    {
        "queue": st.sampled_from(["daycare", "technical", "elderly"]),
        "adviser": st.sampled_from(["adviser", "manager", None]),
        "subject": st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        "number": st.sampled_from(NUMBERS),
        "direction": st.sampled_from(Direction),
        "told": st.sampled_from(Told),
        "playable": st.sampled_from(Playable),
        "seconds": st.sampled_from([1, 59, 60, 299, 300, 900, 40_000]),
        "started_at": st.integers(0, 4 * 24).map(lambda hours: NOON - dt.timedelta(hours=hours)),
        "due": st.booleans(),
    }
)
days = st.none() | st.integers(0, 4).map(lambda n: NOON.date() - dt.timedelta(days=n))
ASKED = ["av", "bygg", "ö", "päiv", "a", "12", "bygglov", "avgifter", "päiväkodin"]
DIGITS = ["567", "0401234567", "+46812345678", "201", "050", "345678", "40123456"]
a_query = st.fixed_dictionaries(
    {
        "words": st.lists(st.sampled_from(ASKED), max_size=2).map(tuple),
        "number": st.none() | st.sampled_from(DIGITS),
        "sort": st.sampled_from(Sort),
        "first": days,
        "last": days,
        "queue": st.sampled_from(["daycare", "technical", "elderly", None]),
        "adviser": st.sampled_from(["adviser", None]),
        "direction": st.none() | st.sampled_from(Direction),
        "length": st.none() | st.sampled_from(list(index.LENGTHS)),
        "told": st.none() | st.sampled_from(Told),
        "flags": st.lists(st.sampled_from(["untold", "empty", "failed", "withheld"]), max_size=1).map(tuple),
    }
)


PLACES = {
    Sort.NEWEST: lambda row: -row.id,
    Sort.OLDEST: lambda row: row.id,
    Sort.LONGEST: lambda row: (-(row.duration_ms // 1000), -row.id),
    Sort.SHORTEST: lambda row: (row.duration_ms // 1000, -row.id),
}


def fits(asked: str, number: str) -> bool:
    """Each whole number asked for is in the register or not; then it is a part like others."""
    digits = asked.removeprefix("+")
    return bool(number) and (digits in number or (number.startswith("+358") and digits in "0" + number[4:]))


def answers(row: Recording, q: dict, people) -> bool:
    """One call and one question, as one would explain it."""
    words, last = row.subject.split(), len(q["words"]) - 1
    day = clock.local(row.started_at).date()
    low, high = index.LENGTHS.get(q["length"], (0, None))
    true = {
        "untold": row.told != "yes",
        "empty": row.playable == "empty",
        "failed": row.playable == "failed",
        "withheld": row.number is None,
    }
    number = row.number or ""
    return all(
        (
            row.state == State.LIVE and row.expires_at > clock.now(),
            row.queue_id in people.manager.queue_ids,
            q["queue"] is None or row.queue_id == getattr(people, q["queue"]).id,
            q["adviser"] is None or row.adviser_id == getattr(people, q["adviser"]).id,
            all(
                any(
                    (w.startswith(asked) if len(asked) > 1 or n == last else w == asked) or stems(w) & stems(asked)
                    for w in words
                )
                for n, asked in enumerate(q["words"])
            ),
            q["number"] is None or fits(q["number"], number),
            q["first"] is None or day >= q["first"],
            q["last"] is None or day <= q["last"],
            q["direction"] is None or row.direction == q["direction"],
            low <= row.duration_ms and (high is None or row.duration_ms < high),
            q["told"] is None or row.told == q["told"],
            all(true[name] for name in q["flags"]),
        )
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(a_call, max_size=12), asked=st.lists(a_query, min_size=1, max_size=6))
def test_the_search_finds_what_a_plain_filter_finds(people, drawn, asked):
    with db.atomic() as transaction, clock.frozen(NOON):
        rows = []
        for fields in map(dict, drawn):
            due = fields.pop("due")
            fields["adviser"] = fields["adviser"] and getattr(people, fields["adviser"])
            queue = getattr(people, fields.pop("queue"))
            rows.append(call(queue, **fields, **({"expires_at": NOON} if due else {})))
        for q in asked:
            query = search.Query(
                **{
                    **q,
                    "number": q["number"] and search.number(q["number"]),
                    "queue": q["queue"] and getattr(people, q["queue"]),
                    "adviser": q["adviser"] and getattr(people, q["adviser"]),
                }
            )
            expected = [row.uuid for row in sorted(rows, key=PLACES[q["sort"]]) if answers(row, q, people)]
            if q["queue"] and getattr(people, q["queue"]).id not in people.manager.queue_ids:
                expected = []
            page = search.find(query, by=people.manager)
            assert [row.uuid for row in page.rows] == expected
            assert page.hits == len(expected)
        transaction.rollback()
