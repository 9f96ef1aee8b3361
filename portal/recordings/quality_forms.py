"""What may be typed about a call's quality, and about what to hear next."""

import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.queues.models import Queue
from portal.recordings import quality, quality_draw
from portal.recordings.quality_models import Answer
from portal.web import Form, SearchForm, VersionField, language, plain

ANSWERS = {
    Answer.YES: _l("Ja"),
    Answer.PARTLY: _l("Delvis"),
    Answer.NO: _l("Nej"),
    Answer.NOT_APPLICABLE: _l("Inte aktuellt"),
}
"""In the order they stand on the page."""
ASKS = "answer-"
"""Begins the name of a question's field."""


class ReviewForm(Form):
    """The comment and what the page was made from; `review_form` adds a field for each question."""

    comment = TextAreaField(
        _l("Kommentar"),
        [Length(max=quality.COMMENT_MOST, message=_l("Skriv högst %(max)d tecken."))],
        filters=[plain],
    )
    version = VersionField(validators=[Optional()])
    listen = HiddenField()
    """The listen on whose page it stands."""

    @property
    def questions(self) -> list[Any]:
        return [field for field in self if field.name.startswith(ASKS)]

    @property
    def answers(self) -> dict[str, str]:
        return {field.name.removeprefix(ASKS): field.data for field in self.questions}

    @property
    def key(self) -> uuid.UUID | None:
        """The uuid of the listen, when it is one."""
        try:
            return uuid.UUID(self.listen.data or "")
        except ValueError:
            return None


def review_form(
    formdata: Any, *, standing: quality.Review | None = None, listen: uuid.UUID | None = None
) -> ReviewForm:
    """A form with the questions of now. `standing`: the own review that it changes."""
    fields = {
        f"{ASKS}{question.code}": RadioField(
            question.text(language()),
            [InputRequired(_l("Välj ett svar."))],
            choices=[SelectChoice(answer.value, label) for answer, label in ANSWERS.items()],
        )
        for question in quality.questions()
    }
    given: dict[str, Any] = {"listen": str(listen) if listen else ""}
    if standing is not None:
        given |= {f"{ASKS}{code}": answer.value for code, answer in standing.answers.items()}
        given |= {"comment": standing.row.comment, "version": standing.row.version}
    form: ReviewForm = type("QuestionsForm", (ReviewForm,), fields)(formdata, data=given)
    return form


class DrawForm(Form):
    """Of which queue, and how many."""

    queue = SelectField(_l("Servicenummer"), id="draw-queue")
    count = SelectField(
        _l("Antal samtal"), choices=[SelectChoice(count, str(count)) for count in quality_draw.COUNTS], coerce=int
    )

    def __init__(self, formdata: Any, *, queues: list[Queue]) -> None:
        super().__init__(formdata, data={"count": quality_draw.COUNTS[1]})
        self._queues = {queue.uuid.hex: queue for queue in queues}
        self.queue.choices = [
            SelectChoice(key, f"{row.number} {row.name(language())}") for key, row in self._queues.items()
        ]

    @property
    def chosen(self) -> Queue:
        return self._queues[self.queue.data]


class SummaryForm(SearchForm):
    queue = SelectField(_l("Servicenummer"))
    until = HiddenField()

    @classmethod
    def of(cls, queues: list[Queue], queue: Queue | None, until: str) -> "SummaryForm":
        form = cls(None, data={"queue": str(queue.uuid) if queue else "", "until": until})
        named = [SelectChoice(str(each.uuid), f"{each.number} {each.name(language())}") for each in queues]
        form.queue.choices = [SelectChoice("", gettext("Alla")), *named]
        return form
