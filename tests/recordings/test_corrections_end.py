"""Corrections, originals and what a person added die with the call; the line of what a case demanded stays as long as
its file. Whatever happens in between, one query tells what an entry was."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock, config, db
from portal.cases import intake, purging
from portal.cases.codes import State as CaseState
from portal.cases.models import Case
from portal.errors import Conflict, NotFound
from portal.recordings import corrections, entries, errors, originals, statements
from portal.recordings.correction_models import (
    Correction,
    Entry,
    EntryKind,
    ErrorReport,
    Opening,
    ReportState,
    Statement,
    StatementState,
)
from portal.recordings.corrections import history
from portal.recordings.models import Recording
from portal.retention import actions as retention
from portal.retention import backup, deletion, freezes, owners, papers, passages, proof, reconcile, replay, watch
from portal.vault import box, keystore, objects
from tests.cases import answered
from tests.cases import made as cases
from tests.recordings.test_correct import NEED, REASON, correct, fresh, noted
from tests.retention import kept, made

PAPER = statements.Paper("zqbrevet", b"%PDF-zqhandling")


WORDS = ("zqfel", "zqrätt", "zqskäl", "zqbehov", "zqtillägg", "zqföljebrev", "zqbrevet", "zqhandling", "+358501112233")


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(kept.NOW):
        yield


@pytest.fixture
def call(people):
    return kept.call(people, subject="zqfelaktigt ämne")


@pytest.fixture
def case(people):
    return answered.case(people)


def wronged(call, case, people) -> Statement:
    """Something wrong in every place that there is."""
    note = noted(call, people.adviser)
    own = correct(call, Entry.SUBJECT, "zqrätt ämne", people.clerk)
    correct(call, Entry.NOTE, "zqrätt anteckning", people.clerk, note=note.uuid)
    demanded = correct(call, Entry.NUMBER, "+358501112233", people.decider, because=case)
    for row in (own, demanded):
        corrections.open_original(row, need=NEED, by=people.clerk)
    errors.report_error(call, Entry.TOLD, "zqfelanmälan", by=people.adviser)
    errors.dismiss_report(errors.report_error(call, Entry.TOLD, "zq", by=people.adviser), answer="zqs", by=people.clerk)
    statements.complete(call, text="zqtillägg", because=case, by=people.clerk)
    return statements.complete(call, text="zqföljebrev", paper=PAPER, because=case, by=people.clerk)


def purged(call) -> None:
    with clock.frozen(kept.PAST):
        assert kept.sweep() == 1
        retention._forget_words()
        db.checkpoint()


def test_all_of_it_goes_with_the_call_but_the_line_of_what_a_case_demanded(settings, people, call, case):
    paper = wronged(call, case, people)
    assert keystore.exists(paper.uuid)
    purged(call)
    assert [word for word in WORDS if made.holding(settings.data, word.encode())] == []
    line = Correction.get()
    assert (line.field, line.by, line.because, line.reference) == ("number", people.decider, case.uuid, case.number)
    assert (line.sealed, line.reason) == (None, "")
    assert not Opening.select().exists()
    assert {row.state for row in ErrorReport.select()} == {ReportState.LAPSED, ReportState.DISMISSED}
    assert [row.standing for row in Statement.select()] == [StatementState.GONE]
    assert not keystore.exists(paper.uuid)
    assert not objects.anything(paper.uuid)
    assert owners.of(paper.uuid).standing == owners.Standing.GONE
    assert [(v.value, v.sealed, v.by, v.reference) for v in history(EntryKind.RECORDING, call.uuid, Entry.NUMBER)] == [
        (None, False, "Dag Beslutman", case.number),
        (None, False, "", ""),
    ]
    assert history(EntryKind.RECORDING, call.uuid, Entry.SUBJECT) == []
    with pytest.raises(NotFound):
        corrections.open_original(line, need=NEED, by=people.decider, because=case)
    with pytest.raises(NotFound):
        correct(call, Entry.NUMBER, "", people.decider, because=case)
    with pytest.raises(NotFound):
        statements.complete(call, text="zq", because=case, by=people.clerk)


def test_a_paper_that_is_left_is_proven_and_destroyed_by_the_nightly_look(people, call, case):
    paper = wronged(call, case, people)
    assert reconcile.reconcile().open == {}
    purged(call)
    assert proof.prove(call.uuid, markers=["zqhandling", "zqfelaktigt"]).clean
    objects.seal(paper.uuid, papers.PART, [b"zqhandling"])
    found = proof.prove(call.uuid, markers=["zqhandling"])
    assert {seen.what for seen in found.found} == {"key of a paper", "objects of a paper", "wrapped key of a paper"}
    with clock.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)):  # a file's age is by the machine's own clock
        assert reconcile.reconcile().repaired == {"purged_kept": 1}
    assert not keystore.exists(paper.uuid)


def test_a_deletion_that_the_disk_refuses_is_no_fault_of_the_paper_and_is_finished(people, call, case, monkeypatch):
    paper, real = wronged(call, case, people), deletion.destroy_ownerless

    def refuses(subject):
        raise OSError(5, "refused")

    monkeypatch.setattr(deletion, "destroy_ownerless", refuses)
    with clock.frozen(kept.PAST):
        line, *_ = deletion.claim_due(10)
        assert deletion.finish(line) == "EIO"
        assert owners.of(paper.uuid).standing == owners.Standing.MOVING
        monkeypatch.setattr(deletion, "destroy_ownerless", real)
        assert deletion.finish(line) == ""
    assert not keystore.exists(paper.uuid)


def test_a_paper_half_kept_is_cleared_and_one_whose_call_went_meanwhile_is_not_kept(people, call, case, monkeypatch):
    half = Statement.create(recording=call, because=case.uuid, added_by=people.clerk, standing=StatementState.SEALING)
    objects.seal(half.uuid, papers.PART, [b"zq"])
    assert statements.sweep() == 0
    assert keystore.exists(half.uuid), "its writer may live"
    with clock.frozen(kept.NOW + dt.timedelta(hours=2)):
        statements.sweep()
    assert not keystore.exists(half.uuid)
    assert not Statement.select().exists()
    real = objects.seal

    def meanwhile(subject, *rest, **more):
        done = real(subject, *rest, **more)
        Recording.update(state="purging").where(Recording.id == call.id).execute()
        return done

    monkeypatch.setattr(papers.objects, "seal", meanwhile)
    with pytest.raises(statements.Busy):
        statements.complete(call, text="", paper=PAPER, because=case, by=people.clerk)
    assert not Statement.select().exists()
    assert list(keystore.subjects()) == [call.uuid]


def test_the_file_of_the_case_takes_its_facts_originals_and_the_lines_of_calls_that_are_gone(people, call):
    with clock.frozen(cases.NOW):
        case = cases.case(people, numbers=())
        case = intake.change_facts(case, version=1, reason="zqskäl", by=people.clerk, name="Zqny")
        other = cases.case(people, numbers=())
    still = kept.call(people, after=dt.timedelta(hours=1), subject="zqannat")
    for row in (call, still):
        correct(row, Entry.SUBJECT, "zqrätt", people.decider, because=case)
        statements.complete(row, text="", paper=PAPER, because=case, by=people.clerk)
    freezes.freeze([still], because=other, by=people.clerk)
    purged(call)
    Case.update(state=CaseState.CLOSED, purge_on=dt.date(2028, 1, 1)).where(Case.id == case.id).execute()
    with clock.frozen(dt.datetime(2028, 1, 2, 9, 0, tzinfo=dt.UTC)):
        purging._empty(fresh(case))
    assert [row.recording_id for row in Correction.select()] == [still.id]
    assert corrections.of(still)["subject"].reference == case.number, "that it was corrected stands with the call"
    assert [row.recording_id for row in Statement.select()] == [still.id]
    deletion.finish(deletion.claim_again(still, rule="retention:3-months:1", due_at=clock.now()))
    Case.update(state=CaseState.PURGED, purged_at=clock.now()).where(Case.id == case.id).execute()
    assert purging._delete_line(fresh(case))
    assert not Correction.select().exists()
    assert not Statement.select().exists()


def test_the_originals_open_after_passages_were_erased_under_the_new_key_alone(people, call, case):
    done = correct(call, Entry.SUBJECT, "Rätt", people.clerk)
    old = originals.key_of(call)
    freezes.freeze([call], because=case, by=people.clerk)
    passages.erase(call, [(500, 900)], because=case, by=people.decider)
    assert passages.sweep().done == 1
    now = fresh(call)
    assert now.vault_id != call.uuid
    assert corrections.open_original(fresh(done), need=NEED, by=people.clerk) == "zqfelaktigt ämne"
    with pytest.raises(box.SealBroken):
        box.unseal_under(old, originals.USE, done.uuid.bytes, fresh(done).sealed)
    again = correct(now, Entry.SUBJECT, "Rättare", people.clerk)
    assert originals.unseal(again) == "Rätt"
    keystore.destroy(now.vault_id)
    with pytest.raises(corrections.Destroyed):
        corrections.open_original(fresh(done), need=NEED, by=people.clerk)
    with pytest.raises(originals.NotSealable):
        correct(now, Entry.SUBJECT, "Igen", people.clerk)
    assert fresh(call).subject == "Rättare"


def test_an_older_register_that_is_put_back_has_its_originals_and_papers_and_loses_them_again(
    settings, people, call, case, tmp_path
):
    paper = wronged(call, case, people)
    assert backup.make(tmp_path / "backup").papers == 1
    db.checkpoint()
    older = settings.data.joinpath("portal.db").read_bytes()
    keys = keystore.path_of(call.uuid).read_bytes(), keystore.path_of(paper.uuid).read_bytes()
    part = objects.path_of(paper.uuid, papers.PART).read_bytes()
    purged(call)
    db.db.close()
    for name in ("portal.db", "portal.db-wal", "portal.db-shm"):
        settings.data.joinpath(name).unlink(missing_ok=True)
    settings.data.joinpath("portal.db").write_bytes(older)
    db.bind(config.settings())
    db.connect()
    for path, content in ((keystore.path_of(call.uuid), keys[0]), (keystore.path_of(paper.uuid), keys[1])):
        path.write_bytes(content)
    objects.path_of(paper.uuid, papers.PART).parent.mkdir(exist_ok=True)
    objects.path_of(paper.uuid, papers.PART).write_bytes(part)
    assert statements.read(Statement.get(Statement.uuid == paper.uuid), by=people.clerk) == PAPER.content
    assert corrections.open_original(corrections.of(call)["subject"], need=NEED, by=people.clerk) == "zqfelaktigt ämne"
    outcome = replay.run("", "")
    assert (outcome.purged, outcome.missing) == (1, 0)
    assert not keystore.exists(paper.uuid)
    assert corrections.of(call).keys() == {"number"}


# Random histories


VALUES = {
    Entry.SUBJECT: ["", "zq a", "zq b", "zq c"],
    Entry.NUMBER: ["", "+358501112233", "+358401234567"],
    Entry.TOLD: ["yes", "no", "unknown"],
    Entry.NOTE: ["", "zq n", "zq m", "zqfelaktig anteckning"],
}
a_step = st.tuples(st.sampled_from(list(VALUES)), st.integers(0, 3), st.booleans()) | st.just("purge") | st.just("open")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(a_step, max_size=12))
def test_any_history_is_told_whole_by_one_query(people, monkeypatch, steps):
    """Against the plainest memory there is: a list of values for each entry."""
    case = Case.get_or_none() or answered.case(people)
    call = kept.call(people, subject="zq a")
    note = noted(call, people.adviser)
    kept_by = {entry: [(entries.value(call, entry, note), None)] for entry in VALUES}
    gone = False
    for step in steps:
        if step == "purge":
            deletion.finish(deletion.claim_again(fresh(call), rule="retention:3-months:1", due_at=clock.now()))
            gone = True
        elif step == "open":
            for row in Correction.select().where(Correction.recording == call.id):
                _opens(row, kept_by, case, people, gone)
        else:
            entry, place, demanded = step
            value = VALUES[entry][place % len(VALUES[entry])]
            about = {"because": case} if demanded else {}
            about |= {"note": note.uuid} if entry == Entry.NOTE else {}
            if gone or value == kept_by[entry][-1][0]:
                with pytest.raises((NotFound, corrections.Unchanged)):
                    correct(call, entry, value, people.clerk, **about)
                continue
            correct(call, entry, value, people.clerk, **about)
            kept_by[entry].append((value, case.number if demanded else ""))
    for entry, values in kept_by.items():
        _told(call, note, entry, values, gone, monkeypatch)


def _opens(row: Correction, kept_by, case, people, gone: bool) -> None:
    rows = Correction.select().where(Correction.entry == row.entry, Correction.field == row.field)
    place = [one.id for one in rows.order_by(Correction.id)].index(row.id)
    if gone:
        with pytest.raises((NotFound, Conflict)):
            corrections.open_original(row, need=NEED, by=people.clerk, because=case)
        return
    assert corrections.open_original(row, need=NEED, by=people.clerk) == kept_by[Entry(row.field)][place][0]


def _told(call, note, entry, values, gone: bool, monkeypatch) -> None:
    kind, key = (EntryKind.NOTE, note.uuid) if entry == Entry.NOTE else (EntryKind.RECORDING, call.uuid)
    asked = []
    execute = db.db.execute_sql
    with monkeypatch.context() as m:
        m.setattr(db.db, "execute_sql", lambda *a, **k: asked.append(a) or execute(*a, **k))
        versions = history(kind, key, entry)
    assert len(asked) == 1
    if gone:
        demanded = [reference for _, reference in values if reference]
        assert [v.reference for v in versions if v.reference] == demanded[::-1]
        assert not any(v.value or v.sealed or v.reason for v in versions)
        return
    newest, *earlier = versions
    assert (newest.value, len(versions)) == (values[-1][0], len(values))
    assert [v.reference or None for v in versions] == [reference or None for _, reference in values][::-1]
    assert all(v.value is None and v.sealed for v in earlier)
    assert all(v.by and v.reason == REASON for v in versions[:-1])
