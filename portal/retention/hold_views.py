"""The pages of holds: the list, the hold, its renewal and its release."""

import uuid as uuids

import flask
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.recordings import actions as recordings
from portal.retention import holds as held
from portal.retention import lists, reading, transfers
from portal.retention.hold_forms import ReleaseForm, RenewForm
from portal.retention.threat_forms import HoldForm, proposed_review
from portal.retention.threat_views import reaches
from portal.retention.views import bp, cursor, queue_names
from portal.security import requires


@bp.get("/holds/")
@requires(Permission.RETENTION_HELD)
def holds() -> str:
    """What is held, the first to be reviewed first; with `state=released` what was."""
    released = flask.request.args.get("state") == "released"
    after = cursor()
    rows, older = lists.holds(released=released, after=after, by=current_user)
    reading.note_list("released" if released else "held", len(rows), by=current_user)
    return render_template(
        "retention/holds.html",
        rows=rows,
        after=older,
        paged=after,
        released=released,
        overview=lists.overview(by=current_user),
        queues=queue_names(),
    )


@bp.get("/holds/<uuid:uuid>")
@requires(Permission.RETENTION_HELD)
def hold(uuid: uuids.UUID) -> str:
    """A hold, what happened with it, and for a manager what can be done."""
    found = held.get(uuid, by=current_user)
    reading.note(found, by=current_user)
    return render_template(
        "retention/hold.html",
        hold=found,
        recording=found.recording,
        threat=found.threat,
        renewals=lists.renewals(found),
        transfers=list(transfers.of_hold(found, by=current_user)),
        waiting_transfers=found.transfers,
        decides=current_user.may(Permission.RETENTION_HOLD),
        may_renew=held.may_renew(found, by=current_user),
        reaches=reaches(found.recording),
    )


@bp.route("/holds/of/<uuid:uuid>", methods=["GET", "POST"])
@requires(Permission.RETENTION_HOLD, proof=True)
def placing(uuid: uuids.UUID) -> ResponseReturnValue:
    """Hold a call that nobody has reported."""
    recording = recordings.get(uuid, by=current_user, doing=Permission.RETENTION_HOLD)
    form = HoldForm(review_on=proposed_review())
    if flask.request.method == "POST" and form.validate():
        hold = held.place(
            recording,
            reason=form.reason.data,
            action_ahead=form.action_ahead.data,
            review_on=form.review_on.data,
            by=current_user,
        )
        flash(gettext("Samtalet hålls kvar. Det raderas inte."), "success")
        return redirect(url_for("retention.hold", uuid=hold.uuid), 303)
    page = render_template("retention/placing.html", recording=recording, latest=held.last_review_day(), form=form)
    return page, 422 if form.errors else 200


@bp.route("/holds/<uuid:uuid>/renewal", methods=["GET", "POST"])
@requires(Permission.RETENTION_HOLD, proof=True)
def renewal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Renew a hold."""
    found = held.get(uuid, by=current_user)
    form = RenewForm(review_on=proposed_review())
    if flask.request.method == "POST" and form.validate():
        held.renew(found, reason=form.reason.data, review_on=form.review_on.data, by=current_user)
        flash(gettext("Kvarhållandet är förnyat."), "success")
        return redirect(url_for("retention.hold", uuid=uuid), 303)
    page = render_template(
        "retention/renewal.html",
        hold=found,
        recording=found.recording,
        may_renew=held.may_renew(found, by=current_user),
        latest=held.last_review_day(),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.route("/holds/<uuid:uuid>/release", methods=["GET", "POST"])
@requires(Permission.RETENTION_HOLD, proof=True)
def release(uuid: uuids.UUID) -> ResponseReturnValue:
    """Release a hold, after the page has said what happens then."""
    found = held.get(uuid, by=current_user)
    then = held.what_then(found).then
    form = ReleaseForm(then=then)
    changed = flask.request.method == "POST" and form.seen.data != then
    if flask.request.method == "POST" and not changed and form.validate():
        try:
            released = held.release(found, reason=form.reason.data, seen=then, by=current_user)
        except held.ReleaseChanged:
            changed, then = True, held.what_then(found).then
            form = ReleaseForm(then=then)
        else:
            _tell(released)
            return redirect(url_for("retention.hold", uuid=uuid), 303)
    page = render_template(
        "retention/release.html",
        hold=found,
        recording=found.recording,
        then=then,
        changed=changed,
        waiting_transfers=found.transfers,
        form=form,
    )
    return page, 409 if changed else 422 if form.errors else 200


def _tell(released: held.Released) -> None:
    texts = {
        held.Then.PURGED: gettext("Samtalet är släppt och raderat."),
        held.Then.FROZEN: gettext("Samtalet är släppt. Raderingsspärren gäller fortfarande."),
        held.Then.KEPT: gettext("Samtalet är släppt. Lagringstiden gäller igen."),
    }
    if released.then == held.Then.PURGED and not released.gone:
        flash(gettext("Samtalet är släppt, men allt kunde inte raderas genast. Det försöks på nytt."), "warning")
        return
    flash(texts[released.then], "success")
