"""What may be typed about a call, its subject; and the words for their codes."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField
from wtforms.validators import Length, ValidationError

from portal.accounts.permissions import Role
from portal.recordings import entries
from portal.recordings.corrections import REASON_MOST
from portal.recordings.entries import SUBJECT_MOST
from portal.recordings.models import Direction, Playable, Purpose, Told
from portal.recordings.search import Sort
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
    Told.NO: _l("Inte informerad"),
    Told.UNKNOWN: _l("Oklart om informerad"),
}
FLAGS = {
    "untold": _l("Inte informerad eller oklart"),
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
SORTS = {
    Sort.NEWEST: _l("Senaste först"),
    Sort.OLDEST: _l("Äldsta först"),
    Sort.LONGEST: _l("Längsta först"),
    Sort.SHORTEST: _l("Kortaste först"),
}
PERIODS = {
    "today": _l("I dag"),
    "yesterday": _l("I går"),
    "last_week": _l("Förra veckan"),
    "week": _l("Senaste 7 dagarna"),
    "month": _l("Senaste 30 dagarna"),
    "calendar": _l("Den här månaden"),
}

ROLES = {Role.ADVISER: _l("Kundrådgivare"), Role.MANAGER: _l("Chefer"), Role.CLERK: _l("Handläggare")}
SPEAKERS = {"adviser": _l("kundrådgivaren"), "caller": _l("den andra parten")}
SOURCES = {"freepbx": "FreePBX", "vcon": "vCon"}


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


def no_personal_code(form: Form, field: Field) -> None:
    try:
        entries.refuse_codes(field.data)
    except entries.PersonalCode as error:
        raise ValidationError(_l(error.text)) from error


class SubjectForm(Form):
    """The subject, with the one that was on the page: a change in between is seen."""

    subject = StringField(
        _l("Ämne"),
        [Length(max=SUBJECT_MOST, message=_l("Skriv högst %(max)d tecken.")), no_personal_code],
        filters=[plain, _one_line],
    )
    reason = StringField(
        _l("Varför ämnet rättas"),
        [Length(max=REASON_MOST, message=_l("Skriv högst %(max)d tecken.")), no_personal_code],
        filters=[plain, _one_line],
    )
    """Once there is a subject, another one is a correction."""
    earlier = HiddenField()
