"""What a person demands, one thing at a time: noted word for word, decided with reasons of its own, or taken away."""

import pytest

from portal import clock, config
from portal.cases import (
    actions,
    claims,
    demands,
    ending,
    intake,
    letters,
    outcomes,
    phrases,
    proposal,
    rulings,
    selection,
)
from portal.cases.claim_models import Claim, Complaint
from portal.cases.codes import Concerns, Decision, Outcome, RightKind, State
from portal.cases.models import Case, CaseRight
from portal.cases.personal_codes import PersonalCode
from portal.errors import Denied, NotFound
from portal.recordings.models import Note, Recording
from portal.retention.restriction_models import Restriction, RestrictionGround
from tests.cases import answered, claimed
from tests.cases.answered import case, fresh
from tests.cases.made import last_entry

RECT, ERAS, REST, OBJ = RightKind.RECTIFICATION, RightKind.ERASURE, RightKind.RESTRICTION, RightKind.OBJECTION


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def refused(error, act) -> None:
    before = answered.register()
    with pytest.raises(error):
        act()
    assert answered.register() == before


def test_a_claim_keeps_the_entry_as_it_stood_and_restricts_the_call_at_once(people):
    made = case(people, rights=(RECT,), state=State.RECEIVED)
    added = answered.call(made, people)
    Recording.update(subject="Zqämnet", number="+358401234567").execute()
    note = Note.create(recording=added.recording, author=people.adviser, text="Zqanteckningen")
    kept = {
        "subject": "Zqämnet",
        "note": "Zqanteckningen",
        "number": "+358401234567",
        "queue": "Småbarnspedagogik",
        "told": str(added.recording.told),
        "adviser": "Karin Testström",
        "speech": "Zqdet sagda",
    }
    for entry, words in kept.items():
        more = {"note": note.uuid} if entry == "note" else {"quote": words} if entry == "speech" else {}
        row = claimed.claim(made, people, added=added, entry=entry, **more)
        assert (row.disputed, row.demanded, row.added_by) == (words, claimed.DEMANDED, people.clerk), entry
    Note.update(text="något annat").execute()
    assert Claim.get(Claim.entry == "note").disputed == "Zqanteckningen"
    entry, detail = last_entry("cases:claim_added")
    assert (entry.subject, entry.reference, entry.by) == (row.uuid, made.number, people.clerk.uuid)
    assert detail == {"case": made.uuid.hex, "rights": ["rectification"], "entry": "speech"}
    assert fresh(made).state == State.IN_PROGRESS
    assert answered.told(made)[:2] == ["claim_added", "restricted"]
    assert Restriction.get().ground == RestrictionGround.CONTESTED


def test_what_cannot_be_demanded_so_is_refused_and_leaves_nothing(people):
    made = case(people, rights=(RECT, ERAS, OBJ))
    added, foreign = answered.call(made, people), answered.call(made, people, concerns=Concerns.NO, hours=2)
    elsewhere = answered.call(case(people, rights=(RECT,)), people, hours=3)
    gone = answered.call(made, people, hours=4)
    Recording.update(state="purged").where(Recording.id == gone.recording_id).execute()
    claimed.claim(made, people, added=added)
    claimed.claim(made, people, ERAS, added=added, entry="passage", start_ms=100, end_ms=600)

    def no(error, code=RECT, **more):
        refused(error, lambda: claimed.claim(made, people, code, **more))

    no(demands.AlreadyClaimed, added=added)
    no(demands.AlreadyClaimed, ERAS, added=added, entry="passage", start_ms=500, end_ms=900)
    no(demands.EntryImpossible, OBJ, added=added, entry="passage", start_ms=0, end_ms=500)
    no(demands.EntryImpossible, ERAS, added=added, entry="subject")
    no(demands.EntryImpossible, added=added, entry="call")
    no(demands.EntryImpossible, entry="subject")
    no(demands.EntryImpossible, fact="state")
    no(demands.EntryImpossible, OBJ, fact="phone")
    no(demands.CallForeign, added=foreign)
    no(selection.CallGone, added=gone)
    no(NotFound, added=elsewhere)
    no(NotFound, added=added, entry="note", note=made.uuid)
    no(demands.QuoteNeeded, added=added, entry="speech", quote=" ")
    no(PersonalCode, added=added, entry="speech", quote="131052-308T")
    for span in ((500, 500), (0, 10**8), (10**8, 10**8 + 500), (100, 200)):
        no(demands.PassageWrong, ERAS, added=added, entry="passage", start_ms=span[0], end_ms=span[1])
    right = claimed.right(made, RECT)
    for words, error in ((" x ", demands.DemandNeeded), ("131052-308T är min", PersonalCode)):
        refused(error, lambda w=words: claims.add(right, entry="fact", fact="phone", demanded=w, by=people.clerk))
    row = Claim.get()
    acts = (
        lambda by: claimed.claim(made, people, by=by, fact="name"),
        lambda by: claims.change(row, demanded=claimed.DEMANDED, by=by),
        lambda by: claims.remove(row, by=by),
        lambda by: claimed.decide(row, "corrected", by=by),
    )
    for by, error in (
        (answered.second_clerk(), actions.NotHandler),
        (people.decider, Denied),
        (people.dpo, Denied),
        (people.adviser, NotFound),
        (people.manager, NotFound),
        (people.admin, NotFound),
        (people.outsider, NotFound),
    ):
        for act in acts:
            refused(error, lambda act=act, by=by: act(by))
    CaseRight.update(round=2).where(CaseRight.right == OBJ).execute()
    Case.update(round=2).where(Case.id == made.id).execute()
    for act in acts:
        refused(demands.NotAsked, lambda act=act: act(people.clerk))
    Case.update(round=1, state=State.PROPOSED).where(Case.id == made.id).execute()
    for act in acts:
        refused(actions.NotNow, lambda act=act: act(people.clerk))


def test_a_claim_is_decided_as_its_right_allows_with_what_that_needs(people):
    made = case(people, rights=(RECT, ERAS, REST, OBJ))
    added = answered.call(made, people)
    subject = claimed.claim(made, people, added=added)
    speech = claimed.claim(made, people, added=added, entry="speech", quote="Zqdet sagda")
    fact = claimed.claim(made, people)
    note = Note.create(recording=added.recording, author=people.adviser, text="Zqanteckningen")
    note = claimed.claim(made, people, added=added, entry="note", note=note.uuid)
    whole = {code: claimed.claim(made, people, code, added=added) for code in (ERAS, REST, OBJ)}
    assert [claims.possible(row) for row in (subject, speech, fact, whole[REST])] == [
        (claimed.C, claimed.K, claimed.R),
        (claimed.K, claimed.R),
        (claimed.C, claimed.R),
        (claimed.G, claimed.R),
    ]

    def no(error, row, decision, **more):
        refused(error, lambda: claims.decide(row, decision, by=people.clerk, **more))

    for row, decision in ((subject, "granted"), (speech, "corrected"), (fact, "completed"), (whole[ERAS], "corrected")):
        no(rulings.DecisionImpossible, row, decision, value="x", statement=claimed.STATEMENT)
    no(rulings.ValueNeeded, subject, "corrected", value=added.recording.subject)
    no(rulings.ValueNeeded, note, "corrected", value=" Zqanteckningen ")
    no(rulings.recorded.TooLong, subject, "corrected", value="x" * 201)
    no(intake.NameNeeded, claimed.claim(made, people, fact="name"), "corrected", value=" ")
    no(rulings.StatementNeeded, speech, "completed", statement="kort")
    no(rulings.GroundNeeded, whole[ERAS], "granted", ground="18_1_a")
    no(rulings.GroundNeeded, whole[REST], "granted", ground="18_1_a")
    no(rulings.RefusalNeeded, whole[ERAS], "refused", reasons=claimed.REASONS, refusal="16")
    no(rulings.ReasonsNeeded, fact, "refused", reasons="x" * 79)
    no(PersonalCode, fact, "refused", reasons=claimed.REASONS + " 131052-308T")
    for row, decision, kept in (
        (subject, "corrected", ("value", claimed.VALUE)),
        (speech, "completed", ("statement", claimed.STATEMENT)),
        (whole[ERAS], "granted", ("ground", "17_1_a")),
        (whole[REST], "granted", ("ground", "18_1_b")),
        (whole[OBJ], "granted", ("ground", "17_1_c")),
        (whole[OBJ], "refused", ("refusal", "21_1")),
        (fact, "refused", ("refusal", "16")),
    ):
        decided = claimed.decide(row, decision, by=people.clerk)
        assert (decided.decision, getattr(decided, kept[0]), decided.decided_by) == (decision, kept[1], people.clerk)
    assert (decided.reasons, Claim.get(Claim.id == whole[OBJ].id).ground) == (claimed.REASONS, "")
    entry, detail = last_entry("cases:claim_decided")
    assert (entry.subject, entry.reference) == (fact.uuid, made.number)
    told = {"case": made.uuid.hex, "rights": ["rectification"], "entry": "fact"}
    assert detail == {**told, "claim_decision": "refused", "refusal": "16"}
    attached = claimed.decide(subject, "refused", by=people.clerk, statement=claimed.STATEMENT)
    assert (attached.statement, attached.value) == (claimed.STATEMENT, "")
    changed = claims.change(subject, demanded="Zqnågot annat", by=people.clerk)
    assert (changed.decision, changed.reasons, changed.disputed) == (None, "", added.recording.subject)
    added.concerns = Concerns.UNCLEAR
    added.save()
    no(rulings.NotTheirs, subject, "corrected", value="x")
    claims.remove(subject, by=people.clerk)
    entry, detail = last_entry("cases:claim_removed")
    assert (entry.subject, detail["claim"]) == (made.uuid, subject.uuid.hex)
    assert answered.told(made)[-1] == "claim_removed"
    with pytest.raises(NotFound):
        claims.remove(subject, by=people.clerk)


def test_what_is_done_in_the_register_is_decided_for_good(people):
    made = case(people, rights=(RECT,))
    row = claimed.claim(made, people, decision="corrected")
    Claim.update(carried_at=clock.now(), carried_by=people.decider).execute()
    for act in (
        lambda: claims.change(row, demanded="Zqnågot annat", by=people.clerk),
        lambda: claims.remove(row, by=people.clerk),
        lambda: claimed.decide(row, "refused", by=people.clerk),
    ):
        refused(demands.Carried, act)
    facts = {"version": fresh(made).version, "reason": answered.WORDS, "by": people.clerk}
    refused(intake.RightDone, lambda: intake.change_facts(made, rights=("access",), **facts))
    refused(ending.BegunAlready, lambda: ending.withdraw(fresh(made), words=answered.WORDS, by=people.clerk))
    refused(
        proposal.BegunAlready,
        lambda: proposal.propose(made, reasons=answered.REASONS, outcome=Outcome.UNFOUNDED, by=people.clerk),
    )


def test_a_phrase_is_a_starting_point_that_is_never_sent_as_it_stands(people):
    sv = {one.code: one.sv for one in phrases.every()}
    own = " Vid 0:12 säger du att barnet börjar den första augusti, och det är vad kundrådgivaren har skrivit."
    heard = sv["heard"].replace("[varför]", "vi hörde det")
    assert all(phrases.is_unedited(text) for one in phrases.every() for text in (one.sv, one.fi))
    assert phrases.is_unedited(sv["heard"] + own), "a gap is left"
    assert phrases.is_unedited(heard), "a few words are no reasons"
    assert phrases.is_unedited(heard.upper() + "  \n .")
    assert phrases.is_unedited(heard.replace("samtalet", "samtalen")), "a slip of the hand is no edit"
    assert not phrases.is_unedited(heard + own)
    assert not phrases.is_unedited(claimed.REASONS)
    assert not phrases.is_unedited("Vi har hört samtalet." + own)
    made = case(people, rights=(RECT,))
    row = claimed.claim(made, people)
    for text in (sv["heard"], heard, sv["source"]):
        refused(rulings.PhraseUnedited, lambda text=text: claimed.decide(row, "refused", by=people.clerk, reasons=text))
    kept = claimed.decide(row, "refused", by=people.clerk, reasons=heard + own, phrase="heard")
    assert kept.phrase == "heard"
    assert claimed.decide(row, "refused", by=people.clerk, phrase="zq").phrase == ""
    for line in ("heard|rectification|bara svenska", "||", "a|b|c|"):
        with pytest.raises(config.ConfigError):
            config.phrase_parts(line)


def test_the_outcome_of_a_right_follows_from_its_claims(people):
    made = case(people, rights=(ERAS,))
    right = claimed.right(made, ERAS)
    rows = [answered.call(made, people, hours=n) for n in (1, 2)]
    lacks = claims.unfinished
    assert [one.what for one in lacks(made)] == [claims.Lack.NO_CLAIMS]
    for row in rows:
        row.concerns = None
        row.save()
    assert [one.what for one in lacks(made)] == [claims.Lack.UNJUDGED]
    found = [claimed.claim(made, people, ERAS, added=row) for row in rows]
    assert [one.what for one in lacks(made)] == [claims.Lack.FOREIGN] * 2
    for row in rows:
        row.concerns = Concerns.YES
        row.save()
    assert [one.what for one in lacks(made)] == [claims.Lack.UNDECIDED] * 2
    for decisions, outcome in (
        (("granted", None), None),
        (("granted", "granted"), Outcome.GRANTED),
        (("granted", "refused"), Outcome.PARTIAL),
        (("refused", "refused"), Outcome.REFUSED),
    ):
        for row, decision in zip(found, decisions, strict=True):
            if decision:
                claimed.decide(row, decision, by=people.clerk)
        assert claims.outcome_of(right) == outcome
    rows[0].concerns = Concerns.NO
    rows[0].save()
    assert claims.outcome_of(right) is None, "a claim on a call that is somebody else's"


def test_each_right_has_its_letter_and_that_nothing_was_found_is_said_once(people):
    made = case(people, rights=(RightKind.ACCESS, RECT, ERAS, REST))
    CaseRight.update(outcome=Outcome.NONE_FOUND).where(CaseRight.case == made.id).execute()
    assert outcomes.answers(made) == [("case-none", "access")]
    for code, outcome in ((RECT, Outcome.PARTIAL), (ERAS, Outcome.REFUSED)):
        CaseRight.update(outcome=outcome).where(CaseRight.case == made.id, CaseRight.right == code).execute()
    assert outcomes.answers(made) == [("case-none", "access"), ("case-rectified", RECT), ("case-certificate", ERAS)]
    CaseRight.update(outcome=Outcome.REFUSED).where(CaseRight.case == made.id, CaseRight.right == RECT).execute()
    assert [one.right for one in outcomes.answers(made) if one.kind == "case-certificate"] == [RECT, ERAS]


def test_an_overturned_refusal_is_answered_in_a_round_of_its_own(people):
    made = case(people, rights=(RightKind.ACCESS, RECT))
    answered.call(made, people, Decision.WHOLE)
    row = claimed.claim(made, people, decision="refused")
    made = proposal.approve(proposal.propose(made, by=people.clerk), reviewed=True, by=people.decider)
    answered.lock_letters(made)
    answered.make_copies(made)
    assert ending.is_set(made)
    ending.dispatch(made, on=answered.TODAY, how="post", by=people.clerk)
    assert [letters.of_right(one) for one in letters.answering(made)] == ["access", "rectification"]
    Complaint.create(
        case=made,
        body="ombudsman",
        received_on=answered.TODAY,
        noted_by=people.clerk,
        result="overturned",
        overturned=RECT,
    )
    Case.update(state=State.IN_PROGRESS, round=2, outcome=None).where(Case.id == made.id).execute()
    CaseRight.update(round=2, outcome=None).where(CaseRight.right == RECT).execute()
    Claim.update(decision=None).execute()
    made = fresh(made)
    assert (outcomes.outcome_of(made), outcomes.asks_access(made), letters.answering(made)) == (None, False, [])
    claimed.decide(row, "corrected", by=people.clerk)
    made = proposal.propose(made, by=people.clerk)
    assert made.outcome == Outcome.GRANTED
    made = proposal.approve(made, by=people.clerk)
    assert not ending.is_set(made), "the letters of the answer before do not answer anew"
    assert [(one.kind, letters.of_right(one)) for one in letters.answering(made)] == [("case-rectified", RECT)]


def test_who_decided_a_claim_never_approves_it_and_the_tick_is_in_the_log(people):
    both = answered.both()
    made = case(people, rights=(RECT,), handler=both)
    row = claimed.claim(made, people, by=both)
    Case.update(handler=people.clerk).execute()
    claimed.decide(row, "refused", by=people.clerk)
    made = proposal.propose(fresh(made), by=people.clerk)
    refused(proposal.approval.OwnClaim, lambda: proposal.approve(made, reviewed=True, by=both))
    Claim.update(added_by=people.clerk).execute()
    refused(proposal.approval.OwnHandling, lambda: proposal.approve(made, reviewed=True, by=both))
    refused(proposal.approval.NotReviewed, lambda: proposal.approve(made, by=people.decider))
    proposal.approve(made, reviewed=True, by=people.decider)
    _, detail = last_entry("cases:approved")
    assert detail == {"case_outcome": "refused", "reviewed": True}


def test_a_right_that_is_taken_away_takes_its_claims_and_a_new_one_is_answered_in_this_round(people):
    made = case(people, rights=(RightKind.ACCESS, RECT), round=2)
    CaseRight.update(round=2).execute()
    claimed.claim(made, people)
    made = intake.change_facts(
        fresh(made), version=fresh(made).version, reason=answered.WORDS, rights=("access", "objection"), by=people.clerk
    )
    assert not Claim.select().exists()
    assert [right.right for right in outcomes.of_round(made)] == ["access", "objection"]
    CaseRight.update(round=1).where(CaseRight.right == "access").execute()
    version = fresh(made).version
    refused(
        intake.RightDone,
        lambda: intake.change_facts(
            made, version=version, reason=answered.WORDS, rights=("objection",), by=people.clerk
        ),
    )
