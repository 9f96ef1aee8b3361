"""How far long work has come, for somebody at a terminal: on one line; in a file or a log a line now and then."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator
from time import monotonic

import click

from portal.jobs.forecast import Forecast, Progress

LOOK_SECONDS = 0.5
LOGGED_SECONDS = 30
"""Between two lines in a file."""


class Line:
    def __init__(self, name: str) -> None:
        self._name, self._again = name, sys.stderr.isatty()
        self._told, self._said = monotonic(), ""

    def __call__(self, progress: Progress) -> None:
        said = f"{self._name}: {progress}"
        if said == self._said or not (self._again or monotonic() - self._told >= LOGGED_SECONDS):
            return
        self._told, self._said = monotonic(), said
        if self._again:
            said = f"\r{said[: shutil.get_terminal_size().columns - 1]}\033[K"
        click.echo(said, err=True, nl=not self._again)

    def end(self) -> None:
        if self._again and self._said:
            click.echo(err=True)


@contextlib.contextmanager
def count(name: str) -> Iterator[Callable[[int, int], None]]:
    """A line for work that no register can note: there is none while it is put back. It is told how much of how much
    is done."""
    with line(name) as told:
        looked = monotonic()
        forecast = Forecast(looked)

        def tell(done: int, whole: int) -> None:
            nonlocal looked
            if monotonic() - looked >= LOOK_SECONDS or done == whole:
                looked = monotonic()
                told(forecast.look(looked, done, whole))

        yield tell


@contextlib.contextmanager
def line(name: str) -> Iterator[Line]:
    """What is told to it while it lasts stands on the line `name`."""
    told = Line(name)
    try:
        yield told
    finally:
        told.end()
