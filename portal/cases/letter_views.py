"""The letters of a case: seen as a draft, fetched, and set again when one could not be set. Only here: the pages of
documents never show them."""

import uuid as uuids

import flask
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, letters
from portal.cases.blueprint import bp
from portal.cases.models import Case
from portal.cases.nudge import look_now
from portal.config import ConfigError
from portal.documents import actions as documents
from portal.documents import composing, words
from portal.documents import preview as previews
from portal.documents.models import Document, State
from portal.documents.press import Unset
from portal.errors import Conflict, trace
from portal.security import requires


@bp.app_template_global("case_letters")
def case_letters(case: Case) -> list[Document]:
    """Every letter of a case that the reader has before them, the oldest first; `cases/_letters.html` shows them."""
    return letters.of(case)


@bp.get("/<uuid:uuid>/letters/<uuid:letter>/pdf")
@requires(Permission.CASES_READ)
def letter(uuid: uuids.UUID, letter: uuids.UUID) -> ResponseReturnValue:
    """A locked letter's bytes; `?save=1`: to be kept, else to be looked at."""
    case = actions.get(uuid, by=current_user)
    document = letters.get(case, letter)
    content = documents.fetch(document, by=current_user, reference=case.number)
    shown = "attachment" if request.args.get("save") else "inline"
    headers = {"Content-Disposition": f'{shown}; filename="{_file(document, case)}"'}
    return flask.Response(content, mimetype="application/pdf", headers=headers)


@bp.get("/<uuid:uuid>/letters/<uuid:letter>/preview")
@requires(Permission.CASES_READ)
def letter_preview(uuid: uuids.UUID, letter: uuids.UUID) -> ResponseReturnValue:
    """The answer as it is proposed, as PDF with the word draft on every page. Nothing is stored."""
    case = actions.get(uuid, by=current_user)
    document = letters.get(case, letter)
    if document.state != State.DRAFT:
        raise Conflict
    documents.note_previewed(document, by=current_user, reference=case.number)
    try:
        printed = previews.show(composing.compose(document, draft=True))
    except Unset as error:
        raise previews.CannotShow(reason=gettext(words.failure(error.code))) from error
    except ConfigError as error:
        flask.current_app.logger.error("a preview failed: %s", trace(error))
        raise previews.CannotShow(reason=gettext("Säg till systemadministratören.")) from error
    headers = {"Content-Disposition": f'inline; filename="{_file(document, case)}"'}
    return flask.Response(printed.pdf, mimetype="application/pdf", headers=headers)


@bp.post("/<uuid:uuid>/letters/<uuid:letter>/retry")
@requires(Permission.CASES_HANDLE)
def letter_retry(uuid: uuids.UUID, letter: uuids.UUID) -> ResponseReturnValue:
    """Set one that could not be set again."""
    letters.retry(actions.get(uuid, by=current_user), letter, by=current_user)
    look_now()
    flash(gettext("Brevet görs på nytt."), "success")
    return redirect(url_for("cases.show", uuid=uuid), 303)


def _file(document: Document, case: Case) -> str:
    """'svar-BS-12-2026.pdf', in the letter's language."""
    return f"{words.FILES[document.kind, document.language]}-{case.number.replace('/', '-')}.pdf"
