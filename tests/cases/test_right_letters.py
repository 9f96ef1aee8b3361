"""What the letters of the rights beyond access say, and what they keep to themselves."""

import datetime as dt
import uuid

import pytest

from portal import clock, db
from portal.cases import letters
from portal.cases.claim_models import Claim
from portal.cases.models import Case, CaseRight
from portal.documents import composing
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.press import Press
from portal.recordings.correction_models import Statement
from portal.recordings.models import Recording
from portal.register.models import Consent, ConsentCall, ConsentText, Notice
from portal.retention.models import KEY_BACKUP_DAYS, Freeze, PurgeLine, TransferState
from portal.retention.restriction_models import Redaction, Restriction
from tests.cases import lettered as made
from tests.cases.lettered import NOW

WHOLE = "1234567"
DONE = NOW - dt.timedelta(hours=2)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(NOW):
        yield


def demand(people, case, right, call=None, *, entry="subject", decision="corrected", **more) -> Claim:
    row = CaseRight.get(CaseRight.case == case.id, CaseRight.right == right)
    values = {"disputed": "Zqfel ämne", "demanded": "Zqändra det", "added_by": people.clerk}
    return Claim.create(right=row, call=call, entry=entry, decision=decision, **(values | more))


def decided(case, right, outcome) -> None:
    CaseRight.update(outcome=outcome).where(CaseRight.case == case.id, CaseRight.right == right).execute()


def restricted(case, call, ground="18_1_a", **more) -> Restriction:
    row = Restriction.create(recording=call.recording, ground=ground, because=case.uuid, **({"placed_at": DONE} | more))
    Recording.update(restrictions=Recording.restrictions + 1).where(Recording.id == call.recording_id).execute()
    return row


def purged(recording, at=DONE) -> None:
    """As `deletion` leaves it."""
    PurgeLine.create(
        kind="recording", subject=recording.uuid, rule="erasure:article-17:1", due_at=at, key_destroyed_at=at,
        purged_at=at, result="purged",
    )  # fmt: skip
    emptied = {"state": "purged", "purged_at": at, "duration_ms": 0, "direction": None, "number": None, "subject": ""}
    Recording.update(**emptied).where(Recording.id == recording.id).execute()


def test_a_certificate_quotes_what_is_disputed_and_demanded_and_says_why_not(people):
    case = made.case(people, rights=("rectification",), outcome="refused", approved_by=people.decider)
    call = made.call(people, case, None)
    decided(case, "rectification", "refused")
    refusing = {"refusal": "16", "reasons": "Zqskäl för just det här", "statement": "Zqmin komplettering"}
    demand(people, case, "rectification", call, decision="refused", **refusing)
    demand(people, case, "rectification", call, decision=None, demanded="Zqinte avgjort")
    restricted(case, call)
    paper = {"added_by": people.clerk, "name": "brev", "media_type": "application/pdf", "size": 9, "sha256": "a" * 64}
    for standing in ("kept", "sealing"):
        Statement.create(recording=call.recording, because=case.uuid, standing=standing, **paper)
    found = made.facts(case, Kind.CASE_CERTIFICATE, right="rectification", round=1)
    (one,) = found["demands"]
    assert (one["disputed"], one["demanded"], one["decision"]) == ("Zqfel ämne", "Zqändra det", "refused")
    assert (one["refusal"], one["reasons"], one["statement"]) == tuple(refusing.values())
    assert (one["papers"], one["what"], one["value"], one["done_at"]) == (1, "Ämne", "", None)
    assert one["call"]["at"] == call.recording.started_at.isoformat()
    assert (found["right"], found["outcome"], found["responsible"]["name"]) == (
        "rectification", "refused", people.decider.name,
    )  # fmt: skip
    # The restriction ends with the answer, thirty days after; the call goes on its own date, which is later
    (ahead,) = found["ahead"]
    assert (ahead["grounds"], ahead["lifts_on"], ahead["deleted_on"]) == (["18_1_a"], "2026-11-19", "2026-12-14")
    assert found["lifts_on"] == "2026-11-19"


def test_a_letter_tells_of_its_own_right_alone(people):
    case = made.case(people, rights=("access", "rectification", "erasure"), outcome="partial")
    call = made.call(people, case)
    demand(people, case, "rectification", call)
    demand(people, case, "erasure", call, entry="call", decision="refused", refusal="17_1", reasons="Zqbehövs")
    CaseRight.update(words="Zqom radering").where(CaseRight.right == "erasure").execute()
    rectified = made.facts(case, Kind.CASE_RECTIFIED, right="rectification")
    refused = made.facts(case, Kind.CASE_CERTIFICATE, right="erasure")
    assert [one["decision"] for one in rectified["demands"]] == ["corrected"]
    assert [one["decision"] for one in refused["demands"]] == ["refused"]
    assert (rectified["reasons"], refused["reasons"]) == ("", "Zqom radering")


@pytest.mark.parametrize("kind", [Kind.CASE_CERTIFICATE, Kind.CASE_RECTIFIED])
def test_a_letter_prints_of_a_number_that_may_be_somebody_elses_only_the_last_digits(people, kind):
    case = made.case(people, rights=("rectification",), outcome="partial")
    call = made.call(people, case)
    numbers = {"entry": "number", "disputed": "040 123 4567"}
    demand(people, case, "rectification", call, value="+358401234567", **numbers)
    demand(people, case, "rectification", call, decision="refused", value="+358401234567", **numbers)
    found = made.facts(case, kind, right="rectification")
    assert [one["disputed"] for one in found["demands"]] == ["••• ••••567"] * 2
    assert [one["value"] for one in found["demands"]] == ["••• ••••567", ""]


def test_what_was_chosen_is_said_in_words(people):
    case = made.case(people, rights=("rectification",), outcome="granted", language="fi")
    call = made.call(people, case)
    for entry, value in (
        ("queue", people.daycare.uuid.hex),
        ("adviser", str(people.adviser.uuid)),
        ("told", "no"),
        ("direction", "out"),
        ("queue", "zqingen sådan"),
    ):
        demand(people, case, "rectification", call, entry=entry, value=value)
    demand(people, case, "rectification", entry="fact", fact="name", value="Zqanna Ny")
    found = made.facts(case, Kind.CASE_RECTIFIED, right="rectification")["demands"]
    assert [one["value"] for one in found[:2]] == ["Varhaiskasvatus", people.adviser.name]
    assert [one["value"] for one in found[4:]] == ["zqingen sådan", "Zqanna Ny"]
    assert "no" not in found[2]["value"]
    assert found[3]["value"] != "out"
    assert (found[5]["call"], found[5]["what"]) == (None, "Nimi")


def test_an_erasure_says_what_went_when_by_whom_and_until_when_a_copy_of_the_key_remains(people):
    case = made.case(people, rights=("erasure",), outcome="granted")
    whole, cut, waits = (made.call(people, case, days=day) for day in range(3))
    carried = {"decision": "granted", "ground": "17_1_d", "carried_at": DONE, "carried_by": people.decider}
    demand(people, case, "erasure", whole, entry="call", disputed="", **carried)
    demand(people, case, "erasure", cut, entry="passage", start_ms=70_000, end_ms=85_000, **carried)
    later = {"carried_at": NOW + dt.timedelta(seconds=1), "carried_by": people.decider}
    demand(people, case, "erasure", waits, entry="call", **(carried | later))
    purged(whole.recording)
    for because, at in ((case.uuid, DONE), (uuid.uuid4(), NOW)):
        Redaction.create(
            recording=cut.recording, because=because, ranges="[[70000,85000]]", by=people.decider, state="done",
            done_at=at, under_way=None,
        )  # fmt: skip
    gone, muted, waiting = made.facts(case, Kind.CASE_ERASED, right="erasure")["demands"]
    copies = (DONE + dt.timedelta(days=KEY_BACKUP_DAYS)).isoformat()
    for one in (gone, muted):
        assert (one["done_at"], one["done_by"]) == (DONE.isoformat(), people.decider.name)
        assert one["gone_by"] == copies
        assert one["ground"] == "17_1_d"
    assert gone["call"] == {
        "at": whole.recording.started_at.isoformat(), "duration_ms": 0, "line": "Småbarnspedagogik", "direction": "",
    }  # fmt: skip
    assert (muted["start_ms"], muted["end_ms"]) == (70_000, 85_000)
    assert (waiting["done_at"], waiting["done_by"], waiting["gone_by"]) == (None, "", None), "not as of the letter"


def test_a_later_letter_says_that_what_waited_is_done_and_repeats_no_refusal(people):
    case = made.case(people, rights=("erasure",), outcome="partial", state="dispatched")
    decided(case, "erasure", "partial")
    call, other = made.call(people, case), made.call(people, case, days=1)
    waits = demand(people, case, "erasure", call, entry="call", decision="granted", ground="17_1_d", waits="access")
    demand(people, case, "erasure", other, entry="call", decision="refused", refusal="17_1", reasons="Zqbehövs")
    with db.db.atomic():
        letters.draft(case, Kind.CASE_ERASED, right="erasure", by=people.clerk)
        (answer,) = letters.order_drafts(case, by=people.decider, rights=["erasure"])
    first = composing.compose(Document.get_by_id(answer.id)).facts
    assert [(one["decision"], one["waits"]) for one in first["demands"]] == [("granted", "access"), ("refused", "")]
    assert (first["outcome"], first["later"]) == ("partial", False)
    Claim.update(carried_at=DONE, carried_by=people.decider, waits="").where(Claim.id == waits.id).execute()
    second = made.facts(case, Kind.CASE_ERASED, right="erasure", round=1)
    assert [(one["decision"], one["done_at"]) for one in second["demands"]] == [("granted", DONE.isoformat())]
    assert (second["outcome"], second["later"], second["ahead"]) == ("granted", True, [])
    assert "Zqbehövs" not in str(second)
    assert composing.compose(Document.get_by_id(answer.id)).facts["later"] is False, "the first stays the answer"


def test_a_restriction_of_its_own_has_no_last_day_and_keeps_the_call(people):
    case = made.case(people, rights=("restriction", "objection"), outcome="granted")
    call, other = made.call(people, case), made.call(people, case, days=1)
    claims = restricted(case, call, "18_1_c")
    Freeze.create(recording=call.recording, because_kind="restriction", because=claims.uuid, from_at=DONE)
    restricted(case, other, "18_1_d")
    restricted(case, other, "18_1_a", lifted_at=DONE, stands=None)
    decided(case, "restriction", "granted")
    kept, objected = made.facts(case, Kind.CASE_RESTRICTED, right="restriction")["ahead"]
    assert (kept["grounds"], kept["lifts_on"], kept["deleted_on"]) == (["18_1_c"], None, None)
    assert (objected["grounds"], objected["lifts_on"]) == (["18_1_d"], None), "not decided"
    decided(case, "objection", "granted")
    assert made.facts(case, Kind.CASE_RESTRICTED, right="restriction")["ahead"][1]["lifts_on"] == "2026-11-03"
    demand(people, case, "objection", other, entry="call", decision="granted")
    waits = made.facts(case, Kind.CASE_RESTRICTED, right="restriction")["ahead"][1]
    assert waits["lifts_on"] is None, "granted and not erased yet"


def test_what_something_else_keeps_has_no_day_of_deletion(people):
    case = made.case(people, rights=("erasure",), outcome="refused")
    held, frozen, later = (made.call(people, case, days=day) for day in range(3))
    for call in (held, frozen, later):
        demand(people, case, "erasure", call, entry="call", decision="refused", refusal="17_1")
        Freeze.create(recording=call.recording, because_kind="case", because=case.uuid, from_at=DONE)
    Recording.update(holds=1).where(Recording.id == held.recording_id).execute()
    Freeze.create(recording=frozen.recording, because_kind="case", because=uuid.uuid4(), from_at=DONE)
    other = {"because": uuid.uuid4(), "lifts_on": dt.date(2027, 1, 4)}
    Freeze.create(recording=later.recording, because_kind="case", from_at=DONE, **other)
    found = made.facts(case, Kind.CASE_CERTIFICATE, right="erasure")["ahead"]
    assert [one["deleted_on"] for one in found] == [None, None, "2027-01-04"]


def test_a_lifting_names_its_restrictions_its_day_and_why(people):
    shown = {"identity": "proven", "outcome": "granted", "state": "dispatched"}
    case = made.case(people, rights=("restriction",), **shown)
    call, other = made.call(people, case), made.call(people, case, days=1)
    row = restricted(case, call, "18_1_c")
    Freeze.create(recording=call.recording, because_kind="restriction", because=row.uuid, from_at=DONE)
    restricted(case, other, "18_1_c")
    told = {"restrictions": [row.uuid.hex], "day": "2026-12-24", "words": "Zqklart"}
    found = made.facts(case, Kind.CASE_LIFTED, **told)
    (one,) = found["ahead"]
    assert (one["lifts_on"], one["deleted_on"], found["reasons"]) == ("2026-12-24", "2026-12-24", "Zqklart")
    assert one["call"]["at"] == call.recording.started_at.isoformat()


def test_those_who_got_a_call_are_listed_with_what_they_have_been_told(people):
    case, other = made.case(people, rights=("rectification",), outcome="granted"), made.case(people)
    told, waits, never, refused = (made.call(people, case, days=day) for day in range(4))
    for call in (told, waits, never):
        demand(people, case, "rectification", call, value="Zqrätt")
    demand(people, case, "rectification", refused, decision="refused")
    rows = [made.transferred(people, call.recording) for call in (told, waits, never, refused)]
    made.transferred(people, told.recording, state=TransferState.APPROVED, authority="Zqinte än")
    ended = {"state": "told", "told_on": NOW.date(), "ended_at": DONE, "opened_at": DONE}
    Notice.create(transfer=rows[0], what="corrected", because=case.uuid, **ended)
    Notice.create(transfer=rows[1], what="corrected", because=case.uuid, opened_at=DONE)
    Notice.create(transfer=rows[2], what="corrected", because=other.uuid, **ended)
    Notice.create(transfer=rows[2], what="erased", because=case.uuid, **ended)
    found = made.facts(case, Kind.CASE_RECTIFIED, right="rectification")["informed"]
    assert [(one["authority"], one["state"]) for one in found] == [
        ("Zqpolisen", "told"), ("Zqpolisen", "waiting"), ("Zqpolisen", "waiting"),
    ]  # fmt: skip
    assert (found[0]["given_on"], found[0]["told_on"], found[1]["told_on"]) == ("2026-10-19", "2026-10-20", None)


def consented(people, case, *calls, because=True, at=DONE) -> Consent:
    text = ConsentText.get_or_none() or ConsentText.create(
        purpose="training", version=3, text_sv="Zqtext", text_fi="Zqteksti", valid_from=dt.date(2026, 1, 1),
        made_by=people.decider,
    )  # fmt: skip
    row = Consent.create(
        text=text, name="Zqanna Frågedotter", number=made.NUMBER, language="sv", given_on=dt.date(2026, 9, 14),
        given_how="letter", how_words="zqbrevet", registered_by=people.clerk, stands=None, withdrawn_at=at,
        withdrawn_by=people.clerk, because=case.uuid if because else None,
    )  # fmt: skip
    for call in calls:
        ConsentCall.create(consent=row, recording=call.recording)
    return row


def test_a_withdrawal_says_what_ended_and_what_becomes_of_each_call(people):
    case = made.case(people, rights=("withdrawal",), outcome="granted", identity="proven")
    erased, waits, kept, held = (made.call(people, case, days=day) for day in range(4))
    consented(people, case, erased, waits, kept, held)
    consented(people, case, kept, because=False)
    purged(erased.recording)
    old = NOW - dt.timedelta(days=1)
    Recording.update(expires_at=old, state="purging").where(Recording.id == waits.recording_id).execute()
    Recording.update(holds=1).where(Recording.id == held.recording_id).execute()
    found = made.facts(case, Kind.CASE_CONSENT, right="withdrawal")
    (one,) = found["consents"]
    assert (one["purpose"], one["version"], one["given_on"], one["given_how"]) == (
        "Utbildning av kundrådgivare", 3, "2026-09-14", "brev",
    )  # fmt: skip
    assert (one["withdrawn_at"], one["withdrawn_by"]) == (DONE.isoformat(), people.clerk.name)
    assert [(call["fate"], call["until"]) for call in one["calls"]] == [
        ("erased", None), ("waits", None), ("kept", "2026-12-16"), ("kept", None),
    ]  # fmt: skip
    assert one["calls"][0]["gone_by"] == (DONE + dt.timedelta(days=KEY_BACKUP_DAYS)).isoformat()
    assert "Zqtext" not in made.said(case, Kind.CASE_CONSENT)
    assert not found["objection"]


def test_without_a_consent_on_file_the_letter_says_so_and_whether_it_is_an_objection(people):
    case = made.case(people, rights=("withdrawal",), outcome="none_found")
    found = made.facts(case, Kind.CASE_CONSENT, right="withdrawal")
    assert (found["consents"], found["objection"]) == ([], False)
    CaseRight.create(case=case, right="objection")
    assert made.facts(case, Kind.CASE_CONSENT, right="withdrawal")["objection"]


def test_the_letter_of_access_says_which_rights_are_answered_apart(people):
    case = made.case(people, rights=("access", "rectification", "erasure", "objection"), outcome="partial")
    made.call(people, case)
    for right, outcome in (("access", "granted"), ("rectification", "refused"), ("erasure", "none_found")):
        decided(case, right, outcome)
    CaseRight.update(outcome="granted", round=0).where(CaseRight.right == "objection").execute()
    found = made.facts(case, Kind.CASE_ACCESS, right="access")
    assert found["outcome"] == "granted", "of access, not of the whole"
    assert [one["answered"] for one in found["rights"]] == ["here", "apart", "here", ""]
    Case.update(outcome="unfounded").where(Case.id == case.id).execute()
    whole = made.facts(case, Kind.CASE_REFUSAL)
    assert (whole["outcome"], {one["answered"] for one in whole["rights"]}) == ("unfounded", {""})


def test_the_same_letter_is_the_same_whatever_is_done_later(people):
    case = made.case(people, rights=("rectification", "erasure"), outcome="partial")
    call, other = made.call(people, case), made.call(people, case, days=1)
    demand(people, case, "rectification", call, value="Zqrätt", carried_at=DONE, carried_by=people.clerk)
    claim = demand(people, case, "rectification", other, value="Zqrätt")
    row = restricted(case, call)
    transfer = made.transferred(people, call.recording)
    document = made.letter(case, Kind.CASE_RECTIFIED, right="rectification")
    first = composing.compose(Document.get_by_id(document.id)).canonical()
    with clock.frozen(NOW + dt.timedelta(days=2)):
        Claim.update(carried_at=clock.now(), carried_by=people.decider).where(Claim.id == claim.id).execute()
        Restriction.update(stands=None, lifted_at=clock.now()).where(Restriction.id == row.id).execute()
        Notice.create(transfer=transfer, what="corrected", because=case.uuid, state="told", told_on=clock.today(),
                      ended_at=clock.now())  # fmt: skip
        assert composing.compose(Document.get_by_id(document.id)).canonical() == first


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_what_the_acts_order_is_set(people, language):
    """The templates take what the rows give, in both languages: one letter of each kind, with little in it."""
    case = made.case(people, rights=("rectification", "erasure", "restriction", "withdrawal"), outcome="partial",
                     language=language)  # fmt: skip
    call = made.call(people, case)
    for right, entry, decision in (
        ("rectification", "speech", "completed"), ("rectification", "note", "refused"),
        ("erasure", "passage", "granted"), ("restriction", "call", "granted"),
    ):  # fmt: skip
        demand(people, case, right, call, entry=entry, decision=decision, refusal="16", statement="Zqord",
               start_ms=0, end_ms=900)  # fmt: skip
    row = restricted(case, call)
    consented(people, case, call)
    told = {"restrictions": [row.uuid.hex], "day": "2026-12-24", "words": ""}
    ordered = [
        made.letter(case, Kind.CASE_CERTIFICATE, right="rectification"),
        made.letter(case, Kind.CASE_RECTIFIED, right="rectification"),
        made.letter(case, Kind.CASE_ERASED, right="erasure"),
        made.letter(case, Kind.CASE_RESTRICTED, right="restriction"),
        made.letter(case, Kind.CASE_CONSENT, right="withdrawal"),
        made.letter(case, Kind.CASE_LIFTED, **told),
    ]
    assert len(letters.of(case)) == len(ordered)
    with Press() as press:
        for document in ordered:
            assert press.set(composing.compose(Document.get_by_id(document.id))).pages
