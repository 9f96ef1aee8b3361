"""Sound files on their way from the folder into the vault, several at a time, and off again in the order they were put
on, to be registered."""

import collections
import contextlib
import dataclasses
import itertools
import uuid

import peewee

from portal.ingest import drafts, lock
from portal.ingest.crew import Crew, Made, Result
from portal.ingest.delivery import Delivery
from portal.ingest.inbox import Found
from portal.retention.pace import Pace

MOST = 32
"""Files on it at once: each keeps one open, and what is done waits for a slow one before it."""
RESERVED = 16
"""Subjects named in one commit."""


@dataclasses.dataclass
class Load:
    """A file on the conveyor. `parcel` is open."""

    file: Found
    parcel: Delivery
    subject: uuid.UUID
    result: Result | None = None

    @property
    def made(self) -> Made | None:
        return self.result if isinstance(self.result, Made) else None

    def drop(self) -> None:
        """Leave nothing of it in the vault."""
        with contextlib.suppress(
            OSError, peewee.PeeweeException
        ):  # what the disk refuses now is removed before the next import
            drafts.remove(self.subject)


class Conveyor:
    """`with Conveyor(processes) as conveyor:`; what is on it at the end is dropped."""

    def __init__(self, processes: int) -> None:
        self._crew = Crew(processes)
        self._loads: collections.deque[Load] = collections.deque()
        self._numbered: dict[int, Load] = {}
        self._subjects: list[uuid.UUID] = []
        self._held = contextlib.ExitStack()
        self.pace = Pace()
        """Whoever registers what comes off gives way to others."""

    def __enter__(self) -> "Conveyor":
        with lock.importing():  # nobody clears what is left behind just now
            self._held.enter_context(drafts.many())
        self._held.callback(self._clear)
        self._held.enter_context(self._crew)
        return self

    def __exit__(self, *fault: object) -> None:
        self._held.close()

    def _clear(self) -> None:
        """The crew is gone."""
        for load in self._loads:
            load.parcel.close()
            load.drop()
        self._loads.clear()
        with contextlib.suppress(peewee.PeeweeException):  # the next import does
            drafts.give_back(self._subjects)

    @property
    def full(self) -> bool:
        return self._crew.busy or len(self._loads) >= MOST

    @property
    def empty(self) -> bool:
        return not self._loads

    def put(self, file: Found, parcel: Delivery) -> None:
        """Takes over `parcel`, if this does not raise OSError or peewee.PeeweeException. There must be room."""
        if not self._subjects:
            self._subjects = drafts.reserve(RESERVED)
        load = Load(file, parcel, self._subjects[-1])
        self._numbered[self._crew.order(load.subject, parcel.content)] = load
        self._loads.append(load)
        self._subjects.pop()

    def wait(self) -> None:
        """Until one more is done; something must be under way."""
        for number, result in self._crew.results():
            self._numbered.pop(number).result = result

    @property
    def done(self) -> int:
        """How many can be taken off now."""
        return sum(1 for _ in itertools.takewhile(lambda load: load.result is not None, self._loads))

    def off(self, most: int) -> list[Load]:
        """The first on it, at most so many, as far as they are done; they are the caller's now, who closes them."""
        return [self._loads.popleft() for _ in range(min(self.done, most))]
