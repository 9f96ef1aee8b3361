"""The pages of documents: the list, a document with its form and preview, the stationery."""

import json
import uuid as uuids
from typing import Any

import flask
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

import tasks.documents as tasks
from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.question import Question
from portal.documents import actions, composing, seal, stationery, words
from portal.documents import preview as previews
from portal.documents.forms import ActForm, DraftForm, LanguageForm, form_of
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document, State
from portal.documents.press import Unset
from portal.errors import Conflict, Invalid, trace
from portal.language import LANGUAGES, N_, translator
from portal.security import allow, requires
from portal.web import language

bp = Blueprint("documents", __name__, url_prefix="/documents")

PAGE = 50


@bp.app_template_global("documents_of")
def documents_of(owner: str, key: str) -> list[Document]:
    """Those of an owner's page that the reader may open."""
    if not current_user.may(Permission.DOCUMENTS_READ):
        return []
    return actions.owned(Owner(owner), key, by=current_user)


@bp.app_template_global("documents_waiting")
def documents_waiting() -> list[Document]:
    """Drafts that wait for the reader."""
    return actions.waiting(by=current_user)


@bp.app_template_global("document_title")
def document_title(document: Document) -> str:
    """What it is, and of what: 'Gallringsprotokoll 10/2026'."""
    if document.kind == Kind.PURGE_DAY:
        day = document.owner_day
        return gettext("Gallringsprotokoll %(day)s", day=f"{day.day}.{day.month}.{day.year}")
    if document.kind == Kind.PURGE_MONTH:
        month = document.owner_month
        return gettext("Gallringsprotokoll %(month)s", month=f"{month.month}/{month.year}")
    if document.kind == Kind.LOG_MONTH:
        month = document.owner_month
        return gettext("Loggens sammandrag %(month)s", month=f"{month.month}/{month.year}")
    if document.kind == Kind.RIGHTS_REVIEW:
        year, _, quarter = document.owner_key.partition("-")
        return gettext("Granskning av användarrättigheter %(quarter)s/%(year)s", quarter=quarter, year=year)
    return gettext(words.KINDS[document.kind])


@bp.app_template_global("document_words")
def document_words() -> Any:
    return words


@bp.app_template_global("document_languages")
def document_languages() -> dict[str, str]:
    return words.LANGUAGES


@bp.app_template_global("stationery_lines")
def stationery_lines(head: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """What stands on every letter: label and lines, the empty ones left out."""

    def lines(*values: str) -> list[str]:
        return [value for value in values if value]

    contact, officer, signer, ombudsman = (head[name] for name in ("contact", "officer", "signer", "ombudsman"))
    return [
        (gettext("Huvud"), lines(head["city"], head["unit"], head["register"])),
        (gettext("Adress"), lines(head["post"], head["visit"])),
        (gettext("Kontakt"), lines(head["phone"], head["email"], head["web"], head["business_id"])),
        (gettext("Personuppgiftsansvarig"), lines(head["controller"])),
        (gettext("Kontaktperson"), lines(*contact.values())),
        (gettext("Undertecknare"), lines(*signer.values())),
        (gettext("Dataskyddsombud"), lines(*officer.values())),
        (gettext("Dataombudsmannen"), lines(*ombudsman.values())),
        (gettext("Klagomål hos dataombudsmannen"), list(head["remedies"]["ombudsman"])),
        (gettext("Domstol"), list(head["remedies"]["court"])),
    ]


@bp.get("/")
@requires(Permission.DOCUMENTS_READ)
def index() -> str:
    """What waits, what failed, and all others, the newest first."""
    mine = Document.visible_to(current_user).where(Document.state != State.DROPPED)
    before = request.args.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        mine = mine.where(Document.id < int(before))
    found = list(mine.order_by(Document.id.desc()).limit(PAGE + 1))
    rows = found[:PAGE]
    older = url_for(".index", before=rows[-1].id) if len(found) > PAGE else ""
    return render_template("documents/pages/index.html", documents=rows, older=older, paged=bool(before))


@bp.get("/stationery")
@requires(Permission.DOCUMENTS_STATIONERY)
def show_stationery() -> str:
    """What stands on every letter, and the specimen letters."""
    settings = config.settings()
    fault = ""
    try:
        sealer = seal.sealer(settings)
    except config.ConfigError as error:
        sealer, fault = None, getattr(error, "code", "Seal")
    try:
        heads = {name: stationery.of(name) for name in LANGUAGES}
    except config.ConfigError:
        heads = {}
    return render_template("documents/pages/stationery.html", heads=heads, sealer=sealer, seal_fault=fault)


@bp.post("/specimens")
@requires(Permission.DOCUMENTS_STATIONERY)
def specimens() -> ResponseReturnValue:
    """A draft of a specimen letter, filled with an invented recipient."""
    chosen = _language()
    say = translator(chosen)
    content = {
        "recipient": [say(line) for line in SPECIMEN_RECIPIENT],
        "subject": say(SPECIMEN_SUBJECT),
        "case": "BOR/1/2026",
        "request_on": clock.today().isoformat(),
        "received_on": clock.today().isoformat(),
        "paragraphs": [say(part) for part in SPECIMEN_TEXT],
    }
    made = actions.draft_specimen(content, language=chosen, by=_user())
    return redirect(url_for(".show", uuid=made.uuid), 303)


SPECIMEN_RECIPIENT = (N_("Anna Exempel"), N_("Modellgatan 1 A 2"), N_("06100 BORGÅ"))
SPECIMEN_SUBJECT = N_("Provbrev")
SPECIMEN_TEXT = (
    N_("Det här brevet visar alla delar som stadens brev har gemensamt. Det skickas inte till någon."),
    N_("Kontrollera att adressen syns i kuvertets fönster, att kontaktuppgifterna stämmer och att språket är rätt."),
)


@bp.post("/days/<day:day>")
@requires(Permission.DOCUMENTS_ORDER)
def days(day: Any) -> ResponseReturnValue:
    """Order the protocol of a day as PDF."""
    made = actions.order_day(day, language=_language(), by=_user())
    _look_now()
    return redirect(url_for(".show", uuid=made.uuid), 303)


@bp.post("/months/<month:month>")
@requires(Permission.DOCUMENTS_APPROVE)
def draft_months(month: Any) -> ResponseReturnValue:
    """A draft of the protocol of a month."""
    made = actions.draft_month(month, language=_language(), by=_user())
    return redirect(url_for(".show", uuid=made.uuid), 303)


@bp.post("/log-months/<month:month>")
@requires(Permission.OVERSIGHT_READ)
def log_months(month: Any) -> ResponseReturnValue:
    """A draft of the log's summary of a month."""
    made = actions.draft_month(month, language=_language(), by=_user(), kind=Kind.LOG_MONTH)
    return redirect(url_for(".show", uuid=made.uuid), 303)


@bp.post("/extracts")
@requires(Permission.DOCUMENTS_EXTRACT, proof=True)
def extracts() -> ResponseReturnValue:
    """A draft of an extract of the log, by the conditions the log's page was asked with."""
    try:
        codes = json.loads(request.form.get("asked", ""))
        asked = Question.of_codes(codes)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid from error
    made = actions.draft_extract(asked, language=_language(), by=_user())
    return redirect(url_for(".show", uuid=made.uuid), 303)


@bp.get("/<uuid:uuid>")
@requires(Permission.DOCUMENTS_READ)
def show(uuid: uuids.UUID) -> ResponseReturnValue:
    """A document in whatever state it is."""
    document = actions.get(uuid, by=_user())
    actions.note_viewed(document, by=_user())
    return _page(document)


@bp.post("/<uuid:uuid>")
@requires(Permission.DOCUMENTS_READ)
def change(uuid: uuids.UUID) -> ResponseReturnValue:
    """Save the draft; with `act=lock` also order it."""
    document = actions.get(uuid, by=_user())
    form = form_of(document)()
    if not form.validate():
        return _page(document, form), 422
    earlier = form.version.data or ""
    if request.form.get("act") == "lock":
        actions.lock(document, form.typed(), earlier=earlier, by=_user())
        _look_now()
    else:
        actions.change(document, form.typed(), earlier=earlier, by=_user())
        flash(gettext("Utkastet är sparat."), "success")
    return redirect(url_for(".show", uuid=uuid), 303)


@bp.route("/<uuid:uuid>/preview", methods=["GET", "POST"])
@requires(Permission.DOCUMENTS_READ)
def preview(uuid: uuids.UUID) -> ResponseReturnValue:
    """The draft as PDF: as it is saved, or as the form that is sent fills it. Nothing is stored."""
    document = actions.get(uuid, by=_user())
    if document.state != State.DRAFT:
        raise Conflict
    if request.method == "POST":
        form = form_of(document)()
        if not form.validate():
            return _page(document, form), 422
        document.content = actions.merged(document, form.typed())
    actions.note_previewed(document, by=_user())
    try:
        printed = previews.show(composing.compose(document, draft=True))
    except Unset as error:
        if request.headers.get("Sec-Fetch-Dest") == "empty":  # our script, which says it beside the sheet
            return flask.Response(gettext(words.failure(error.code)), 422, mimetype="text/plain")
        raise previews.CannotShow(reason=gettext(words.failure(error.code))) from error
    except config.ConfigError as error:
        flask.current_app.logger.error("a preview failed: %s", trace(error))
        raise previews.CannotShow(reason=gettext("Säg till systemadministratören.")) from error
    return flask.Response(printed.pdf, mimetype="application/pdf")


@bp.after_request
def _framed(response: flask.Response) -> flask.Response:
    """Our own page frames a preview, also one that failed and says so in its frame."""
    if request.endpoint == "documents.preview":
        allow(frame_ancestors="'self'")
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.get("/<uuid:uuid>/state")
@requires(Permission.DOCUMENTS_READ, prolongs=False)
def state(uuid: uuids.UUID) -> ResponseReturnValue:
    """The part of the page that waits for the worker; nothing new while it still does."""
    document = actions.get(uuid, by=_user())
    if document.state == State.ORDERED:
        return "", 204
    return render_template("documents/pages/_state.html", **_shown(document))


@bp.get("/<uuid:uuid>/pdf")
@requires(Permission.DOCUMENTS_READ)
def pdf(uuid: uuids.UUID) -> ResponseReturnValue:
    """A locked document's bytes; `?save=1`: to be kept, else to be looked at."""
    document = actions.get(uuid, by=_user())
    content = actions.fetch(document, by=_user())
    shown = "attachment" if request.args.get("save") else "inline"
    headers = {"Content-Disposition": f'{shown}; filename="{_file(document)}"'}
    return flask.Response(content, mimetype="application/pdf", headers=headers)


@bp.post("/<uuid:uuid>/retry")
@requires(Permission.DOCUMENTS_READ)
def retry(uuid: uuids.UUID) -> ResponseReturnValue:
    document = actions.get(uuid, by=_user())
    actions.retry(document, by=_user())
    _look_now()
    return redirect(url_for(".show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/reopening")
@requires(Permission.DOCUMENTS_READ)
def reopening(uuid: uuids.UUID) -> ResponseReturnValue:
    """Let what was typed in one that failed be changed."""
    actions.reopen(actions.get(uuid, by=_user()), by=_user())
    return redirect(url_for(".show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/correction")
@requires(Permission.DOCUMENTS_READ)
def correction(uuid: uuids.UUID) -> ResponseReturnValue:
    """A draft of a new document that names this one."""
    made = actions.correct(actions.get(uuid, by=_user()), by=_user())
    return redirect(url_for(".show", uuid=made.uuid), 303)


@bp.route("/<uuid:uuid>/dropping", methods=["GET", "POST"])
@requires(Permission.DOCUMENTS_READ)
def dropping(uuid: uuids.UUID) -> ResponseReturnValue:
    """First the consequence, then the deed."""
    document = actions.get(uuid, by=_user())
    if not ActForm().validate_on_submit():
        return render_template("documents/pages/dropping.html", document=document)
    actions.drop(document, by=_user())
    flash(gettext("Dokumentet är kastat."), "success")
    return redirect(url_for(".index"), 303)


def _page(document: Document, form: DraftForm | None = None) -> str:
    if form is None and document.state == State.DRAFT:
        form = form_of(document).of(json.loads(document.content), document.version)
    allow(frame_src="'self' blob:")  # the preview beside the form; only a script of ours can make a blob
    return render_template("documents/pages/show.html", form=form, previewed=composing.PREVIEWED, **_shown(document))


def _shown(document: Document) -> dict[str, Any]:
    """What the templates of one document need."""
    corrected_by = Document.select().where(Document.corrects == document.id, Document.state != State.DROPPED).first()
    return {
        "document": document,
        "may_write": actions.may_write(document, _user()),
        "corrected_by": corrected_by,
        "sealer": _sealer(document),
    }


def _sealer(document: Document) -> seal.Sealer | None:
    if document.state != State.LOCKED or not document.certificate or document.part is None:
        return None
    try:
        from portal.vault import objects

        return seal.sealed_by(objects.read(document.uuid, document.part))
    except Exception as error:
        flask.current_app.logger.error("a seal cannot be read: %s", trace(error))
        return None


def _file(document: Document) -> str:
    key = (
        document.uuid.hex[:8]
        if document.kind in (Kind.LOG_EXTRACT, Kind.SPECIMEN, Kind.CALLER_EXTRACT)
        else document.owner_key
    )
    return f"{words.FILES[document.kind, document.language]}-{key}.pdf"


def _user() -> Account:
    user: Account = current_user._get_current_object()
    return user


def _language() -> str:
    form = LanguageForm()
    if not form.validate():
        raise Invalid
    return str(form.language.data or language())


def _look_now() -> None:
    """A message lost costs one interval: the round looks as well."""
    try:
        tasks.make_due()
    except Exception as error:
        flask.current_app.logger.error("the queue refused: %s", trace(error))
