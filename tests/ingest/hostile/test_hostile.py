"""More than five hundred hostile files: the worker outlives each, takes none that lies, and nothing lies outside the
store."""

import io
import os
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from portal import config
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import actions, containers, inbox, probe, quarantine
from portal.ingest.content import Content
from portal.ingest.models import Quarantined, Reason
from portal.recordings import render
from portal.recordings.models import Playable, Recording
from portal.vault import keystore, objects
from tests.ingest import deliveries as d
from tests.ingest.hostile import Hostile
from tests.ingest.hostile.gathered import FAMILIES

GOOD = d.name(count=999_999)
DIED = {"crash", "timeout", "memory"}


def test_there_are_five_hundred_and_each_has_its_own_name():
    names = [file.name for files in FAMILIES.values() for file in files]
    assert len(names) == len(set(names)) >= 500


@pytest.fixture
def guarded(tmp_path) -> Path:
    """What nobody gave to the portal: a recording and a key, beside its folders."""
    folder = tmp_path / "guarded"
    folder.mkdir()
    (folder / "secret.wav").write_bytes(d.sound(0.3))
    (folder / "key").write_bytes(os.urandom(32))
    return folder


def places(root: Path) -> set[str]:
    """Everything below `root` that is neither in the store nor in the inbox."""
    settings = config.settings()
    apart = (settings.objects, settings.keystore, settings.inbox)
    return {
        str(path) for path in root.rglob("*") if not any(path == folder or folder in path.parents for folder in apart)
    }


def deliver(files: Sequence[Hostile]) -> dict[str, Hostile]:
    """By the name that the register will know each by; with one good recording among them."""
    named = {}
    for count, file in enumerate(files, 1):
        name = file.file or d.name(count=count, ending=file.ending)
        path = d.deliver(name, file.content)
        named[inbox.storable(path.name)] = file
    d.deliver(GOOD, d.sound(0.4))
    rows = [d.detail(name) for name, file in named.items() if file.file is None]
    d.deliver("cdr.csv", d.cdr(*rows, d.detail(GOOD)))
    return named


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_files_end_in_quarantine_and_the_good_one_among_them_comes_in(family, sweep, settings, guarded):
    outside = places(settings.data.parent)
    named = deliver(FAMILIES[family])
    (settings.inbox / "2026/11/10/link.wav").symlink_to(guarded / "secret.wav")
    (settings.inbox / "2026/11/10/link").symlink_to(guarded)

    assert dict(sweep().faults) == {}
    assert dict(sweep(900).faults) == {}, "nothing waits any more for what belongs to it"
    rows = {row.name: row for row in Quarantined.select().where(Quarantined.sealed)}
    assert {name: row.detail for name, row in rows.items() if row.detail in DIED} == {}
    assert [file.name for name, file in named.items() if not file.harmless and name not in rows] == []
    assert all(objects.read(row.uuid, "original") == named[name].content for name, row in rows.items())
    taken = {row.uuid: objects.read(row.uuid, "original") for row in Recording.select()}
    assert d.sound(0.4) in taken.values()
    assert d.sound(0.3) not in taken.values(), "a link was followed"
    assert set(keystore.subjects()) == set(objects.subjects()) == {*taken, *(row.uuid for row in rows.values())}
    standing = Quarantined.select().where(~Quarantined.sealed)
    assert {row.name.rpartition("/")[2]: row.reason for row in standing} == dict.fromkeys(
        ("link", "link.wav"), Reason.NOT_A_FILE
    )
    left = {path.name for path in settings.inbox.rglob("*") if not path.is_dir()}
    assert left == {"link.wav", *(name for name in named if name.startswith("."))}, "nobody looks at what is hidden"
    assert places(settings.data.parent) - outside <= written(settings)
    assert (guarded / "secret.wav").read_bytes() == d.sound(0.3)
    assert chain.verify().whole
    heard()


def test_what_its_outside_refuses_no_decoder_ever_sees(monkeypatch):
    """The strict gate stands before FFmpeg, not beside it."""
    decoded: list[str] = []

    def opening(*_: object, **__: object):
        decoded.append("")
        raise probe.av.error.FFmpegError(1, "not to be opened")

    monkeypatch.setattr(probe.av, "open", opening)
    refused = 0
    for file in (file for family in ("wavs", "streams", "disguises") for file in FAMILIES[family]):
        decoded.clear()
        with Content.of([file.content]) as opened:
            found = probe.answer(opened.handle)
        try:
            containers.look(io.BytesIO(file.content), len(file.content))
        except containers.Unfit as unfit:
            refused += 1
            told = (unfit.reason, unfit.detail)
            assert (found["reason"], found["detail"], decoded) == (*told, []), file.name
    assert refused > 100


def written(settings: config.Settings) -> set[str]:
    """What the portal itself writes beside the store."""
    locks = ("inbox", "import", "drafts", "render", "sweep", "job-inbox")
    names = ("portal.db-wal", "portal.db-shm", *(f"{name}.lock" for name in locks))
    return {str(settings.data / name) for name in names}


def heard() -> None:
    """What was taken is made ready to be heard, or said to be unreadable; no decoder dies of it."""
    waiting, done = Recording.select().where(Recording.playable == Playable.PENDING).count(), 0
    while (summary := render.render_pending(200)) and (made := summary.ready + summary.empty + summary.failed):
        done += made
    died = Entry.select().where(Entry.act == Act.RENDER_FAILED, Entry.detail.contains("Crashed"))
    assert died.count() == 0
    assert Recording.select().where(Recording.playable == Playable.PENDING).count() == 0
    assert done >= waiting > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_the_names_of_hostile_files_are_shown_in_one_line_that_can_be_read(family):
    for count, file in enumerate(FAMILIES[family], 1):
        name = file.file or d.name(count=count, ending=file.ending)
        text = inbox.storable(os.fsdecode(name))
        shown = quarantine.shown_name(Quarantined(name=text))
        assert shown.isprintable(), file.name
        assert 0 < len(shown) <= quarantine.LONGEST_NAME, file.name


# What stands in the inbox and is no file


def _places(inbox_folder: Path, guarded: Path) -> dict[str, str]:
    """What a delivery can leave there, and what is to become of it."""
    (inbox_folder / "to-a-file.wav").symlink_to(guarded / "secret.wav")
    (inbox_folder / "to-a-folder").symlink_to(guarded)
    (inbox_folder / "to-nothing.wav").symlink_to("/nowhere")
    (inbox_folder / "to-itself.wav").symlink_to(inbox_folder / "to-itself.wav")
    (inbox_folder / "to-the-root.wav").symlink_to("/")
    (inbox_folder / "to-memory.wav").symlink_to("/proc/self/mem")
    (inbox_folder / "to-zeros.wav").symlink_to("/dev/zero")
    os.mkfifo(inbox_folder / "pipe.wav")
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(os.path.relpath(inbox_folder / "line.wav"))
    (inbox_folder / "folder.wav").mkdir()
    (inbox_folder / "huge.wav").touch()
    os.truncate(inbox_folder / "huge.wav", 1 << 40)
    odd = dict.fromkeys(
        ("to-a-file.wav", "to-a-folder", "to-nothing.wav", "to-itself.wav", "to-the-root.wav", "to-memory.wav"),
        Reason.NOT_A_FILE,
    )
    return odd | {
        "to-zeros.wav": Reason.NOT_A_FILE,
        "pipe.wav": Reason.NOT_A_FILE,
        "line.wav": Reason.NOT_A_FILE,
        "huge.wav": Reason.TOO_LARGE,
    }


def test_what_is_no_file_is_listed_never_opened_and_stays(sweep, settings, guarded, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's name is short
    expected = _places(settings.inbox, guarded)
    deep = settings.inbox.joinpath(*["x"] * 60)
    deep.mkdir(parents=True)
    (deep / GOOD).write_bytes(d.sound(0.4))
    d.deliver(GOOD, d.sound(0.4))
    d.deliver("cdr.csv", d.cdr(d.detail(GOOD)))
    summary = sweep()
    assert (summary.taken, dict(summary.faults)) == (1, {})
    assert {row.name: row.reason for row in Quarantined.select()} == expected
    assert not any(row.sealed for row in Quarantined.select())
    assert (guarded / "secret.wav").read_bytes() == d.sound(0.3)
    assert [objects.read(row.uuid, "original") for row in Recording.select()] == [d.sound(0.4)]


def test_a_file_that_is_changed_for_a_link_after_it_was_looked_at_is_not_followed(sweep, settings, guarded):
    name = d.name()
    path = d.deliver(name, d.sound(0.5))
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    with d.later(0):
        actions.sweep_inbox()
    path.unlink()
    path.symlink_to(guarded / "secret.wav")
    for at in (6, 12):
        with d.later(at):
            actions.sweep_inbox()
    assert Recording.select().count() == 0
    assert Quarantined.get().reason == Reason.NOT_A_FILE
