"""What may be asked of oversight."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from portal.audit import words
from portal.oversight import overview
from portal.oversight.overview import Asked
from portal.web import DayField, SearchForm


class AskedForm(SearchForm):
    """A period, and whose listens, of which calls and what for."""

    first = DayField(_l("Från"), name="from")
    last = DayField(_l("Till"), name="to")
    person = SelectField(_l("Person"), default="")
    queue = SelectField(_l("Servicenummer"), default="")
    purpose = SelectField(_l("Ändamål"), default="")
    hour = SelectField(_l("Klockan"), default="")

    def __init__(self, asked: Any, *, people: Sequence[tuple[uuid.UUID, str]], queues: Sequence[Any], language: str):
        """`people` by uuid and name, `queues` as rows."""
        super().__init__(asked)
        everything = SelectChoice("", gettext("Alla"))
        self.person.choices = [everything, *(SelectChoice(str(key), name) for key, name in people)]
        self._queues = {str(queue.uuid): queue.id for queue in queues}
        self.queue.choices = [everything, *(SelectChoice(str(q.uuid), q.name(language)) for q in queues)]
        self.purpose.choices = [everything, *(SelectChoice(key, gettext(n)) for key, n in words.PURPOSES.items())]
        self.hour.choices = [
            SelectChoice("", gettext("Hela dygnet")),
            *(SelectChoice(str(hour), f"{hour}.00–{(hour + 1) % 24}.00") for hour in range(24)),
        ]

    def validate_last(self, field: DayField) -> None:
        if self.first.errors or field.errors:
            return
        asked = self._period()
        if asked.last < asked.first:
            raise ValidationError(gettext("Den sista dagen är före den första. Rätta en av dem."))
        if (asked.last - asked.first).days >= overview.DAYS_MOST:
            raise ValidationError(gettext("Välj en period på högst ett år."))

    def _period(self) -> Asked:
        """What is not typed follows from what is: a month up to the last day, or from the first up to today."""
        plain = overview.lately()
        last = self.last.data or (max(plain.last, self.first.data) if self.first.data else plain.last)
        return Asked(first=self.first.data or last - (plain.last - plain.first), last=last)

    def asked(self) -> Asked:
        """Of a form that is valid."""
        period = self._period()
        return Asked(
            first=period.first,
            last=period.last,
            person=uuid.UUID(self.person.data) if self.person.data else None,
            queue_id=self._queues.get(self.queue.data or ""),
            purpose=self.purpose.data or "",
            hour=int(self.hour.data) if self.hour.data else None,
        )


class BeforeForm(SearchForm):
    """A place in a list."""

    before = IntegerField(validators=[Optional(), NumberRange(0, 1 << 62)])
