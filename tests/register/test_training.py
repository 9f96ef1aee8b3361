"""Hearing a call for training: the consent gives the right, at every range, and takes it away at once."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import QueueGrant, RoleGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.errors import Denied, NotFound
from portal.recordings import listening
from portal.recordings.models import Listen, Playable, Recording, State
from portal.register import consents, training
from portal.register.models import Consent, ConsentText
from portal.retention import watch
from portal.retention.models import Freeze
from tests.people import grant
from tests.recordings.hearing import acts
from tests.register.consented import NOW, PAST, call, give


@pytest.fixture(autouse=True)
def now(monkeypatch):
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOW)
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    return move


def signed_in(account):
    """The account as a page has it, in a session of its own."""
    token, _ = sessions.open_session(account, sessions.FULL, device="test")
    return sessions.resume(token)


def test_an_adviser_hears_a_consented_call_past_its_date_and_the_log_says_what_for(people, now):
    row = call(people)
    consent = give(people, row)
    now(PAST)
    by = signed_in(people.adviser)
    listen = training.open_listen(row.uuid, by=by)
    assert (listen.purpose, listen.because, listen.reference) == ("training", consent.uuid, "")
    for _ in range(2):
        training.start(training.check(listen.uuid, row.uuid, by=by), by=by)
    (opened,), (played,) = acts(Act.LISTEN_OPENED), acts(Act.PLAYED)
    assert (opened.subject, opened.by, opened.purpose) == (row.uuid, people.adviser.uuid, "training")
    assert opened.told["consent"] == consent.uuid.hex
    assert (played.purpose, played.queue_id) == ("training", people.daycare.id)
    assert training.still(listen.uuid, row.uuid, by=by)
    with pytest.raises(NotFound):
        listening.check(listen.uuid, row.uuid, by=by)
    assert training.calls(by) == [row]


def test_a_listen_of_the_registers_own_purposes_does_not_open_this_door(people):
    row = call(people)
    give(people, row)
    by = signed_in(people.adviser)
    listen = listening.open_listen(row, purpose="quality", reference="", by=by)
    with pytest.raises(NotFound):
        training.check(listen.uuid, row.uuid, by=by)
    with pytest.raises(listening.PurposeRefused):
        listening.open_listen(row, purpose="training", reference="", by=by)


def withdraw(people, row, consent, by, now):
    consents.withdraw(consent, by=people.manager)


def take_away(people, row, consent, by, now):
    consents.change_calls(consent, remove=[row], by=people.manager)


def last_day_passes(people, row, consent, by, now):
    Consent.update(ends_on=clock.today() - dt.timedelta(days=1)).execute()


def end_alone(people, row, consent, by, now):
    Consent.update(stands=None).execute()


def lift_alone(people, row, consent, by, now):
    Freeze.update(stands=None).execute()


def restrict(people, row, consent, by, now):
    Recording.update(restrictions=1).execute()


def delete(people, row, consent, by, now):
    Recording.update(state=State.PURGING).execute()


def lose_queue(people, row, consent, by, now):
    QueueGrant.delete().where(QueueGrant.account == by.id).execute()


def right_ends(people, row, consent, by, now):
    """Another, for another queue, stands."""
    RoleGrant.update(ends_at=clock.now()).where(RoleGrant.account == by.id).execute()
    grant(by, Role.MANAGER, [people.elderly])


def lose_role(people, row, consent, by, now):
    """In the queue of the call."""
    RoleGrant.update(role=Role.CLERK).where(RoleGrant.account == by.id).execute()
    grant(by, Role.MANAGER, [people.elderly])


def close(people, row, consent, by, now):
    Listen.update(closes_at=clock.now()).execute()


def other_purpose(people, row, consent, by, now):
    ConsentText.update(purpose="disclosure").execute()


def sign_out(people, row, consent, by, now):
    sessions.end(sessions.SignIn.account == by.id)


def not_ready(people, row, consent, by, now):
    Recording.update(playable=Playable.PENDING).execute()


@pytest.mark.parametrize(
    "end",
    [
        *(
            withdraw,
            take_away,
            last_day_passes,
            end_alone,
            lift_alone,
            restrict,
            delete,
            lose_queue,
            lose_role,
            right_ends,
            close,
        ),
        *(other_purpose, sign_out, not_ready),
    ],
)
def test_a_running_playback_is_cut_when_the_right_ends(people, now, end):
    row = call(people)
    consent = give(people, row)
    by = signed_in(people.adviser)
    listen = training.open_listen(row.uuid, by=by)
    training.check(listen.uuid, row.uuid, by=by)
    end(people, row, consent, by, now)
    assert not training.still(listen.uuid, row.uuid, by=by)


def test_another_persons_listen_or_session_opens_nothing(people):
    row = call(people)
    give(people, row)
    listen = training.open_listen(row.uuid, by=signed_in(people.adviser))
    for by in (signed_in(people.manager), signed_in(people.adviser)):
        with pytest.raises(NotFound):
            training.check(listen.uuid, row.uuid, by=by)


def test_without_a_consent_no_call_is_opened(people, now):
    row, elsewhere = call(people), call(people, days=1, queue=people.elderly)
    for one, by, error in [
        (row, people.adviser, training.NotConsented),
        (elsewhere, people.adviser, NotFound),
        (row, people.clerk, Denied),
        (row, people.dpo, Denied),
    ]:
        with pytest.raises(error):
            training.open_listen(one.uuid, by=signed_in(by))
    give(people, row, purpose="disclosure")
    with pytest.raises(training.NotConsented):
        training.open_listen(row.uuid, by=signed_in(people.adviser))
    now(PAST)
    with pytest.raises(NotFound):
        training.open_listen(row.uuid, by=signed_in(people.adviser))
    assert not Listen.select().exists()
    assert training.calls(people.adviser) == []
    assert training.calls(people.clerk) == []


def test_when_one_of_two_consents_is_withdrawn_the_other_opens_a_listen_of_its_own(people):
    row = call(people)
    first, second = give(people, row), give(people, row)
    by = signed_in(people.adviser)
    listen = training.open_listen(row.uuid, by=by)
    assert listen.because == second.uuid
    consents.withdraw(second, by=people.manager)
    assert not training.still(listen.uuid, row.uuid, by=by)
    assert training.open_listen(row.uuid, by=by).because == first.uuid
