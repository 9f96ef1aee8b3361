"""The pages where the privacy description is written, compared, returned and approved. What everybody reads is
`public_views`."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import tasks.documents as document_tasks
from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import Invalid
from portal.register import claims_live, comparing, contradictions, descriptions, letters
from portal.register.blueprint import bp
from portal.register.description_forms import (
    TEXTS_MOST,
    PublishForm,
    ReturnForm,
    SeenForm,
    TextsForm,
    publish_form,
)
from portal.register.description_models import Description, DescriptionState
from portal.register.disclosure_views import fetched
from portal.register.points import POINTS, TITLES
from portal.security import requires
from portal.web import Form, language

DAYS = (descriptions.ValidPast, descriptions.ValidFar, descriptions.ValidBefore)
"""Refusals that are about the day from which it is in force."""


@bp.get("/description/")
@requires(Permission.REGISTER_DESCRIPTION)
def description_versions() -> str:
    """The one that is under way, the one in force with what contradicts it now, and the earlier ones."""
    current = descriptions.current()
    found = contradictions.of(descriptions.content(current), say=gettext) if current is not None else []
    return render_template(
        "register/descriptions.html",
        under_way=descriptions.under_way(),
        current=current,
        found=found,
        titles=TITLES,
        rows=descriptions.published(),
    )


@bp.post("/description/")
@requires(Permission.REGISTER_DESCRIBE)
def description_draft() -> ResponseReturnValue:
    """Begin a new version."""
    made = descriptions.draft(by=current_user)
    return redirect(url_for("register.description_texts", uuid=made.uuid), 303)


@bp.get("/description/<uuid:uuid>")
@requires(Permission.REGISTER_DESCRIPTION)
def description_version(uuid: uuids.UUID) -> str:
    """A version in whatever state, beside what the portal does."""
    return _page(descriptions.get(uuid, by=current_user))


def _page(description: Description, form: Form | None = None) -> str:
    """`form`: one that was sent and refused."""
    state, live = description.state, claims_live.read()
    texts = descriptions.content(description)
    found = contradictions.of(texts, say=gettext, live=live) if state != DescriptionState.DROPPED else []
    before = descriptions.before(description)
    own = current_user.id in (description.proposed_by_id, description.changed_by_id)
    writes, approves = (current_user.may(one) for one in (Permission.REGISTER_DESCRIBE, Permission.REGISTER_PUBLISH))
    proposed = state == DescriptionState.PROPOSED
    seen = {"seen": description.seen}
    return render_template(
        "register/description.html",
        description=description,
        points=POINTS,
        titles=TITLES,
        texts=texts,
        facts=claims_live.facts(live, say=gettext, language=language()),
        found=found,
        before=before,
        changes=comparing.changes(descriptions.content(before), texts) if before is not None else [],
        answered=descriptions.answered(description),
        lacking=descriptions.lacking(description) if state == DescriptionState.DRAFT else [],
        papers=letters.of(description),
        form=form,
        may={
            "write": writes and state == DescriptionState.DRAFT,
            "return": proposed and (approves or description.proposed_by_id == current_user.id),
            "publish": proposed and approves and not own,
            "own": proposed and approves and own,
        },
        forms={
            "return": form if isinstance(form, ReturnForm) else ReturnForm(None, data=seen),
            "publish": form
            if isinstance(form, PublishForm)
            else publish_form(found, None, data={**seen, "valid_from": clock.today()}),
        },
    )


@bp.get("/description/<uuid:uuid>/texts")
@requires(Permission.REGISTER_DESCRIBE)
def description_texts(uuid: uuids.UUID) -> ResponseReturnValue:
    """Both languages side by side, with what the portal does and what contradicts what was saved last."""
    description = descriptions.get(uuid, by=current_user)
    if description.state != DescriptionState.DRAFT:
        return redirect(url_for("register.description_version", uuid=uuid), 303)
    return _texts_page(description, TextsForm.of(description))


def _texts_page(description: Description, form: TextsForm) -> str:
    live = claims_live.read()
    return render_template(
        "register/description_texts.html",
        description=description,
        points=POINTS,
        facts=claims_live.facts(live, say=gettext, language=language()),
        found=contradictions.of(descriptions.content(description), say=gettext, live=live),
        form=form,
    )


@bp.post("/description/<uuid:uuid>/texts")
@requires(Permission.REGISTER_DESCRIBE, most=TEXTS_MOST)
def description_change(uuid: uuids.UUID) -> ResponseReturnValue:
    """Save every point."""
    description, form = descriptions.get(uuid, by=current_user), TextsForm()
    if not form.validate():
        return _texts_page(description, form), 422
    descriptions.change(description, form.texts, seen=form.read, by=current_user)
    flash(gettext("Utkastet är sparat."), "success")
    return redirect(url_for("register.description_version", uuid=uuid), 303)


@bp.post("/description/<uuid:uuid>/proposal")
@requires(Permission.REGISTER_DESCRIBE)
def description_proposal(uuid: uuids.UUID) -> ResponseReturnValue:
    """Ask another to approve it."""
    description, form = descriptions.get(uuid, by=current_user), SeenForm()
    try:
        descriptions.propose(description, seen=form.read, by=current_user)
    except Invalid as error:
        return _refused(description, form, error)
    flash(gettext("Beskrivningen är föreslagen. En annan som får besluta godkänner den."), "success")
    return redirect(url_for("register.description_version", uuid=uuid), 303)


@bp.post("/description/<uuid:uuid>/return")
@requires(Permission.REGISTER_DESCRIBE)
def description_return(uuid: uuids.UUID) -> ResponseReturnValue:
    """Give a proposal back."""
    description, form = descriptions.get(uuid, by=current_user), ReturnForm()
    if not form.validate():
        return _page(description, form), 422
    try:
        descriptions.give_back(description, words=form["words"].data or "", seen=form.read, by=current_user)
    except Invalid as error:
        return _refused(description, form, error, "words")
    flash(gettext("Förslaget är returnerat och kan ändras igen."), "success")
    return redirect(url_for("register.description_version", uuid=uuid), 303)


@bp.post("/description/<uuid:uuid>/publication")
@requires(Permission.REGISTER_PUBLISH)
def description_publication(uuid: uuids.UUID) -> ResponseReturnValue:
    """Approve it, with why the text stands where something contradicts it."""
    description = descriptions.get(uuid, by=current_user)
    form = publish_form(contradictions.of(descriptions.content(description), say=gettext))
    if not form.validate():
        return _page(description, form), 422
    approved: dict[str, Any] = {"valid_from": form.valid_from.data, "answers": form.answers, "seen": form.read}
    try:
        descriptions.publish(description, **approved, by=current_user)
    except descriptions.ReasonsNeeded as error:
        for key in error.params["keys"]:
            if (field := form.answer(key)) is not None:
                field.errors = [gettext(error.text, **error.params)]
        return _page(description, form), 422
    except Invalid as error:
        beside = "valid_from" if isinstance(error, DAYS) else ""
        return _refused(description, form, error, beside)
    document_tasks.make_due()
    flash(gettext("Beskrivningen är publicerad. Den finns som sida genast, och som PDF om en stund."), "success")
    return redirect(url_for("register.description_version", uuid=uuid), 303)


@bp.post("/description/<uuid:uuid>/dropping")
@requires(Permission.REGISTER_DESCRIBE)
def description_dropping(uuid: uuids.UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    description, form = descriptions.get(uuid, by=current_user), SeenForm()
    descriptions.drop(description, seen=form.read, by=current_user)
    flash(gettext("Utkastet är kastat."), "success")
    return redirect(url_for("register.description_versions"), 303)


@bp.get("/description/<uuid:uuid>/papers/<uuid:paper>/pdf")
@requires(Permission.REGISTER_DESCRIPTION)
def description_paper(uuid: uuids.UUID, paper: uuids.UUID) -> ResponseReturnValue:
    return fetched(descriptions.get(uuid, by=current_user), paper)


@bp.post("/description/<uuid:uuid>/papers/<uuid:paper>/retry")
@requires(Permission.REGISTER_PUBLISH)
def description_paper_retry(uuid: uuids.UUID, paper: uuids.UUID) -> ResponseReturnValue:
    """Set one that could not be set again."""
    letters.retry(descriptions.get(uuid, by=current_user), paper, by=current_user)
    document_tasks.make_due()
    flash(gettext("Dokumentet görs på nytt."), "success")
    return redirect(url_for("register.description_version", uuid=uuid), 303)


def _refused(description: Description, form: Form, error: Invalid, beside: str = "") -> ResponseReturnValue:
    form.refuse(error, beside)
    return _page(description, form), 422
