"""Figures per month and service number: as a page, as drawings, as a file."""

import datetime as dt
import re
import unicodedata
import uuid as uuids
from collections.abc import Iterator
from typing import Any

import flask
from flask_babel import gettext
from flask_login import current_user

from portal import spreadsheet
from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.register import figure_words as words
from portal.register import figures as shown_figures
from portal.register import plots
from portal.register.blueprint import bp
from portal.register.counting import What
from portal.register.figure_forms import FiguresForm
from portal.register.figures import TOGETHER, Month, Overview
from portal.register.small_counts import Shown
from portal.security import requires
from portal.spelling import number
from portal.web import language

MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
WHATS = ", ".join(shown_figures.CODES)


@bp.get("/figures")
@requires(Permission.REGISTER_FIGURES)
def figures() -> str:
    """The calls; what else there is stands above them."""
    return _page(What.CALLS)


@bp.get(f"/figures/<any({WHATS}):what>")
@requires(Permission.REGISTER_FIGURES)
def figures_of(what: str) -> str:
    return _page(What(what))


@bp.get("/figures/paper")
@requires(Permission.REGISTER_FIGURES)
def figures_paper() -> str:
    """All that the reader may see, one after the other, for the printer."""
    pages = [_tables(_view(what)) for what in shown_figures.subjects(current_user)]
    return flask.render_template("register/figures_paper.html", pages=pages, words=words, **SAID)


def _page(what: What) -> str:
    tables = _tables(_view(what))
    view, columns = tables["view"], tables["columns"]
    return flask.render_template(
        "register/figures.html",
        form=FiguresForm.of(view),
        drawn=sorted(
            (column for column in columns if view.all_months(column[0]).high), key=lambda column: bool(column[0])
        ),
        words=words,
        subjects=shown_figures.subjects(current_user),
        of_queue=shown_figures.OF_QUEUES,
        **tables,
        **SAID,
    )


def _tables(view: Overview) -> dict[str, Any]:
    """What the tables of one kind of figures need."""
    columns, together = _columns(view), view.what in TOGETHER
    divided = columns[-1:] if together else columns
    return {"view": view, "columns": columns, "divided": divided, "together": together, "address": _address(view)}


@bp.get(f"/figures/<any({WHATS}):what>.csv")
@requires(Permission.REGISTER_FIGURES, proof=True)
def figures_export(what: str) -> flask.Response:
    """What the page shows, of each service number by itself, for a spreadsheet."""
    view = _view(What(what))
    shown_figures.note_exported(view, by=current_user)
    said = unicodedata.normalize("NFKD", gettext(words.TITLES[view.what])).encode("ascii", "ignore").decode().lower()
    about = "-".join([*said.split(), *([view.queue.number] if view.queue else [])])
    name = f"statistik-{about}-{view.months[0].first:%Y-%m}-{view.months[-1].first:%Y-%m}.csv"
    return flask.Response(
        "".join(spreadsheet.lines(_head(view), _rows(view))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get(f"/figures/<any({WHATS}):what>.svg")
@requires(Permission.REGISTER_FIGURES)
def figures_plot(what: str) -> flask.Response:
    """One column of the page as a drawing; `of` names it, none is all of them together."""
    view, code = _view(What(what)), flask.request.args.get("of", "")
    if code and code not in view.codes:
        raise NotFound
    drawing = plots.drawn(
        [(month.first, view.of(month, code) if month.counted else None) for month in view.months],
        title=f"{gettext(words.TITLES[view.what])}: {_named(view, code)}",
        told=gettext("En stapel för varje månad. Samma tal står i tabellen."),
        least=gettext("minst"),
        most=gettext("högst"),
    )
    return flask.Response(drawing, content_type="image/svg+xml")


def spelled(shown: Shown) -> str:
    """412, or 1–4 for what is hidden."""
    return number(shown.low) if shown.exact else f"{number(shown.low)}–{number(shown.high)}"


def days(shown: Shown) -> str:
    """The mean, in whole days."""
    return "–" if shown.mean is None else number(round(shown.mean))


def plain(shown: Shown) -> str:
    """The same as `spelled` where it is to be reckoned with."""
    return str(shown.low) if shown.exact else f"{shown.low}–{shown.high}"


def hours(shown: Shown) -> str:
    """A tenth is six minutes: whole hours of a quiet month would be none."""
    return f"{shown.total / 3600:.1f}".replace(".", ",")


SAID = {"spelled": spelled, "days": days, "hours": hours}


def _view(what: What) -> Overview:
    asked, chosen = flask.request.args.get("until", ""), flask.request.args.get("queue", "")
    until = dt.date.fromisoformat(f"{asked}-01") if MONTH.fullmatch(asked) else None
    try:
        queue = uuids.UUID(chosen) if chosen else None
    except ValueError as error:
        raise NotFound from error
    return shown_figures.overview(what, user=current_user, until=until, queue=queue)


def _address(view: Overview) -> dict[str, Any]:
    """What the links and drawings of a page say of it, besides what it is of."""
    queue = {"queue": view.queue.uuid} if view.queue else {}
    return {"until": f"{view.months[-1].first:%Y-%m}", **queue}


def _columns(view: Overview) -> list[tuple[str, str]]:
    """Code and words; those of all together last, with no code."""
    columns = [(code, _named(view, code)) for code in view.codes]
    return [*columns, ("", _named(view, ""))] if view.what in TOGETHER else columns


def _named(view: Overview, code: str) -> str:
    return gettext(words.CODES[view.what][code]) if code else gettext("Sammanlagt")


def _head(view: Overview) -> list[str]:
    head = [gettext("Månad"), gettext("Servicenummer"), *(name for _, name in _columns(view))]
    if view.what == What.CALLS:
        head.append(gettext("Timmar"))
    if view.what == What.ANSWERS:
        head += [gettext("Försenade"), gettext("Dagar till svaret, medeltal")]
    return head


def _rows(view: Overview) -> Iterator[list[Any]]:
    places: list[tuple[int | None, str]] = [(None, view.queue.name(language()) if view.queue else gettext("Alla"))]
    if view.queue is None:
        places += [(each.id, each.name(language())) for each in view.queues]
        places += [(0, gettext("Utan servicenummer"))] if view.queues and view.nowhere else []
    for place, name in places:
        for month in view.months:
            if month.counted:
                yield [f"{month.first:%Y-%m}", name, *_cells(view, month, place)]


def _cells(view: Overview, month: Month, place: int | None) -> Iterator[str]:
    for code, _ in _columns(view):
        yield plain(view.of(month, code, place))
    if view.what == What.CALLS:
        yield hours(view.of(month, "", place))
    if view.what == What.ANSWERS:
        yield plain(view.late(month))
        mean = view.of(month).mean
        yield "" if mean is None else str(round(mean))
