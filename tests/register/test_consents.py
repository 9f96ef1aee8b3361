"""Consents: given, changed, withdrawn in one step, ended by their day, emptied when nothing rests on them."""

import dataclasses
import datetime as dt
import json

import pytest

from portal import clock, config
from portal.audit.models import Entry
from portal.cases.codes import State as CaseState
from portal.cases.models import Case
from portal.errors import Denied, Invalid, NotFound
from portal.recordings.models import Recording, State
from portal.register import consents, ending, texts
from portal.register.models import Consent, ConsentCall, Notice
from portal.retention import actions, deletion, freezes, holds, transfers, watch
from portal.retention import words as retention_words
from portal.retention.models import Freeze, PurgeLine, Rule
from tests.cases import answered
from tests.register import consented
from tests.register.consented import NAME, NOW, NUMBER, PAST, SHOWS, call, give
from tests.retention import kept
from tests.retention.kept import fresh, sweep


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock stands at NOW; `now(moment)` moves it."""

    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOW)
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # months pass here with nothing in between
    return move


def entry(act: str) -> tuple[Entry, dict]:
    found = Entry.select().where(Entry.act == f"register:{act}").order_by(Entry.id.desc()).get()
    return found, json.loads(found.detail)


def test_a_consent_keeps_its_calls_past_their_date_and_the_log_says_who_noted_it(people, now):
    first, second, other = call(people), call(people, days=1), call(people, days=2)
    consent = give(people, first, second, ends_on=PAST.date() + dt.timedelta(days=300))
    assert [row.id for row in consents.of(consent)] == [first.id, second.id]
    row, detail = entry("consent_given")
    assert (row.subject, row.by) == (consent.uuid, people.manager.uuid)
    assert (detail["consent_purpose"], detail["version"], detail["calls"]) == ("training", 1, 2)
    assert not {NAME, NUMBER, SHOWS} & set(map(str, detail.values())), "codes only"
    now(PAST + dt.timedelta(days=10))
    assert sweep() == 1
    assert [fresh(one).state for one in (first, second, other)] == [State.LIVE, State.LIVE, State.PURGED]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": " "}, consents.NameNeeded),
        ({"given_how": "rumour"}, consents.HowNeeded),
        ({"how_words": " "}, consents.HowNeeded),
        ({"given_on": NOW.date() + dt.timedelta(days=1)}, consents.GivenLater),
        ({"given_on": dt.date(2020, 1, 1)}, consents.TextLater),
        ({"ends_on": NOW.date() - dt.timedelta(days=1)}, consents.EndsBefore),
        ({"language": "en"}, Invalid),
        ({"how_words": "010101-123N"}, Invalid),
    ],
)
def test_a_consent_that_cannot_be_shown_is_not_noted(people, wrong, error):
    row = call(people)
    with pytest.raises(error):
        give(people, row, **wrong)
    assert not Consent.select().exists()
    assert not fresh(row).freezes


def test_only_calls_within_reach_that_are_there_and_not_restricted_are_consented_to(people):
    elsewhere, restricted, gone = call(people, queue=people.elderly), call(people, days=1), call(people, days=2)
    Recording.update(restrictions=1).where(Recording.id == restricted.id).execute()
    Recording.update(state=State.PURGING).where(Recording.id == gone.id).execute()
    for row in (elsewhere, restricted, gone):
        with pytest.raises(consents.CallGone):
            give(people, row)
    with pytest.raises(consents.CallNeeded):
        give(people)
    with pytest.raises(Denied):
        give(people, call(people, days=3), by=people.adviser)
    assert not Consent.select().exists()
    assert not Freeze.select().exists()


def test_a_withdrawal_lets_go_in_one_step_and_erases_what_nothing_else_keeps(people, now):
    only, held, asked, young = (call(people, days=days) for days in (0, 1, 2, 40))
    consent = give(people, only, held, asked, young)
    kept.place(held, people.manager)
    case = answered.case(people)
    freezes.freeze([asked], because=case, by=people.clerk)
    now(PAST + dt.timedelta(days=5))
    withdrawn = consents.withdraw(consent, case=case, by=people.clerk)
    assert (withdrawn.stands, withdrawn.withdrawn_by_id, withdrawn.because) == (None, people.clerk.id, case.uuid)
    assert not Freeze.select().where(Freeze.because == consent.uuid, Freeze.stands).exists()
    assert [fresh(row).state for row in (only, held, asked, young)] == [State.PURGED, *[State.LIVE] * 3]
    line = PurgeLine.get()
    assert (line.subject, line.rule, line.due_at) == (only.uuid, Rule.CONSENT, clock.now())
    row, detail = entry("consent_withdrawn")
    assert (row.subject, row.by, row.reference) == (consent.uuid, people.clerk.uuid, case.number)
    assert (detail["calls"], detail["claimed"]) == (4, 1)
    assert consents.of_case(case) == [withdrawn]
    with pytest.raises(consents.Ended):
        consents.withdraw(consent, by=people.manager)
    assert entry("consent_withdrawn")[0].id == row.id


def test_the_day_of_a_withdrawal_has_its_protocol_and_every_rule_and_sweep_its_words(people, now, as_):
    row = call(people)
    consent = give(people, row)
    now(PAST)
    consents.withdraw(consent, by=people.manager)
    page = as_(people.manager).get(f"/retention/protocols/{clock.today().isoformat()}").get_data(as_text=True)
    assert "Samtycke som återkallats" in page
    assert set(retention_words.RULES) == set(Rule)
    ending.tend()
    assert "consents" in retention_words.SWEEPS


def test_the_same_consent_is_not_noted_twice(people):
    row = call(people)
    consent = give(people, row, how_words=SHOWS)
    with pytest.raises(consents.AlreadyNoted):
        give(people, row, how_words=SHOWS)
    consents.withdraw(consent, by=people.manager)
    assert give(people, row, how_words=SHOWS).stands, "given again after it was taken back"


def test_who_may_not_note_a_consent_withdraws_none(people):
    consent = give(people, call(people))
    for by in (people.decider, people.dpo, people.adviser):
        with pytest.raises(Denied):
            consents.withdraw(consent, by=by)
    with pytest.raises(NotFound):
        consents.get(consent.uuid, by=people.adviser)
    assert consents.get(consent.uuid, by=people.dpo).stands


def test_a_withdrawal_with_a_clock_in_doubt_stops_the_use_and_leaves_the_date_to_the_sweep(people, now, monkeypatch):
    row = call(people)
    consent = give(people, row)
    give(people, call(people, days=1), ends_on=NOW.date())
    now(PAST)
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    consents.withdraw(consent, by=people.manager)
    assert fresh(row).state == State.LIVE
    assert not consents.standing_for(row, "training")
    assert ending.tend() == 0


def test_what_the_disk_refuses_at_a_withdrawal_is_claimed_and_the_sweep_finishes_it(people, now, monkeypatch):
    row = call(people)
    consent = give(people, row)
    now(PAST)

    def refuse(line, recording):
        raise OSError(5, "EIO")

    with monkeypatch.context() as patch:
        patch.setattr(deletion, "_destroy", refuse)
        consents.withdraw(consent, by=people.manager)
    assert fresh(row).state == State.PURGING
    actions.purge_due()
    assert fresh(row).state == State.PURGED


def test_calls_are_added_and_taken_away_while_it_stands(people, now):
    first, second = call(people), call(people, days=1)
    consent = give(people, first)
    consents.change_calls(consent, add=[second], by=people.clerk)
    assert entry("consent_changed")[1] == {"added": 1, "removed": 0}
    now(PAST + dt.timedelta(days=2))
    consents.change_calls(consent, remove=[first], by=people.clerk)
    assert [fresh(row).state for row in (first, second)] == [State.PURGED, State.LIVE]
    assert consents.of(consent) == [second]
    with pytest.raises(consents.CallGone):
        consents.change_calls(consent, add=[call(people, days=3, queue=people.elderly)], by=people.manager)
    with pytest.raises(Denied):
        consents.change_calls(consent, remove=[second], by=people.dpo)
    consents.withdraw(consent, by=people.manager)
    with pytest.raises(consents.Ended):
        consents.change_calls(consent, remove=[second], by=people.clerk)


def test_a_consent_ends_the_day_after_its_last_and_tells_the_log(people, now):
    row = call(people)
    last = PAST.date() + dt.timedelta(days=30)
    consent = give(people, row, ends_on=last)
    now(clock.day_start(last + dt.timedelta(days=1)) - dt.timedelta(seconds=1))
    assert ending.tend() == 0
    assert consents.standing_for(row, "training") == consent
    now(clock.day_start(last + dt.timedelta(days=1)))
    assert consents.standing_for(row, "training") is None, "before any sweep"
    assert ending.tend() == 1
    ended = fresh(consent)
    assert (ended.stands, ended.withdrawn_by) == (None, None)
    assert fresh(row).state == State.PURGED
    assert PurgeLine.get().rule == Rule.CONSENT
    assert entry("consent_ended")[0].by is None


def test_an_old_consent_is_emptied_when_nothing_rests_on_it(people, now, monkeypatch):
    monkeypatch.setattr(config, "_current", dataclasses.replace(config.settings(), consent_file_years=1))
    row, young = call(people), call(people, days=60)
    open_case = answered.case(people)
    plain, asked, standing = give(people, row), give(people, row), give(people, young)
    consents.withdraw(plain, by=people.manager)
    consents.withdraw(asked, case=open_case, by=people.clerk)
    now(NOW + dt.timedelta(days=364))
    assert ending.empty_due() == 0
    now(NOW + dt.timedelta(days=366))
    assert ending.empty_due() == 1
    emptied = fresh(plain)
    assert (emptied.name, emptied.number, emptied.how_words) == ("", "", "")
    assert not ConsentCall.select().where(ConsentCall.consent == plain.id).exists()
    assert entry("consent_emptied")[0].subject == plain.uuid
    assert [fresh(one).name for one in (asked, standing)] == [NAME, NAME]
    Case.update(state=CaseState.CLOSED).execute()
    assert ending.empty_due() == 1
    assert fresh(standing).name == NAME


def test_a_consent_is_found_by_number_call_and_name(people):
    row, other = call(people), call(people, days=1, number=None)
    first = give(people, row)
    second = give(people, other, number="", name="zqannaÅ  SAMTYCKESDOTTER")
    assert consents.of_numbers([NUMBER, ""]) == [first]
    assert consents.about([other]) == [second]
    assert consents.of_name("Zqannaå samtyckesdotter") == [second]
    assert consents.of_name("") == []
    assert consents.of_numbers([]) == []


def test_an_erasure_is_not_hindered_by_a_consent(people):
    row = call(people)
    consent = give(people, row)
    case = answered.case(people)
    assert actions.erase(row, because=case, by=people.decider)
    assert consents.of(consent) == []
    assert fresh(consent).stands
    assert not ConsentCall.select().exists(), "nothing tells any more whose call it was"


def test_whose_call_it_was_goes_when_the_letter_has_told_what_became_of_it(people, now):
    rows = [call(people, days=days) for days in range(3)]
    case = answered.case(people)
    by_case, outside, ended = give(people, rows[0]), give(people, rows[1]), give(people, rows[2], ends_on=PAST.date())
    now(PAST + dt.timedelta(days=3))
    consents.withdraw(by_case, case=case, by=people.clerk)
    consents.withdraw(outside, by=people.manager)
    assert ending.end_due() == 1
    assert {fresh(row).state for row in rows} == {State.PURGED}
    assert ending.unlink_due() == 0
    assert [consents.of(one) for one in (by_case, outside, ended)] == [[row] for row in rows]
    now(PAST + dt.timedelta(days=64))
    assert ending.unlink_due() == 2
    assert consents.of(by_case) == [rows[0]]
    Case.update(state=CaseState.CLOSED).execute()
    assert ending.unlink_due() == 1


def test_who_once_got_a_call_is_told_that_it_was_erased_at_a_withdrawal(people, now):
    row = call(people)
    hold = kept.place(row, people.manager)
    facts = {"authority": "Polisen", "asked_on": NOW.date(), "basis": "police_act", "purpose": "p", "scope": "s"}
    transfer = transfers.propose(hold, channel="in_person", by=people.manager, **facts)
    transfers.approve(transfer, by=people.decider)
    transfers.hand_over(transfer, how="stick", by=people.manager)
    holds.release(hold, reason="skäl", seen=holds.Then.KEPT, by=people.manager)
    consent = give(people, row)
    now(PAST)
    consents.withdraw(consent, by=people.manager)
    notice = Notice.get()
    assert (notice.transfer_id, notice.what, notice.because) == (transfer.id, "erased", None)


def test_a_wording_is_a_new_version_and_the_old_ones_stay(people):
    first = consented.wording(people)
    assert entry("consent_text_made")[0].subject == first.uuid
    facts = {"text_sv": consented.SV + " Ny.", "text_fi": consented.FI, "by": people.decider}
    day = NOW.date() + dt.timedelta(days=7)
    second = texts.make("training", valid_from=day, seen=1, **facts)
    assert [texts.in_force("training", NOW.date()), texts.in_force("training", day)] == [first, second]
    assert texts.in_force("training", dt.date(2020, 1, 1)) is None
    assert texts.every() == [second, first]
    for more, error in [
        ({"seen": 1, "valid_from": day}, texts.TextTaken),
        ({"seen": 2, "valid_from": NOW.date()}, texts.TextBefore),
        ({"seen": 2, "valid_from": day, "text_fi": "kort"}, texts.TextNeeded),
        ({"seen": 2, "valid_from": day, "by": people.manager}, Denied),
    ]:
        with pytest.raises(error):
            texts.make("training", **{**facts, **more})
    with pytest.raises(texts.PurposeNeeded):
        texts.make("fun", valid_from=day, seen=0, **facts)
    with pytest.raises(consents.TextLater):
        give(people, call(people), text=second)
