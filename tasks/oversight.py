"""Oversight: signed heads of the log, the roll-up of who listened, what is unusual in it, and the end of old
observations."""

from portal.oversight import checkpoints, listens, looking, observations
from tasks import look


@look
def sign_checkpoint() -> None:
    checkpoints.sign_due()


@look
def count_listens() -> None:
    listens.count_due()


@look
def look_for_patterns() -> None:
    looking.look_due()


@look
def forget_observations() -> None:
    observations.forget_due()
