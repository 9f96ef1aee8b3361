"""Making sound playable; forgetting saved searches whose time is over."""

from portal.recordings import render, saved
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def render_pending() -> None:
    render.render_pending()


@huey.task()  # type: ignore[untyped-decorator]
def forget_searches() -> None:
    saved.forget_due()
