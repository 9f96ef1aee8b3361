"""Making sound playable."""

from portal.recordings import render
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def render_pending() -> None:
    render.render_pending()
