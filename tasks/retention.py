"""Deleting what is past its date, and looking after what is kept."""

from portal.retention import actions, passages, reconcile
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def purge_due() -> None:
    actions.purge_due()


@huey.task()  # type: ignore[untyped-decorator]
def tend_kept() -> None:
    actions.tend_kept()


@huey.task()  # type: ignore[untyped-decorator]
def erase_passages() -> None:
    passages.sweep()


@huey.task()  # type: ignore[untyped-decorator]
def reconcile_nightly() -> None:
    reconcile.nightly()
