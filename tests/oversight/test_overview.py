"""The officer's page: who listened to what and why. Each look at it is in the log, with what was asked."""

import csv
import datetime as dt
import io
import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.oversight import listens
from tests.calls import recording
from tests.oversight.heard import NOON, heard

HOUR = dt.timedelta(hours=1)
PATHS = ("/oversight/", "/oversight/listens", "/oversight/listens.csv")


def last() -> Entry:
    return Entry.select().order_by(Entry.id.desc()).first()


def tables(answer) -> list[list[str]]:
    """The rows of each table, as text."""
    found = re.findall(r"<tbody>(.*?)</tbody>", answer.get_data(as_text=True), re.S)
    rows = [re.findall(r"<tr>(.*?)</tr>", body, re.S) for body in found]
    return [[" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in body] for body in rows]


@pytest.fixture
def log(people):
    daycare = recording(people.daycare, started_at=NOON - HOUR)
    elderly = recording(people.elderly, started_at=NOON - HOUR)
    for n in range(3):
        heard(daycare, by=people.adviser, at=NOON + n * HOUR)
    heard(daycare, by=people.manager, purpose="safety", at=NOON)
    heard(elderly, by=people.clerk, purpose="request", reference="BOR/1/2026", at=NOON + 9 * HOUR)
    heard(daycare, by=people.adviser, at=NOON - dt.timedelta(days=40))
    with clock.frozen(NOON + dt.timedelta(days=1)):
        listens.count_due()
        yield people


def test_the_page_sums_by_person_service_number_and_hour_and_links_to_the_entries(as_, log):
    client = as_(log.dpo)
    answer = client.get("/oversight/")
    assert answer.status_code == 200
    by_person, by_queue, by_hour = tables(answer)
    assert by_person == [
        "Karin Testström 3 0 0 3",
        "Kerstin Handström 0 0 1 1",
        "Maria Chefberg 0 1 0 1",
    ] or sorted(by_person) == ["Karin Testström 3 0 0 3", "Kerstin Handström 0 0 1 1", "Maria Chefberg 0 1 0 1"]
    assert by_queue == ["Småbarnspedagogik 3 1 0 4", "Äldreomsorg 0 0 1 1"]
    assert by_hour == ["12.00–13.00 2", "13.00–14.00 1", "14.00–15.00 1", "21.00–22.00 1"]
    links = re.findall(r'href="(/oversight/listens\?[^"]*)">(\d+)<', answer.get_data(as_text=True))
    assert len(links) > 10
    for link, number in links:
        (rows,) = tables(client.get(link.replace("&amp;", "&")))
        assert len(rows) == int(number), link


def test_reading_and_exporting_are_logged_with_what_was_asked_and_never_a_name(as_, log):
    client = as_(log.dpo)
    asked = f"from=24.11.2026&to=25.11.2026&person={log.adviser.uuid}&queue={log.daycare.uuid}&purpose=quality&hour=12"
    told = {
        "first": "2026-11-24",
        "last": "2026-11-25",
        "person": log.adviser.uuid.hex,
        "queue": log.daycare.id,
        "purpose": "quality",
        "hour": 12,
    }
    for path in PATHS[:2]:
        assert client.get(f"{path}?{asked}").status_code == 200
        assert (last().act, last().by) == (Act.OVERSIGHT_VIEWED, log.dpo.uuid)
        assert last().told == {"asked": told, "listens": 1}
    del told["person"]
    everybody = asked.replace(f"&person={log.adviser.uuid}", "")
    assert client.get(f"/oversight/listens.csv?{everybody}").status_code == 200
    assert (last().act, last().by) == (Act.OVERSIGHT_EXPORTED, log.dpo.uuid)
    assert last().told == {"asked": told, "rows": 1}


def test_of_one_person_there_is_no_file_but_the_way_to_an_extract_on_a_ground(as_, log):
    client, one = as_(log.dpo), f"person={log.adviser.uuid}"
    assert client.get(f"/oversight/listens.csv?{one}").status_code == 422
    assert not Entry.select().where(Entry.act == Act.OVERSIGHT_EXPORTED).exists()
    page = client.get(f"/oversight/?{one}").get_data(as_text=True)
    assert "listens.csv" not in page
    assert f"/oversight/extracts?{one}" in page
    chosen = f'selected value="{log.adviser.uuid}"'
    assert chosen in client.get(f"/oversight/extracts?{one}").get_data(as_text=True)


def test_the_file_has_a_row_for_each_person_service_number_and_purpose(as_, log):
    text = as_(log.dpo).get("/oversight/listens.csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[1] == ["2026-10-27", "2026-11-25", "Karin Testström", "Småbarnspedagogik", "Tjänstens kvalitet", "3"]
    assert sum(int(row[-1]) for row in rows[1:]) == 5


@pytest.mark.parametrize("who", ["adviser", "manager", "clerk", "decider", "admin"])
def test_nobody_but_the_officer_sees_it(as_, people, who):
    client = as_(getattr(people, who))
    for path in PATHS:
        assert client.get(path).status_code == 403
        assert (last().act, last().by) == (Act.DENIED, getattr(people, who).uuid)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=31.2.2026", "Den dagen finns inte i kalendern. Kontrollera dagen och månaden."),
        ("from=2.11.2026&to=1.11.2026", "Den sista dagen är före den första. Rätta en av dem."),
        ("from=31.12.2024&to=1.1.2026", "Välj en period på högst ett år."),
        ("person=00000000-0000-0000-0000-000000000000", ""),
        ("hour=24", ""),
    ],
)
def test_what_cannot_be_asked_is_told_and_nothing_is_shown_or_logged(as_, log, asked, said):
    client, before = as_(log.dpo), Entry.select().where(Entry.act.startswith("oversight:")).count()
    for path in PATHS:
        answer = client.get(f"{path}?{asked}")
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True) or path.endswith("csv")
    assert Entry.select().where(Entry.act.startswith("oversight:")).count() == before
    assert client.get("/oversight/listens?before=x").status_code == 422


def test_half_a_period_is_completed_and_an_empty_one_says_so(as_, log):
    client = as_(log.dpo)
    assert "16.9.2026–15.10.2026" in client.get("/oversight/?to=15.10.2026").get_data(as_text=True)
    assert "15.10.2026–25.11.2026" in client.get("/oversight/?from=15.10.2026").get_data(as_text=True)
    assert "Inga lyssningar" in client.get("/oversight/?from=1.1.2026&to=2.1.2026").get_data(as_text=True)
    assert len(tables(client.get("/oversight/?to=15.10.2026"))) == 3
