"""The worker's sweep: leases, locking, failures, two at once, what is left in the vault."""

import dataclasses
import datetime as dt
import errno
import hashlib
import json

import pytest

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import Question
from portal.config import ConfigError
from portal.documents import actions, composing, setting
from portal.documents.models import Document, State
from portal.documents.press import Unset
from portal.documents.setting import ATTEMPTS, LEASE, PAUSE
from portal.errors import Conflict, NotFound
from portal.retention import health, sweeps
from portal.vault import keystore, objects
from tests.documents import made


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(made.NOW):
        yield


@pytest.fixture
def press(monkeypatch):
    made.press(monkeypatch)


def refusing(error: BaseException):
    class Refusing(made.FakePress):
        asked = 0

        def set(self, order):
            type(self).asked += 1
            raise error

    return Refusing


def later(delta: dt.timedelta):
    return clock.frozen(clock.now() + delta)


def parts(document) -> list[str]:
    folder = objects.path_of(document.uuid, "x").parent
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def told(act: Act) -> list[dict]:
    return [entry.told for entry in Entry.select().where(Entry.act == act).order_by(Entry.id)]


def test_an_ordered_document_is_set_sealed_in_the_vault_and_locked(people, press):
    document = made.ordered(people)
    order = composing.compose(made.fresh(document))
    summary = setting.make_due()
    assert (summary.locked, summary.failed) == (1, 0)
    row = made.fresh(document)
    pdf = objects.read(row.uuid, row.part)
    assert (row.state, row.locked_at, row.pages) == (State.LOCKED, made.NOW, 2)
    assert (row.sha256, row.size) == (hashlib.sha256(pdf).hexdigest(), len(pdf))
    assert row.digest == order.digest()
    assert pdf == made.FakePress().set(order).pdf
    assert parts(row) == [row.part]
    assert row.certificate == ""


def test_locking_is_logged_with_the_sum_of_the_bytes(people, press):
    document = made.ordered(people)
    setting.make_due()
    row = made.fresh(document)
    (detail,) = told(Act.DOCUMENT_LOCKED)
    assert detail == {
        "document": "specimen",
        "language": "sv",
        "pages": 2,
        "size": row.size,
        "sha256": row.sha256,
        "sealed": False,
    }
    assert chain.verify().whole


def test_what_was_typed_is_emptied_when_it_is_locked(people, press):
    document = made.ordered(people)
    setting.make_due()
    assert made.fresh(document).content == "{}"


def test_of_an_extract_only_the_question_stays(people, press):
    document = actions.draft_extract(Question(act="audit"), language="sv", by=people.dpo)
    typed = {"recipient": ["Berit Test"], "remark": "om Berit"}
    actions.lock(document, typed, earlier=document.version, by=people.dpo)
    setting.make_due()
    row = made.fresh(document)
    assert row.state == State.LOCKED
    assert json.loads(row.content).keys() == {"asked", "until"}


def test_of_a_letter_the_codes_stay_by_which_its_act_is_completed(people, press):
    document = made.ordered(people)
    codes = {"right": "restriction", "round": 1, "restrictions": ["0" * 32], "day": "2026-12-24"}
    Document.update(content=json.dumps(made.SPECIMEN | codes | {"words": "om Berit"})).execute()
    setting.make_due()
    assert json.loads(made.fresh(document).content) == codes


def test_the_same_row_gives_the_same_bytes_whenever_it_is_set(people, press):
    made.october(people)
    document = actions.order_day(made.DAY, language="sv", by=people.dpo)
    first = composing.compose(document).canonical()
    made.deleted(clock.now(), queue=people.daycare)
    with later(dt.timedelta(days=40)):
        assert composing.compose(made.fresh(document)).canonical() == first


def test_a_locked_document_is_not_set_again(people, press):
    document = made.ordered(people)
    setting.make_due()
    before = made.fresh(document).__data__
    with later(LEASE * 2):
        assert setting.make_due().locked == 0
    after = made.fresh(document).__data__
    assert {k: v for k, v in before.items() if k != "leased_until"} == {
        k: v for k, v in after.items() if k != "leased_until"
    }


def test_a_draft_is_not_set(people, press):
    made.specimen(people)
    assert setting.make_due().locked == 0


def test_a_failure_is_tried_again_after_a_pause_and_shown_after_the_third(people, monkeypatch):
    Refusing = refusing(Unset("MissingGlyph"))
    made.press(monkeypatch, Refusing)
    document = made.ordered(people)
    moment = made.NOW
    for attempt in range(1, ATTEMPTS + 1):
        with clock.frozen(moment):
            assert setting.make_due().failed == 1
            assert setting.make_due().failed == 0, "the pause"
        row = made.fresh(document)
        assert (row.attempts, row.failure) == (attempt, "MissingGlyph")
        assert row.state == (State.FAILED if attempt == ATTEMPTS else State.ORDERED)
        moment += PAUSE
    assert Refusing.asked == ATTEMPTS
    assert [d["attempt"] for d in told(Act.DOCUMENT_FAILED)] == [1, 2, 3]
    assert parts(document) == []
    assert health.report().documents == 1
    assert health.report().level >= health.Level.WARNING
    assert json.loads(made.fresh(document).content) == made.SPECIMEN, "nothing is lost"


def test_a_fault_in_the_code_is_noted_as_its_kind_and_never_its_text(people, monkeypatch):
    made.press(monkeypatch, refusing(ValueError("Anna Exempel")))
    document = made.ordered(people)
    setting.make_due()
    assert made.fresh(document).failure == "ValueError"
    assert "Anna" not in json.dumps(told(Act.DOCUMENT_FAILED))


def test_one_that_fails_does_not_keep_others_waiting(people, monkeypatch):
    class Choosy(made.FakePress):
        def set(self, order):
            if order.language == "fi":
                raise Unset("Refused")
            return super().set(order)

    made.press(monkeypatch, Choosy)
    bad, good = made.ordered(people, "fi"), made.ordered(people)
    summary = setting.make_due()
    assert (summary.locked, summary.failed) == (1, 1)
    assert made.fresh(good).state == State.LOCKED
    assert made.fresh(bad).state == State.ORDERED


def test_a_person_lets_a_failed_one_be_tried_again_as_of_the_same_moment(people, monkeypatch):
    made.press(monkeypatch, refusing(Unset("Stuck")))
    document = made.ordered(people)
    for n in range(ATTEMPTS):
        with later(PAUSE * n):
            setting.make_due()
    made.press(monkeypatch)
    with later(dt.timedelta(days=2)):
        actions.retry(made.fresh(document), by=people.admin)
        with pytest.raises(Conflict):
            actions.retry(made.fresh(document), by=people.admin)
        assert setting.make_due().locked == 1
    row = made.fresh(document)
    assert (row.state, row.ordered_at, row.failure) == (State.LOCKED, made.NOW, "")
    assert len(told(Act.DOCUMENT_RETRIED)) == 1


def test_a_failed_one_can_be_opened_and_its_text_changed(people, monkeypatch):
    made.press(monkeypatch, refusing(Unset("MissingGlyph")))
    document = made.ordered(people)
    for n in range(ATTEMPTS):
        with later(PAUSE * n):
            setting.make_due()
    actions.reopen(document, by=people.admin)
    row = made.fresh(document)
    assert (row.state, json.loads(row.content), row.ordered_by) == (State.DRAFT, made.SPECIMEN, None)
    with pytest.raises(Conflict):
        actions.reopen(document, by=people.admin)
    assert len(told(Act.DOCUMENT_REOPENED)) == 1
    made.press(monkeypatch)
    actions.lock(row, made.SPECIMEN | {"subject": "Utan det"}, earlier=row.version, by=people.admin)
    with later(PAUSE * 9):
        assert setting.make_due().locked == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "x"), "ENOSPC"),
        (ConfigError("x"), "ConfigError"),
        (Unset("Unstarted"), "Unstarted"),
    ],
)
def test_what_the_machine_refuses_counts_no_attempt_and_is_the_sweeps_fault(people, monkeypatch, error, code):
    made.press(monkeypatch, refusing(error))
    document = made.ordered(people)
    for n in range(ATTEMPTS + 2):
        with later(PAUSE * n):
            setting.make_due()
    row = made.fresh(document)
    assert (row.state, row.attempts) == (State.ORDERED, 0)
    assert sweeps.last("documents").fault == code
    made.press(monkeypatch)
    with later(PAUSE * 9):
        assert setting.make_due().locked == 1
    assert sweeps.last("documents").fault == ""


def test_a_certificate_that_cannot_seal_holds_all_back_before_anything_is_set(people, monkeypatch, settings):
    Refusing = refusing(AssertionError())
    made.press(monkeypatch, Refusing)
    document = made.ordered(people)
    from portal import config

    config.use(dataclasses.replace(settings, seal_certificate=settings.data / "none.p12"))
    setting.make_due()
    assert Refusing.asked == 0
    assert made.fresh(document).attempts == 0
    assert sweeps.last("documents").fault.startswith("Seal")


def test_a_worker_that_is_told_to_end_gives_the_document_back(people, monkeypatch):
    made.press(monkeypatch, refusing(KeyboardInterrupt()))
    document = made.ordered(people)
    with pytest.raises(KeyboardInterrupt):
        setting.make_due()
    row = made.fresh(document)
    assert (row.state, row.attempts) == (State.ORDERED, 0)
    made.press(monkeypatch)
    assert setting.make_due().locked == 1


def test_a_leased_document_is_nobody_elses_until_the_lease_is_over(people, press):
    document = made.ordered(people)
    assert setting._lease() == document
    assert setting._lease() is None
    with later(LEASE - dt.timedelta(seconds=1)):
        assert setting.make_due().locked == 0
    with later(LEASE):
        assert setting.make_due().locked == 1
    assert made.fresh(document).attempts == 2


def test_of_two_that_took_the_same_row_at_once_one_gets_it(people, press):
    document = made.ordered(people)
    first, second = made.fresh(document), made.fresh(document)
    assert setting._taken(first)
    assert not setting._taken(second)


def test_the_slower_of_two_removes_its_part_and_changes_nothing(people, monkeypatch):
    class Overtaken(made.FakePress):
        def set(self, order):
            made.press(monkeypatch)
            with later(LEASE):
                assert setting.make_due().locked == 1
            return super().set(dataclasses.replace(order, corrects="another"))

    document = made.ordered(people)
    made.press(monkeypatch, Overtaken)
    summary = setting.make_due()
    assert (summary.locked, summary.overtaken) == (0, 1)
    row = made.fresh(document)
    assert parts(row) == [row.part]
    assert hashlib.sha256(objects.read(row.uuid, row.part)).hexdigest() == row.sha256
    assert len(told(Act.DOCUMENT_LOCKED)) == 1


def test_one_that_was_given_up_meanwhile_is_not_locked(people, monkeypatch):
    class Dropping(made.FakePress):
        def set(self, order):
            Document.update(state=State.DROPPED).execute()
            return super().set(order)

    document = made.ordered(people)
    made.press(monkeypatch, Dropping)
    assert setting.make_due().overtaken == 1
    assert made.fresh(document).state == State.DROPPED
    assert parts(document) == []


def test_attempts_that_ended_without_a_word_end_in_a_failure_that_is_shown(people, press):
    document = made.ordered(people)
    moment = made.NOW
    for _ in range(ATTEMPTS):
        with clock.frozen(moment):
            assert setting._lease() == document
        moment += LEASE
    with clock.frozen(moment):
        assert setting.make_due().locked == 0
    row = made.fresh(document)
    assert (row.state, row.failure) == (State.FAILED, "Lost")
    assert told(Act.DOCUMENT_FAILED)[0]["failure"] == "Lost"


@pytest.mark.parametrize("state", [State.LOCKED, State.FAILED, State.DROPPED])
def test_what_dead_attempts_left_in_the_vault_is_removed_when_their_lease_is_over(people, press, state):
    document = made.ordered(people)
    setting._lease()
    objects.seal(document.uuid, "pdf-dead", [b"half"])
    if state == State.LOCKED:
        with later(LEASE):
            setting.make_due()
            assert parts(document) == sorted(["pdf-dead", made.fresh(document).part]), "one may still be at work"
    else:
        Document.update(state=state).execute()
        setting.make_due()
        assert parts(document) == ["pdf-dead"], "one may still be at work"
    with later(LEASE * 3):
        setting.make_due()
    row = made.fresh(document)
    assert parts(row) == ([row.part] if state == State.LOCKED else [])
    assert row.leased_until is None
    assert keystore.exists(row.uuid) == (state != State.DROPPED)


def test_fetching_a_locked_document_is_logged_first(people, press):
    document = made.ordered(people)
    with pytest.raises(NotFound):
        actions.fetch(made.fresh(document), by=people.admin)
    assert told(Act.DOCUMENT_FETCHED) == []
    setting.make_due()
    row = made.fresh(document)
    assert hashlib.sha256(actions.fetch(row, by=people.admin)).hexdigest() == row.sha256
    assert told(Act.DOCUMENT_FETCHED) == [{"document": "specimen", "language": "sv"}]


def test_a_correction_is_a_new_document_that_names_the_old_which_stays_as_it_is(people, press):
    document = made.ordered(people)
    setting.make_due()
    old = made.fresh(document)
    with later(dt.timedelta(days=3)):
        draft = actions.correct(old, by=people.decider)
        assert (draft.state, draft.corrects) == (State.DRAFT, old)
        with pytest.raises(actions.AlreadyThere):
            actions.correct(old, by=people.admin)
        actions.lock(draft, made.SPECIMEN, earlier=draft.version, by=people.decider)
        order = composing.compose(made.fresh(draft))
        assert str(old.uuid) in order.corrects
        assert "2.11.2026" in order.corrects
        setting.make_due()
    assert made.fresh(draft).state == State.LOCKED
    now, then = made.fresh(old).__data__, old.__data__
    assert {k: v for k, v in now.items() if k != "leased_until"} == {
        k: v for k, v in then.items() if k != "leased_until"
    }
    assert told(Act.DOCUMENT_DRAFTED)[-1]["corrects"] == old.uuid.hex


def test_only_what_is_locked_is_corrected_and_a_dropped_correction_leaves_room(people, press):
    document = made.ordered(people)
    with pytest.raises(Conflict):
        actions.correct(document, by=people.decider)
    setting.make_due()
    actions.drop(actions.correct(made.fresh(document), by=people.decider), by=people.decider)
    actions.correct(made.fresh(document), by=people.decider)
