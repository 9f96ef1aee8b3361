"""The pages of notices: who is to be told of a change, the letter, and what came of it."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import tasks.documents as document_tasks
from portal import clock
from portal.accounts.permissions import Permission
from portal.cases import entries
from portal.cases.models import Case
from portal.documents.models import State as Letter
from portal.errors import Invalid
from portal.register import letters, notice_lists, notices
from portal.register.blueprint import bp
from portal.register.disclosure_views import fetched
from portal.register.models import Notice, NoticeState
from portal.register.notice_forms import ImpossibleForm, LetterForm, TellForm
from portal.security import requires

BESIDE = {notices.DayBefore: "on", notices.DayAhead: "on", notices.HowNeeded: "how", notices.LetterNeeded: "how"}
"""The field that an error of the act stands beside."""


@bp.app_template_global("notice_entry")
def notice_entry(notice: Notice) -> str:
    """Which entry was corrected, in words; '' when the notice names none."""
    words = entries.WORDS.get(str(notice.entry))
    return gettext(words) if words else ""


@bp.app_template_global("case_recipients")
def case_recipients(case: Case) -> list[Notice]:
    """Those who are told because of a case, for those who may read about it."""
    return notices.of_case(case) if current_user.may(Permission.REGISTER_NOTICES) else []


@bp.get("/notices/", endpoint="notices")
@requires(Permission.REGISTER_NOTICES)
def notice_list() -> str:
    """Those who are to be told, the oldest first; with `state=ended` those who were, or cannot be."""
    ended = request.args.get("state") == "ended"
    after = _uuid(request.args.get("after"))
    rows, more = notice_lists.page(ended=ended, after=after, by=current_user)
    notice_lists.note_list("ended" if ended else "waiting", len(rows), by=current_user)
    return render_template(
        "register/notices.html",
        rows=rows,
        after=more,
        paged=after is not None,
        ended=ended,
        count=notices.count(by=current_user),
    )


def _uuid(text: str | None) -> uuids.UUID | None:
    try:
        return uuids.UUID(text) if text else None
    except ValueError:
        return None


@bp.get("/notices/<uuid:uuid>")
@requires(Permission.REGISTER_NOTICES)
def notice(uuid: uuids.UUID) -> str:
    """One notice: who is told of what, the letter, and what the person can do."""
    return _page(notices.get(uuid, by=current_user))


def _page(found: Notice, **typed: Any) -> str:
    notice_lists.note_viewed(found, by=current_user)
    papers = letters.of(found)
    waits = found.state == NoticeState.WAITING
    tells = waits and current_user.may(Permission.REGISTER_NOTICE)
    made = any(paper.state == Letter.LOCKED for paper in papers)
    forms: dict[str, Any] = {}
    if tells:
        transfer = found.transfer
        forms = {
            "letter_form": typed.get("letter_form")
            or LetterForm(None, prefix="letter-", address=transfer.address, language=transfer.language),
            "tell_form": typed.get("tell_form") or TellForm(None, prefix="told-", lettered=made, on=clock.today()),
            "impossible_form": typed.get("impossible_form") or ImpossibleForm(None, prefix="why-"),
        }
    return render_template(
        "register/notice.html",
        notice=found,
        transfer=found.transfer,
        recording=found.transfer.recording,
        case=_case(found),
        papers=papers,
        made=made,
        tells=tells,
        **forms,
    )


def _case(found: Notice) -> Case | None:
    """The case that caused it, for those who may read cases."""
    if found.because is None:
        return None
    row: Case | None = Case.visible_to(current_user).where(Case.uuid == found.because).first()
    return row


@bp.post("/notices/<uuid:uuid>/letter")
@requires(Permission.REGISTER_NOTICE)
def notice_letter_order(uuid: uuids.UUID) -> ResponseReturnValue:
    """Have the letter made."""
    found, form = notices.get(uuid, by=current_user), LetterForm(prefix="letter-")
    if form.validate():
        try:
            notices.order_letter(found, address=form.address.data, language=form.language.data, by=current_user)
        except Invalid as error:
            form.address.errors = [gettext(error.text, **error.params)]
        else:
            document_tasks.make_due()
            flash(gettext("Brevet görs i ordning. Ladda om sidan om en stund."), "success")
            return redirect(url_for("register.notice", uuid=uuid), 303)
    return _page(found, letter_form=form), 422


@bp.post("/notices/<uuid:uuid>/telling")
@requires(Permission.REGISTER_NOTICE)
def notice_telling(uuid: uuids.UUID) -> ResponseReturnValue:
    """Note that the recipient has been told."""
    found = notices.get(uuid, by=current_user)
    form = TellForm(prefix="told-", lettered=True)
    if form.validate():
        try:
            notices.tell(found, on=form.on.day, how=form.how.data, by=current_user)
        except Invalid as error:
            form.refuse(error, BESIDE.get(type(error), ""))
        else:
            flash(gettext("Det är antecknat att mottagaren har underrättats."), "success")
            return redirect(url_for("register.notice", uuid=uuid), 303)
    return _page(found, tell_form=form), 422


@bp.post("/notices/<uuid:uuid>/impossibility")
@requires(Permission.REGISTER_NOTICE)
def notice_impossibility(uuid: uuids.UUID) -> ResponseReturnValue:
    """Write why the recipient cannot be told."""
    found, form = notices.get(uuid, by=current_user), ImpossibleForm(prefix="why-")
    if form.validate():
        try:
            notices.impossible(found, reason=form.reason.data, by=current_user)
        except Invalid as error:
            form.reason.errors = [gettext(error.text, **error.params)]
        else:
            flash(gettext("Det är antecknat varför mottagaren inte kan underrättas."), "success")
            return redirect(url_for("register.notice", uuid=uuid), 303)
    return _page(found, impossible_form=form), 422


@bp.get("/notices/<uuid:uuid>/letters/<uuid:letter>/pdf")
@requires(Permission.REGISTER_NOTICES)
def notice_letter(uuid: uuids.UUID, letter: uuids.UUID) -> ResponseReturnValue:
    """The letter; `?save=1`: to be kept, else to be looked at."""
    found = notices.get(uuid, by=current_user)
    return fetched(found, letter, reference=found.reference)


@bp.post("/notices/<uuid:uuid>/letters/<uuid:letter>/retry")
@requires(Permission.REGISTER_NOTICE)
def notice_letter_retry(uuid: uuids.UUID, letter: uuids.UUID) -> ResponseReturnValue:
    """Set one that could not be set again."""
    found = notices.get(uuid, by=current_user)
    letters.retry(found, letter, by=current_user, reference=found.reference)
    document_tasks.make_due()
    flash(gettext("Brevet görs på nytt."), "success")
    return redirect(url_for("register.notice", uuid=uuid), 303)
