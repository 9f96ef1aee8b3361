"""The head of the log is signed each minute, and the line is where it should be, whatever breaks in between."""

import contextlib
import dataclasses
import datetime as dt
import os
import stat
import subprocess
import sys
from pathlib import Path

import peewee
import pytest
from click.testing import CliRunner

from portal import clock, config, start
from portal.audit import verifier
from portal.audit.acts import Act
from portal.audit.cli import audit
from portal.audit.models import Entry
from portal.audit.verifier import GENESIS, Line
from portal.cli import root
from portal.oversight import checkpoints
from portal.retention import sweeps
from portal.retention.models import Sweep
from portal.vault import durable
from tests.audit import tamper
from tests.house.source import imports
from tests.retention import drill


def lines() -> list[Line]:
    found = [Line.parse(text) for text in config.settings().checkpoint_file.read_text().splitlines()]
    return [line for line in found if line is not None]


def verdict(**options) -> verifier.Verdict:
    settings = config.settings()
    with contextlib.closing(verifier.Log(settings.database)) as log:
        return verifier.check(log, [settings.checkpoint_file], [checkpoints.public_key()], **options)


def test_each_line_names_the_head_of_the_log_and_the_line_before(settings):
    checkpoints.sign()
    tamper.fill(3)
    noon = clock.now()
    done = checkpoints.sign()
    first, second = lines()
    last = Entry.select().order_by(Entry.id.desc()).get()
    assert (first.seq, first.entries, first.head, first.previous) == (1, 0, GENESIS, GENESIS)
    assert (second.seq, second.entries, second.head, second.previous) == (2, 3, last.hash, first.digest)
    assert verifier.milliseconds(noon) <= second.at <= verifier.milliseconds(clock.now())
    assert done == (second, False, False)
    assert all(line.is_signed_by(checkpoints.public_key()) for line in (first, second))
    assert (verdict().whole, verdict().signed) == (True, 2)


def test_the_key_is_made_once_and_is_for_its_owner_alone(settings):
    assert stat.S_IMODE(settings.checkpoint_key.stat().st_mode) == 0o600
    before = settings.checkpoint_key.read_bytes()
    start.prepare(settings)
    assert settings.checkpoint_key.read_bytes() == before
    settings.checkpoint_key.chmod(0o640)
    with pytest.raises(checkpoints.KeyOpen):
        checkpoints.sign()
    assert not settings.checkpoint_file.exists()


def test_a_lost_key_is_told_of_and_not_replaced_in_silence(settings):
    checkpoints.sign()
    settings.checkpoint_key.unlink()
    start.prepare(settings)
    with pytest.raises(checkpoints.NoKey):
        checkpoints.sign_due()
    assert Sweep.get(Sweep.name == "checkpoints").fault == "NoKey"
    assert len(lines()) == 1
    made = CliRunner().invoke(audit, ["key", "--new"])
    assert made.exit_code == 0, made.output
    checkpoints.sign_due()
    assert Sweep.get(Sweep.name == "checkpoints").fault == ""
    assert [line.seq for line in lines()] == [1, 1]
    assert lines()[1].key == verifier.key_id(verifier.public_key(made.output.strip()))


def test_another_key_in_its_place_signs_nothing(settings):
    checkpoints.sign()
    last = checkpoints._last_file().read_bytes()
    settings.checkpoint_key.unlink()
    checkpoints.make_key(again=True)
    checkpoints._last_file().write_bytes(last)
    with pytest.raises(checkpoints.NoKey):
        checkpoints.sign()
    assert len(lines()) == 1


def test_key_refuses_to_replace_the_one_that_is_there_and_prints_it(settings):
    assert CliRunner().invoke(audit, ["key", "--new"]).exit_code == 1
    printed = CliRunner().invoke(audit, ["key"]).output.strip()
    assert verifier.public_key(printed).public_bytes_raw() == checkpoints.public_key().public_bytes_raw()


def test_an_upgrade_leaves_a_signer_of_the_databases_group_its_right_to_read_and_gives_none(settings):
    def mode() -> int:
        start.prepare(settings)
        return stat.S_IMODE(settings.database.stat().st_mode)

    assert mode() == 0o600
    settings.database.chmod(0o646)
    assert mode() == 0o640


# What breaks in between


@pytest.mark.parametrize("killed_in", ["_note", "_append", "_send"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_kill_at_any_point_leaves_no_line_out_and_none_twice(settings, monkeypatch, killed_in, done):
    class Killed(BaseException):
        pass

    checkpoints.sign()
    tamper.fill(2)
    real = getattr(checkpoints, killed_in)

    def kill(*arguments):
        if done:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, killed_in, kill)
        with pytest.raises(Killed):
            checkpoints.sign()
    tamper.fill(2)
    assert checkpoints.sign().altered is False
    assert [line.seq for line in lines()] == list(range(1, len(lines()) + 1))
    assert verdict().whole
    assert verdict().entries == 4


@pytest.mark.parametrize("length", [1, 100, -1, None])
def test_a_line_that_a_full_disk_tore_is_written_again_whole(settings, monkeypatch, length):
    checkpoints.sign()

    def torn(line):
        with open(settings.checkpoint_file, "a") as file:
            file.write(line.text[:length])
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, "_append", torn)
        with pytest.raises(OSError, match="full"):
            checkpoints.sign_due()
    assert Sweep.get(Sweep.name == "checkpoints").fault == "ENOSPC"
    checkpoints.sign_due()
    assert [line.seq for line in lines()] == [1, 2, 3]
    assert verdict().whole


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.unlink(),
        lambda file: file.write_text(""),
        lambda file: file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1])[:-9]),
        lambda file: file.write_text("".join(file.read_text().splitlines(keepends=True)[:1])),
        lambda file: file.write_text(file.read_text() + file.read_text().splitlines()[0] + "\n"),
    ],
    ids=["gone", "emptied", "cut", "rolled back", "replayed"],
)
def test_lines_that_somebody_changed_are_told_of_in_the_log_and_in_the_status(settings, change):
    for _ in range(4):
        checkpoints.sign_due()
    change(settings.checkpoint_file)
    checkpoints.sign_due()
    assert Sweep.get(Sweep.name == "checkpoints").fault == "LinesAltered"
    status = CliRunner().invoke(root, ["status"])
    assert "checkpoints: LinesAltered" in status.output
    assert status.exit_code >= 1
    (entry,) = Entry.select().where(Entry.act == Act.CHECKPOINTS_ALTERED)
    assert (entry.by, entry.told) == (None, {"checkpoint_line": 5})
    assert lines()[-1].seq == 5, "it goes on"
    assert not verdict().whole
    checkpoints.sign_due()
    assert Entry.select().where(Entry.act == Act.CHECKPOINTS_ALTERED).count() == 1


def test_two_signers_at_once_make_one_chain(settings):
    sign = (
        "import sys; from portal.oversight import checkpoints; from portal import config; "
        "config.use(config.load(sys.argv[1])); [checkpoints.sign() for _ in range(20)]"
    )
    command = [sys.executable, "-W", "error", "-c", sign, str(settings.data)]
    signers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for signer in signers:
        _, errors = signer.communicate(timeout=60)
        assert signer.returncode == 0, errors
    assert verdict().whole
    assert 20 <= verdict().signed <= 40


def test_where_the_key_is_anothers_the_worker_looks_whether_that_one_is_alive(settings, monkeypatch):
    checkpoints.sign()
    real = os.open

    def refused(path, *arguments, **named):
        if Path(path) == settings.checkpoint_key:
            raise PermissionError(13, "not yours")
        return real(path, *arguments, **named)

    monkeypatch.setattr(checkpoints.os, "open", refused)
    checkpoints.sign_due()
    assert Sweep.get(Sweep.name == "checkpoints").fault == ""
    with clock.frozen(clock.now() + dt.timedelta(seconds=checkpoints.LATE * settings.checkpoint_seconds + 5)):
        checkpoints.sign_due()
    assert Sweep.get(Sweep.name == "checkpoints").fault == "SignerSilent"
    assert len(lines()) == 1


# The check


@pytest.fixture
def signed(settings) -> list[str]:
    """Options of a check."""
    tamper.fill(4)
    checkpoints.sign()
    key = checkpoints.public_key().public_bytes_raw().hex()
    return ["--checkpoints", str(settings.checkpoint_file), "--public-key", key]


def test_verify_with_the_lines_says_whole_and_is_itself_logged(settings, signed):
    answer = CliRunner().invoke(audit, ["verify", *signed])
    assert answer.exit_code == 0, answer.output
    assert "The log is whole." in answer.output
    assert "1 heads" in answer.output
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert (entry.act, entry.told["whole"], entry.told["checkpoints_read"]) == (Act.LOG_VERIFIED, True, 1)


def test_verify_with_the_lines_sees_a_chain_written_anew_and_the_page_tells(settings, signed, people, as_):
    tamper.unguard()
    tamper.overwrite(4, "detail", '{"hits":9}')
    tamper.rehash(4)
    assert CliRunner().invoke(audit, ["verify"]).exit_code == 0, "the chain alone cannot know"
    answer = CliRunner().invoke(audit, ["verify", *signed])
    assert answer.exit_code == 1
    assert "the log was rewritten" in answer.output
    told = Entry.select().order_by(Entry.id.desc()).get().told
    assert (told["fault"], told["fault_at"], told["checkpoint_line"]) == ("rewritten", 4, 1)
    for page in ("/audit/", "/oversight/"):
        assert "var inte hel: loggen har skrivits om." in as_(people.dpo).get(page).text


def test_verify_wants_the_key_with_the_lines(settings, signed):
    assert CliRunner().invoke(audit, ["verify", *signed[:2]]).exit_code == 2
    assert CliRunner().invoke(audit, ["verify", *signed[2:]]).exit_code == 2
    assert CliRunner().invoke(audit, ["verify", *signed[:2], "--public-key", "abc"]).exit_code == 2


def test_the_program_runs_alone_and_says_the_same(settings, signed, tmp_path):
    """Outside the portal's folder, without its packages, on a register that others write."""
    alone = tmp_path / "elsewhere" / "verifier.py"
    alone.parent.mkdir()
    alone.write_bytes(Path(verifier.__file__).read_bytes())

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(alone), str(settings.database), *signed, *options]
        return subprocess.run(command, capture_output=True, text=True, cwd=alone.parent, timeout=60)

    whole = run()
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "The log is whole." in whole.stdout
    assert run("--as-of", (clock.now() + dt.timedelta(hours=1)).isoformat()).returncode == 1
    assert run("--max-age", "0", "--as-of", (clock.now() + dt.timedelta(hours=1)).isoformat()).returncode == 0
    tamper.unguard()
    tamper.remove(4)
    cut = run("--json")
    assert cut.returncode == 1
    assert '"fault": "cut"' in cut.stdout
    settings.checkpoint_file.unlink()
    assert run().returncode == 2


def test_the_program_needs_nothing_of_the_portal():
    mine = {name.split(".")[0] for name in imports("portal.audit.verifier")}
    assert mine - sys.stdlib_module_names == {"cryptography"}


def test_every_hash_of_the_portal_is_one_of_the_programs(settings):
    """Two programs, one rule: what the portal writes is what the other reads."""
    from portal.audit import chain

    assert verifier.COLUMNS == chain.COLUMNS
    row = dict.fromkeys(chain.COLUMNS) | {"id": 1, "detail": '{"ord":"å"}', "reference": b"\xff", "at": 10**12}
    assert verifier.digest(row) == chain.digest(row)


def test_sign_by_a_user_of_its_own_signs_and_says_what_kept_it_from_it(settings):
    assert CliRunner().invoke(audit, ["sign", "--once"]).exit_code == 0
    assert len(lines()) == 1
    settings.checkpoint_key.chmod(0o644)
    answer = CliRunner().invoke(audit, ["sign", "--once"])
    assert (answer.exit_code, answer.stderr.strip()) == (1, "not signed: KeyOpen")


def test_sign_tries_soon_again_until_the_first_line_and_then_keeps_its_pace(settings, monkeypatch):
    """Started with the web it may be first, when nobody has opened the register yet."""
    waited: list[float] = []
    answers = iter([OSError(), OSError(), None, OSError()])

    def once() -> None:
        if (answer := next(answers)) is not None:
            raise answer

    def sleeps(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoints, "sign", once)
    monkeypatch.setattr("portal.audit.cli.time.sleep", sleeps)
    CliRunner().invoke(audit, ["sign"])
    assert waited == [5, 5, settings.checkpoint_seconds, settings.checkpoint_seconds]


# A restore


def test_a_restore_is_seen_until_somebody_says_that_it_is_known(people, settings, tmp_path):
    outside = tmp_path / "outside"
    durable.make_folder(outside)
    here = dataclasses.replace(
        drill.apart(settings), checkpoint_key=outside / "checkpoint.key", checkpoint_file=outside / "lines"
    )
    config.use(here)
    checkpoints.make_key()
    tamper.fill(5)
    checkpoints.sign()
    drill.make(tmp_path / "backups")
    tamper.fill(5)
    checkpoints.sign()
    assert verdict().whole
    drill.breaks(here)
    drill.told(drill.restore(tmp_path / "backups", "--json"))
    assert not verdict().whole
    checkpoints.sign()
    seen = verdict()
    assert not seen.whole
    (entries,) = seen.restores
    assert f"--restored {entries}" in str(seen)
    known = verdict(restored=[entries])
    assert (known.whole, known.fault, known.lost) == (True, "", 1)
    assert verdict(restored=[entries - 1]).fault == "not_restored"
    tamper.fill(20)
    checkpoints.sign()
    assert verdict(restored=[entries]).whole
    with pytest.raises(peewee.IntegrityError, match="append-only"):  # the restored database guards its log too
        Entry.delete().where(Entry.id == 1).execute()
    tamper.unguard()
    tamper.remove(Entry.select().count())
    assert verdict(restored=[entries]).fault == "cut"


def test_the_worker_tells_of_each_round(settings):
    checkpoints.sign_due()
    trace = sweeps.last("checkpoints")
    assert trace is not None
    assert trace.good_at is not None
