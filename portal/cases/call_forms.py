"""What may be typed when calls are searched for a case, judged, and taken in by hand."""

import datetime as dt
import re
import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import TextInput

from portal.cases import words
from portal.cases.models import Case
from portal.cases.search import Keys, number
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.web import DayField, Form

NUMBERS_MOST = 10


class HourField(Field):
    """A time of day typed as 9.30 or 9:30."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = valuelist[0].strip()[:20] if valuelist else ""
        self.data = None
        if not self.raw:
            return
        typed = re.fullmatch(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?", self.raw)
        if typed is None or int(typed[1]) > 23 or int(typed[2] or 0) > 59:
            raise ValueError(gettext("Skriv klockslaget som i 9.30."))
        self.data = dt.time(int(typed[1]), int(typed[2] or 0))

    def _value(self) -> str:
        return self.raw if self.raw_data else ""


class FindForm(Form):
    """A search for the case. `keys` is what it asks, after it has validated."""

    numbers = StringField(
        _l("Telefonnummer"),
        [Length(max=400, message=_l("Skriv högst %(max)d tecken."))],
        render_kw={"autocomplete": "off"},
    )
    first = DayField(_l("Från"))
    last = DayField(_l("Till"))
    queue = SelectField(_l("Servicenummer"))
    time_from = HourField(_l("Tidigast klockan"))
    time_to = HourField(_l("Senast klockan"))

    def __init__(self, *args: Any, queues: list[Queue], language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self._queues = {queue.uuid.hex: queue for queue in queues}
        names = [SelectChoice(key, queue.name(language)) for key, queue in self._queues.items()]
        self.queue.choices = [SelectChoice("", _l("Alla")), *names]
        self.queue.data = self.queue.data or ""

    @classmethod
    def of(cls, case: Case, numbers: list[str], *, queues: list[Queue], language: str) -> "FindForm":
        """As the request has it: the person's numbers, and when they say they called."""
        values = {"numbers": ", ".join(numbers), "first": case.called_from, "last": case.called_to}
        return cls(None, queues=queues, language=language, **values)

    def validate_numbers(self, field: StringField) -> None:
        typed = [one for one in re.split(r"[,;\n]", field.data or "") if one.strip()]
        if len(typed) > NUMBERS_MOST:
            raise ValidationError(_l("Högst %(most)d nummer på en gång.", most=NUMBERS_MOST))
        try:
            self._numbers = tuple(dict.fromkeys(number(one.strip()) for one in typed))
        except Invalid as error:
            raise ValidationError(_l(error.text)) from error

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and self.first.data > field.data:
            raise ValidationError(_l("Den sista dagen är före den första. Rätta en av dem."))

    def keys(self) -> Keys:
        return Keys(
            numbers=self._numbers,
            first=self.first.data,
            last=self.last.data,
            queue=self._queues.get(self.queue.data),
            time_from=self.time_from.data,
            time_to=self.time_to.data,
        )


class JudgementsForm(Form):
    """A button below the list; what is chosen of each call is `concerns-` and the call's key."""


class JudgementForm(Form):
    """Whether one call concerns the person."""

    concerns = RadioField(_l("Gäller samtalet personen?"), validate_choice=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.concerns.choices = [(str(code), _l(text)) for code, text in words.CONCERNS.items()]

    def validate_concerns(self, field: RadioField) -> None:
        if field.data not in words.CONCERNS:
            raise ValidationError(_l("Välj om samtalet gäller personen."))


class AddForm(Form):
    """A call that no search found: the address of its page, or its id."""

    call = StringField(
        _l("Samtalets adress eller id"),
        [Length(max=300, message=_l("Skriv högst %(max)d tecken."))],
        description=_l("Öppna samtalet i samtalslistan och kopiera adressen från webbläsaren."),
        render_kw={"autocomplete": "off"},
    )

    def validate_call(self, field: StringField) -> None:
        found = re.search(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", (field.data or "").lower())
        if found is None:
            raise ValidationError(_l("Klistra in adressen till samtalets sida."))
        self.key = uuid.UUID(found[0])
