"""The list of calls as a file."""

from collections.abc import Iterable, Iterator

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock, formats, spreadsheet
from portal.accounts.permissions import Permission
from portal.errors import Invalid
from portal.recordings import export, forms, search, sought
from portal.recordings.finding_views import Asking, asking
from portal.recordings.models import Told
from portal.recordings.views import bp
from portal.security import requires
from portal.web import language


@bp.post("/export", endpoint="export")
@requires(Permission.RECORDINGS_EXPORT, proof=True, fetched=True)
def export_list() -> ResponseReturnValue:
    """What the search finds, newest first: sent, for it is taken out of the portal, and an address says nothing."""
    it = asking(flask.request.form.items(multi=True))
    if it.ended:
        raise sought.Ended
    if not it.form.validate():
        raise Invalid
    query = it.form.query()
    rows = list(export.rows(query, by=current_user))
    file = "".join(spreadsheet.lines(_head(), _cells(rows, it))).encode()
    export.note(query, file, rows=len(rows), by=current_user)
    name = "puhelut" if language() == "fi" else "samtal"
    return flask.Response(
        file,
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}-{clock.today().isoformat()}.csv"'},
    )


def _head() -> tuple[str, ...]:
    return (
        *(gettext("Dag"), gettext("Tid"), gettext("Längd"), gettext("Servicenummer"), gettext("Nummer")),
        *(gettext("Kundrådgivare"), gettext("Ämne"), gettext("Informerad om inspelningen"), gettext("Ljud")),
        gettext("Raderas den"),
    )


def _cells(rows: Iterable[search.Row], it: Asking) -> Iterator[tuple[str, ...]]:
    queues = {queue.id: queue.name(language()) for queue in it.queues}
    advisers = {account.id: account.name for account in it.advisers}
    told = {code: str(forms.TOLD[code]) for code in Told}
    sound: dict[str | None, str] = {code: str(label) for code, label in forms.PLAYABLE.items()}
    withheld, held, frozen = gettext("dolt"), gettext("Kvarhållet"), gettext("Spärrat")
    for row in rows:
        yield (
            formats.date(row.started_at),
            formats.time(row.started_at),
            formats.duration(row.duration_ms),
            queues[row.queue_id],
            f"••• {row.number_ending}" if row.number_ending else withheld,
            advisers.get(row.adviser_id, "") if row.adviser_id else "",
            row.subject,
            told[Told(row.told)],
            sound.get(row.playable, ""),
            held if row.holds else frozen if row.freezes else formats.date(row.expires_at),
        )
