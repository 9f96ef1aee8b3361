"""An administrator who has the machine, the register and the lines, and not the key: what they try is found, or at the
least told of while it lasts. What cannot be found stands here too."""

import contextlib
import datetime as dt
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal import clock, config
from portal.audit import verifier
from portal.audit.acts import Act
from portal.audit.cli import audit
from portal.audit.models import Entry
from portal.cli import root
from portal.db import db
from portal.oversight import checkpoints
from portal.retention.actions import purge_due
from portal.retention.models import Sweep
from tests.audit import tamper
from tests.audit.signed import signed
from tests.oversight.test_checkpoints import lines, verdict

NOON = dt.datetime(2026, 9, 1, 9, 0, tzinfo=clock.UTC)
MINUTE = dt.timedelta(minutes=1)


def fault() -> str:
    return Sweep.get(Sweep.name == "checkpoints").fault


def check(*files: Path, **options) -> verifier.Verdict:
    with contextlib.closing(verifier.Log(config.settings().database)) as log:
        return verifier.check(log, files, [checkpoints.public_key()], **options)


# While it lasts


def told() -> tuple[int, dict]:
    result = CliRunner().invoke(root, ["status", "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_signer_that_was_stopped_is_seen_within_ten_minutes_in_the_status_and_by_the_officer(people, as_):
    with clock.frozen(NOON):
        tamper.fill(1)
        checkpoints.sign_due()
    with clock.frozen(NOON + 10 * MINUTE):
        purge_due()
        assert (told()[0], told()[1]["log_silent"]) == (0, False)
        assert "har inte signerats sedan" not in as_(people.dpo).get("/oversight/").text
    with clock.frozen(NOON + 11 * MINUTE):
        code, plain = told()
        assert (code, plain["log_silent"], plain["log_signed"]) == (1, True, NOON.isoformat())
        assert "log not signed:" in CliRunner().invoke(root, ["status"]).stdout
        page = as_(people.dpo).get("/oversight/").text
        assert "Loggens kontrollpunkter har inte signerats sedan 1.9.2026" in page
        assert "Loggens kontrollpunkter har inte signerats sedan" in as_(people.manager).get("/retention/").text
        checkpoints.sign_due()
        assert (told()[0], told()[1]["log_silent"]) == (0, False)
        assert "har inte signerats sedan" not in as_(people.dpo).get("/oversight/").text


def test_a_log_that_nobody_ever_signed_is_told_of_once_it_is_older_than_that(people, as_):
    with clock.frozen(NOON):
        tamper.fill(1)
        assert told()[1]["log_silent"] is False, "the worker may just have been started"
    with clock.frozen(NOON + 11 * MINUTE):
        assert (told()[1]["log_silent"], told()[1]["log_signed"]) == (True, None)
        assert "the last good round was: never" in CliRunner().invoke(root, ["status"]).stdout
        assert "Loggens kontrollpunkter har aldrig signerats." in as_(people.dpo).get("/oversight/").text


def test_a_signer_that_fails_each_time_does_not_count_as_one(settings):
    with clock.frozen(NOON):
        checkpoints.sign_due()
        settings.checkpoint_key.unlink()
    for minute in range(1, 13):
        with clock.frozen(NOON + minute * MINUTE), pytest.raises(checkpoints.NoKey):
            checkpoints.sign_due()
    with clock.frozen(NOON + 12 * MINUTE):
        assert (told()[1]["log_silent"], told()[1]["faults"]["checkpoints"]) == (True, "NoKey")


def test_a_good_round_that_is_still_to_come_is_none(settings):
    with clock.frozen(NOON + 60 * MINUTE):
        checkpoints.sign_due()
    with clock.frozen(NOON):
        assert checkpoints.standing().silent


def test_a_clock_that_was_set_back_is_told_of_and_what_was_written_meanwhile_is_found(settings):
    with clock.frozen(NOON):
        tamper.fill(2)
        checkpoints.sign_due()
    with clock.frozen(NOON - 4 * MINUTE):
        checkpoints.sign_due()
        assert fault() == "", "clocks are set by a little"
    with clock.frozen(NOON - 60 * MINUTE):
        tamper.fill(1)
        checkpoints.sign_due()
        assert fault() == "ClockBack"
        assert "checkpoints: ClockBack" in CliRunner().invoke(root, ["status"]).stdout
    with clock.frozen(NOON - 2 * 60 * MINUTE):
        answer = CliRunner().invoke(audit, ["sign", "--once"])
        assert (answer.exit_code, answer.stderr.strip()) == (
            0,
            "the clock shows an earlier time than at the line before 4",
        )
    with clock.frozen(NOON + MINUTE):
        tamper.fill(1)
        checkpoints.sign_due()
        assert fault() == ""
    found = verdict()
    assert (found.fault, found.fault_at) == ("time", 3)


@pytest.mark.parametrize("step", ["_note", "_append"])
def test_a_full_disk_while_it_is_signed_is_told_of_and_leaves_a_whole(settings, monkeypatch, step):
    checkpoints.sign_due()

    def full(*_):
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, step, full)
        for _ in range(3):
            tamper.fill(1)
            with pytest.raises(OSError, match="full"):
                checkpoints.sign_due()
            assert fault() == "ENOSPC"
    tamper.fill(1)
    checkpoints.sign_due()
    assert (fault(), verdict().whole, verdict().entries) == ("", True, 4)
    assert [line.seq for line in lines()] == list(range(1, len(lines()) + 1))


# Lines that are moved


def rename(file: Path) -> Path:
    moved = file.with_name("checkpoints.log.1")
    file.rename(moved)
    return moved


def copy_and_truncate(file: Path) -> Path:
    moved = file.with_name("checkpoints.log.1")
    shutil.copyfile(file, moved)
    file.write_text("")
    return moved


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate])
def test_lines_that_were_rotated_are_told_of_once_and_both_files_make_a_whole(settings, rotate):
    for _ in range(3):
        tamper.fill(1)
        checkpoints.sign_due()
    moved = rotate(settings.checkpoint_file)
    checkpoints.sign_due()
    assert fault() == "LinesAltered"
    checkpoints.sign_due()
    assert fault() == ""
    assert Entry.select().where(Entry.act == Act.CHECKPOINTS_ALTERED).count() == 1
    assert [line.seq for line in lines()] == [4, 5]
    assert check(moved, settings.checkpoint_file).whole
    assert check(settings.checkpoint_file, moved).whole, "in whichever order"
    assert check(settings.checkpoint_file).fault == "missing"
    assert check(moved).fault in ("", "cut"), "older lines alone speak for what they saw"


# What is put in place of another


def test_an_older_register_with_its_older_lines_is_found_by_their_age_and_by_any_other_place(settings, tmp_path):
    with clock.frozen(NOON):
        tamper.fill(3)
        checkpoints.sign()
    with contextlib.closing(sqlite3.connect(tmp_path / "old.db")) as old:
        db.connection().backup(old)
    cut = settings.checkpoint_file.read_text()
    with clock.frozen(NOON + 5 * MINUTE):
        tamper.fill(3)
        checkpoints.sign()
    (tmp_path / "elsewhere").write_text(settings.checkpoint_file.read_text())
    (tmp_path / "lines").write_text(cut)
    key = [checkpoints.public_key()]
    with contextlib.closing(verifier.Log(tmp_path / "old.db")) as log:
        now = verifier.milliseconds(NOON + 11 * MINUTE)
        assert verifier.check(log, [tmp_path / "lines"], key, as_of=now).fault == "stale"
        both = [tmp_path / "lines", tmp_path / "elsewhere"]
        assert verifier.check(log, both, key, as_of=verifier.milliseconds(NOON + 6 * MINUTE)).fault == "cut"


def test_another_key_and_lines_made_with_it_do_not_pass_for_those_of_the_one_that_was_noted(settings):
    """All that is on the machine is replaced: key, lines, what was signed last. The noted public key is elsewhere."""
    tamper.fill(3)
    checkpoints.sign()
    noted = checkpoints.public_key()
    tamper.unguard()
    tamper.overwrite(3, "detail", '{"hits":9}')
    tamper.rehash(3)
    for file in (settings.checkpoint_key, settings.checkpoint_file, settings.checkpoint_key.with_suffix(".last")):
        file.unlink()
    checkpoints.make_key()
    checkpoints.sign()
    assert verdict().whole, "by the key that lies beside them all is well"
    with contextlib.closing(verifier.Log(settings.database)) as log:
        assert verifier.check(log, [settings.checkpoint_file], [noted]).fault == "key"


def test_a_line_signed_with_another_key_does_not_get_between_those_of_the_signer(settings):
    """Who may write the file: the signer tells that it ends otherwise, and goes on from its own."""
    tamper.fill(2)
    checkpoints.sign_due()
    last, mine = lines()[-1], Ed25519PrivateKey.generate()
    told = {"seq": 2, "at": clock.now(), "entries": 2, "head": last.head, "previous": last.digest}
    with settings.checkpoint_file.open("a") as file:
        file.write(signed(mine, claiming=last.key, **told) + "\n")
    checkpoints.sign_due()
    assert fault() == "LinesAltered"
    assert verdict().fault == "signature"


# What nobody can see


def test_what_is_written_and_taken_away_between_two_heads_was_never_signed_for(settings):
    """The window is one interval; an entry that one head has seen is found missing ever after."""
    tamper.fill(3)
    checkpoints.sign()
    tamper.fill(2)
    tamper.unguard()
    for number in (5, 4):
        tamper.remove(number)
    checkpoints.sign()
    assert verdict().whole
    tamper.fill(2)
    checkpoints.sign()
    for number in (5, 4):
        tamper.remove(number)
    checkpoints.sign()
    assert (verdict().fault, verdict().fault_at) == ("cut", 4)
