"""Hearing a call for a case: the case gives the right, at every range, and takes it away at once."""

import datetime as dt
import uuid

import pytest

from portal import clock, playback
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import hearing
from portal.cases.codes import OPEN, Outcome, State
from portal.cases.models import Case, CaseCall
from portal.recordings.models import Listen, Playable, Recording
from portal.recordings.models import State as RecordingState
from portal.retention import freezes
from tests.calls import recording
from tests.cases import answered, selected
from tests.cases.selected import fresh, told
from tests.people import person
from tests.recordings.hearing import RANGE, opened


@pytest.fixture
def case(people):
    return selected.case(people)


@pytest.fixture
def call(people, case):
    return selected.call(people, case)


def page(call: CaseCall) -> str:
    return f"/cases/{call.case.uuid}/calls/{call.uuid}"


def listen(client, call: CaseCall) -> str:
    """The address of a listen that `client` opened for the case."""
    answer = client.submit(f"{page(call)}/listens")
    assert answer.status_code == 303, answer.text
    return f"{page(call)}/listens/{Listen.select().order_by(Listen.id.desc()).get().uuid}"


def heard(client, address: str) -> int:
    status = client.get(f"{address}/audio", headers=RANGE).status_code
    assert client.get(f"{address}/peaks").status_code == (200 if status == 206 else status)
    assert client.get(address).status_code == (204 if status == 206 else status)
    return status


def test_one_button_opens_a_listen_with_purpose_and_number_and_one_row_in_the_log(as_, people, case, call):
    client = as_(people.clerk)
    address = listen(client, call)
    row = Listen.get()
    assert (row.purpose, row.reference, row.because, row.started_at) == ("request", case.number, case.uuid, None)
    for _ in range(3):
        assert heard(client, address) == 206
    (entry,) = told(Act.PLAYED)
    assert (entry.subject, entry.by, entry.queue_id) == (call.recording.uuid, people.clerk.uuid, people.elderly.id)
    assert (entry.purpose, entry.reference) == ("request", case.number)
    (entry,) = told(Act.LISTEN_OPENED)
    assert (entry.purpose, entry.reference, entry.told["case"]) == ("request", case.number, case.uuid.hex)


def lose_handler(people, call):
    Case.update(handler=people.decider).execute()


def lose_role(people, call):
    RoleGrant.update(role=Role.MANAGER).where(RoleGrant.account == people.clerk).execute()


def approve(people, call):
    Case.update(state=State.APPROVED).execute()


def withdraw(people, call):
    Case.update(state=State.APPROVED, outcome=Outcome.WITHDRAWN).execute()


def close(people, call):
    Case.update(state=State.CLOSED).execute()


def lift(people, call):
    freezes.lift(call.case, by=people.clerk)


def begin_purge(people, call):
    Recording.update(state=RecordingState.PURGING).execute()


def leave_out(people, call):
    CaseCall.delete().execute()


def run_out(people, call):
    Listen.update(closes_at=clock.now()).execute()


@pytest.mark.parametrize(
    "loss", [lose_handler, lose_role, approve, withdraw, close, lift, begin_purge, leave_out, run_out]
)
def test_the_next_range_is_as_absent_when_the_right_is_gone(as_, people, call, loss):
    client = as_(people.clerk)
    address = listen(client, call)
    assert heard(client, address) == 206
    loss(people, call)
    for part, status in (("/audio", 404), ("/peaks", 404), ("", 404)):
        answer = client.get(address + part, headers=RANGE)
        assert answer.status_code == (403 if loss is lose_role else status)
    assert len(told(Act.PLAYED)) == 1


def test_the_decider_hears_while_it_is_proposed_and_neither_before_nor_after(as_, people, case, call):
    client = as_(people.decider)
    assert client.submit(f"{page(call)}/listens").status_code == 409
    Case.update(state=State.PROPOSED, proposed_by=people.clerk).execute()
    address = listen(client, call)
    assert heard(client, address) == 206
    for after in (State.IN_PROGRESS, State.APPROVED):
        Case.update(state=after).execute()
        assert heard(client, address) == 404
    Case.update(state=State.PROPOSED).execute()
    assert heard(client, address) == 206
    Case.update(proposed_by=people.decider).execute()
    assert heard(client, address) == 404, "who proposed it does not try it"
    assert client.submit(f"{page(call)}/listens").status_code == 422


def test_the_handler_hears_in_every_state_before_the_approval(as_, people, case, call):
    client = as_(people.clerk)
    address = listen(client, call)
    for state in State:
        Case.update(state=state).execute()
        assert heard(client, address) == (206 if state in OPEN and state != State.APPROVED else 404)


def test_who_has_nothing_to_do_with_it_hears_nothing(as_, people, case, call):
    other = person("kaisa", "Kaisa Toinen", Role.CLERK, queues=(people.elderly,))
    address = listen(as_(people.clerk), call)
    assert as_(other).submit(f"{page(call)}/listens").status_code == 422, "take over first"
    for who, status in (
        (other, 404),
        (people.clerk, 404),  # in another session
        (people.decider, 404),
        (people.dpo, 403),
        (people.adviser, 403),
        (people.outsider, 403),
        (people.manager, 403),
        (people.admin, 403),
    ):
        client = as_(who)
        for part in ("/audio", "/peaks", ""):
            assert client.get(address + part, headers=RANGE).status_code == status, (who.username, part)
    assert told(Act.PLAYED) == []


def test_a_call_past_its_date_is_heard_for_its_case_alone_and_a_held_one_too(as_, people, case, call):
    client = as_(people.clerk)
    own = recording(people.daycare)
    Recording.update(expires_at=clock.now() - dt.timedelta(days=1)).execute()
    assert heard(client, listen(client, call)) == 206
    assert client.submit(f"/recordings/{call.recording.uuid}/listens", {"purpose": "request"}).status_code == 404
    other = selected.case(people, serial=13)
    second = CaseCall.create(case=other, recording=call.recording, found_by="hand")
    assert client.submit(f"{page(second)}/listens").status_code == 409, "frozen for another case"
    freezes.lift(case, by=people.clerk)
    assert client.submit(f"{page(call)}/listens").status_code == 409
    Recording.update(holds=1).where(Recording.id == call.recording_id).execute()
    assert heard(client, listen(client, second)) == 206
    assert own.uuid != call.recording.uuid


def test_a_listen_for_a_case_and_one_of_the_own_queues_open_nothing_of_each_other(as_, people, case, call):
    client = as_(people.clerk)
    for_case = listen(client, call).rpartition("/")[2]
    own = opened(client, call.recording, "request", case.number).rpartition("/")[2]
    for part in ("/audio", "/peaks"):
        assert client.get(f"/recordings/{call.recording.uuid}/listens/{for_case}{part}").status_code == 404
        assert client.get(f"{page(call)}/listens/{own}{part}").status_code == 404
    assert client.get(f"/recordings/{call.recording.uuid}/listens/{for_case}").status_code == 303, "to the call's page"
    assert client.get(f"{page(call)}/listens/{own}").status_code == 404
    second = selected.call(people, selected.case(people, serial=13), recorded=call.recording)
    assert client.get(f"{page(second)}/listens/{for_case}/audio").status_code == 404, "another case"
    third = selected.call(people, case)
    assert client.get(f"{page(third)}/listens/{for_case}/audio").status_code == 404, "another call"
    assert client.get(f"/cases/{uuid.uuid4()}/calls/{call.uuid}/listens/{for_case}/audio").status_code == 404
    assert told(Act.PLAYED) == []


def test_what_cannot_be_heard_yet_or_any_more_opens_no_listen(as_, people, call):
    client = as_(people.clerk)
    for values in ({"playable": Playable.PENDING}, {"playable": Playable.FAILED}, {"state": RecordingState.PURGED}):
        Recording.update(**{"playable": Playable.READY, "state": RecordingState.LIVE, **values}).execute()
        assert client.submit(f"{page(call)}/listens").status_code == 409
    assert not Listen.select().exists()


def test_a_whole_answer_is_broken_off_when_the_handler_changes(as_, people, case, monkeypatch):
    from tests.calls import tone, wav

    monkeypatch.setattr(playback, "LOOK_AGAIN_SECONDS", 0)
    call = selected.call(people, case, seconds=60, sound=wav(tone(60)))
    client = as_(people.clerk)
    answer = client.get(f"{listen(client, call)}/audio", buffered=False)
    blocks = answer.iter_encoded()
    size = len(next(blocks))
    lose_handler(people, call)
    size += sum(len(block) for block in blocks)
    assert size < int(answer.headers["Content-Length"])
    answer.close()


def test_who_approves_has_heard_or_read_it_since_it_last_changed(as_, people, case, call):
    Case.update(state=State.PROPOSED, proposed_by=people.clerk).execute()
    decider, start = Account.get_by_id(people.decider.id), clock.now()
    client = as_(decider)
    assert not hearing.heard_since(call, decider)
    assert not hearing.read_since(call, decider)
    with clock.frozen(start + dt.timedelta(minutes=1)):
        address = listen(client, call)
        assert not hearing.heard_since(call, decider), "opened, not heard"
        heard(client, address)
        client.get(page(call))
    assert hearing.heard_since(call, decider)
    assert hearing.read_since(call, decider)
    assert not hearing.heard_since(call, people.second_manager)
    assert not hearing.read_since(call, people.clerk)
    with clock.frozen(start + dt.timedelta(minutes=2)):
        answered.touch(call)
    assert not hearing.heard_since(call, decider), "also where an older row is at hand"
    assert not hearing.read_since(fresh(call), decider)
