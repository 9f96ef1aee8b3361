"""The list as a file: what the list shows and no more, and the log knows whose it is."""

import csv
import datetime as dt
import hashlib
import io
import json

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import export
from portal.recordings.models import Direction, Recording, Told
from portal.vault import box
from tests.people import grant, person
from tests.recordings.finding import NOON, call

pytestmark = pytest.mark.usefixtures("noon")


def taken(client, **asked) -> list[dict[str, str]]:
    answer = client.submit("/recordings/export", asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


def logged() -> list[Entry]:
    return list(Entry.select().where(Entry.act == Act.LIST_EXPORTED))


def test_the_file_holds_what_the_list_shows_and_the_log_its_fingerprint(as_, people):
    call(people.daycare, subject="=1+1", adviser=people.adviser, told=Told.NO, seconds=187)
    long = "Väg " + "mycket " * 24 + "lång"
    call(people.technical, subject=long, number=None, started_at=NOON - dt.timedelta(days=1))
    call(people.daycare, direction=Direction.OUT)
    call(people.elderly, subject="inte deras")
    answer = as_(people.manager).submit("/recordings/export", {"direction": "in", "number": ""})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="samtal-2026-11-24.csv"'
    text = answer.get_data().decode("utf-8-sig")
    assert "1234567" not in text
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [list(row.values()) for row in rows] == [
        [
            *("24.11.2026", "11.00", "3:07", "Småbarnspedagogik", "••• 567", "Karin Testström", "'=1+1"),
            *("Inte informerad", "", "24.2.2027"),
        ],
        ["23.11.2026", "12.00", "1:00", "Tekniska servicen", "dolt", "", long, "Informerad", "", "23.2.2027"],
    ]
    (entry,) = logged()
    detail = json.loads(entry.detail)
    assert entry.by == people.manager.uuid
    assert detail.pop("sha256") == hashlib.sha256(answer.get_data()).hexdigest()
    assert detail == {
        "filters": ["direction"],
        "queues": [people.daycare.id, people.technical.id],
        "direction": "in",
        "rows": 2,
        "capped": False,
    }


def test_the_log_of_a_file_holds_number_and_words_only_as_pseudonyms(as_, people):
    call(people.daycare, subject="Hammarström")
    client = as_(people.manager)
    place = client.submit("/recordings/", {"words": "hammarström", "number": "0401234567", "ask": "yes"}).location
    page = client.get(place).text
    assert 'action="/recordings/export"' in page
    assert len(taken(client, sought=place.split("sought=")[1])) == 1
    (entry,) = logged()
    assert json.loads(entry.detail)["number"] == box.pseudonym("number", "+358401234567")
    assert "hammarstr" not in entry.detail.lower()
    assert client.submit("/recordings/export", {"sought": "A" + place.split("sought=")[1]}).status_code == 422
    assert as_(people.second_manager).submit("/recordings/export", {"sought": place[20:]}).status_code == 422


def test_only_those_queues_leave_where_one_may_take_calls_out(as_, people):
    both = person("bodil", "Bodil Bådestam", Role.ADVISER, queues=(people.daycare,))
    grant(both, Role.MANAGER, (people.technical,))
    call(people.daycare, subject="bara höra")
    call(people.technical, subject="ta ut")
    client = as_(both)
    assert [row["Ämne"] for row in taken(client)] == ["ta ut"]
    assert json.loads(logged()[0].detail)["queues"] == [people.technical.id]
    assert client.submit("/recordings/export", {"queue": people.daycare.uuid.hex}).status_code == 403
    assert as_(people.adviser).submit("/recordings/export").status_code == 403
    assert "/recordings/export" not in as_(people.adviser).get("/recordings/").text
    assert as_(people.manager).get("/recordings/export").status_code == 405, "no link takes a list out"
    assert as_(people.manager).submit("/recordings/export", {"told": "maybe"}).status_code == 422
    assert len(logged()) == 1


def test_no_more_than_the_newest_leave_and_none_that_may_not_be_seen(as_, people, monkeypatch):
    monkeypatch.setattr(export, "MOST", 520)
    rows = [call(people.daycare, subject=str(n), started_at=NOON - dt.timedelta(minutes=n + 1)) for n in range(530)]
    Recording.update(restrictions=1).where(Recording.id == rows[0].id).execute()
    Recording.update(expires_at=NOON).where(Recording.id == rows[1].id).execute()
    found = taken(as_(people.manager))
    assert [row["Ämne"] for row in found] == [str(n) for n in range(2, 522)]
    detail = json.loads(logged()[0].detail)
    assert (detail["rows"], detail["capped"]) == (520, True)
    assert clock.now() == NOON
