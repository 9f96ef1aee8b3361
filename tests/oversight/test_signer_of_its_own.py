"""The key of the signed heads belongs to a user who is not the web's, as the README sets it up: with two real users.

Only root can be both, and only where others can read the code. Elsewhere one user is both, and it is seen that the
portal says so: nothing is taken for separate that is not."""

import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.audit import verifier
from portal.cli import root
from portal.oversight import checkpoints

WEB, SIGNER = "web", "signer"
NUMBERS = {WEB: 64001, SIGNER: 64002}
"""Numbers that nobody has."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
RECORDS = """
import os
from pathlib import Path
from portal import config, db
from portal.audit.actions import record
from portal.audit.acts import Act
db.bind(config.use(config.load(Path(os.environ["PORTAL_DATA"]))))
db.connect()
with db.db.atomic():
    record(Act.SEARCHED, hits=1)
print("written", flush=True)
input()
"""
PORTAL = "from portal.cli import main; main()"
CODE = Path(verifier.__file__).parents[2]
PYTHONS = (sys.executable, "/usr/bin/python{}.{}".format(*sys.version_info))
"""The one that runs the tests may lie where nobody else may read."""


def as_user(user: str, code: str, *arguments: str, data: Path, python: str) -> subprocess.Popen[str]:
    """By the interpreter `python`; '' is this one, as who runs the tests."""
    is_who = {"user": NUMBERS[user], "group": NUMBERS[user], "extra_groups": []} if python else {}
    paths = os.pathsep.join([str(CODE), *(path for path in sys.path if path.endswith("site-packages"))])
    return subprocess.Popen(
        [python or sys.executable, "-c", code, *arguments],
        **is_who,
        umask=0o022 if user == SIGNER else 0o077,
        env={"PORTAL_DATA": str(data), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": paths},
        cwd=CODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class House:
    def __init__(self, folder: Path) -> None:
        self.data, self.outside = folder / "portal", folder / "portal-log"
        self.key, self.lines = self.outside / "checkpoint.key", self.outside / "checkpoints.log"
        self.python = next(filter(self._runs, PYTHONS), "") if os.geteuid() == 0 else ""
        self.two = bool(self.python)
        """Web and signer are two users."""

    def place(self, folder: Path, owner: str, mode: int) -> None:
        folder.mkdir()
        self.give(folder, owner)
        folder.chmod(mode)

    def give(self, file: Path, owner: str) -> None:
        if self.two:
            os.chown(file, NUMBERS[owner], NUMBERS[SIGNER])

    def _runs(self, python: str) -> bool:
        with contextlib.suppress(OSError):
            process = as_user(WEB, "import portal.cli", data=self.data, python=python)
            process.communicate(timeout=60)
            return process.returncode == 0
        return False

    def run(self, user: str, *arguments: str, code: str = PORTAL) -> tuple[int, str]:
        process = as_user(user, code, *arguments, data=self.data, python=self.python)
        said, errors = process.communicate(timeout=120)
        return process.returncode, (said + errors).strip()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """As the README says, step by step."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    made = House(folder)
    try:
        made.place(made.data, WEB, 0o2750)
        made.place(made.outside, SIGNER, 0o755)
        settings = made.data / "portal.toml"
        settings.write_text(f'checkpoint_key = "{made.key}"\ncheckpoint_file = "{made.lines}"\n')
        made.give(settings, WEB)
        assert made.run(WEB, "migrate")[0] == 0
        for file in (settings, made.data / "portal.db"):
            file.chmod(0o640)
        with _writing(made):
            yield made
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _writing(made: House) -> Iterator[None]:
    """Web and worker run: one of them holds the register open."""
    web = as_user(WEB, RECORDS, data=made.data, python=made.python)
    try:
        assert web.stdout is not None
        assert web.stdout.readline() == "written\n", web.communicate()
        yield
    finally:
        web.kill()
        web.communicate()


@pytest.fixture(scope="module")
def public(house) -> str:
    new = ["--new"] if house.two else []  # that of one user is made with the rest
    code, said = house.run(SIGNER, "audit", "key", *new)
    assert code == 0, said
    return said


def test_the_signer_signs_what_the_web_wrote(house, public):
    code, said = house.run(SIGNER, "audit", "sign", "--once")
    assert (code, said) == (0, "")
    with contextlib.closing(verifier.Log(house.data / "portal.db")) as log:
        found = verifier.check(log, [house.lines], [verifier.public_key(public)])
    assert (found.whole, found.entries >= 1) == (True, True), found


def test_the_web_cannot_read_the_key_sign_with_it_or_touch_the_lines(house, public):
    house.run(SIGNER, "audit", "sign", "--once")
    if not house.two:
        assert house.run(WEB, code=f"open({str(house.key)!r}).read()") == (0, ""), "one user reads it"
        assert "log's key:       WARNING: the web can read it" in house.run(WEB, "status")[1], "and is told"
        assert not house.key.stat().st_mode & OTHERS, "but nobody else"
        return
    before = house.lines.read_bytes()
    for code in (
        f"open({str(house.key)!r}).read()",
        f"open({str(house.lines)!r}, 'a').write('x')",
        f"open({str(house.lines)!r}, 'w')",
        f"__import__('os').unlink({str(house.lines)!r})",
        f"__import__('os').rename({str(house.key)!r}, {str(house.data / 'mine')!r})",
    ):
        ended, said = house.run(WEB, code=code)
        assert (ended, "PermissionError" in said) == (1, True), code
    assert house.run(WEB, "audit", "sign", "--once") == (1, "not signed: NotOurs")
    assert house.run(WEB, "audit", "key", "--new")[0] == 1
    assert house.lines.read_bytes() == before


def test_the_signer_reads_the_register_and_nothing_else(house, public):
    writes = f"import sqlite3; sqlite3.connect({str(house.data / 'portal.db')!r}).execute('DELETE FROM audit_entry')"
    ended, said = house.run(SIGNER, code=writes)
    assert ended == 1, said
    for place in ("secrets", "keystore", "objects", "ledger", "inbox"):
        if not house.two:
            assert not (house.data / place).stat().st_mode & OTHERS, f"others than the one user look into {place}"
            continue
        ended, said = house.run(SIGNER, code=f"print(__import__('os').listdir({str(house.data / place)!r}))")
        assert (ended, "PermissionError" in said) == (1, True), place


def test_the_worker_sees_that_the_signer_is_alive_and_the_status_has_nothing_to_say(house, public):
    house.run(SIGNER, "audit", "sign", "--once")
    due = "from portal import config, db; from portal.oversight import checkpoints; "
    due += "db.bind(config.settings()); db.connect(); checkpoints.sign_due()"
    assert house.run(WEB, code=due) == (0, "")
    told = json.loads(house.run(WEB, "status", "--json")[1])
    assert (told["log_key_open"], told["log_silent"], told["faults"]) == (not house.two, False, {})


def test_an_upgrade_leaves_it_so(house, public):
    assert house.run(WEB, "migrate")[0] == 0
    assert house.run(SIGNER, "audit", "sign", "--once") == (0, "")


def test_the_status_warns_of_a_key_that_the_web_can_read(settings):
    """One user for both, as in the demo."""
    assert json.loads(CliRunner().invoke(root, ["status", "--json"]).stdout)["log_key_open"] is True
    assert "log's key:       WARNING: the web can read it" in CliRunner().invoke(root, ["status"]).stdout
    settings.checkpoint_key.unlink()
    assert json.loads(CliRunner().invoke(root, ["status", "--json"]).stdout)["log_key_open"] is False, "there is none"


@pytest.mark.parametrize(
    ("key", "web", "mode", "opened"),
    [
        (SIGNER, WEB, 0o600, False),
        (WEB, WEB, 0o600, True),
        (SIGNER, None, 0o600, True),
        (SIGNER, WEB, 0o640, True),
        (SIGNER, WEB, 0o604, True),
    ],
    ids=["two users", "one user", "the web is root", "for its group", "for all"],
)
def test_the_web_is_who_owns_the_key_of_its_cookies(settings, key, web, mode, opened, monkeypatch):
    """Whoever runs the tests: only root gives files away, so the register is told whose they are."""
    settings.checkpoint_key.chmod(mode)
    owners = {settings.checkpoint_key: NUMBERS[key], settings.web_key: NUMBERS[web] if web else 0}
    plain = Path.stat

    def owned(path: Path, **more: bool) -> os.stat_result:
        found = plain(path, **more)
        if path not in owners:
            return found
        fields = list(found)
        fields[stat.ST_UID] = owners[path]
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "stat", owned)
    assert checkpoints.is_webs() is opened
