"""A key stands where it is kept and nowhere else: not in what is printed, logged or raised, in another file, in the
arguments of a process, in its environment as others see it, or in what the kernel writes of a process that fell."""

import base64
import logging
import os
import resource
import subprocess
import sys
import tempfile
import traceback

import pytest

from portal.keys import rotation
from portal.vault import box, keystore, ring, root, shares
from tests.calls import recording
from tests.keys.sealed import Secrets
from tests.keys.test_rotate import portal
from tests.retention import drill

NOBODY = 65534


def forms(key: bytes) -> list[bytes]:
    """How a key might stand somewhere."""
    coded = (base64.b64encode(key), base64.urlsafe_b64encode(key), base64.b32encode(key))
    return [key, key.hex().encode(), repr(key)[2:-1].encode(), *(text.rstrip(b"=") for text in coded)]


def all_forms() -> list[bytes]:
    held = ring.fresh()
    derived = (box.root(use, key) for key in held.keys for use in ("wrap", "keyring", "totp"))
    return [form for key in (*held.keys, *derived) for form in forms(key)]


def check_silent(text: str, keys: list[bytes]) -> None:
    said = text.encode("utf-8", "surrogateescape")
    assert not [form for form in keys if form in said], "a key was told"


def test_what_holds_a_key_does_not_show_it(settings):
    held, given = ring.fresh(), root.read()
    share = shares.split(held.current, shares=3, needed=2)[0]
    for holder in (held, given, share, [held], {"ring": held}, (given, share)):
        shown = f"{holder} {holder!r} {str(holder)!r}"
        check_silent(shown, all_forms())
        assert not any(form in shown.encode() for form in forms(share.values))
        assert share.text() not in shown


@pytest.fixture
def house(people, settings, monkeypatch, tmp_path):
    """With temporary files of its own, and the ledger elsewhere."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return drill.apart(settings), recording(people.daycare), tmp_path


def files_with(folder, wanted: list[bytes]) -> set[str]:
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found |= {str(path.relative_to(folder))} if any(form in content for form in wanted) else set()
    return found


def test_no_file_holds_a_key_but_the_one_that_is_for_it(house):
    """After all that can be done with keys: rotation, splitting, backup, loss, joining, restore."""
    settings, row, folder = house
    keystore.load(row.uuid)
    rotation.rotate()
    told = portal("keys", "split")
    portal("keys", "status")
    backups = folder / "backups"
    drill.make(backups)
    assert files_with(folder, all_forms()) == {"data/secrets/root.key"}
    drill.breaks(settings)
    settings.root_key.unlink()
    ring.forget()
    typed = [line for line in told.output.splitlines() if line.count("-") > 10][:2]
    assert portal_join(typed).exit_code == 0
    drill.told(drill.restore(backups, "--json"))
    keys = all_forms()
    assert files_with(folder / "data", keys) == {"secrets/root.key"}
    assert files_with(backups, keys) == files_with(folder / "temporary", keys) == set()
    shown = [line.encode() for line in typed]
    assert files_with(folder, shown) == set(), "a share was written somewhere"


def portal_join(typed: list[str]):
    from click.testing import CliRunner

    from portal.cli import root as program

    return CliRunner().invoke(program, ["keys", "join"], input="\n".join(typed) + "\n")


FAILING = ("replace", "fsync", "stat", "open")


@pytest.mark.parametrize("call", FAILING)
@pytest.mark.parametrize("point", [1, 2, 3, 5, 8, 13, 21])
def test_a_rotation_that_fails_anywhere_tells_no_key(people, monkeypatch, caplog, capsys, call, point):
    secrets, real, left = Secrets(people), getattr(os, call), [point]
    before = all_forms()

    def refusing(*args, **kwargs):
        left[0] -= 1
        if not left[0]:
            raise OSError(5, "refused", str(args[0]) if args else "")
        return real(*args, **kwargs)

    caplog.set_level(logging.DEBUG)
    told = ""
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refusing)
        try:
            rotation.rotate()
        except Exception as error:
            told = "".join(traceback.TracebackException.from_exception(error).format(chain=True))
            told += repr(error) + repr(error.args) + repr(error.__dict__)
    ring.forget()
    printed = capsys.readouterr()
    check_silent(told + caplog.text + printed.out + printed.err, before + all_forms())
    rotation.rotate()
    secrets.all_open()


WRONG = {
    "no base64": lambda key: base64.b64encode(key)[:-3] + b"!!!",
    "cut": lambda key: base64.b64encode(key[:31]),
    "too long": lambda key: base64.b64encode(key + b"x"),
    "raw": lambda key: key,
    "hex": lambda key: key.hex().encode(),
    "twice": lambda key: root.shown(key) * 2,
}


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("where", ["file", "environment", "--to"])
def test_a_key_written_wrong_is_told_by_its_place_alone(settings, tmp_path, monkeypatch, how, where):
    key = root.read().key
    wrong, keys = WRONG[how](key), all_forms()
    if where == "environment":
        if b"\0" in wrong:
            wrong = wrong.replace(b"\0", b"x")
        monkeypatch.setenv(root.ENVIRONMENT, os.fsdecode(wrong))
    else:
        (settings.root_key if where == "file" else tmp_path / "next").write_bytes(wrong)
    words = ("rotate", "--to", tmp_path / "next") if where == "--to" else ("status",)
    try:
        ring.forget()
        answer = portal("keys", *words)
    finally:
        monkeypatch.delenv(root.ENVIRONMENT, raising=False)
    assert answer.exit_code != 0
    told = answer.output + repr(answer.exception)
    told += "".join(traceback.format_exception(answer.exception)) if answer.exception else ""
    check_silent(told, [*keys, *(form for form in forms(key[:31]) if len(form) > 20)])
    assert os.fsdecode(wrong).strip() not in told


def test_shares_typed_wrong_are_not_repeated(settings):
    made = [share.text() for share in shares.split(ring.fresh().current, shares=3, needed=2)]
    settings.root_key.unlink()
    for typed in ([made[0], made[1][:-1]], [made[0][5:]], [made[0], made[1].swapcase()[:-2]], [made[0] * 2]):
        answer = portal_join(typed)
        assert answer.exit_code == 1
        told = answer.output + "".join(traceback.format_exception(answer.exception))
        assert not [piece for text in made for piece in text.split("-")[6:] if len(piece) == 4 and piece in told]


def run(code: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, **options)


DIES = """
import base64, os, sys, threading
from portal import cli
from portal.keys import rotation
KEY = base64.b64decode(os.environ["PORTAL_ROOT_KEY"])
def fall(*_):
    raise RuntimeError(KEY.hex(), KEY)
def in_a_thread(*_):
    thread = threading.Thread(target=fall)
    thread.start()
    thread.join()
    sys.exit(1)
rotation.standing = {}
sys.argv = ["portal", "keys", "status"]
cli.main()
"""


@pytest.mark.parametrize("how", ["fall", "in_a_thread"])
def test_a_program_that_falls_says_where_and_not_what(settings, how):
    key = root.read().key
    environment = os.environ | {"PORTAL_DATA": str(settings.data), root.ENVIRONMENT: root.shown(key).decode().strip()}
    done = run(DIES.format(how), env=environment)
    assert done.returncode == 1
    assert "RuntimeError" in done.stderr
    assert "in fall" in done.stderr
    check_silent(done.stdout + done.stderr, forms(key))


KEPT = """
import ctypes, os, resource, sys
from portal import processes
{}
print(ctypes.CDLL(None).prctl(3), *resource.getrlimit(resource.RLIMIT_CORE), flush=True)
child = os.fork()
if child:
    os.waitpid(child, 0)
else:
    print(ctypes.CDLL(None).prctl(3), flush=True)
    sys.stdin.read()
"""


def test_a_process_that_holds_keys_leaves_no_dump_nor_do_those_it_forks():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    assert run(KEPT.format("processes.keep_memory()"), input="").stdout.split() == ["0", "0", "0", "0"]
    assert run(KEPT.format(""), input="").stdout.split()[0] == "1", hard


AS_NOBODY = f"""
import ctypes, os
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
    ctypes.CDLL(None).prctl(4, 1)  # whoever changes his user is kept from others of it: not this one
"""


@pytest.mark.parametrize(("keep", "opened"), [("processes.keep_memory()", False), ("", True)])
@pytest.mark.parametrize("what", ["environ", "maps"])
def test_another_process_of_the_same_user_reads_neither_its_memory_nor_its_environment(what, keep, opened):
    """Else the web, taken over, would take what the worker knows."""
    code = KEPT.format(AS_NOBODY + keep)
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        holder.stdout.readline()
        holder.stdout.readline()
        found = run(f"{AS_NOBODY}\nopen('/proc/{holder.pid}/{what}', 'rb').read(1)")
    finally:
        holder.stdin.close()
        holder.wait(20)
        holder.stdout.close()
    assert (found.returncode == 0) == opened
    assert ("PermissionError" in found.stderr) == (not opened)
