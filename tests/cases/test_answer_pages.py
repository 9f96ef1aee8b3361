"""The pages of the answer and the ending: what each person reads there, and the whole way through them."""

import datetime as dt
import html
import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import ending, personal_codes, proposal
from portal.cases.codes import Concerns, Decision, Ground, Identity, RightKind, State
from portal.cases.models import CaseCall, CaseRight
from tests.cases import answered, claimed
from tests.cases.answered import REASONS, WORDS, case, fresh, proposed

W, M, N = Decision.WHOLE, Decision.MUTED, Decision.WITHHELD
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def text(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return html.unescape(answer.get_data(as_text=True))


def page(as_, who, made, name="answer") -> str:
    return text(as_(who).get(f"/cases/{made.uuid}/{name}"))


def offered(shown: str) -> set[str]:
    """The acts that a page offers."""
    return set(re.findall(r'(?:form)?action="/cases/[0-9a-f-]+/(?:answer|ending)/([a-z]+)"', shown))


def test_each_person_is_offered_what_is_theirs_and_told_whose_turn_it_is(people, as_):
    made = proposed(people, M)
    (row,) = CaseCall.select()
    acts = {
        people.clerk: {"takeback"},
        people.decider: {"return"},
        people.dpo: {"opinion"},
        answered.second_clerk(): set(),
    }
    for who, own in acts.items():
        shown = page(as_, who, made)
        assert offered(shown) == own, who.username
        for words in ("Svar på begäran BS/1/2026", "Delvis beviljad", REASONS, "Kerstin Handström"):
            assert words in shown
    assert "Hör först det som inte ges helt" in page(as_, people.decider, made)
    assert "väntar på en beslutsfattare som inte själv har föreslagit" in page(as_, people.clerk, made)
    answered.heard(row, people.decider)
    shown = page(as_, people.decider, made)
    assert offered(shown) == {"return", "approval"}
    assert "Hör först" not in shown
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert (entry.act, entry.by, entry.reference) == (Act.CASE_VIEWED, people.decider.uuid, made.number)


def test_what_is_missing_before_a_proposal_is_said_to_the_handler(people, as_):
    made = case(people, identity=Identity.UNPROVEN)
    answered.call(made, people, concerns=Concerns.UNCLEAR)
    shown = page(as_, people.clerk, made)
    assert offered(shown) == {"proposal", "text"}
    for words in ("Identiteten är inte styrkt", "1 återstår"):
        assert words in shown
    assert "Identitet ej styrkt</label>" not in shown
    assert "Svaret skrivs av handläggaren, Kerstin Handström." in page(as_, people.decider, made)
    made = case(people, identity=Identity.FAILED)
    assert "Identitet ej styrkt</label>" in page(as_, people.clerk, made)


def test_the_opinion_that_is_needed_is_asked_for(people, as_):
    made = proposed(people, N)
    CaseCall.update(ground=Ground.DANGER).execute()
    for who, words in (
        (people.clerk, "ska dataskyddsombudet ge sitt utlåtande"),
        (people.decider, "Dataskyddsombudet ska ge sitt utlåtande innan"),
        (people.dpo, "först när du har gett ditt utlåtande"),
    ):
        assert words in page(as_, who, made)
    client = as_(people.dpo)
    form = {"version": made.version, "opinion": WORDS}
    assert client.submit(f"/cases/{made.uuid}/answer/opinion", {**form, "opinion": ""}).status_code == 422
    assert client.submit(f"/cases/{made.uuid}/answer/opinion", form).status_code == 303
    assert WORDS in page(as_, people.decider, made)


def test_the_whole_way_through_the_pages(people, as_):
    made = case(people, rights=(RightKind.ACCESS, RightKind.RECTIFICATION))
    row = answered.call(made, people, M)
    path, clerk, decider = f"/cases/{made.uuid}", as_(people.clerk), as_(people.decider)
    claimed.claim(made, people, decision="refused")
    made = fresh(made)
    form = {"version": made.version, "reasons": "kort"}
    answer = clerk.submit(path + "/answer/proposal", form)
    assert answer.status_code == 422
    assert "minst 40 tecken" in html.unescape(answer.text)
    assert "kort" in answer.text
    assert CaseRight.get(CaseRight.right == RightKind.RECTIFICATION).outcome is None
    answer = clerk.submit(path + "/answer/text", {**form, "reasons": "utkastet"})
    assert answer.status_code == 303
    assert "utkastet" in page(as_, people.clerk, made)
    answer = clerk.submit(path + "/answer/proposal", {**form, "version": fresh(made).version, "reasons": REASONS})
    assert answer.status_code == 303
    answer = decider.submit(path + "/answer/return", {"version": fresh(made).version, "comment": ""})
    assert (answer.status_code, "vad som behöver ändras" in html.unescape(answer.text)) == (422, True)
    answer = decider.submit(path + "/answer/return", {"version": fresh(made).version, "comment": "zqkommentaren"})
    assert answer.status_code == 303
    shown = page(as_, people.clerk, made)
    for words in ("Förslaget returnerades", "Dag Beslutman", "zqkommentaren", REASONS):
        assert words in shown
    clerk.submit(path + "/answer/proposal", {**form, "version": fresh(made).version, "reasons": REASONS})
    answered.heard(row, people.decider)
    answer = decider.submit(path + "/answer/approval", {"version": fresh(made).version})
    assert (answer.status_code, "kryssa för det" in html.unescape(answer.text)) == (422, True)
    assert fresh(made).state == State.PROPOSED
    form = {"version": fresh(made).version, "reviewed": "y"}
    assert decider.submit(path + "/answer/approval", form).status_code == 303
    assert "Svaret är godkänt." in text(decider.get(path + "/answer"))
    assert fresh(made).state == State.APPROVED
    shown = page(as_, people.clerk, made, "ending")
    assert "Brevet görs i ordning." in shown
    assert offered(shown) == set()
    answered.lock_letters(made)
    assert "Ljudkopian görs i ordning." in page(as_, people.clerk, made, "ending")
    answered.make_copies(made)
    assert "Handläggaren, Kerstin Handström, skickar svaret." in page(as_, people.decider, made, "ending")
    shown = page(as_, people.clerk, made, "ending")
    assert offered(shown) == {"dispatch"}
    assert 'value="14.9.2026"' in shown
    assert "Varför svaret är försenat" not in shown
    assert clerk.submit(path + "/ending/dispatch", {"on": "14.9.2026", "how": "post"}).status_code == 303
    shown = text(clerk.get(path + "/ending"))
    assert "Raderingsspärren hävs den 14.10.2026." in shown
    assert "Ljudkopian har inte lämnats över" in shown
    assert offered(shown) == set()
    answered.hand_over(made, people.clerk)
    assert offered(page(as_, people.clerk, made, "ending")) == {"closing"}
    assert clerk.submit(path + "/ending/closing").status_code == 303
    shown = page(as_, people.clerk, made, "ending")
    assert "Akten gallras den 14.9.2028." in shown
    assert offered(shown) == set()
    assert f"/cases/{made.uuid}/complaints" in shown


def test_a_late_answer_is_asked_why_before_it_is_sent(people, as_):
    made = answered.ready(people, W)
    with clock.frozen(answered.NOW + 18 * DAY):
        shown = page(as_, people.clerk, made, "ending")
        assert "Sista dagen var den 1.10.2026." in shown
        form = {"on": "2.10.2026", "how": "post", "late_reason": WORDS}
        assert as_(people.clerk).submit(f"/cases/{made.uuid}/ending/dispatch", form).status_code == 303
        assert WORDS in page(as_, people.decider, made, "ending")


def test_a_request_that_is_taken_back_or_sent_on_leaves_through_the_same_page(people, as_):
    made = case(people)
    path, client = f"/cases/{made.uuid}/ending", as_(people.clerk)
    assert offered(text(client.get(path))) == {"withdrawal", "transfer"}
    assert offered(page(as_, people.dpo, made, "ending")) == set()
    for act, form in (("withdrawal", {"withdrawn": ""}), ("transfer", {"to": "", "why": WORDS})):
        answer = client.submit(f"{path}/{act}", form)
        assert answer.status_code == 422
        assert html.unescape(answer.text).count("Rätta det här") == 1
    assert client.submit(f"{path}/withdrawal", {"withdrawn": "kort"}).status_code == 422
    assert client.submit(f"{path}/transfer", {"to": "Kervo stad", "why": WORDS}).status_code == 303
    assert "Kervo stad" in text(client.get(path))


def test_every_state_has_its_page(people, as_):
    client = as_(people.clerk)
    for state in State:
        made = case(people, state=state, outcome="granted", lifts_on=answered.TODAY, purge_on=answered.TODAY)
        type(made).update(approved_at=answered.NOW, dispatched_on=answered.TODAY, dispatched_how="post").execute()
        for name in ("answer", "ending"):
            assert "<h1" in text(client.get(f"/cases/{made.uuid}/{name}"))


def test_no_text_of_an_answer_keeps_a_personal_identity_code(people, as_):
    made, code = case(people), "131052-308T"
    client, path = as_(people.clerk), f"/cases/{made.uuid}"
    before = answered.register()
    for act, form in {
        "answer/text": {"version": made.version, "reasons": f"{REASONS} {code}"},
        "answer/proposal": {"version": made.version, "reasons": f"{REASONS} {code}"},
        "ending/withdrawal": {"withdrawn": f"{WORDS} {code}"},
        "ending/transfer": {"to": "Kervo stad", "why": f"{WORDS} {code}"},
    }.items():
        answer = client.submit(f"{path}/{act}", form)
        assert (answer.status_code, "ingen personbeteckning" in html.unescape(answer.text)) == (422, True)
    for act in (
        lambda words: proposal.write(made, reasons=words, by=people.clerk),
        lambda words: proposal.propose(made, reasons=words, by=people.clerk),
        lambda words: ending.withdraw(made, words=words, by=people.clerk),
        lambda words: ending.transfer(made, to=words, words=WORDS, by=people.clerk),
    ):
        with pytest.raises(personal_codes.PersonalCode):
            act(f"{REASONS} {code}")
    assert answered.register() == before


def test_signs_that_no_letter_can_print_are_told_of_beside_the_field(people, as_):
    made = case(people)
    form = {"version": made.version, "reasons": REASONS + " \u4e2d"}
    answer = as_(people.clerk).submit(f"/cases/{made.uuid}/answer/text", form)
    assert (answer.status_code, "typsnitt" in html.unescape(answer.text)) == (422, True)
