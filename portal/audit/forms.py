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
    act = SelectField(_l("Händelse"), default="")
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
        self.act.choices = [everything, *_acts()]
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
            act=self.act.data or "",
            kind=self.kind.data or "",
            subject=self.subject.data or None,
            queue_id=self._queues.get(self.queue.data or ""),
            purpose=self.purpose.data or "",
            first=self.first.data,
            last=self.last.data,
        )


def _acts() -> list[SelectChoice]:
    """All acts of a capability, then each, by capability."""
    found = []
    for group, name in words.GROUPS.items():
        heading = gettext(name)
        found.append(SelectChoice(group, gettext("%(group)s: allt", group=heading), optgroup=heading))
        found += [
            SelectChoice(str(act), gettext(said), optgroup=heading)
            for act, said in words.ACTS.items()
            if act.startswith(group + ":")
        ]
    return found
