"""The service numbers: list, add, change."""

import json
import re

import pytest

from portal.audit.models import Entry
from portal.errors import Conflict
from portal.queues import actions
from portal.queues.models import Queue
from tests.accounts.door import last, log, words

LIST, NEW = "/queues/", "/queues/new"
FACTS = {"number": "2009", "name_sv": "Byggnadstillsyn", "name_fi": "Rakennusvalvonta", "tells_callers": "y"}


def address(queue: Queue) -> str:
    return f"/queues/{queue.uuid}"


def facts(queue: Queue, **other) -> dict:
    queue = Queue.get_by_id(queue.id)
    flags = {name: "y" for name in ("tells_callers", "active") if getattr(queue, name)}
    kept = {name: getattr(queue, name) for name in ("number", "name_sv", "name_fi", "version")}
    return {k: v for k, v in {**kept, **flags, **other}.items() if v is not None}


def test_a_new_service_number_is_listed_and_logged(as_, people):
    client = as_(people.admin)
    led = client.submit(NEW, FACTS).location
    queue = Queue.get(Queue.number == "2009")
    assert led == f"{address(queue)}/announcements", "what its callers are told comes next"
    assert "Fråga en beslutsfattare" in words(client.get(led))
    assert f'href="{led}"' in client.get(address(queue)).text
    said = words(client.get(LIST))
    assert "2009 Byggnadstillsyn Rakennusvalvonta" in said
    entry = last("queues:created")
    assert (entry.by, entry.subject, entry.queue_id) == (people.admin.uuid, queue.uuid, queue.id)
    assert queue.tells_callers
    assert queue.active


def test_the_form_has_the_number_that_somebody_was_led_here_with_and_nothing_else(as_, people):
    client = as_(people.admin)
    assert re.search(r'name="number"[^>]*value="2999"', client.get(f"{NEW}?number=2999").text)
    assert 'value=""' in re.search(r'<input[^>]*name="number"[^>]*>', client.get(f"{NEW}?number=abc").text)[0]


def test_a_number_is_kept_as_the_telephone_system_writes_it(as_, people):
    as_(people.admin).submit(NEW, {**FACTS, "number": " 019 520-211 "})
    assert Queue.select().where(Queue.number == "019520211").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "2001"}, "Servicenumret finns redan. Öppna det i listan."),
        ({"number": "20 01"}, "Servicenumret finns redan. Öppna det i listan."),
        ({"number": "abc"}, "bara siffror"),
        ({"number": ""}, "Ange numret."),
        ({"number": "1" * 21}, "högst 20"),
        ({"name_sv": ""}, "Ange namnet."),
        ({"name_fi": "  "}, "Ange namnet."),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(as_, people, wrong, said):
    before = Queue.select().count()
    answer = as_(people.admin).submit(NEW, {**FACTS, **wrong})
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'class="field-error"' in answer.get_data(as_text=True)
    assert Queue.select().count() == before
    assert log() == []


def test_a_change_is_logged_with_old_and_new(as_, people):
    client = as_(people.admin)
    changed = facts(people.daycare, name_sv="Dagvård", tells_callers=None, active=None)
    assert client.submit(address(people.daycare), changed).location == LIST
    kept = Queue.get_by_id(people.daycare.id)
    assert (kept.name_sv, kept.tells_callers, kept.active, kept.version) == ("Dagvård", False, False, 1)
    assert json.loads(last("queues:changed").detail)["changed"] == {
        "name_sv": ["Småbarnspedagogik", "Dagvård"],
        "tells_callers": [True, False],
        "active": [True, False],
    }


def test_a_change_from_an_old_page_conflicts(as_, people):
    seen = facts(people.daycare)
    client = as_(people.admin)
    assert client.submit(address(people.daycare), {**seen, "name_sv": "Först"}).status_code == 303
    assert client.submit(address(people.daycare), {**seen, "name_sv": "Sedan"}).status_code == 409
    assert Queue.get_by_id(people.daycare.id).name_sv == "Först"
    with pytest.raises(Conflict):
        actions.change(
            people.daycare,
            seen=0,
            number="2001",
            name_sv="Sedan",
            name_fi="x",
            tells_callers=True,
            active=True,
            by=people.admin,
        )


def test_changing_to_the_number_of_another_is_refused(as_, people):
    answer = as_(people.admin).submit(address(people.daycare), facts(people.daycare, number="2002"))
    assert answer.status_code == 422
    assert "Servicenumret finns redan. Öppna det i listan." in words(answer)


@pytest.mark.parametrize("who", ["adviser", "manager", "clerk", "decider", "dpo"])
def test_only_those_who_manage_service_numbers_reach_the_pages(as_, people, who):
    client = as_(getattr(people, who))
    assert client.get(LIST).status_code == (403 if who in ("adviser", "clerk") else 200)
    for page in (NEW, address(people.daycare)):
        assert client.get(page).status_code == 403
        assert f'href="{page}"' not in client.get(LIST).text
    for page in (NEW, address(people.daycare)):
        assert client.submit(page, FACTS).status_code == 403
    assert Entry.select().where(Entry.act == "queues:changed").count() == 0


def test_an_absent_service_number_is_404(as_, people):
    absent = "/queues/00000000-0000-4000-8000-000000000000"
    assert as_(people.admin).get(absent).status_code == 404
    assert as_(people.admin).submit(absent, FACTS).status_code == 404


def test_nothing_changes_without_a_token(as_, people):
    client = as_(people.admin)
    assert client.post(NEW, data=FACTS).status_code == 400
    assert client.post(address(people.daycare), data=facts(people.daycare, name_sv="x")).status_code == 400
    assert Queue.get_by_id(people.daycare.id).name_sv == "Småbarnspedagogik"


def test_visible_to_is_all_for_the_administrator_and_the_granted_for_others(people):
    assert Queue.visible_to(people.admin).count() == 3
    assert [q.number for q in Queue.visible_to(people.adviser)] == ["2001"]
    assert Queue.visible_to(people.dpo).count() == 0


def test_an_empty_list_says_what_to_do(as_, people):
    from portal.accounts.models import QueueGrant

    QueueGrant.delete().execute()
    Queue.delete().execute()
    assert "Lägg till de nummer vars samtal spelas in." in words(as_(people.admin).get(LIST))
