"""The pages of recordings: the search, and the page of a call. Hearing is in `listening_views`."""

import uuid as uuids
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock, formats
from portal.accounts.permissions import Permission
from portal.queues.models import Queue
from portal.recordings import actions, corrections, forms, index, search
from portal.recordings.models import Recording
from portal.security import requires
from portal.web import language

bp = Blueprint("recordings", __name__, url_prefix="/recordings")

Asked = list[tuple[str, str]]

TYPED = {"words", "number", "from", "to"}
"""Fields that are typed letter by letter: one step back in the browser each, not one per letter."""


@bp.get("/", endpoint="index")
@requires(Permission.RECORDINGS_FIND)
def find() -> ResponseReturnValue:
    """The calls the person may see that answer the questions in the address, newest first."""
    own = current_user.queues_for(Permission.RECORDINGS_FIND)
    queues = list(Queue.select().where(Queue.id.in_(sorted(own))).order_by(Queue.number))
    advisers = actions.advisers(own)
    form = forms.FindForm(request.args, queues=queues, advisers=advisers, language=language())
    before, after = _key("before"), _key("after")
    valid = form.validate()
    page = search.find(form.query(before=before, after=after), by=current_user) if valid else search.Page()
    asked = _asked(form)
    html = render_template(
        "recordings/index.html",
        form=form,
        valid=valid,
        page=page,
        cap=search.CAP,
        reports=current_user.queues_for(Permission.RETENTION_REPORT),
        queue_names={queue.id: queue.name(language()) for queue in queues},
        adviser_names={account.id: account.name for account in advisers},
        filters=_filters(form),
        hindrances=_hindrances(form, asked) if valid and not page.hits else [],
        periods=_periods(form, asked),
        newer=_address(asked, after=page.newer) if page.newer is not None else "",
        older=_address(asked, before=page.older) if page.older is not None else "",
        through=url_for("recordings.series_new") + (f"?{urlencode(asked)}" if asked else ""),
        labels=forms,
    )
    cursor = [(name, str(key)) for name, key in (("before", before), ("after", after)) if key is not None]
    return html, _history(asked + cursor)


def _key(name: str) -> int | None:
    """A place in the list from the address; None when it is not one."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _asked(form: forms.FindForm) -> Asked:
    """The questions in the address, without the empty ones."""
    names = {field.name for field in form}
    return [(name, value.strip()) for name, value in request.args.items(multi=True) if name in names and value.strip()]


def _address(asked: Asked, **more: Any) -> str:
    query = urlencode([*asked, *more.items()])
    return url_for("recordings.index") + (f"?{query}" if query else "")


def _history(asked: Asked) -> dict[str, str]:
    """Headers that keep the browser's address and its back button right after a search while typing.

    A word or number that grows letter by letter replaces the address; any other change is a step of its own.
    """
    if not request.headers.get("HX-Request"):
        return {}
    try:
        shown = parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    except ValueError:  # no address
        shown = []

    def rest(pairs: Asked) -> Asked:
        return sorted((name, "" if name in TYPED else value) for name, value in pairs)

    return {"HX-Replace-Url" if rest(shown) == rest(asked) else "HX-Push-Url": _address(asked)}


def _filters(form: forms.FindForm) -> list[tuple[str, str]]:
    """Which filters are on, in words: label and value."""
    chosen = [(field.label.text, field.data) for field in (form.words, form.number) if field.data]
    chosen += [(field.label.text, formats.date(field.data)) for field in (form.first, form.last) if field.data]
    for field in (form.queue, form.adviser, form.direction, form.length, form.told):
        if field.data:
            chosen.append((field.label.text, _label(field, field.data)))
    if form.flags.data:
        chosen.append((form.flags.label.text, ", ".join(_label(form.flags, name) for name in form.flags.data)))
    return chosen


PARTS = {"days": ("from", "to"), "flags": ("flag",)}
"""Names in the address of a filter, where they are not the filter's own."""


def _hindrances(form: forms.FindForm, asked: Asked) -> list[tuple[str, str, int]]:
    """Which one filter to leave out to find something: label, address without it, how many."""
    found = []
    for name, hits in search.without(form.query(before=None, after=None), by=current_user):
        fields = (form.first, form.last) if name == "days" else (form[name],)
        label = " – ".join(str(field.label.text) for field in fields)
        rest = [(key, value) for key, value in asked if key not in PARTS.get(name, (name,))]
        found.append((label, _address(rest), hits))
    return found


def _label(field: Any, value: str) -> str:
    return next((str(choice.label) for choice in field.choices if choice.value == value), "")


def _periods(form: forms.FindForm, asked: Asked) -> list[tuple[Any, str, bool]]:
    """The quick choices of days: label, address, and whether it is the one in use."""
    others = [(name, value) for name, value in asked if name not in ("from", "to")]
    return [
        (
            forms.PERIODS[name],
            _address([*others, ("from", formats.date(first)), ("to", formats.date(last))]),
            (form.first.data, form.last.data) == (first, last),
        )
        for name, (first, last) in forms.periods(clock.today()).items()
    ]


@bp.get("/<uuid:uuid>")
@requires(Permission.RECORDINGS_FIND)
def show(uuid: uuids.UUID) -> ResponseReturnValue:
    """Everything about a call but its sound; of a restricted one, that it is."""
    try:
        return _page(actions.reach(uuid, by=current_user))
    except actions.Restricted:
        return render_template("recordings/restricted.html", recording=actions.view_restricted(uuid, by=current_user))


@bp.post("/<uuid:uuid>/subject")
@requires(Permission.RECORDINGS_NOTE)
def subject(uuid: uuids.UUID) -> ResponseReturnValue:
    recording = actions.get(uuid, by=current_user, doing=Permission.RECORDINGS_NOTE)
    form = forms.SubjectForm()
    if not form.validate():
        return _page(recording, subject_form=form), 422
    try:
        actions.change_subject(
            recording,
            form.subject.data or "",
            earlier=form.earlier.data or "",
            reason=form.reason.data or "",
            by=current_user,
        )
    except corrections.ReasonNeeded as error:
        form.reason.errors = [gettext(error.text)]
        return _page(recording, subject_form=form), 422
    except actions.SubjectChanged as conflict:
        recording.subject = conflict.current
        return _page(recording, subject_form=form, conflict=conflict), 409
    flash(gettext("Ämnet är sparat."), "success")
    return redirect(url_for("recordings.show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/notes")
@requires(Permission.RECORDINGS_NOTE)
def notes(uuid: uuids.UUID) -> ResponseReturnValue:
    recording = actions.get(uuid, by=current_user, doing=Permission.RECORDINGS_NOTE)
    form = forms.NoteForm()
    if not form.validate():
        return _page(recording, note_form=form), 422
    actions.add_note(recording, form.note.data, key=form.uuid, by=current_user)
    flash(gettext("Anteckningen är sparad."), "success")
    return redirect(url_for("recordings.show", uuid=uuid, _anchor="notes"), 303)


def _page(
    recording: Recording,
    *,
    subject_form: forms.SubjectForm | None = None,
    note_form: forms.NoteForm | None = None,
    conflict: actions.SubjectChanged | None = None,
) -> str:
    """The call's page, also after a form that was not in order: each time it is shown is in the log."""
    actions.view(recording, by=current_user)
    if subject_form is None:
        subject_form = forms.SubjectForm(None, subject=recording.subject)
    if note_form is None:
        note_form = forms.NoteForm(None)
    if not note_form.key.data or note_form.key.errors:
        note_form.key.data = str(uuids.uuid4())
    # What the person has now seen: the next attempt is measured against it
    subject_form.earlier.data = recording.subject
    conversation, elsewhere, restricted = actions.parts(recording, by=current_user)
    return render_template(
        "recordings/show.html",
        recording=recording,
        days_left=(clock.local(recording.expires_at).date() - clock.today()).days,
        conversation=conversation,
        elsewhere=elsewhere,
        restricted=restricted,
        hearers=actions.hearers(recording),
        listens=actions.listens(recording),
        listeners_named=current_user.may_in(recording.queue_id, Permission.AUDIT_READ),
        notes=actions.notes(recording),
        writes=current_user.may_in(recording.queue_id, Permission.RECORDINGS_NOTE) and not recording.over,
        subject_form=subject_form,
        note_form=note_form,
        conflict=conflict,
        flags=index.flags(recording),
        labels=forms,
    )


from portal.recordings import correction_views, listening_views  # noqa: E402, F401 their pages are on the same blueprint
