"""When the worker looks: each sweep at the start, then at its interval."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from huey.consumer import Scheduler

from portal import config, processes
from tasks import Look, huey
from tasks.accounts import forget_numbers, forget_staff_lists
from tasks.cases import make_copies, tend_cases
from tasks.documents import make_due
from tasks.incidents import purge_incidents
from tasks.ingest import sweep_inbox
from tasks.jobs import forget_jobs, run_ordered
from tasks.oversight import count_listens, forget_observations, look_for_patterns, sign_checkpoint
from tasks.queues import tend_announcements
from tasks.recordings import fill_index, forget_searches, render_pending
from tasks.register import count_figures, tend_consents
from tasks.retention import erase_passages, purge_due, reconcile_nightly, tend_kept
from tasks.rights import end_rights, tend_reviews


class Round(NamedTuple):
    task: Look
    seconds: Callable[[], float]


ROUNDS = (
    Round(sweep_inbox, lambda: config.settings().inbox_seconds),
    Round(render_pending, lambda: config.settings().inbox_seconds),
    Round(fill_index, lambda: config.settings().inbox_seconds),
    Round(make_due, lambda: config.settings().inbox_seconds),
    Round(erase_passages, lambda: config.settings().inbox_seconds),
    Round(make_copies, lambda: config.settings().inbox_seconds),
    Round(run_ordered, lambda: config.settings().inbox_seconds),
    Round(sign_checkpoint, lambda: config.settings().checkpoint_seconds),
    Round(count_figures, lambda: 3600),  # before what it counts is deleted
    Round(purge_due, lambda: config.settings().purge_minutes * 60),
    Round(reconcile_nightly, lambda: 3600),
    Round(tend_kept, lambda: config.settings().purge_minutes * 60),
    Round(tend_cases, lambda: config.settings().purge_minutes * 60),
    Round(tend_consents, lambda: config.settings().purge_minutes * 60),
    Round(purge_incidents, lambda: 3600),
    Round(forget_staff_lists, lambda: 3600),
    Round(forget_numbers, lambda: 3600),
    Round(forget_searches, lambda: 3600),
    Round(forget_jobs, lambda: 3600),
    Round(end_rights, lambda: config.settings().purge_minutes * 60),
    Round(tend_reviews, lambda: config.settings().purge_minutes * 60),
    Round(count_listens, lambda: config.settings().purge_minutes * 60),
    Round(tend_announcements, lambda: 3600),
    Round(look_for_patterns, lambda: 3600),
    Round(forget_observations, lambda: 3600),
)


class Rounds(Scheduler):
    """Huey's own scheduler, which counts in minutes, made to count in seconds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due = dict.fromkeys(ROUNDS, 0.0)

    def initialize(self) -> None:
        processes.end_with_parent()

    def loop(self, now: Any = None) -> None:
        try:
            self.enqueue_due(time.monotonic())
        except Exception:
            self._logger.exception("the queue refused")
        super().loop(now)

    def enqueue_due(self, moment: float) -> None:
        """Say "look now" for each round whose interval is over, unless that still waits in the queue:
        a worker that was busy for an hour is not told a thousand times."""
        due = [r for r in ROUNDS if self._due[r] <= moment]
        if not due:
            return
        waiting = {type(task).__name__ for task in huey.pending()}
        for r in due:
            self._due[r] = moment + r.seconds()
            if r.task.task_class.__name__ not in waiting:
                r.task()
