"""The page of a request by which a consent is taken back."""

import datetime as dt

import pytest

from portal import clock
from portal.cases.codes import RightKind
from portal.cases.models import CaseRight
from portal.register import consents
from portal.retention import watch
from tests.cases import made
from tests.cases.answered import second_clerk
from tests.cases.made import NAME, fresh
from tests.recordings.hearing import text
from tests.register import consented
from tests.register.consented import NOW, PAST


@pytest.fixture(autouse=True)
def now(monkeypatch):
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOW)
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    return move


def case(people, *rights):
    return made.case(people, rights=rights or (RightKind.WITHDRAWAL,), received_on=clock.today())


def test_the_handler_withdraws_with_one_button_and_sees_what_became_of_it(people, as_, now):
    consent = consented.give(people, consented.call(people))
    now(PAST)
    of = case(people)
    client = as_(people.clerk)
    page = f"/cases/{of.uuid}/consents"
    assert f'href="{page}"' in text(client.get(f"/cases/{of.uuid}"))
    shown = text(client.get(page))
    assert "samma telefonnummer" in shown
    assert "Anteckna att inget samtycke finns" not in shown
    done = client.submit(f"{page}/{consent.uuid}/withdrawal")
    assert done.status_code == 303
    shown = text(client.get(page))
    assert "Raderade samtal: 1." in shown
    assert f"{consent.uuid}/withdrawal" not in shown
    assert client.submit(f"{page}/{consent.uuid}/withdrawal").status_code == 409
    assert client.submit(f"{page}/none").status_code == 409
    assert of.number in text(client.get(f"/register/consents/{consent.uuid}"))


def test_none_on_file_is_noted_and_treated_as_an_objection_with_a_button_each(people, as_):
    of = case(people)
    client = as_(people.clerk)
    page = f"/cases/{of.uuid}/consents"
    assert client.submit(f"{page}/objection").status_code == 409
    assert client.submit(f"{page}/none").status_code == 303
    assert "Behandla också som invändning" in text(client.get(page))
    assert client.submit(f"{page}/objection").status_code == 303
    assert "behandlas också som en invändning" in text(client.get(page))
    assert CaseRight.select().where(CaseRight.case == of.id).count() == 2
    assert client.submit(f"{page}/objection").status_code == 409


def test_a_withdrawal_outside_a_request_is_taken_in_and_a_namesake_is_warned_of(people, as_):
    row = consented.call(people)
    consent = consented.give(people, row)
    namesake = consented.give(people, consented.call(people, days=1, number=None), number="", name=NAME)
    consents.withdraw(consent, by=people.manager)
    of = case(people)
    client = as_(people.clerk)
    page = f"/cases/{of.uuid}/consents"
    shown = text(client.get(page))
    assert "Bara namnet är detsamma" in shown
    assert f"{namesake.uuid}/withdrawal" in shown
    assert client.submit(f"{page}/{consent.uuid}/confirmation").status_code == 303
    assert fresh(consent).because == of.uuid
    assert client.submit(f"{page}/{consent.uuid}/confirmation").status_code == 409


def test_others_read_the_page_and_only_the_handler_acts(people, as_):
    consent = consented.give(people, consented.call(people))
    of, other = case(people), case(people, RightKind.ACCESS)
    page = f"/cases/{of.uuid}/consents"
    acts = (f"{page}/{consent.uuid}/withdrawal", f"{page}/{consent.uuid}/confirmation", f"{page}/none")
    for account in (people.decider, people.dpo):
        client = as_(account)
        assert "/withdrawal" not in text(client.get(page))
        assert [client.submit(act).status_code for act in acts] == [403] * 3
    other_clerk = as_(second_clerk())
    assert [other_clerk.submit(act).status_code for act in acts] == [422] * 3
    for account in (people.manager, people.adviser):
        assert as_(account).get(page).status_code == 403
    assert as_(people.clerk).get(f"/cases/{consent.uuid}/consents").status_code == 404
    assert as_(people.clerk).submit(f"{page}/{of.uuid}/withdrawal").status_code == 404
    assert "gäller inte ett återkallat samtycke" in text(as_(people.clerk).get(f"/cases/{other.uuid}/consents"))
    assert f'href="/cases/{other.uuid}/consents"' not in text(as_(people.clerk).get(f"/cases/{other.uuid}"))
    assert as_(people.clerk).submit(f"/cases/{other.uuid}/consents/none").status_code == 409
    assert fresh(consent).stands
