"""Does anybody know a hole in a package of the lock? The Python Packaging Authority's pip-audit asks; here its answer
is weighed, because silence must not pass for "none"."""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from portal import processes
from portal.supply.lock import Key

CANARIES = (Key("pyyaml", "5.3"), Key("urllib3", "2.5.0"))
"""Holes in them have been known since 2020 (PYSEC-2020-96) and since December 2025 (CVE-2025-66418). An answer that
does not know the one knows none; one that does not know the other is old."""
PATIENCE_SECONDS = 600
ASKING_SECONDS = 30
"""For one package."""


class CouldNotLook(Exception):
    """Not: there is no hole. Nobody knows."""


class Hole(NamedTuple):
    key: Key
    advisory: str
    mended_in: tuple[str, ...]


def look(program: Path, keys: Iterable[Key]) -> list[Hole]:
    """What is known about these packages. `program` is pip-audit.

    Raises CouldNotLook when it said nothing about only one of them, or knows no hole in a canary."""
    wanted = set(keys)
    holes: list[Hole] = []
    for some in _rounds(wanted | set(CANARIES)):
        holes += _weighed(_asked(program, some), some)
    for canary in CANARIES:
        if not any(hole.key == canary for hole in holes):
            raise CouldNotLook(f"no hole is known in {canary.name} {canary.version}: not about advisories, or old ones")
    return sorted(hole for hole in holes if hole.key in wanted)


def _rounds(keys: set[Key]) -> list[list[Key]]:
    """pip-audit refuses the same name twice in a file: the lock has two of some, each for its Python."""
    rounds: list[list[Key]] = []
    for key in sorted(keys):
        free = next((some for some in rounds if key.name not in {other.name for other in some}), None)
        if free is None:
            rounds.append([key])
        else:
            free.append(key)
    return rounds


def _asked(program: Path, keys: list[Key]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "requirements.txt"), Path(folder, "answer.json")
        asked.write_text("".join(f"{key.name}=={key.version}\n" for key in keys))
        options = ["--no-deps", "--disable-pip", "--progress-spinner=off", f"--timeout={ASKING_SECONDS}"]
        options.append(f"--cache-dir={folder}/cache")  # no answer that was kept from another day
        command: list[str | Path] = [program, "--requirement", asked, *options, "--format=json", "--output", answered]
        try:
            run = subprocess.run(  # noqa: S603 our own tools, no shell
                command,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
                env=processes.environment(),
            )
        except subprocess.TimeoutExpired as error:
            raise CouldNotLook(f"pip-audit did not answer in {PATIENCE_SECONDS} s") from error
        except OSError as error:
            raise CouldNotLook(f"{program} cannot be run: `make audit` brings it") from error
        try:
            return json.loads(answered.read_text())
        except FileNotFoundError as error:
            raise CouldNotLook(f"pip-audit ended with {run.returncode} and no answer: {_last(run.stderr)}") from error
        except ValueError as error:
            raise CouldNotLook("what pip-audit answered is no JSON") from error


def _last(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1][:300]


def _weighed(answer: Any, keys: list[Key]) -> list[Hole]:
    """Its exit code is not looked at: it is 0 for packages that the index says nothing about, and the same for a hole
    and for most failures."""
    try:
        told = {Key(one["name"], one["version"]): one["vulns"] for one in answer["dependencies"] if "vulns" in one}
        holes = [Hole(key, str(one["id"]), tuple(one["fix_versions"])) for key, known in told.items() for one in known]
    except (KeyError, TypeError) as error:
        raise CouldNotLook("what pip-audit answered has another form") from error
    if missing := sorted(set(keys) - set(told)):
        first = ", ".join(f"{key.name} {key.version}" for key in missing[:3])
        raise CouldNotLook(f"nothing was said about {len(missing)} of {len(keys)} packages: {first} …")
    return holes
