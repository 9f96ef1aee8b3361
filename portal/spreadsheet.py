"""CSV as Finnish spreadsheet programs open it: semicolons, a byte order mark, no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

MEDIA_TYPE = "text/csv; charset=utf-8"

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that opens with one of these is run, not shown (OWASP, CSV injection)."""


def cell(value: Any) -> str:
    """Text that stays text: what looks like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    text = str(value)
    return "'" + text if text.startswith(FORMULA) else text


def lines(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file piece by piece, so that a long one never stands in memory whole."""
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    for row in _after(head, rows):
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _after(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[Iterable[Any]]:
    yield head
    yield from rows
