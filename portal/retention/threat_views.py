"""The pages of threat calls: the report, the list of what waits, the decision; and what waits, on every page."""

import datetime as dt
import uuid as uuids
from typing import Any

import flask
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import config
from portal.accounts.permissions import Permission
from portal.recordings import actions as recordings
from portal.recordings.models import Recording, State
from portal.retention import holds, lists, reading, threat_words, threats
from portal.retention.models import Hold, Threat, ThreatState
from portal.retention.threat_forms import DismissForm, HoldForm, ReportForm, proposed_review
from portal.retention.views import bp, cursor, queue_names
from portal.security import requires

LATEST = 1 << 53
"""Milliseconds: no moment is later."""


@bp.app_context_processor
def _notices() -> dict[str, Any]:
    return {"retention_notices": lambda: lists.notices(by=current_user) if current_user.is_authenticated else None}


@bp.app_template_global("threat_words")
def _words() -> Any:
    return threat_words


@bp.app_template_global("keeping")
def _keeping(recording: Recording) -> lists.Keeping:
    return lists.keeping(recording, by=current_user)


@bp.app_template_global("waiting_reports")
def _waiting_reports() -> frozenset[int]:
    return lists.waiting()


@bp.app_template_global("days_until")
def _days_until(moment: dt.datetime | dt.date) -> int:
    return lists.days_until(moment)


@bp.app_template_global("reminder_days")
def _reminder_days() -> int:
    return config.settings().hold_reminder_days


@bp.get("/notices")
@requires(Permission.RETENTION_TRANSFERS, prolongs=False)
def notices() -> ResponseReturnValue:
    """What waits for the person, for a page that has stood open; nothing when it is as the page has it. With `since`,
    from a page that says it itself, nothing before somebody has reported a call after that moment (milliseconds)."""
    since = flask.request.args.get("since", type=int)
    if since is not None and 0 <= since < LATEST and not lists.is_reported_since(since, by=current_user):
        return "", 204
    found = lists.notices(by=current_user)
    if found is None or found.key == flask.request.args.get("seen"):
        return "", 204
    address = url_for("retention.notices", seen=found.key)
    return render_template("retention/_came.html", came=found, address=address)


@bp.route("/calls/<uuid:uuid>", methods=["GET", "POST"])
@requires(Permission.RETENTION_REPORT)
def report(uuid: uuids.UUID) -> ResponseReturnValue:
    """Mark a call as a threat call."""
    recording = recordings.get(uuid, by=current_user, doing=Permission.RETENTION_REPORT)
    form = ReportForm()
    if flask.request.method == "POST" and form.validate():
        threats.report(
            recording,
            kind=form.kind.data,
            words=form.words.data or "",
            safety=form.safety.data,
            safety_words=form.safety_words.data or "",
            by=current_user,
        )
        count = lists.managers(recording)
        flash(
            ngettext(
                "Anmälan är sparad. %(num)s chef ser den nu.", "Anmälan är sparad. %(num)s chefer ser den nu.", count
            ),
            "success",
        )
        return redirect(url_for("recordings.show", uuid=uuid), 303)
    waiting = Threat.select().where(Threat.recording == recording.id, Threat.waits).exists()
    page = render_template("retention/report.html", recording=recording, form=form, waiting=waiting)
    return page, 422 if form.errors else 200


@bp.get("/reports")
@requires(Permission.RETENTION_REPORT)
def reports() -> str:
    """What the person has reported, and how each was decided."""
    found = lists.own_reports(by=current_user, most=lists.OWN_MOST)
    return render_template("retention/reports.html", found=found, most=lists.OWN_MOST)


@bp.get("/threats/", endpoint="threats")
@requires(Permission.RETENTION_HELD)
def waiting() -> str:
    """Reports without a decision, the first to be deleted first; with `state=decided` the others."""
    decided = flask.request.args.get("state") == "decided"
    after = cursor()
    rows, older = lists.threats(decided=decided, after=after, by=current_user)
    reading.note_list("decided" if decided else "reported", len(rows), by=current_user)
    return render_template(
        "retention/threats.html",
        rows=rows,
        after=older,
        paged=after,
        decided=decided,
        overview=lists.overview(by=current_user),
        queues=queue_names(),
    )


@bp.get("/threats/<uuid:uuid>")
@requires(Permission.RETENTION_HELD)
def threat(uuid: uuids.UUID) -> ResponseReturnValue:
    """A report, and for a manager the two decisions."""
    return _page(threats.get(uuid, by=current_user))


def _page(found: Threat, *, hold_form: HoldForm | None = None, dismiss_form: DismissForm | None = None) -> str:
    reading.note(found, by=current_user)
    recording = found.recording
    undecided = found.state == ThreatState.REPORTED and recording.state == State.LIVE
    decides = undecided and current_user.may(Permission.RETENTION_HOLD)
    own = found.reported_by_id == current_user.id
    forms: dict[str, Any] = {}
    if decides and not own:
        forms = {
            "hold_form": hold_form or HoldForm(None, review_on=proposed_review()),
            "dismiss_form": dismiss_form or DismissForm(None),
        }
    return render_template(
        "retention/threat.html",
        threat=found,
        recording=recording,
        hold=Hold.visible_to(current_user).where(Hold.threat == found.id).first(),
        reaches=reaches(recording),
        latest=holds.last_review_day(),
        obstacle=gettext(threats.OwnReport.text) if decides and own else "",
        **forms,
    )


def reaches(recording: Recording) -> bool:
    """May the person open the call's own page?"""
    if not current_user.may(Permission.RECORDINGS_FIND):
        return False
    return bool(Recording.within_reach_of(current_user).where(Recording.id == recording.id).exists())


@bp.post("/threats/<uuid:uuid>/hold")
@requires(Permission.RETENTION_HOLD, proof=True)
def held(uuid: uuids.UUID) -> ResponseReturnValue:
    """Decide to hold the call."""
    found, form = threats.get(uuid, by=current_user), HoldForm()
    if not form.validate():
        return _page(found, hold_form=form), 422
    hold = threats.hold(
        found,
        reason=form.reason.data,
        action_ahead=form.action_ahead.data,
        review_on=form.review_on.data,
        by=current_user,
    )
    flash(gettext("Samtalet hålls kvar. Det raderas inte."), "success")
    return redirect(url_for("retention.hold", uuid=hold.uuid), 303)


@bp.post("/threats/<uuid:uuid>/dismissal")
@requires(Permission.RETENTION_HOLD, proof=True)
def dismissed(uuid: uuids.UUID) -> ResponseReturnValue:
    """Decide not to hold the call."""
    found, form = threats.get(uuid, by=current_user), DismissForm()
    if not form.validate():
        return _page(found, dismiss_form=form), 422
    threats.dismiss(found, reason=form.why.data, by=current_user)
    flash(gettext("Samtalet hålls inte kvar. Lagringstiden gäller."), "success")
    return redirect(url_for("retention.threats"), 303)
