"""Long work: what a person asked for, and the end of what is told of it."""

from portal.jobs import actions, ordered
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def run_ordered() -> None:
    ordered.run_due()


@huey.task()  # type: ignore[untyped-decorator]
def forget_jobs() -> None:
    actions.forget_due()
