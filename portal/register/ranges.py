"""Passages of a call as people type and read them: '0:15–0:20,5', one on each line."""

import re
from collections.abc import Sequence

from portal.spelling import milliseconds, offset

_LINE = re.compile(r"(?P<start>[0-9:.,]+)\s*[-–—]\s*(?P<end>[0-9:.,]+)")


class Unreadable(ValueError):
    """`line`: which one, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read(text: str) -> list[tuple[int, int]]:
    """The passages in milliseconds from and up to, as typed. Empty lines are none. Unreadable."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        typed = _LINE.fullmatch(line.strip())
        start, end = (milliseconds(typed["start"]), milliseconds(typed["end"])) if typed else (None, None)
        if start is None or end is None:
            raise Unreadable(number)
        found.append((start, end))
    return found


def written(ranges: Sequence[tuple[int, int]]) -> str:
    """The same, to be read and typed over: one on each line."""
    return "\n".join(f"{offset(start)}–{offset(end)}" for start, end in ranges)
