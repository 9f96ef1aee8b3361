"""Where a page does not offer an act it says by what rule, whom to ask by name, and where that is explained."""

import datetime as dt
import re

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.cases.codes import Decision, RightKind
from portal.cases.models import Case
from portal.incidents import actions as incidents
from portal.incidents.models import Loss, Risk
from portal.oversight.models import Observation
from portal.register import notices
from portal.register.models import Told
from portal.retention import actions, holds, threats, transfers
from portal.rights import asking
from tests.calls import recording
from tests.cases import answered
from tests.cases import made as cases
from tests.oversight.test_observation_pages import NOW, seen
from tests.people import grant, person
from tests.recordings.hearing import text
from tests.register import described, shared
from tests.retention import made

DAY = dt.timedelta(days=1)
ABOUT = {"authority": "Polisen", "basis": "investigation", "channel": "police_service"}


@pytest.fixture(autouse=True)
def _swedish(people):
    for one in (people.second_manager, people.admin, people.outsider):
        one.language = "sv"
        one.save()


@pytest.fixture
def call(people):
    return recording(people.daycare, adviser=people.adviser)


@pytest.fixture
def hold(people, call):
    return holds.place(
        call, reason="Hot", action_ahead="Anmälan", review_on=clock.today() + 30 * DAY, by=people.manager
    )


@pytest.fixture
def transfer(people, hold):
    return transfers.propose(
        hold, **ABOUT, asked_on=clock.today(), purpose="Förundersökning", scope="Hela ljudet", by=people.manager
    )


def asked(client, path: str, status: int = 200) -> list[str]:
    """The lines of a page that say whom to ask, each with the help page that its link leads to."""
    answer = client.get(path)
    assert answer.status_code == status, path
    lines = re.findall(r'<p class="meta">([^<]*) <a href="/help/([\w-]+)#why-title"', text(answer))
    return [f"{whom} → {page}" for whom, page in lines]


OF_DAYCARE = "Fråga en chef för servicenumret: "
CONTROLLER = "Fråga en beslutsfattare: "


# Pages that one may not open


def test_a_page_of_another_role_says_whose_it_is_and_whom_to_ask(people, as_):
    client = as_(people.adviser)
    assert asked(client, "/accounts/", 403) == [f"{CONTROLLER}{people.decider.name}. → rights"]
    assert "Sidan är till för: systemadministratör." in client.get("/accounts/").text
    assert "Sidan är till för: chef." in client.get("/recordings/quality").text


def test_a_refusal_for_another_reason_speaks_of_no_role(people, as_):
    answer = as_(people.adviser).get("/recordings/", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Sidan är till för" not in answer.text


def test_what_is_not_there_and_what_is_not_ones_own_are_told_alike(people, as_, call):
    client = as_(people.outsider)
    absent = "/recordings/00000000-0000-4000-8000-000000000000"
    line = [f"{CONTROLLER}{people.decider.name}. → rights"]
    assert asked(client, f"/recordings/{call.uuid}", 404) == asked(client, absent, 404) == line
    bodies = [
        re.sub(r"(nonce|content|value|X-CSRFToken)[^>]*", "", client.get(at).text)
        for at in (f"/recordings/{call.uuid}", absent)
    ]
    assert bodies[0] == bodies[1]


def test_one_who_is_not_signed_in_is_told_no_name(app, people):
    answer = app.test_client().get("/no/such/page")
    assert answer.status_code == 404
    assert "Fråga" not in answer.text


def test_one_without_any_service_number_is_told_whom_to_ask(people, as_):
    lone = person("lina", "Lina Utan", Role.ADVISER)
    assert asked(as_(lone), "/recordings/") == [f"{CONTROLLER}{people.decider.name}. → rights"]


def test_one_without_any_right_is_told_whom_to_ask(people, as_):
    lone = person("lina", "Lina Utan")
    client, line = as_(lone), [f"{CONTROLLER}{people.decider.name}. → rights"]
    assert asked(client, "/rights/own") == asked(client, "/") == line


def test_a_search_that_finds_nothing_leads_to_why(people, as_, call):
    client = as_(people.adviser)
    why = 'href="/help/find#why-1"'
    assert why not in client.get("/recordings/").text
    assert why in client.get("/recordings/?from=1.1.2001&to=2.1.2001").text


# Calls


def test_an_entry_that_one_may_not_correct_says_who_does(people, as_, call):
    line = [f"{OF_DAYCARE}{people.manager.name}, {people.second_manager.name}. → correct"]
    assert asked(as_(people.adviser), f"/recordings/{call.uuid}/entries/queue") == line
    assert asked(as_(people.manager), f"/recordings/{call.uuid}/entries/queue") == []


# Threat calls


def test_a_manager_who_reported_a_call_is_told_who_decides(people, as_, call):
    threat = threats.report(call, kind="adviser", words="Hot", safety="safe", by=people.manager)
    path = f"/retention/threats/{threat.uuid}"
    assert asked(as_(people.manager), path) == [f"{OF_DAYCARE}{people.second_manager.name}. → threats"]
    assert asked(as_(people.second_manager), path) == []
    both = f"{OF_DAYCARE}{people.second_manager.name}. → threats"
    assert asked(as_(people.dpo), path) == [both], "not whoever reported it"


def test_whoever_held_a_call_is_told_who_renews(people, as_, hold):
    path = f"/retention/holds/{hold.uuid}"
    line = [f"{OF_DAYCARE}{people.second_manager.name}. → threats"]
    assert asked(as_(people.manager), path) == asked(as_(people.manager), f"{path}/renewal") == line
    assert asked(as_(people.second_manager), path) == []
    both = f"{OF_DAYCARE}{people.manager.name}, {people.second_manager.name}. → threats"
    assert asked(as_(people.dpo), path) == [both]


def test_a_manager_who_is_alone_is_told_that_somebody_else_must_get_the_role(people, as_):
    lone = person("lotta", "Lotta Ensam", Role.MANAGER, queues=(people.elderly,))
    call = recording(people.elderly)
    hold = holds.place(call, reason="Hot", action_ahead="Anmälan", review_on=clock.today() + 30 * DAY, by=lone)
    assert asked(as_(lone), f"/retention/holds/{hold.uuid}") == [
        "Just nu har ingen annan den rollen. En beslutsfattare kan ge någon den. → threats"
    ]


def test_a_hold_with_an_open_transfer_says_who_ends_that(people, as_, hold, transfer):
    for path in (f"/retention/holds/{hold.uuid}", f"/retention/holds/{hold.uuid}/release"):
        assert f"{CONTROLLER}{people.decider.name}. → threats" in asked(as_(people.second_manager), path)


def test_whoever_proposed_a_transfer_is_told_who_decides(people, as_, transfer):
    path = f"/retention/transfers/{transfer.uuid}"
    assert asked(as_(people.manager), path) == [f"{CONTROLLER}{people.decider.name}. → police"]
    assert asked(as_(people.decider), path) == []
    transfers.approve(transfer, reason="Begäran är skriftlig", by=people.decider)
    assert asked(as_(people.manager), path) == []
    both = f"{OF_DAYCARE}{people.manager.name}, {people.second_manager.name}. → police"
    assert asked(as_(people.decider), path) == [both]


def test_one_who_decides_and_proposed_is_told_another(people, as_, transfer):
    grant(people.manager, Role.CONTROLLER)
    other = people.delegate
    line = [f"{CONTROLLER}{people.decider.name}, {other.name}. → police"]
    for one in (people.manager, people.second_manager):
        assert asked(as_(one), f"/retention/transfers/{transfer.uuid}") == line


def test_a_paused_deletion_says_who_answers(people, as_):
    now = made.DUE + dt.timedelta(minutes=1)
    with clock.frozen(now + 2 * DAY):
        actions.purge_due()
    with clock.frozen(now):
        made.marked(people.daycare, people.adviser)
        assert actions.purge_due().paused
        assert asked(as_(people.dpo), "/retention/") == [f"{CONTROLLER}{people.decider.name}. → purge"]
        assert asked(as_(people.decider), "/retention/") == []


# Requests


def test_an_answer_that_waits_says_who_tries_it(people, as_):
    with clock.frozen(answered.NOW):
        case = answered.proposed(people, Decision.MUTED)
        path = f"/cases/{case.uuid}/answer"
        assert asked(as_(people.clerk), path) == [f"{CONTROLLER}{people.decider.name}. → answer"]
        grant(people.clerk, Role.CONTROLLER)
        other = people.delegate
        both = f"{CONTROLLER}{people.decider.name}, {other.name}. → answer"
        for one in (people.clerk, answered.second_clerk()):
            assert asked(as_(one), path) == [both], "the proposer does not approve"


def test_a_request_without_a_handler_says_who_takes_it(people, as_):
    with clock.frozen(answered.NOW):
        case = answered.case(people, handler=None)
        path = f"/cases/{case.uuid}/answer"
        assert asked(as_(people.decider), path) == [f"Fråga en handläggare: {people.clerk.name}. → answer"]
        assert asked(as_(people.clerk), path) == []


# Rights, incidents, the description


def test_a_right_that_waits_says_who_grants_it_and_never_who_asked(people, as_):
    facts = {"role": Role.ADVISER, "queues": [people.technical], "reason": "Svarar i telefonen i höst"}
    grant(people.manager, Role.CONTROLLER)
    right = asking.ask(
        people.adviser, **facts, first_on=clock.today(), last_on=clock.today() + 30 * DAY, by=people.manager
    )
    path, line = f"/rights/{right.uuid}", [f"{CONTROLLER}{people.decider.name}. → rights"]
    assert asked(as_(people.manager), path) == asked(as_(people.adviser), path) == line
    assert asked(as_(people.decider), path) == []


def test_an_incident_says_who_leads_and_then_who_decides(people, as_):
    incident = incidents.report(known_at=clock.now(), happened="Fel person fick lyssna.", by=people.adviser)
    path = f"/incidents/{incident.uuid}"
    assert asked(as_(people.adviser), path) == [f"Fråga ett dataskyddsombud: {people.dpo.name}. → incidents"]
    incidents.lead(incident, by=people.dpo)
    assert asked(as_(people.dpo), path) == []
    told = {"risk_reasons": "En röst hördes av någon som inte skulle höra den.", "losses": [Loss.SECRECY], "persons": 1}
    incidents.assess(type(incident).get(), risk=Risk.RISK, **told, by=people.dpo)
    assert asked(as_(people.dpo), path) == [f"{CONTROLLER}{people.decider.name}. → incidents"]
    assert asked(as_(people.decider), path) == []


def test_a_proposed_description_says_who_approves(people, as_):
    row = described.proposed(people)
    path = f"/register/description/{row.uuid}"
    assert asked(as_(people.clerk), path) == [f"{CONTROLLER}{people.decider.name}. → description"]
    assert asked(as_(people.decider), path) == []


def test_a_restricted_call_says_who_uses_it_meanwhile(people, as_):
    with clock.frozen(cases.NOW):
        row = cases.call(people)
        cases.case(people, rights=(RightKind.OBJECTION,))
        line = [f"Fråga en handläggare: {people.clerk.name}. → claims"]
        assert asked(as_(people.adviser), f"/recordings/{row.uuid}") == line


def test_a_call_of_a_request_says_who_hears_it(people, as_):
    with clock.frozen(answered.NOW):
        case = answered.proposed(people, Decision.MUTED)
        (call,) = cases.calls(case)
        path = f"/cases/{case.uuid}/calls/{call.uuid}"
        assert asked(as_(people.decider), path) == []
        Case.update(proposed_by=people.decider).where(Case.id == case.id).execute()
        delegate = people.delegate
        assert asked(as_(people.decider), path) == [f"{CONTROLLER}{delegate.name}. → calls"]
        assert asked(as_(delegate), path) == []
        other = answered.second_clerk()
        assert f"Begäran handläggs av {people.clerk.name}." in text(as_(other).get(path))


def test_a_recipient_who_is_to_be_told_is_the_clerks_task(people, as_):
    with clock.frozen(cases.NOW):
        cases.call(people)
        case = cases.case(people, rights=("rectification",))
        (call,) = cases.calls(case)
        shared.handed(people, call.recording)
        what = {"what": Told.CORRECTED, "because": case, "entry": "subject"}
        (notice,) = notices.open_for([call.recording], **what, by=people.clerk)
        path = f"/register/notices/{notice.uuid}"
        assert asked(as_(people.dpo), path) == [f"Fråga en handläggare: {people.clerk.name}. → notices"]
        assert asked(as_(people.clerk), path) == []


def test_an_observation_that_one_was_asked_about_says_who_closes_it(people, as_):
    with clock.frozen(NOW):
        head = person("disa2", "Doris Ombud", Role.DPO)
        row = seen(people, state="asked", asked_of=head, asked_by=people.dpo, question="Varför?")
        Observation.update(answer_by=clock.today(), asked_at=clock.now()).where(Observation.id == row.id).execute()
        path = f"/oversight/observations/{row.uuid}"
        assert asked(as_(head), path) == [f"Fråga ett dataskyddsombud: {people.dpo.name}. → questions"]
        assert asked(as_(people.dpo), path) == []
