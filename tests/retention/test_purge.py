"""The sweep deletes what is due, nothing else, and leaves nothing of it."""

import datetime as dt
import multiprocessing
import shutil

import pytest

from portal import clock, config, db, lock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest.models import Arriving, CallDetail, Quarantined, QuarantineState
from portal.recordings import index
from portal.recordings.models import Listen, Note, Recording, State
from portal.recordings.quality_models import QualityReview
from portal.recordings.stems import stems
from portal.retention import actions, deletion, health, watch
from portal.retention.models import PurgeLine, Result, Rule, Sweep
from portal.retention.sweeps import last
from portal.vault import box, keystore, objects
from tests.calls import recording
from tests.retention import made

MILLISECOND = dt.timedelta(milliseconds=1)


def helsinki(*parts: int) -> dt.datetime:
    return clock.from_local(dt.datetime(*parts))


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        ((2025, 11, 30, 14, 30), (2026, 2, 28, 14, 30)),
        ((2027, 11, 30, 14, 30), (2028, 2, 29, 14, 30)),
        ((2028, 2, 29, 9, 0), (2028, 5, 29, 9, 0)),
        ((2026, 1, 29, 12, 0), (2026, 4, 29, 12, 0)),  # over spring's change: same clock, 23-hour day
        ((2026, 8, 25, 12, 0), (2026, 11, 25, 12, 0)),  # over autumn's
        ((2025, 12, 29, 3, 30), (2026, 3, 29, 4, 30)),  # spring skips 3–4: the skipped hour after
        ((2026, 7, 25, 3, 30), (2026, 10, 25, 3, 30)),  # autumn repeats 3–4: the first of the two
    ],
)
def test_a_call_goes_at_its_date_and_not_one_millisecond_before(people, ended, due):
    row = recording(people.daycare, started_at=helsinki(*ended) - dt.timedelta(seconds=2))
    moment = helsinki(*due)
    with clock.frozen(moment - MILLISECOND):
        assert actions.preview().recordings == 0
        assert actions.purge_due().claimed == 0
        assert row.uuid in [r.uuid for r in Recording.visible_to(people.adviser)]
    with clock.frozen(moment):
        assert Recording.visible_to(people.adviser).count() == 0
        assert actions.preview().recordings == 1
        assert actions.purge_due().purged == 1
    assert Recording.get_by_id(row.id).state == State.PURGED


def test_a_live_call_is_not_touched(people):
    marked = made.marked(people.daycare, people.adviser)
    live = recording(
        people.daycare, started_at=made.CALLED + dt.timedelta(days=1), subject="kvar", number="+358501112223"
    )
    before = Recording.select().where(Recording.id == live.id).dicts().get(), objects.read(live.uuid, "original")
    with clock.frozen(made.DUE):
        actions.purge_due()
    assert Recording.get_by_id(marked.id).state == State.PURGED
    assert before == (
        Recording.select().where(Recording.id == live.id).dicts().get(),
        objects.read(live.uuid, "original"),
    )


def test_a_purge_writes_its_line_and_its_two_log_entries(people):
    row = made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE + dt.timedelta(minutes=3)):
        summary = actions.purge_due()
        now = clock.now()
    assert (summary.claimed, summary.purged, summary.failed, summary.log_emptied) == (1, 1, 0, True)
    line = PurgeLine.get()
    assert (line.kind, line.subject, line.queue_id) == ("recording", row.uuid, people.daycare.id)
    assert (line.rule, line.result, line.failure, line.attempts) == (Rule.RETENTION, Result.PURGED, "", 1)
    assert (line.due_at, line.claimed_at, line.key_destroyed_at, line.purged_at) == (made.DUE, now, now, now)
    entries = list(Entry.select().where(Entry.subject == row.uuid).order_by(Entry.id))
    assert [e.act for e in entries] == [Act.PURGE_CLAIMED, Act.PURGED]
    assert {(e.by, e.subject_kind, e.queue_id) for e in entries} == {(None, "recording", people.daycare.id)}
    assert chain.verify().whole
    assert last("purge").good_at == now


def test_a_second_sweep_finds_nothing_to_do(people):
    made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE):
        actions.purge_due()
        again = actions.purge_due()
    assert (again.claimed, again.purged, again.resumed) == (0, 0, 0)
    assert PurgeLine.select().count() == 1
    assert Entry.select().where(Entry.act == Act.PURGED).count() == 1


def test_nothing_of_a_purged_call_is_left_in_any_file(people, as_, settings):
    row = made.marked(people.daycare, people.adviser)
    as_(people.adviser)
    made.heard(row, people.adviser, people.adviser.sign_ins.get())
    made.call_detail(row, "1")
    made.quarantined()
    made.quarantined(sealed=False, name=f"upper/{made.NUMBER}.wav")
    Arriving.create(path=f"{made.NUMBER}.wav", size=1, mtime_ns=1, since=made.CALLED)
    Note.create(recording=row, author=people.adviser, text="zqwenskilt", at_ms=500, own=True)
    QualityReview.create(recording=row, author=people.manager, comment="zqpomdöme")
    words = [made.SUBJECT_WORD, made.NOTE_WORD, "zqwenskilt", "zqpomdöme"]
    needles = [w.encode() for w in words] + [*made.TAILS] + [made.NUMBER.lstrip("+").encode(), made.NUMBER[4:].encode()]
    national = "0" + made.NUMBER[4:]
    needles += [f"#{number[:7]}".encode() for number in (made.NUMBER[1:], made.NUMBER[4:], national, national[3:])]
    needles += [f"{stem}~".encode() for word in words[:2] for stem in stems(word)]
    needles += [made.SOUND_MARKER[:44], made.wrapped_key(row)[24:]]
    for needle in needles:
        assert made.holding(settings.data, needle), "a needle that is not there before proves nothing"
    with clock.frozen(made.DUE + dt.timedelta(days=8)):
        actions.purge_due()
    for needle in needles:
        assert made.holding(settings.data, needle) == []
    assert not keystore.exists(row.uuid)
    assert not objects.exists(row.uuid, "original")
    assert (Note.select().count(), Listen.select().count()) == (0, 0)


def test_words_of_one_among_many_calls_leave_the_file_with_it(people, settings):
    """Many segments, many pages: where a deleted word stays behind if only its row is removed."""
    marked = made.marked(people.daycare, people.adviser)
    with db.db.atomic():
        for n in range(400):
            subject = " ".join(f"{made.SUBJECT_WORD[:3]}{chr(97 + n % 26)}{k}ord{n}" for k in range(8))
            _bare(people.daycare, made.CALLED + dt.timedelta(days=2, seconds=n), subject)
    for tail in made.TAILS:
        assert made.holding(settings.data, tail)
    with clock.frozen(made.DUE):
        actions.purge_due()
    for tail in made.TAILS:
        assert made.holding(settings.data, tail) == []
    assert Recording.get_by_id(marked.id).state == State.PURGED
    assert made.holding(settings.data, b"7ord399")


def _bare(queue, started_at, subject) -> Recording:
    """A row without bytes, for the index only."""
    key = box.pseudonym("bare", str(started_at))
    row = Recording.create(
        id=Recording.next_id(started_at),
        source="freepbx",
        source_key=key,
        content_key=key,
        started_at=started_at,
        ended_at=started_at,
        duration_ms=0,
        expires_at=clock.expiry(started_at),
        queue=queue,
        subject=subject,
    )
    index.put(row)
    return row


def test_a_sweep_that_was_killed_before_the_words_were_gone_lets_the_next_one_do_it(people, settings, monkeypatch):
    recording(people.daycare, started_at=made.CALLED - dt.timedelta(hours=1))
    made.marked(people.daycare, people.adviser)
    recording(people.daycare, started_at=made.CALLED + dt.timedelta(days=1), subject="annat")
    with clock.frozen(made.DUE - dt.timedelta(minutes=30)):
        assert actions.purge_due().purged == 1
    with clock.frozen(made.DUE), monkeypatch.context() as patched:
        patched.setattr(index, "forget", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.purge_due()
    Sweep.update(started_at=made.DUE + dt.timedelta(seconds=1)).where(Sweep.name == "words").execute()
    db.checkpoint()
    assert made.holding(settings.data, made.TAILS[0])
    assert last("purge").fault == "KeyboardInterrupt"
    with clock.frozen(made.DUE + dt.timedelta(minutes=5)):
        assert actions.purge_due().purged == 0
    assert made.holding(settings.data, made.TAILS[0]) == []
    assert last("purge").fault == ""


TOMBSTONE = {
    "id": ...,
    "uuid": ...,
    "state": "purged",
    "source": "freepbx",
    "source_key": ...,
    "content_key": ...,
    "started_at": ...,
    "ended_at": ...,
    "expires_at": ...,
    "received_at": ...,
    "queue": ...,
    "purge_reason": Rule.RETENTION,
    "purged_at": made.DUE,
    "duration_ms": 0,
    "direction": None,
    "number": None,
    "extension": None,
    "adviser": None,
    "told": "unknown",
    "announcement": None,
    "conversation": None,
    "subject": "",
    "original_format": None,
    "original_size": None,
    "original_sha256": None,
    "channels": None,
    "speakers": None,
    "playable": "empty",
    "playable_type": None,
    "playable_part": None,
    "render_attempts": 0,
    "store": "main",
    "holds": 0,
    "freezes": 0,
    "restrictions": 0,
    "redacting": False,
    "sealed_as": None,
    "freed_at": None,
}
"""Every column: what it must be, or `...` where it must be what it was."""


def test_the_tombstone_holds_ids_and_times_only(people):
    row = made.marked(people.daycare, people.adviser)
    before = Recording.select().where(Recording.id == row.id).dicts().get()
    with clock.frozen(made.DUE):
        actions.purge_due()
    after = Recording.select().where(Recording.id == row.id).dicts().get()
    assert after == {name: before[name] if wanted is ... else wanted for name, wanted in TOMBSTONE.items()}


def test_call_details_are_emptied_with_the_last_part_of_the_conversation(people):
    first = made.marked(people.daycare, people.adviser)
    made.marked(people.daycare, people.adviser, started_at=made.CALLED + dt.timedelta(minutes=2))
    detail = made.call_detail(first, "1")
    with clock.frozen(made.DUE):
        actions.purge_due()
    assert CallDetail.get_by_id(detail.id).src == made.NUMBER
    with clock.frozen(made.DUE + dt.timedelta(minutes=2)):
        actions.purge_due()
    emptied = CallDetail.select().where(CallDetail.id == detail.id).dicts().get()
    kept = {name: emptied.pop(name) for name in ("id", "row_key", "called_at", "expires_at")}
    assert kept["row_key"] == detail.row_key
    assert not any(emptied.values())


def test_call_details_past_their_own_date_and_old_arrivals_are_removed(people):
    old = made.call_detail(made.marked(people.daycare, people.adviser), "1")
    Arriving.create(path="x.wav", size=1, mtime_ns=1, since=made.DUE - dt.timedelta(days=8))
    Arriving.create(path="y.wav", size=1, mtime_ns=1, since=made.DUE)
    with clock.frozen(old.expires_at - MILLISECOND):
        assert actions.purge_due().call_details == 0
    with clock.frozen(old.expires_at):
        assert actions.purge_due().call_details == 1
    assert [a.path for a in Arriving.select()] == ["y.wav"]


def test_a_quarantined_file_goes_by_the_same_clock(people, settings):
    sealed = made.quarantined()
    standing = made.quarantined(sealed=False, name="deep/down/stor.wav")
    with clock.frozen(made.DUE - MILLISECOND):
        assert actions.purge_due().claimed == 0
    assert (settings.inbox / "deep/down/stor.wav").exists()
    with clock.frozen(made.DUE):
        assert actions.purge_due().purged == 2
    assert not (settings.inbox / "deep/down/stor.wav").exists()
    for row in Quarantined.select():
        assert (row.state, row.name, row.size, row.ended_at) == (QuarantineState.EXPIRED, None, 0, made.DUE)
    assert not keystore.exists(sealed.uuid)
    lines = {line.subject: line for line in PurgeLine.select()}
    assert {line.rule for line in lines.values()} == {Rule.QUARANTINE}
    assert lines[sealed.uuid].key_destroyed_at == made.DUE
    assert lines[standing.uuid].key_destroyed_at is None


def test_what_a_late_writer_made_anew_is_destroyed_by_the_next_sweep(people):
    row = made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE):
        actions.purge_due()
        objects.seal(row.uuid, "playable", [b"late"])
    with clock.frozen(made.DUE + dt.timedelta(minutes=5)):
        assert actions.purge_due().returned == 1
    assert not keystore.exists(row.uuid)
    assert list(objects.subjects()) == []


def test_a_restored_copy_of_the_files_is_destroyed_within_a_day_or_by_hand(people, settings, tmp_path):
    row, live = made.marked(people.daycare, people.adviser), recording(people.daycare)
    shutil.copytree(settings.keystore, tmp_path / "keystore")
    shutil.copytree(settings.objects, tmp_path / "objects")

    def restore() -> None:
        for folder in ("keystore", "objects"):
            shutil.copytree(tmp_path / folder, settings.data / folder, dirs_exist_ok=True)

    with clock.frozen(made.DUE):
        actions.purge_due()
    with clock.frozen(made.DUE + dt.timedelta(days=1, minutes=5)):
        assert actions.purge_due().returned == 0
        restore()
        assert actions.purge_due().returned == 0, "older than a day, and all files were looked through just now"
        assert actions.purge_due(thorough=True).returned == 1
        restore()
    with clock.frozen(made.DUE + dt.timedelta(days=2, minutes=10)):
        assert actions.purge_due().returned == 1
    assert not keystore.exists(row.uuid)
    assert set(keystore.subjects()) == set(objects.subjects()) == {live.uuid}


def test_a_clock_that_was_ahead_and_is_set_back_stops_no_part_of_the_sweep(people):
    with clock.frozen(made.DUE + dt.timedelta(days=400)):
        made.marked(people.daycare, people.adviser)
        actions.purge_due()
    row = made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE):
        PurgeLine.update(purged_at=made.DUE).execute()
        assert health.alarm().silent, "no sweep of now"
        assert actions.purge_due().paused, "a person is asked first"
        watch.confirm(watch.standing(), by=people.manager)
        actions.purge_due()
        assert {name: last(name).good_at for name in ("purge", "words", "returned")} == dict.fromkeys(
            ("purge", "words", "returned"), made.DUE
        )
        assert not health.alarm().silent
    assert not keystore.exists(row.uuid)


def test_two_that_finish_the_same_deletion_write_it_once(people):
    """The web that discards and the sweep may come to the same line."""
    row, held = made.marked(people.daycare, people.adviser), made.quarantined()
    with clock.frozen(made.DUE):
        for line in [line for line in deletion.claim_due(2) for _ in range(2)]:
            assert deletion.finish(line) == ""
    assert {(line.subject, line.attempts) for line in PurgeLine.select()} == {(row.uuid, 1), (held.uuid, 1)}
    assert Entry.select().where(Entry.act == Act.PURGED).count() == 2


def test_a_limit_leaves_the_rest_for_the_next_sweep(people):
    for n in range(3):
        recording(people.daycare, started_at=made.CALLED + dt.timedelta(seconds=n))
    with clock.frozen(made.DUE + dt.timedelta(minutes=1)):
        assert actions.purge_due(limit=2).purged == 2
        assert actions.preview().recordings == 1
        assert actions.purge_due(limit=0).purged == 0
        assert actions.purge_due().purged == 1


def _sweep(folder, moment, start, results) -> None:
    config.use(config.load(folder))
    db.bind(config.settings())
    db.connect()
    start.wait(20)
    with clock.frozen(moment):
        summary = actions.purge_due()
    results.put((summary.busy, summary.purged))


def test_sweeps_at_the_same_time_delete_each_call_once(people, settings):
    for n in range(30):
        recording(people.daycare, started_at=made.CALLED + dt.timedelta(seconds=n))
    db.db.close()
    fork = multiprocessing.get_context("fork")
    start, results = fork.Event(), fork.Queue()
    moment = made.DUE + dt.timedelta(minutes=1)
    sweeps = [fork.Process(target=_sweep, args=(settings.data, moment, start, results)) for _ in range(3)]
    for process in sweeps:
        process.start()
    start.set()
    answers = [results.get(timeout=30) for _ in sweeps]
    for process in sweeps:
        process.join(30)
    db.connect()
    assert sum(purged for _, purged in answers) == 30
    assert PurgeLine.select().where(PurgeLine.result == Result.PURGED).count() == 30
    assert Entry.select().where(Entry.act == Act.PURGED).count() == 30
    assert chain.verify().whole


def test_while_one_sweep_runs_another_does_nothing(people):
    made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE), lock.alone("purge") as alone:
        assert alone
        summary = actions.purge_due()
    assert summary.busy
    assert last("purge") is None
    assert PurgeLine.select().count() == 0
