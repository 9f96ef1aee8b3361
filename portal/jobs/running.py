"""Long work while it is done: it says how far it has come, and how it ended.

What is not ended when its process dies is taken up again: the next that does the same work finds its row and goes on.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from time import monotonic

import peewee

from portal import clock, lock
from portal.accounts.models import Account
from portal.db import db
from portal.jobs.forecast import Forecast, Progress
from portal.jobs.models import ALONE, GOES_ON, ORDERED, Job, Kind, Outcome
from portal.retention import sweeps

LOOK_SECONDS = 0.5
"""How often it is looked at how long it will take, and somebody at a terminal is told."""
TOLD_SECONDS = 2.0
"""How often the register is."""

MOST_BREAKS = 5
"""What a person asked for, and was broken off so often, is not taken up again: it may be what ends the worker."""
LOST = "Lost"
"""Code of the fault of work that ended without a word."""

Watch = Callable[[Progress], None]


class Stopped(Exception):
    """Who asked for it needs it no more. Never leaves `running`."""


class Run:
    """Work under way. Set `fault` when not all of it worked, `amiss` to how much was found that is not as it should
    be, `waits` when it stopped for a person's word."""

    def __init__(self, kind: Kind, by: Account | None, watch: Watch | None) -> None:
        self.fault, self.amiss, self.waits = "", 0, False
        self.mine = True
        """False: another process is at the same. Nothing is noted then."""
        self.before = self.place = 0
        """What was done before a kill, and where it goes on."""
        self._kind, self._by, self._watch = kind, by, watch
        self._job: Job | None = None
        self._began = clock.now()
        self._looked = self._told = monotonic()
        self._forecast = Forecast(self._looked)
        self._last: tuple[int, int | None] = (0, None)
        self._said = Progress(0, None)

    def tell(self, done: int, whole: int | None, *, place: int = 0) -> bool:
        """So much of so much is done, and after a kill it goes on at `place`: noted now and then, in a commit of its
        own. Was it noted? Never raises what the database says to that: it is told later, or never. Raises Stopped,
        which is for `running` alone."""
        now = monotonic()
        done = max(done, self._last[0])  # never back
        whole = whole if whole is None else max(whole, done)  # what comes in meanwhile is done as well
        self._last, self.place = (done, whole), place
        if now - self._looked < min(LOOK_SECONDS, TOLD_SECONDS):
            return False
        self._looked, self._said = now, self._forecast.look(now, done, whole)
        if self._watch:
            self._watch(self._said)
        if now - self._told < TOLD_SECONDS or not self.mine:
            return False
        self._told = now
        with contextlib.suppress(peewee.PeeweeException):
            self._note()
            return True
        return False

    def _note(self) -> None:
        said, now = self._said, clock.now()
        told = {"told_at": now, "done": said.done, "whole": said.whole, "per_minute": said.per_minute}
        self._write(**told, seconds_left=said.seconds_left, place=self.place, amiss=self.amiss)

    @db.atomic()
    def _write(self, **values: object) -> None:
        """Raises Stopped."""
        if self._job is None:
            alone = True if self._kind in ALONE else None
            owner = self._by.id if self._by else None
            self._job = Job.create(kind=self._kind, owner=owner, begun_at=self._began, stands=alone, **values)
        else:
            noted = Job.update(values).where(Job.id == self._job.id, Job.ended_at.is_null()).execute()
            if not noted and self._kind in ORDERED and self._by is not None:
                raise Stopped

    def begin(self, *, soon: bool, anew: bool) -> None:
        """Find the row of the same work that waits for it or was broken off. `soon`: make one if there is none."""
        now = clock.now()
        here = Job.get_or_none(Job.kind == self._kind, Job.stands == True) if self._kind in ALONE else None  # noqa: E712 a column
        if here is not None and not self._takes_up(here):
            if self._kind in ORDERED and here.owner_id is not None:
                self.mine = False  # what somebody waits for is left to the worker
                return
            Job.update(ended_at=now, outcome=Outcome.BROKEN_OFF, stands=None).where(Job.id == here.id).execute()
            here = None
        if here is None and self._kind in ORDERED and self._by is not None:
            self.mine = False  # it was stopped before it was taken
            return
        if here is not None and self._kind in ORDERED and here.breaks >= MOST_BREAKS:
            self._job, self.fault, self._last = here, LOST, (here.done, here.whole)
            self.amiss = here.amiss
            self.end(Outcome.FAILED)
            self.mine = False
            return
        if here is not None:
            self._job = here
            if not anew:
                self.before, self.place, self.amiss = here.done, here.place, here.amiss
            self._forecast = Forecast(self._looked, self.before)
            self._last = (self.before, here.whole)
            again = here.breaks + (here.begun_at is not None)
            self._write(begun_at=here.begun_at or now, told_at=now, breaks=again, done=self.before, seconds_left=None)
        elif soon:
            self._write(told_at=now)

    def _takes_up(self, here: Job) -> bool:
        if self._kind in ORDERED:
            return here.owner_id is not None and self._by is not None and here.owner_id == self._by.id
        return self._kind in GOES_ON

    def end(self, outcome: Outcome) -> None:
        done, whole = self._last
        if self._watch:
            self._watch(dataclasses.replace(self._said, done=done, whole=whole, seconds_left=None))
        if self._job is None or not self.mine:
            return
        now = clock.now()
        nobodys = self._job.owner_id is None
        told = outcome == Outcome.GOOD and self._kind == Kind.LOG_FILE  # who has the file need not be told
        values = {"ended_at": now, "told_at": now, "outcome": outcome, "fault": self.fault, "amiss": self.amiss}
        with contextlib.suppress(peewee.PeeweeException, Stopped):  # then it is told of as broken off
            self._write(
                **values,
                done=done,
                whole=whole,
                seconds_left=None,
                stands=None,
                seen_at=now if told or nobodys else None,
            )
            if nobodys and self._kind in GOES_ON:
                self._forget_earlier()

    @db.atomic()
    def _forget_earlier(self) -> None:
        """Of what the worker does by itself, all day long, the last is kept."""
        assert self._job is not None
        earlier = (Job.kind == self._kind, Job.owner.is_null(), Job.ended_at.is_null(False), Job.id < self._job.id)
        Job.delete().where(*earlier).execute()


@contextlib.contextmanager
def running(
    kind: Kind, *, by: Account | None = None, soon: bool = False, anew: bool = False, watch: Watch | None = None
) -> Iterator[Run]:
    """Note how far the work `kind` has come, and how it ends.

    What is over before it was told of once leaves no row, unless `soon`. `anew`: it begins from the start when it was
    broken off. `watch` is told more often. An exception ends it with its kind, and goes on; what its owner has stopped
    leaves the block. Must not be entered inside a transaction: each note is a commit of its own.
    """
    run = Run(kind, by, watch)
    with contextlib.ExitStack() as held:
        if kind in ALONE:
            run.mine = held.enter_context(lock.alone(f"job-{kind}"))
        if run.mine:
            try:
                run.begin(soon=soon, anew=anew)
            except Stopped:
                run.mine = False
            except peewee.PeeweeException:
                pass  # the log of a broken register is checked all the same
        try:
            yield run
        except Stopped:
            return
        except Exception as error:
            run.fault = sweeps.kind(error)
            run.end(Outcome.FAILED)
            raise
        except BaseException:  # told to stop, or who fetched it went away
            if kind not in GOES_ON or (kind in ORDERED and by is None):
                run.end(Outcome.BROKEN_OFF)
            raise
        run.end(_outcome(run))


def _outcome(run: Run) -> Outcome:
    if run.fault:
        return Outcome.FAILED
    if run.waits:
        return Outcome.STOPPED
    return Outcome.AMISS if run.amiss else Outcome.GOOD
