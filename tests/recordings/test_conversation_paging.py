"""Through all pages, of whatever size and in whatever order: each conversation once, each call that answers in one."""

import datetime as dt
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.db import db
from portal.recordings import conversations, search
from portal.recordings.models import Recording
from portal.recordings.search import Query, Sort
from tests.recordings.finding import NOON, call

a_call = st.fixed_dictionaries(
    {
        "queue": st.sampled_from(["daycare", "technical", "elderly"]),
        "conversation": st.sampled_from(["c1", "c2", "c3", None]),
        "subject": st.sampled_from(["avgift", "bygglov", ""]),
        "seconds": st.sampled_from([1, 2, 2, 300]),
        "started_at": st.integers(0, 30).map(lambda hours: NOON - dt.timedelta(hours=hours)),
        "gone": st.sampled_from(["", "", "", "due", "restricted"]),
    }
)
a_query = st.fixed_dictionaries(
    {
        "words": st.sampled_from([(), ("avgift",)]),
        "first": st.sampled_from([None, NOON.date()]),
        "queue": st.sampled_from([None, "daycare"]),
        "sort": st.sampled_from(Sort),
    }
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(a_call, max_size=14), q=a_query, size=st.integers(1, 5))
def test_pages_show_each_conversation_once_and_lose_no_call(people, drawn, q, size):
    by = people.manager
    with db.atomic() as transaction, clock.frozen(NOON), mock.patch.object(search, "PAGE", size):
        rows = [_made(people, dict(fields)) for fields in drawn]
        query = Query(**{**q, "queue": q["queue"] and getattr(people, q["queue"])})
        seen = [row for row, gone in rows if not gone and row.queue_id in by.queue_ids]
        answers = {row.id for row in seen if _answers(row, query)}
        down = _walk(query, by)
        lines = [line for page, _ in down for line in page]
        shown = [key for line in lines for key in line.matching]
        assert sorted(shown) == sorted(answers), "each that answers is in one line"
        assert down[0][1] == len(answers), "what is counted is calls"
        names = [line.head.conversation for line in lines if line.head.conversation]
        assert len(names) == len(set(names)), "no conversation twice"
        heads = [line.head.key for line in lines]
        order = [row.key for row in _flat(query, by)]
        assert heads == sorted(heads, key=order.index), "in the order of the list"
        for line in lines:
            assert line.head.key == min(line.matching, key=order.index), "where the first of them stands"
            name = line.head.conversation
            own = [row.id for row in seen if row.conversation == name] if name else [line.head.key]
            assert [part.key for part in line.parts] == sorted(own), "all of one's own, and no other"
            elsewhere = [row for row, gone in rows if gone != "due" and row.queue_id not in by.queue_ids]
            assert line.elsewhere == sum(row.conversation == name for row in elsewhere if name)
        transaction.rollback()


def _made(people, fields) -> tuple[Recording, str]:
    gone = fields.pop("gone")
    due = {"expires_at": NOON} if gone == "due" else {}
    row = call(getattr(people, fields.pop("queue")), **fields, **due)
    if gone == "restricted":
        Recording.update(restrictions=1).where(Recording.id == row.id).execute()
        search.index.remove(row.id)
    return row, gone


def _answers(row: Recording, query: Query) -> bool:
    return (
        (not query.words or row.subject == query.words[0])
        and (not query.first or clock.local(row.started_at).date() >= query.first)
        and (not query.queue or row.queue_id == query.queue.id)
    )


def _walk(query: Query, by) -> list[tuple[list[conversations.Line], int]]:
    """The lines of each page from the first to the last, and how many calls it says there are."""
    found, before = [], None
    for _ in range(50):
        asked = search.dataclasses.replace(query, before=before)
        page = search.find(asked, by=by)
        found.append((conversations.lines(page.rows, asked, by=by), page.hits))
        before = page.older
        if before is None:
            return found
    raise AssertionError("the pages have no end")


def _flat(query: Query, by) -> list[search.Row]:
    with mock.patch.object(search, "PAGE", 50):
        return list(search.find(query, by=by).rows)
