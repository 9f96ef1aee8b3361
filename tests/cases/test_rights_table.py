"""Right × outcome × role × state: every lawful step is possible, every other is refused, and none leaves a state
without its letter."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from portal import clock
from portal.cases import carrying, ending, proposal
from portal.cases.codes import Concerns, Decision, Identity, Outcome, RightKind
from portal.cases.models import Case, CaseRight, Step
from portal.db import db
from portal.documents.models import State as Letter
from portal.errors import DomainError
from tests.cases import answered, claimed
from tests.cases.answered import fresh

R, O = RightKind, Outcome  # noqa: E741 the columns' letters
LETTERS: dict[tuple[str, str], str] = {
    (R.ACCESS, O.GRANTED): "case-access",
    (R.ACCESS, O.PARTIAL): "case-partial",
    (R.ACCESS, O.REFUSED): "case-refusal",
    (R.RECTIFICATION, O.GRANTED): "case-rectified",
    (R.RECTIFICATION, O.PARTIAL): "case-rectified",
    (R.RECTIFICATION, O.REFUSED): "case-certificate",
    (R.ERASURE, O.GRANTED): "case-erased",
    (R.ERASURE, O.PARTIAL): "case-erased",
    (R.ERASURE, O.REFUSED): "case-certificate",
    (R.RESTRICTION, O.GRANTED): "case-restricted",
    (R.RESTRICTION, O.PARTIAL): "case-restricted",
    (R.RESTRICTION, O.REFUSED): "case-certificate",
    (R.OBJECTION, O.GRANTED): "case-erased",
    (R.OBJECTION, O.PARTIAL): "case-erased",
    (R.OBJECTION, O.REFUSED): "case-certificate",
    (R.WITHDRAWAL, O.GRANTED): "case-consent",
    (R.WITHDRAWAL, O.NONE_FOUND): "case-consent",
    **{(right, O.NONE_FOUND): "case-none" for right in R if right != R.WITHDRAWAL},
    **{(right, O.DELETED_BEFORE): "case-none" for right in R if right != R.WITHDRAWAL},
    **{(right, O.UNFOUNDED): "case-refusal" for right in R if right != R.WITHDRAWAL},
    **{(right, O.IDENTITY_UNPROVEN): "case-refusal" for right in R if right != R.WITHDRAWAL},
    **{(right, O.WITHDRAWN): "case-closing" for right in R},
    **{(right, O.TRANSFERRED): "case-transfer" for right in R},
}
"""The one letter of a case with one right. What is not here cannot be."""

ALONE = {(right, O.GRANTED) for right in (R.ACCESS, R.RECTIFICATION, R.RESTRICTION, R.WITHDRAWAL)}
"""What its handler approves without a second person."""
READERS = ("handler", "clerk", "decider", "both", "officer")
ASIDE = (O.WITHDRAWN, O.TRANSFERRED)
CHOSEN = (O.UNFOUNDED, O.IDENTITY_UNPROVEN)
NOTHING = (O.NONE_FOUND, O.DELETED_BEFORE)

ACTS: dict[str, Callable[[Case, Any, Outcome], Any]] = {
    "propose": lambda case, by, outcome: proposal.propose(
        case, reasons=answered.REASONS, outcome=outcome if outcome in CHOSEN else None, by=by
    ),
    "take_back": lambda case, by, _: proposal.take_back(case, by=by),
    "give_back": lambda case, by, _: proposal.give_back(case, comment=answered.WORDS, by=by),
    "approve": lambda case, by, _: proposal.approve(case, reviewed=True, by=by),
    "dispatch": lambda case, by, _: ending.dispatch(case, on=answered.TODAY, how="post", by=by),
    "withdraw": lambda case, by, _: ending.withdraw(case, words=answered.WORDS, by=by),
    "transfer": lambda case, by, _: ending.transfer(case, to="Kervo stad", words=answered.WORDS, by=by),
    "close": lambda case, by, _: ending.close(case, by=by),
}


@dataclasses.dataclass
class Walk:
    """One case on its way, and who tries what at each stop."""

    right: RightKind
    outcome: Outcome
    case: Case
    roles: dict[str, Any]

    def lawful(self, stop: str) -> set[tuple[str, str]]:
        """Role and act, written down once: nothing of it is read from the code."""
        alone = (self.right, self.outcome) in ALONE
        aside = {("handler", "withdraw"), ("handler", "transfer")}
        if self.right == R.WITHDRAWAL and self.outcome == O.GRANTED:
            aside = set()  # the consent is withdrawn already, and that is confirmed
        return {
            "working": {("handler", "propose")} | aside,
            "proposed": {("handler", "take_back"), ("decider", "approve"), ("decider", "give_back")}
            | ({("handler", "approve")} if alone else set())
            | aside,
            "approved": set(),
            "ready": {("handler", "dispatch")},
            "dispatched": {("handler", "close")},
            "closed": set(),
        }[stop]

    def stop(self, name: str) -> None:
        """Everybody tries everything, and nothing stays of it. Those who cannot see the case try once a right."""
        possible = set()
        whole = self.outcome == O.GRANTED
        for role, by in self.roles.items():
            if not whole and role not in READERS:
                continue
            for act, do in ACTS.items():
                with db.atomic() as tried:
                    try:
                        do(self.case, by, self.outcome)
                        possible.add((role, act))
                    except DomainError:
                        pass
                    tried.rollback()
        assert possible == self.lawful(name), (name, self.right, self.outcome)

    def do(self, role: str, act: str) -> None:
        self.case = ACTS[act](fresh(self.case), self.roles[role], self.outcome)

    def letters(self) -> list[tuple[str, str]]:
        """Those that answer, but for what was given up."""
        told = answered.letters(self.case)
        return [(kind, state) for kind, state in told if state != Letter.DROPPED and kind != "case-lifted"]

    def walk(self) -> None:
        letter = LETTERS[self.right, self.outcome]
        if self.outcome in ASIDE:
            self.do("handler", "withdraw" if self.outcome == O.WITHDRAWN else "transfer")
            assert self.letters() == [(letter, "ordered")]
        else:
            self.stop("working")
            self.do("handler", "propose")
            assert fresh(self.case).outcome == self.outcome
            assert self.letters() == [(letter, "draft")]
            self.stop("proposed")
            self.do("decider", "approve")
            later = letter == "case-erased"
            assert self.letters() == [(letter, "draft" if later else "ordered")]
            self.stop("approved")
            carrying.carry_case(self.case)
            assert self.letters() == [(letter, "ordered")]
        self.stop("approved")
        answered.lock_letters(self.case)
        answered.make_copies(self.case)
        self.stop("ready")
        self.do("handler", "dispatch")
        assert self.letters() == [(letter, "locked")]
        answered.hand_over(self.case, self.roles["handler"])
        self.stop("dispatched")
        self.do("handler", "close")
        self.stop("closed")
        assert self.letters() == [(letter, "locked")]


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


@pytest.fixture
def roles(people):
    """`both` decides too, and handled the case once: no second person."""
    return {
        "handler": people.clerk,
        "clerk": answered.second_clerk(),
        "decider": people.decider,
        "both": answered.both(),
        "officer": people.dpo,
        "manager": people.manager,
        "adviser": people.adviser,
        "admin": people.admin,
        "outsider": people.outsider,
    }


def begun(people, roles, right: RightKind, outcome: Outcome) -> Case:
    """A case with one right, worked on as far as its outcome asks."""
    failed = Identity.FAILED if outcome == O.IDENTITY_UNPROVEN else Identity.PROVEN
    long_ago = answered.RECEIVED.replace(month=5, day=31) if outcome == O.DELETED_BEFORE else None
    case = answered.case(people, rights=(right,), identity=failed, called_to=long_ago)
    Step.create(case=case, what="taken_over", by=roles["both"])
    if outcome in NOTHING and right != R.WITHDRAWAL:
        answered.call(case, people, concerns=Concerns.NO)
    elif right == R.WITHDRAWAL:
        if outcome in (O.GRANTED, O.NONE_FOUND):
            CaseRight.update(outcome=outcome).where(CaseRight.case == case.id).execute()
    elif right == R.ACCESS:
        given = {O.PARTIAL: Decision.MUTED, O.REFUSED: Decision.WITHHELD}.get(outcome, Decision.WHOLE)
        answered.heard(answered.call(case, people, given), people.decider)
    elif outcome not in (*ASIDE, *CHOSEN):
        parts = {O.GRANTED: (True,), O.REFUSED: (False,), O.PARTIAL: (True, False)}[outcome]
        for hours, granted in enumerate(parts, 1):
            does = claimed.C if right == R.RECTIFICATION else claimed.G
            decision = does if granted else claimed.R
            claimed.claim(case, people, right, decision, added=answered.call(case, people, hours=hours))
    return fresh(case)


@pytest.mark.parametrize("right", list(RightKind))
def test_every_lawful_step_is_possible_and_every_other_refused(people, roles, right):
    for code, outcome in LETTERS:
        if code == right:
            Walk(right, Outcome(outcome), begun(people, roles, right, Outcome(outcome)), roles).walk()
