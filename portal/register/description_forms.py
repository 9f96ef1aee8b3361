"""What may be typed in a privacy description, and to return or approve it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length, ValidationError

from portal.cases import personal_codes
from portal.language import LANGUAGES
from portal.register import descriptions
from portal.register.contradictions import Contradiction
from portal.register.description_models import Description
from portal.register.points import POINTS, TEXT_MOST, TITLES, Content
from portal.web import DayField, Form, VersionField, plain, printable

TOO_LONG = _l("Skriv högst %(max)d tecken.")
NAMES = {"sv": _l("På svenska"), "fi": _l("På finska")}
TEXTS_MOST = 1024 * 1024
"""Bytes of the form with every text."""


def no_code(form: Form, field: TextAreaField) -> None:
    if personal_codes.holds(field.data):
        raise ValidationError(_l(personal_codes.PersonalCode.text))


def words(label: Any, *, most: int, rows: int, description: Any = "") -> TextAreaField:
    checks = [Length(max=most, message=TOO_LONG), no_code, printable]
    return TextAreaField(label, checks, filters=[plain], description=description, render_kw={"rows": rows})


class SeenForm(Form):
    """A step, and the version of the row that was seen."""

    seen = VersionField()

    @property
    def read(self) -> int:
        """Raises DescriptionChanged when the form does not say."""
        if self.seen.data is None:
            raise descriptions.DescriptionChanged
        return self.seen.data

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.seen.errors:
            raise descriptions.DescriptionChanged
        return valid


class TextsForm(SeenForm):
    """Every point in both languages; the fields are 'storage-sv' and the like."""

    @classmethod
    def of(cls, description: Description) -> "TextsForm":
        """With what the draft says now."""
        texts = descriptions.content(description)
        said = {f"{code}-{name}": text for code, both in texts.items() for name, text in both.items()}
        made = cls(None, data={"seen": description.seen})
        for name, text in said.items():
            made[name].data = text
        return made

    @property
    def texts(self) -> Content:
        return {point.code: {name: self[f"{point.code}-{name}"].data or "" for name in LANGUAGES} for point in POINTS}


for _point in POINTS:
    for _name in LANGUAGES:
        setattr(TextsForm, f"{_point.code}-{_name}", words(NAMES[_name], most=TEXT_MOST, rows=8))


class ReturnForm(SeenForm):
    words = words(_l("Vad som ska ändras"), most=descriptions.REASON_MOST, rows=4)


class PublishForm(SeenForm):
    """What approves it; `publish_form` adds a field for each contradiction."""

    valid_from = DayField(_l("Gäller från"))

    def validate_valid_from(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_l("Skriv från vilken dag beskrivningen gäller."))

    @property
    def answers(self) -> dict[str, str]:
        """By the key of the contradiction."""
        return {name.removeprefix(ANSWER): field.data or "" for name, field in self._fields.items() if _answers(name)}

    def answer(self, key: str) -> TextAreaField | None:
        """The field for a contradiction; None when it was not there when the page was shown."""
        return self._fields.get(ANSWER + key)


ANSWER = "answer-"


def _answers(name: str) -> bool:
    return name.startswith(ANSWER)


def publish_form(found: Sequence[Contradiction], *args: Any, **more: Any) -> PublishForm:
    """A form that asks why the text stands, for each contradiction there is."""
    why = {}
    for number, one in enumerate(found, 1):
        label = gettext(
            "%(number)s. Varför texten ändå ska stå: %(point)s", number=number, point=gettext(TITLES[one.point])
        )
        why[ANSWER + one.key] = words(label, most=descriptions.REASON_MOST, rows=2)
    made: PublishForm = type("AnsweringForm", (PublishForm,), why)(*args, **more)
    return made
