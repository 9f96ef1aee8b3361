"""The page of a call: its data, its parts, its end, who may hear it and who has."""

import datetime as dt
import uuid

import pytest
from playhouse.test_utils import count_queries

from portal import clock
from portal.accounts import sessions
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import index
from portal.recordings.models import Listen, Note, State, Told
from tests.bodies import bare
from tests.recordings.finding import NOON, call

pytestmark = pytest.mark.usefixtures("noon")


def page(client, row) -> str:
    answer = client.get(f"/recordings/{row.uuid}")
    assert answer.status_code == 200
    return answer.text


def listen(row, account, **fields) -> Listen:
    sign_in = sessions.open_session(account, sessions.FULL)[1]
    given = {"purpose": "quality", "started_at": NOON, "closes_at": NOON + dt.timedelta(hours=1), **fields}
    return Listen.create(recording=row, account=account, sign_in=sign_in, **given)


def test_show_tells_the_calls_data_and_writes_the_log(as_, people):
    row = call(people.daycare, adviser=people.adviser, extension="201", seconds=187, subject="Köplats")
    text = page(as_(people.adviser), row)
    for seen in (
        "Samtal 24.11.2026 kl.\u00a011.00",
        "24.11.2026 kl.\u00a011.03.07",
        "3:07",
        "Småbarnspedagogik",
        "Inkommande",
        "040 1234567",
        "Karin Testström",
        "anknytning 201",
        "Raderas den 24.2.2027",
        "92 dagar kvar",
        "Köplats",
    ):
        assert seen in text
    entry = Entry.get(Entry.act == Act.VIEWED)
    assert (entry.subject, entry.by, entry.queue_id) == (row.uuid, people.adviser.uuid, people.daycare.id)


def test_a_call_out_of_reach_is_as_absent_whatever_the_reason(as_, people):
    foreign = call(people.elderly)
    due = call(people.daycare, expires_at=NOON)
    purging = call(people.daycare, state=State.PURGING)
    purged = call(people.daycare, state=State.PURGED)
    client = as_(people.adviser)
    absent = client.get(f"/recordings/{uuid.uuid4()}")
    assert absent.status_code == 404
    for row in (foreign, due, purging, purged):
        answer = client.get(f"/recordings/{row.uuid}")
        assert answer.status_code == 404
        assert bare(answer) == bare(absent)
    assert not Entry.select().where(Entry.act == Act.VIEWED).exists()


@pytest.mark.parametrize("verb", ["subject", "notes"])
def test_nothing_is_written_on_a_call_out_of_reach(as_, people, verb):
    rows = [call(people.elderly), call(people.daycare, expires_at=NOON), call(people.daycare, state=State.PURGED)]
    client = as_(people.adviser)
    for row in rows:
        data = {"subject": "x", "earlier": "", "note": "x", "key": str(uuid.uuid4())}
        assert client.submit(f"/recordings/{row.uuid}/{verb}", data).status_code == 404
    assert not Note.select().exists()


def test_show_needs_the_permission(as_, people):
    row = call(people.daycare)
    assert as_(people.dpo).get(f"/recordings/{row.uuid}").status_code == 403
    assert as_(people.admin).get(f"/recordings/{row.uuid}").status_code == 403


@pytest.mark.parametrize("told", [Told.NO, Told.UNKNOWN])
def test_a_call_whose_caller_was_not_told_is_marked(as_, people, told):
    text = page(as_(people.adviser), call(people.daycare, told=told))
    words = {Told.NO: "Inte informerad", Told.UNKNOWN: "Oklart om informerad"}
    assert f'<span class="tag tag-warning">{words[told]}</span>' in text


def test_a_call_whose_caller_was_told_is_not_marked(as_, people):
    assert "tag-warning" not in page(as_(people.adviser), call(people.daycare)).split("days")[0]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (dt.timedelta(hours=1), "i dag"),
        (dt.timedelta(days=1), "i morgon"),
        (dt.timedelta(days=5), "5 dagar kvar"),
    ],
)
def test_the_days_left_are_counted_in_calendar_days(as_, people, before, words):
    row = call(people.daycare, expires_at=NOON + before)
    assert words in page(as_(people.adviser), row)


def test_the_parts_of_a_conversation_are_shown_within_rights_and_counted_beyond(as_, people):
    day = dt.timedelta(hours=3)
    first = call(people.daycare, conversation="c1", adviser=people.adviser, started_at=NOON - day)
    second = call(people.technical, conversation="c1", adviser=people.manager, started_at=NOON - day / 2)
    foreign = call(people.elderly, conversation="c1", adviser=people.outsider)
    call(people.elderly, conversation="c1", expires_at=NOON)
    call(people.daycare, conversation="c2")
    text = page(as_(people.manager), first)
    assert f'href="/recordings/{second.uuid}"' in text
    assert f'href="/recordings/{first.uuid}"' not in text
    assert str(foreign.uuid) not in text
    assert "Olli" not in text
    assert "En del till" in text
    narrower = page(as_(people.adviser), first)
    assert str(second.uuid) not in narrower
    assert "2 delar till" in narrower


def test_a_call_without_conversation_has_no_parts(as_, people):
    row = call(people.daycare)
    call(people.daycare)
    assert "Samtalet har bara den här delen." in page(as_(people.adviser), row)


def test_show_says_who_may_hear_the_call(as_, people):
    row = call(people.daycare)
    text = page(as_(people.adviser), row)
    assert "4 personer som har servicenumret Småbarnspedagogik:" in text
    for line in ("Kundrådgivare: 1", "Chefer: 2", "Handläggare: 1"):
        assert f"<li>{line}</li>" in text
    people.clerk.closed_at = NOON
    people.clerk.save()
    text = page(as_(people.adviser), row)
    assert "3 personer" in text
    assert "Handläggare:" not in text


def test_a_person_with_two_roles_is_one_person(as_, people):
    from tests.people import person

    person("dubbel", "Dubbel Roll", "adviser", "manager", queues=(people.elderly,))
    text = page(as_(people.outsider), call(people.elderly))
    assert "kolme" not in text
    from portal.recordings import actions

    hearers = actions.hearers(call(people.elderly))
    assert dict(hearers.roles) == {"adviser": 2, "manager": 1, "clerk": 1}
    assert hearers.persons == 3


def test_a_manager_sees_who_has_listened_and_an_adviser_how_often(as_, people):
    row = call(people.daycare)
    listen(row, people.second_manager, purpose="request", reference="EXS/1042/2026")
    listen(row, people.clerk, started_at=None)
    seen = page(as_(people.manager), row)
    assert "Mikko Esihenkilö" in seen
    assert "EXS/1042/2026" in seen
    assert "Lyssnat en gång." in seen
    assert "Kerstin" not in seen
    hidden = page(as_(people.adviser), row)
    assert "Lyssnat en gång." in hidden
    assert "24.11.2026 kl.\u00a012.00" in hidden
    assert "Mikko" not in hidden
    assert "EXS" not in hidden


def test_a_subject_and_a_note_are_text_and_not_markup(as_, people):
    row = call(people.daycare, subject='"><script>alert(1)</script>')
    Note.create(recording=row, author=people.adviser, text="<img src=x onerror=alert(2)>\n{{ 7*7 }}")
    for person in (people.adviser, people.clerk):
        text = page(as_(person), row)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;img src=x onerror=alert(2)&gt;" in text
        assert "{{ 7*7 }}" in text


def test_a_clerk_reads_but_does_not_write(as_, people):
    row = call(people.daycare, subject="Köplats")
    text = page(as_(people.clerk), row)
    assert "Köplats" in text
    assert "<textarea" not in text
    for verb in ("subject", "notes"):
        assert as_(people.clerk).submit(f"/recordings/{row.uuid}/{verb}", {}).status_code == 403


def test_show_takes_as_many_queries_for_many_notes_parts_and_listens_as_for_few(as_, people):
    row = call(people.daycare, conversation="c1", adviser=people.adviser)
    client, counts = as_(people.manager), []
    page(client, row)
    for _ in range(2):
        for n in range(5):
            Note.create(recording=row, author=people.adviser, text="x")
            listen(row, people.second_manager)
            call(people.technical, conversation="c1", adviser=people.manager, started_at=NOON - dt.timedelta(hours=n))
        index.put(row)
        with count_queries() as counter:
            page(client, row)
        counts.append(counter.count)
    assert counts[0] == counts[1]


def test_show_speaks_finnish_to_those_who_do(as_, people):
    row = call(people.elderly, adviser=people.outsider)
    text = page(as_(people.outsider), row)
    assert '<html lang="fi">' in text
    assert "Vanhuspalvelut" in text
    assert clock.local(row.started_at).hour == 11
