"""Calls that the telephone system holds to be one are one line, with the parts that one may see."""

import datetime as dt
import re

import pytest

from portal.recordings import conversations, search
from portal.recordings.models import Recording
from portal.recordings.search import Query
from tests.recordings.finding import NOON, asked, call

pytestmark = pytest.mark.usefixtures("noon")
HOUR = dt.timedelta(hours=1)


def listed(by, query: Query | None = None) -> list[conversations.Line]:
    query = query or Query()
    return conversations.lines(search.find(query, by=by).rows, query, by=by)


def shape(lines) -> list[tuple]:
    """Head, parts, those that answer, elsewhere."""
    return [(line.head.uuid, [part.uuid for part in line.parts], len(line.matching), line.elsewhere) for line in lines]


def test_the_parts_of_a_conversation_are_one_line_where_the_newest_stands(people):
    first = call(people.daycare, conversation="c1", started_at=NOON - 3 * HOUR)
    between = call(people.daycare, conversation="c2", started_at=NOON - 2 * HOUR)
    last = call(people.technical, conversation="c1", started_at=NOON - HOUR)
    assert shape(listed(people.manager)) == [
        (last.uuid, [first.uuid, last.uuid], 2, 0),
        (between.uuid, [between.uuid], 1, 0),
    ]
    assert search.find(Query(), by=people.manager).hits == 3, "what is counted is calls"


def test_a_part_that_does_not_answer_is_shown_and_marked_and_gives_no_place(as_, people):
    mine = call(people.daycare, conversation="c1", subject="avgift", started_at=NOON - 3 * HOUR)
    other = call(people.daycare, conversation="c1", subject="bygglov", started_at=NOON - HOUR)
    (line,) = listed(people.adviser, Query(words=("avgift",)))
    assert (line.head.uuid, line.matching) == (mine.uuid, {mine.id})
    assert [part.uuid for part in line.parts] == [mine.uuid, other.uuid]
    text = asked(as_(people.adviser), {"words": "avgift"}).text
    assert text.count("svarar inte mot villkoren") == 1
    assert re.search(rf'<li><a href="/recordings/{other.uuid}">.*bygglov\s*.*svarar inte mot villkoren', text)
    assert "2 delar, sammanlagt 2:00" in text
    assert "1 samtal" in text


def test_parts_beyond_the_persons_rights_are_a_figure_and_nothing_more(as_, people):
    own = call(people.daycare, conversation="c1", started_at=NOON - 4 * HOUR)
    foreign = call(people.elderly, conversation="c1", subject="zhemligt", adviser=people.outsider)
    call(people.elderly, conversation="c1", expires_at=NOON)
    due = call(people.daycare, conversation="c1", expires_at=NOON)
    restricted = call(people.daycare, conversation="c1", started_at=NOON - 2 * HOUR)
    Recording.update(restrictions=1).where(Recording.id == restricted.id).execute()
    assert shape(listed(people.manager)) == [(own.uuid, [own.uuid], 1, 1)]
    text = as_(people.manager).get("/recordings/").text
    assert "En del till hör till ett servicenummer som du inte har rätt till." in text
    for row in (foreign, due, restricted):
        assert str(row.uuid) not in text
    assert "zhemligt" not in text
    assert "Olli" not in text
