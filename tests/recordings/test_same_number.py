"""The other calls with a call's number: a search within one's rights, whose address names a call and no number."""

import datetime as dt
import json
import re
import uuid

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import index, search
from portal.recordings.models import Recording
from portal.vault import box
from tests.recordings.finding import NOON, asked, call

pytestmark = pytest.mark.usefixtures("noon")
NUMBER = "+358405550123"
DAY = dt.timedelta(days=1)


def searches() -> list[dict]:
    entries = Entry.select().where(Entry.act == Act.SEARCHED).order_by(Entry.id)
    return [json.loads(entry.detail) for entry in entries]


def links(text: str) -> list[str]:
    return re.findall(r'<a href="/recordings/([0-9a-f-]{36})">', text)


def test_the_page_lists_the_calls_of_the_number_within_rights_and_says_how_often(as_, people):
    rows = [call(people.daycare, number=NUMBER, started_at=NOON - n * DAY) for n in (1, 8, 20)]
    other = call(people.daycare, number="+358405550124")
    foreign = call(people.elderly, number=NUMBER)
    due = call(people.daycare, number=NUMBER, expires_at=NOON)
    restricted = call(people.daycare, number=NUMBER, started_at=NOON - 30 * DAY)
    Recording.update(restrictions=1).where(Recording.id == restricted.id).execute()
    client = as_(people.adviser)
    assert f'href="/recordings/{rows[0].uuid}/same-number"' in client.get(f"/recordings/{rows[0].uuid}").text
    assert f'href="/recordings/{rows[0].uuid}/same-number"' in client.get("/recordings/").text
    answer = client.get(f"/recordings/{rows[0].uuid}/same-number")
    assert links(answer.text) == [str(row.uuid) for row in rows]
    for row in (other, foreign, due, restricted):
        assert str(row.uuid) not in answer.text
    assert "3 samtal på 3 veckor" in answer.text
    assert answer.text.count("det här samtalet") == 1
    assert "4.11.2026" in answer.text, "the first of them"


def test_it_is_in_the_log_as_the_search_for_the_number_is(as_, people):
    row = call(people.daycare, number=NUMBER)
    client = as_(people.adviser)
    client.get(f"/recordings/{row.uuid}/same-number")
    asked(client, {"number": "040 555 0123"})
    (by_call, typed) = searches()
    assert by_call == typed
    assert by_call["number"] == box.pseudonym("number", NUMBER)
    assert by_call["hits"] == 1


def test_no_address_and_no_title_holds_the_number_and_the_search_goes_on_from_there(as_, people):
    rows = [call(people.daycare, number=NUMBER, subject=f"ord{n}", started_at=NOON - n * DAY) for n in range(2)]
    call(people.daycare)
    client = as_(people.adviser)
    text = client.get(f"/recordings/{rows[0].uuid}/same-number").text
    for part in [*re.findall(r'(?:href|action)="([^"]*)"', text), *re.findall("<title>(.*?)</title>", text, re.S)]:
        assert "5550123" not in part
    narrowing = re.search(r'href="([^"]+)">Sök bland de här samtalen', text)[1]
    found = client.get(narrowing)
    assert links(found.text) == [str(row.uuid) for row in rows]
    assert 'value="' + NUMBER + '"' in found.text


def test_the_pages_follow_each_other(as_, people, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    rows = [call(people.daycare, number=NUMBER, started_at=NOON - n * DAY) for n in range(5)]
    client, url, seen = as_(people.adviser), f"/recordings/{rows[3].uuid}/same-number", []
    while url:
        text = client.get(url).text
        seen += links(text)
        older = re.search(r'rel="next" href="([^"]+)"', text)
        url = older[1] if older else ""
    assert seen == [str(row.uuid) for row in rows]
    assert [search["page"] for search in searches()] == ["newest", "older", "older"]


def test_the_call_one_came_from_is_marked_also_as_a_part_of_a_line(as_, people):
    part = call(people.daycare, number=NUMBER, conversation="c1", started_at=NOON - 2 * DAY)
    call(people.daycare, number=NUMBER, conversation="c1", started_at=NOON - DAY)
    text = as_(people.adviser).get(f"/recordings/{part.uuid}/same-number").text
    assert re.search(rf'<li><a href="/recordings/{part.uuid}">[^<]*</a>[^<]*\s*<span[^>]*>det här samtalet', text)
    assert text.count("det här samtalet") == 1


def test_a_number_within_another_is_not_the_same_even_when_its_own_call_is_in_no_search(as_, people):
    held = call(people.daycare, number="201", started_at=NOON - DAY, expires_at=NOON - DAY / 2)
    Recording.update(holds=1).where(Recording.id == held.id).execute()
    index.remove(held.id)
    longer = call(people.daycare, number="+35820155555")
    answer = as_(people.manager).get(f"/recordings/{held.uuid}/same-number")
    assert answer.status_code == 200
    assert str(longer.uuid) not in answer.text
    assert "Inga samtal hittades" in answer.text


def test_a_call_alone_with_its_number_says_so(as_, people):
    row = call(people.daycare, number=NUMBER)
    call(people.elderly, number=NUMBER)
    text = as_(people.adviser).get(f"/recordings/{row.uuid}/same-number").text
    assert "Det finns inget annat samtal med numret i dina servicenummer." in text


@pytest.mark.parametrize("number", [None, "", "anonymous"])
def test_a_withheld_number_has_no_other_calls(as_, people, number):
    row = call(people.daycare, number=number)
    call(people.daycare, number=number)
    client = as_(people.adviser)
    assert client.get(f"/recordings/{row.uuid}/same-number").status_code == 404
    for page in (f"/recordings/{row.uuid}", "/recordings/"):
        assert "same-number" not in client.get(page).text
    assert len(searches()) == 1


def test_whoever_may_not_see_the_call_does_not_see_what_it_leads_to(as_, people):
    row = call(people.daycare, number=NUMBER)
    url = f"/recordings/{row.uuid}/same-number"
    assert as_(people.outsider).get(url).status_code == 404
    assert as_(people.adviser).get(f"/recordings/{uuid.uuid4()}/same-number").status_code == 404
    assert as_(people.dpo).get(url).status_code == 403
    Recording.update(restrictions=1).where(Recording.id == row.id).execute()
    assert as_(people.adviser).get(url).status_code == 409
    assert not searches()
