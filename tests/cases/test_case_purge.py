"""Two years after closing the file of a request is emptied, ten years after it the register line goes; both can be cut
off anywhere and are done again."""

import datetime as dt
import errno
import uuid

import pytest

from portal import clock, config, db
from portal.audit.models import Entry
from portal.cases import copies, purging
from portal.cases.claim_models import Complaint
from portal.cases.codes import State
from portal.cases.models import (
    Attachment,
    CallerNumber,
    Case,
    CaseCall,
    CaseRight,
    Copy,
    Line,
    Passage,
    SearchRun,
    Step,
)
from portal.cases.steps import What, tell
from portal.documents import setting
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.retention import backup, freezes, owners, proof, reconcile, restore, watch
from portal.vault import keystore, objects
from tests.cases import copied
from tests.retention import made

CLOSED = copied.TODAY
TWO, TEN = dt.datetime(2028, 10, 1, 9, 0, tzinfo=dt.UTC), dt.datetime(2036, 10, 1, 9, 0, tzinfo=dt.UTC)
BEFORE = dt.timedelta(days=1)
WORDS = {
    name: f"zq{name}"
    for name in (
        *("received_where", "name", "agent", "authority", "address", "email", "phone", "asks", "called_words"),
        *("extension_reason", "late_reason", "identity_doubt", "identity_asks", "reasons", "opinion"),
        *("complaint_to", "transferred_to"),
    )
}


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(CLOSED):
        yield


def papers(case: Case, by) -> tuple[Attachment, Document]:
    subject = uuid.uuid4()
    stored = objects.seal(subject, owners.ATTACHMENT, [b"zqxvbilagan"])
    paper = Attachment.create(
        uuid=subject,
        case=case,
        name="zqxvfullmakten",
        media_type="application/pdf",
        size=stored.size,
        sha256=stored.sha256,
        added_by=by,
        standing="kept",
    )
    letter = Document.create(
        kind=Kind.CASE_ACCESS,
        language="sv",
        owner_kind=Owner.CASES,
        owner_key=case.uuid.hex,
        state=Letter.LOCKED,
        content='{"ord":"zqxvbrevet"}',
        part="pdf-1",
    )
    sealed = objects.seal(letter.uuid, "pdf-1", [b"zqxvpdfen"])
    Document.update(size=sealed.size, sha256=sealed.sha256).where(Document.id == letter.id).execute()
    return paper, letter


@pytest.fixture
def closed(people) -> Case:
    """A file with something in every place, closed today; its copy's end was missed."""
    case, calls = copied.with_calls(people, **WORDS, called_from=CLOSED.date(), requested_on=CLOSED.date())
    copies.order(case, by=people.decider)
    copies.make_due()
    copied.sent(case)
    copies.hand_over(Copy.get(), to="zqxvmottagaren", how="zqxvsättet", on=clock.today(), by=people.clerk)
    CallerNumber.create(case=case, number=made.NUMBER)
    CaseRight.update(outcome="partial", words="zqxvrätten").where(CaseRight.case == case.id).execute()
    day = clock.today()
    SearchRun.create(case=case, numbers=made.NUMBER, first=day, last=day, found=4, added=4)
    Line.create(call=calls[0], at_ms=0, speaker="caller", text="zqxvraden")
    tell(case, What.CHANGED, by=people.clerk, words="zqxvsteget")
    words = dict.fromkeys(("reference", "body_words", "asks", "words"), "zqxvklagan")
    Complaint.create(case=case, body="court", received_on=day, noted_by=people.clerk, result="upheld", **words)
    papers(case, people.clerk)
    freezes.lift(case, by=None)
    Case.update(state=State.CLOSED, closed_at=clock.now(), purge_on=dt.date(2028, 10, 1)).execute()
    return Case.get_by_id(case.id)


def fresh(row):
    return type(row).get_by_id(row.id)


def traces(settings) -> dict[str, list[str]]:
    """Where in the register's files the words and the number stand."""
    db.checkpoint()
    register = {"portal.db", "portal.db-wal"}
    needles = [b"zqxv", made.NUMBER.encode()]
    return {
        needle.decode(): found
        for needle in needles
        if (found := [name for name in made.holding(settings.data, needle) if name in register])
    }


def test_the_file_is_emptied_on_its_day_and_the_line_stays(people, settings, closed):
    letter, paper, copy = Document.get(), Attachment.get(), Copy.get()
    assert traces(settings)
    with clock.frozen(TWO - BEFORE):
        assert purging.purge_due() == purging.Purged()
    with clock.frozen(TWO):
        assert purging.purge_due() == purging.Purged(emptied=1)
        row = fresh(closed)
        assert (row.state, row.purged_at) == (State.PURGED, clock.now())
        assert purging.purge_due() == purging.Purged(), "once"
    assert traces(settings) == {}
    assert (row.number, row.outcome, row.handler, row.due_on) == (
        closed.number,
        closed.outcome,
        people.clerk,
        closed.due_on,
    )
    assert (row.called_from, row.requested_on) == (None, None)
    for model in (CallerNumber, CaseCall, Passage, Line, Attachment):
        assert not model.select().exists(), model
    assert [step.words for step in Step.select()] == [""] * Step.select().count()
    assert (fresh(letter).state, fresh(letter).content, fresh(letter).part) == (Letter.DROPPED, "{}", None)
    for subject in (letter.uuid, paper.uuid, copy.uuid):
        assert not keystore.exists(subject)
        assert not objects.anything(subject)
    assert copied.acts()[-1] == "purged"
    assert copied.steps(closed)[-1] == "purged"
    assert proof.prove(copy.uuid, markers=["zqxvmottagaren", "zqxvpdfen"], number=made.NUMBER).found == [
        one
        for one in proof.prove(copy.uuid, markers=[], number=made.NUMBER).found  # the calls themselves have others
    ]
    with clock.frozen(TWO + dt.timedelta(days=1)):
        assert reconcile.reconcile().open == {}


CODES = {
    *("number", "registry_number", "state", "outcome", "channel", "regime", "language", "capacity", "delivery"),
    *("extension_state", "reminded", "identity", "identity_method", "dispatched_how"),
}
"""What is no word about a person."""


def test_every_text_of_a_case_is_emptied_or_a_code():
    texts = {f.name for f in Case._meta.sorted_fields if f.field_type in ("VARCHAR", "TEXT")}
    assert texts == CODES | {name for name, empty in purging.EMPTIED.items() if empty == ""}
    assert set(purging.EMPTIED) == set(WORDS) | {"requested_on", "called_from", "called_to"}


def test_the_line_is_deleted_ten_years_after_closing(people, closed):
    with clock.frozen(TWO):
        purging.purge_due()
    with clock.frozen(TEN - BEFORE):
        assert purging.purge_due() == purging.Purged()
    with clock.frozen(TEN):
        assert purging.purge_due() == purging.Purged(deleted=1)
    for model in (Case, Step, SearchRun, CaseRight, Copy, Document):
        assert not model.select().exists(), model
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert (entry.act, entry.subject, entry.reference) == ("cases:line_deleted", closed.uuid, closed.number)


@pytest.mark.parametrize("state", [state for state in State if state not in (State.CLOSED, State.PURGED)])
def test_no_file_is_emptied_while_anything_is_open(people, closed, state):
    """A complaint above all."""
    Case.update(state=state).execute()
    with clock.frozen(TEN):
        assert purging.purge_due() == purging.Purged()
    assert fresh(closed).name == WORDS["name"]


def test_a_complaint_that_comes_just_before_is_seen_in_the_statement_itself(people, closed, monkeypatch):
    real = purging._due

    def due():
        found = real()
        Case.update(state=State.COMPLAINT, purge_on=None).execute()
        return found

    monkeypatch.setattr(purging, "_due", due)
    with clock.frozen(TWO):
        assert purging.purge_due() == purging.Purged()
    assert fresh(closed).name == WORDS["name"]


def test_the_settings_say_when(people, closed, monkeypatch):
    monkeypatch.setattr(config, "_current", config.dataclasses.replace(config.settings(), case_line_years=3))
    with clock.frozen(TWO):
        purging.purge_due()
    with clock.frozen(dt.datetime(2029, 10, 1, 9, 0, tzinfo=dt.UTC)):
        assert purging.purge_due().deleted == 1


def test_nothing_goes_by_a_clock_that_is_doubted(people, closed, monkeypatch):
    monkeypatch.setattr(purging.watch, "doubts_clock", lambda: True)
    with clock.frozen(TEN):
        assert purging.purge_due() == purging.Purged()
    assert fresh(closed).name == WORDS["name"]


@pytest.mark.parametrize("nth", range(4))
def test_a_disk_that_refuses_anywhere_leaves_it_begun_and_it_is_finished_later(
    people, settings, closed, monkeypatch, nth
):
    """The letter, the attachment, the copy; and a kill after all of them."""
    subjects = [Document.get().uuid, Attachment.get().uuid, Copy.get().uuid]
    real, calls = purging.deletion.destroy_ownerless, []

    def refuses(subject):
        calls.append(subject)
        if len(calls) > nth:
            raise OSError(errno.EIO, "refused")
        real(subject)

    with clock.frozen(TWO):
        with monkeypatch.context() as m:
            if nth < 3:
                m.setattr(purging.deletion, "destroy_ownerless", refuses)
            else:
                m.setattr(purging, "_purged", lambda case: (_ for _ in ()).throw(OSError(errno.EIO, "cut")))
            assert purging.purge_due() == purging.Purged(failed=1, fault="EIO")
        row = fresh(closed)
        assert (row.state, row.purged_at) == (State.PURGED, None)
        assert traces(settings) == {}, "nobody reads anything any more"
        assert "purged" not in copied.acts()
        assert purging.purge_due() == purging.Purged(emptied=1)
    assert not any(keystore.exists(subject) or objects.anything(subject) for subject in subjects)
    assert copied.acts().count("purged") == 1
    assert copied.acts().count("copy_deleted") == 1


def test_the_letters_own_sweep_takes_them_too(people, closed, monkeypatch):
    letter = Document.get()
    monkeypatch.setattr(purging, "_finish", lambda case: False)
    with clock.frozen(TWO):
        purging.purge_due()
        setting._tidy()
    assert not keystore.exists(letter.uuid)
    assert not objects.anything(letter.uuid)


@pytest.mark.parametrize("step", ["_empty", "_finish"])
def test_one_that_fails_stops_no_other(people, closed, monkeypatch, step):
    copied.case(people, serial=2, state=State.CLOSED, closed_at=clock.now(), purge_on=dt.date(2028, 9, 1))
    real = getattr(purging, step)
    monkeypatch.setattr(purging, step, lambda case: real(case) if case.serial == 2 else [][0])
    with clock.frozen(TWO):
        assert purging.purge_due() == purging.Purged(emptied=1, failed=1, fault="IndexError")


def test_that_it_was_emptied_is_in_the_log_though_its_papers_are_still_there(people, closed, monkeypatch):
    monkeypatch.setattr(purging, "_finish", lambda case: [][0])
    with clock.frozen(TWO):
        purging.purge_due()
    assert copied.acts()[-1] == "purge_begun"
    assert "purged" not in copied.acts()


def test_a_file_that_an_older_register_brings_back_is_emptied_again(people, settings, closed, tmp_path):
    """The day is on the row, so that nothing but the row need be known."""
    with clock.frozen(TWO - BEFORE):
        told = backup.make(tmp_path / "backup")
        assert (told.documents, told.papers) == (1, 2)
    with clock.frozen(TWO):
        assert purging.purge_due().emptied == 1
        settings.data.joinpath("portal.db-wal").unlink(missing_ok=True)
        db.db.close()
        for name in ("portal.db", "portal.db-wal", "portal.db-shm"):
            settings.data.joinpath(name).unlink(missing_ok=True)
        for folder in (settings.keystore, settings.objects):
            folder.rename(folder.with_name(f"old-{folder.name}"))
        restore.put_back(restore.find(tmp_path / "backup"))
        db.bind(settings)
        db.connect()
        row = Case.get()
        assert (row.state, row.name) == (State.CLOSED, WORDS["name"]), "it came back"
        letter, paper = Document.get(), Attachment.get()
        assert objects.read(letter.uuid, "pdf-1") == b"zqxvpdfen"
        assert purging.purge_due().emptied == 1
    assert Case.get().name == ""
    for subject in (letter.uuid, paper.uuid):
        assert not keystore.exists(subject)
        assert not objects.anything(subject)
