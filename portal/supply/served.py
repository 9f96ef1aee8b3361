"""What a demo's web was asked, by its own account: a scanner that says it looked is not believed alone."""

import re
from pathlib import Path
from typing import NamedTuple

LINE = re.compile(r"granian\.access (?P<method>[A-Z]+) (?P<path>/\S*) (?P<status>\d{3}) ")


class Served(NamedTuple):
    requests: int
    answered: int
    """With a page or a paper, not with a refusal or another address."""
    paths: frozenset[str]
    """Of these."""


class Account:
    """Of `portal serve`, as it comes. What was told before is left out."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = file.stat().st_size

    def since(self) -> Served:
        """What was asked since the last time."""
        with open(self._file, "rb") as file:
            file.seek(self._read)
            whole, end, _ = file.read().rpartition(b"\n")
        self._read += len(whole + end)
        lines = [found for line in whole.decode(errors="replace").split("\n") if (found := LINE.search(line))]
        good = [line for line in lines if line["status"].startswith("2")]
        return Served(len(lines), len(good), frozenset(line["path"] for line in good))
