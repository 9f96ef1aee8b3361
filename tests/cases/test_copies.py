"""The copy of the sound is made by the worker from what was decided, and whatever kills it leaves none that is half."""

import datetime as dt
import errno
import re

import pytest

from portal import clock, lock
from portal.cases import copies, copy_making, packing
from portal.cases.codes import CopyState, Decision, Delivery, State
from portal.cases.models import Case, CaseCall, Copy, Passage
from portal.errors import Denied, NotFound
from portal.recordings.models import Playable, Recording
from portal.retention import watch
from portal.vault import keystore, objects
from tests.cases import copied
from tests.cases.copied import fresh, made, taken


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(copied.TODAY):
        yield


@pytest.fixture
def ordered(people):
    """A case, its calls, and its copy, ordered with the approval."""
    case, calls = copied.with_calls(people)
    return case, calls, copies.order(case, by=people.decider)


def test_the_copy_holds_what_was_decided_to_be_given_and_a_list_of_it(people, ordered):
    case, calls, copy = ordered
    copy = made(copy)
    secret = copies.show_password(copy, by=people.clerk)
    content = taken(copy, people.clerk)
    files = copied.opened(content, secret)
    names = ["innehall.txt", "samtal-1-2026-09-14-1012.wav", "samtal-2-2026-09-15-1012.wav"]
    assert list(files) == names
    assert copies.file_names(case) == {calls[0].uuid: names[1], calls[1].uuid: names[2]}
    assert files[names[1]] == copied.SOUND, "whole, bit for bit"
    start, frame = copied.SOUND.index(b"data") + 8, 2
    silent = b"\xd5" * (4000 * frame)
    assert files[names[2]] == copied.SOUND[: start + 4000 * frame] + silent + copied.SOUND[start + 8000 * frame :]
    told = files[names[0]].decode("utf-8-sig")
    for words in ("BS/1/2026", names[1], names[2], "14.9.2026", "Småbarnspedagogik", "Tystade avsnitt: 0:00–0:01"):
        assert words in told
    assert "\r\n" in told
    for row in (call.recording for call in calls):
        assert objects.read(row.uuid, "original") == copied.SOUND, "the original is untouched"
    assert (copy.files, copy.size, copy.goes_on) == (2, len(content), dt.date(2026, 10, 31))
    assert copied.acts() == ["copy_ordered", "copy_made", "password_shown", "copy_taken"]
    assert copied.steps(case) == ["copy_made"]


def test_the_password_is_needed_and_is_shown_once(people, ordered):
    copy = made(ordered[2])
    secret = copies.show_password(copy, by=people.clerk)
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){4}[a-hjkmnp-z2-9]{4}", secret)
    with pytest.raises(copies.PasswordGone):
        copies.show_password(copy, by=people.clerk)
    assert fresh(copy).password_sealed is None
    assert fresh(copy).password_shown_at == clock.now()
    with pytest.raises(copied.WrongPassword):
        copied.opened(taken(copy, people.clerk), secret[:-1] + "z")
    assert packing.password() != packing.password()


@pytest.mark.parametrize("delivery", [Delivery.DESK, Delivery.SECURE_MAIL])
def test_at_the_desk_and_in_secure_mail_the_files_are_in_the_clear(people, delivery):
    case, _ = copied.with_calls(people, delivery=delivery, language="fi")
    copy = made(copies.order(case, by=None))
    assert copy.password_sealed is None
    files = copied.opened(taken(copy, people.clerk))
    assert list(files) == ["sisalto.txt", "puhelu-1-2026-09-14-1012.wav", "puhelu-2-2026-09-15-1012.wav"]
    assert "Varhaiskasvatus" in files["sisalto.txt"].decode("utf-8-sig")
    for name, content in files.items():
        size, blocks = copies.take_file(copy, name, by=people.clerk)
        assert (size, b"".join(blocks)) == (len(content), content)
    with pytest.raises(NotFound):
        copies.take_file(copy, "samtal-9.wav", by=people.clerk)
    assert copied.acts().count("copy_taken") == 4


def test_one_file_of_an_encrypted_copy_is_not_to_be_had(people, ordered):
    with pytest.raises(NotFound):
        copies.take_file(made(ordered[2]), "innehall.txt", by=people.clerk)


def test_nothing_is_ordered_where_no_sound_is_given(people):
    case = copied.case(people)
    assert copies.order(case, by=people.clerk) is None
    silent = copied.with_calls(people, serial=2)[1][:2]
    for call in silent:
        Recording.update(playable=Playable.EMPTY).where(Recording.id == call.recording_id).execute()
    assert copies.order(silent[0].case, by=people.clerk) is None
    assert not Copy.select().exists()


def test_there_is_one_copy_at_a_time(people, ordered):
    case, _, copy = ordered
    for _ in range(2):
        with pytest.raises(copies.AlreadyOrdered):
            copies.order(case, by=people.clerk)
        copies.make_due()
    with pytest.raises(copies.NothingToGive):
        copies.order_again(case, delivery="pigeon", by=people.clerk)
    again = copies.order_again(case, delivery=Delivery.DESK, by=people.clerk)
    with pytest.raises(copies.AlreadyOrdered):
        copies.order_again(case, delivery=Delivery.DESK, by=people.clerk)
    assert copies.expire_due() == 1, "the one before goes"
    assert (fresh(copy).state, made(again).state) == (CopyState.GONE, CopyState.READY)


def test_only_the_handler_takes_it_and_sees_the_password(people, ordered):
    copy = made(ordered[2])
    for act in (copies.take, copies.show_password):
        with pytest.raises(Denied):
            act(copy, by=people.decider)
        with pytest.raises(NotFound):
            act(copy, by=people.adviser)
    Case.update(handler=people.decider).execute()
    with pytest.raises(copies.actions.NotHandler):
        copies.take(copy, by=people.clerk)
    Case.update(handler=people.clerk, state=State.IN_PROGRESS).execute()
    for act in (copies.take, copies.show_password):
        with pytest.raises(copies.actions.NotNow):
            act(copy, by=people.clerk)
    assert "copy_taken" not in copied.acts()


def test_what_is_not_made_is_not_taken(people, ordered):
    with pytest.raises(copies.NotMade):
        copies.take(ordered[2], by=people.clerk)
    with pytest.raises(copies.PasswordGone):
        copies.show_password(ordered[2], by=people.clerk)


def test_a_call_to_be_muted_without_passages_is_not_given(people, ordered):
    case, _, copy = ordered
    Passage.delete().execute()
    for _ in range(copy_making.ATTEMPTS):
        assert copies.make_due().failed == 1
    row = fresh(copy)
    assert (row.state, row.failure, row.attempts) == (CopyState.FAILED, "NothingMuted", 3)
    assert not objects.exists(copy.uuid, copy_making.PART)
    assert copied.acts().count("copy_failed") == 3
    assert copied.steps(case) == ["copy_failed"]
    assert copies.make_due() == copy_making.Made()
    again = copies.order_again(case, delivery=case.delivery, by=people.clerk)
    Passage.create(call=CaseCall.get(CaseCall.decision == Decision.MUTED), start_ms=0, end_ms=9)
    assert made(again).state == CopyState.READY


def test_a_full_disk_costs_no_attempt(people, ordered, monkeypatch):
    def full(*args, **more):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as m:
        m.setattr(objects, "seal", full)
        with pytest.raises(OSError, match="full"):
            copies.make_due()
    assert fresh(ordered[2]).attempts == 0
    made(ordered[2])


def test_two_workers_do_not_make_the_same_copy(settings, ordered):
    with lock.alone("case-copies"):
        assert copies.make_due().busy
    assert fresh(ordered[2]).state == CopyState.ORDERED


class Killed(BaseException):
    """kill -9: nothing after it is done."""


def killed(*args, **more):
    raise Killed


def begun(subject, part, content):
    """Killed while the first block is written."""
    next(iter(content))
    raise Killed


def sealed(*args):
    """Killed when all is written, before the commit."""
    SEAL(*args)
    raise Killed


SEAL = objects.seal
STEPS = [
    (packing, "items", killed),
    (packing, "password", killed),
    (objects, "seal", begun),
    (objects, "seal", sealed),
    (copy_making, "_is_ready", killed),
]


@pytest.mark.parametrize(("where", "name", "how"), STEPS, ids=["items", "password", "begun", "sealed", "ready"])
def test_a_kill_at_any_step_leaves_one_that_is_made_anew(people, ordered, monkeypatch, where, name, how):
    case, _, copy = ordered
    with monkeypatch.context() as m:
        m.setattr(copy_making, "_given_back", lambda copy: None)
        m.setattr(where, name, how)
        with pytest.raises(Killed):
            copies.make_due()
    row = fresh(copy)
    assert (row.state, row.attempts, row.password_sealed) == (CopyState.ORDERED, 1, None)
    row = made(copy)
    assert len(copied.opened(taken(row, people.clerk), copies.show_password(row, by=people.clerk))) == 3
    assert copied.steps(case) == ["copy_made"]


def test_a_copy_that_kills_the_worker_each_time_is_given_up(people, ordered):
    Copy.update(attempts=copy_making.ATTEMPTS).execute()
    assert copies.make_due().failed == 1
    assert (fresh(ordered[2]).state, fresh(ordered[2]).failure) == (CopyState.FAILED, "Lost")


def test_a_case_that_closes_while_its_copy_is_made_keeps_nothing_of_it(people, ordered, monkeypatch):
    case, _, copy = ordered
    real = copy_making._is_ready

    def closed(*args):
        copies.end(case)
        return real(*args)

    monkeypatch.setattr(copy_making, "_is_ready", closed)
    assert copies.make_due().overtaken == 1
    assert not keystore.exists(copy.uuid)
    assert not objects.anything(copy.uuid)
    assert copies.expire_due() == 1
    assert (fresh(copy).state, copied.acts()[-1]) == (CopyState.GONE, "copy_deleted")
