"""The pages of retention."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import flask
from flask_babel import gettext
from flask_login import current_user
from werkzeug.routing import BaseConverter, ValidationError

from portal import clock, spreadsheet
from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.retention import (
    actions,
    health,
    ledger,
    months,
    outlook,
    passages,
    protocol,
    reconcile,
    standing,
    sweeps,
    watch,
    words,
)
from portal.retention.forms import ConfirmForm, DayForm
from portal.retention.models import PurgeLine, Result
from portal.retention.restriction_models import Redaction
from portal.security import requires
from portal.web import language

bp = flask.Blueprint("retention", __name__, url_prefix="/retention")


class DayConverter(BaseConverter):
    """A day as yyyy-mm-dd and no other way. Not personal data: it may stand in an address."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        try:
            day = dt.date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error
        if not 2000 <= day.year < 2100:
            raise ValidationError
        return day

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


class MonthConverter(BaseConverter):
    """A month as yyyy-mm and no other way; Python sees its first day."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> dt.date:
        return months.named(value)

    def to_url(self, value: dt.date) -> str:
        return months.name(value)


@bp.record_once
def _converters(state: Any) -> None:
    state.app.url_map.converters.update(day=DayConverter, month=MonthConverter)


@bp.after_app_request
def follow(response: flask.Response) -> flask.Response:
    """What an act has taken away or kept goes into the ledger at once; what fails here, the next sweep makes good."""
    if flask.request.method == "POST" and response.status_code < 400:
        try:
            standing.catch_up()
        except (OSError, ledger.Busy, ledger.Behind, ledger.Broken) as error:
            flask.current_app.logger.error("the ledger could not be written: %s", sweeps.kind(error))
    return response


@bp.app_template_global("retention_alarm")
def retention_alarm() -> health.Alarm | None:
    """The red banner on every page of those who may read about retention; None for all others."""
    if not current_user.is_authenticated or not current_user.may(Permission.RETENTION_READ):
        return None
    return health.banner()


@bp.app_template_global("silenced")
def _silenced(recording: Recording) -> list[Redaction]:
    return passages.of(recording)


@bp.app_template_global("retention_words")
def retention_words() -> Any:
    return words


@bp.get("/")
@requires(Permission.RETENTION_READ)
def index() -> Any:
    """How deletion stands, what comes, and the days with protocols."""
    form = DayForm(flask.request.args)
    if form.validate() and form.day.data:
        return flask.redirect(flask.url_for("retention.show", day=form.day.data), 303)
    return status_page(form), 422 if form.errors else 200


def status_page(day: DayForm | None = None, *, confirm: ConfirmForm | None = None) -> str:
    """How deletion stands; with the forms that were refused."""
    until = _day(flask.request.args.get("until")) or clock.today()
    forecast = protocol.forecast()
    return flask.render_template(
        "retention/index.html",
        report=health.report(),
        forecast=forecast,
        plot=outlook.plot(forecast),
        kept=outlook.kept(),
        pause=watch.standing(),
        confirm=confirm or ConfirmForm(),
        findings=reconcile.waiting(100),
        reconciled=sweeps.last("reconcile"),
        days=protocol.days(until),
        until=until,
        today=clock.today(),
        failed=protocol.failed(current_user),
        queues=queue_names(),
        form=day or DayForm(),
    )


def _day(text: str | None) -> dt.date | None:
    try:
        return DayConverter.to_python(None, text) if text else None  # type: ignore[arg-type]  # no URL map is needed for it
    except ValidationError:
        return None


@bp.get("/protocols/<day:day>")
@requires(Permission.RETENTION_READ)
def show(day: dt.date) -> str:
    """The day's purge protocol. Managers see the lines of their own queues, and the totals."""
    if day > clock.today():
        return flask.render_template("retention/future.html", day=day)
    lines, after = protocol.page(day, current_user, cursor())
    actions.note_viewed(day, by=current_user)
    return flask.render_template(
        "retention/protocol.html",
        protocol=protocol.of(day, current_user),
        lines=lines,
        points=protocol.points([line.subject for line in lines]),
        after=after,
        queues=queue_names(),
        before=day - dt.timedelta(days=1),
        next=day + dt.timedelta(days=1) if day < clock.today() else None,
    )


@bp.get("/months/<month:month>")
@requires(Permission.RETENTION_READ)
def month(month: dt.date) -> str:
    """The month's purge protocol: the days' figures together."""
    first = clock.today().replace(day=1)
    if month > first:
        return flask.render_template("retention/future.html", month=month)
    actions.note_month_viewed(month, by=current_user)
    return flask.render_template(
        "retention/month.html",
        month=months.of(month),
        before=(month - dt.timedelta(days=1)).replace(day=1),
        next=clock.next_month(month) if month < first else None,
    )


def cursor() -> uuid.UUID | None:
    """The row after which the page in the address begins; what is no row's name is none."""
    try:
        return uuid.UUID(flask.request.args.get("after", ""))
    except ValueError:
        return None


def queue_names() -> dict[int, str]:
    """Key → number and name in the reader's language."""
    return {queue.id: f"{queue.number} {queue.name(language())}" for queue in Queue.select()}


@bp.get("/protocols/<day:day>.csv")
@requires(Permission.RETENTION_READ, proof=True)
def export(day: dt.date) -> flask.Response:
    """The same lines for a spreadsheet, all of them. The semicolon is what Finnish Excel splits at:
    the comma is its decimal mark."""
    if day > clock.today():
        raise NotFound
    lines = [*protocol.lines(day, current_user), *protocol.held_back(day, current_user)]
    actions.note_exported(day, len(lines), by=current_user)
    _, end = protocol.bounds(day)
    content = "".join(spreadsheet.lines(_head(), _rows(lines, end)))
    name = f"gallringsprotokoll-{day.isoformat()}.csv"
    return flask.Response(
        content,
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _head() -> list[str]:
    return [
        gettext("Id"),
        gettext("Slag"),
        gettext("Servicenummer"),
        gettext("Regel"),
        gettext("Regelns version"),
        gettext("Lagringstid till"),
        gettext("Påbörjad"),
        gettext("Nyckeln förstörd"),
        gettext("Raderad"),
        gettext("Resultat"),
        gettext("Senaste fel"),
        gettext("Försök"),
        gettext("Sista säkerhetskopian av nyckeln borta"),
        gettext("Loggens kontrollpunkt"),
    ]


def _rows(lines: list[PurgeLine], end: dt.datetime) -> Iterator[list[Any]]:
    queues, points = queue_names(), protocol.points([line.subject for line in lines])
    for line in lines:
        done = line.purged_at is not None and line.purged_at < end
        waits = Result.FAILED if line.failure else Result.CLAIMED
        yield [
            line.subject,
            gettext(words.KINDS[line.kind]),
            queues.get(line.queue_id, ""),
            gettext(words.RULES[line.rule]),
            line.rule,
            _iso(line.due_at),
            _iso(line.claimed_at),
            _iso(line.key_destroyed_at),
            _iso(line.purged_at if done else None),
            gettext(words.RESULTS[Result.PURGED if done else waits]),
            line.failure,
            line.attempts,
            _iso(protocol.keys_gone_by(line.key_destroyed_at)),
            points.get(line.subject, "") if done else "",
        ]


def _iso(moment: dt.datetime | None) -> str:
    """Sorts as text, and says its distance to UTC: the repeated hour of autumn stays clear."""
    return clock.local(moment).isoformat(timespec="seconds") if moment else ""


# their pages are on the same blueprint
from portal.retention import hold_views, threat_views, transfer_views, watch_views  # noqa: E402, F401 siblings
