"""The log's summary of a month: the page, and the paper that hangs on it."""

import datetime as dt

import flask
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.audit import actions as audit
from portal.audit import words
from portal.documents.actions import owned
from portal.documents.kinds import Owner
from portal.errors import NotFound
from portal.oversight import months
from portal.oversight.blueprint import bp
from portal.oversight.overview_views import sums_of
from portal.security import requires

SHOWN = 24
"""Months of the list."""


@bp.get("/months")
@requires(Permission.OVERSIGHT_READ)
def months_index() -> str:
    """Every month, with its papers."""
    papers: dict[str, list[object]] = {}
    for paper in owned(Owner.OVERSIGHT, "", by=current_user):
        papers.setdefault(paper.owner_key, []).append(paper)
    return flask.render_template("oversight/months.html", months=months.all_()[:SHOWN], papers=papers)


@bp.get("/months/<month:month>")
@requires(Permission.OVERSIGHT_READ)
def month(month: dt.date) -> str:
    """What the log of a month holds, in sums."""
    first = clock.today().replace(day=1)
    if month > first:
        raise NotFound
    shown = months.of(month)
    months.note_viewed(shown, by=current_user)
    return flask.render_template(
        "oversight/month.html",
        month=shown,
        address={
            "from": _typed(month),
            "to": _typed(min(clock.next_month(month) - dt.timedelta(days=1), clock.today())),
        },
        act_words=words.ACTS,
        **sums_of(shown.listens),
        checked=audit.last_check(current_user),
        before=(month - dt.timedelta(days=1)).replace(day=1),
        next=clock.next_month(month) if month < first else None,
    )


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
