"""The pages of the register of consents: the list, one that is noted, changed, withdrawn, and the wordings."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import Invalid, NotFound
from portal.recordings.models import Recording
from portal.register import consent_lists, consents, texts, words
from portal.register.blueprint import bp
from portal.register.consent_forms import (
    STANDINGS,
    AddCallsForm,
    ConsentForm,
    ListForm,
    WordingForm,
    purposes,
)
from portal.register.models import Consent, ConsentPurpose
from portal.security import can, requires
from portal.web import language

FIELDS: dict[type[Invalid], str] = {
    consents.GivenLater: "given_on",
    consents.TextLater: "text",
    consents.EndsBefore: "ends_on",
    texts.TextBefore: "valid_from",
}
"""Beside which field an act's refusal stands; else above the form."""


@bp.app_template_global("consent_words")
def consent_words() -> Any:
    return words


@bp.app_template_global("consents_of_call")
def consents_of_call(recording: Recording) -> dict[str, Any]:
    """What the page of a call shows of them: those that stand, for whom reads the register; else that one may train."""
    standing = [row for row in consents.about([recording]) if row.stands]
    return {
        "rows": standing if can("register.consents") else [],
        "trains": can("register.training_listens", recording.queue_id)
        and not recording.restrictions
        and consents.standing_for(recording, ConsentPurpose.TRAINING) is not None,
        "may_note": can("register.consent_new", recording.queue_id)
        and not recording.over
        and not recording.restrictions,
    }


@bp.get("/consents/", endpoint="consents")
@requires(Permission.REGISTER_CONSENTS)
def index() -> ResponseReturnValue:
    """Every consent, the newest first."""
    form = ListForm(request.args)
    standing = form.standing.data if form.standing.data in STANDINGS else ""
    after = _uuid(request.args.get("after"))
    page = consent_lists.page(standing, after=after, by=current_user)
    return render_template("register/consents.html", form=form, page=page, standing=standing, paged=after is not None)


def _uuid(text: str | None) -> uuids.UUID | None:
    try:
        return uuids.UUID(text) if text else None
    except ValueError:
        return None


@bp.route("/consents/new", methods=["GET", "POST"])
@requires(Permission.REGISTER_CONSENT)
def consent_new() -> ResponseReturnValue:
    """Note a consent for the call in the address, and for others from the same number."""
    key = _uuid(request.args.get("call"))
    call = consents.reachable(current_user).where(Recording.uuid == key).first() if key else None
    if key and call is None:
        raise NotFound
    if call is None:
        return render_template("register/consent_new.html", form=None, call=None)
    rows = [call, *consent_lists.others(call, by=current_user)]
    form = ConsentForm(rows=rows, spoken=language())
    if request.method == "POST" and form.validate():
        try:
            consent = consents.give(form.given(), form.calls.recordings, by=current_user)
        except Invalid as error:
            form.refuse(error, FIELDS.get(type(error), ""))
        else:
            flash(gettext("Samtycket är antecknat. Samtalen raderas inte så länge det gäller."), "success")
            return redirect(url_for("register.consent", uuid=consent.uuid), 303)
    elif request.method == "GET":
        form = _begun(call, rows)
    return render_template("register/consent_new.html", form=form, call=call), 422 if form.errors else 200


def _begun(call: Recording, rows: list[Recording]) -> ConsentForm:
    newest = texts.in_force(ConsentPurpose.TRAINING, clock.today())
    known = {
        "calls": [call.uuid.hex],
        "number": call.number or "",
        "text": newest.uuid.hex if newest else None,
        "language": "sv",
    }
    return ConsentForm(None, rows=rows, spoken=language(), data=known)


@bp.get("/consents/<uuid:uuid>")
@requires(Permission.REGISTER_CONSENTS)
def consent(uuid: uuids.UUID) -> ResponseReturnValue:
    """One consent: what was consented to, by whom, what shows it, and for which calls."""
    return _page(consents.get(uuid, by=current_user))


def _page(found: Consent, *, form: AddCallsForm | None = None) -> str:
    consent_lists.note_viewed(found, by=current_user)
    rows = consents.of(found)
    keeps = found.stands and current_user.may(Permission.REGISTER_CONSENT)
    more = consent_lists.more(found, by=current_user) if keeps else []
    reach = {row.id for row in consents.reachable(current_user).where(Recording.id.in_([row.id for row in rows]))}
    return render_template(
        "register/consent.html",
        consent=found,
        rows=rows,
        reach=reach if can("recordings.show") else set(),
        keeps=keeps,
        goes=sum(consent_lists.goes(row) for row in rows) if keeps else 0,
        form=form or (AddCallsForm(None, rows=more, spoken=language()) if more else None),
    )


@bp.post("/consents/<uuid:uuid>/withdrawal")
@requires(Permission.REGISTER_CONSENT)
def consent_withdrawal(uuid: uuids.UUID) -> ResponseReturnValue:
    """The person takes it back."""
    found = consents.withdraw(consents.get(uuid, by=current_user), by=current_user)
    gone = sum(row.purged_at is not None for row in consents.of(found))
    flash(
        gettext("Samtycket är återkallat och användningen har upphört.")
        + " "
        + (
            ngettext("%(num)s samtal är raderat.", "%(num)s samtal är raderade.", gone)
            if gone
            else gettext("Samtalen raderas när inget annat behåller dem.")
        ),
        "success",
    )
    return redirect(url_for("register.consent", uuid=uuid), 303)


@bp.post("/consents/<uuid:uuid>/calls")
@requires(Permission.REGISTER_CONSENT)
def consent_calls(uuid: uuids.UUID) -> ResponseReturnValue:
    """More calls that it is about."""
    found = consents.get(uuid, by=current_user)
    form = AddCallsForm(rows=consent_lists.more(found, by=current_user), spoken=language())
    if not form.validate():
        return _page(found, form=form), 422
    consents.change_calls(found, add=form.calls.recordings, by=current_user)
    flash(gettext("Samtalen är tillagda. De raderas inte så länge samtycket gäller."), "success")
    return redirect(url_for("register.consent", uuid=uuid), 303)


@bp.post("/consents/<uuid:uuid>/calls/<uuid:call>/removal")
@requires(Permission.REGISTER_CONSENT)
def consent_call_removal(uuid: uuids.UUID, call: uuids.UUID) -> ResponseReturnValue:
    """A call that it is not about."""
    found = consents.get(uuid, by=current_user)
    row = next((one for one in consents.of(found) if one.uuid == call), None)
    if row is None:
        raise NotFound
    consents.change_calls(found, remove=[row], by=current_user)
    flash(gettext("Samtalet hör inte längre till samtycket."), "success")
    return redirect(url_for("register.consent", uuid=uuid), 303)


@bp.get("/consents/texts")
@requires(Permission.REGISTER_CONSENTS)
def consent_texts() -> ResponseReturnValue:
    """Every wording in every version."""
    newest = {code: texts.newest(code) for code, _ in purposes()}
    return render_template("register/texts.html", rows=texts.every(), newest=newest, purposes=purposes())


@bp.route("/consents/texts/<any(training, disclosure):purpose>", methods=["GET", "POST"])
@requires(Permission.REGISTER_TEXTS)
def consent_text(purpose: str) -> ResponseReturnValue:
    """Decide a new version of one."""
    newest = texts.newest(purpose)
    form = WordingForm()
    if request.method == "POST" and form.validate():
        try:
            texts.make(
                purpose,
                text_sv=form.text_sv.data,
                text_fi=form.text_fi.data,
                valid_from=form.valid_from.day,
                seen=form.seen.data or 0,
                by=current_user,
            )
        except Invalid as error:
            form.refuse(error, FIELDS.get(type(error), ""))
        else:
            flash(gettext("Den nya versionen är sparad. De som redan har samtyckt berörs inte."), "success")
            return redirect(url_for("register.consent_texts"), 303)
    elif request.method == "GET":
        known = {"text_sv": newest.text_sv, "text_fi": newest.text_fi} if newest else {}
        form = WordingForm(None, data={**known, "seen": newest.version if newest else 0, "valid_from": clock.today()})
    page = render_template("register/text.html", form=form, purpose=purpose)
    return page, 422 if form.errors else 200
