"""What may be typed about recordings: the search, a subject, a note."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    SearchField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, ValidationError

from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.recordings import index, search
from portal.recordings.corrections import REASON_MOST
from portal.recordings.entries import NOTE_MOST, SUBJECT_MOST
from portal.recordings.models import Direction, Playable, Purpose, Told
from portal.web import DayField, Form, SearchForm, plain

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

T = TypeVar("T")


def periods(today: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """First and last day of each quick choice; 'the last 7 days' counts today."""
    yesterday = today - dt.timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "week": (today - dt.timedelta(days=6), today),
        "month": (today - dt.timedelta(days=29), today),
        "calendar": (today.replace(day=1), today),
    }


def _choices(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice("", _l("Alla")), *(SelectChoice(str(key), label) for key, label in labels.items())]


class FindForm(SearchForm):
    """The search. `query` turns it into what `search.find` takes; only after it has validated."""

    words = SearchField(_l("Ord i ämne och anteckningar"), [Length(max=200)])
    number = TelField(_l("Telefonnummer"), [Length(max=40)])
    first = DayField(_l("Från"), name="from")
    last = DayField(_l("Till"), name="to")
    queue = SelectField(_l("Servicenummer"))
    adviser = SelectField(_l("Kundrådgivare"))
    direction = SelectField(_l("Riktning"), choices=_choices(DIRECTIONS))
    length = SelectField(_l("Längd"), choices=_choices(LENGTHS))
    told = SelectField(_l("Informerad om inspelningen"), choices=_choices(TOLD))
    flags = SelectMultipleField(
        _l("Visa bara"),
        name="flag",
        choices=[SelectChoice(key, label) for key, label in FLAGS.items()],
    )

    def __init__(self, formdata: Any, *, queues: list[Queue], advisers: list[Account], language: str) -> None:
        super().__init__(formdata)
        self._queues = {queue.uuid.hex: queue for queue in queues}
        self._advisers = {account.uuid.hex: account for account in advisers}
        self.queue.choices = _choices({key: queue.name(language) for key, queue in self._queues.items()})
        self.adviser.choices = _choices({key: account.name for key, account in self._advisers.items()})
        for field in (self.queue, self.adviser, self.direction, self.length, self.told):
            field.data = field.data or ""

    def validate_words(self, field: SearchField) -> None:
        self._words = _read(search.words, field) or ()

    def validate_number(self, field: TelField) -> None:
        self._number = _read(search.number, field)

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and self.first.data > field.data:
            raise ValidationError(_l("Till-dagen är före från-dagen."))

    @property
    def detailed(self) -> bool:
        """Is any of the seldom used filters on?"""
        fields = (self.direction, self.length, self.told, self.flags)
        return any(field.data or field.errors for field in fields)

    def query(self, *, before: int | None, after: int | None) -> search.Query:
        return search.Query(
            words=self._words,
            number=self._number,
            first=self.first.data,
            last=self.last.data,
            queue=self._queues.get(self.queue.data),
            adviser=self._advisers.get(self.adviser.data),
            direction=Direction(self.direction.data) if self.direction.data else None,
            length=self.length.data or None,
            told=Told(self.told.data) if self.told.data else None,
            flags=tuple(name for name in index.FLAGS if name in (self.flags.data or ())),
            before=before,
            after=after,
        )


def _read(reader: Callable[[str], T], field: Any) -> T | None:
    if not field.data:
        return None
    try:
        return reader(field.data)
    except Invalid as error:
        raise ValidationError(_l(error.text)) from error


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
