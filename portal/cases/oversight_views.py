"""Figures of the requests for those who oversee them."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import flask
from dateutil.relativedelta import relativedelta
from flask_babel import gettext
from flask_login import current_user

from portal import clock, spreadsheet
from portal.accounts.permissions import Permission
from portal.cases import oversight as figures
from portal.cases.blueprint import bp
from portal.cases.oversight import COUNTS, MONTHS, Figures
from portal.retention import outlook
from portal.security import requires

MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")


@bp.get("/oversight")
@requires(Permission.CASES_OVERSEE)
def oversight() -> str:
    """How it stands, and twelve months as a plot and a table."""
    shown = figures.overview(_until())
    figures.note_overseen(shown, by=current_user)
    older, newer = shown.first - relativedelta(months=1), shown.last + relativedelta(months=MONTHS)
    return flask.render_template(
        "cases/oversight.html",
        shown=shown,
        standing=figures.standing(),
        plot=outlook.plot([(month, each.received) for month, each in shown.months]),
        half=half,
        older=older if older.year >= 2000 else None,
        newer=min(newer, clock.today()) if shown.last < clock.today() else None,
    )


@bp.get("/oversight.csv")
@requires(Permission.CASES_OVERSEE, proof=True)
def oversight_export() -> flask.Response:
    """The same table for a spreadsheet."""
    shown = figures.overview(_until())
    figures.note_exported(shown, by=current_user)
    name = f"begaranden-{shown.first:%Y-%m}-{shown.last:%Y-%m}.csv"
    return flask.Response(
        "".join(spreadsheet.lines(_head(), _rows(shown))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def half(days: float | None) -> str:
    """12 or 12,5: a median is whole or ends in a half."""
    return "" if days is None else f"{days:g}".replace(".", ",")


def _until() -> dt.date:
    """A day of the last month that the address asks for; what is none, or still to come, is this month."""
    asked = flask.request.args.get("until", "")
    day = dt.date.fromisoformat(f"{asked}-01") if MONTH.fullmatch(asked) else clock.today()
    return min(day, clock.today())


def _head() -> list[str]:
    return [
        gettext("Mottagna i månaden"),
        gettext("Mottagna"),
        gettext("Obesvarade"),
        gettext("Försenade"),
        gettext("Med längre tid"),
        gettext("Vägrade, helt eller delvis"),
        gettext("Avslutade"),
        gettext("Dagar till svaret, median"),
    ]


def _rows(shown: figures.Overview) -> Iterator[list[Any]]:
    for month, each in shown.months:
        yield [f"{month:%Y-%m}", *_cells(each)]
    yield [gettext("Sammanlagt"), *_cells(shown.together)]


def _cells(each: Figures) -> list[Any]:
    return [*(getattr(each, name) for name in COUNTS), half(each.days)]
