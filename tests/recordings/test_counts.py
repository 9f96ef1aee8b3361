"""How many calls each choice would leave, told after the list; and the order of the list."""

import datetime as dt
import html
import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import search
from portal.recordings.models import Direction, Told
from tests.recordings.finding import NOON, asked, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


def address(page) -> str:
    return html.unescape(re.search(r'id="results"[^>]* data-counts="([^"]+)"', page.text)[1])


def test_the_page_names_where_to_ask_and_each_filter_is_counted_without_itself(as_, people):
    call(people.daycare, adviser=people.adviser, told=Told.NO)
    call(people.daycare, adviser=people.manager, direction=Direction.OUT)
    call(people.technical, direction=Direction.OUT, seconds=400)
    call(people.elderly)
    client = as_(people.manager)
    page = asked(client, {"direction": "out", "number": "567"})
    done = Entry.select().count()
    counts = client.get(address(page)).json
    assert counts["direction"] == {"in": "1", "out": "2"}
    assert counts["queue"] == {people.daycare.uuid.hex: "1", people.technical.uuid.hex: "1"}
    assert counts["adviser"] == {people.manager.uuid.hex: "1"}
    assert counts["length"] == {"1-5": "1", "5-15": "1"}
    assert counts["told"] == {"yes": "2"}
    assert "flag" not in counts
    assert Entry.select().count() == done, "the search that told the address is in the log"


def test_counts_are_told_for_a_search_that_was_made_and_to_whoever_made_it(as_, people, monkeypatch):
    monkeypatch.setattr(search, "CAP", 2)
    for _ in range(3):
        call(people.daycare)
    client = as_(people.adviser)
    place = address(client.get("/recordings/"))
    assert client.get(place).json["direction"] == {"in": "över 2"}
    assert "in=" not in place
    assert client.get("/recordings/counts?direction=in").status_code == 422
    assert client.get(place.replace("sought=", "sought=A")).status_code == 422
    assert as_(people.manager).get(place).status_code == 422
    assert as_(people.dpo).get(place).status_code == 403
    opened = client.submit("/recordings/", {"number": "567", "ask": "yes"}).location
    assert client.get(opened.replace("/?", "/counts?")).status_code == 422, "what is sealed for an address is no leave"
    with clock.frozen(NOON + dt.timedelta(minutes=16)):
        assert as_(people.adviser).get(place).status_code == 422
    assert "data-counts" not in asked(client, "from=32.1.2026").text
    assert Entry.select().where(Entry.act == Act.SEARCHED).count() == 1


def test_the_list_stands_in_the_order_asked_for_and_pages_in_it(as_, people):
    rows = [
        call(people.daycare, seconds=60 + n * 7 % 61, started_at=NOON - dt.timedelta(hours=1, minutes=n))
        for n in range(61)
    ]
    client = as_(people.adviser)
    longest = sorted(rows, key=lambda row: -row.duration_ms)
    assert found(client, "sort=longest") == ids(*longest[:50])
    assert found(client, "sort=shortest") == ids(*longest[:10:-1])
    assert found(client, "sort=oldest") == ids(*rows[:10:-1])
    assert found(client, "sort=newest") == ids(*rows[:50])
    page = client.get("/recordings/?sort=longest").text
    assert '<option value="longest" selected>' in page
    following = html.unescape(re.search(r'rel="next" href="([^"]+)">Nästa', page)[1])
    assert re.findall(r'<a href="/recordings/([0-9a-f-]{36})">', client.get(following).text) == ids(*longest[50:])
    assert 'rel="prev"' in client.get(following).text
    assert "field-error" in client.get("/recordings/?sort=loudest").text
    answer = client.submit("/recordings/", {"sort": "newest", "ask": "yes"})
    assert answer.location == "/recordings/", "the usual order needs no word"
