"""No screen shows and no export contains what is restricted (GDPR 18) to someone who may not have it: every page that
can be fetched, as every role, over a call with a word of its own in each place where words can stand."""

import datetime as dt
import itertools
import re
import uuid

import pytest

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import SignIn
from portal.accounts.permissions import Permission, Role
from portal.audit.models import Entry
from portal.cases.codes import RightKind
from portal.cases.models import CaseCall, Line
from portal.oversight.models import Observation
from portal.recordings import corrections, listening, notes
from portal.recordings.correction_models import Correction, ErrorReport, Statement
from portal.recordings.models import Listen, Recording
from portal.recordings.quality_models import QualityReview
from portal.register.models import Consent, ConsentCall, ConsentText, Notice
from portal.retention import holds, restrictions, threats, transfers
from portal.retention.models import Transfer
from portal.retention.restriction_models import Restriction
from portal.rights import emergency
from portal.schema import MODELS
from tests.cases import made

NUMBER = "+358409876543"
WORDS = {
    *("zqamne", "zqanteckning", "zqhotet", "zqtrygg", "zqskal", "zqatgard", "zqandamal", "zqomfattning", "zqfel"),
    *("zqratt", "zqtillagg", "zqyttrat", "zqkvalitet", "zqensam"),
}
"""Of subject, note, report of a threat, hold, disclosure, report of an error, correction, completion, transcript,
review of the quality, and of a note that the adviser wrote for themselves."""

OF: dict[str, str] = {
    "accounts": "account",
    "attachments": "attachment",
    "calls": "casecall",
    "cases": "case",
    "claims": "claim",
    "complaints": "complaint",
    "consents": "consent",
    "copies": "copy",
    "corrections": "correction",
    "disclosures": "transfer",
    "documents": "document",
    "errors": "errorreport",
    "holds": "hold",
    "ingest": "quarantined",
    "letters": "document",
    "listens": "listen",
    "notes": "note",
    "notices": "notice",
    "papers": "attachment",
    "of": "recording",
    "queues": "queue",
    "recordings": "recording",
    "rights": "right",
    "saved": "savedsearch",
    "sendings": "sending",
    "series": "series",
    "staff": "staffdraft",
    "statements": "statement",
    "threats": "threat",
    "training": "recording",
    "transfers": "transfer",
}
"""Whose uuid stands after a word in an address, where it is not the word itself."""
AT_A_CALL = ("/retention/calls/",)
"""Where 'calls' is followed by a recording."""
PLAIN = {"day", "month", "path", "int"}
"""Parts of an address that name nobody."""

WEIGHS = ("retention.transfer", "register.disclosure", "register.notice")
WEIGHERS = (Permission.RETENTION_DISCLOSE, Permission.RETENTION_HOLD, Permission.REGISTER_DISCLOSE)
"""A disclosure is shown whole to those whose task is to decide it or carry it out."""


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


@pytest.fixture
def call(people) -> Recording:
    """A held call of the person's, with words wherever they can stand, and a request that objects to it."""
    row = made.call(people, number=NUMBER, subject="zqamne", conversation="zq-1")
    made.call(people, days=1, number="+358401111111", conversation="zq-1")
    notes.add_note(row, "zqanteckning", key=row.uuid, by=people.adviser)
    own = notes.add_note(row, "zqfel i zqensam", key=uuid.uuid4(), at_ms=0, own=True, by=people.adviser)
    corrections.correct(row, "note", "zqensam", note=own.uuid, reason="zqensam", by=people.adviser)
    threat = threats.report(
        row, kind="adviser", words="zqhotet", safety="unsafe", safety_words="zqtrygg", by=people.adviser
    )
    day = clock.today() + dt.timedelta(days=60)
    hold = threats.hold(threat, reason="zqskal", action_ahead="zqatgard", review_on=day, by=people.manager)
    about = {"authority": "Polisen", "asked_on": clock.today(), "basis": "police_act", "channel": "in_person"}
    transfers.propose(hold, purpose="zqandamal", scope="zqomfattning", by=people.manager, **about)
    for person in (people.adviser, people.manager):
        _, person.sign_in = sessions.open_session(person, sessions.FULL, device="test")
        listening.open_listen(row, purpose="quality", reference="", by=person)
    ErrorReport.create(recording=row, entry="subject", words="zqfel", reported_by=people.adviser)
    Correction.create(
        entry_kind="recording", entry=row.uuid, recording=row, field="told", reason="zqratt", by=people.clerk
    )
    QualityReview.create(recording=row, author=people.second_manager, comment="zqkvalitet")
    Statement.create(recording=row, text="zqtillagg", added_by=people.clerk)
    made_on = {"made_by": people.decider, "valid_from": clock.today()}
    text = ConsentText.create(purpose="training", version=1, text_sv="Jag", text_fi="Minä", **made_on)
    given = {"given_on": clock.today(), "given_how": "letter", "language": "sv", "registered_by": people.clerk}
    ConsentCall.create(consent=Consent.create(text=text, name="Gun", **given), recording=row)
    about |= {"purpose": "zqandamal", "scope": "zqomfattning", "proposed_by": people.clerk}
    Notice.create(transfer=Transfer.create(recording=row, state="handed_over", **about), what="restricted")
    given = {"queues": [people.daycare], "reason": "zq svarar i telefonen", "hours": 2}
    emergency.give(people.outsider, role=Role.CLERK, **given, by=people.manager)
    heard = Entry.select(Entry.id).where(Entry.subject == row.uuid).order_by(Entry.id.desc()).first().id
    seen = {"first_at": clock.now(), "last_at": clock.now(), "facts": '{"listens":1,"case":0}', "entries": f"[{heard}]"}
    whose = {"person": people.adviser, "asked_of": people.adviser}
    Observation.create(pattern="own_number", key="zq", listens=1, **whose, **seen)
    return Recording.get_by_id(row.id)


def addresses(app) -> list[tuple[str, str]]:
    """Endpoint and address of every page that can be fetched, for every row that it can be about."""
    rows = {model.__name__.lower(): [row.uuid for row in model.select()] for model in MODELS if hasattr(model, "uuid")}
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        parts = re.findall(r"([a-z-]*)/<([^>]+)>", rule.rule)
        if any(slot.split(":")[0] in PLAIN for _, slot in parts):
            continue
        choices = [_choices(rule.rule, word, slot, rows) for word, slot in parts]
        template = re.sub(r"<[^>]+>", "{}", rule.rule)
        found += [(rule.endpoint, template.format(*keys)) for keys in itertools.product(*choices)]
    asked = ("number=6543", "words=zqam", "flag=noted")  # not whole: the page repeats what is asked
    found += [("recordings.index", f"/recordings/?{one}") for one in asked]
    return found


def _choices(address: str, word: str, slot: str, rows: dict[str, list]) -> list:
    if slot.startswith("any("):
        return re.split(r",\s*", slot[4:].split(")")[0])
    if address.startswith(AT_A_CALL):
        return rows["recording"]
    named = slot.split(":")[1]
    kind = next((OF[name] for name in (word, f"{named}s") if name in OF), word.removesuffix("s"))
    assert kind in rows, f"{address}: whose uuid is that? Say it in OF"
    return rows[kind]


def leaks(app, person, as_) -> dict[str, set[str]]:
    """Endpoint → the words that the person saw there."""
    client, seen = as_(person), {}
    session = SignIn.select().where(SignIn.account == person.id).order_by(SignIn.id.desc()).get()
    Listen.update(sign_in=session).where(Listen.account == person.id).execute()
    for endpoint, url in addresses(app):
        if endpoint.startswith("cases.") and person.may(Permission.CASES_READ):
            continue  # a case is what the call is still used for
        answer = client.get(url, follow_redirects=endpoint == "recordings.index")  # numbers and words are sealed first
        if answer.status_code >= 400 or answer.mimetype.startswith("audio/"):
            found = {answer.mimetype} if answer.mimetype.startswith("audio/") and answer.status_code < 400 else set()
        else:
            page = answer.get_data().decode(errors="replace")
            digits = re.sub(r"[\s\u00a0-]", "", page)
            found = {word for word in WORDS if word in page}
            found |= {"number"} if "409876543" in digits or "0409876543" in digits or "•••543" in digits else set()
        if found:
            seen.setdefault(endpoint, set()).update(found)
    return seen


def test_nobody_sees_a_restricted_call_but_for_its_case(app, as_, people, call):
    before = {person.username: leaks(app, person, as_) for person in (people.adviser, people.manager)}
    assert before["karin"]["recordings.index"] >= {"zqamne", "number"}
    assert before["karin"]["recordings.show"] >= {"zqamne", "zqanteckning", "number"}
    assert before["karin"]["recordings.entry"] >= {"zqratt"}
    assert before["karin"]["recordings.error_reports"] >= {"zqfel"}
    assert "recordings.audio" in before["karin"]
    assert all("zqkvalitet" in before[name]["recordings.show"] for name in ("karin", "maria"))
    alone = {name: {page for page, words in seen.items() if "zqensam" in words} for name, seen in before.items()}
    assert alone == {
        "karin": {"recordings.show", "recordings.entries", "recordings.note_entry", "recordings.listen"},
        "maria": set(),
    }
    assert before["maria"]["retention.threat"] >= {"zqhotet", "zqtrygg"}
    assert before["maria"]["retention.hold"] >= {"zqskal", "zqatgard"}
    case = made.case(people, numbers=(NUMBER,), rights=(RightKind.OBJECTION,))
    assert Restriction.select().where(Restriction.because == case.uuid).exists()
    Line.create(call=CaseCall.get(), at_ms=0, speaker="caller", text="zqyttrat")
    everyone = (people.adviser, people.manager, people.outsider, people.admin)
    for person in (*everyone, people.clerk, people.decider, people.dpo):
        seen = leaks(app, person, as_)
        for endpoint, words in seen.items():
            weighs = any(person.may(right) for right in WEIGHERS)
            if endpoint.startswith(WEIGHS) and weighs:
                words -= {"zqandamal", "zqomfattning"}
            assert not words, f"{endpoint} shows {sorted(words)} to {sorted(person.roles)}"
    url = f"/cases/{case.uuid}/calls/{CaseCall.get().uuid}"
    assert "zqamne" in as_(people.clerk).get(url).get_data(as_text=True), "for the case it is seen"


def test_what_is_written_to_a_restricted_call_is_refused(as_, people, call):
    restrictions.restrict([call], ground="18_1_d", because=made.case(people, numbers=()), by=people.clerk)
    transfer = transfers.of_hold(holds.standing(people.manager).get(), by=people.manager).get()
    client = as_(people.manager)
    for url, data in (
        (f"/recordings/{call.uuid}/listens", {"purpose": "quality"}),
        (f"/recordings/{call.uuid}/notes", {"note": "zq", "key": str(call.uuid)}),
        (f"/recordings/{call.uuid}/subject", {"subject": "zq", "earlier": "zqamne"}),
        (f"/retention/transfers/{transfer.uuid}/sound", {}),
    ):
        assert client.submit(url, data).status_code == 409, url
    alone = Transfer.create(
        recording=call,
        authority="Polisen",
        asked_on=clock.today(),
        basis="police_act",
        channel="in_person",
        purpose="zqandamal",
        proposed_by=people.clerk,
    )
    for row, at in ((transfer, "retention/transfers"), (alone, "register/disclosures")):
        shown = as_(people.decider).submit(
            f"/{at}/{row.uuid}/decision", {"decision": "approved", "reason": "Enligt lag."}
        )
        assert (shown.status_code, "varför det ändå lämnas ut" in shown.get_data(as_text=True)) == (422, True), at
        assert Transfer.get_by_id(row.id).state == "proposed"


def test_a_disclosure_leaves_only_when_it_was_weighed_after_the_restriction(people, call):
    transfer = transfers.of_hold(holds.standing(people.manager).get(), by=people.manager).get()
    transfers.approve(transfer, by=people.decider)
    with clock.frozen(made.NOW + dt.timedelta(hours=1)):
        restrictions.restrict([call], ground="18_1_d", because=made.case(people, numbers=()), by=people.clerk)
    with clock.frozen(made.NOW + dt.timedelta(hours=2)):
        for act in (
            lambda t: transfers.take_sound(t, by=people.manager),
            lambda t: transfers.hand_over(t, how="zqhur", by=people.manager),
        ):
            with pytest.raises(transfers.RestrictedSince):
                act(transfer)
        transfers.withdraw(transfer, by=people.manager)
        hold = holds.standing(people.manager).get()
        about = {"authority": "Polisen", "asked_on": clock.today(), "basis": "police_act", "channel": "in_person"}
        again = transfers.propose(hold, purpose="zqandamal", scope="zqomfattning", by=people.manager, **about)
        with pytest.raises(transfers.WeighingNeeded):
            transfers.approve(again, by=people.decider)
        assert type(again).get_by_id(again.id).state == "proposed"
        transfers.approve(again, reason="För kundrådgivarens rättigheter i brottmålet.", by=people.decider)
        assert transfers.take_sound(again, by=people.manager).uuid == call.uuid
