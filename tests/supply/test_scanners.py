"""What a scanner says is read for what it means; one that did not look never passes for one that found nothing."""

import json
import stat
import sys
import textwrap

import pytest

from portal.supply import scanners
from portal.supply.person import Question
from portal.supply.scanners import CLEAN, CouldNotScan, Target

SECRET = ("PORTAL_ROOT_KEY", "PORTAL_SEAL_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY")
HERE = Target("https://localhost:8443", "ca.pem", "__Host-portal=token")
COMPLIANT = """
 COMPLIANCE AGAINST TLS CONFIGURATION
 ------------------------------------
    Checking results against Mozilla's "intermediate" configuration.
    localhost:8443: OK - Compliant.
"""
NOT_COMPLIANT = """
 COMPLIANCE AGAINST TLS CONFIGURATION
    localhost:8443: FAILED - Not compliant.
        * tls_versions: TLS versions {'TLSv1'} are supported, but should be rejected.
        * maximum_certificate_lifespan: Certificate life span is 397 days, should be less than 366.
"""
INJECTABLE = """
[INFO] GET parameter 'q' is vulnerable. Do you want to keep testing the others (if any)? [y/N] N
sqlmap identified the following injection point(s) with a total of 41 HTTP(s) requests:
---
Parameter: q (GET)
    Type: boolean-based blind
---
"""


@pytest.fixture
def tools(tmp_path):
    """Programs that stand in for the scanners: each writes down how it was called, and does what it is told."""

    def make(name: str, then: str):
        file = tmp_path / name / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        calls = f"pathlib.Path({str(tmp_path / 'called')!r}).write_text(json.dumps([sys.argv[1:], dict(os.environ)]))"
        head = f"#!{sys.executable}\nimport json, os, pathlib, sys, time\n{calls}\n"
        file.write_text(head + textwrap.dedent(then))
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return tmp_path

    return make


def called(tools) -> tuple[list[str], dict[str, str]]:
    return json.loads((tools / "called").read_text())


def test_tls_that_complies_is_no_finding_and_is_asked_for_at_the_loopback_address(tools):
    there = tools("sslyze", f"print({COMPLIANT!r})")
    assert scanners.sslyze(there, HERE, 9) == []
    arguments, _ = called(there)
    assert {"--mozilla_config=intermediate", "--certinfo_ca_file=ca.pem", "localhost:8443{127.0.0.1}"} == set(arguments)


def test_a_scanner_is_told_neither_the_root_key_nor_the_settings(tools, monkeypatch):
    for name in SECRET:
        monkeypatch.setenv(name, "secret")
    there = tools("sslyze", f"print({COMPLIANT!r})")
    scanners.sslyze(there, HERE, 9)
    assert "secret" not in called(there)[1].values()


def test_what_does_not_comply_is_told_each_by_itself(tools):
    found = scanners.sslyze(tools("sslyze", f"print({NOT_COMPLIANT!r}); sys.exit(1)"), HERE, 9)
    assert [fault.partition(":")[0] for fault in found] == ["tls_versions", "maximum_certificate_lifespan"]


@pytest.mark.parametrize(
    "said", ["", "WARNING: could not connect", COMPLIANT.replace("OK - Compliant", "ERROR - Scan did not run")]
)
def test_tls_that_nobody_judged_is_no_pass(tools, said):
    """sslyze ends with 0 also when it reached nothing."""
    with pytest.raises(CouldNotScan):
        scanners.sslyze(tools("sslyze", f"print({said!r})"), HERE, 9)


def report(pages: int, own: tuple[str, ...] = scanners.STARTS, **found: dict) -> str:
    told = {"vulnerabilities": {"SQL Injection": []}, "anomalies": {}} | found
    seen = [*own, *(f"/recordings/{number}" for number in range(len(own), pages))]
    said = "\n".join(f"[+] GET https://localhost:8443{path} (2)" for path in seen)
    return f"""
        file = next(a for a in sys.argv if a.startswith("--output=")).partition("=")[2]
        pathlib.Path(file).write_text({json.dumps(told)!r})
        print({said!r})
    """


ONE = [{"method": "GET", "path": "/recordings/?q=x", "parameter": "q", "info": "payload came back"}]


def test_a_crawl_that_found_nothing_is_no_finding(tools):
    assert scanners.wapiti(tools("wapiti", report(20)), HERE, 9) == []


@pytest.mark.parametrize("kind", ["vulnerabilities", "anomalies"])
def test_what_the_crawl_found_is_told_without_the_query(tools, kind):
    found = scanners.wapiti(tools("wapiti", report(20, **{kind: {"Reflected XSS": ONE}})), HERE, 9)
    assert found == ["Reflected XSS: GET /recordings/ q payload came back"]


@pytest.mark.parametrize(
    "then",
    [
        report(19),
        "print('interrupted')",
        report(20, vulnerabilities=None),
        report(20, own=("/accounts/sign-in",)),
        report(20, own=scanners.STARTS[:1]),
        report(20, own=scanners.STARTS[1:]),
        report(20, anomalies=[]),
    ],
)
def test_a_crawl_that_saw_next_to_nothing_is_no_pass(tools, then):
    with pytest.raises(CouldNotScan):
        scanners.wapiti(tools("wapiti", then), HERE, 9)


def test_the_crawl_is_signed_in_does_not_sign_out_and_asks_nobody_outside(tools):
    there = tools("wapiti", report(20))
    scanners.wapiti(there, HERE, 300)
    arguments, _ = called(there)
    assert "--header=Cookie: __Host-portal=token" in arguments
    assert {f"--start=https://localhost:8443{path}" for path in scanners.STARTS} <= set(arguments)
    assert {f"--exclude=https://localhost:8443{path}*" for path in scanners.ENDS} <= set(arguments)
    assert "/accounts/sign-out" in scanners.ENDS
    assert {"--endpoint=http://127.0.0.1:1/", "--dns-endpoint=localhost"} <= set(arguments)
    assert not {"ssrf", "xxe", "log4shell", "nikto", "wapp", "cms", "takeover"} & set(scanners.MODULES.split(","))


def test_a_query_that_reaches_nothing_is_no_finding(tools):
    there = tools("sqlmap", f"print('[CRITICAL] {CLEAN}. Try to increase values')")
    assert scanners.sqlmap(there, HERE, Question("/recordings/?q=x"), 9) == []
    arguments, _ = called(there)
    assert {"--url=https://localhost:8443/recordings/?q=x", "--cookie=__Host-portal=token"} <= set(arguments)


def test_a_form_is_posted_with_its_token_and_from_its_page(tools):
    there = tools("sqlmap", f"print('{CLEAN}')")
    assert scanners.sqlmap(there, HERE, Question("/recordings/", "csrf_token=t&q=x"), 9) == []
    arguments, _ = called(there)
    assert "--data=csrf_token=t&q=x" in arguments
    assert "--referer=https://localhost:8443/recordings/" in arguments


def test_a_query_that_reaches_the_database_is_told(tools):
    assert scanners.sqlmap(tools("sqlmap", f"print({INJECTABLE!r})"), HERE, Question("/?q=x"), 9) == [
        "Parameter: q (GET)"
    ]


@pytest.mark.parametrize(
    "said", ["", "[CRITICAL] unable to connect to the target URL", "[CRITICAL] page not found (404)"]
)
def test_a_query_that_nobody_tried_is_no_pass(tools, said):
    with pytest.raises(CouldNotScan):
        scanners.sqlmap(tools("sqlmap", f"print({said!r})"), HERE, Question("/?q=x"), 9)


@pytest.mark.parametrize(
    "scan",
    [
        scanners.sslyze,
        scanners.wapiti,
        lambda tools, here, seconds: scanners.sqlmap(tools, here, Question("/?q=x"), seconds),
    ],
)
def test_a_scanner_that_is_not_there_is_no_pass(tmp_path, scan):
    with pytest.raises(CouldNotScan, match="make scan"):
        scan(tmp_path, HERE, 9)


def test_all_that_a_scanner_said_is_kept(tools, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    here = HERE._replace(reports=kept)
    scanners.sslyze(tools("sslyze", f"print({COMPLIANT!r})"), here, 9)
    scanners.wapiti(tools("wapiti", report(20)), here, 9)
    for word in ("q=x", "q=y"):
        scanners.sqlmap(tools("sqlmap", f"print({CLEAN!r})"), here, Question(f"/?{word}"), 9)
    with pytest.raises(CouldNotScan):
        scanners.sqlmap(tools("sqlmap", "print('half way', flush=True); time.sleep(60)"), here, Question("/?q=z"), 1)
    assert "OK - Compliant" in (kept / "sslyze.txt").read_text()
    assert "vulnerabilities" in json.loads((kept / "wapiti.json").read_text())
    said = (kept / "sqlmap.txt").read_text()
    assert (said.count("$ "), said.count(CLEAN), "half way" in said) == (3, 2, True)


def test_sqlmap_has_its_time_for_each_word(tools):
    there = tools("sqlmap", f"time.sleep(1.2); print({CLEAN!r})")
    assert scanners.sqlmap(there, HERE, Question("/?a=1&b=2&c=3"), 1) == []
    with pytest.raises(CouldNotScan, match="not done"):
        scanners.sqlmap(there, HERE, Question("/?a=1"), 1)


def test_a_scanner_that_takes_too_long_is_ended_and_is_no_pass(tools):
    with pytest.raises(CouldNotScan, match="not done in 1 s"):
        scanners.sslyze(tools("sslyze", "time.sleep(60)"), HERE, 1)


def test_nothing_is_sent_to_a_proxy(tools, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    there = tools("sslyze", f"print({COMPLIANT!r})")
    scanners.sslyze(there, HERE, 9)
    assert not [name for name in called(there)[1] if name.lower().endswith("_proxy")]
