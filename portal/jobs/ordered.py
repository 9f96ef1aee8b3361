"""What a person asked for and the worker does. The row is the job: whatever a kill leaves is taken up by the next
round."""

from collections.abc import Callable

from portal.accounts.models import Account
from portal.audit import actions as audit
from portal.audit import chain
from portal.jobs import actions
from portal.jobs.models import ASKED_WITH, ORDERED, Job, Kind
from portal.jobs.running import Run, Watch, running
from portal.retention import seals


def run_due() -> None:
    """Do what waits, or was broken off; what another process is at is left to it. What is asked for by somebody whose
    right to it is over is not done."""
    for kind in ORDERED:
        job = Job.get_or_none(Job.kind == kind, Job.stands == True, Job.owner.is_null(False))  # noqa: E712 a column
        if job is None:
            continue
        if not job.owner.may(ASKED_WITH[kind]):
            actions.drop(job)
            continue
        # What was checked of the log before a kill may be otherwise by now; sound that was read is not read again
        with running(kind, by=job.owner, soon=True, anew=kind == Kind.LOG) as run:
            if run.mine and kind == Kind.LOG:
                _check_log(run, by=job.owner)
            elif run.mine:
                _check_sound(run, by=job.owner)


def check_log(expected: chain.Checkpoint | None = None, *, watch: Watch | None = None) -> chain.Verdict:
    """By hand: the whole log."""
    with running(Kind.LOG, soon=True, anew=True, watch=watch) as run:
        return _check_log(run, expected)


def _check_log(run: Run, expected: chain.Checkpoint | None = None, *, by: Account | None = None) -> chain.Verdict:
    told = log_teller(run)
    verdict = audit.verify(expected, by=by, heard=told)
    told(verdict.entries)
    run.amiss = 0 if verdict.whole else 1
    return verdict


def log_teller(run: Run) -> Callable[[int], object]:
    """For a check of the log, which says how many entries it has read."""
    entries = audit.length()
    return lambda read: run.tell(read, max(read, entries))  # some are written meanwhile


def check_sound(*, watch: Watch | None = None) -> seals.Checked:
    """By hand: the sound of every call."""
    with running(Kind.SOUND, soon=True, watch=watch) as run:
        return _check_sound(run)


def _check_sound(run: Run, *, by: Account | None = None) -> seals.Checked:
    def told(checked: seals.Checked) -> None:
        run.amiss = checked.broken
        run.tell(checked.read, checked.whole, place=checked.place)

    return seals.check(seals.Checked(read=run.before, place=run.place, broken=run.amiss), told, by=by)
