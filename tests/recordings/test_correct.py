"""An entry of a call is corrected: the new value stands, the old one is sealed, who, when and why stay to be seen."""

import uuid

import pytest

from portal import clock, db
from portal.accounts.permissions import Role
from portal.errors import Denied, NotFound
from portal.queues.models import Queue
from portal.recordings import actions, corrections, entries, errors, index, notes, originals, search, statements
from portal.recordings.correction_models import Correction, Entry, EntryKind, Opening, ReportState
from portal.recordings.corrections import history
from portal.recordings.models import Note, Recording
from portal.retention import actions as retention
from portal.retention import freezes, papers, watch
from portal.vault import box
from tests.cases import answered
from tests.cases.made import last_entry
from tests.people import person
from tests.retention import kept, made

REASON = "zqskäl: hörde fel"
NEED = "zqbehov: personen frågar"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(kept.NOW):
        yield


@pytest.fixture
def call(people):
    return kept.call(people, subject="zqfelaktigt ämne")


def fresh(row):
    return type(row).get_by_id(row.id)


def noted(call, by, text: str = "zqfelaktig anteckning") -> Note:
    return notes.add_note(call, text, key=uuid.uuid4(), by=by)


def correct(call, entry, value, by, **more) -> Correction:
    return corrections.correct(call, entry, value, reason=REASON, by=by, **more)


def found(word: str) -> list[int]:
    queues = tuple(key for (key,) in Queue.select(Queue.id).tuples())
    return index.find(index.Question(queues=queues, words=(word,)), limit=10)


def test_every_entry_gets_its_value_and_keeps_the_old_one_sealed_in_one_row_of_the_log(people, call):
    note = noted(call, people.adviser)
    asked = (
        (Entry.SUBJECT, "  Rätt\n ämne ", "Rätt ämne", "zqfelaktigt ämne"),
        (Entry.NUMBER, "050 111 2233", "+358501112233", "+358401234567"),
        (Entry.QUEUE, people.technical.uuid.hex, people.technical.uuid.hex, people.daycare.uuid.hex),
        (Entry.TOLD, "no", "no", "yes"),
        (Entry.DIRECTION, "out", "out", "in"),
        (Entry.ADVISER, people.manager.uuid.hex, people.manager.uuid.hex, people.adviser.uuid.hex),
    )
    for entry, typed, stored, before in asked:
        done = correct(call, entry, typed, people.clerk)
        assert entries.value(fresh(call), entry) == stored
        assert (done.by, done.at, done.reason, done.because) == (people.clerk, clock.now(), REASON, None)
        assert originals.unseal(done) == before
        row, detail = last_entry("recordings:corrected")
        assert (row.subject, row.by, detail) == (
            call.uuid,
            people.clerk.uuid,
            {"entry": str(entry), "correction": done.uuid.hex},
        )
    done = correct(call, Entry.NOTE, "Rätt anteckning", people.clerk, note=note.uuid)
    assert (fresh(note).text, originals.unseal(done)) == ("Rätt anteckning", "zqfelaktig anteckning")
    assert last_entry("recordings:corrected")[1]["note"] == note.uuid.hex
    assert set(corrections.of(call)) == {*(str(entry) for entry, *_ in asked), note.uuid.hex}
    assert found("rätt") == [call.id], "the word index follows"
    assert found("zqfelaktigt") == found("zqfelaktig") == []
    for entry in (Entry.NUMBER, Entry.DIRECTION, Entry.ADVISER, Entry.SUBJECT):
        correct(call, entry, "", people.clerk)
        assert entries.value(fresh(call), entry) == "", "what is not known is emptied"


def test_the_history_is_one_query_and_tells_who_when_and_why_but_no_old_value(people, call, monkeypatch):
    asked = []
    for place, text in enumerate(("zqandra", "zqtredje")):
        with clock.frozen(kept.NOW + clock.dt.timedelta(hours=place)):
            correct(call, Entry.SUBJECT, text, people.clerk if place else people.adviser)
    execute = db.db.execute_sql
    monkeypatch.setattr(db.db, "execute_sql", lambda *a, **k: asked.append(a) or execute(*a, **k))
    versions = history(EntryKind.RECORDING, call.uuid, Entry.SUBJECT)
    assert len(asked) == 1
    assert [(v.value, v.sealed, v.by) for v in versions] == [
        ("zqtredje", False, "Kerstin Handström"),
        (None, True, "Karin Testström"),
        (None, True, ""),
    ]
    assert [v.at for v in versions] == [kept.NOW + clock.dt.timedelta(hours=1), kept.NOW, fresh(call).received_at]
    assert [v.reason for v in versions] == [REASON, REASON, ""]
    opened = [
        corrections.open_original(corrections.get(call, v.correction), need=NEED, by=people.clerk) for v in versions[1:]
    ]
    assert opened == ["zqandra", "zqfelaktigt ämne"]
    queued = correct(call, Entry.QUEUE, people.technical.uuid.hex, people.clerk)
    assert history(EntryKind.RECORDING, call.uuid, Entry.QUEUE)[0].value == people.technical.uuid.hex
    assert originals.unseal(queued) == people.daycare.uuid.hex
    correct(call, Entry.ADVISER, "", people.clerk)
    assert history(EntryKind.RECORDING, call.uuid, Entry.ADVISER)[0].value == ""
    note = noted(call, people.manager)
    assert [(v.value, v.by) for v in history(EntryKind.NOTE, note.uuid, Entry.NOTE)] == [
        ("zqfelaktig anteckning", "Maria Chefberg")
    ]


def test_who_may_correct_what(people, call):
    own, others = noted(call, people.adviser), noted(call, people.manager)
    correct(call, Entry.SUBJECT, "Av rådgivaren", people.adviser)
    correct(call, Entry.NOTE, "Av skribenten", people.adviser, note=own.uuid)
    with pytest.raises(corrections.NotYours):
        correct(call, Entry.NOTE, "Av annan", people.adviser, note=others.uuid)
    for entry, value in ((Entry.NUMBER, ""), (Entry.TOLD, "no"), (Entry.QUEUE, people.technical.uuid.hex)):
        with pytest.raises(corrections.NotYours):
            correct(call, entry, value, people.adviser)
    for who in (people.outsider, people.decider, people.dpo, people.admin):
        with pytest.raises(NotFound):
            correct(call, Entry.SUBJECT, "x", who)
    correct(call, Entry.NOTE, "Av chefen", people.manager, note=own.uuid)
    with pytest.raises(NotFound):
        correct(kept.call(people, after=clock.dt.timedelta(1)), Entry.NOTE, "x", people.manager, note=own.uuid)
    Recording.update(restrictions=1).where(Recording.id == call.id).execute()
    for who in (people.manager, people.adviser):
        with pytest.raises(NotFound):
            correct(call, Entry.SUBJECT, "x", who)
    assert Correction.select().count() == 3


def test_what_is_refused_changes_nothing(people, call):
    with pytest.raises(corrections.ReasonNeeded):
        corrections.correct(call, Entry.SUBJECT, "x", reason="  ", by=people.clerk)
    with pytest.raises(corrections.Unchanged):
        correct(call, Entry.SUBJECT, " zqfelaktigt  ämne", people.clerk)
    with pytest.raises(corrections.EntryChanged) as seen:
        correct(call, Entry.SUBJECT, "x", people.clerk, seen="något annat")
    assert seen.value.current == "zqfelaktigt ämne"
    for entry, value, error in (
        (Entry.NUMBER, "1234", entries.NotWhole),
        (Entry.NUMBER, "Zq", search.NotANumber),
        (Entry.TOLD, "perhaps", entries.BadValue),
        (Entry.QUEUE, "", entries.BadValue),
        (Entry.QUEUE, uuid.uuid4().hex, entries.BadValue),
        (Entry.ADVISER, "zq", entries.BadValue),
        (Entry.SUBJECT, "x" * 201, entries.TooLong),
        (Entry.NOTE, "x", NotFound),
    ):
        with pytest.raises(error):
            correct(call, entry, value, people.clerk)
    with pytest.raises(entries.EntryChanged):
        entries.write(call, Entry.TOLD, "no", "unknown")
    assert not Correction.select().exists()
    assert made_acts(call) == []


def made_acts(call) -> list[str]:
    return kept.acts(call)


def test_a_case_corrects_a_live_call_in_any_queue_past_its_date_and_nobody_else_does(people, call):
    case = answered.case(people)
    freezes.freeze([call], because=case, by=people.clerk)
    with clock.frozen(kept.PAST):
        with pytest.raises(NotFound):
            correct(call, Entry.SUBJECT, "x", people.clerk)
        for who in (people.adviser, people.dpo, people.admin):
            with pytest.raises(Denied):
                correct(call, Entry.SUBJECT, "x", who, because=case)
        done = correct(call, Entry.SUBJECT, "Rätt", people.decider, because=case)
        assert (done.because, done.reference) == (case.uuid, case.number)
        assert last_entry("recordings:corrected")[0].reference == case.number
        assert history(EntryKind.RECORDING, call.uuid, Entry.SUBJECT)[0].reference == case.number
        assert corrections.open_original(done, need=NEED, by=people.decider, because=case) == "zqfelaktigt ämne"


def test_the_original_opens_on_a_stated_need_alone_and_that_is_told(people, call):
    done = correct(call, Entry.SUBJECT, "Rätt", people.adviser)
    with pytest.raises(corrections.NeedNeeded):
        corrections.open_original(done, need=" ", by=people.clerk)
    for who, error in ((people.adviser, Denied), (people.decider, Denied), (people.dpo, Denied)):
        with pytest.raises(error):
            corrections.open_original(done, need=NEED, by=who)
    stranger = person("kaj", "Kaj Handströmsson", Role.CLERK)
    with pytest.raises(NotFound):
        corrections.open_original(done, need=NEED, by=stranger)
    assert not Opening.select().exists()
    assert corrections.open_original(done, need=NEED, by=people.manager) == "zqfelaktigt ämne"
    row, detail = last_entry("recordings:original_opened")
    assert (row.subject, row.by) == (call.uuid, people.manager.uuid)
    assert detail == {"correction": done.uuid.hex, "entry": "subject"}
    assert [(one.by, one.need) for one in corrections.openings([done.uuid])[done.uuid]] == [(people.manager, NEED)]
    Recording.update(restrictions=1).where(Recording.id == call.id).execute()
    with pytest.raises(NotFound):
        corrections.open_original(done, need=NEED, by=people.manager)


def test_the_original_is_bound_to_its_call_and_follows_a_new_key(people, call):
    done, other = correct(call, Entry.SUBJECT, "Rätt", people.clerk), kept.call(people, subject="x")
    before, after = originals.key_of(call), originals.key_of(other)
    Correction.update(recording=other).execute()
    with pytest.raises(box.SealBroken):
        originals.unseal(fresh(done))
    Correction.update(recording=call).execute()
    assert originals.reseal(call, before=before, after=after) == 1
    assert originals.reseal(call, before=before, after=after) == 0, "done again, nothing happens"
    with pytest.raises(box.SealBroken):
        originals.unseal(fresh(done))
    assert box.unseal_under(after, originals.USE, done.uuid.bytes, fresh(done).sealed) == "zqfelaktigt ämne".encode()


def test_the_old_words_are_nowhere_on_the_disk_after_the_next_sweep(settings, people, call):
    note = noted(call, people.adviser)
    correct(call, Entry.SUBJECT, "Rätt", people.clerk)
    correct(call, Entry.NOTE, "", people.clerk, note=note.uuid)
    retention.purge_due()
    assert made.holding(settings.data, b"zqfelaktig") == []
    assert made.holding(settings.data, REASON.encode()) == ["portal.db"]
    assert corrections.open_original(corrections.of(call)["subject"], need=NEED, by=people.clerk) == "zqfelaktigt ämne"
    actions.reindex()
    assert found("zqfelaktigt") == found("zqfelaktig") == []
    assert found("rätt") == [call.id]


def test_an_error_is_reported_answered_or_corrected_once(people, call):
    note = noted(call, people.manager)
    for words, error in (("  ", errors.WordsNeeded),):
        with pytest.raises(error):
            errors.report_error(call, Entry.NUMBER, words, by=people.adviser)
    for who, error in ((people.outsider, NotFound), (people.dpo, Denied)):
        with pytest.raises(error):
            errors.report_error(call, Entry.NUMBER, "zqfel", by=who)
    with pytest.raises(NotFound):
        errors.report_error(call, Entry.NOTE, "zqfel", note=uuid.uuid4(), by=people.adviser)
    first = errors.report_error(call, Entry.NUMBER, " zqfel ", by=people.adviser)
    second = errors.report_error(call, Entry.NOTE, "zqfel", note=note.uuid, by=people.adviser)
    assert last_entry("recordings:error_reported")[1] == {"report": second.uuid.hex, "entry": "note"}
    assert errors.reports(open_only=True, by=people.clerk) == [first, second]
    assert errors.reports(open_only=True, by=people.adviser) == [first, second], "one's own"
    assert errors.reports(open_only=True, by=people.outsider) == errors.reports(open_only=True, by=people.dpo) == []
    assert (errors.waiting(people.clerk), errors.waiting(people.adviser)) == (2, 0)
    with pytest.raises(NotFound):
        correct(kept.call(people, after=clock.dt.timedelta(1)), Entry.NUMBER, "", people.clerk, report=first)
    done = correct(call, Entry.NUMBER, "", people.clerk, report=first)
    assert (fresh(first).state, fresh(first).decided_by, done.report) == (ReportState.CORRECTED, people.clerk, first)
    with pytest.raises(errors.Answered):
        correct(call, Entry.NUMBER, "050 111 2233", people.clerk, report=first)
    assert entries.value(fresh(call), Entry.NUMBER) == "", "the refused one left no trace"
    with pytest.raises(errors.AnswerNeeded):
        errors.dismiss_report(second, answer="", by=people.clerk)
    with pytest.raises(Denied):
        errors.dismiss_report(second, answer="zqsvar", by=people.adviser)
    assert errors.dismiss_report(second, answer="zqsvar", by=people.manager).state == ReportState.DISMISSED
    assert last_entry("recordings:error_dismissed")[1] == {"report": second.uuid.hex, "entry": "note"}
    with pytest.raises(errors.Answered):
        errors.dismiss_report(second, answer="zqsvar", by=people.clerk)
    assert errors.reports(open_only=False, by=people.clerk) == [first, second]
    Recording.update(queue=people.elderly).where(Recording.id == call.id).execute()
    with pytest.raises(NotFound):
        errors.dismiss_report(second, answer="zqsvar", by=people.manager)


def test_a_completion_stands_beside_the_call_and_its_paper_is_read_with_a_row_in_the_log(people, call, monkeypatch):
    case = answered.case(people)
    with pytest.raises(Denied):
        statements.complete(call, text="zq", because=case, by=people.adviser)
    with pytest.raises(statements.Empty):
        statements.complete(call, text=" ", because=case, by=people.clerk)
    text = statements.complete(call, text=" zqtillägg ", because=case, by=people.decider)
    paper = statements.Paper("zqbrevet", b"%PDF-zqhandling")
    filed = statements.complete(call, text="", paper=paper, because=case, by=people.clerk)
    assert [(s.text, s.name) for s in statements.of(call)] == [("zqtillägg", ""), ("", "zqbrevet")]
    row, detail = last_entry("recordings:statement_added")
    assert (row.subject, row.reference) == (call.uuid, case.number)
    assert detail == {"statement": filed.uuid.hex, "characters": 0, "size": 15}
    assert statements.read(filed, by=people.manager) == b"%PDF-zqhandling"
    assert last_entry("recordings:statement_read")[1]["statement"] == filed.uuid.hex
    with pytest.raises(NotFound):
        statements.get(call, text.uuid)

    def full(*a, **k):
        raise OSError(28, "full")

    monkeypatch.setattr(papers.objects, "seal", full)
    with pytest.raises(papers.NotStored):
        statements.complete(call, text="", paper=paper, because=case, by=people.clerk)
    assert len(statements.of(call)) == 2


def test_another_queue_can_be_chosen_than_the_own_ones(people, call):
    correct(call, Entry.QUEUE, people.elderly.uuid.hex, people.manager)
    assert fresh(call).queue == Queue.get_by_id(people.elderly.id)
    with pytest.raises(NotFound):
        correct(call, Entry.QUEUE, people.daycare.uuid.hex, people.manager)
