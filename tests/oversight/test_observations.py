"""An observation is found once, grows until somebody asks, is asked about, answered and closed, never by whom it
concerns; and goes when its time is out."""

import contextlib
import datetime as dt
import json
import sqlite3

import pytest

from portal import clock
from portal.accounts.models import Account, AccountNumber, RoleGrant, Unit, UnitHead
from portal.accounts.permissions import Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.personal_codes import PersonalCode
from portal.db import db
from portal.errors import Denied, NotFound
from portal.incidents import actions as incidents
from portal.incidents import refusals
from portal.incidents.models import Answer, Incident, Loss, Risk
from portal.oversight import looking, observations
from portal.oversight.models import ListenMark, Observation, ObservationStep, Outcome, Pattern, State
from portal.retention import watch
from tests.calls import recording
from tests.people import grant, person

NOW = dt.datetime(2026, 9, 15, 9, 0, tzinfo=dt.UTC)
"""A Tuesday."""
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
OWN = "+358401112233"
WORDS = "zqhördes för att kunna svara en förälder"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's years pass in no time
    with clock.frozen(NOW):
        yield


def listen(account, call, at: dt.datetime, act=Act.PLAYED, **more) -> None:
    with clock.frozen(at), db.atomic():
        record(act, call, by=account, **({"purpose": "quality"} if act == Act.PLAYED else {}), **more)


def own_call(people, account: Account):
    AccountNumber.get_or_create(account=account, number=OWN)
    return recording(people.daycare, number=OWN, started_at=NOW - 5 * DAY)


def observed(people, account: Account | None = None) -> Observation:
    """The person heard a call of their own yesterday."""
    account = account or people.adviser
    listen(account, own_call(people, account), NOW - DAY)
    assert looking.look_due() == 1
    return Observation.get(Observation.person == account)


def asked(people, **more) -> Observation:
    made = observed(people)
    about = {"of": people.adviser.uuid, "question": WORDS, "answer_by": clock.today(), **more}
    return observations.ask(made, **about, by=people.dpo)


def answered(people) -> Observation:
    return observations.answer(asked(people), words=WORDS, by=people.adviser)


def acts() -> list[str]:
    own = Entry.select(Entry.act).where(Entry.subject_kind == "observation").order_by(Entry.id)
    return [act.split(":")[1] for (act,) in own.tuples()]


def told(made: Observation) -> list[str]:
    rows = ObservationStep.select(ObservationStep.what).where(ObservationStep.observation == made.id)
    return [what for (what,) in rows.order_by(ObservationStep.id).tuples()]


def test_an_observation_goes_from_the_log_to_its_end_and_each_step_is_in_the_log(people):
    made = asked(people)
    assert (made.pattern, made.listens, made.state) == (Pattern.OWN_NUMBER, 1, State.ASKED)
    assert OWN not in made.key + made.facts, "no number"
    with pytest.raises(observations.NotHeard):
        observations.close(made, outcome=Outcome.REMINDED, words=WORDS, by=people.dpo)
    replied = observations.answer(made, words=WORDS, by=people.adviser)
    closed = observations.close(replied, outcome=Outcome.REMINDED, words=WORDS, by=people.dpo)
    assert (closed.state, closed.purge_on, closed.closed_by) == (State.CLOSED, dt.date(2028, 9, 15), people.dpo)
    again = observations.reopen(closed, words="Det kom fram något nytt.", by=people.dpo)
    assert (again.state, again.outcome, again.purge_on) == (State.ANSWERED, "", None)
    expected = ["observed", "asked", "answered", "closed", "reopened"]
    assert acts() == expected
    assert told(made) == ["found", *expected[1:]]
    assert not any(WORDS in entry.detail for entry in Entry.select()), "no words in the log"


def test_a_day_is_looked_at_once_and_more_of_the_same_joins_until_somebody_asks(people):
    made = observed(people)
    assert looking.look_due() == 0
    ListenMark.update(looked_until=clock.day_start(clock.today() - DAY)).execute()
    assert looking.look_due() == 0, "looked at again after a restore, the same is not found twice"
    call = own_call(people, people.adviser)
    listen(people.adviser, call, NOW + HOUR)
    with clock.frozen(NOW + DAY):
        assert looking.look_due() == 1
        grown = observations.get(made.uuid, by=people.dpo)
        assert (grown.listens, json.loads(grown.facts)["listens"], told(made)) == (2, 2, ["found", "grew"])
        about = {"of": people.adviser.uuid, "question": WORDS, "answer_by": clock.today()}
        observations.ask(grown, **about, version=grown.version, by=people.dpo)
    listen(people.adviser, call, NOW + DAY + HOUR)
    with clock.frozen(NOW + 2 * DAY):
        assert looking.look_due() == 1
    assert [row.listens for row in Observation.select().order_by(Observation.id)] == [2, 1]
    assert acts() == ["observed", "grew", "asked", "observed"]


def test_others_write_while_one_person_after_another_is_looked_at(people, settings, monkeypatch):
    each = (people.adviser, people.manager, people.clerk)
    for account in each:
        for hour in range(3):
            listen(account, own_call(people, account), NOW - DAY + hour * HOUR)
    look = looking._look_at

    def beside(*args):
        with contextlib.closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
            other.execute("UPDATE account SET name = name || '.'")
        return look(*args)

    monkeypatch.setattr(looking, "_look_at", beside)
    assert looking.look_due() == len(each)
    assert {row.person_id for row in Observation.select()} == {account.id for account in each}


def test_today_is_not_looked_at_before_it_is_over_and_nothing_while_the_clock_is_doubted(people, monkeypatch):
    listen(people.adviser, own_call(people, people.adviser), NOW - HOUR)
    assert looking.look_due() == 0
    with clock.frozen(NOW + DAY):
        monkeypatch.setattr(watch, "doubts_clock", lambda: True)
        assert looking.look_due() == 0
        monkeypatch.setattr(watch, "doubts_clock", lambda: False)
        assert looking.look_due() == 1


def test_an_officers_own_goes_to_a_controller_and_nobody_acts_on_what_concerns_themselves(people):
    made = observed(people, people.dpo)
    question = {"of": people.dpo.uuid, "question": WORDS, "answer_by": clock.today()}
    with pytest.raises(NotFound):
        observations.ask(made, **question, by=people.dpo)
    assert observations.listed(people.dpo) == ([], None)
    assert observations.listed(people.decider)[0] == [made]
    assert observations.waiting(people.decider) == (0, 1)
    put = observations.ask(made, **question, by=people.decider)
    assert observations.waiting(people.dpo) == (1, 0)
    with pytest.raises(Denied):
        observations.close(put, outcome=Outcome.EXPLAINED, words=WORDS, by=people.dpo)
    observations.answer(put, words=WORDS, by=people.dpo)
    second = person("dora", "Dora Ombudsman", Role.DPO)
    closed = observations.close(made, outcome=Outcome.EXPLAINED, words=WORDS, by=second)
    with pytest.raises(Denied):
        observations.reopen(closed, words=WORDS, by=people.dpo)
    observations.reopen(closed, words=WORDS, by=people.decider)


def test_the_head_of_the_unit_may_be_asked_and_does_not_close_what_they_answered(people):
    unit = Unit.create(code="KOMP", name_sv="Kompassen", name_fi="Kompassi")
    Account.update(unit=unit).where(Account.id == people.adviser.id).execute()
    for head in (people.decider, people.dpo, people.manager):
        UnitHead.create(unit=unit, account=head)
    made = observed(people)
    names = [one.username for one in observations.askable(made, by=people.dpo)]
    assert names == ["karin", "dag", "maria"], "the person and the heads, not the one who asks"
    about = {"question": WORDS, "answer_by": clock.today()}
    with pytest.raises(observations.AskedNeeded):
        observations.ask(made, **about, of=people.clerk.uuid, by=people.dpo)
    put = observations.ask(made, **about, of=people.decider.uuid, by=people.dpo)
    with pytest.raises(Denied):
        observations.close(put, outcome=Outcome.EXPLAINED, words=WORDS, by=people.decider)
    again = observations.ask(put, **about, of=people.manager.uuid, by=people.dpo)
    with pytest.raises(NotFound):
        observations.answer(again, words=WORDS, by=people.decider)
    observations.answer(again, words=WORDS, by=people.manager)
    assert told(made) == ["found", "asked", "asked", "answered"]
    RoleGrant.delete().where(RoleGrant.account == people.manager.id).execute()
    names = [one.username for one in observations.askable(made, by=people.dpo)]
    assert names == ["karin", "dag"], "whose right is over answers for nobody"


def test_whoever_answered_does_not_close_it_after_another_was_asked_either(people, as_):
    officer, unit = person("dora", "Dora Ombudsman", Role.DPO), Unit.create(code="JUR", name_sv="Juri", name_fi="Juri")
    Account.update(unit=unit).where(Account.id == officer.id).execute()
    UnitHead.create(unit=unit, account=people.decider)
    about = {"question": WORDS, "answer_by": clock.today()}
    made = observations.ask(observed(people, officer), **about, of=people.decider.uuid, by=people.dpo)
    made = observations.answer(made, words=WORDS, by=people.decider)
    with pytest.raises(observations.OwnAnswer):
        observations.close(made, outcome=Outcome.EXPLAINED, words=WORDS, by=people.decider)
    made = observations.ask(made, **about, of=officer.uuid, by=people.decider)
    with pytest.raises(observations.OwnAnswer):
        observations.close(made, outcome=Outcome.EXPLAINED, words=WORDS, by=people.decider)
    assert f"{made.uuid}/closing" not in as_(people.decider).get(f"/oversight/observations/{made.uuid}").text
    assert observations.close(made, outcome=Outcome.EXPLAINED, words=WORDS, by=people.delegate).closed_by


def test_each_act_is_refused_to_who_may_not_and_when_it_is_not_time(people):
    made = observed(people)
    put = {"of": people.adviser.uuid, "question": WORDS, "answer_by": clock.today()}
    for by in (people.adviser, people.manager, people.decider, people.admin):
        for act in (
            lambda by: observations.get(made.uuid, by=by),
            lambda by: observations.ask(made, **put, by=by),
            lambda by: observations.close(made, outcome=Outcome.EXPLAINED, words=WORDS, by=by),
            lambda by: observations.answer(made, words=WORDS, by=by),
        ):
            with pytest.raises(NotFound):
                act(by)
    for wrong, error in (
        ({"question": "kort"}, observations.WordsNeeded),
        ({"question": WORDS + " 131052-308T"}, PersonalCode),
        ({"answer_by": None}, observations.DayNeeded),
        ({"answer_by": clock.today() - DAY}, observations.DayNeeded),
        ({"answer_by": clock.today() + 61 * DAY}, observations.DayNeeded),
        ({"of": None}, observations.AskedNeeded),
        ({"version": made.version + 1}, observations.ObservationChanged),
    ):
        with pytest.raises(error):
            observations.ask(made, **{**put, **wrong}, by=people.dpo)
    with pytest.raises(observations.NotNow):
        observations.reopen(made, words=WORDS, by=people.dpo)
    row = observations.ask(made, **put, by=people.dpo)
    with pytest.raises(Denied):
        observations.ask(row, **put, by=people.adviser)
    with pytest.raises(Denied):
        observations.answer(row, words=WORDS, by=people.dpo)
    row = observations.answer(row, words=WORDS, by=people.adviser)
    with pytest.raises(observations.NotNow):
        observations.answer(row, words=WORDS, by=people.adviser)
    with pytest.raises(observations.OutcomeNeeded):
        observations.close(row, outcome="guilty", words=WORDS, by=people.dpo)
    row = observations.close(row, outcome=Outcome.EXPLAINED, words=WORDS, by=people.dpo)
    with pytest.raises(observations.NotNow):
        observations.close(row, outcome=Outcome.EXPLAINED, words=WORDS, by=people.dpo)
    with pytest.raises(observations.ObservationChanged):
        observations._advance(made, (State.CLOSED,), state=State.OPEN)
    assert acts() == ["observed", "asked", "answered", "closed"]


def test_an_incident_is_opened_or_referred_to(people):
    made = observations.close(answered(people), outcome=Outcome.INCIDENT, words=WORDS, by=people.dpo)
    opened = Incident.get()
    assert (made.incident, opened.happened, opened.known_at, opened.opened_by) == (opened.uuid, WORDS, NOW, people.dpo)
    row = observations.reopen(made, words=WORDS, by=people.dpo)
    other = incidents.report(known_at=NOW, happened=WORDS, by=people.adviser)
    closed = observations.close(row, outcome=Outcome.INCIDENT, words=WORDS, incident=other.uuid, by=people.dpo)
    assert (closed.incident, Incident.select().count()) == (other.uuid, 2)
    row = observations.reopen(closed, words=WORDS, by=people.dpo)
    with pytest.raises(observations.IncidentUnknown):
        observations.close(row, outcome=Outcome.INCIDENT, words=WORDS, incident=made.uuid, by=people.dpo)


def test_a_controller_does_not_decide_about_an_incident_of_their_own_listening(people, as_):
    grant(people.adviser, Role.CONTROLLER)
    who = Account.get_by_id(people.adviser.id)
    observations.close(observed(people), outcome=Outcome.INCIDENT, words=WORDS, by=people.dpo)
    opened = incidents.lead(Incident.get(), by=people.dpo)
    opened = incidents.assess(opened, risk=Risk.NONE, risk_reasons=WORDS, losses=[Loss.ACCESS], by=people.dpo)
    answer = {"notify": Answer.NO, "people": Answer.NO, "reasons": WORDS}
    with pytest.raises(refusals.OwnListening):
        incidents.decide(opened, **answer, by=who)
    page = as_(who).get(f"/incidents/{opened.uuid}").get_data(as_text=True)
    assert "vad du själv har lyssnat på" in page
    assert f"/incidents/{opened.uuid}/decision" not in page
    assert incidents.decide(opened, **answer, by=people.decider).decided_by == people.decider


def test_what_the_head_answers_is_not_the_persons_own_word(people):
    unit = Unit.create(code="KOMP", name_sv="Kompassen", name_fi="Kompassi")
    Account.update(unit=unit).where(Account.id == people.adviser.id).execute()
    UnitHead.create(unit=unit, account=people.manager)
    made = asked(people, of=people.manager.uuid)
    with clock.frozen(NOW + DAY):
        for _ in range(2):
            with pytest.raises(observations.NotHeard):
                observations.close(made, outcome=Outcome.REMINDED, words=WORDS, by=people.dpo)
            if made.state == State.ASKED:
                made = observations.answer(made, words=WORDS, by=people.manager)
        made = observations.ask(made, of=people.adviser.uuid, question=WORDS, answer_by=clock.today(), by=people.dpo)
        observations.answer(made, words=WORDS, by=people.adviser)
        made = observations.ask(made, of=people.manager.uuid, question=WORDS, answer_by=clock.today(), by=people.dpo)
        made = observations.answer(made, words=WORDS, by=people.manager)
        closed = observations.close(made, outcome=Outcome.REMINDED, words=WORDS, by=people.dpo)
    assert closed.state == State.CLOSED, "what the person answered before another was asked counts"


def test_who_lets_the_day_pass_has_been_heard(people):
    made = asked(people)
    with clock.frozen(NOW + DAY):
        late = observations.close(made, outcome=Outcome.REMINDED, words=WORDS, by=people.dpo)
    assert late.state == State.CLOSED


def test_it_is_deleted_some_years_after_it_was_closed_unless_it_was_opened_again(people):
    made = observations.close(answered(people), outcome=Outcome.EXPLAINED, words=WORDS, by=people.dpo)
    with clock.frozen(NOW + 730 * DAY):
        assert observations.forget_due() == 0
    with clock.frozen(NOW + 731 * DAY):
        observations.reopen(made, words=WORDS, by=people.dpo)
        assert observations.forget_due() == 0
        assert not observations._forget(made), "as when it was opened in between"
        row = observations.get(made.uuid, by=people.dpo)
        observations.close(row, outcome=Outcome.EXPLAINED, words=WORDS, by=people.dpo)
    with clock.frozen(NOW + 1500 * DAY):
        assert observations.forget_due() == 1
        assert observations.forget_due() == 0
    assert (Observation.select().count(), ObservationStep.select().count()) == (0, 0)
    assert acts()[-1] == "deleted"
