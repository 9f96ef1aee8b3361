"""Proof of identity: asked for only in doubt, the clock stands meanwhile, and the evidence is never kept."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import clockwork, deadlines, personal_codes, proposal, reminders, time_views
from portal.cases.actions import CaseChanged, NotHandler, NotNow
from portal.cases.codes import Identity, State
from portal.cases.models import Case, CaseRight, Step
from portal.documents import composing, signs
from portal.documents.models import Document
from portal.documents.typesetter import environment
from portal.errors import Denied, NotFound
from tests.cases.timed import case, day
from tests.people import person
from tests.recordings.hearing import acts

DOUBT = "Numret i begäran är inte det som samtalen kom från."
CODE = "Sade sig vara 131052-308T."
ASKS = "Identifiera dig i e-tjänsten eller visa ett giltigt kort vid disken. Skicka ingen kopia."


def ask(row: Case, people) -> Case:
    return clockwork.ask_identity(row, f" {DOUBT} ", ASKS, by=people.clerk)


def steps() -> list[str]:
    return [step.what for step in Step.select().order_by(Step.id)]


def test_a_doubt_stops_the_clock_and_asks_by_letter(people):
    with day(2026, 9, 1):
        row = case(people, state=State.RECEIVED)
    with day(2026, 9, 4):
        asked = ask(row, people)
    assert (asked.state, asked.identity) == (State.IDENTITY_ASKED, Identity.ASKED)
    assert (asked.identity_doubt, asked.identity_asks) == (DOUBT, ASKS)
    assert (asked.paused_on, asked.resumed_on) == (dt.date(2026, 9, 4), None)
    letter = Document.get()
    assert (letter.kind, letter.owner_key, letter.state) == ("case-identity", row.uuid.hex, "ordered")
    assert '"reply_by":"2026-10-04"' in letter.content.replace('": "', '":"')
    (entry,) = acts(Act.CASE_IDENTITY_ASKED)
    assert (entry.by, entry.reference) == (people.clerk.uuid, row.number)
    assert entry.told["paused_on"] == "2026-09-04"
    assert DOUBT not in str(entry.told)
    assert steps() == ["identity_asked"]


def test_the_days_that_it_stood_are_added_and_both_are_told(people):
    with day(2026, 9, 1):
        row = case(people)
    with day(2026, 9, 4):
        row = ask(row, people)
    with day(2026, 9, 16):
        proven = clockwork.prove_identity(row, "desk", dt.date(2026, 9, 14), by=people.clerk)
    assert (proven.state, proven.identity) == (State.IN_PROGRESS, Identity.PROVEN)
    assert (proven.identity_method, proven.identity_on) == ("desk", dt.date(2026, 9, 14))
    assert proven.identity_by == people.clerk
    assert (proven.resumed_on, proven.due_on) == (dt.date(2026, 9, 14), dt.date(2026, 10, 12))  # 1 + 10: a Sunday
    assert (proven.working_on, proven.internal_on) == (dt.date(2026, 10, 9), dt.date(2026, 10, 2))
    (entry,) = acts(Act.CASE_IDENTITY_PROVEN)
    assert entry.told == {"method": "desk", "resumed_on": "2026-09-14"}
    (moved,) = acts(Act.CASE_RECKONED)
    assert moved.told == {"due_before": "2026-10-01", "due_on": "2026-10-12"}
    step = Step.get(Step.what == "reckoned")
    assert (step.words, step.day) == ("1.10.2026 → 12.10.2026", dt.date(2026, 10, 12))


def test_who_is_known_at_once_is_noted_without_any_letter(people):
    row = clockwork.prove_identity(case(people, state=State.RECEIVED), "eid", clock.today(), by=people.clerk)
    assert (row.identity, row.state, row.paused_on, row.resumed_on) == ("proven", "in_progress", None, None)
    assert not Document.select().exists()
    assert not acts(Act.CASE_RECKONED)
    with pytest.raises(clockwork.AlreadyProven):
        clockwork.prove_identity(row, "eid", clock.today(), by=people.clerk)
    with pytest.raises(clockwork.AlreadyAsked):
        ask(row, people)


def test_what_is_refused_changes_nothing(people):
    with day(2026, 9, 1):
        row = case(people)
    second = person("kurt", "Kurt Handledare", Role.CLERK)
    with day(2026, 9, 4):
        for doubt, asks, error in (
            (" ", ASKS, clockwork.DoubtNeeded),
            (DOUBT, " ", clockwork.AsksNeeded),
            (CODE, ASKS, personal_codes.PersonalCode),
            (DOUBT, CODE, personal_codes.PersonalCode),
        ):
            with pytest.raises(error):
                clockwork.ask_identity(row, doubt, asks, by=people.clerk)
        for by, error in ((second, NotHandler), (people.dpo, Denied), (people.adviser, NotFound)):
            with pytest.raises(error):
                clockwork.ask_identity(row, DOUBT, ASKS, by=by)
            with pytest.raises(error):
                clockwork.prove_identity(row, "desk", clock.today(), by=by)
        for method, on, error in (
            ("passport-copy", clock.today(), clockwork.UnknownMethod),
            ("desk", dt.date(2026, 9, 5), clockwork.NotThatDay),
            ("desk", dt.date(2026, 8, 31), clockwork.NotThatDay),
        ):
            with pytest.raises(error):
                clockwork.prove_identity(row, method, on, by=people.clerk)
    assert Case.get().version == 1
    assert steps() == []
    assert not Document.select().exists()


def test_it_is_asked_for_once_and_by_one(people):
    row = case(people)
    asked = ask(row, people)
    with pytest.raises(clockwork.AlreadyAsked):
        ask(asked, people)
    assert Document.select().count() == 1


def test_an_open_page_of_an_older_day_does_not_overwrite(people, monkeypatch):
    """Two at once: whoever read the row before the other wrote it is refused by the statement itself."""
    row = case(people)
    stale = Case.get_by_id(row.id)
    ask(row, people)
    monkeypatch.setattr(clockwork, "handled", lambda case, *states, by: stale)
    with pytest.raises(CaseChanged):
        clockwork.prove_identity(row, "desk", clock.today(), by=people.clerk)


def test_nothing_proven_in_thirty_days_lets_the_clock_go_on(people):
    with day(2026, 9, 1):
        row = ask(case(people), people)
    with day(2026, 10, 1), pytest.raises(clockwork.StillTime) as refused:
        clockwork.fail_identity(row, by=people.clerk)
    assert refused.value.params == {"day": "1.10.2026"}
    with day(2026, 10, 2):
        failed = clockwork.fail_identity(row, by=people.clerk)
        assert (failed.state, failed.identity) == (State.IN_PROGRESS, Identity.FAILED)
        assert (failed.resumed_on, failed.due_on) == (
            dt.date(2026, 10, 2),
            dt.date(2026, 11, 2),
        )  # 1.11. is a Sunday
        with pytest.raises(NotNow):
            clockwork.fail_identity(failed, by=people.clerk)
        late = clockwork.prove_identity(failed, "eid", dt.date(2026, 10, 2), by=people.clerk)
    assert (late.identity, late.due_on) == (Identity.PROVEN, dt.date(2026, 11, 2))
    assert [len(acts(act)) for act in (Act.CASE_IDENTITY_FAILED, Act.CASE_IDENTITY_PROVEN)] == [1, 1]


def test_a_completion_is_noted_and_the_clock_runs(people):
    with day(2026, 9, 1):
        row = case(people, state=State.RECEIVED)
        asked = clockwork.ask_completion(row, "Ringde: vilken vecka?", by=people.clerk)
        assert (asked.state, asked.due_on) == (State.COMPLETION_ASKED, dt.date(2026, 10, 1))
        with pytest.raises(NotNow):
            clockwork.ask_completion(asked, "En gång till", by=people.clerk)
        with pytest.raises(NotNow):
            ask(asked, people)
        for act in (clockwork.ask_completion, clockwork.complete):
            with pytest.raises(clockwork.WordsNeeded):
                act(asked, " ", by=people.clerk)
            with pytest.raises(personal_codes.PersonalCode):
                act(asked, CODE, by=people.clerk)
    with day(2026, 9, 8):
        done = clockwork.complete(asked, "Vecka 36", by=people.clerk)
        with pytest.raises(NotNow):
            clockwork.complete(done, "Vecka 37", by=people.clerk)
    assert (done.state, done.due_on, done.paused_on) == (State.IN_PROGRESS, dt.date(2026, 10, 1), None)
    assert [len(acts(act)) for act in (Act.CASE_COMPLETION_ASKED, Act.CASE_COMPLETED)] == [1, 1]
    assert [step.words for step in Step.select().order_by(Step.id)] == ["Ringde: vilken vecka?", "Vecka 36"]


def test_after_the_last_day_it_is_asked_for_without_stopping_the_clock_and_the_case_can_end(people, as_, monkeypatch):
    """Nobody is shut out of an answer for having been asked too late."""
    monkeypatch.setattr(time_views, "look_now", lambda: None)
    with day(2026, 9, 1):
        row = case(people)
    with day(2026, 10, 2):
        client, url = as_(people.clerk), f"/cases/{row.uuid}/time"
        assert "klockan kan inte stannas längre" in client.get(url).text
        assert client.submit(f"{url}/identity-request", {"doubt": DOUBT, "asks": ASKS}).status_code == 303
        assert "klockan står inte" in client.get(url).text
        asked = Case.get()
        assert (asked.state, asked.due_on, deadlines.stands(asked)) == (State.IDENTITY_ASKED, row.due_on, False)
        assert (deadlines.urgency(asked), reminders.due(asked, clock.today())) == ("late", "overdue")
        order = json.loads(composing.compose(Document.get()).canonical())
        said = environment("sv").get_template("case-identity.html").render(signs.printable(order | {"digest": ""}))
        assert "Sista dagen för svaret var den 1.10.2026. Tiden står inte stilla" in said
    with day(2026, 11, 1), pytest.raises(clockwork.StillTime):
        clockwork.fail_identity(asked, by=people.clerk)
    with day(2026, 11, 2):
        failed = clockwork.fail_identity(asked, by=people.clerk)
        assert (failed.identity, failed.due_on, failed.resumed_on) == (Identity.FAILED, row.due_on, asked.resumed_on)
        CaseRight.create(case=failed, right="access")
        proposed = proposal.propose(failed, reasons=DOUBT, outcome="identity_unproven", by=people.clerk)
        assert proposed.state == State.PROPOSED


def test_proof_that_comes_when_the_answer_is_late_moves_no_day(people):
    with day(2026, 9, 1):
        row = case(people)
    with day(2026, 10, 2):
        asked = ask(row, people)
    with day(2026, 10, 20):
        proven = clockwork.prove_identity(asked, "desk", clock.today(), by=people.clerk)
    assert (proven.state, proven.due_on, proven.resumed_on) == (State.IN_PROGRESS, row.due_on, dt.date(2026, 10, 2))
