"""The pages of disclosures: the list, the proposal, the decision, the handing over, and the record that stays."""

import uuid as uuids
from typing import Any

import flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import tasks.documents as document_tasks
from portal.accounts.permissions import Permission
from portal.documents import actions as documents
from portal.documents import words as document_words
from portal.errors import Invalid, NotFound
from portal.queues.models import Queue
from portal.recordings.models import Recording, State
from portal.register import descriptions, disclosed, disclosures, letters, notices, ranges, words
from portal.register.blueprint import bp
from portal.register.disclosure_forms import DecideForm, DiscloseForm, HandOverForm, PaperForm
from portal.register.models import Consent
from portal.retention import transfers
from portal.retention.models import Transfer, TransferState
from portal.security import requires
from portal.vault import keystore, objects
from portal.web import language

BESIDE = {disclosures.AddressNeeded: "address", disclosures.PassagesWrong: "silent"}
"""The field that an error of the act stands beside."""


@bp.app_template_global("register_words")
def register_words() -> Any:
    return words


@bp.app_template_global("register_waits")
def register_waits() -> dict[str, int] | None:
    """What waits for the signed-in person in the register, for the top of every page; None when nothing does."""
    if not current_user.is_authenticated:
        return None
    found = {
        "decide": disclosures.to_decide(by=current_user),
        "hand_over": disclosures.to_hand_over(by=current_user),
        "tell": notices.count(by=current_user),
        "describe": descriptions.to_approve(by=current_user),
    }
    return found if any(found.values()) else None


@bp.app_template_global("disclosed_passages")
def disclosed_passages(transfer: Transfer) -> list[str]:
    """The passages that are not given, as people read them."""
    return ranges.written(transfer.muted).splitlines()


@bp.app_template_global("disclosure_notices")
def disclosure_notices(transfer: Transfer) -> list[Any]:
    """What the recipient was, or is to be, told."""
    return notices.of_transfer(transfer)


@bp.app_template_global("disclosure_papers")
def disclosure_papers(transfer: Transfer) -> list[Any]:
    return letters.of(transfer)


@bp.app_template_global("disclosure_paper_form")
def disclosure_paper_form() -> PaperForm | None:
    """For those who may order the record as PDF."""
    return PaperForm(None, language=language()) if disclosures.orders_record(current_user) else None


@bp.app_template_global("discloses")
def discloses(recording: Recording) -> bool:
    """May the person propose that the call is given to somebody?"""
    if not current_user.may(Permission.REGISTER_DISCLOSE) or recording.holds:
        return False
    try:
        disclosures.reached(recording.uuid, by=current_user)
    except NotFound:
        return False
    return True


@bp.get("/disclosures/", endpoint="disclosures")
@requires(Permission.RETENTION_TRANSFERS)
def disclosure_list() -> str:
    """Every disclosure that the person may read about, newest first; with `state=waiting` those that wait for them."""
    after, waiting = _uuid(request.args.get("after")), request.args.get("state") == "waiting"
    rows, older = disclosures.page(after=after, waiting=waiting, by=current_user)
    disclosures.note_list(len(rows), by=current_user)
    queues = {queue.id: queue.name(language()) for queue in Queue.select()}
    return render_template(
        "register/disclosures.html",
        rows=rows,
        after=older,
        paged=after is not None,
        waiting=waiting,
        count=disclosures.count_waiting(by=current_user),
        queues=queues,
    )


def _uuid(text: str | None) -> uuids.UUID | None:
    try:
        return uuids.UUID(text) if text else None
    except ValueError:
        return None


@bp.route("/disclosures/of/<uuid:uuid>", methods=["GET", "POST"])
@requires(Permission.REGISTER_DISCLOSE, proof=True)
def disclosure_proposal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Propose that a call is given to somebody."""
    recording = disclosures.reached(uuid, by=current_user)
    form = DiscloseForm(duration_ms=recording.duration_ms, consents=transfers.consents(recording))
    if request.method == "POST" and form.validate():
        try:
            transfer = disclosures.propose(recording, **form.facts(), by=current_user)
        except Invalid as error:
            form.refuse(error, BESIDE.get(type(error), ""))
        else:
            flash(gettext("Utlämnandet är föreslaget. En beslutsfattare ser det nu."), "success")
            return redirect(url_for("register.disclosure", uuid=transfer.uuid), 303)
    elif request.method == "GET":
        form.silent.data = ranges.written(disclosures.silent_in_cases(recording, by=current_user))
    page = render_template("register/disclosing.html", recording=recording, form=form)
    return page, 422 if form.errors else 200


@bp.get("/disclosures/<uuid:uuid>")
@requires(Permission.RETENTION_TRANSFERS)
def disclosure(uuid: uuids.UUID) -> ResponseReturnValue:
    """The record of a disclosure, and what the person can do with it. That of a held call has a page of its own."""
    found = transfers.get(uuid, by=current_user)
    if found.hold_id is not None:
        return redirect(url_for("retention.transfer", uuid=uuid), 303)
    return _page(found)


def _page(found: Transfer, *, form: Any = None) -> str:
    disclosures.note_viewed(found, by=current_user)
    proposed, approved = found.state == TransferState.PROPOSED, found.state == TransferState.APPROVED
    own = found.proposed_by_id == current_user.id
    carries_out = transfers.carries_out(found, current_user)
    decides = proposed and not own and current_user.may(Permission.RETENTION_DISCLOSE)
    hands_over = approved and carries_out and found.recording.state == State.LIVE
    obstacle = ""
    if proposed and not decides:
        obstacle = gettext("En beslutsfattare, inte den som föreslog, godkänner eller avslår utlämnandet.")
    elif approved and not hands_over:
        obstacle = gettext("Utlämnandet är godkänt. En handläggare lämnar över samtalet.")
    elif approved and not transfers.is_weighed(found):
        hands_over, obstacle = False, gettext(transfers.RestrictedSince.text)
    return render_template(
        "register/disclosure.html",
        transfer=found,
        recording=found.recording,
        reaches=_reaches(found.recording),
        consent=Consent.get_or_none(Consent.uuid == found.consent) if found.consent is not None else None,
        decides=decides,
        hands_over=hands_over,
        withdraws=(proposed or approved) and carries_out,
        obstacle=obstacle,
        form=form or (DecideForm(None) if decides else HandOverForm(None) if hands_over else None),
    )


def _reaches(recording: Recording) -> bool:
    """May the person open the call's own page?"""
    if not current_user.may(Permission.RECORDINGS_FIND):
        return False
    return bool(Recording.within_reach_of(current_user).where(Recording.id == recording.id).exists())


def _without_hold(key: uuids.UUID) -> Transfer:
    """Those of held calls are acted on where the holds are."""
    found = transfers.get(key, by=current_user)
    if found.hold_id is not None:
        raise NotFound
    return found


@bp.post("/disclosures/<uuid:uuid>/decision")
@requires(Permission.RETENTION_DISCLOSE, proof=True)
def disclosure_decision(uuid: uuids.UUID) -> ResponseReturnValue:
    """Approve or refuse."""
    found, form = _without_hold(uuid), DecideForm()
    if not form.validate():
        return _page(found, form=form), 422
    if request.form.get("decision") == "approved":
        try:
            transfers.approve(found, reason=form.reason.data, by=current_user)
        except transfers.WeighingNeeded as error:
            form.reason.errors = [gettext(error.text)]
            return _page(found, form=form), 422
        flash(gettext("Utlämnandet är godkänt."), "success")
    else:
        transfers.refuse(found, reason=form.reason.data, by=current_user)
        flash(gettext("Utlämnandet är avslaget."), "success")
    return redirect(url_for("register.disclosure", uuid=uuid), 303)


@bp.post("/disclosures/<uuid:uuid>/sound")
@requires(Permission.REGISTER_DISCLOSE, proof=True, fetched=True)
def disclosure_sound(uuid: uuids.UUID) -> ResponseReturnValue:
    """The sound as it is to be handed over, once that is approved."""
    found = _without_hold(uuid)
    recording = transfers.take_sound(found, by=current_user)
    try:
        reader = objects.Reader(recording.vault_id, disclosed.ORIGINAL, store=recording.store)
    except (keystore.NoKey, objects.NoObject) as error:
        raise NotFound from error
    name = f"samtal-{recording.uuid}.{disclosed.ending(found, recording)}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if not found.silent:
        headers["Content-Length"] = str(reader.size)
    body = disclosed.sound(found, reader, recording.original_format or "")
    response = flask.Response(body, mimetype="application/octet-stream", headers=headers)
    response.call_on_close(reader.close)
    return response


@bp.post("/disclosures/<uuid:uuid>/handover")
@requires(Permission.REGISTER_DISCLOSE, proof=True)
def disclosure_handover(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that it has been handed over."""
    found, form = _without_hold(uuid), HandOverForm()
    if not form.validate():
        return _page(found, form=form), 422
    transfers.hand_over(found, how=form.how.data, by=current_user)
    flash(gettext("Överlämnandet är antecknat."), "success")
    return redirect(url_for("register.disclosure", uuid=uuid), 303)


@bp.post("/disclosures/<uuid:uuid>/withdrawal")
@requires(Permission.REGISTER_DISCLOSE)
def disclosure_withdrawal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Take back one that has not been handed over."""
    transfers.withdraw(_without_hold(uuid), by=current_user)
    flash(gettext("Förslaget är taget tillbaka."), "success")
    return redirect(url_for("register.disclosure", uuid=uuid), 303)


# The record as PDF: of held calls too


@bp.post("/disclosures/<uuid:uuid>/papers")
@requires(Permission.RETENTION_TRANSFERS)
def disclosure_papers_order(uuid: uuids.UUID) -> ResponseReturnValue:
    """Order the record as PDF."""
    found, form = transfers.get(uuid, by=current_user), PaperForm()
    if form.validate():
        disclosures.order_record(found, language=form.language.data, by=current_user)
        document_tasks.make_due()
        flash(gettext("Protokollet görs i ordning. Ladda om sidan om en stund."), "success")
    else:
        flash(gettext("Välj språk för protokollet."), "error")
    return redirect(url_for("register.disclosure", uuid=uuid), 303)


@bp.get("/disclosures/<uuid:uuid>/papers/<uuid:paper>/pdf")
@requires(Permission.RETENTION_TRANSFERS)
def disclosure_paper(uuid: uuids.UUID, paper: uuids.UUID) -> ResponseReturnValue:
    """The bytes of a record; `?save=1`: to be kept, else to be looked at."""
    return fetched(transfers.get(uuid, by=current_user), paper)


@bp.post("/disclosures/<uuid:uuid>/papers/<uuid:paper>/retry")
@requires(Permission.RETENTION_TRANSFERS)
def disclosure_paper_retry(uuid: uuids.UUID, paper: uuids.UUID) -> ResponseReturnValue:
    """Set one that could not be set again."""
    letters.retry(transfers.get(uuid, by=current_user), paper, by=current_user)
    document_tasks.make_due()
    flash(gettext("Protokollet görs på nytt."), "success")
    return redirect(url_for("register.disclosure", uuid=uuid), 303)


def fetched(owner: Any, key: uuids.UUID, *, reference: str = "") -> ResponseReturnValue:
    """A locked paper of the owner. The name of the file tells nothing of anybody."""
    document = letters.get(owner, key)
    content = documents.fetch(document, by=current_user, reference=reference)
    shown = "attachment" if request.args.get("save") else "inline"
    name = f"{document_words.FILES[document.kind, document.language]}-{document.uuid.hex[:8]}.pdf"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"'}
    return flask.Response(content, mimetype="application/pdf", headers=headers)
