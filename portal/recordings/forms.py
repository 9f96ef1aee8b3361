"""What may be typed about recordings, a subject and a note; and the words for their codes."""

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.accounts.permissions import Role
from portal.recordings.corrections import REASON_MOST
from portal.recordings.entries import NOTE_MOST, SUBJECT_MOST
from portal.recordings.models import Direction, Playable, Purpose, Told
from portal.web import Form, plain

DIRECTIONS = {
    Direction.IN: _l("Inkommande"),
    Direction.OUT: _l("Utgående"),
    Direction.INTERNAL: _l("Internt"),
}
LENGTHS = {
    "0-1": _l("Under 1 minut"),
    "1-5": _l("1–5 minuter"),
    "5-15": _l("5–15 minuter"),
    "15-": _l("15 minuter eller mer"),
}
TOLD = {
    Told.YES: _l("Informerad"),
    Told.NO: _l("Ej informerad"),
    Told.UNKNOWN: _l("Oklart om informerad"),
}
FLAGS = {
    "untold": _l("Ej informerad eller oklart"),
    "empty": _l("Inget ljud"),
    "failed": _l("Ljudet kan inte spelas"),
    "withheld": _l("Dolt nummer"),
    "noted": _l("Har anteckningar"),
}
PLAYABLE = {
    Playable.PENDING: _l("Bearbetas"),
    Playable.FAILED: _l("Ljudet kan inte spelas"),
    Playable.EMPTY: _l("Inget ljud"),
}
PURPOSES = {
    Purpose.QUALITY: _l("Tjänstens kvalitet"),
    Purpose.SAFETY: _l("Kundrådgivarnas säkerhet"),
    Purpose.REQUEST: _l("Begäran"),
    Purpose.TRAINING: _l("Utbildning, med samtycke"),
}
PERIODS = {
    "today": _l("I dag"),
    "yesterday": _l("I går"),
    "week": _l("Senaste 7 dagarna"),
    "month": _l("Senaste 30 dagarna"),
    "calendar": _l("Den här månaden"),
}

ROLES = {Role.ADVISER: _l("Kundrådgivare"), Role.MANAGER: _l("Chefer"), Role.CLERK: _l("Handläggare")}
SPEAKERS = {"adviser": _l("kundrådgivaren"), "caller": _l("den andra parten")}
SOURCES = {"freepbx": "FreePBX", "vcon": "vCon"}


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


class SubjectForm(Form):
    """The subject, with the one that was on the page: a change in between is seen."""

    subject = StringField(
        _l("Ämne"),
        [Length(max=SUBJECT_MOST, message=_l("Skriv högst %(max)d tecken."))],
        filters=[plain, _one_line],
    )
    reason = StringField(
        _l("Varför ämnet rättas"),
        [Length(max=REASON_MOST, message=_l("Skriv högst %(max)d tecken."))],
        filters=[plain, _one_line],
    )
    """Once there is a subject, another one is a correction."""
    earlier = HiddenField()


class NoteForm(Form):
    """A note, with the key it will have: sent twice, it is written once."""

    note = TextAreaField(
        _l("Ny anteckning"),
        [
            DataRequired(_l("Skriv en anteckning.")),
            Length(max=NOTE_MOST, message=_l("Skriv högst %(max)d tecken.")),
        ],
        filters=[plain],
    )
    key = HiddenField()

    def validate_key(self, field: HiddenField) -> None:
        try:
            self.uuid = uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError(_l("Ladda om sidan och försök igen.")) from error
