"""A full inbox: several processes check and seal, one registers."""

import dataclasses
import datetime as dt
import json
import os
import signal

import pytest
from click.testing import CliRunner

from portal import clock, config, db
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.bench.cli import bench
from portal.cli import root
from portal.ingest import actions, conveyor, crew, drafts, gate, inbox, intake, lock, registration
from portal.ingest.content import Content
from portal.ingest.delivery import Delivery
from portal.ingest.models import Arriving, Quarantined, Sealing
from portal.ingest.probe import answer
from portal.jobs import actions as jobs
from portal.jobs import running
from portal.jobs.models import Kind
from portal.recordings.models import Recording
from portal.vault import keystore, objects
from tests import kill
from tests.ingest import deliveries as d
from tests.jobs.made import under_way

NAMES = [d.name(count=n) for n in range(1, 11)]


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch):
    """Two processes whose probes are they themselves: each of its own would take most of the time."""
    kill.without_waiting(monkeypatch)
    monkeypatch.setattr(gate.Probe, "_put", lambda self, content: setattr(self, "handle", content.handle))
    monkeypatch.setattr(gate.Probe, "_answer", lambda self: answer(self.handle))
    config.use(dataclasses.replace(settings, import_processes=2))


def deliver(names=NAMES, **sounds: bytes) -> None:
    for n, name in enumerate(names):
        d.deliver(name, sounds.get(f"at_{n}", d.sound(0.5 + n / 10)))
    d.deliver("cdr.csv", d.cdr(*map(d.detail, names)))


def whole() -> None:
    """Nothing is in the vault but what the register has, and nothing half."""
    owners = {
        row.uuid
        for row in (
            *Recording.select(),
            *Quarantined.select().where(Quarantined.sealed, Quarantined.state == "waiting"),
        )
    }
    assert set(keystore.subjects()) == set(objects.subjects()) == owners
    assert Sealing.select().count() == 0
    assert chain.verify().whole


def left() -> list[str]:
    return sorted(p.name for p in config.settings().inbox.rglob("*") if not p.is_dir())


def test_a_full_inbox_comes_in_with_its_bytes_and_an_entry_for_each(sweep):
    deliver(at_3=b"", at_5=d.sound()[:-77])
    summary = sweep()
    assert (summary.taken, summary.quarantined, summary.faults) == (9, {"broken": 1}, {})
    rows = list(Recording.select().order_by(Recording.id))
    sounds = [d.sound(0.5 + n / 10) if n != 3 else b"" for n in range(10) if n != 5]
    assert sorted(objects.read(row.uuid, "original") for row in rows) == sorted(sounds)
    entries = Entry.select().where(Entry.act == Act.RECEIVED)
    assert {entry.subject for entry in entries} == {row.uuid for row in rows}
    assert all(row.conversation in map(d.unique_id, NAMES) for row in rows)
    assert left() == []
    assert Arriving.select().count() == 0
    whole()


def test_sound_too_large_to_be_held_in_memory_comes_in_the_same_way(sweep, monkeypatch):
    monkeypatch.setattr(crew, "IN_MEMORY", 10_000)
    sounds = [d.sound(0.5 + n / 10) for n in range(10)]
    assert len({len(sound) > crew.IN_MEMORY for sound in sounds}) == 2
    deliver(at_5=d.sound(3)[:-77])
    summary = sweep()
    assert (summary.taken, summary.quarantined, summary.faults) == (9, {"broken": 1}, {})
    originals = [objects.read(row.uuid, "original") for row in Recording.select()]
    assert sorted(originals) == sorted(sound for n, sound in enumerate(sounds) if n != 5)
    whole()


def test_a_large_file_that_is_another_when_it_is_sealed_waits_for_the_next_look(sweep, monkeypatch):
    seal = objects.seal

    def another(subject, part, content):
        return seal(subject, part, [b"".join(content)[:-1] + b"x"])

    deliver()
    with monkeypatch.context() as patch:
        patch.setattr(crew, "IN_MEMORY", 0)
        patch.setattr(crew.objects, "seal", another)
        summary = sweep()
    assert (summary.taken, summary.waiting, summary.faults) == (0, 10, {})
    assert set(left()) == set(NAMES)
    whole()


def test_nothing_is_registered_but_by_the_process_that_keeps_the_crew(sweep, monkeypatch):
    made, registered, take = [], [], registration.take_made
    real = crew._Hand.give
    monkeypatch.setattr(crew._Hand, "give", lambda hand, *a: (made.append(hand.child), real(hand, *a)))
    monkeypatch.setattr(intake.registration, "take_made", lambda calls: (registered.append(len(calls)), take(calls))[1])
    deliver()
    sweep()
    assert len(set(made)) == 2
    assert sum(registered) == len(made) == 10
    assert max(registered) <= intake.TOGETHER


def test_what_is_delivered_under_one_name_twice_comes_in_once(sweep):
    deliver()
    d.deliver(NAMES[0], d.sound(0.5), folder="a")
    d.deliver(NAMES[1], d.sound(9), folder="b")
    d.deliver(f"{NAMES[2]}49", d.sound(0.7))  # beside its twin on the conveyor
    d.deliver(f"{NAMES[3]}49", d.sound(8))
    summary = sweep()
    assert (summary.taken, summary.duplicates, summary.quarantined) == (10, 2, {"conflict": 2})
    assert not summary.faults
    assert left() == []
    whole()


def test_a_process_that_dies_costs_its_files_a_look_and_no_more(sweep, monkeypatch):
    make, victim = crew.make, d.sound(0.5 + 4 / 10)

    def dies(content, subject):
        made = make(content, subject)
        if content.size == len(victim):
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    deliver()
    with monkeypatch.context() as patch:
        patch.setattr(crew, "make", dies)
        summary = sweep()
    assert set(summary.faults) == {"ChildProcessError"}
    assert summary.taken + summary.faults.total() == 10
    assert NAMES[4] in left()
    whole()
    assert sweep(20).taken == summary.faults.total()
    whole()


def test_a_disk_that_is_full_ends_the_pass_and_leaves_nothing(sweep, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "ENOSPC")

    deliver()
    with monkeypatch.context() as patch:
        patch.setattr(crew.objects, "seal", full)
        summary = sweep()
    assert (summary.taken, set(summary.faults)) == (0, {"ENOSPC"})
    assert Sealing.select().count() == 0
    assert not list(keystore.subjects())
    assert sweep(20).taken == 10


def test_a_commit_that_fails_leaves_the_files_and_nothing_in_the_vault(sweep, monkeypatch):
    deliver()
    with monkeypatch.context() as patch:
        patch.setattr(registration.index, "enter", lambda rows: (_ for _ in ()).throw(ValueError))
        summary = sweep()
    assert (summary.taken, summary.faults) == (0, {"ValueError": 10})
    assert set(left()) == set(NAMES)
    whole()


def test_what_is_on_the_conveyor_at_its_end_is_dropped(settings, people):
    with conveyor.Conveyor(2) as belt:
        for name in NAMES[:3]:
            path = d.deliver(name, d.sound())
            belt.put(inbox.look(path, path.parent, os.lstat(path)), Delivery(name, Content.at(path)))
        belt.wait()
        assert list(keystore.subjects())
    whole()


def test_nobody_clears_what_an_import_under_way_has_begun(settings, people):
    subject = drafts.reserve(1)[0]
    objects.seal(subject, "original", [b"x"])
    with drafts.many():
        with lock.importing():
            assert drafts.clear_orphans() == 0
        assert keystore.exists(subject)
    assert drafts.clear_orphans() == 1
    assert not keystore.exists(subject)


def test_what_belongs_to_a_row_is_not_taken_out_of_the_vault_as_a_draft(sweep):
    deliver(NAMES[:1])
    sweep()
    drafts.remove(Recording.get().uuid)
    assert objects.read(Recording.get().uuid, "original") == d.sound(0.5)


def test_a_retry_comes_in_while_sound_is_being_made(sweep, people, monkeypatch):
    d.deliver("lista.csv", b"hej\n")
    sweep()
    row, wait = Quarantined.get(), conveyor.Conveyor.wait
    objects.seal(row.uuid, "original", [d.cdr(*(d.detail(name, linkedid="9.9") for name in NAMES))])
    retried = []

    def waits(belt):
        if not retried:
            retried.append(actions.retry(row, by=people.admin))
        wait(belt)

    monkeypatch.setattr(conveyor.Conveyor, "wait", waits)
    for n, name in enumerate(NAMES):
        d.deliver(name, d.sound(0.5 + n / 10))
    actions.import_path(config.settings().inbox)
    assert retried
    assert {r.conversation for r in Recording.select()} == {"9.9"}, "what was told meanwhile is not lost"
    whole()


def test_progress_is_told_while_it_lasts_and_no_longer(sweep, as_, people, monkeypatch):
    monkeypatch.setattr(running, "TOLD_SECONDS", 0)
    seen = []
    real = running.Run.tell

    def tell(run, done, whole):
        told = real(run, done, whole)
        seen.append((jobs.progress(Kind.INBOX), inbox.waiting()))
        return told

    monkeypatch.setattr(running.Run, "tell", tell)
    deliver()
    sweep(0)
    seen.clear()
    sweep(6)
    assert [p.done for p, _ in seen] == list(range(1, 12))
    assert {p.whole for p, _ in seen} == {11}
    assert seen[-1][1] < seen[0][1]
    with d.later(7):
        assert jobs.progress(Kind.INBOX) is None
    people.admin.language = "sv"
    people.admin.save()
    assert "i minuten" not in as_(people.admin).get("/ingest/").text


def test_the_page_and_the_status_tell_how_long_it_takes(people, as_):
    people.admin.language = "sv"
    people.admin.save()
    row = under_way(done=3000)
    page = as_(people.admin).get("/ingest/").text.replace("\u00a0", " ")
    assert "3 000 av 10 000, 1 500 i minuten" in page
    assert "ungefär 5 minuter kvar" in page
    told = json.loads(CliRunner().invoke(root, ["status", "--json"]).stdout)
    assert (told["inbox"]["importing"]["done"], told["inbox"]["importing"]["per_minute"]) == (3000, 1500)
    assert [(job["kind"], job["state"], job["done"]) for job in told["jobs"]] == [("inbox", "under_way", 3000)]
    assert "under way:       inbox: 3000 of 10000, 1500 a minute, 0:04:" in CliRunner().invoke(root, ["status"]).stdout
    db.connect()
    row.told_at = clock.now() - jobs.SILENT - dt.timedelta(seconds=1)
    row.save()
    assert jobs.progress(Kind.INBOX) is None, "one that died is not under way"


def test_the_bench_says_what_an_import_costs_beside_bare_decoding_and_sealing(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    db.db.close()
    result = CliRunner().invoke(bench, ["import", "--files", "12", "--minutes", "1", "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert found["files"] == 12
    assert list(found["cases"]) == ["per_core", "cpu", "per_core_larger", "cpu_larger", "memory"]
    assert {case["baseline"] for case in found["cases"].values()} > {"bare decode and seal"}
    assert found["cases"]["cpu_larger"]["baseline_ms"] < found["cases"]["cpu"]["baseline_ms"]
    assert found["cases"]["memory"]["most_mb"] >= round(found["cases"]["memory"]["p95_mb"], 1)
    assert all(case["ratio"] > 0 for case in found["cases"].values())
