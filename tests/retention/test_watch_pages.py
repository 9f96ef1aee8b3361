"""The page that asks, the answer, and the sign of life over HTTP."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.retention import actions, reconcile, watch
from portal.retention.watching import Finding, Pause
from portal.vault import keystore
from tests.calls import recording
from tests.retention import made

ASKS = "väntar på svar"
NOW = made.DUE + dt.timedelta(minutes=1)


@pytest.fixture
def paused(people):
    """The clock was ahead, somebody let it, and it went back: a call waits."""
    with clock.frozen(NOW + dt.timedelta(days=2)):
        actions.purge_due()
    with clock.frozen(NOW):
        row = made.marked(people.daycare, people.adviser)
        assert actions.purge_due().paused
        yield row


def answer(client, **data):
    return client.submit(f"/retention/pauses/{Pause.get().uuid}/confirmation", data)


@pytest.mark.parametrize("person", ["manager", "decider"])
def test_a_manager_or_the_controller_lets_it_go_on(people, as_, paused, person):
    who = getattr(people, person)
    client = as_(who)
    page = client.get("/retention/").text
    assert ASKS in page
    assert "Låt gallringen fortsätta" in page
    assert answer(client, checked="y").status_code == 303
    assert ASKS not in client.get("/retention/").text
    assert Entry.get(Entry.act == Act.PURGE_RESUMED).by == who.uuid
    assert actions.purge_due().purged == 1
    assert not keystore.exists(paused.uuid)


def test_an_answer_without_the_check_is_refused_and_a_second_one_conflicts(people, as_, paused):
    client = as_(people.manager)
    refused = answer(client)
    assert refused.status_code == 422
    assert "Kryssa för" in refused.text
    assert watch.standing()
    assert answer(client, checked="y").status_code == 303
    assert answer(client, checked="y").status_code == 409
    assert Entry.select().where(Entry.act == Act.PURGE_RESUMED).count() == 1


@pytest.mark.parametrize("person", ["adviser", "clerk", "dpo", "admin"])
def test_others_may_not_answer(people, as_, paused, person):
    client = as_(getattr(people, person))
    assert answer(client, checked="y").status_code == 403
    assert watch.standing()


def test_those_who_read_see_it_without_a_button(people, as_, paused):
    page = as_(people.dpo).get("/retention/").text
    assert ASKS in page
    assert "Låt gallringen fortsätta" not in page


def test_no_such_pause_is_not_found(people, as_, paused):
    unknown = f"/retention/pauses/{paused.uuid}/confirmation"
    assert as_(people.manager).submit(unknown, {"checked": "y"}).status_code == 404


def test_the_monitor_gets_good_or_bad_and_an_age_and_no_more(people, client):
    with clock.frozen(NOW):
        actions.purge_due()
    with clock.frozen(NOW + dt.timedelta(minutes=5)):
        good = client.get("/retention/alive")
        assert (good.status_code, good.text) == (200, "good 300\n")
    with clock.frozen(NOW + dt.timedelta(minutes=61)):
        bad = client.get("/retention/alive")
        assert (bad.status_code, bad.text) == (503, "bad 3660\n")


def test_a_pause_is_bad_at_once(client, paused):
    with clock.frozen(NOW + dt.timedelta(minutes=1)):
        assert client.get("/retention/alive").status_code == 503


def test_what_a_person_has_to_look_at_is_on_the_page_with_what_to_do(people, as_):
    with clock.frozen(NOW):
        row = recording(people.daycare)
        actions.purge_due()
        Finding.create(kind="key_missing", subject=row.uuid, store="main")
        page = as_(people.manager).get("/retention/").text
        assert str(row.uuid) in page
        assert "Återställ nyckeln" in page
        assert "1 sak som någon behöver se på" in page
        Finding.update(gone_at=NOW).execute()
        reconcile.reconcile()
        page = as_(people.manager).get("/retention/").text
        assert "Allt stämde." in page


def test_the_plot_has_a_bar_for_each_day_with_its_figure(people, as_):
    with clock.frozen(NOW):
        actions.purge_due()
        for n in range(3):
            recording(people.daycare, started_at=made.CALLED + dt.timedelta(days=2, minutes=n))
        page = as_(people.manager).get("/retention/").text
    assert page.count("<rect") == 14
    assert ">3</text>" in page
    assert ">12.6.</text>" in page
    assert "style=" not in page
