"""Deleting what is past its date, and looking after what is kept."""

from portal.retention import actions, passages, reconcile
from tasks import look


@look
def purge_due() -> None:
    actions.purge_due()


@look
def tend_kept() -> None:
    actions.tend_kept()


@look
def erase_passages() -> None:
    passages.sweep()


@look
def reconcile_nightly() -> None:
    reconcile.nightly()
