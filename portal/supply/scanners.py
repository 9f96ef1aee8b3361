"""sslyze, Wapiti and sqlmap against a portal on this machine: what each is told, and what its answer means.

Each says by its report that it has looked; one that ended early, or found nothing to look at, has not.
"""

import json
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from portal import processes
from portal.supply.person import OWN, PROVEN, TOKEN, Question

PAGES_LEAST = 20
"""Wapiti must have seen so many, and among them STARTS: whoever is not signed in sees little."""
STARTS = (OWN, PROVEN)
"""The person's own page, and one that asks for the second factor anew; it begins with them, beside the first."""
PAGE = re.compile(r"^\[\+\] GET (https://\S+) \(\d+\)", re.M)
"""How it tells of each."""
ENDS = (
    *("/accounts/sign-out", "/accounts/me/sessions", "/accounts/sessions", "/accounts/me/password"),
    *("/accounts/me/second-factor", "/accounts/me/enrolment"),
)
"""What is sent there may end the session: Wapiti leaves them out, sqlmap has a session for each."""
MODULES = (
    "cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,https_redirect,ldap,methods,permanentxss,redirect,"
    "sql,timesql,upload,xss"
)
"""Those that ask nobody but the portal: others send the portal to a server of Wapiti's, or fetch lists from outside."""
NOWHERE = "http://127.0.0.1:1/"
"""Stands for the server of Wapiti's that pages could be made to fetch from."""
REFUSALS = "400,403,404,409,422,429"
"""Answers that are one too: a page with a message."""
CLEAN = "all tested parameters do not appear to be injectable"
FOUND = "the following injection point"


class CouldNotScan(Exception):
    """Not: nothing was found."""


class Target(NamedTuple):
    url: str
    authority: Path
    cookie: str
    reports: Path | None = None
    """Where all that the scanners say is kept."""

    @property
    def place(self) -> str:
        """HOST:PORT."""
        return urlsplit(self.url).netloc


def sslyze(tools: Path, target: Target, seconds: int) -> list[str]:
    """Where TLS is not as Mozilla's configuration "intermediate" wants it. Raises CouldNotScan."""
    program = tools / "sslyze" / "bin" / "sslyze"
    address = f"{target.place}{{127.0.0.1}}"
    command: list[str | Path] = [program, "--mozilla_config=intermediate", f"--certinfo_ca_file={target.authority}"]
    said = _run([*command, address], seconds, target.reports)
    verdict = said.rpartition("COMPLIANCE AGAINST")[2]
    if "FAILED - Not compliant" in verdict:
        return [line.strip(" *") for line in verdict.splitlines() if line.strip().startswith("* ")]
    if "OK - Compliant" not in verdict:
        raise CouldNotScan(f"sslyze came to no verdict: {_last(said)}")
    return []


def wapiti(tools: Path, target: Target, seconds: int) -> list[str]:
    """What it found, crawling for a third of the time and attacking for the rest. Raises CouldNotScan."""
    program = tools / "wapiti" / "bin" / "wapiti"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        attacking = max(1, (seconds - seconds // 3) // (MODULES.count(",") + 1))
        command: list[str | Path] = [
            program,
            "--url",
            f"{target.url}/",
            *(f"--start={target.url}{path}" for path in STARTS),
            "--scope=domain",
            f"--module={MODULES}",
            "--level=2",
        ]
        command += [f"--header=Cookie: {target.cookie}", *(f"--exclude={target.url}{path}*" for path in ENDS)]
        command += [f"--max-scan-time={seconds // 3}", f"--max-attack-time={attacking}", "--tasks=1"]
        command += [f"--endpoint={NOWHERE}", "--dns-endpoint=localhost", "--flush-session"]
        command += [f"--store-session={folder}/session", f"--store-config={folder}/config"]
        command += ["--verbose=2", f"--skip={TOKEN}", "--no-bugreport", "--format=json", f"--output={report}"]
        said = _run(command, 2 * seconds + 60, target.reports)
        if target.reports and report.exists():
            shutil.copy(report, target.reports / "wapiti.json")
        try:
            told = json.loads(report.read_text())
            found = [f for kind in ("vulnerabilities", "anomalies") for f in _found(told[kind])]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CouldNotScan(f"Wapiti left no report: {_last(said)}") from error
    pages = {urlsplit(address).path for address in PAGE.findall(said)}
    if len(pages) < PAGES_LEAST or not pages.issuperset(STARTS):
        lacking = ", ".join(path for path in STARTS if path not in pages) or "none of its own"
        raise CouldNotScan(f"Wapiti saw {len(pages)} pages, not among them: {lacking}")
    return found


def _found(by_kind: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    for kind, several in by_kind.items():
        for one in several:
            where = urlsplit(one["path"]).path
            yield f"{kind}: {one['method']} {where} {one['parameter'] or ''} {one['info']}".strip()


def sqlmap(tools: Path, target: Target, question: Question, seconds: int) -> list[str]:
    """What of this question reaches the database as more than a word, within `seconds` for each word. Raises
    CouldNotScan, also when the time is over."""
    program = tools / "sqlmap" / "bin" / "sqlmap"
    with tempfile.TemporaryDirectory() as folder:
        command: list[str | Path] = [
            program,
            f"--url={target.url}{question.address}",
            f"--cookie={target.cookie}",
            f"--output-dir={folder}",
        ]
        command += ["--batch", "--disable-coloring", "--dbms=sqlite", "--level=1", "--risk=1", "--technique=BEUT"]
        command += ["--flush-session", f"--ignore-code={REFUSALS}", "--ignore-proxy", "--retries=0", "--time-sec=2"]
        if question.form:  # as a browser posts it: what checks its token wants to know where it comes from
            command += [f"--data={question.form}", f"--skip={TOKEN}", f"--referer={target.url}{question.address}"]
        said = _run(command, seconds * max(1, len(question.words)), target.reports)
    if FOUND in said:
        return [line.strip() for line in said.partition(FOUND)[2].splitlines() if line.startswith("Parameter:")]
    if CLEAN not in said:
        raise CouldNotScan(f"sqlmap came to no verdict: {_last(said)}")
    return []


def _run(command: Sequence[str | Path], seconds: int, reports: Path | None) -> str:
    """What it said, which is kept in `reports`. It is sent to no proxy: it must not leave the machine."""
    proxies = ("http_proxy", "https_proxy", "all_proxy")
    environment = {name: value for name, value in processes.environment().items() if name.lower() not in proxies}
    try:
        run = subprocess.run(  # noqa: S603 our own tools, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            env=environment,
            preexec_fn=processes.end_with_parent,
        )
    except subprocess.TimeoutExpired as error:
        _keep(reports, command, error.stdout if isinstance(error.stdout, bytes) else b"")
        raise CouldNotScan(f"{Path(command[0]).name} was not done in {seconds} s") from error
    except OSError as error:
        raise CouldNotScan(f"{command[0]} cannot be run: `make scan` brings it") from error
    _keep(reports, command, run.stdout.encode())
    return run.stdout


def _keep(reports: Path | None, command: Sequence[str | Path], said: bytes) -> None:
    if reports is not None:
        with open(reports / f"{Path(command[0]).name}.txt", "ab") as file:
            file.write(f"$ {shlex.join(map(str, command))}\n".encode() + said + b"\n")


def _last(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1].strip()[:200]
