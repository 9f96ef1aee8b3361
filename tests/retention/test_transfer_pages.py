"""Handing a held call to the police, on the pages: proposal, another's decision, the sound, the record."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.models import QueueGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.retention import holds
from portal.retention.models import Hold, Transfer, TransferState
from tests.calls import recording, tone, wav
from tests.people import grant
from tests.recordings.hearing import acts, text

AUTHORITY = "Östra Nylands polisinrättning, brottsutredningen, äldre konstapel Polisson"
FORM = {
    "authority": AUTHORITY,
    "reference": "5500/R/123/26",
    "basis": "investigation",
    "purpose": "Förundersökning av olaga hot",
    "scope": "Hela ljudet, tid och nummer",
    "channel": "police_service",
}


def form(**changed) -> dict[str, str]:
    day = clock.today()
    return {**FORM, "asked_on": f"{day.day}.{day.month}.{day.year}", **changed}


@pytest.fixture
def hold(people) -> Hold:
    for person in (people.second_manager, people.admin):
        person.language = "sv"
        person.save()
    call = recording(people.daycare, adviser=people.adviser)
    return holds.place(
        call, reason="Hot", action_ahead="Anmälan", review_on=clock.today() + dt.timedelta(days=30), by=people.manager
    )


@pytest.fixture
def proposed(people, as_, hold) -> Transfer:
    as_(people.manager).submit(f"/retention/holds/{hold.uuid}/transfers", form())
    return Transfer.get()


@pytest.fixture
def approved(people, as_, proposed) -> Transfer:
    data = {"decision": "approved", "reason": "Begäran är skriftlig"}
    assert as_(people.decider).submit(f"/retention/transfers/{proposed.uuid}/decision", data).status_code == 303
    return proposed


def test_a_manager_proposes_and_the_decider_is_told(people, as_, hold, proposed):
    assert (proposed.authority, proposed.state, proposed.proposed_by) == (AUTHORITY, "proposed", people.manager)
    assert len(acts(Act.TRANSFER_PROPOSED)) == 1
    client = as_(people.decider)
    assert "1 utlämnande till polisen väntar på ditt beslut." in text(client.get("/retention/"))
    assert AUTHORITY in client.get("/retention/transfers/").text
    page = text(client.get(f"/retention/transfers/{proposed.uuid}"))
    for words in (AUTHORITY, "5500/R/123/26", "Förundersökning av olaga hot", "Godkänn utlämnandet"):
        assert words in page
    assert "väntar på ditt beslut" not in as_(people.manager).get("/recordings/").text


@pytest.mark.parametrize("missing", ["authority", "asked_on", "basis", "purpose", "scope", "channel"])
def test_a_proposal_that_lacks_something_is_refused_beside_the_field(people, as_, hold, missing):
    answer = as_(people.manager).submit(f"/retention/holds/{hold.uuid}/transfers", form(**{missing: ""}))
    assert answer.status_code == 422
    assert f'id="{missing}-error"' in answer.text
    assert not Transfer.select().exists()


@pytest.mark.parametrize("name", ["authority", "reference", "purpose", "scope"])
def test_what_the_record_could_not_print_is_not_proposed(people, as_, hold, name):
    answer = as_(people.manager).submit(f"/retention/holds/{hold.uuid}/transfers", form(**{name: "Hot 中"}))
    assert answer.status_code == 422
    assert "Brevets typsnitt har inte: 中" in text(answer)
    assert not Transfer.select().exists()


def test_reasons_that_the_record_could_not_print_decide_nothing(people, as_, proposed):
    data = {"decision": "approved", "reason": "Begäran är skriftlig 中"}
    answer = as_(people.decider).submit(f"/retention/transfers/{proposed.uuid}/decision", data)
    assert (answer.status_code, "Brevets typsnitt har inte: 中" in text(answer)) == (422, True)
    assert Transfer.get().state == TransferState.PROPOSED


def test_what_left_is_noted_in_signs_that_the_record_can_print(people, as_, hold, approved):
    client, path = as_(people.manager), f"/retention/transfers/{approved.uuid}"
    client.submit(path + "/sound")
    answer = client.submit(path + "/handover", {"how": "Över disk 中"})
    assert (answer.status_code, "Brevets typsnitt har inte: 中" in text(answer)) == (422, True)
    assert Transfer.get().state == TransferState.APPROVED


def test_a_request_of_tomorrow_is_none(people, as_, hold):
    day = clock.today() + dt.timedelta(days=1)
    data = form(asked_on=f"{day.day}.{day.month}.{day.year}")
    answer = as_(people.manager).submit(f"/retention/holds/{hold.uuid}/transfers", data)
    assert "Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag." in text(answer)


def test_while_a_transfer_is_open_the_call_is_not_released(people, as_, hold, proposed):
    client = as_(people.second_manager)
    assert f"/retention/holds/{hold.uuid}/release" not in client.get(f"/retention/holds/{hold.uuid}").text
    assert "Ett utlämnande till polisen är på gång" in text(client.get(f"/retention/holds/{hold.uuid}/release"))
    data = {"seen": "kept", "reason": "x"}
    assert client.submit(f"/retention/holds/{hold.uuid}/release", data).status_code == 409
    assert Hold.get().stands


@pytest.mark.parametrize("who", ["manager", "second_manager", "dpo", "adviser", "clerk", "admin"])
def test_only_a_decider_decides(people, as_, proposed, who):
    data = {"decision": "approved", "reason": "x"}
    client = as_(getattr(people, who))
    assert client.submit(f"/retention/transfers/{proposed.uuid}/decision", data).status_code == 403
    assert Transfer.get().state == TransferState.PROPOSED


def test_a_decider_who_proposed_it_does_not_decide(people, as_, hold):
    grant(people.manager, Role.CONTROLLER)
    client = as_(people.manager)
    client.submit(f"/retention/holds/{hold.uuid}/transfers", form())
    transfer = Transfer.get()
    assert "Godkänn utlämnandet" not in client.get(f"/retention/transfers/{transfer.uuid}").text
    data = {"decision": "approved", "reason": "x"}
    assert client.submit(f"/retention/transfers/{transfer.uuid}/decision", data).status_code == 422
    assert Transfer.get().state == TransferState.PROPOSED


def test_the_whole_way_leaves_a_record_of_what_left_and_how(people, as_, hold, approved):
    client, path = as_(people.second_manager), f"/retention/transfers/{approved.uuid}"
    answer = client.submit(path + "/sound")
    assert answer.status_code == 200
    assert answer.data == wav(tone(2.0)), "whole and unaltered"
    assert f'filename="samtal-{hold.recording.uuid}.wav"' in answer.headers["Content-Disposition"]
    (taken,) = acts(Act.TRANSFER_SOUND_TAKEN)
    assert (taken.by, taken.subject) == (people.second_manager.uuid, hold.recording.uuid)
    assert client.submit(path + "/handover", {"how": ""}).status_code == 422
    assert client.submit(path + "/handover", {"how": "Krypterad fil i polisens tjänst"}).status_code == 303
    assert client.submit(path + "/handover", {"how": "igen"}).status_code == 409
    assert client.submit(path + "/sound").status_code == 409
    page = text(as_(people.dpo).get(path))
    people_named = ("Maria Chefberg", "Dag Beslutman", "Mikko Esihenkilö")
    for words in ("Överlämnat", *people_named, "Krypterad fil i polisens tjänst"):
        assert words in page
    assert '<form class="form"' not in page
    for entry in Entry.select():
        assert "Polisson" not in entry.detail


def test_nothing_leaves_before_it_is_approved(people, as_, proposed):
    path = f"/retention/transfers/{proposed.uuid}"
    client = as_(people.manager)
    assert "Ladda ner ljudet" not in client.get(path).text
    assert client.submit(path + "/sound").status_code == 409
    assert client.submit(path + "/handover", {"how": "x"}).status_code == 409
    assert not acts(Act.TRANSFER_SOUND_TAKEN, Act.TRANSFER_HANDED_OVER)


def test_a_refused_or_withdrawn_transfer_frees_the_hold(people, as_, hold, proposed):
    data = {"decision": "refused", "reason": "Begäran saknar grund"}
    client = as_(people.decider)
    assert client.submit(f"/retention/transfers/{proposed.uuid}/decision", data).status_code == 303
    assert client.submit(f"/retention/transfers/{proposed.uuid}/decision", data).status_code == 409
    page = text(as_(people.manager).get(f"/retention/transfers/{proposed.uuid}"))
    assert "Avslaget" in page
    assert "Begäran saknar grund" in page
    as_(people.manager).submit(f"/retention/holds/{hold.uuid}/transfers", form())
    second = Transfer.select().order_by(Transfer.id.desc()).get()
    path = f"/retention/transfers/{second.uuid}/withdrawal"
    assert as_(people.second_manager).submit(path).status_code == 303
    assert as_(people.second_manager).submit(path).status_code == 409
    assert Hold.get().transfers == 0


def test_a_decision_needs_its_reasons(people, as_, proposed):
    for decision in ("approved", "refused"):
        data = {"decision": decision, "reason": ""}
        answer = as_(people.decider).submit(f"/retention/transfers/{proposed.uuid}/decision", data)
        assert answer.status_code == 422
        assert "Skriv skälen för beslutet." in text(answer)


def test_a_manager_of_another_queue_sees_no_transfer(people, as_, approved):
    QueueGrant.delete().where(QueueGrant.account == people.second_manager).execute()
    client, path = as_(people.second_manager), f"/retention/transfers/{approved.uuid}"
    assert str(approved.uuid) not in client.get("/retention/transfers/").text
    assert client.get(path).status_code == 404
    for act in ("sound", "handover", "withdrawal"):
        assert client.submit(f"{path}/{act}", {"how": "x"}).status_code == 404
    assert Transfer.get().state == TransferState.APPROVED


def test_a_clerk_reads_of_a_held_call_only_what_has_left(people, as_, approved):
    client, path = as_(people.clerk), f"/retention/transfers/{approved.uuid}"
    assert AUTHORITY not in client.get("/retention/transfers/").text
    assert client.get(path).status_code == 404
    as_(people.manager).submit(path + "/handover", {"how": "Krypterad fil"})
    assert AUTHORITY in client.get("/retention/transfers/").text
    page = client.get(path)
    assert page.status_code == 200
    assert "/handover" not in page.text


@pytest.mark.parametrize("who", ["adviser", "admin", "outsider"])
def test_others_read_no_transfers(people, as_, proposed, who):
    client = as_(getattr(people, who))
    assert client.get("/retention/transfers/").status_code == 403
    assert client.get(f"/retention/transfers/{proposed.uuid}").status_code == 403
