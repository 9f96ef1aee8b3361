"""Long work: what a person asked for, and the end of what is told of it."""

from portal.jobs import actions, ordered
from tasks import look


@look
def run_ordered() -> None:
    ordered.run_due()


@look
def forget_jobs() -> None:
    actions.forget_due()
