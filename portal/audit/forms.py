"""What may be asked of the log."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.audit import words
from portal.audit.question import SYSTEM, Question
from portal.web import DayField, SearchForm


class QuestionForm(SearchForm):
    first = DayField(_l("Från"), name="from")
    last = DayField(_l("Till"), name="to")
    person = SelectField(_l("Person"), default="")
    area = SelectField(_l("Område"), default="")
    act = SelectField(_l("Händelse"), default="")
    """Of the area that is chosen: all of them are more than anybody looks through, and than a page should hold."""
    kind = SelectField(_l("Gäller"), default="")
    queue = SelectField(_l("Servicenummer"), default="")
    purpose = SelectField(_l("Ändamål"), default="")
    subject = HiddenField()
    """The uuid of the one recording, account … that is asked about."""

    def __init__(self, asked: Any, *, people: Sequence[tuple[uuid.UUID, str]], queues: Sequence[Any], language: str):
        """`people` by uuid and name, `queues` as rows: those the reader may ask about."""
        super().__init__(asked)
        everything = SelectChoice("", gettext("Alla"))
        system = SelectChoice(SYSTEM, gettext("Systemet"))
        self.person.choices = [everything, system, *(SelectChoice(str(key), name) for key, name in people)]
        self._sort_acts()
        self.area.choices = [everything, *(SelectChoice(area, gettext(name)) for area, name in words.GROUPS.items())]
        first = everything if self.area.data else SelectChoice("", gettext("Välj område först"))
        self.act.choices = [first, *_acts(self.area.data)]
        self.kind.choices = [
            everything,
            *(
                SelectChoice(kind, gettext("Samtal") if kind == "recording" else gettext(name))
                for kind, name in words.KINDS.items()
            ),
        ]
        self._queues = {str(queue.uuid): queue.id for queue in queues}
        self.queue.choices = [everything, *(SelectChoice(str(q.uuid), q.name(language)) for q in queues)]
        self.purpose.choices = [everything, *(SelectChoice(key, gettext(n)) for key, n in words.PURPOSES.items())]

    def _sort_acts(self) -> None:
        """An address may name an area as the act, or an act alone; and an act of the area that was chosen before."""
        act = self.act.data or ""
        area, of_area, _ = act.partition(":")
        if not self.area.data and act:
            self.area.data = area
        if (not of_area and act == self.area.data) or (act in words.ACTS and area != self.area.data):
            self.act.data = ""

    def validate_subject(self, field: HiddenField) -> None:
        try:
            field.data = uuid.UUID(field.data) if field.data else None
        except ValueError as error:
            raise ValidationError(gettext("Det du söker loggen för finns inte.")) from error

    def validate_last(self, field: DayField) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(gettext("Den sista dagen är före den första. Rätta en av dem."))

    def question(self) -> Question:
        """Of a form that is valid."""
        person = self.person.data
        return Question(
            person=uuid.UUID(person) if person and person != SYSTEM else person or None,
            act=self.act.data or self.area.data or "",
            kind=self.kind.data or "",
            subject=self.subject.data or None,
            queue_id=self._queues.get(self.queue.data or ""),
            purpose=self.purpose.data or "",
            first=self.first.data,
            last=self.last.data,
        )


def _acts(area: str | None) -> list[SelectChoice]:
    return [SelectChoice(str(act), gettext(said)) for act, said in words.ACTS.items() if act.startswith(f"{area}:")]
