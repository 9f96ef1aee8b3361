"""The calls of a case: found, judged, taken in. What is decided of each is in `decision_views`."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, call_words, decisions, search, selection
from portal.cases.blueprint import bp
from portal.cases.call_forms import AddForm, FindForm, JudgementsForm
from portal.cases.codes import UNDECIDED, Concerns
from portal.cases.models import CallerNumber, Case, SearchRun
from portal.errors import NotFound
from portal.formats import phone
from portal.queues.models import Queue
from portal.security import requires
from portal.web import language

LABEL = "concerns-"


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {"call_words": call_words}


@bp.get("/<uuid:uuid>/calls")
@requires(Permission.CASES_READ)
def calls(uuid: uuids.UUID) -> ResponseReturnValue:
    """What was found for the case, how far it is judged and decided, and what was searched."""
    return _page(actions.get(uuid, by=current_user))


@bp.post("/<uuid:uuid>/calls/judgements")
@requires(Permission.CASES_HANDLE)
def judgements(uuid: uuids.UUID) -> ResponseReturnValue:
    """What was chosen of each call in the list."""
    case = actions.get(uuid, by=current_user)
    if not JudgementsForm().validate():
        return _page(case), 422
    chosen = {call: request.form.get(f"{LABEL}{call.uuid.hex}", "") for call in decisions.of(case)}
    changed = selection.judge_each({call: code for call, code in chosen.items() if code}, by=current_user)
    flash(ngettext("%(num)s bedömning är sparad.", "%(num)s bedömningar är sparade.", changed), "success")
    return redirect(url_for("cases.calls", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/calls/search")
@requires(Permission.CASES_HANDLE)
def calls_search(uuid: uuids.UUID) -> ResponseReturnValue:
    """Search for the case; what is found is frozen and waits to be judged."""
    case = actions.get(uuid, by=current_user)
    form = FindForm(queues=_queues(), language=language())
    if not form.validate():
        return _page(case, find_form=form), 422
    try:
        run = search.search(case, form.keys(), by=current_user)
    except (search.NothingToSearch, search.TooMany) as error:
        form.numbers.errors = [gettext(error.text, **error.params)]
        return _page(case, find_form=form), 422
    said = ngettext("%(num)s samtal svarade mot sökningen.", "%(num)s samtal svarade mot sökningen.", run.found)
    new = ngettext("%(num)s av dem är nytt i begäran.", "%(num)s av dem är nya i begäran.", run.added)
    flash(f"{said} {new}", "success" if run.added else "info")
    return redirect(url_for("cases.calls", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/calls")
@requires(Permission.CASES_HANDLE)
def calls_added(uuid: uuids.UUID) -> ResponseReturnValue:
    """Take in a call that no search found."""
    case, form = actions.get(uuid, by=current_user), AddForm()
    if not form.validate():
        return _page(case, add_form=form), 422
    try:
        added = selection.add(case, form.key, by=current_user)
    except NotFound:
        form.call.errors = [gettext("Samtalet finns inte, eller så hör det till ett servicenummer som du inte har.")]
        return _page(case, add_form=form), 422
    flash(gettext("Samtalet är med i begäran och spärrat mot radering."), "success")
    return redirect(url_for("cases.call", uuid=uuid, call=added.uuid), 303)


def _page(case: Case, *, find_form: FindForm | None = None, add_form: AddForm | None = None) -> str:
    actions.view(case, by=current_user)
    rows = decisions.of(case)
    left = {one.call.id: one.what for one in decisions.unfinished(case, rows)}
    numbers = [
        row.number for row in CallerNumber.select().where(CallerNumber.case == case.id).order_by(CallerNumber.id)
    ]
    queues = _queues()
    works = case.state in UNDECIDED and case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    if find_form is None:
        find_form = FindForm.of(case, [phone(number) for number in numbers], queues=queues, language=language())
    return render_template(
        "cases/calls.html",
        case=case,
        calls=rows,
        left=left,
        judged=sum(row.concerns is not None for row in rows),
        theirs=sum(row.concerns == Concerns.YES for row in rows),
        waiting=next((row for row in rows if row.id in left), None),
        searches=SearchRun.select().where(SearchRun.case == case.id).order_by(SearchRun.id.desc()),
        queue_names={queue.id: queue.name(language()) for queue in queues},
        works=works,
        form=JudgementsForm(None),
        find_form=find_form,
        add_form=add_form or AddForm(None),
        label=LABEL,
    )


def _queues() -> list[Queue]:
    """Every queue: a request reaches all that the city has."""
    return list(Queue.select().order_by(Queue.number))


from portal.cases import completion_views, decision_views  # noqa: E402, F401 their pages are on the same blueprint
