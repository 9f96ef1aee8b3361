"""No address, header or log line ever holds the number or the words that somebody looks for."""

import datetime as dt
import html
import logging
import re
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import sought
from portal.recordings.saved_models import SavedSearch
from portal.recordings.series_models import Series
from tests.recordings.finding import NOON, asked, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")

WORD, NUMBER = "hammarström", "0401234567"
TYPED = {"words": WORD, "number": "040 123 4567"}


def typed(client, *, on: str = "/recordings/", **data):
    """What the page's script sends at a pause in typing, from the address `on`."""
    headers = {"HX-Request": "true", "HX-Current-URL": f"https://localhost{on}"}
    return client.submit("/recordings/", data, headers=headers)


def address(answer) -> str:
    """Where the browser is after the answer."""
    return answer.headers.get("HX-Push-Url") or answer.headers.get("HX-Replace-Url") or answer.headers["Location"]


def searches() -> int:
    return Entry.select().where(Entry.act == Act.SEARCHED).count()


def tells(text: str) -> bool:
    """Does it hold what was typed, in whatever way an address writes it?"""
    plain = unquote_plus(html.unescape(text)).lower()
    return WORD in plain or "1234567" in re.sub(r"[\s+-]", "", plain)


def test_no_address_header_or_log_line_holds_what_was_typed(as_, people, caplog):
    caplog.set_level(logging.INFO)
    for n in range(60):
        call(people.daycare, subject="Hammarström", started_at=NOON - dt.timedelta(hours=1, minutes=n))
    client, seen, kinds = as_(people.manager), [], set()
    answers = [
        client.submit("/recordings/", {**TYPED, "ask": "yes"}),
        typed(client, **TYPED),
        client.get("/recordings/", query_string=TYPED),
        typed(client, **TYPED, direction="out"),  # finds nothing: offers what to leave out
    ]
    while answers:
        answer = answers.pop()
        links = [html.unescape(a) for a in re.findall(r'[a-z-]+="(/[^"]*)"', answer.get_data(as_text=True))]
        links.append(answer.headers.get("Location", ""))
        seen += [*links, *(f"{name}: {value}" for name, value in answer.headers)]
        for link in links:
            kind = re.sub(r"=[^&]*", "", link)
            if "sought=" in link and kind not in kinds:
                kinds.add(kind)
                answers.append(client.get(link))
    assert {"/recordings/?sought", "/recordings/?sought&before", "/recordings/series/new?sought"} <= kinds
    assert [one for one in seen if tells(one)] == []
    assert not [r.getMessage() for r in caplog.records if tells(r.getMessage())]
    assert tells("/recordings/?words=hammarstr%C3%B6m")
    assert tells("/recordings/?number=040+123+4567")


def test_a_posted_search_is_answered_by_the_sealed_address_that_finds_the_same(as_, people):
    row = call(people.daycare, subject="Hammarström daghem")
    call(people.daycare, subject="annat")
    client = as_(people.adviser)
    answer = client.submit("/recordings/", {**TYPED, "told": "yes", "queue": "", "ask": "yes"})
    assert answer.status_code == 303
    assert searches() == 0, "the page that it leads to is the search"
    query = dict(parse_qsl(urlsplit(answer.location).query))
    assert set(query) == {"sought", "told"}
    assert found(client, query) == ids(row)
    assert searches() == 1
    page = client.get(answer.location).text
    assert f'value="{WORD}"' in page
    assert 'value="040 123 4567"' in page


def test_an_old_address_with_a_number_leads_to_its_sealed_one_on_the_same_page(as_, people):
    row = call(people.daycare)
    answer = as_(people.adviser).get("/recordings/?number=567&told=yes&before=99")
    assert answer.status_code == 303
    query = dict(parse_qsl(urlsplit(answer.location).query))
    assert (query.pop("told"), query.pop("before"), set(query)) == ("yes", "99", {"sought"})
    assert found(as_(people.adviser), {"number": "567", "told": "yes"}) == ids(row)


@pytest.mark.parametrize("page", ["series/new", "saved/new"])
def test_other_pages_of_a_search_seal_what_stands_in_their_address_too(as_, people, page):
    call(people.daycare, subject="Hammarström")
    client = as_(people.adviser)
    answer = client.get(f"/recordings/{page}", query_string={**TYPED, "told": "yes"})
    assert answer.status_code == 303
    assert re.fullmatch(rf"/recordings/{page}\?sought=[\w-]+&told=yes", answer.location)
    assert client.get(answer.location).status_code == 200
    assert client.submit(f"/recordings/{page}?number=567", {"name": "x", "purpose": "quality"}).status_code == 303
    assert not SavedSearch.select().exists()
    assert not Series.select().exists()


def test_the_address_to_go_on_to_after_signing_in_is_without_what_was_typed(client):
    for page in ("", "series/new", "saved/new"):
        answer = client.get(f"/recordings/{page}", query_string={**TYPED, "told": "yes"})
        assert (answer.status_code, tells(answer.location)) == (303, False)
        assert parse_qsl(urlsplit(answer.location).query) == [("next", f"/recordings/{page}?told=yes")]
    assert client.get("/recordings/?number=040").location == "/accounts/sign-in?next=/recordings/"
    assert client.get("/recordings/?told=yes&before=9").location.endswith("next=/recordings/?told%3Dyes%26before%3D9")


def test_a_form_that_is_not_in_order_comes_back_with_its_words(as_, people):
    call(people.daycare)
    answer = as_(people.adviser).submit("/recordings/", {"words": WORD, "number": "04", "ask": "yes"})
    assert answer.status_code == 422
    assert 'id="number-said"><p class="field-error">Skriv minst' in answer.text
    assert f'value="{WORD}"' in answer.text
    assert searches() == 0


def test_a_sealed_address_is_its_askers_and_for_a_day(as_, people):
    call(people.daycare, subject="Hammarström")
    client, other = as_(people.adviser), as_(people.manager)
    place = client.submit("/recordings/", {**TYPED, "told": "yes", "ask": "yes"}).location
    cut = place.replace("sought=", "sought=A")
    with clock.frozen(NOON + sought.LASTS - dt.timedelta(seconds=1)):
        assert "1 samtal" in as_(people.adviser).get(place).text
    done = searches()
    with clock.frozen(NOON + sought.LASTS + dt.timedelta(seconds=1)):
        late = as_(people.adviser).get(place)
    for answer in (late, other.get(place), client.get(cut), client.get("/recordings/?sought=" + "å" * 3)):
        assert answer.status_code == 200
        assert "Sökningen gäller inte längre" in answer.text
        assert "<tbody>" not in answer.text
        assert WORD not in answer.text.lower()
    assert 'value="yes" selected' in late.text, "what was not sealed is still there"
    assert searches() == done
    assert other.get(place.replace("/?", "/series/new?")).location == "/recordings/"


def test_an_address_tells_neither_what_nor_how_much_was_typed(people):
    one = sought.seal([("number", "040")], by=people.adviser)
    long = sought.seal([("number", "+358 40 123 4567")], by=people.adviser)
    assert len(one) == len(long)
    assert one != sought.seal([("number", "040")], by=people.adviser)
    with pytest.raises(sought.Ended):
        sought.unseal(one, by=people.adviser, use="counts")


def test_while_one_types_the_address_follows_and_a_letter_is_no_step_back(as_, people):
    client = as_(people.adviser)
    answer = typed(client, words="by", number="", queue="", **{"from": ""})
    assert answer.headers["HX-Push-Url"].startswith("/recordings/?sought=")
    assert answer.text.lstrip().startswith('<div id="results"'), "no more than the list"
    answer = typed(client, on=address(answer), words="bygg")
    place = answer.headers["HX-Replace-Url"]
    answer = typed(client, on=place, words="bygg", direction="in")
    assert re.fullmatch(r"/recordings/\?sought=[\w-]+&direction=in", answer.headers["HX-Push-Url"])
    answer = typed(client, on=address(answer), words="", number="")
    assert answer.headers["HX-Push-Url"] == "/recordings/"


def test_a_number_is_looked_for_from_its_third_digit_and_not_faulted_before(as_, people):
    row = call(people.daycare, number="+358401234567")
    call(people.daycare, number="+358509998888")
    client = as_(people.adviser)
    for few in ("5", "56", "(5"):
        answer = typed(client, number=few)
        assert (answer.status_code, answer.data) == (204, b""), "nothing is asked yet, the list stays"
    assert searches() == 0
    answer = typed(client, number="567")
    assert str(row.uuid) in answer.text
    answer = typed(client, on=address(answer), number="56")
    assert "2 samtal" in answer.text, "deleted again, it narrows no more"
    assert address(answer) == "/recordings/"
    assert "Skriv numret med siffror" in typed(client, number="abc").text
    assert "Skriv minst" in typed(client, number="56", ask="yes").text


def test_what_is_wrong_comes_along_for_beside_its_field_and_goes_when_it_is_mended(as_, people):
    client = as_(people.adviser)
    said = '<div id="to-said"><p class="field-error">Den sista dagen är före den första. Rätta en av dem.</p></div>'
    answer = typed(client, **{"from": "24.11.2026", "to": "23.11.2026"})
    assert said in answer.text
    assert [f'<div id="{name}-said"></div>' in answer.text for name in ("words", "number", "from")] == [True] * 3
    assert '<div id="to-said"></div>' in typed(client, **{"from": "24.11.2026", "to": "24.11.2026"}).text
    page = client.get("/recordings/").text
    for name in re.findall(r'id="(\w+)-said"', answer.text):
        assert page.count(f'id="{name}-said"') == page.count(f'aria-describedby="{name}-said"') == 1
        assert f"#{name}-said" in re.search('hx-select-oob="([^"]+)"', page)[1]


def test_a_quick_choice_of_days_stands_only_beside_its_own_days(as_, people):
    row = call(people.daycare)
    client = as_(people.adviser)
    assert found(client, "period=today") == ids(row)
    assert found(client, "period=yesterday") == []
    assert found(client, "period=never") == ids(row)
    day = "from=23.11.2026&to=23.11.2026"
    assert found(client, f"{day}&period=today") == [], "the days that are written count"
    chosen = re.search(r'aria-current="true">([^<]+)', asked(client, f"{day}&period=today").text)
    assert chosen[1] == "I går"
    answer = client.submit("/recordings/", {"from": "", "to": "", "period": "yesterday", "ask": "yes"})
    assert answer.location == "/recordings/", "days that were cleared are cleared"
