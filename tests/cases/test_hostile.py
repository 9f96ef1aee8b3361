"""Turns that somebody might try: each is refused with a sentence that helps, and leaves the register as it was."""

import datetime as dt
import html
import uuid
from contextlib import contextmanager

import pytest

from portal import clock
from portal.cases import clockwork, complaints, proposal
from portal.cases.codes import Decision, Ground, Identity, Outcome, State
from portal.cases.models import Case, CaseCall
from portal.retention.models import Freeze
from tests.bodies import bare
from tests.cases import answered
from tests.cases.answered import REASONS, TODAY, WORDS, case, fresh, proposed

W, M, N = Decision.WHOLE, Decision.MUTED, Decision.WITHHELD
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def said(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


@contextmanager
def unchanged():
    before = answered.register()
    yield
    after = answered.register()
    for table, rows in before.items():
        assert rows == after[table], table


@pytest.fixture
def turn(as_):
    """`turn(who, address, what is sent, status, sentence)`: refused, and nothing has changed."""

    def refused(who, made, act, data, status, sentence):
        path = f"/cases/{made.uuid}/{act}"
        client = as_(who)
        with unchanged():
            answer = client.submit(path, {"version": fresh(made).version, **data})
        assert answer.status_code == status, said(answer)
        assert sentence in said(answer)

    return refused


def change(made, **values) -> Case:
    Case.update(**values).where(Case.id == made.id).execute()
    return fresh(made)


def hear_all(made, who) -> None:
    for row in CaseCall.select().where(CaseCall.case == made.id):
        answered.heard(row, who)


def test_the_decider_is_the_one_who_proposed(people, turn):
    both = answered.both()
    made = change(proposed(people, M), proposed_by=both)
    hear_all(made, both)
    turn(both, made, "answer/approval", {}, 422, "Du har själv föreslagit svaret. En annan beslutsfattare måste")
    turn(both, made, "answer/return", {"comment": WORDS}, 422, "Du har själv föreslagit svaret.")


def test_the_decider_is_the_handler_or_took_part(people, turn):
    both = answered.both()
    made = change(proposed(people, M), handler=both)
    hear_all(made, both)
    turn(both, made, "answer/approval", {}, 422, "Du har själv handlagt begäran. En beslutsfattare som inte")
    turn(both, made, "answer/grant", {}, 422, "Du har själv handlagt begäran.")
    change(made, handler=people.clerk)
    CaseCall.update(decided_by=both).execute()
    turn(both, made, "answer/approval", {}, 422, "Du har själv bedömt ett samtal i begäran.")


def test_the_clerk_sends_alone_what_does_not_give_everything(people, turn):
    for decisions in ((M,), (N,), ()):
        made = proposed(people, *decisions)
        hear_all(made, people.clerk)
        turn(people.clerk, made, "answer/grant", {}, 403, "Ingen behörighet")
        turn(people.clerk, made, "answer/approval", {}, 403, "Ingen behörighet")


def test_the_officer_decides(people, turn):
    made = proposed(people, N)
    for act, data in (("approval", {}), ("grant", {}), ("return", {"comment": WORDS})):
        turn(people.dpo, made, f"answer/{act}", data, 403, "Ingen behörighet")


def test_it_is_approved_unheard_or_before_the_opinion(people, turn):
    made = proposed(people, W, M)
    turn(people.decider, made, "answer/approval", {}, 422, "Hör först det som inte ges helt")
    made = proposed(people, N)
    CaseCall.update(ground=Ground.DANGER).where(CaseCall.case == made.id).execute()
    hear_all(made, people.decider)
    turn(people.decider, made, "answer/approval", {}, 422, "Dataskyddsombudet ska ge sitt utlåtande innan")


def test_it_is_approved_as_an_older_page_showed_it(people, turn):
    made = proposed(people, M)
    hear_all(made, people.decider)
    proposal.take_back(made, by=people.clerk)
    proposal.propose(made, reasons=REASONS + " Mer.", by=people.clerk)
    turn(people.decider, made, "answer/approval", {"version": made.version}, 409, "Begäran har ändrats")
    turn(people.decider, made, "answer/approval", {"version": "zz"}, 409, "Begäran har ändrats")
    turn(people.decider, made, "answer/approval", {"version": ""}, 409, "Begäran har ändrats")
    made = case(people)
    for act in ("answer/text", "answer/proposal"):
        for version in (made.version + 1, "", "zz"):
            turn(people.clerk, made, act, {"reasons": REASONS, "version": version}, 409, "Begäran har ändrats")


@pytest.mark.parametrize("state", ["proposed", "approved", "sent"])
def test_the_answer_is_edited_after_it_was_proposed(people, turn, state):
    made = getattr(answered, state)(people, M)
    for act in ("answer/text", "answer/proposal"):
        turn(people.clerk, made, act, {"reasons": "Något helt annat"}, 409, "i det läge som begäran är i nu")
    if state != "proposed":
        turn(people.clerk, made, "answer/takeback", {}, 409, "i det läge som begäran är i nu")
        turn(people.decider, made, "answer/return", {"comment": WORDS}, 409, "i det läge som begäran är i nu")
        for act, data in (("withdrawal", {"withdrawn": WORDS}), ("transfer", {"to": "X", "why": WORDS})):
            turn(people.clerk, made, f"ending/{act}", data, 409, "i det läge som begäran är i nu")


FACTS = {
    "received_on": "1.9.2026",
    "channel": "letter",
    "language": "sv",
    "name": "Någon Annan",
    "address": "Modellgatan 1",
    "numbers": "",
    "capacity": "self",
    "rights": ["access"],
    "regime": "data_protection",
    "delivery": "desk",
    "asks": "Vad har ni?",
}
REASON = {"ground": "15_4", "interest": "En granne", "harm": "Stor skada", "milder": "Inget annat räcker"}
ROW = {"rows-0-start_ms": "0:00", "rows-0-end_ms": "0:01", **{f"rows-0-{name}": text for name, text in REASON.items()}}
SAID = {"rows-0-at_ms": "0:01", "rows-0-speaker": "caller", "rows-0-text": "zqsagt"}


@pytest.mark.parametrize("state", ["proposed", "approved", "sent"])
def test_what_the_answer_stands_on_is_edited_after_it_was_proposed(people, turn, state):
    made = getattr(answered, state)(people, M)
    row = CaseCall.get()
    call, now = f"calls/{row.uuid}", "i det läge som begäran är i nu"
    for act, data in {
        "facts": {**FACTS, "reason": WORDS},
        f"{call}/judgement": {"concerns": "no"},
        "calls/judgements": {f"concerns-{row.uuid.hex}": "no"},
        f"{call}/decision": {"decision": "whole", **REASON},
        f"{call}/passages": {**ROW, "do": "save"},
        f"{call}/transcript": {**SAID, "do": "save"},
        "calls/search": {"numbers": "040 1234567", "first": "1.8.2026", "last": "31.8.2026"},
        "time/extension": {"reason": "Många samtal ska skrivas ut ord för ord."},
        "time/completion-request": {"words": WORDS},
    }.items():
        if act != "facts" or state != "sent":  # a slip that no answer rests on is corrected then too
            turn(people.clerk, made, act, data, 409, now)


def test_the_receipt_is_dated_in_the_future(people, turn, as_):
    made, sentence = case(people), "Begäran kan inte ha mottagits efter i dag. Skriv den dag då den kom till staden"
    turn(people.clerk, made, "facts", {**FACTS, "received_on": "15.9.2026"}, 422, sentence)
    with unchanged():
        answer = as_(people.clerk).submit("/cases/new", {**FACTS, "received_on": "15.9.2026"})
    assert (answer.status_code, sentence in said(answer)) == (422, True)


ACTS = {
    "answer/text": {"reasons": REASONS},
    "answer/proposal": {"reasons": REASONS},
    "answer/takeback": {},
    "answer/return": {"comment": WORDS},
    "answer/opinion": {"opinion": WORDS},
    "answer/approval": {},
    "answer/grant": {},
    "ending/dispatch": {"on": "14.9.2026", "how": "post"},
    "ending/withdrawal": {"withdrawn": WORDS},
    "ending/transfer": {"to": "Kervo stad", "why": WORDS},
    "complaints": {"body": "ombudsman", "complained_on": "14.9.2026"},
    "ending/closing": {},
}


OTHER_PLACES = ("", "/calls", "/time", "/copies", "/facts", "/answer", "/ending", "/complaints")


@pytest.mark.parametrize("who", ["adviser", "manager", "outsider", "admin"])
def test_a_strangers_case_looks_like_one_that_is_not(people, as_, who):
    made = proposed(people, W)
    client = as_(getattr(people, who))
    with unchanged():
        for path in OTHER_PLACES:
            own, absent = (client.get(f"/cases/{key}{path}") for key in (made.uuid, uuid.uuid4()))
            assert (own.status_code, bare(own)) == (absent.status_code, bare(absent))
            assert own.status_code == 403
        for act, data in ACTS.items():
            answers = [client.submit(f"/cases/{key}/{act}", data) for key in (made.uuid, uuid.uuid4())]
            assert {answer.status_code for answer in answers} == {403}
            assert "Zq Testperson" not in said(answers[0])


def test_a_case_that_is_not_is_not_found_by_those_who_may_read(people, as_):
    clerk, decider = as_(people.clerk), as_(people.decider)
    with unchanged():
        for act, data in ACTS.items():
            answers = [client.submit(f"/cases/{uuid.uuid4()}/{act}", data) for client in (clerk, decider)]
            assert {answer.status_code for answer in answers} <= {403, 404}
            assert 404 in {answer.status_code for answer in answers} or act == "answer/opinion"


def test_another_clerk_acts_without_taking_over(people, turn):
    made, other = proposed(people, W), answered.second_clerk()
    sentence = "Begäran handläggs av någon annan. Ta över den först"
    for act in ("answer/takeback", "answer/grant", "ending/withdrawal", "ending/transfer"):
        turn(other, made, act, ACTS[act], 422, sentence)
    turn(other, case(people), "answer/proposal", {"reasons": REASONS}, 422, sentence)
    turn(other, answered.ready(people, W), "ending/dispatch", ACTS["ending/dispatch"], 422, sentence)
    made = answered.sent(people, N)
    for act in ("ending/closing", "complaints"):
        turn(other, made, act, ACTS[act], 422, sentence)


def test_no_address_lifts_a_freeze_by_hand(people, app, as_):
    made = answered.sent(people, N)
    words = ("freeze", "lift", "spärr")
    told = "/cases/<uuid:uuid>/restrictions/lifting"  # of a restriction, and it only orders the letter that tells of it
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule != told]
    assert not [rule for rule in rules if any(word in rule for word in words)]
    before = [(freeze.id, freeze.lifts_on) for freeze in answered.standing(made)]
    assert before
    client = as_(people.clerk)
    key = Freeze.get().uuid
    with unchanged():
        for path in (
            f"/cases/{made.uuid}/freeze",
            f"/cases/{made.uuid}/freezes/{key}/release",
            f"/retention/freezes/{key}",
        ):
            assert client.submit(path, {"lifts_on": "14.9.2026"}).status_code == 404
    client.submit(f"/cases/{made.uuid}/ending/closing", {"lifts_on": "14.9.2026"})
    assert fresh(made).state == State.CLOSED
    assert [(freeze.id, freeze.lifts_on) for freeze in answered.standing(made)] == before


def test_it_is_sent_before_the_letter_is_there_or_the_sound(people, turn):
    made = answered.approved(people, M)
    form = ACTS["ending/dispatch"]
    turn(people.clerk, made, "ending/dispatch", form, 409, "Brevet är inte färdigt.")
    answered.lock_letters(made)
    turn(people.clerk, made, "ending/dispatch", form, 409, "Ljudkopian är inte färdig.")


def test_it_is_sent_on_a_day_that_cannot_be(people, turn):
    made = answered.ready(people, W)
    for day, sentence in (
        ("15.9.2026", "Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag."),
        ("13.9.2026", "Dagen kan inte vara före den 14.9.2026."),
        ("31.9.2026", "Den dagen finns inte i kalendern. Kontrollera dagen och månaden."),
        ("", "Skriv dagen."),
    ):
        turn(people.clerk, made, "ending/dispatch", {"on": day, "how": "post"}, 422, sentence)
    turn(people.clerk, made, "ending/dispatch", {"on": "14.9.2026", "how": "pigeon"}, 422, "Välj ett av alternativen.")


def test_it_is_sent_late_without_saying_why(people, turn):
    made = answered.ready(people, W)
    with clock.frozen(answered.NOW + 18 * DAY):
        form = {"on": "2.10.2026", "how": "post"}
        sentence = "Svaret är försenat: sista dagen var den 1.10.2026. Skriv varför"
        turn(people.clerk, made, "ending/dispatch", form, 422, sentence)
        turn(people.clerk, made, "ending/dispatch", {**form, "late_reason": "–"}, 422, sentence)


def test_the_time_is_extended_late_or_twice_or_by_who_asked_for_it(people, turn):
    made, reason = case(people), {"reason": "Många samtal ska skrivas ut ord för ord."}
    with clock.frozen(answered.NOW + 18 * DAY):
        sentence = "Tiden kunde förlängas till och med 1.10.2026. Den dagen har passerat"
        turn(people.clerk, made, "time/extension", reason, 422, sentence)
    clockwork.propose_extension(made, reason["reason"], by=people.clerk)
    turn(people.clerk, made, "time/extension", reason, 409, "Tiden kan förlängas bara en gång.")
    with clock.frozen(answered.NOW + 18 * DAY):
        turn(people.decider, made, "time/extension-approval", {}, 422, sentence)
    both = answered.both()
    change(made, handler=both)
    turn(both, made, "time/extension-approval", {}, 422, "En annan person måste besluta.")
    change(made, handler=people.clerk)
    clockwork.approve_extension(made, by=people.decider)
    turn(people.clerk, made, "time/extension", reason, 409, "Tiden kan förlängas bara en gång.")
    turn(people.decider, made, "time/extension-approval", {}, 409, "Det finns inget förslag om längre tid")


def test_every_button_is_pressed_twice(people, as_, turn):
    def twice(who, made, act, again):
        form = {"version": fresh(made).version, **ACTS[act]}
        assert as_(who).submit(f"/cases/{made.uuid}/{act}", form).status_code == 303, act
        turn(who, made, act, form, 409, again)

    now, changed = "i det läge som begäran är i nu", "Begäran har ändrats"
    made = case(people)
    answered.call(made, people, W)
    twice(people.clerk, made, "answer/proposal", now)
    twice(people.dpo, made, "answer/opinion", changed)
    twice(people.decider, made, "answer/return", changed)
    twice(people.clerk, made, "answer/proposal", now)
    twice(people.clerk, made, "answer/takeback", changed)
    proposal.propose(made, reasons=REASONS, by=people.clerk)
    twice(people.clerk, made, "answer/grant", changed)
    answered.lock_letters(made)
    answered.make_copies(made)
    twice(people.clerk, made, "ending/dispatch", now)
    twice(people.clerk, made, "complaints", "är redan antecknat och pågår")
    (complaint,) = complaints.of(made)
    complaints.end(complaint, result="upheld", on=clock.today(), words=WORDS, by=people.clerk)
    answered.hand_over(made, people.clerk)
    twice(people.clerk, made, "ending/closing", now)
    for act in ("ending/withdrawal", "ending/transfer"):
        twice(people.clerk, case(people), act, now)


def test_fields_that_no_form_has_are_not_listened_to(people, as_):
    forged = {
        "state": "closed",
        "handler": people.decider.id,
        "approved_by": people.decider.id,
        "proposed_by": people.decider.id,
        "identity": "proven",
        "due_on": "1.1.2030",
        "lifts_on": "14.9.2026",
        "decision": "whole",
        "right_access": "granted",
    }
    made = case(people)
    answered.call(made, people, M)
    before = fresh(made)
    path, client = f"/cases/{made.uuid}", as_(people.clerk)
    form = {"version": made.version, "reasons": REASONS, **forged}
    for outcome in ("granted", "none_found", "identity_unproven", "transferred"):
        with unchanged():
            answer = client.submit(f"{path}/answer/proposal", {**form, "outcome": outcome})
        assert (answer.status_code, "Välj ett av alternativen." in said(answer)) == (422, True)
    assert client.submit(f"{path}/answer/proposal", form).status_code == 303
    row = fresh(made)
    assert (row.state, row.outcome, row.proposed_by, row.handler) == (
        State.PROPOSED,
        Outcome.PARTIAL,
        people.clerk,
        people.clerk,
    )
    assert (row.due_on, row.lifts_on, row.approved_by, row.identity) == (before.due_on, None, None, Identity.PROVEN)
    answered.heard(CaseCall.get(), people.decider)
    form = {"version": row.version, **forged, "outcome": "granted"}
    assert as_(people.decider).submit(f"{path}/answer/approval", form).status_code == 303
    row = fresh(made)
    assert (row.state, row.outcome, row.approved_by) == (State.APPROVED, Outcome.PARTIAL, people.decider)
    answered.lock_letters(made)
    answered.make_copies(made)
    client.submit(f"{path}/ending/dispatch", {**ACTS["ending/dispatch"], **forged})
    assert (fresh(made).state, fresh(made).lifts_on) == (State.DISPATCHED, TODAY + 30 * DAY)


def test_a_form_without_its_token_is_refused(people, as_):
    made = proposed(people, W)
    client = as_(people.clerk)
    with unchanged():
        for act, data in ACTS.items():
            assert client.post(f"/cases/{made.uuid}/{act}", data=data).status_code in (400, 403)
