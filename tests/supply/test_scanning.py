"""The scanners get a session that is signed in, and the addresses that have something to say to the database."""

import contextlib
import json
import stat
import sys
import urllib.parse

import pytest
from click.testing import CliRunner

from portal import db
from portal.accounts.models import Account
from portal.bench import server
from portal.supply import scanners, scanning, served
from portal.supply.cli import supply
from portal.supply.person import CouldNotSignIn, Person, Question
from portal.supply.scanners import CLEAN, CouldNotScan
from portal.supply.scanning import Demo, Finding, Missed
from portal.supply.served import Served
from tests.people import PASSWORD, TOTP
from tests.supply.test_scanners import COMPLIANT

WEB = "".join(f"2026-11-30 10:00:00,000 INFO granian.access GET /page/{n} 200 1 ms\n" for n in range(30))


@pytest.fixture
def running(settings, people, tmp_path):
    """A portal that is served as in production, with the adviser's way in. What its web was asked the tools write."""
    account = {"username": people.adviser.username, "password": PASSWORD, "totp_secret": TOTP, "roles": ["adviser"]}
    db.db.close()
    with server.serving(settings, 1) as served:
        (tmp_path / "serve.log").touch()
        yield Demo(f"https://localhost:{served.port}", served.authority, [account], tmp_path / "serve.log")


@pytest.fixture
def tools(tmp_path):
    """Scanners that find nothing, and write down what they were asked."""
    told = {"vulnerabilities": {}, "anomalies": {}}
    seen = [*scanners.STARTS, *(f"/{number}" for number in range(scanners.PAGES_LEAST))]
    wapiti = f"pathlib.Path(said['--output']).write_text({json.dumps(told)!r})\n"
    wapiti += f"for path in {seen!r}: print('[+] GET https://localhost:1' + path + ' (2)')"
    for name, then in (("sslyze", f"print({COMPLIANT!r})"), ("sqlmap", f"print({CLEAN!r})"), ("wapiti", wapiti)):
        file = tmp_path / "tools" / name / "bin" / name
        file.parent.mkdir(parents=True)
        file.write_text(
            f"#!{sys.executable}\nimport json, pathlib, sys\n"
            "said = dict(one.partition('=')[::2] for one in sys.argv[1:])\n"
            f"open({str(tmp_path / 'asked')!r}, 'a').write(json.dumps([{name!r}, said]) + '\\n')\n"
            f"open({str(tmp_path / 'serve.log')!r}, 'a').write({WEB!r})\n{then}\n"
        )
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return tmp_path / "tools"


def asked(tools) -> list[tuple[str, dict[str, str]]]:
    return [json.loads(line) for line in (tools.parent / "asked").read_text().splitlines()]


def test_a_person_signs_in_and_finds_the_pages_that_ask(running):
    account = running.accounts[0]
    person = Person(running.url, running.authority)
    assert not person.is_in()
    with pytest.raises(CouldNotSignIn):
        person.sign_in(account["username"], "fel " + PASSWORD, TOTP)
    person.sign_in(account["username"], PASSWORD, TOTP)
    assert person.is_in()
    assert person.cookie.startswith("__Host-portal=")
    found = list(person.questions(40))
    assert "/recordings/" in {question.address for question in found if question.form}
    assert [question for question in found if not question.form]
    assert all(question.words and question.address.startswith("/") for question in found)
    assert not [question for question in found if "sign-out" in question.address]
    assert person.is_in()


def scan(running, tools, name: str = "") -> list:
    names = [name or running.accounts[0]["username"]]
    return list(scanning.scan(running, tools, names, 30, tools.parent / "reports"))


def missed(said: list) -> list[tuple[str, str]]:
    return [(one.scanner, one.told) for one in said if isinstance(one, Missed)]


@pytest.fixture(autouse=True)
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "NEXT_CODE_SECONDS", 0)
    monkeypatch.setattr(scanning, "PAGES_MOST", 40)
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


@pytest.fixture
def codes(monkeypatch):
    """A code lets in as often as it is wanted: a test does not wait half a minute for the next."""
    real = Person.sign_in

    def sign_in(self, *given):
        db.connect()
        Account.update(totp_last_step=0).execute()
        db.db.close()
        real(self, *given)

    monkeypatch.setattr(Person, "sign_in", sign_in)


def test_every_scanner_gets_the_session_and_every_question_is_put(running, tools, codes, reports, monkeypatch):
    monkeypatch.setattr(scanning, "PAGES_MOST", 90)
    name = running.accounts[0]["username"]
    said = scan(running, tools)
    assert [one for one in said if isinstance(one, Finding | Missed)] == []
    by_name: dict[str, list[dict[str, str]]] = {}
    for scanner, options in asked(tools):
        by_name.setdefault(scanner, []).append(options)
    assert by_name.keys() == {"sslyze", "sqlmap", "wapiti"}
    paths = [urllib.parse.urlsplit(options["--url"]).path for options in by_name["sqlmap"]]
    assert "/recordings/" in paths
    ending = [path for path in paths if path.startswith(scanners.ENDS)]
    assert "/accounts/me/password" in ending
    assert paths[-len(ending) :] == ending, "what ends the session is asked last"
    assert all(options["--cookie"].startswith("__Host-portal=") for options in by_name["sqlmap"])
    sessions = {options["--cookie"] for options in by_name["sqlmap"][-len(ending) :]}
    assert len(sessions) == len(ending), "and in one of its own"
    (looked,) = [one for one in said if isinstance(one, str) and one.startswith("wapiti")]
    assert looked == (
        f"wapiti looked as {name}, signed in and proven to the end: 30 requests, 30 answered, of 30 addresses"
    )
    assert {file.name for file in (reports / name).iterdir()} == {"sqlmap.txt", "wapiti.txt", "wapiti.json"}
    assert (reports / name / "sqlmap.txt").read_text().count("$ ") == len(paths)
    assert (reports / "sslyze.txt").exists()


def test_a_session_that_ended_under_the_scanners_is_no_pass(running, tools, codes, monkeypatch):
    monkeypatch.setattr(Person, "lives", lambda self, cookie: False)
    told = missed(scan(running, tools))
    assert ("wapiti", "the session ended while it was scanned: what followed saw nothing") in told
    assert ("sqlmap", "/recordings/: the session ended, and what followed was asked by nobody") in told


def test_a_session_without_its_proof_at_the_end_is_no_pass(running, tools, codes, monkeypatch):
    """What asks for the second factor anew was not seen then."""
    came = iter([True])
    monkeypatch.setattr(Person, "is_proven", lambda self: next(came, False))
    assert any(scanner in ("wapiti", "sqlmap") for scanner, _ in missed(scan(running, tools)))


def test_a_session_that_never_was_proven_is_no_pass(running, tools, codes, monkeypatch):
    monkeypatch.setattr(Person, "is_proven", lambda self: False)
    assert missed(scan(running, tools)) == [("sign-in", "the sign-in is no proof for what asks for one anew")]


def test_a_scanner_that_the_web_saw_nothing_of_is_no_pass(running, tools, codes):
    for name in ("sqlmap", "wapiti"):
        program = tools / name / "bin" / name
        program.write_text("".join(line for line in program.read_text().splitlines(True) if "serve.log" not in line))
    told = missed(scan(running, tools))
    assert ("sqlmap", "/recordings/: the web was asked nothing") in told
    assert [why for scanner, why in told if scanner == "wapiti"] == ["the web gave it only 0 addresses"]


def test_one_question_that_could_not_be_asked_keeps_nothing_else_from_being(running, tools, codes):
    program = tools / "sqlmap" / "bin" / "sqlmap"
    program.write_text(program.read_text() + "sys.exit() if '/accounts/' in said['--url'] else None\n")
    program.write_text(
        program.read_text().replace(f"print({CLEAN!r})", f"'/recordings/' in said['--url'] or print({CLEAN!r})")
    )
    said = scan(running, tools)
    assert {scanner for scanner, _ in missed(said)} == {"sqlmap"}
    assert [one for one in said if isinstance(one, str) and one.startswith("wapiti looked")]


def test_who_cannot_sign_in_is_no_pass(running, tools):
    running.accounts[0]["password"] = "fel"
    ((scanner, why),) = missed(scan(running, tools))
    assert (scanner, "could not sign in" in why) == ("sign-in", True)


def test_nobody_of_that_name_is_no_pass(running, tools):
    assert missed(scan(running, tools, "nobody")) == [("sign-in", "the demo has no nobody")]


def test_what_the_web_was_asked_is_read_as_it_comes(tmp_path):
    log = tmp_path / "serve.log"
    log.write_text("2026-11-30 10:00:00,000 INFO granian.access GET /before 200 1 ms\n")
    web = served.Account(log)
    assert web.since() == Served(0, 0, frozenset())
    with log.open("a") as file:
        file.write("INFO granian.access GET /a 200 1 ms\nINFO portal GET /x 200 1 ms\nINFO granian.access POST /b 403 ")
    assert web.since() == Served(1, 1, frozenset({"/a"}))
    with log.open("a") as file:
        file.write("1 ms\n")
    assert web.since() == Served(1, 0, frozenset())


@pytest.mark.parametrize(
    ("told", "code", "last"),
    [
        (["looked"], 0, "0 findings, 0 times not looked"),
        (["looked", Finding("sqlmap", "karin", "q")], 1, "1 findings, 0 times not looked"),
        ([Finding("sqlmap", "karin", "q"), Missed("wapiti", "karin", "w")], 2, "1 findings, 1 times not looked"),
        ([CouldNotScan("no demo")], 2, "0 findings, 1 times not looked"),
    ],
)
def test_the_command_has_a_code_for_each_end_and_keeps_what_it_told(tmp_path, monkeypatch, told, code, last):
    @contextlib.contextmanager
    def demo(calls, reports):
        yield Demo("", tmp_path, [], tmp_path)

    def scanned(*_):
        for one in told:
            if isinstance(one, Exception):
                raise one
            yield one

    monkeypatch.setattr(scanning, "demo", demo)
    monkeypatch.setattr(scanning, "scan", scanned)
    answer = CliRunner().invoke(supply, ["scan", "--reports", str(tmp_path / "kept")])
    assert answer.exit_code == code, answer.output
    assert last in answer.output
    (folder,) = (tmp_path / "kept").iterdir()
    assert (folder / "told.txt").read_text() == answer.output


def test_a_demo_that_does_not_start_is_no_pass(tmp_path):
    answer = CliRunner().invoke(supply, ["scan", "--calls", "0", "--reports", str(tmp_path)])
    assert answer.exit_code == 2, answer.output
    assert "COULD NOT LOOK" in answer.output


def test_the_first_of_each_role_is_taken_and_the_administrator_last():
    accounts_of = [("arvo", ["admin"]), ("a", ["adviser"]), ("b", ["adviser"]), ("c", ["clerk"])]
    demo = Demo("", "", [{"username": name, "roles": roles} for name, roles in accounts_of], "")
    assert scanning.one_of_each_role(demo) == ["a", "c", "arvo"], "last who may change what the others may"


def test_the_same_question_about_another_object_has_the_same_shape():
    one = "/recordings/6f2c1d1e-0000-4000-8000-000000000001/log?page=2&q=x"
    other = "/recordings/6f2c1d1e-0000-4000-8000-000000000002/log?q=y&page="
    assert Question(one).shape == Question(other).shape
    assert Question(one).shape != Question(one.replace("page", "side")).shape
    assert Question("/x", "a=1&csrf_token=t").shape == Question("/x", "a=2").shape != Question("/x?a=2").shape


def test_a_portals_own_settings_do_not_reach_the_demo(monkeypatch, tmp_path):
    """Its inbox would be filled with invented calls."""
    started = {}
    monkeypatch.setenv("PORTAL_INBOX", str(tmp_path))
    monkeypatch.setattr(scanning.subprocess, "Popen", lambda command, **options: started.update(options))
    scanning._started(tmp_path, 8443, 1)
    assert started["env"]
    assert [name for name in started["env"] if name.startswith("PORTAL_")] == ["PORTAL_PROOF_MINUTES"]
