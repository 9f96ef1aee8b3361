"""The pages of transfers to the police: the proposal, the decision, the handing over, and the record that stays."""

import uuid as uuids
from typing import Any

import flask
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.recordings.models import State
from portal.register import disclosed
from portal.retention import holds, lists, reading
from portal.retention import transfers as handed
from portal.retention.hold_forms import DecideForm, HandOverForm, ProposeForm
from portal.retention.models import Hold, Transfer, TransferState
from portal.retention.threat_views import reaches
from portal.retention.views import bp, cursor, queue_names
from portal.security import requires
from portal.vault import keystore, objects


@bp.get("/transfers/")
@requires(Permission.RETENTION_TRANSFERS)
def transfers() -> str:
    """Every transfer the person may read about, newest first."""
    after = cursor()
    rows, older = lists.transfers(after=after, by=current_user)
    reading.note_list("transfers", len(rows), by=current_user)
    return render_template("retention/transfers.html", rows=rows, after=older, paged=after, queues=queue_names())


@bp.route("/holds/<uuid:uuid>/transfers", methods=["GET", "POST"])
@requires(Permission.RETENTION_HOLD, proof=True)
def proposal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Propose that a held call is handed to the police."""
    hold, form = holds.get(uuid, by=current_user), ProposeForm()
    if flask.request.method == "POST" and form.validate():
        transfer = handed.propose(
            hold,
            authority=form.authority.data,
            reference=form.reference.data or "",
            asked_on=form.asked_on.day,
            basis=form.basis.data,
            purpose=form.purpose.data,
            scope=form.scope.data,
            channel=form.channel.data,
            by=current_user,
        )
        flash(gettext("Utlämnandet är föreslaget. En beslutsfattare ser det nu."), "success")
        return redirect(url_for("retention.transfer", uuid=transfer.uuid), 303)
    page = render_template("retention/proposal.html", hold=hold, recording=hold.recording, form=form)
    return page, 422 if form.errors else 200


@bp.get("/transfers/<uuid:uuid>")
@requires(Permission.RETENTION_TRANSFERS)
def transfer(uuid: uuids.UUID) -> str:
    """The record of a transfer, and what the person can do with it."""
    return _page(handed.get(uuid, by=current_user))


def _page(found: Transfer, *, form: Any = None) -> str:
    reading.note(found, by=current_user)
    proposed, approved = found.state == TransferState.PROPOSED, found.state == TransferState.APPROVED
    own = found.proposed_by_id == current_user.id
    manages = bool(Hold.within_reach_of(current_user).where(Hold.id == found.hold_id).exists())
    decides = proposed and not own and current_user.may(Permission.RETENTION_DISCLOSE)
    hands_over = approved and manages and found.recording.state == State.LIVE
    obstacle = ""
    if proposed and not decides:
        obstacle = gettext("En beslutsfattare, inte den som föreslog, godkänner eller avslår utlämnandet.")
    elif approved and not hands_over:
        obstacle = gettext("Utlämnandet är godkänt. En chef för servicenumret lämnar över samtalet.")
    elif approved and not handed.is_weighed(found):
        hands_over, obstacle = False, gettext(handed.RestrictedSince.text)
    return render_template(
        "retention/transfer.html",
        transfer=found,
        recording=found.recording,
        reaches=reaches(found.recording),
        hold_visible=bool(Hold.visible_to(current_user).where(Hold.id == found.hold_id).exists()),
        decides=decides,
        hands_over=hands_over,
        withdraws=(proposed or approved) and manages,
        carries_out=handed.carries_out(found, current_user),
        obstacle=obstacle,
        form=form or (DecideForm(None) if decides else HandOverForm(None) if hands_over else None),
    )


@bp.post("/transfers/<uuid:uuid>/decision")
@requires(Permission.RETENTION_DISCLOSE, proof=True)
def transfer_decision(uuid: uuids.UUID) -> ResponseReturnValue:
    """Approve or refuse."""
    found, form = handed.get(uuid, by=current_user), DecideForm()
    if not form.validate():
        return _page(found, form=form), 422
    if flask.request.form.get("decision") == "approved":
        try:
            handed.approve(found, reason=form.reason.data, by=current_user)
        except handed.WeighingNeeded as error:
            form.reason.errors = [gettext(error.text)]
            return _page(found, form=form), 422
        flash(gettext("Utlämnandet är godkänt."), "success")
    else:
        handed.refuse(found, reason=form.reason.data, by=current_user)
        flash(gettext("Utlämnandet är avslaget."), "success")
    return redirect(url_for("retention.transfer", uuid=uuid), 303)


@bp.post("/transfers/<uuid:uuid>/sound")
@requires(Permission.RETENTION_HOLD, proof=True, fetched=True)
def transfer_sound(uuid: uuids.UUID) -> ResponseReturnValue:
    """The original sound as a file, once the transfer is approved."""
    found = handed.get(uuid, by=current_user)
    recording = handed.take_sound(found, by=current_user)
    try:
        reader = objects.Reader(recording.vault_id, "original", store=recording.store)
    except (keystore.NoKey, objects.NoObject) as error:
        raise NotFound from error
    headers = {
        "Content-Disposition": f'attachment; filename="samtal-{recording.uuid}.{disclosed.ending(found, recording)}"',
        "Content-Length": str(reader.size),
    }
    response = flask.Response(reader.span(0, reader.size), mimetype="application/octet-stream", headers=headers)
    response.call_on_close(reader.close)
    return response


@bp.post("/transfers/<uuid:uuid>/handover")
@requires(Permission.RETENTION_HOLD, proof=True)
def transfer_handover(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that it has been handed over."""
    found, form = handed.get(uuid, by=current_user), HandOverForm()
    if not form.validate():
        return _page(found, form=form), 422
    handed.hand_over(found, how=form.how.data, by=current_user)
    flash(gettext("Överlämnandet är antecknat."), "success")
    return redirect(url_for("retention.transfer", uuid=uuid), 303)


@bp.post("/transfers/<uuid:uuid>/withdrawal")
@requires(Permission.RETENTION_HOLD, proof=True)
def transfer_withdrawal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Take back a transfer that has not been handed over."""
    handed.withdraw(handed.get(uuid, by=current_user), by=current_user)
    flash(gettext("Förslaget är taget tillbaka."), "success")
    return redirect(url_for("retention.transfer", uuid=uuid), 303)
