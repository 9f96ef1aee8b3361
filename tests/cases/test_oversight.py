"""Figures of the requests: by the month they came in, as they stand now; for those who oversee, and counts only."""

import csv
import datetime as dt
import io
import json

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import oversight
from portal.cases.codes import OPEN, Outcome, State
from portal.cases.models import Case

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
PAGE, FILE = "/cases/oversight", "/cases/oversight.csv"
READERS = ("decider", "dpo")
OTHERS = ("adviser", "manager", "clerk", "admin", "outsider")
NAME = "Aino Kysyjä-Testi"


@pytest.fixture(autouse=True)
def stopped(settings):
    with clock.frozen(NOW):
        yield


@pytest.fixture
def asked(people):
    """`asked("3.9.2026", …)`: a request received that day, with what else is said of its row."""

    def made(received: str, due: str = "", **values) -> Case:
        day = _day(received)
        last = _day(due) if due else clock.months_after(day, 1)
        serial = Case.select().count() + 1
        for name in ("dispatched_on", "paused_on", "resumed_on", "extended_on"):
            if name in values:
                values[name] = _day(values[name])
        return Case.create(
            **{
                "year": day.year,
                "serial": serial,
                "number": f"BS/{serial}/{day.year}",
                "registered_by": people.clerk,
                "handler": people.clerk,
                "received_on": day,
                "channel": "letter",
                "language": "sv",
                "name": NAME,
                "due_on": last,
                "working_on": last,
                "internal_on": last,
                **values,
            }
        )

    return made


def _day(text: str) -> dt.date:
    day, month, year = map(int, text.split("."))
    return dt.date(year, month, day)


def closed(on: str, outcome: str = Outcome.GRANTED, state: str = State.CLOSED) -> dict:
    return {"state": state, "outcome": outcome, "dispatched_on": on}


def of(month: str, until: str = "24.11.2026") -> oversight.Figures:
    return dict(oversight.overview(_day(until)).months)[_day(f"1.{month}")]


def test_a_request_is_counted_in_the_month_it_came_in_as_it_stands_now(asked):
    asked("1.9.2026", **closed("21.9.2026"))
    asked("30.9.2026", **closed("2.11.2026", Outcome.PARTIAL))
    asked("30.9.2026", **closed("10.10.2026", Outcome.REFUSED, State.PURGED))
    asked("15.9.2026", due="15.12.2026", extended_on="10.10.2026", state=State.IN_PROGRESS)
    asked("1.10.2026", **closed("21.10.2026", state=State.DISPATCHED))
    found = of("9.2026")
    assert found == oversight.Figures(received=4, open=1, late=1, extended=1, refused=2, closed=3, days=20)
    assert of("10.2026") == oversight.Figures(received=1, days=20)
    assert of("8.2026") == oversight.Figures()


@pytest.mark.parametrize(("took", "median"), [([4], 4), ([4, 7], 5.5), ([30, 1, 2], 2), ([1, 2, 3, 40], 2.5)])
def test_the_median_is_that_of_the_answers_and_of_nothing_else(asked, took, median):
    for days in took:
        day = dt.date(2026, 9, 3) + dt.timedelta(days=days)
        asked("3.9.2026", **closed(f"{day.day}.{day.month}.{day.year}"))
    asked("3.9.2026")
    asked("3.9.2026", **closed("3.9.2026", Outcome.WITHDRAWN))
    asked("3.9.2026", **closed("3.9.2026", Outcome.TRANSFERRED))
    assert of("9.2026").days == median
    assert oversight.overview(clock.today()).together.days == median


def test_the_months_together_have_the_median_of_all_answers_not_of_the_months(asked):
    asked("1.8.2026", **closed("2.8.2026"))
    for _ in range(3):
        asked("1.9.2026", **closed("11.9.2026"))
    together = oversight.overview(clock.today()).together
    assert (together.received, together.closed, together.days) == (4, 4, 10)


@pytest.mark.parametrize(
    ("values", "late"),
    [
        ({"due": "24.11.2026"}, 0),
        ({"due": "23.11.2026"}, 1),
        ({"due": "23.11.2026", "state": State.PROPOSED}, 1),
        ({"due": "23.11.2026", "state": State.IDENTITY_ASKED, "paused_on": "2.11.2026"}, 0),
        ({"due": "23.11.2026", "paused_on": "2.11.2026", "resumed_on": "3.11.2026"}, 1),
        ({"due": "20.11.2026", **closed("20.11.2026")}, 0),
        ({"due": "20.11.2026", **closed("21.11.2026")}, 1),
        ({"due": "20.11.2026", **closed("21.11.2026", state=State.COMPLAINT)}, 1),
    ],
)
def test_late_is_what_was_answered_after_the_last_day_or_is_past_it_unless_the_clock_stands(asked, values, late):
    asked("1.10.2026", **values)
    assert of("10.2026").late == late
    assert oversight.standing().late == (late if values.get("state") not in (State.CLOSED, State.COMPLAINT) else 0)


@pytest.mark.parametrize("state", [state for state in State if state not in (*OPEN, State.PURGED)])
def test_what_is_only_proposed_is_not_refused(asked, state):
    asked("1.10.2026", outcome=Outcome.REFUSED, state=State.PROPOSED)
    assert of("10.2026").refused == 0
    asked("1.10.2026", outcome=Outcome.UNFOUNDED, state=state, dispatched_on="2.10.2026")
    assert of("10.2026").refused == 1


def test_a_figure_says_how_all_requests_stand_now_whenever_they_came(asked):
    asked("1.1.2024", due="1.2.2024")
    asked("20.11.2026", due="1.12.2026", state=State.PROPOSED)
    asked("20.11.2026", due="2.12.2026")
    asked("20.11.2026", due="24.11.2026")
    asked("20.11.2026", due="25.11.2026", state=State.IDENTITY_ASKED, paused_on="21.11.2026")
    asked("1.11.2026", **closed("2.11.2026"))
    assert oversight.standing() == oversight.Standing(open=5, late=1, soon=2, waiting=1, paused=1)


def test_twelve_months_stand_there_and_older_ones_are_a_page_away(asked, people, as_):
    asked("30.11.2025")
    asked("1.12.2025")
    shown = oversight.overview(clock.today())
    assert (shown.first, shown.last, len(shown.months)) == (dt.date(2025, 12, 1), dt.date(2026, 11, 30), 12)
    assert shown.together.received == 1
    client = as_(people.dpo)
    assert "/cases/oversight?until=2025-11" in client.get(PAGE).text
    older = client.get(f"{PAGE}?until=2025-11").text
    assert "11/2025" in older
    assert "/cases/oversight?until=2026-11" in older


@pytest.mark.parametrize("until", ["2026-13", "2027-01", "x", "2026-1", "", "1026-01"])
def test_what_is_no_month_is_this_month(people, as_, until):
    assert "12/2025–11/2026" in as_(people.dpo).get(f"{PAGE}?until={until}").text


@pytest.mark.parametrize("reader", READERS)
def test_those_who_oversee_read_the_figures_and_that_is_logged(people, as_, asked, reader):
    asked("3.9.2026", **closed("15.9.2026"))
    account = getattr(people, reader)
    page = as_(account).get(PAGE)
    assert page.status_code == 200
    assert NAME not in page.text
    row = Entry.select().order_by(Entry.id.desc()).first()
    assert (row.act, row.by) == (Act.CASES_OVERSEEN, account.uuid)
    assert json.loads(row.detail) == {"first": "2025-12-01", "last": "2026-11-30"}


def test_the_file_is_the_table_and_is_logged(people, as_, asked):
    asked("3.9.2026", **closed("15.9.2026"))
    asked("3.9.2026", **closed("16.9.2026", Outcome.REFUSED))
    answer = as_(people.decider).get(FILE)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="begaranden-2025-12-2026-11.csv"'
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 14
    assert rows[10] == ["2026-09", "2", "0", "0", "0", "1", "2", "12,5"]
    assert rows[1][1:] == ["0"] * 6 + [""]
    assert rows[13][1:] == ["2", "0", "0", "0", "1", "2", "12,5"]
    row = Entry.select().order_by(Entry.id.desc()).first()
    assert (row.act, json.loads(row.detail)["rows"]) == (Act.CASES_EXPORTED, 12)


@pytest.mark.parametrize("other", OTHERS)
def test_others_may_neither_read_nor_take_them(people, as_, other):
    client = as_(getattr(people, other))
    assert [client.get(path).status_code for path in (PAGE, FILE)] == [403, 403]


def test_the_plot_is_drawn_by_the_server_and_the_table_says_it_in_words(people, as_, asked):
    for _ in range(4):
        asked("3.9.2026", **closed("15.9.2026"))
    asked("3.9.2026", due="3.10.2026")
    page = as_(people.dpo).get(PAGE).text
    drawing = page[page.index('<svg class="plot"') : page.index("</svg>", page.index('<svg class="plot"'))]
    assert 'aria-hidden="true"' in drawing
    assert drawing.count("<rect") == 13, "a bar for each month, and in one the part that is late"
    whole = 160 - 24 - 18
    assert f'height="{whole}"' in drawing
    assert f'height="{round(whole / 5)}"' in drawing
    assert "<caption" in page
