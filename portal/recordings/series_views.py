"""The pages where a list of calls is listened through."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.recordings import forms, listening, search, series
from portal.recordings.finding_views import asking, sealed_first
from portal.recordings.listening_forms import SeriesForm
from portal.recordings.models import Recording
from portal.recordings.views import bp
from portal.security import requires
from portal.vault import objects
from portal.web import language


@bp.route("/series/new", methods=["GET", "POST"])
@requires(Permission.RECORDINGS_LISTEN)
def series_new() -> ResponseReturnValue:
    """State the purpose for what the search in the address finds."""
    if there := sealed_first("recordings.series_new"):
        return redirect(there, 303)
    asked = asking(request.args.items(multi=True))
    if asked.ended or not asked.form.validate():
        return redirect(url_for("recordings.index"), 303)
    query = asked.form.query()
    if request.method == "GET":
        search.find(query, by=current_user)  # how many there are is told here too: the log has who asked
    return stated(search.keys(query, by=current_user, limit=series.MOST))


def stated(found: list[uuids.UUID], *, of: Recording | None = None) -> ResponseReturnValue:
    """The page where the purpose is stated for these calls, in that order: what a search found, or the parts `of` a
    call; then on to the list."""
    calls = series.audible(found, by=current_user)
    form = SeriesForm(None if request.method == "GET" else request.form, user=current_user, calls=calls)
    if request.method == "POST" and form.validate():
        try:
            made = series.begin(found, purpose=form.purpose.data, reference=form.reference.data or "", by=current_user)
        except Invalid as error:
            form.purpose.errors = [gettext(error.text)]
        else:
            return redirect(url_for("recordings.series_page", key=made.uuid), 303)
    ids = {call.adviser_id for call in calls}
    adviser = Account.select(Account.name).where(Account.id == ids.pop()).scalar() if len(ids) == 1 else None
    page = render_template(
        "recordings/series_new.html", form=form, calls=calls, most=series.MOST, of=of, adviser=adviser
    )
    return page, 422 if form.errors else 200


@bp.get("/series/<uuid:key>")
@requires(Permission.RECORDINGS_LISTEN)
def series_page(key: uuids.UUID) -> ResponseReturnValue:
    """The list: what has been heard, and what is next."""
    found = series.get(key, by=current_user)
    steps = series.steps(found, by=current_user)
    ids = {step.recording.adviser_id for step in steps} - {None}
    return render_template(
        "recordings/series.html",
        series=found,
        steps=steps,
        after=next((step.recording for step in steps if not step.heard), None),
        over=series.is_over(found),
        queue_names={queue.id: queue.name(language()) for queue in Queue.select()},
        adviser_names=dict(Account.select(Account.id, Account.name).where(Account.id.in_(sorted(ids))).tuples()),
        purposes=forms.PURPOSES,
    )


@bp.post("/series/<uuid:key>/calls/<uuid:uuid>")
@requires(Permission.RECORDINGS_LISTEN)
def series_call(key: uuids.UUID, uuid: uuids.UUID) -> ResponseReturnValue:
    """Open the call, to be heard for the list's purpose."""
    found = series.get(key, by=current_user)
    try:
        listen = series.hear(found, uuid, by=current_user)
    except (series.Over, listening.NotReady) as error:
        flash(gettext(error.text), "warning")
        return redirect(url_for("recordings.series_page", key=key), 303)
    return redirect(url_for("recordings.listen", uuid=uuid, key=listen.uuid), 303)


def beside(listen: Any) -> dict[str, Any] | None:
    """What the player's page says of the list it belongs to; the next call's first sound is brought near."""
    if listen.series is None:
        return None
    found = series.get(listen.series, by=current_user)
    steps = series.steps(found, by=current_user)
    place, before, after = series.beside(found, steps, listen.recording)
    if after is not None:
        bring_near(after)
    return {"row": found, "place": place, "count": len(steps), "before": before, "after": after}


def bring_near(recording: Recording) -> None:
    """Its first bytes are read from the disk before they are asked for; nothing leaves the portal."""
    objects.bring_near(recording.vault_id, recording.playable_part or "original", store=recording.store)
