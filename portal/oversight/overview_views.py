"""Who listened to what and why: the officer's first page, and the entries of the log behind its figures."""

from collections.abc import Iterator
from typing import Any

import flask
from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock, spreadsheet
from portal.accounts import names
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit import actions as audit
from portal.audit import words
from portal.errors import Invalid
from portal.oversight import checkpoints, overview
from portal.oversight.blueprint import bp
from portal.oversight.forms import AskedForm, BeforeForm
from portal.oversight.overview import Asked, Overview
from portal.queues.models import Queue
from portal.security import requires
from portal.web import language

WIDTH, HEIGHT, FOOT, HEAD = 720, 160, 24, 18
STEP = WIDTH // 24


@bp.get("/")
@requires(Permission.OVERSIGHT_READ)
def index() -> ResponseReturnValue:
    """Sums by person, service number, purpose and hour of the day."""
    form = _form()
    checked, head = audit.last_check(current_user), overview.head()
    state = {"checked": checked, "head": head, "signing": checkpoints.standing()}
    if not form.validate():
        return flask.render_template("oversight/index.html", form=form, shown=None, **state), 422
    asked = form.asked()
    shown = overview.of(asked)
    overview.note_viewed(asked, by=current_user, listens=shown.total)
    return flask.render_template(
        "oversight/index.html",
        form=form,
        asked=asked,
        address=_address(form, asked),
        month_before=_month_before(form),
        shown=shown,
        **sums_of(shown),
        bars=_bars(shown.hours),
        plot=(WIDTH, HEIGHT, HEIGHT - FOOT),
        **state,
    )


@bp.get("/listens")
@requires(Permission.OVERSIGHT_READ)
def listens() -> ResponseReturnValue:
    """The entries of the log behind a figure, the newest first."""
    form, place = _form(), BeforeForm(request.args)
    if not form.validate() or not place.validate():
        return flask.render_template("oversight/listens.html", form=form, page=None), 422
    asked = form.asked()
    page = overview.entries(asked, before=place.before.data)
    overview.note_viewed(asked, by=current_user, listens=len(page.entries))
    address = _address(form, asked)
    return flask.render_template(
        "oversight/listens.html",
        form=form,
        asked=asked,
        address=address,
        month_before=_month_before(form),
        page=page,
        older=page.older and url_for(".listens", **address, before=page.older),
    )


@bp.get("/listens.csv")
@requires(Permission.OVERSIGHT_READ, proof=True)
def export() -> ResponseReturnValue:
    """The sums of the first page, one row for each person, service number and purpose."""
    form = _form()
    if not form.validate():
        raise Invalid
    asked = form.asked()
    rows = overview.rows(asked)
    overview.note_exported(asked, by=current_user, rows=len(rows))
    head = (gettext("Från"), gettext("Till"), gettext("Person"), gettext("Servicenummer"), gettext("Ändamål"))
    name = f"lyssningar-{asked.first.isoformat()}-{asked.last.isoformat()}.csv"
    return flask.Response(
        "".join(spreadsheet.lines((*head, gettext("Lyssningar")), _cells(asked, rows))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cells(asked: Asked, rows: list[overview.Row]) -> Iterator[tuple[Any, ...]]:
    people, queues = names.of(row.person for row in rows), {row.id: row.name(language()) for row in _queues().values()}
    for row in rows:
        who = people.get(row.person, row.person.hex[:8])
        yield (asked.first, asked.last, who, queues.get(row.queue_id, ""), purpose(row.purpose), row.count)


@bp.app_template_global("listen_purpose")
def purpose(code: str) -> str:
    """In words."""
    return gettext(words.PURPOSES[code]) if code in words.PURPOSES else code


def _form() -> AskedForm:
    people = list(Account.select(Account.uuid, Account.name).order_by(Account.name).tuples())
    return AskedForm(request.args, people=people, queues=list(_queues().values()), language=language())


def _queues() -> dict[int, Queue]:
    return {queue.id: queue for queue in Queue.select().order_by(Queue.name_sv)}


def _month_before(form: AskedForm) -> dict[str, Any]:
    """The same conditions of the calendar month that ended last, as an address has them."""
    first, last = overview.month_before(clock.today())
    return _address(form, Asked(first=first, last=last))


def _address(form: AskedForm, asked: Asked) -> dict[str, Any]:
    """The conditions as an address has them, the days always: a link means the same tomorrow."""
    chosen = {name: form[name].data for name in ("person", "queue", "purpose", "hour") if form[name].data}
    days = {"from": asked.first, "to": asked.last}
    return {**{name: f"{day.day}.{day.month}.{day.year}" for name, day in days.items()}, **chosen}


def sums_of(shown: Overview) -> dict[str, Any]:
    """What the tables of sums need: which purposes occur, names, and what of an address leads to the entries."""
    queues, known = _queues(), names.of(one.key for one in shown.people)
    return {
        "purposes": sorted(shown.purposes, key=lambda code: ([*words.PURPOSES, code].index(code), code)),
        "people": {one.key: known.get(one.key, one.key.hex[:8]) for one in shown.people},
        "people_links": {one.key: {"person": one.key} for one in shown.people},
        "queues": {
            one.key: queues[one.key].name(language()) if one.key in queues else gettext("Utan servicenummer")
            for one in shown.queues
        },
        "queue_links": {one.key: {"queue": queues[one.key].uuid} for one in shown.queues if one.key in queues},
    }


def _bars(hours: list[int]) -> list[tuple[int, int, int, int]]:
    """Hour, count, height and left edge of each bar."""
    most, room = max(hours) or 1, HEIGHT - FOOT - HEAD
    return [(hour, n, max(2, round(room * n / most)) if n else 0, hour * STEP + 3) for hour, n in enumerate(hours)]
