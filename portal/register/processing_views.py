"""The page of the record of processing activities (GDPR 30), and its two forms: PDF and spreadsheet."""

import uuid as uuids
from collections.abc import Iterator

import flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import tasks.documents as document_tasks
from portal import clock, spreadsheet
from portal.accounts.permissions import Permission
from portal.documents import actions as documents
from portal.documents import words as document_words
from portal.documents.kinds import Kind
from portal.documents.processing_shapes import ProcessingRecord
from portal.register import processing
from portal.register.blueprint import bp
from portal.register.disclosure_forms import PaperForm
from portal.security import requires
from portal.web import language


@bp.get("/processing-record")
@requires(Permission.REGISTER_RECORD)
def processing_record() -> str:
    """The record as it is now, in the page's language."""
    return _page(PaperForm(None, language=language()))


def _page(form: PaperForm) -> str:
    return render_template(
        "register/processing_record.html",
        record=processing.of(language()),
        papers=processing.papers(by=current_user),
        form=form,
    )


@bp.post("/processing-record/papers")
@requires(Permission.REGISTER_RECORD)
def processing_record_papers() -> ResponseReturnValue:
    """Order it as PDF."""
    form = PaperForm()
    if not form.validate():
        return _page(form), 422
    processing.order(form.language.data, by=current_user)
    document_tasks.make_due()
    flash(gettext("Registret görs i ordning som PDF. Ladda om sidan om en stund."), "success")
    return redirect(url_for("register.processing_record"), 303)


@bp.get("/processing-record/papers/<uuid:paper>/pdf")
@requires(Permission.REGISTER_RECORD)
def processing_record_paper(paper: uuids.UUID) -> ResponseReturnValue:
    """One that was made; `?save=1`: to be kept, else to be looked at."""
    document = processing.paper(paper, by=current_user)
    content = documents.fetch(document, by=current_user)
    shown = "attachment" if request.args.get("save") else "inline"
    name = f"{document_words.FILES[document.kind, document.language]}-{document.uuid.hex[:8]}.pdf"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"'}
    return flask.Response(content, mimetype="application/pdf", headers=headers)


@bp.post("/processing-record/papers/<uuid:paper>/retry")
@requires(Permission.REGISTER_RECORD)
def processing_record_retry(paper: uuids.UUID) -> ResponseReturnValue:
    """Set one that could not be set again."""
    processing.retry(paper, by=current_user)
    document_tasks.make_due()
    flash(gettext("Registret görs på nytt."), "success")
    return redirect(url_for("register.processing_record"), 303)


@bp.get("/processing-record.csv")
@requires(Permission.REGISTER_RECORD, proof=True)
def processing_record_export() -> flask.Response:
    """The same lines for a spreadsheet, or for the city's common record."""
    found = processing.export(language(), by=current_user)
    head = [gettext("Punkt"), gettext("Artikel"), gettext("Rubrik"), gettext("Uppgift"), gettext("Innehåll")]
    name = f"{document_words.FILES[Kind.PROCESSING_RECORD, language()]}-{clock.today().isoformat()}.csv"
    return flask.Response(
        "".join(spreadsheet.lines([*head, gettext("Källa")], _rows(found))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(found: ProcessingRecord) -> Iterator[list[str]]:
    described = (
        gettext("dataskyddsbeskrivningen, version %(version)s", version=found.description_version)
        if found.description_version
        else ""
    )
    for section in found.sections:
        place = [section.letter, f"30.1 {section.letter}", section.title]
        for source, rows in ((gettext("portalen"), section.rows), (described, section.described)):
            for row in rows:
                yield from ([*place, row.label, line, source] for line in row.lines)
