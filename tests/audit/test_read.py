"""The log's page: who sees which rows, by which conditions, and that reading it is logged."""

import datetime as dt
import json
import re

import pytest

from portal import clock
from portal.audit import question, words
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from tests.audit import tamper
from tests.calls import recording

NOON = dt.datetime(2026, 11, 24, 10, 5, 30, tzinfo=dt.UTC)


def write(act, subject=None, *, at=NOON, **kwargs):
    with clock.frozen(at), db.atomic():
        return record(act, subject, **kwargs)


def rows(answer) -> list[str]:
    """The text of each row of the list."""
    body = re.search(r"<tbody>(.*?)</tbody>", answer.get_data(as_text=True), re.S)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found]


def last() -> Entry:
    return Entry.select().order_by(Entry.id.desc()).first()


@pytest.fixture
def log(people):
    """Acts about a day care call, about a call for the elderly, and about none."""
    daycare, elderly = recording(people.daycare), recording(people.elderly)
    write(Act.SIGNED_IN, by=people.adviser)
    write(Act.PLAYED, daycare, by=people.adviser, purpose="quality", at=NOON + dt.timedelta(minutes=1))
    write(
        Act.PLAYED,
        elderly,
        by=people.clerk,
        purpose="request",
        reference="BST/12/2026",
        at=NOON + dt.timedelta(days=1),
    )
    write(Act.PURGED, daycare, rule="retention:3-months:1", at=NOON + dt.timedelta(days=2))
    return daycare, elderly


def test_the_officer_reads_all_rows_newest_first_in_words(as_, people, log):
    answer = as_(people.dpo).get("/audit/")
    assert answer.status_code == 200
    purged, elderly, daycare, signed_in = rows(answer)
    assert signed_in == "24.11.2026 12.05.30 Karin Testström Loggade in"
    assert daycare.startswith("24.11.2026 12.06.30 Karin Testström Lyssnade på ett samtal")
    assert daycare.endswith("Småbarnspedagogik Tjänstens kvalitet")
    assert elderly.endswith("Äldreomsorg Begäran BST/12/2026")
    assert "Systemet Gallrade en inspelning Regel: 3 månader efter samtalet" in purged


def test_a_manager_reads_rows_about_calls_of_own_queues_only(as_, people, log):
    found = rows(as_(people.manager).get("/audit/"))
    assert len(found) == 2
    assert all("Småbarnspedagogik" in row for row in found)


def test_a_manager_cannot_ask_about_another_queue(as_, people, log):
    client = as_(people.manager)
    assert client.get(f"/audit/?queue={people.elderly.uuid}").status_code == 422
    assert rows(client.get(f"/audit/?subject={log[1].uuid}")) == []
    assert "Äldreomsorg" not in client.get("/audit/").get_data(as_text=True)


@pytest.mark.parametrize("who", ["adviser", "clerk", "decider", "admin", "outsider"])
def test_others_are_refused_and_the_refusal_is_logged(as_, people, who):
    account = getattr(people, who)
    for path in ("/audit/", "/audit/export"):
        assert as_(account).get(path).status_code == 403
        assert (last().act, last().by) == ("accounts:denied", account.uuid)
        assert json.loads(last().detail)["endpoint"] in ("audit.index", "audit.export")


def test_reading_is_itself_logged_with_what_was_asked(as_, people, log):
    as_(people.dpo).get(f"/audit/?person={people.adviser.uuid}&act=recordings&from=24.11.2026&purpose=quality")
    assert (last().act, last().by) == ("audit:read", people.dpo.uuid)
    assert json.loads(last().detail) == {
        "asked": {"person": people.adviser.uuid.hex, "act": "recordings", "first": "2026-11-24", "purpose": "quality"},
        "page": "newest",
        "rows": 1,
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("act=recordings", 2),
        ("act=recordings:played", 2),
        ("act=accounts", 1),
        ("act=audit", 0),
        ("area=recordings", 2),
        ("area=recordings&act=recordings:played", 2),
        ("area=accounts&act=recordings:played", 1),
        ("kind=recording", 3),
        ("purpose=request", 1),
        ("person=system", 1),
        ("from=25.11.2026", 2),
        ("to=24.11.2026", 2),
        ("from=25.11.2026&to=25.11.2026", 1),
        ("from=27.11.2026", 0),
        ("act=recordings&purpose=quality&to=24.11.2026", 1),
    ],
)
def test_conditions_narrow_the_rows(as_, people, log, asked, expected):
    with clock.frozen(NOON - dt.timedelta(days=9)):  # what the reading itself adds is outside the days asked about
        answer = as_(people.dpo).get(f"/audit/?{asked}")
    assert answer.status_code == 200
    assert len(rows(answer)) == expected


def test_one_person_one_queue_and_one_call_can_be_asked_about(as_, people, log):
    client, (daycare, _elderly) = as_(people.dpo), log
    assert len(rows(client.get(f"/audit/?person={people.clerk.uuid}"))) == 1
    assert len(rows(client.get(f"/audit/?queue={people.elderly.uuid}"))) == 1
    only = client.get(f"/audit/?subject={daycare.uuid}")
    assert len(rows(only)) == 2
    assert "Visa hela loggen" in only.get_data(as_text=True)
    assert f'value="{daycare.uuid}"' in only.get_data(as_text=True), "further conditions keep the call"


def test_a_day_begins_at_midnight_in_helsinki(as_, people):
    write(Act.SEARCHED, by=people.adviser, at=dt.datetime(2026, 11, 23, 21, 59, 59, tzinfo=dt.UTC))
    write(Act.VIEWED, by=people.adviser, at=dt.datetime(2026, 11, 23, 22, 0, 0, tzinfo=dt.UTC))
    found = rows(as_(people.dpo).get("/audit/?from=24.11.2026&to=24.11.2026"))
    assert [row[:19] for row in found] == ["24.11.2026 0.00.00 "]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=31.2.2026", "Den dagen finns inte i kalendern. Kontrollera dagen och månaden."),
        ("to=tisdag", "Skriv dagen som i"),
        ("from=2.1.2026&to=1.1.2026", "Den sista dagen är före den första. Rätta en av dem."),
        ("subject=abc", "Det du söker loggen för finns inte."),
    ],
)
def test_a_condition_that_is_none_is_told_and_nothing_is_read(as_, people, log, asked, said):
    before = Entry.select().count()
    answer = as_(people.dpo).get(f"/audit/?{asked}")
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert Entry.select().count() == before


def test_only_the_acts_of_one_area_are_chosen_among(as_, people, log):
    """All of them would be more than half of the page."""

    def acts(asked: str) -> list[str]:
        page = as_(people.dpo).get(f"/audit/?{asked}").get_data(as_text=True)
        chosen = re.search(r'<select[^>]* id="act".*?</select>', page, re.S)[0]
        return re.findall(r'<option (?:selected )?value="([^"]*)"', chosen)

    assert acts("") == [""]
    every = [act for act in words.ACTS if act.startswith("ingest:")]
    for asked in ("area=ingest", "act=ingest", f"act={every[0]}", f"area=ingest&act={every[0]}"):
        assert acts(asked) == ["", *every], asked
    page = as_(people.dpo).get(f"/audit/?act={every[0]}").get_data(as_text=True)
    assert f'<option selected value="{every[0]}">' in page
    assert '<option selected value="ingest">' in page


@pytest.mark.parametrize(
    "asked", ["person=x", "area=x", "area=audit&act=x", "act=recordings:x", "act=x", "kind=x", "queue=x", "purpose=x"]
)
def test_a_choice_that_is_none_is_refused(as_, people, asked):
    assert as_(people.dpo).get(f"/audit/?{asked}").status_code == 422


@pytest.mark.parametrize("asked", ["before=x", "before=-1", "before=" + "9" * 40, "after=%20", "_external=1&_scheme=x"])
def test_a_place_that_is_none_shows_the_newest(as_, people, log, asked):
    answer = as_(people.dpo).get(f"/audit/?{asked}")
    assert answer.status_code == 200
    assert len(rows(answer)) == 4


def test_pages_lead_back_and_forth_without_gap_or_overlap(as_, people, monkeypatch):
    monkeypatch.setattr(question, "PAGE", 4)
    tamper.fill(10, by=people.adviser)
    client, seen = as_(people.dpo), []
    address = "/audit/?act=recordings:searched"
    pages = []
    while address:
        answer = client.get(address)
        pages.append([int(re.search(r"Träffar: (\d+)", row)[1]) for row in rows(answer)])
        seen += pages[-1]
        found = re.search(r'rel="next" href="([^"]+)"', answer.get_data(as_text=True))
        address = found and found[1].replace("&amp;", "&")
    assert seen == list(range(9, -1, -1))
    back = re.search(r'rel="prev" href="([^"]+)"', answer.get_data(as_text=True))[1].replace("&amp;", "&")
    again = client.get(back)
    assert [int(re.search(r"Träffar: (\d+)", row)[1]) for row in rows(again)] == pages[1]
    assert json.loads(last().detail)["page"] == "newer"


def test_a_call_is_linked_for_those_who_may_open_it(as_, people, log):
    (daycare, _) = log
    mine = as_(people.manager).get("/audit/").get_data(as_text=True)
    assert f'href="/recordings/{daycare.uuid}"' in mine
    officer = as_(people.dpo).get("/audit/").get_data(as_text=True)
    assert f'href="/recordings/{daycare.uuid}"' not in officer
    assert f'href="/audit/?subject={daycare.uuid}"' in officer


def test_the_officer_sees_the_last_check_and_others_do_not(as_, people):
    from portal.audit import actions

    assert "har inte kontrollerats" in as_(people.dpo).get("/audit/").get_data(as_text=True)
    tamper.fill(3)
    actions.verify()
    assert "och var hel: 4 rader" in as_(people.dpo).get("/audit/").get_data(as_text=True)
    tamper.unguard()
    tamper.overwrite(3, "act", "recordings:viewed")
    actions.verify()
    told = as_(people.dpo).get("/audit/").get_data(as_text=True)
    assert "var inte hel: rad har ändrats. Den går inte att lita på från och med rad 3." in told
    assert "kontrollerades" not in as_(people.manager).get("/audit/").get_data(as_text=True)


def test_the_page_stands_on_a_damaged_log(as_, people):
    tamper.fill(3)
    tamper.unguard()
    tamper.overwrite(1, "detail", "{broken")
    tamper.overwrite(2, "detail", "[1]")
    tamper.overwrite(3, "act", "made:up")
    assert as_(people.dpo).get("/audit/").status_code == 200


def test_an_export_is_a_spreadsheet_within_own_sight_and_logged(as_, people, log):
    answer = as_(people.manager).get("/audit/export?act=recordings")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data().decode()
    assert text.startswith("\ufeffRad;Dag;Klockslag;")
    lines = text.strip().split("\r\n")
    assert len(lines) == 2
    assert lines[1].split(";")[1:5] == ["24.11.2026", "12.06.30", "Karin Testström", "Lyssnade på ett samtal"]
    assert log[0].uuid.hex in lines[1].replace("-", "")
    entry = Entry.select().where(Entry.act == Act.LOG_EXPORTED).get()
    assert entry.by == people.manager.uuid
    assert json.loads(entry.detail) == {"asked": {"act": "recordings"}, "rows": 1, "capped": False}


def test_an_export_runs_no_formula(as_, people):
    people.adviser.name = "=HYPERLINK(1)"
    people.adviser.save()
    write(Act.PLAYED, recording(people.daycare), by=people.adviser, reference='+1;"x"\n@y')
    line = as_(people.dpo).get("/audit/export").get_data(as_text=True)
    assert ";'=HYPERLINK(1);" in line
    assert '"\'+1;""x""\n@y"' in line


def test_an_export_says_that_it_is_cut(as_, people, monkeypatch):
    from portal.audit import actions

    monkeypatch.setattr(actions, "EXPORT_MOST", 5)
    tamper.fill(7, by=people.adviser)
    text = as_(people.dpo).get("/audit/export").get_data(as_text=True)
    assert text.count("Sökte samtal") == 5
    assert "Det finns fler rader" in text
    assert json.loads(last().detail)["capped"] is True


def test_an_export_refuses_a_condition_that_is_none(as_, people, log):
    assert as_(people.dpo).get("/audit/export?from=x").status_code == 422
    assert not Entry.select().where(Entry.act == Act.LOG_EXPORTED).exists()
