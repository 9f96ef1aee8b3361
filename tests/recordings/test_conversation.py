"""Calls that the telephone system holds to be one are one line, with the parts that one may see."""

import datetime as dt
import json
import re

import pytest
from playhouse.test_utils import count_queries

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import Prepared
from portal.recordings import conversations, search
from portal.recordings.models import Playable, Recording
from portal.recordings.search import Query
from portal.recordings.series_models import Series
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
    assert text.count("motsvarar inte sökningen") == 1
    assert re.search(rf'<li><a href="/recordings/{other.uuid}">.*bygglov\s*.*motsvarar inte sökningen', text)
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


def test_what_has_too_many_parts_is_no_conversation_and_each_call_is_a_line(as_, people, monkeypatch):
    monkeypatch.setattr(conversations, "MOST_PARTS", 3)
    monkeypatch.setattr(conversations, "_AT_ONCE", 7)
    monkeypatch.setattr(conversations, "_PARTS", Prepared(conversations._PARTS._build))  # full before all are in it
    many = [call(people.daycare, conversation="c1", started_at=NOON - n * HOUR) for n in range(1, 6)]
    more = [call(people.elderly, conversation="c3", started_at=NOON - n * HOUR) for n in range(4)]
    one = call(people.daycare, conversation="c3", started_at=NOON - 6 * HOUR)
    pair = [call(people.daycare, conversation="c9", started_at=NOON - n * HOUR) for n in (8, 7)]
    assert shape(listed(people.adviser)) == [
        *((row.uuid, [row.uuid], 1, 0) for row in many),
        (one.uuid, [one.uuid], 1, 0),
        (pair[1].uuid, [row.uuid for row in pair], 2, 0),
    ]
    assert more
    (line,) = listed(people.outsider, Query(first=NOON.date()))[:1]
    assert len(line.parts) == 1, "of five in all, four in one's own queue"
    assert conversations.parts(many[0], by=people.adviser) == ([many[0]], 0, 0)
    assert "Samtalet har bara den här delen." in as_(people.adviser).get(f"/recordings/{many[0].uuid}").text


def test_a_page_of_parts_that_stand_on_an_earlier_one_says_so_and_leads_on(as_, people, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    rows = [call(people.daycare, conversation="c1", started_at=NOON - n * HOUR) for n in range(1, 5)]
    alone = call(people.daycare, started_at=NOON - 9 * HOUR)
    client = as_(people.adviser)
    text = client.get(f"/recordings/?before={rows[1].id}").text
    assert "är delar av samtal som står tidigare i listan" in text
    assert "<table" not in text
    older = re.search(r'rel="next" href="([^"]+)"', text)[1]
    assert str(alone.uuid) in client.get(older).text


def test_a_page_takes_as_many_queries_for_many_conversations_as_for_one(people):
    counts = []
    for n in range(30):
        call(people.daycare, conversation=f"c{n}", subject="avgift", started_at=NOON - n * HOUR)
        call(people.technical, conversation=f"c{n}", subject="bygglov", started_at=NOON - n * HOUR)
        if n in (0, 29):
            query = Query(words=("avgift",))
            rows = search.find(query, by=people.manager).rows
            with count_queries() as counter:
                lines = conversations.lines(rows, query, by=people.manager)
            assert [len(line.parts) for line in lines] == [2] * (n + 1)
            counts.append(counter.count)
    assert counts == [3, 3]


def test_the_parts_are_heard_one_after_another_for_one_stated_purpose(as_, people):
    parts = [call(people.daycare, conversation="c1", started_at=NOON - n * HOUR) for n in (3, 2, 1)]
    call(people.technical, conversation="c1")
    call(people.daycare)
    Recording.update(playable=Playable.EMPTY).where(Recording.id == parts[1].id).execute()
    client, url = as_(people.adviser), f"/recordings/{parts[2].uuid}/series"
    assert f'href="{url}"' in client.get(f"/recordings/{parts[2].uuid}").text
    assert f'href="/recordings/{parts[2].uuid}/series"' in client.get("/recordings/").text
    assert "2 delar av samtalet, den första först." in client.get(url).text
    assert client.submit(url, {"purpose": ""}).status_code == 422
    answer = client.submit(url, {"purpose": "quality"})
    made = Series.get()
    assert answer.location == f"/recordings/series/{made.uuid}"
    assert made.calls.split(",") == [parts[0].uuid.hex, parts[2].uuid.hex]
    (entry,) = Entry.select().where(Entry.act == Act.SERIES_BEGUN)
    assert (entry.by, entry.subject, json.loads(entry.detail)["calls"]) == (people.adviser.uuid, made.uuid, 2)
    assert as_(people.outsider).get(url).status_code == 404
    assert as_(people.dpo).get(url).status_code == 403


def test_a_conversation_of_which_one_part_is_to_hear_offers_no_list(as_, people):
    first, second = (call(people.daycare, conversation="c1", started_at=NOON - n * HOUR) for n in (2, 1))
    Recording.update(playable=Playable.PENDING).where(Recording.id == second.id).execute()
    client = as_(people.adviser)
    for url in (f"/recordings/{first.uuid}", "/recordings/"):
        assert "efter varandra" not in client.get(url).text
