"""The scanners get a session that is signed in, and the addresses that have something to say to the database."""

import json
import stat
import sys
import urllib.parse

import pytest
from click.testing import CliRunner

from portal import db
from portal.bench import server
from portal.supply import scanners, scanning
from portal.supply.cli import supply
from portal.supply.person import CouldNotSignIn, Person, Question
from portal.supply.scanners import CLEAN, CouldNotScan
from portal.supply.scanning import Demo, Finding
from tests.people import PASSWORD, TOTP
from tests.supply.test_scanners import COMPLIANT


@pytest.fixture
def running(settings, people):
    """A portal that is served as in production, with the adviser's way in."""
    account = {"username": people.adviser.username, "password": PASSWORD, "totp_secret": TOTP, "roles": ["adviser"]}
    db.db.close()
    with server.serving(settings, 1) as served:
        yield Demo(f"https://localhost:{served.port}", served.authority, [account])


@pytest.fixture
def tools(tmp_path):
    """Scanners that find nothing, and write down what they were asked."""
    told = {"vulnerabilities": {}, "anomalies": {}}
    seen = [scanners.OWN, *(f"/{number}" for number in range(scanners.PAGES_LEAST))]
    wapiti = f"pathlib.Path(said['--output']).write_text({json.dumps(told)!r})\n"
    wapiti += f"for path in {seen!r}: print('[+] GET https://localhost:1' + path + ' (2)')"
    for name, then in (("sslyze", f"print({COMPLIANT!r})"), ("sqlmap", f"print({CLEAN!r})"), ("wapiti", wapiti)):
        file = tmp_path / "tools" / name / "bin" / name
        file.parent.mkdir(parents=True)
        file.write_text(
            f"#!{sys.executable}\nimport json, pathlib, sys\n"
            "said = dict(one.partition('=')[::2] for one in sys.argv[1:])\n"
            f"open({str(tmp_path / 'asked')!r}, 'a').write(json.dumps([{name!r}, said]) + '\\n')\n{then}\n"
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
    found = list(person.questions(10))
    assert "/recordings/" in {question.address for question in found if question.form}
    assert [question for question in found if not question.form]
    assert all(question.words and question.address.startswith("/") for question in found)
    assert not [question for question in found if "sign-out" in question.address]
    assert person.is_in()


def test_every_scanner_gets_the_session_and_every_question_is_put(running, tools):
    name = running.accounts[0]["username"]
    said = list(scanning.scan(running, tools, [name], 30))
    assert not [one for one in said if isinstance(one, Finding)]
    by_name: dict[str, list[dict[str, str]]] = {}
    for scanner, options in asked(tools):
        by_name.setdefault(scanner, []).append(options)
    assert by_name.keys() == {"sslyze", "sqlmap", "wapiti"}
    paths = {urllib.parse.urlsplit(options["--url"]).path for options in by_name["sqlmap"]}
    assert "/recordings/" in paths
    assert all(options["--cookie"].startswith("__Host-portal=") for options in by_name["sqlmap"])


def test_a_session_that_ended_under_the_scanners_is_no_pass(running, tools, monkeypatch):
    came = iter([True, False])
    monkeypatch.setattr(Person, "is_in", lambda self: next(came))
    with pytest.raises(CouldNotScan, match="ended while it was scanned"):
        list(scanning.scan(running, tools, [running.accounts[0]["username"]], 30))


def test_who_cannot_sign_in_is_no_pass(running, tools):
    running.accounts[0]["password"] = "fel"
    with pytest.raises(CouldNotScan, match="could not sign in"):
        list(scanning.scan(running, tools, [running.accounts[0]["username"]], 30))


def test_nobody_of_that_name_is_no_pass(running, tools):
    with pytest.raises(CouldNotScan, match="has no nobody"):
        list(scanning.scan(running, tools, ["nobody"], 30))


def test_a_demo_that_does_not_start_is_no_pass():
    answer = CliRunner().invoke(supply, ["scan", "--calls", "0"])
    assert answer.exit_code == 2, answer.output
    assert "COULD NOT LOOK" in answer.output


def test_the_first_of_each_role_is_taken():
    accounts_of = [("a", ["adviser"]), ("b", ["adviser"]), ("c", ["clerk"])]
    demo = Demo("", "", [{"username": name, "roles": roles} for name, roles in accounts_of])
    assert scanning.one_of_each_role(demo) == ["a", "c"]


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
    assert not [name for name in started["env"] if name.startswith("PORTAL_")]
