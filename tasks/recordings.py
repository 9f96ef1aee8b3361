"""Making sound playable; forgetting saved searches whose time is over; filling the word index."""

from portal.recordings import filling, render, saved
from tasks import look


@look
def render_pending() -> None:
    render.render_pending()


@look
def forget_searches() -> None:
    saved.forget_due()


@look
def fill_index() -> None:
    filling.fill()
