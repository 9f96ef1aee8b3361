"""The pages of calls that belong together: the parts of one, and those with one number."""

import dataclasses
import datetime as dt
import uuid as uuids
from urllib.parse import urlencode

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.queues.models import Queue
from portal.recordings import actions, conversations, search, series_views, sought
from portal.recordings.finding_views import cursor
from portal.recordings.views import bp
from portal.security import requires
from portal.web import language


@bp.route("/<uuid:uuid>/series", methods=["GET", "POST"])
@requires(Permission.RECORDINGS_LISTEN)
def conversation_series(uuid: uuids.UUID) -> ResponseReturnValue:
    """State the purpose for the parts of the call's conversation, from the first to the last."""
    recording = actions.reach(uuid, by=current_user)
    parts, _, _ = conversations.parts(recording, by=current_user)
    return series_views.stated([part.uuid for part in parts], of=recording)


@bp.get("/<uuid:uuid>/same-number")
@requires(Permission.RECORDINGS_FIND)
def same_number(uuid: uuids.UUID) -> ResponseReturnValue:
    """The calls with the number of this one, of the person's queues; a search like any other. The address names the
    call and no number."""
    recording = actions.reach(uuid, by=current_user)
    asked = conversations.of_number(recording)
    before, after = cursor("before"), cursor("after")
    query = dataclasses.replace(asked, before=before, after=after)
    page = search.find(query, by=current_user)
    lines = conversations.lines(page.rows, query, by=current_user)
    own = current_user.queues_for(Permission.RECORDINGS_FIND)
    advisers = {part.adviser_id for line in lines for part in line.parts if part.adviser_id}
    number = [("number", recording.number or "")]
    here = url_for("recordings.same_number", uuid=uuid)
    return render_template(
        "recordings/same_number.html",
        recording=recording,
        page=page,
        lines=lines,
        here=recording.id,
        span=search.span(asked, by=current_user),
        how_often=_how_often,
        cap=search.CAP,
        reports=current_user.queues_for(Permission.RETENTION_REPORT),
        queue_names={queue.id: queue.name(language()) for queue in Queue.select().where(Queue.id.in_(sorted(own)))},
        adviser_names=dict(Account.select(Account.id, Account.name).where(Account.id.in_(sorted(advisers))).tuples()),
        newer=f"{here}?after={page.newer}" if page.newer is not None else "",
        older=f"{here}?before={page.older}" if page.older is not None else "",
        narrowing=f"{url_for('recordings.index')}?{urlencode(sought.public(number, by=current_user))}",
    )


def _how_often(oldest: dt.datetime, newest: dt.datetime) -> str:
    """In how long a time the calls came, as one says it of their number: 'på 3 veckor'."""
    days = (clock.local(newest).date() - clock.local(oldest).date()).days + 1
    if days <= 14:
        return ngettext("på en och samma dag", "på %(num)s dagar", days)
    return ngettext("på %(num)s vecka", "på %(num)s veckor", -(-days // 7))
