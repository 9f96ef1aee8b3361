"""The pages of audit."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import flask
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock, formats, spreadsheet
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit import actions, lines, words
from portal.audit.forms import QuestionForm
from portal.audit.models import Entry
from portal.errors import Invalid
from portal.jobs.models import Kind
from portal.jobs.running import Run, running
from portal.queues.models import Queue
from portal.security import requires
from portal.web import language

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.app_template_global("log_lines")
def log_lines(entries: list[Entry]) -> list[lines.Line]:
    """Entries in words, for the pages of others who may show them."""
    return lines.of(entries)


@bp.app_template_global("log_fault")
def log_fault(told: dict[str, Any]) -> str:
    """What a check of the log found amiss."""
    code = told.get("fault", "")
    text = words.CODES["fault"].get(code, code)
    return gettext(text)


@bp.get("/")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    """The log, newest first, as asked."""
    form = _form()
    if not form.validate():
        return flask.render_template("audit/index.html", form=form, asked=_asked(form), page=None), 422
    page = actions.read(form.question(), by=current_user, before=_number("before"), after=_number("after"))
    asked = _asked(form)
    return flask.render_template(
        "audit/index.html",
        form=form,
        asked=asked,
        codes=json.dumps(form.question().codes()),
        page=page,
        lines=lines.of(page.entries),
        newer=page.newer and flask.url_for(".index", **asked, after=page.newer),
        older=page.older and flask.url_for(".index", **asked, before=page.older),
        most=actions.EXPORT_MOST,
        one_person=form.question().of_one,
        checked=actions.last_check(current_user),
        whole_log=Entry.sees_all(current_user),
    )


@bp.get("/export")
@requires(Permission.AUDIT_READ, proof=True)
def export() -> ResponseReturnValue:
    """The same rows as a spreadsheet."""
    form = _form()
    if not form.validate():
        raise Invalid
    account = current_user._get_current_object()
    entries, count, capped = actions.export(form.question(), by=account)
    head = (
        gettext("Rad"),
        gettext("Dag"),
        gettext("Klockslag"),
        gettext("Vem"),
        gettext("Händelse"),
        gettext("Gäller"),
        gettext("Servicenummer"),
        gettext("Ändamål"),
        gettext("Ärende"),
        gettext("Uppgifter"),
        gettext("Händelsekod"),
        gettext("Id"),
        gettext("Kontrollsumma"),
    )
    body = flask.stream_with_context(spreadsheet.lines(head, _rows(entries, count, capped, account)))
    name = f"logg-{clock.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return flask.Response(body, content_type=spreadsheet.MEDIA_TYPE, headers=headers)


def _rows(entries: Iterator[Entry], count: int, capped: bool, account: Account) -> Iterator[tuple[object, ...]]:
    with running(Kind.LOG_FILE, by=account) as job:
        yield from _told_rows(entries, count, capped, job)


def _told_rows(entries: Iterator[Entry], count: int, capped: bool, job: Run) -> Iterator[tuple[object, ...]]:
    sent = 0
    while batch := list(itertools.islice(entries, 500)):
        for line in lines.of(batch):
            details = " · ".join(f"{label}: {value}" for label, value in line.details)
            yield (
                line.number,
                formats.date(line.at),
                formats.time(line.at, seconds=True),
                line.who,
                line.what,
                line.about,
                line.queue,
                line.purpose,
                line.reference,
                details,
                line.act,
                line.subject,
                line.hash,
            )
        sent += len(batch)
        job.tell(sent, count)
    if capped:
        yield (gettext("Det finns fler rader än en fil rymmer. Välj en kortare period för resten."),)


def _form() -> QuestionForm:
    people = list(Account.select(Account.uuid, Account.name).order_by(Account.name).tuples())
    queues = Queue.select().order_by(Queue.name_sv)
    if not Entry.sees_all(current_user):
        queues = queues.where(Queue.id.in_(sorted(current_user.queues_as("manager"))))
    return QuestionForm(request.args, people=people, queues=list(queues), language=language())


def _asked(form: QuestionForm) -> dict[str, Any]:
    """The conditions in the address, without the place in the list."""
    return {field.name: request.args[field.name] for field in form if request.args.get(field.name)}


def _number(name: str) -> int | None:
    """An entry's number from the address; what is none asks nothing."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
