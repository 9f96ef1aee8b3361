"""The pages of figures: whose they are, which months stand there, the drawings and the file."""

import csv
import datetime as dt
import io
import json
import re
import time
import xml.etree.ElementTree as ET

import pytest
from playhouse.test_utils import count_queries

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.codes import Outcome
from portal.db import db
from portal.queues.models import Queue
from portal.recordings.models import Purpose, Told
from portal.register import figures
from portal.register.counting import LATE, Step, What
from portal.register.figure_models import DayFigure
from tests.people import queue
from tests.register.counted import LAST, MONTHS, NOW, put, settle

PAGE = "/register/figures"
JULY, AUGUST, SEPTEMBER, OCTOBER = MONTHS


@pytest.fixture(autouse=True)
def stopped(settings):
    with clock.frozen(NOW):
        yield


@pytest.fixture
def counted(people):
    settle()
    care, technical, elderly = people.daycare.id, people.technical.id, people.elderly.id
    put(
        {
            (OCTOBER, care, What.CALLS, Told.YES): 412,
            (OCTOBER, care, What.CALLS, Told.NO): 3,
            (OCTOBER, technical, What.CALLS, Told.YES): 20,
            (OCTOBER, elderly, What.CALLS, Told.UNKNOWN): 7,
            (SEPTEMBER, care, What.CALLS, Told.YES): 1300,
            (OCTOBER, care, What.LISTENS, Purpose.QUALITY): 8,
            (OCTOBER, technical, What.LISTENS, Purpose.QUALITY): 3,
            (OCTOBER, elderly, What.LISTENS, Purpose.SAFETY): 9,
            (OCTOBER, care, What.DELETIONS, "retention"): 398,
            (OCTOBER, care, What.DELETIONS, "erasure"): 2,
            (OCTOBER, care, What.HOLDS, Step.PLACED): 6,
            (OCTOBER, 0, What.REQUESTS, "access"): 9,
            (OCTOBER, 0, What.ANSWERS, Outcome.GRANTED): 10,
            (OCTOBER, 0, What.ANSWERS, Outcome.GRANTED + LATE): 1,
            (OCTOBER, 0, What.ANSWERS, Outcome.REFUSED): 2,
        },
        total=3600,
    )


def rows(client, what: str, asked: str = "") -> list[list[str]]:
    answer = client.get(f"{PAGE}/{what}.csv{asked}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def shown_text(page: str) -> str:
    return page.replace("\xa0", " ")


def test_a_table_has_a_month_a_row_and_what_they_are_together(counted, people, as_):
    page = shown_text(as_(people.dpo).get(PAGE).text)
    assert "<h1>Statistik: Samtal</h1>" in page
    assert "11/2025–10/2026" in page
    cells = '<td class="num">1 732</td><td class="num">3</td><td class="num">7</td><td class="num">1 742</td>'
    assert cells.replace(" ", "") in page.replace(" ", "").replace("\n", ""), "a call is shown as it is"
    assert page.count('<th scope="row" class="nowrap">10/2026</th>') == 2, "by code, and by service number"
    assert "11/2026</th>" not in page, "it is not over"
    assert "6/2026</th>" not in page, "before anything was counted"
    listens = as_(people.dpo).get(f"{PAGE}/listens").text
    assert "9–12" in listens, "8 and a hidden one"


def test_what_is_hidden_stays_so_in_the_file_and_a_sum_is_a_range(counted, people, as_):
    october = [row for row in rows(as_(people.dpo), "listens") if row[0] == "2026-10"]
    assert [row[1:] for row in october] == [
        ["Alla", "9–12", "9", "0", "0", "18–21"],
        ["Småbarnspedagogik", "8", "0", "0", "0", "8"],
        ["Tekniska servicen", "1–4", "0", "0", "0", "1–4"],
        ["Äldreomsorg", "0", "9", "0", "0", "9"],
    ]
    deletions = [row for row in rows(as_(people.dpo), "deletions") if row[:2] == ["2026-10", "Småbarnspedagogik"]]
    assert deletions[0][2:] == ["395–399", "1–4", "0", "0", "396–403"]


def test_answers_have_their_outcome_how_many_were_late_and_the_mean_of_what_is_shown(counted, people, as_):
    head, *found = rows(as_(people.decider), "answers")
    october = dict(zip(head, next(row for row in found if row[0] == "2026-10"), strict=True))
    assert october["Beviljad"] == "11–14"
    assert october["Vägrad"] == "1–4"
    assert october["Försenade"] == "1–4"
    assert october["Sammanlagt"] == "12–18"
    assert october["Dagar till svaret, medeltal"] == "3600", "of the ten, not of the hidden three"


def test_a_manager_sees_the_own_service_numbers_and_no_total_of_others(counted, people, as_):
    client = as_(people.manager)
    found = [row for row in rows(client, "calls") if row[0] == "2026-10"]
    assert [row[1:6] for row in found] == [
        ["Alla", "432", "3", "0", "435"],
        ["Småbarnspedagogik", "412", "3", "0", "415"],
        ["Tekniska servicen", "20", "0", "0", "20"],
    ]
    page = client.get(PAGE).text
    assert "Äldreomsorg" not in page
    assert f"{PAGE}/requests" not in page
    assert not re.search(r">\s*442\b", page)
    for ending in ("", ".csv", ".svg"):
        assert client.get(f"{PAGE}/requests{ending}").status_code == 404
        assert client.get(f"{PAGE}/calls{ending}?queue={people.elderly.uuid}").status_code == 404
        assert client.get(f"{PAGE}/calls{ending}?queue=x").status_code == 404
        assert client.get(f"{PAGE}/nonsense{ending}").status_code == 404
    assert client.get(f"{PAGE}/calls.svg?of=quality").status_code == 404


@pytest.mark.parametrize("other", ["adviser", "clerk", "admin", "outsider"])
def test_others_see_none(people, as_, other):
    client = as_(getattr(people, other))
    assert [client.get(f"{PAGE}{end}").status_code for end in ("", "/calls", "/calls.csv", "/calls.svg")] == [403] * 4


def test_one_service_number_can_be_chosen(counted, people, as_):
    chosen = f"?queue={people.technical.uuid}"
    found = [row for row in rows(as_(people.dpo), "calls", chosen) if row[0] == "2026-10"]
    assert [row[1:6] for row in found] == [["Tekniska servicen", "20", "0", "0", "20"]]
    page = as_(people.dpo).get(f"{PAGE}/calls{chosen}").text
    assert "1 742" not in shown_text(page)
    assert page.count("<table") == 1


def test_a_month_stands_there_when_all_its_days_are_settled_and_not_before(people):
    settle(last=LAST - dt.timedelta(days=1))
    put({(OCTOBER, 0, What.REQUESTS, "access"): 9, (SEPTEMBER, 0, What.REQUESTS, "access"): 8})
    view = figures.overview(What.REQUESTS, user=people.dpo)
    assert [month.first for month in view.months if month.counted] == [JULY, AUGUST, SEPTEMBER]
    assert view.all_months().low == 8
    asked = figures.overview(What.REQUESTS, user=people.dpo, until=dt.date(2027, 5, 1))
    assert asked.months == view.months
    settle(LAST, LAST)
    assert figures.overview(What.REQUESTS, user=people.dpo).all_months().low == 17


def test_a_month_with_a_day_that_is_not_counted_is_not_shown(people):
    settle(last=AUGUST.replace(day=9))
    settle(AUGUST.replace(day=11))
    view = figures.overview(What.CALLS, user=people.dpo)
    assert [month.first for month in view.months if month.counted] == [JULY, SEPTEMBER, OCTOBER]


DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((JULY, LAST),),
        ((JULY, LAST - DAY),),
        ((JULY, AUGUST + DAY), (AUGUST + 3 * DAY, LAST)),
        ((JULY, OCTOBER + DAY), (OCTOBER + 3 * DAY, LAST)),
        ((JULY, AUGUST + DAY),),
        ((OCTOBER + DAY, LAST),),
        ((LAST + DAY, LAST + 2 * DAY),),
        ((JULY, LAST + 9 * DAY),),
    ],
)
def test_the_newest_month_is_the_last_of_the_page_however_far_is_counted(people, spans):
    for first, last in spans:
        settle(first, last)
    assert figures.newest_month() == figures.twelve(figures.newest())[-1]


def test_a_month_by_itself_is_shown_as_its_row_of_the_pages(counted, people):
    month = figures.newest_month()
    with count_queries() as asked:
        sums = figures.sums(month)
    assert asked.count == 1
    for reader in (people.dpo, people.decider, people.manager):
        found = figures.of_month(month, sums, user=reader)
        assert What.DELETIONS in found, "of service numbers where nothing was deleted too"
        for what, shown in found.items():
            assert shown == figures.overview(what, user=reader).of(month), (reader.username, what)
    assert figures.sums(figures.Month(OCTOBER, False)) == ([], [])


def test_the_newest_month_is_usually_one_question(people):
    settle()
    with count_queries() as counted:
        assert figures.newest_month() == figures.Month(OCTOBER, True)
    assert counted.count == 1


def test_older_months_are_a_page_away_and_nothing_is_said_before_anything_is_counted(people, as_):
    client = as_(people.dpo)
    assert "Ingen månad är räknad än" in client.get(PAGE).text
    settle(dt.date(2025, 6, 1))
    put({(dt.date(2025, 7, 1), people.daycare.id, What.CALLS, Told.YES): 77713})
    page = client.get(PAGE).text
    assert f"{PAGE}/calls?until=2025-10" in page
    assert "77 713" not in shown_text(page)
    older = client.get(f"{PAGE}/calls?until=2025-10").text
    assert "77 713" in shown_text(older)
    assert f"{PAGE}/calls?until=2026-10" in older
    for until in ("2026-13", "x", "1026-01"):
        assert "11/2025–10/2026" in client.get(f"{PAGE}/calls?until={until}").text


def test_the_file_is_logged_and_runs_no_formula(counted, people, as_):
    Queue.update(name_sv="=1+1").where(Queue.id == people.daycare.id).execute()
    answer = as_(people.manager).get(f"{PAGE}/holds.csv?queue={people.daycare.uuid}")
    name = f"statistik-hotsamtal-{people.daycare.number}-2025-11-2026-10.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "2026-10;'=1+1;6;0\r\n" in answer.text
    row = Entry.select().order_by(Entry.id.desc()).first()
    assert (row.act, row.by, row.queue_id) == (Act.FIGURES_EXPORTED, people.manager.uuid, people.daycare.id)
    assert json.loads(row.detail) == {"figures": "holds", "first": "2025-11-01", "last": "2026-10-31"}


def test_a_drawing_has_a_column_for_what_is_shown_and_says_what_it_is(counted, people, as_):
    answer = as_(people.dpo).get(f"{PAGE}/listens.svg?of=quality")
    assert answer.content_type == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    root = ET.fromstring(answer.data)
    kinds = {element.tag.partition("}")[2] for element in root.iter()}
    assert kinds == {"svg", "title", "desc", "g", "rect", "line", "text"}
    assert not any(name in ("style", "href") or name.startswith("on") for each in root.iter() for name in each.attrib)
    said = [element.text for element in root.iter() if element.text and element.text.strip()]
    assert said[:2] == ["Lyssningar: Tjänstens kvalitet", "En stapel för varje månad. Samma tal står i tabellen."]
    assert {"högst", "minst", "11/25", "12", "1/26", "10"} <= set(said)
    columns = [element for element in root.iter() if "columns" in element.get("class", "")]
    most, least = ([round(float(bar.get("height")), 1) for bar in column] for column in columns)
    assert most[:-1] == least[:-1] == [0.0] * 11, "the other months have none"
    assert most[-1] / least[-1] == pytest.approx(12 / 9, abs=0.01)


def test_a_page_of_a_large_city_takes_less_than_a_tenth_of_a_second(people, as_):
    """Twenty service numbers, a year of days, each column on each day. Of the processor: others work meanwhile."""
    places = [queue(str(3000 + n), f"Tjänst {n}", f"Palvelu {n}").id for n in range(17)]
    settle(dt.date(2025, 11, 1))
    days = [dt.date(2025, 11, 1) + dt.timedelta(days=n) for n in range(365)]
    fields = [DayFigure.what, DayFigure.of, DayFigure.queue_id, DayFigure.day, DayFigure.count]
    with db.atomic():
        for place in places:
            rows = [(What.LISTENS, of, place, day, 1) for of in Purpose for day in days]
            DayFigure.insert_many(rows, fields=fields).execute()
    client, taken = as_(people.dpo), []
    for path in ("/listens", "/listens.svg", "/listens.csv") * 3:
        before = time.process_time()
        assert client.get(PAGE + path).status_code == 200
        taken.append(time.process_time() - before)
    assert sorted(taken)[-2] < 0.1, "all but the first, which reads the template"


def test_all_that_the_reader_may_see_goes_on_one_paper(counted, people, as_):
    whole = as_(people.decider).get(f"{PAGE}/paper").text
    for what in figures.CODES:
        assert f'id="figures-{what}"' in whole, what
        page = as_(people.decider).get(f"{PAGE}/{what}").text
        tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
        assert tables, what
        assert all(" ".join(each.split()) in " ".join(whole.split()) for each in tables), what
    own = as_(people.manager).get(f"{PAGE}/paper").text
    assert 'id="figures-calls"' in own
    assert 'id="figures-requests"' not in own
    assert ".svg?of=" not in own
    assert as_(people.adviser).get(f"{PAGE}/paper").status_code == 403


def test_a_chosen_service_number_stays_chosen_from_one_kind_of_figures_to_the_next(counted, people, as_):
    page = as_(people.dpo).get(f"{PAGE}/calls?queue={people.daycare.uuid}").text
    assert f"{PAGE}/listens?until=2026-10&amp;queue={people.daycare.uuid}" in page
    assert f'"{PAGE}/requests?until=2026-10"' in page, "of what has no service number"
    for address in re.findall(rf'href="({PAGE}/\w+\?until[^"]*)"', page):
        assert as_(people.dpo).get(address.replace("&amp;", "&")).status_code == 200, address
