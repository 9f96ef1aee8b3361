"""Searches kept under a name: one's own, never a number, words no longer than a recording lives."""

import datetime as dt
import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from portal import clock
from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.recordings import saved
from portal.recordings.saved_models import SavedSearch
from tests.recordings.finding import NOON, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


def asking(client, **asked) -> str:
    """The address of a search."""
    return client.submit("/recordings/", {**asked, "ask": "yes"}).location


def save(client, name="Avgifter", **asked):
    return client.submit(asking(client, **asked).replace("/?", "/saved/new?"), {"name": name})


def kept(**asked) -> SavedSearch:
    return SavedSearch.select().order_by(SavedSearch.id.desc()).get()


def logged(act: Act) -> list[Entry]:
    return list(Entry.select().where(Entry.act == act).order_by(Entry.id))


def test_a_search_is_saved_under_a_name_and_opened_again(as_, people):
    row = call(people.daycare, subject="Avgift")
    call(people.daycare, subject="Annat")
    client = as_(people.adviser)
    place = asking(client, words="avgift", told="yes", number="567")
    assert "Spara sökningen" in client.get(place).text
    page = client.get(place.replace("/?", "/saved/new?")).text
    assert "Telefonnumret sparas inte." in page
    assert "avgift" in page
    assert "24.2.2027" in page, "until when its words are kept"
    answer = save(client, words="avgift", told="yes", number="567")
    assert answer.status_code == 303
    (entry,) = logged(Act.SEARCH_SAVED)
    assert (entry.by, entry.subject, entry.subject_kind) == (people.adviser.uuid, kept().uuid, "savedsearch")
    assert json.loads(entry.detail) == {"filters": ["told", "words"]}
    text = client.get("/recordings/").text
    link = re.search(r'<a href="(/recordings/saved/[0-9a-f-]{36})">Avgifter</a>', text)[1]
    opened = client.get(link)
    assert opened.status_code == 303
    assert set(dict(parse_qsl(urlsplit(opened.location).query))) == {"sought", "told"}
    assert found(client, dict(parse_qsl(urlsplit(opened.location).query))) == ids(row)


def test_no_number_is_saved_and_no_words_lie_in_the_clear(as_, people):
    client = as_(people.adviser)
    save(client, words="hammarström", number="0401234567", direction="in")
    row = kept()
    assert "hammarstr" not in row.asked.lower()
    assert "4567" not in row.asked
    assert row.asked.endswith("&direction=in")
    assert saved.get(row.uuid, by=people.adviser).asked == [("words", "hammarström"), ("direction", "in")]
    alone = asking(client, number="0401234567").replace("/?", "/saved/new?")
    assert "inget villkor som kan sparas" in client.get(alone).text
    assert client.submit(alone, {"name": "Hen"}).status_code == 422
    for name, words in (
        ("040 123 4567", "avgift"),
        ("Avgift", "0401234567"),
        ("Avgift", "040 123 4567"),
        ("131052-308T", "avgift"),
        ("Avgift", "131052-308T"),
    ):
        answer = save(client, name, words=words)
        assert answer.status_code == 422, (name, words)
        assert "personbeteckning får inte finnas" in answer.text
    assert SavedSearch.select().count() == 1
    for n, name in enumerate(("Hösten 2026", "Vecka 47", "1.11.2026", "2026-11-24", "2001 och 2002")):
        assert save(client, name, words=f"avgift{n}").status_code == 303, name


def test_days_that_were_chosen_by_a_word_are_those_of_the_day_it_is_opened(as_, people):
    today = call(people.daycare)
    client = as_(people.adviser)
    save(client, "I dag", **{"from": "24.11.2026", "to": "24.11.2026", "period": "today"})
    save(client, "Just den dagen", **{"from": "24.11.2026", "to": "24.11.2026"})
    assert [row.asked for row in SavedSearch.select().order_by(SavedSearch.id)] == [
        "period=today",
        "from=24.11.2026&to=24.11.2026",
    ]
    later = NOON + dt.timedelta(days=1)
    with clock.frozen(later):
        tomorrow = call(people.daycare, started_at=later - dt.timedelta(hours=1))
        client = as_(people.adviser)
        links = re.findall(r'href="(/recordings/saved/[0-9a-f-]{36})"', client.get("/recordings/").text)
        places = [dict(parse_qsl(urlsplit(client.get(link).location).query)) for link in links]
        assert places == [
            {"period": "today", "from": "25.11.2026", "to": "25.11.2026"},
            {"from": "24.11.2026", "to": "24.11.2026"},
        ]
        assert [found(client, place) for place in places] == [ids(tomorrow), ids(today)]
        page = " ".join(client.get("/recordings/saved").text.split())
        assert "Dagar: I dag" in page
        assert "Från: 24.11.2026 · Till: 24.11.2026" in page


def test_a_saved_search_is_nobody_elses(as_, people):
    save(as_(people.adviser), told="no")
    key, other = kept().uuid, as_(people.manager)
    assert other.get(f"/recordings/saved/{key}").status_code == 404
    assert other.get(f"/recordings/saved/{key}/name").status_code == 404
    assert other.submit(f"/recordings/saved/{key}/name", {"name": "Min"}).status_code == 404
    assert other.submit(f"/recordings/saved/{key}/removal").status_code == 404
    for page in ("/recordings/", "/recordings/saved"):
        assert "Avgifter" not in other.get(page).text
    assert as_(people.dpo).get("/recordings/saved").status_code == 403
    assert kept().name == "Avgifter"


def test_it_is_renamed_and_removed_and_the_log_says_so(as_, people):
    client = as_(people.adviser)
    save(client, told="no")
    save(client, "Andra", told="yes")
    key = SavedSearch.get(SavedSearch.name == "Avgifter").uuid
    assert "redan en sparad sökning med det namnet" in client.submit(
        f"/recordings/saved/{key}/name", {"name": "Andra"}
    ).get_data(as_text=True)
    assert "Ge sökningen ett namn." in client.submit(f"/recordings/saved/{key}/name", {"name": " "}).text
    assert client.submit(f"/recordings/saved/{key}/name", {"name": "Inte  informerade"}).status_code == 303
    assert SavedSearch.get(SavedSearch.uuid == key).name == "Inte informerade"
    *_, entry = logged(Act.SEARCH_SAVED)
    assert (entry.subject, json.loads(entry.detail)["renamed"]) == (key, True)
    assert client.submit(f"/recordings/saved/{key}/removal").status_code == 303
    (entry,) = logged(Act.SEARCH_FORGOTTEN)
    assert (entry.by, entry.subject) == (people.adviser.uuid, key)
    assert client.submit(f"/recordings/saved/{key}/removal").status_code == 404
    assert [row.name for row in SavedSearch.select()] == ["Andra"]


def test_a_name_is_used_once_and_there_are_no_more_than_thirty(as_, people, monkeypatch):
    client = as_(people.adviser)
    save(client, told="no")
    assert "redan en sparad sökning" in save(client, told="yes").text
    assert save(as_(people.manager), told="yes").status_code == 303, "another person's names are their own"
    monkeypatch.setattr(saved, "MOST", 2)
    assert save(client, "Två", told="yes").status_code == 303
    assert "Du har redan 30 sparade sökningar" in save(client, "Tre", told="yes").text


def test_words_are_kept_for_three_months_and_no_search_without_them_after(as_, people):
    client = as_(people.adviser)
    save(client, "Med ord", words="avgift")
    save(client, "Utan", told="no")
    with db.atomic():
        save(as_(people.manager), "Hens", told="no")
        Account.update(closed_at=clock.now()).where(Account.id == people.manager.id).execute()
    key = SavedSearch.get(SavedSearch.name == "Med ord").uuid
    end = clock.expiry(NOON)
    with clock.frozen(end - dt.timedelta(seconds=1)):
        assert saved.forget_due() == 1, "a closed account's"
        assert as_(people.adviser).get(f"/recordings/saved/{key}").status_code == 303
    with clock.frozen(end):
        client = as_(people.adviser)
        assert client.get(f"/recordings/saved/{key}").status_code == 404, "also before the sweep has come"
        assert "Med ord" not in client.get("/recordings/").text + client.get("/recordings/saved").text
        assert saved.forget_due() == 1
        assert saved.forget_due() == 0
    assert [row.name for row in SavedSearch.select()] == ["Utan"]
    *_, entry = logged(Act.SEARCH_FORGOTTEN)
    assert (entry.by, entry.subject) == (None, key)
