"""What people see of deletion: the first page, a day's protocol, its file, and the red banner."""

import csv
import datetime as dt
import errno
import io
import json

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.oversight import checkpoints
from portal.recordings.models import Recording
from portal.retention import actions, protocol
from portal.retention.models import PurgeLine
from portal.vault import keystore
from tests.calls import recording
from tests.retention import made
from tests.retention.test_failures import refuse

DAY = clock.local(made.DUE).date()
PAGE = f"/retention/protocols/{DAY}"
READERS = ("manager", "decider", "dpo", "admin")
OTHERS = ("adviser", "clerk", "outsider")
OVERDUE = "borde ha raderats"


@pytest.fixture
def purged(people):
    """Purged on the day: two calls of day care, one of care for the elderly, one quarantined file."""
    rows = [
        made.marked(people.daycare, people.adviser),
        recording(people.daycare, started_at=made.CALLED + dt.timedelta(seconds=1)),
        recording(people.elderly, started_at=made.CALLED + dt.timedelta(seconds=2)),
    ]
    held = made.quarantined()
    with clock.frozen(made.DUE + dt.timedelta(minutes=1)):
        actions.purge_due()
    return [*rows, held]


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(made.DUE + dt.timedelta(hours=1)):
        yield


def swedish(account):
    account.language = "sv"
    account.save()
    return account


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("path", ["/retention/", PAGE, f"{PAGE}.csv"])
def test_those_who_answer_for_deletion_may_read_about_it(people, as_, purged, reader, path):
    assert as_(getattr(people, reader)).get(path).status_code == 200


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("path", ["/retention/", PAGE, f"{PAGE}.csv"])
def test_others_may_not(people, as_, other, path):
    assert as_(getattr(people, other)).get(path).status_code == 403


def test_nobody_signed_in_is_sent_to_sign_in(client):
    assert client.get(PAGE).status_code == 303


@pytest.mark.parametrize("path", ["2026-6-10", "2026-02-30", "20260610", "2026-06-10x", "0000-01-01", "latest"])
def test_a_day_has_one_way_of_writing(people, as_, path):
    assert as_(people.dpo).get(f"/retention/protocols/{path}").status_code == 404


def test_the_protocol_shows_every_line_and_how_it_was_done(people, as_, purged):
    page = as_(people.dpo).get(PAGE).text
    for row in purged:
        assert str(row.uuid) in page
    head = Entry.select().where(Entry.at < clock.now()).order_by(Entry.id.desc()).first()
    assert "<dt>Raderade</dt><dd>4</dd>" in page
    assert "retention:3-months:1" in page
    assert "AES-256-GCM" in page
    assert "17.6.2026" in page, "seven days after the keys were destroyed"
    assert head.act in (Act.PURGED, Act.PROTOCOL_VIEWED)
    assert made.NUMBER[-6:] not in page


def test_the_protocol_names_the_head_of_the_log_at_the_days_end(people, as_, purged):
    last = Entry.select().order_by(Entry.id.desc()).first()
    with clock.frozen(clock.day_start(DAY + dt.timedelta(days=1))):
        page = as_(people.dpo).get(PAGE).text
        assert Entry.select().count() > last.id, "the page's own entry is of the next day"
    assert f"{last.id}:{last.hash}" in page


def test_reading_and_exporting_are_logged(people, as_, purged):
    as_(people.manager).get(PAGE)
    as_(people.dpo).get(f"{PAGE}.csv")
    viewed = Entry.get(Entry.act == Act.PROTOCOL_VIEWED)
    exported = Entry.get(Entry.act == Act.PROTOCOL_EXPORTED)
    assert (viewed.by, json.loads(viewed.detail)) == (people.manager.uuid, {"day": DAY.isoformat()})
    assert (exported.by, json.loads(exported.detail)) == (people.dpo.uuid, {"day": DAY.isoformat(), "lines": 4})


def test_a_manager_sees_own_queues_line_by_line_and_the_total(people, as_, purged):
    page = as_(people.manager).get(PAGE).text
    first, second, elderly, held = purged
    assert str(first.uuid) in page
    assert str(second.uuid) in page
    assert str(elderly.uuid) not in page
    assert str(held.uuid) not in page
    assert "4 (av dem 2 i dina servicenummer)" in page
    rows = sheet(as_(people.manager).get(f"{PAGE}.csv"))
    assert {row["Id"] for row in rows} == {str(first.uuid), str(second.uuid)}


def sheet(answer) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_file_holds_the_protocol_for_a_spreadsheet(people, as_, purged):
    answer = as_(people.dpo).get(f"{PAGE}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="gallringsprotokoll-{DAY}.csv"'
    rows = sheet(answer)
    assert [row["Id"] for row in rows] == [str(row.uuid) for row in purged]
    point = Entry.get(Entry.act == Act.PURGED, Entry.subject == purged[0].uuid)
    assert list(rows[0].values()) == [
        str(purged[0].uuid),
        "Inspelning",
        "2001 Småbarnspedagogik",
        "Lagringstid 3 månader från samtalets slut",
        "retention:3-months:1",
        "2026-06-10T10:00:02+03:00",
        "2026-06-10T10:01:02+03:00",
        "2026-06-10T10:01:02+03:00",
        "2026-06-10T10:01:02+03:00",
        "Raderad",
        "",
        "1",
        "2026-06-17T10:01:02+03:00",
        f"{point.id}:{point.hash}",
    ]


def test_the_file_runs_no_formula(people, as_, purged):
    people.daycare.number = "=cmd()"
    people.daycare.save()
    rows = sheet(as_(people.dpo).get(f"{PAGE}.csv"))
    assert rows[0]["Servicenummer"].startswith("'=")


def test_what_was_held_back_is_on_its_day_with_the_reason_and_on_the_day_it_went(people, as_, monkeypatch):
    row = made.marked(people.daycare, people.adviser)
    with monkeypatch.context() as patched:
        refuse(patched, "/original", errno.EIO)
        actions.purge_due()
    next_day = DAY + dt.timedelta(days=1)
    with clock.frozen(made.DUE + dt.timedelta(days=1)):
        actions.purge_due()
        dpo = as_(people.dpo)
        then, now = dpo.get(PAGE).text, dpo.get(f"/retention/protocols/{next_day}").text
        held = sheet(dpo.get(f"{PAGE}.csv"))
    assert "Kvarhållna vid dagens slut</dt><dd>1</dd>" in then
    assert "Disken kunde inte läsas eller skrivas (EIO)" in then
    assert "Inget raderades den här dagen" in then
    assert str(row.uuid) in now
    assert "Kvarhållna just nu</dt><dd>0</dd>" in now
    assert [(r["Id"], r["Resultat"], r["Senaste fel"]) for r in held] == [
        (str(row.uuid), "Misslyckad, försöks på nytt", "EIO")
    ]


def test_a_day_is_helsinkis_day(people, as_):
    """22.30 UTC in June is already the next day."""
    recording(people.daycare, started_at=made.CALLED.replace(hour=23, minute=30))
    with clock.frozen(made.DUE.replace(hour=22, minute=45)):
        actions.purge_due()
        dpo = as_(people.dpo)
        assert dpo.get(f"/retention/protocols/{DAY + dt.timedelta(days=1)}").text.count("<code>") == 4
        assert "Inget raderades den här dagen" in dpo.get(PAGE).text


def test_an_empty_day_and_a_day_to_come_say_so(people, as_, purged):
    dpo = as_(people.dpo)
    assert "Inget raderades den här dagen" in dpo.get(f"/retention/protocols/{DAY - dt.timedelta(days=1)}").text
    assert "Dagen har inte börjat" in dpo.get(f"/retention/protocols/{DAY + dt.timedelta(days=1)}").text
    assert dpo.get(f"/retention/protocols/{DAY + dt.timedelta(days=1)}.csv").status_code == 404
    assert Entry.select().where(Entry.act == Act.PROTOCOL_VIEWED).count() == 1


def test_a_long_day_comes_in_pages_and_as_one_file(people, as_, monkeypatch):
    monkeypatch.setattr(protocol, "PAGE", 2)
    for n in range(5):
        recording(people.daycare, started_at=made.CALLED + dt.timedelta(seconds=n))
    actions.purge_due()
    dpo, seen, path = as_(people.dpo), [], PAGE
    while path:
        page = dpo.get(path).text
        seen.append(page.count('<th scope="row">'))
        path = f"{PAGE}?after={page.split('?after=')[1].split(chr(34))[0]}" if "?after=" in page else ""
    assert seen == [2, 2, 1]
    assert len(sheet(dpo.get(f"{PAGE}.csv"))) == 5
    assert dpo.get(f"{PAGE}?after=nonsense").status_code == 200


def test_the_first_page_tells_what_comes_and_lists_the_days(people, as_, purged):
    recording(people.daycare, started_at=made.CALLED + dt.timedelta(days=2))
    checkpoints.sign_due()
    page = as_(people.dpo).get("/retention/").text
    assert "Gallringen fungerar" in page
    assert f'href="{PAGE}">10.6.2026</a>' in page
    assert ">1</text>" in page
    assert "12.6.2026" in page


def test_the_first_page_leads_to_older_days(people, as_, purged):
    with clock.frozen(made.DUE + dt.timedelta(days=60)):
        actions.purge_due()
        page = as_(people.dpo).get("/retention/").text
        assert PAGE not in page
        assert f"?until={DAY}" in page
        assert f'href="{PAGE}"' in as_(people.dpo).get(f"/retention/?until={DAY}").text


def test_a_typed_day_opens_its_protocol(people, as_):
    dpo = as_(people.dpo)
    assert dpo.get("/retention/?day=10.6.2026").headers["Location"] == PAGE
    answer = dpo.get("/retention/?day=32.6.2026")
    assert answer.status_code == 422
    assert "Den dagen finns inte i kalendern. Kontrollera dagen och månaden." in answer.text


@pytest.mark.parametrize(("person", "seen"), [("manager", True), ("admin", True), ("adviser", False), ("clerk", False)])
def test_the_banner_stands_on_every_page_of_those_who_can_act(people, as_, person, seen):
    made.marked(people.daycare, people.adviser)
    account = swedish(getattr(people, person))
    for path in ("/accounts/me", "/nowhere"):
        assert (OVERDUE in as_(account).get(path).text) is seen
    assert OVERDUE not in as_(account).get("/accounts/sign-in", headers={"Cookie": ""}).text or seen


def test_the_banner_waits_for_two_sweeps_and_goes_when_the_last_is_gone(people, as_):
    recording(people.daycare, started_at=made.CALLED)
    actions.purge_due()
    recording(people.daycare, started_at=made.CALLED + dt.timedelta(hours=1))
    client = as_(people.manager)
    due = Recording.select().order_by(Recording.id.desc()).get().expires_at
    with clock.frozen(due + dt.timedelta(minutes=9)):
        assert OVERDUE not in client.get("/accounts/me").text
    with clock.frozen(due + dt.timedelta(minutes=11)):
        assert OVERDUE in client.get("/accounts/me").text
        actions.purge_due()
    with clock.frozen(due + dt.timedelta(minutes=12)):
        assert OVERDUE not in client.get("/accounts/me").text


def test_the_banner_tells_that_nobody_sweeps(people, as_):
    actions.purge_due()
    silent = "Gallringen har inte lyckats sedan"
    with clock.frozen(clock.now() + dt.timedelta(minutes=60)):
        assert silent not in as_(people.manager).get("/accounts/me").text
    with clock.frozen(clock.now() + dt.timedelta(minutes=61)):
        assert silent in as_(people.manager).get("/accounts/me").text


def test_purged_calls_have_left_the_keystore_before_the_page_says_so(people, as_, purged):
    assert PurgeLine.select().where(PurgeLine.key_destroyed_at > PurgeLine.purged_at).count() == 0
    assert not any(keystore.exists(row.uuid) for row in purged)
