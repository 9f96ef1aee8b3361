"""The pages of how many callers were told."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import flask
from flask_babel import gettext
from flask_login import current_user

from portal import clock, formats, spreadsheet
from portal.accounts.permissions import Permission
from portal.queues import telling
from portal.queues.blueprint import bp
from portal.queues.models import Queue
from portal.queues.telling import WEEK, WEEKS, Count, Week
from portal.security import requires
from portal.web import language


@bp.get("/told")
@requires(Permission.QUEUES_READ)
def told() -> str:
    """Thirteen weeks: the share that was not told, per queue."""
    queues = _queues()
    shown = telling.weeks(queues, _until())
    newer = shown[0].monday + WEEKS * WEEK
    return flask.render_template(
        "queues/told.html",
        queues=queues,
        weeks=shown,
        share=share,
        older=shown[-1].monday - WEEK,
        newer=min(newer, clock.today()) if shown[0].sunday < clock.today() else None,
    )


@bp.get("/told.csv")
@requires(Permission.QUEUES_READ, proof=True)
def told_export() -> flask.Response:
    """The counts behind it, for a spreadsheet."""
    queues = _queues()
    shown = telling.weeks(queues, _until())
    telling.note_exported(shown, by=current_user)
    name = f"informerade-{shown[-1].monday.isoformat()}-{shown[0].sunday.isoformat()}.csv"
    return flask.Response(
        "".join(spreadsheet.lines(_head(), _rows(queues, shown))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def share(count: Count) -> str:
    """1,4 %, or '' when there were no calls. What is not nothing is not written as nothing."""
    if count.share is None:
        return ""
    tenths = max(round(count.share * 1000), 1 if count.without else 0)
    return f"{tenths / 10:g}".replace(".", ",") + "\u00a0%"


def _queues() -> list[Queue]:
    return list(Queue.read_by(current_user).order_by(Queue.active.desc(), Queue.number))


def _until() -> dt.date:
    """A day of the last week that the address asks for; what is none, or still to come, is this week."""
    try:
        day = dt.date.fromisoformat(flask.request.args.get("until", ""))
    except ValueError:
        return clock.today()
    return min(day, clock.today()) if day.year >= 2000 else clock.today()


def _head() -> list[str]:
    return [
        gettext("Vecka"),
        gettext("Måndag"),
        gettext("Nummer"),
        gettext("Servicenummer"),
        gettext("Samtal in"),
        gettext("Informerade"),
        gettext("Inte informerade"),
        gettext("Okänt"),
        gettext("Andel utan"),
    ]


def _rows(queues: list[Queue], shown: list[Week]) -> Iterator[list[Any]]:
    for week in reversed(shown):
        name = f"{week.monday.isocalendar().year}-W{week.number:02d}"
        for queue in queues:
            count = week.queues.get(queue.id, Count())
            numbers = [count.calls, count.told, count.untold, count.unknown]
            yield [name, formats.date(week.monday), queue.number, queue.name(language()), *numbers, share(count)]
