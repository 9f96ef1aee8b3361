"""The worker's look at residents' requests: what their days ask for, and what of them is over."""

import contextlib
import dataclasses
import logging
from collections.abc import Iterator

from portal.cases import attachments, carrying, clockwork, copies, ending, locking, purging, reminders, search
from portal.cases.codes import OPEN
from portal.cases.models import Case
from portal.errors import trace
from portal.recordings import statements
from portal.retention import sweeps, watch

log = logging.getLogger("portal.cases")


@dataclasses.dataclass
class Tended:
    """What one look did, in counts."""

    moved: int = 0
    """Cases whose days were reckoned to others than they had."""
    reminded: int = 0
    found: int = 0
    """Calls that came in late and may concern an open case."""
    carried: int = 0
    """Claims of which what was granted is erased now."""
    closed: int = 0
    """Cases whose lifting day had come."""
    lifted: int = 0
    """Restrictions of which the person has been told, and whose day had come."""
    fault: str = ""
    """Kind of the last failure; '' when all went well."""


def tend() -> Tended:
    """One round. What fails stops nothing else: each part, and in it each case, is a matter of its own, and the
    sweep has the fault. What ends by a date does so only while the clock can be trusted, as with deletion.
    """
    done = Tended()
    with sweeps.running("cases") as run:
        for case in _open():
            with _alone(done):
                done.moved += clockwork.reckon_again(case)
        with _alone(done):
            done.reminded = reminders.remind()
        with _alone(done):
            copies.make_due()
        for case in _open():
            with _alone(done):
                done.found += search.again(case)
        with _alone(done):
            copies.expire_due()
        with _alone(done):
            carried = carrying.carry_out()
            done.carried, done.fault = carried.done, carried.fault or done.fault
        with _alone(done):
            locking.follow_due()
        with _alone(done):
            done.lifted = locking.lift_due()
        if not watch.doubts_clock():
            with _alone(done):
                done.closed = ending.close_due()
        with _alone(done):
            done.fault = purging.purge_due().fault or done.fault
        with _alone(done):
            if attachments.sweep() + statements.sweep():
                done.fault = "EIO"
        run.fault = done.fault
    return done


def _open() -> list[Case]:
    return list(Case.select().where(Case.state.in_(OPEN)).order_by(Case.due_on, Case.id))


@contextlib.contextmanager
def _alone(done: Tended) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        done.fault = sweeps.kind(error)
        log.error("a part of the round over the requests failed: %s", trace(error))
