"""Finding calls: what is asked, what is seen, what the log says."""

import datetime as dt
import html
import json
import re

import pytest
from playhouse.test_utils import count_queries

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import probe
from portal.recordings import answers, search
from portal.recordings.models import Direction, Playable, Recording, State, Told
from portal.vault import box
from tests.recordings.finding import NOON, asked, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


def last_search() -> dict:
    entry = Entry.select().where(Entry.act == Act.SEARCHED).order_by(Entry.id.desc()).get()
    return json.loads(entry.detail)


def test_find_lists_the_newest_calls_first_and_writes_the_log(as_, people):
    older = call(people.daycare, subject="Köplats", adviser=people.adviser, started_at=NOON - dt.timedelta(days=2))
    newer = call(people.daycare, subject="Avgift", adviser=people.adviser)
    client = as_(people.adviser)
    assert found(client) == ids(newer, older)
    entry = Entry.select().where(Entry.act == Act.SEARCHED).get()
    assert (entry.by, entry.queue_id) == (people.adviser.uuid, people.daycare.id)
    assert json.loads(entry.detail) == {
        "filters": [],
        "queues": [people.daycare.id],
        "hits": 2,
        "capped": False,
        "page": "newest",
    }


def test_find_shows_what_a_list_needs_and_no_more_of_the_number_than_its_end(as_, people):
    row = call(people.daycare, subject="Köplats", adviser=people.adviser, told=Told.NO, seconds=187)
    text = as_(people.adviser).get("/recordings/").text
    for seen in ("24.11.2026 11.00", "3:07", "Småbarnspedagogik", "Karin Testström", "Köplats", "Inte informerad"):
        assert seen in text
    assert "24.2.2027" in text
    assert "••• 567" in text
    assert "1234567" not in text
    assert row.number not in text


def test_find_never_shows_a_call_of_a_foreign_queue(as_, people):
    foreign = call(people.elderly, subject="gemensamt ord")
    own = call(people.daycare, subject="gemensamt ord")
    client = as_(people.adviser)
    for query in ("", "words=gemensamt", "number=0401234567", f"queue={people.elderly.uuid.hex}"):
        assert str(foreign.uuid) not in found(client, query)
    assert found(client, "words=gemensamt") == ids(own)
    assert last_search()["hits"] == 1


def test_find_refuses_a_queue_that_is_not_ones_own(as_, people):
    call(people.elderly)
    answer = asked(as_(people.adviser), {"queue": people.elderly.uuid.hex})
    assert 'id="queue-error"' in answer.text
    assert not Entry.select().where(Entry.act == Act.SEARCHED).exists()


def test_find_needs_the_permission(as_, people):
    call(people.daycare)
    for person in (people.dpo, people.admin, people.decider):
        assert as_(person).get("/recordings/").status_code == 403


def test_find_never_shows_or_counts_a_call_past_its_date_that_the_sweep_has_not_reached(as_, people):
    due = call(people.daycare, started_at=NOON - dt.timedelta(days=1), expires_at=NOON)
    live = call(people.daycare, started_at=NOON - dt.timedelta(days=2))
    purging = call(people.daycare, started_at=NOON - dt.timedelta(days=1), state=State.PURGING)
    client = as_(people.adviser)
    assert found(client) == ids(live)
    assert last_search()["hits"] == 1
    assert found(client, "number=567") == ids(live)
    assert {due.state, purging.state} == {State.LIVE, State.PURGING}


def test_find_shows_a_call_until_the_millisecond_of_its_date(as_, people):
    row = call(people.daycare, expires_at=NOON)
    client = as_(people.adviser)
    with clock.frozen(NOON - dt.timedelta(milliseconds=1)):
        assert found(client) == ids(row)
    assert found(client) == []


def test_no_search_looks_at_what_nobody_can_see_any_more_however_much_waits_to_be_deleted(as_, people):
    live = call(people.daycare, started_at=NOON - dt.timedelta(days=3))
    for n in range(60):
        call(people.daycare, started_at=NOON - dt.timedelta(days=95, minutes=n))
    client = as_(people.adviser)
    with count_queries(only_select=True) as few:
        assert found(client) == ids(live)
    assert last_search()["hits"] == 1
    Recording.delete().where(Recording.id != live.id).execute()
    with count_queries(only_select=True) as none:
        assert found(client) == ids(live)
    assert few.count == none.count


def test_no_call_that_may_be_seen_lies_out_of_reach_and_none_within_it_was_due_for_long():
    day = dt.datetime(2024, 1, 1, 11, 30, tzinfo=dt.UTC)
    while day.year < 2036:
        longest = clock.expiry(day + dt.timedelta(seconds=probe.LONGEST_SECONDS))
        assert longest - day < answers.REACH
        assert clock.expiry(day) - day > answers.REACH - answers.LATEST
        day += dt.timedelta(hours=23)


def test_find_passes_over_hundreds_that_are_due(as_, people):
    live = [call(people.daycare, started_at=NOON - dt.timedelta(days=3, minutes=n)) for n in range(3)]
    for n in range(400):
        call(people.daycare, started_at=NOON - dt.timedelta(days=1, minutes=n), expires_at=NOON)
    client = as_(people.adviser)
    assert found(client) == ids(*live)
    assert last_search()["hits"] == 3


def test_find_loses_nothing_between_those_that_are_due(as_, people):
    rows = [call(people.daycare, **({"expires_at": NOON} if n % 2 else {})) for n in range(130)]  # all in one second
    live = [row for row in reversed(rows) if row.expires_at > NOON]
    assert found(as_(people.adviser)) == ids(*live[:50])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("direction=out", "b"),
        ("direction=in", "acd"),
        ("length=0-1", "a"),
        ("length=1-5", "b"),
        ("length=5-15", "c"),
        ("length=15-", "d"),
        ("told=yes", "ad"),
        ("told=no", "b"),
        ("told=unknown", "c"),
        ("flag=untold", "bc"),
        ("flag=withheld", "c"),
        ("flag=empty", "d"),
        ("flag=failed", "a"),
        ("flag=untold&flag=withheld", "c"),
        ("direction=in&told=yes&length=15-", "d"),
        ("from=23.11.2026&to=23.11.2026", "c"),
        ("from=24.11.2026", "ab"),
        ("to=22.11.2026", "d"),
    ],
)
def test_find_narrows_by(as_, people, query, names):
    q, day = people.daycare, dt.timedelta(days=1)
    rows = {
        "a": call(q, seconds=59, playable=Playable.FAILED),
        "b": call(q, seconds=60, direction=Direction.OUT, told=Told.NO, started_at=NOON - day / 12),
        "c": call(q, seconds=300, told=Told.UNKNOWN, number=None, started_at=NOON - day),
        "d": call(q, seconds=900, playable=Playable.EMPTY, started_at=NOON - 2 * day),
    }
    assert found(as_(people.adviser), query) == ids(*(rows[name] for name in names))


def test_find_narrows_by_queue_and_adviser(as_, people):
    one = call(people.daycare, adviser=people.adviser)
    two = call(people.technical, adviser=people.manager, started_at=NOON - dt.timedelta(hours=2))
    client = as_(people.manager)
    assert found(client) == ids(one, two)
    assert found(client, {"queue": people.technical.uuid.hex}) == ids(two)
    assert found(client, {"adviser": people.adviser.uuid.hex}) == ids(one)
    assert last_search()["adviser"] == people.adviser.uuid.hex


def test_find_offers_no_adviser_of_a_foreign_queue(as_, people):
    call(people.elderly, adviser=people.outsider)
    call(people.daycare, adviser=people.manager)
    text = as_(people.adviser).get("/recordings/").text
    assert "Maria Chefberg" in text
    assert "Olli" not in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=2026-11-24", "Skriv dagen som i 24.11.2026."),
        ("from=31.11.2026", "Den dagen finns inte i kalendern. Kontrollera dagen och månaden."),
        ("to=29.2.2027", "Den dagen finns inte i kalendern. Kontrollera dagen och månaden."),
        ("from=1.1.0001", "Kontrollera årtalet: det ska ha fyra siffror och börja med 20."),
        ("to=31.12.9999", "Kontrollera årtalet: det ska ha fyra siffror och börja med 20."),
        ("from=²4.11.2026", "Skriv dagen som i 24.11.2026."),
        ("from=2.11.2026&to=1.11.2026", "Den sista dagen är före den första. Rätta en av dem."),
        ("number=04", "Skriv minst tre siffror."),
        ("number=anonymous", "Skriv numret med siffror"),
        ("words=%26%26", "Skriv ord med bokstäver eller siffror."),
        ("words=" + "+".join("abcdefghijklm"), "Skriv högst tolv ord."),
    ],
)
def test_find_says_beside_the_field_what_is_wrong_and_searches_nothing(as_, people, query, message):
    call(people.daycare)
    answer = asked(as_(people.adviser), query)
    assert answer.status_code == 200
    name = re.findall("(from|to|number|words)=", query)[-1]
    assert re.search(rf'id="{name}-said"><p class="field-error">{re.escape(message)}', answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert "<tbody>" not in answer.text
    assert not Entry.select().where(Entry.act == Act.SEARCHED).exists()


@pytest.mark.parametrize("query", ["length=99", "told=maybe", "direction=up", "flag=bad", "adviser=1", "queue=1"])
def test_find_refuses_a_choice_that_is_not_offered(as_, people, query):
    call(people.daycare)
    answer = asked(as_(people.adviser), query)
    assert answer.status_code == 200
    assert "<tbody>" not in answer.text
    assert "Not a valid" not in answer.text
    assert "field-error" in answer.text


def test_the_log_names_filters_and_holds_number_and_words_only_as_pseudonyms(as_, people):
    call(people.daycare, subject="Hammarström daghem")
    query = {"number": "040 123 4567", "words": "hammarström", "from": "1.11.2026", "flag": "untold"}
    asked(as_(people.adviser), query)
    entry = Entry.select().where(Entry.act == Act.SEARCHED).get()
    detail = json.loads(entry.detail)
    assert detail["filters"] == ["words", "number", "first", "flags"]
    assert detail["number"] == box.pseudonym("number", "+358401234567")
    assert detail["words"] == [box.pseudonym("word", "hammarström")]
    assert detail["first"] == "2026-11-01"
    assert "hammarstr" not in entry.detail.lower()
    assert "1234567" not in entry.detail


def test_the_empty_result_says_what_was_asked(as_, people):
    call(people.daycare)
    text = asked(as_(people.adviser), "words=bygglov&direction=out&from=1.11.2026").text
    assert "Inga samtal hittades" in text
    for seen in ("<strong>bygglov</strong>", "<strong>Utgående</strong>", "<strong>1.11.2026</strong>"):
        assert seen in text


def test_an_empty_result_says_which_one_condition_hinders_it_and_how_many_it_hides(as_, people):
    client = as_(people.adviser)
    for hours in (1, 2, 3):
        call(people.daycare, subject="parkering", started_at=NOON - dt.timedelta(hours=hours))
    call(people.daycare, subject="parkering", direction=Direction.OUT, number="+358501112223")
    call(people.elderly, subject="parkering", direction=Direction.OUT)  # not theirs to see: not counted
    query = {"words": "parkering", "number": "0401234567", "direction": "out", "from": "1.11.2026"}
    text = " ".join(asked(client, query).text.split())
    assert "Inga samtal hittades" in text
    hidden = re.findall(r'<a href="([^"]*)">utan villkoret ”([^”]*)”</a>: ([^<]*)</li>', text)
    assert [(label, count) for _, label, count in hidden] == [("Riktning", "3 samtal"), ("Telefonnummer", "1 samtal")]
    later = {"words": "parkering", "from": "2.11.2026", "to": "3.11.2026"}
    days = " ".join(asked(client, later).text.split())
    hidden += re.findall(r'<a href="([^"]*)">utan villkoret ”(Från – Till)”</a>: (4 samtal)</li>', days)
    flags = " ".join(asked(client, "words=parkering&flag=noted").text.split())
    hidden += re.findall(r'<a href="([^"]*)">utan villkoret ”(Visa bara)”</a>: (4 samtal)</li>', flags)
    assert len(hidden) == 4
    for address, _, count in hidden:
        assert f"{count}</p>" in client.get(address.replace("&amp;", "&")).text
    alone = asked(client, "words=bygglov").text
    assert "utan villkoret ”Ord i ämne och anteckningar”" in alone
    two = {"words": "parkering", "from": "2.1.2026", "to": "3.1.2026", "direction": "out", "told": "no"}
    assert "lämnar bort" not in asked(client, two).text, "no one of them alone"
    assert "Lämna bort flera." in asked(client, two).text
    assert "lämnar bort" not in asked(client, "words=parkering").text
    assert "Lämna bort" not in asked(client, "words=parkering").text


def test_a_person_without_queues_is_told_so(as_, people):
    from tests.people import person

    nobody = person("nils", "Nils Ny", "adviser")
    call(people.daycare)
    answer = as_(nobody).get("/recordings/")
    assert "Du har inga servicenummer" in answer.text
    assert "<tbody>" not in answer.text


def test_pages_follow_each_other_without_loss_or_double_also_over_equal_seconds(as_, people):
    moments = [NOON - dt.timedelta(hours=1, seconds=n // 40) for n in range(130)]  # 40 calls in one second
    rows = [call(people.daycare, started_at=moment) for moment in moments]
    expected = ids(*sorted(rows, key=lambda row: -row.id))
    client, seen, url, pages = as_(people.adviser), [], "/recordings/", []
    while url:
        text = client.get(url).text
        pages.append(re.findall(r'<a href="/recordings/([0-9a-f-]{36})">', text))
        seen += pages[-1]
        older = re.search(r'rel="next" href="([^"]+)"', text)
        last, url = url, html.unescape(older[1]) if older else ""
    assert seen == expected
    assert [len(page) for page in pages] == [50, 50, 30]
    newer = re.search(r'rel="prev" href="([^"]+)"', client.get(last).text)
    assert re.findall(r'<a href="/recordings/([0-9a-f-]{36})">', client.get(html.unescape(newer[1])).text) == pages[1]


def test_the_newest_page_is_full_when_one_comes_back_to_it(as_, people):
    rows = [call(people.daycare, started_at=NOON - dt.timedelta(hours=1, seconds=n)) for n in range(70)]
    client = as_(people.adviser)
    assert found(client, {"after": rows[20].id}) == ids(*rows[:50])
    assert 'rel="prev"' not in client.get("/recordings/", query_string={"after": rows[20].id}).text


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "1e9", "²", ""])
def test_a_cursor_that_is_none_shows_the_newest(as_, people, cursor):
    row = call(people.daycare)
    assert found(as_(people.adviser), {"before": cursor}) == ids(row)


def test_a_cursor_from_before_everything_shows_the_newest(as_, people):
    row = call(people.daycare)
    assert found(as_(people.adviser), {"before": "1"}) == ids(row)


def test_hits_are_counted_no_further_than_the_cap(as_, people, monkeypatch):
    monkeypatch.setattr(search, "CAP", 4)
    for n in range(6):
        call(people.daycare, started_at=NOON - dt.timedelta(hours=1, minutes=n))
    client = as_(people.adviser)
    assert "över 4 samtal" in client.get("/recordings/").text
    assert (last_search()["hits"], last_search()["capped"]) == (4, True)
    assert "4 samtal" in asked(client, "from=1.11.2026").text
    told = "CSV-filen tar med de 10\u00a0000 nyaste samtalen."
    assert [told in as_(who).get("/recordings/").text for who in (people.adviser, people.manager)] == [False, True]


def test_a_search_takes_as_many_queries_for_fifty_rows_as_for_one(as_, people):
    client, counts = as_(people.manager), []
    client.get("/recordings/")
    for n in range(60):
        call(people.daycare if n % 2 else people.technical, adviser=people.adviser)
        if n in (0, 59):
            for headers in ({"HX-Request": "true"}, {}):
                with count_queries() as counter:
                    client.get("/recordings/?number=567", headers=headers)
                counts.append(counter.count)
    assert counts[0] == counts[2] <= 11, "at each pause in typing"
    assert counts[1] == counts[3] <= 17, "a whole page tells what waits for the person as well"


def test_a_page_of_fifty_calls_is_lean(as_, people):
    for n in range(60):
        call(
            people.daycare,
            subject="Frågar om avgiften för småbarnspedagogik i april",
            adviser=people.adviser,
            started_at=NOON - dt.timedelta(hours=1, minutes=n),
            told=Told.UNKNOWN if n % 10 == 0 else Told.YES,
        )
    answer = as_(people.adviser).get("/recordings/")
    assert answer.text.count("<tr>") == 51
    assert len(answer.data) <= 37_000, (
        "of which 4 kB lead from each number to its other calls, and 2 say which call a link reports"
    )


def test_a_subject_in_the_list_is_text_and_not_markup(as_, people):
    call(people.daycare, subject="<script>alert(1)</script>")
    text = as_(people.adviser).get("/recordings/?words=" + "%3Cb%3E%22'").text
    assert "<b>" not in text
    text = asked(as_(people.adviser), "words=script").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_an_adviser_of_restricted_calls_alone_is_no_choice(as_, people):
    row = call(people.daycare, adviser=people.adviser)
    choice = f'value="{people.adviser.uuid.hex}"'
    assert choice in as_(people.manager).get("/recordings/").text
    Recording.update(restrictions=1).where(Recording.id == row.id).execute()
    assert choice not in as_(people.manager).get("/recordings/").text
