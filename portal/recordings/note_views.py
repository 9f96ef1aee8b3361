"""Writing notes: on a call's page, and beside the player without losing the place."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.errors import NotFound
from portal.recordings import actions, listening, notes
from portal.recordings.listening_views import player_page
from portal.recordings.models import Listen, Note, Recording
from portal.recordings.note_forms import NoteForm
from portal.recordings.views import bp, call_page
from portal.security import requires
from portal.web import is_fragment, language


@bp.app_context_processor
def writing() -> dict[str, Any]:
    """What `_notes.html`, `_writing.html` and `_note_form.html` ask for."""
    return {
        "notes_of": lambda recording: notes.of(recording, by=current_user),
        "note_form_of": lambda form: NoteForm.blank(language(), form),
        "note_kind": lambda code: notes.kind(code, language()),
        "writes_notes": _writes,
    }


def _writes(recording: Recording) -> bool:
    return current_user.may_in(recording.queue_id, Permission.RECORDINGS_NOTE) and not recording.over


@bp.post("/<uuid:uuid>/notes", endpoint="notes")
@requires(Permission.RECORDINGS_NOTE)
def noted(uuid: uuids.UUID) -> ResponseReturnValue:
    recording = actions.get(uuid, by=current_user, doing=Permission.RECORDINGS_NOTE)
    form = NoteForm(language=language())
    if _written(recording, form) is None:
        return call_page(recording, note_form=form), 422
    flash(gettext("Anteckningen är sparad."), "success")
    return redirect(url_for("recordings.show", uuid=uuid, _anchor="notes"), 303)


@bp.post("/<uuid:uuid>/listens/<uuid:key>/notes")
@requires(Permission.RECORDINGS_NOTE)
def note_at(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """A note written while one listens: the notes alone come back, so that the sound goes on where it is. It is saved
    too when the session, and the listen with it, ended while it was written."""
    recording = actions.get(uuid, by=current_user, doing=Permission.RECORDINGS_NOTE)
    listen = listening.own(key, recording, by=current_user)
    form = NoteForm(language=language())
    note = _written(recording, form)
    if is_fragment():
        page = render_template(
            "recordings/_heard_notes.html",
            recording=recording,
            listen=listen,
            note_form=form if note is None else None,
        )
        return page, 422 if note is None else 200
    if note is None:
        return _heard_page(listen, form), 422
    flash(gettext("Anteckningen är sparad."), "success")
    at = None if note.at_ms is None else note.at_ms // 1000
    return redirect(url_for("recordings.listen", uuid=uuid, key=key, at=at, _anchor="notes"), 303)


def _heard_page(listen: Listen, form: NoteForm) -> str:
    try:
        listening.check(listen.uuid, listen.recording.uuid, by=current_user)
    except NotFound:
        return call_page(listen.recording, note_form=form)
    return player_page(listen, note_form=form)


def _written(recording: Recording, form: NoteForm) -> Note | None:
    """The note that the form asks for; None when it was not in order, which then stands beside its fields."""
    if not form.validate():
        return None
    try:
        return notes.add_note(
            recording,
            form.note.data or "",
            key=form.uuid,
            at_ms=form.place.data,
            kind=form.kind.data,
            own=form.own.data,
            by=current_user,
        )
    except notes.PlaceOutside as error:
        form.place.errors = [gettext(error.text)]
    except notes.KindUnknown as error:
        form.kind.errors = [gettext(error.text)]
    return None
