"""The page of a call. The search is in `finding_views`, hearing in `listening_views`."""

import uuid as uuids

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.recordings import actions, conversations, corrections, forms, index
from portal.recordings.models import Recording
from portal.recordings.note_forms import NoteForm
from portal.security import requires

bp = Blueprint("recordings", __name__, url_prefix="/recordings")


@bp.get("/<uuid:uuid>")
@requires(Permission.RECORDINGS_FIND)
def show(uuid: uuids.UUID) -> ResponseReturnValue:
    """Everything about a call but its sound; of a restricted one, that it is."""
    try:
        return call_page(actions.reach(uuid, by=current_user))
    except actions.Restricted:
        return render_template("recordings/restricted.html", recording=actions.view_restricted(uuid, by=current_user))


@bp.post("/<uuid:uuid>/subject")
@requires(Permission.RECORDINGS_NOTE)
def subject(uuid: uuids.UUID) -> ResponseReturnValue:
    recording = actions.get(uuid, by=current_user, doing=Permission.RECORDINGS_NOTE)
    form = forms.SubjectForm()
    if not form.validate():
        return call_page(recording, subject_form=form), 422
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
        return call_page(recording, subject_form=form), 422
    except actions.SubjectChanged as conflict:
        recording.subject = conflict.current
        return call_page(recording, subject_form=form, conflict=conflict), 409
    flash(gettext("Ämnet är sparat."), "success")
    return redirect(url_for("recordings.show", uuid=uuid), 303)


def call_page(
    recording: Recording,
    *,
    subject_form: forms.SubjectForm | None = None,
    note_form: NoteForm | None = None,
    conflict: actions.SubjectChanged | None = None,
) -> str:
    """The call's page, also after a form that was not in order: each time it is shown is in the log."""
    actions.view(recording, by=current_user)
    if subject_form is None:
        subject_form = forms.SubjectForm(None, subject=recording.subject)
    # What the person has now seen: the next attempt is measured against it
    subject_form.earlier.data = recording.subject
    conversation, elsewhere, restricted = conversations.parts(recording, by=current_user)
    return render_template(
        "recordings/show.html",
        recording=recording,
        days_left=(clock.local(recording.expires_at).date() - clock.today()).days,
        conversation=conversation,
        elsewhere=elsewhere,
        restricted=restricted,
        same_number=conversations.has_number(recording),
        hearers=actions.hearers(recording),
        listens=actions.listens(recording),
        listeners_named=current_user.may_in(recording.queue_id, Permission.AUDIT_READ),
        subject_form=subject_form,
        note_form=note_form,
        conflict=conflict,
        flags=index.flags(recording),
        labels=forms,
    )


from portal.recordings import (  # noqa: E402, F401 their pages are on the same blueprint
    conversation_views,
    correction_views,
    export_views,
    finding_views,
    heard_views,
    listening_views,
    note_views,
    quality_views,
    saved_views,
)
