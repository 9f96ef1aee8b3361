"""Making sound playable; forgetting saved searches whose time is over; filling the word index."""

from portal.recordings import filling, render, saved
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def render_pending() -> None:
    render.render_pending()


@huey.task()  # type: ignore[untyped-decorator]
def forget_searches() -> None:
    saved.forget_due()


@huey.task()  # type: ignore[untyped-decorator]
def fill_index() -> None:
    filling.fill()
