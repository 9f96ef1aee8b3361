"""One after another, each a matter of its own: what the worker does with many cases."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Row = TypeVar("Row")


def each(rows: Iterable[Row], act: Callable[[Row], int]) -> int:
    """How many `act` counts of them. One that fails stops no other: its error is raised when all are done."""
    count, failed = 0, None
    for row in rows:
        try:
            count += act(row)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return count
