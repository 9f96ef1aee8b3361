"""The pages of residents' requests: the work list, the registration, the overview of one, its facts and papers."""

import uuid as uuids
from collections.abc import Collection
from typing import Any, NamedTuple

import flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

import tasks.documents as document_tasks
from portal import clock
from portal.accounts.permissions import Permission
from portal.cases import (  # noqa: F401 siblings: their routes
    actions,
    answer_views,
    attachments,
    call_views,
    carrying_views,
    claim_views,
    complaint_views,
    consent_views,
    copy_views,
    ending_views,
    fact_views,
    facts,
    intake,
    letter_views,
    listening_views,
    lists,
    log_views,
    oversight_views,
    overview,
    overview_words,
    restriction_views,
    search,
    time_views,
    words,
)
from portal.cases.blueprint import bp
from portal.cases.codes import ANSWERED, OPEN, UNDECIDED, State
from portal.cases.fact_views import BESIDE
from portal.cases.forms import ActForm, AttachForm, ListForm, RegisterForm
from portal.cases.models import Case
from portal.db import Few
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.retention import papers
from portal.security import requires
from portal.spelling import date
from portal.web import language

__all__ = ["bp"]


@bp.app_template_global("case_words")
def case_words() -> Any:
    return words


@bp.app_template_global("case_overview_words")
def case_overview_words() -> Any:
    return overview_words


@bp.app_template_global("case_tabs")
def case_tabs() -> list[tuple[str, str]]:
    """Endpoint and label of the parts of a case."""
    return [tab for tab in overview_words.TABS if tab[0] in flask.current_app.view_functions]


@bp.app_template_global("case_waits")
def case_waits() -> lists.Waits | None:
    """What waits for the signed-in person, for the top of every page."""
    return lists.waits(current_user) if current_user.is_authenticated else None


@bp.get("/")
@requires(Permission.CASES_READ)
def index() -> ResponseReturnValue:
    """The work list: what waits for this person first, then all by urgency."""
    form = ListForm(request.args)
    if not form.validate():
        return render_template("cases/index.html", form=form, page=None, waiting=[]), 422
    asked = lists.Asked(whose=form.whose.data or "", state=form.state.data or "", late=bool(form.late.data))
    after = _uuid(request.args.get("after"))
    page = lists.page(asked, after=after, by=current_user)
    query = {
        name: value for name, value in (("whose", asked.whose), ("state", asked.state), ("late", asked.late)) if value
    }
    return render_template(
        "cases/index.html",
        form=form,
        page=page,
        query=query,
        paged=after is not None,
        waiting=[] if after else _waiting(),
    )


def _waiting() -> list[tuple[str, str, str, Few]]:
    """The place on the page, title, the page to act on, and the cases that wait for the person; the empty ones left
    out."""
    found = (
        ("approvals", gettext("Väntar på ditt godkännande"), "cases.answer", lists.approvals(current_user)),
        ("opinions", gettext("Väntar på ditt utlåtande"), "cases.answer", lists.opinions(current_user)),
        ("sendings", gettext("Brev som du ska skicka"), "cases.ending", lists.to_send(current_user)),
    )
    return [part for part in found if part[-1].rows]


def _uuid(text: str | None) -> uuids.UUID | None:
    try:
        return uuids.UUID(text) if text else None
    except ValueError:
        return None


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CASES_HANDLE, most=papers.SENDING_MOST)
def new() -> ResponseReturnValue:
    """Register a request."""
    queues = list(Queue.select().order_by(Queue.number))
    form = RegisterForm(queues=queues, language=language())
    alike: list[Case] = []
    if request.method == "POST" and form.validate():
        alike = [] if form.anyway.data else intake.alike(form.numbers.numbers)
        if not alike:
            try:
                case = intake.register(form.registration(), by=current_user)
            except Invalid as error:
                form.refuse(error, BESIDE.get(type(error), ""))
            else:
                document_tasks.make_due()
                _say_registered(case)
                _attach(case, form.files.files)
                return redirect(url_for("cases.show", uuid=case.uuid), 303)
    elif request.method == "GET":
        form.received_on.data = clock.today()
    return render_template("cases/new.html", form=form, alike=alike), 422 if form.errors or alike else 200


def _say_registered(case: Case) -> None:
    frozen = overview.calls(case).all
    said = ngettext(
        "Begäran %(number)s är registrerad. %(num)s samtal är spärrat mot radering.",
        "Begäran %(number)s är registrerad. %(num)s samtal är spärrade mot radering.",
        frozen,
        number=case.number,
    )
    flash(said, "success")
    if search.all_past(case.called_to, case.received_on):
        flash(
            gettext(
                "Hela perioden ligger längre tillbaka än tre månader före mottagandet: "
                "samtalen raderades efter lagringstiden. Svaret säger det."
            ),
            "info",
        )


def _attach(case: Case, files: tuple[tuple[str, str, bytes], ...]) -> None:
    """Keep the papers; what the disk refuses is said, and the case stands without them."""
    for name, media_type, content in files:
        try:
            attachments.add(case, name, media_type, content, by=current_user)
        except Invalid as error:
            flash(f"{papers.named(name)[:40]}: {gettext(error.text, **error.params)}", "error")


@bp.get("/<uuid:uuid>")
@requires(Permission.CASES_READ)
def show(uuid: uuids.UUID) -> str:
    """The overview."""
    case = actions.get(uuid, by=current_user)
    actions.view(case, by=current_user)
    return _overview(case, AttachForm(None))


class _Ahead(NamedTuple):
    text: str
    link: str
    """'' where there is nowhere to go."""
    endpoint: str
    place: str


def _ahead(case: Case, counted: overview.Calls) -> _Ahead:
    code, count = overview.next_step(case, counted)
    say = overview_words.NEXT[code]
    day = case.lifts_on if case.state == State.DISPATCHED else case.purge_on
    text = gettext(say.text, num=count, day=date(day) if day else gettext("när tiden är inne"))
    known = say.endpoint in flask.current_app.view_functions
    return _Ahead(text, gettext(say.link) if known else "", say.endpoint, say.place)


@bp.app_template_global("case_next")
def case_next(case: Case) -> _Ahead | None:
    """What comes next of a case, on each of its parts, for who handles it."""
    return _ahead(case, overview.calls(case)) if case.handler_id == current_user.id else None


@bp.app_template_global("case_rights_of")
def case_rights_of(cases: Collection[Case]) -> dict[int, list[str]]:
    return overview.rights_of(cases)


def _overview(case: Case, form: AttachForm) -> str:
    counted = overview.calls(case)
    own = case.handler_id == current_user.id
    return render_template(
        "cases/show.html",
        case=case,
        calls=counted,
        ahead=_ahead(case, counted),
        numbers=overview.numbers(case),
        rights=overview.rights(case),
        searches=overview.searches(case),
        steps=overview.steps(case),
        papers=attachments.of(case),
        paper_kinds=papers.KINDS,
        past=search.all_past(case.called_to, case.received_on),
        changes_facts=own and case.state in (*UNDECIDED, *intake.AFTER),
        marks=facts.of(case),
        attaches=own and case.state in (*OPEN, *ANSWERED),
        removes=own and case.state in OPEN,
        takes_over=not own
        and current_user.may(Permission.CASES_HANDLE)
        and case.state not in (State.CLOSED, State.PURGED),
        form=form,
    )


@bp.post("/<uuid:uuid>/handler")
@requires(Permission.CASES_HANDLE)
def take_over(uuid: uuids.UUID) -> ResponseReturnValue:
    """Become the handler."""
    form = ActForm()
    if form.validate():
        actions.take_over(actions.get(uuid, by=current_user), by=current_user)
        flash(gettext("Du handlägger nu begäran."), "success")
    return redirect(url_for("cases.show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/attachments")
@requires(Permission.CASES_HANDLE, most=papers.SENDING_MOST)
def attach(uuid: uuids.UUID) -> ResponseReturnValue:
    """Add papers."""
    case, form = actions.get(uuid, by=current_user), AttachForm()
    if not form.validate():
        return _overview(case, form), 422
    for name, media_type, content in form.files.files:
        attachments.add(case, name, media_type, content, by=current_user)
    flash(
        ngettext("%(num)s bilaga är tillagd.", "%(num)s bilagor är tillagda.", len(form.files.files)),
        "success",
    )
    return redirect(url_for("cases.show", uuid=uuid), 303)


@bp.get("/<uuid:uuid>/attachments/<uuid:attachment>")
@requires(Permission.CASES_READ)
def attachment(uuid: uuids.UUID, attachment: uuids.UUID) -> ResponseReturnValue:
    """A paper, to be saved and opened elsewhere: nothing that came from outside is shown in the portal's own name."""
    case = actions.get(uuid, by=current_user)
    row = attachments.get(case, attachment)
    content = attachments.read(row, by=current_user)
    name = f"{case.number.replace('/', '-')}-{row.uuid.hex[:8]}.{papers.ENDINGS[row.media_type]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return flask.Response(content, mimetype=row.media_type, headers=headers)


@bp.post("/<uuid:uuid>/attachments/<uuid:attachment>/removal")
@requires(Permission.CASES_HANDLE)
def remove_attachment(uuid: uuids.UUID, attachment: uuids.UUID) -> ResponseReturnValue:
    """Take away a paper that does not belong to the request."""
    case = actions.get(uuid, by=current_user)
    attachments.remove(attachments.get(case, attachment), by=current_user)
    flash(gettext("Bilagan är borttagen."), "success")
    return redirect(url_for("cases.show", uuid=uuid), 303)
