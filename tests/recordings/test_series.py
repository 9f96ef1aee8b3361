"""A list is listened through for one stated purpose: what it saves is the stating, never a question of right."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.accounts.models import QueueGrant, SignIn
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.recordings import listening, series
from portal.recordings.models import Listen, Playable, Recording
from portal.recordings.series_models import Series
from tests import calls
from tests.people import grant, person
from tests.recordings.hearing import RANGE, acts, text


@pytest.fixture
def rows(people):
    """Four calls, the newest first; the last of another queue."""
    start = clock.now() - dt.timedelta(hours=5)
    queues = (people.daycare, people.daycare, people.daycare, people.technical)
    return [
        calls.recording(queue, adviser=people.adviser, started_at=start - dt.timedelta(hours=n))
        for n, queue in enumerate(queues)
    ]


def begun(client, query="", purpose="quality", reference="") -> Series:
    answer = client.submit(f"/recordings/series/new{query}", {"purpose": purpose, "reference": reference})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return Series.select().order_by(Series.id.desc()).get()


def hear(client, made, call):
    return client.submit(f"/recordings/series/{made.uuid}/calls/{call.uuid}")


def test_the_purpose_is_stated_once_and_every_listen_has_its_own_row(as_, people, rows):
    client = as_(people.manager)
    assert "Lyssna igenom listan" in text(client.get("/recordings/"))
    assert "4 samtal, i samma ordning som i listan." in text(client.get("/recordings/series/new"))
    assert [json.loads(entry.detail)["hits"] for entry in acts(Act.SEARCHED)] == [4, 4], (
        "whoever asks here is in the log"
    )
    made = begun(client)
    (entry,) = acts(Act.SERIES_BEGUN)
    assert (entry.by, entry.subject, entry.purpose) == (people.manager.uuid, made.uuid, "quality")
    assert json.loads(entry.detail)["calls"] == 4
    for call in rows[:3]:
        answer = hear(client, made, call)
        assert answer.status_code == 303
        page = text(client.get(answer.location))
        assert "av 4 i listan" in page
        assert client.get(answer.location + "/audio", headers=RANGE).status_code == 206
    assert [(e.subject, e.purpose, e.by) for e in acts(Act.PLAYED)] == [
        (call.uuid, "quality", people.manager.uuid) for call in rows[:3]
    ]
    page = text(client.get(f"/recordings/series/{made.uuid}"))
    assert page.count('tag-success">hört') == 3
    assert "Fortsätt" in page


def test_a_call_heard_again_in_the_list_is_the_same_listen(as_, people, rows):
    client = as_(people.manager)
    made = begun(client)
    first = hear(client, made, rows[0]).location
    assert hear(client, made, rows[0]).location == first
    assert Listen.select().count() == len(acts(Act.LISTEN_OPENED)) == 1


def test_the_list_is_what_the_search_found_and_no_more(as_, people, rows):
    client = as_(people.manager)
    made = begun(client, f"?queue={people.technical.uuid.hex}")
    assert made.calls == rows[3].uuid.hex
    assert hear(client, made, rows[0]).status_code == 404, "not of this list"


def test_a_list_gives_no_right_that_was_lost_meanwhile(as_, people, rows):
    client = as_(people.manager)
    made = begun(client)
    QueueGrant.delete().where(QueueGrant.account == people.manager, QueueGrant.queue == people.daycare).execute()
    assert hear(client, made, rows[0]).status_code == 404
    page = text(client.get(f"/recordings/series/{made.uuid}"))
    assert str(rows[0].uuid) not in page
    assert str(rows[3].uuid) in page
    Recording.update(restrictions=1).where(Recording.id == rows[3].id).execute()
    assert hear(client, made, rows[3]).status_code == 404
    assert "Inga samtal kvar" in text(client.get(f"/recordings/series/{made.uuid}"))


def test_a_list_is_its_owners_in_the_session_it_was_begun_in(as_, people, rows):
    made = begun(as_(people.manager))
    for stranger in (as_(people.second_manager), as_(people.manager)):  # the second: another session
        assert stranger.get(f"/recordings/series/{made.uuid}").status_code == 404
        assert hear(stranger, made, rows[0]).status_code == 404
    assert as_(people.dpo).get(f"/recordings/series/{made.uuid}").status_code == 403


def test_after_its_hour_the_purpose_is_stated_anew(as_, people, rows):
    with clock.frozen(clock.now()):
        client = as_(people.manager)
        made = begun(client)
    with clock.frozen(made.closes_at):
        SignIn.update(seen_at=clock.now(), created_at=clock.now()).execute()
        answer = hear(client, made, rows[0])
        assert (answer.status_code, answer.location) == (303, f"/recordings/series/{made.uuid}")
        assert "Tiden för genomgången är slut" in text(client.get(answer.location))
    assert not acts(Act.LISTEN_OPENED)


def test_each_call_is_heard_only_for_what_the_role_in_its_queue_may(as_, people, rows):
    both = person("bodil", "Bodil Bådestam", Role.ADVISER, queues=(people.daycare,))
    grant(both, Role.CLERK, (people.technical,))
    client = as_(both)
    made = begun(client)
    assert rows[3].uuid.hex not in made.calls, "a clerk hears for requests alone"
    both.sign_in = SignIn.get(SignIn.account == both.id)
    with pytest.raises(listening.CaseNumberNeeded):
        series.begin([rows[3].uuid], purpose="request", reference="", by=both)
    with pytest.raises(listening.PurposeRefused):
        series.begin([rows[3].uuid], purpose="quality", reference="", by=both)
    assert begun(client, purpose="request", reference="BS/1/2026").reference == "BS/1/2026"


def test_what_cannot_be_heard_is_not_in_the_list_and_an_empty_one_says_so(as_, people, rows):
    Recording.update(playable=Playable.PENDING).where(Recording.id == rows[1].id).execute()
    client = as_(people.manager)
    assert rows[1].uuid.hex not in begun(client).calls
    Recording.update(playable=Playable.EMPTY).execute()
    assert "inget samtal som kan höras" in text(client.get("/recordings/series/new"))
    answer = client.submit("/recordings/series/new", {"purpose": "quality"})
    assert answer.status_code == 422


def test_the_purpose_must_be_chosen(as_, people, rows):
    client = as_(people.manager)
    answer = client.submit("/recordings/series/new", {"purpose": ""})
    assert answer.status_code == 422
    assert "Välj ett ändamål" in text(answer)
    assert not acts(Act.SERIES_BEGUN)


def test_beside_a_call_that_is_gone_are_those_around_it_in_the_lists_own_order(people, rows):
    made = Series(calls=",".join(row.uuid.hex for row in (rows[2], rows[0], rows[3], rows[1])))
    steps = [series.Step(row, False) for row in (rows[2], rows[3], rows[1])]
    assert series.beside(made, steps, rows[0]) == (2, rows[2], rows[3])
    assert series.beside(made, steps, rows[2]) == (1, None, rows[3])
    assert series.beside(made, steps, rows[3]) == (2, rows[2], rows[1])
    assert series.beside(made, steps, rows[1]) == (3, rows[3], None)
