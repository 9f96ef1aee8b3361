"""What may be typed about an observation."""

import datetime as dt
import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, ValidationError

from portal import clock
from portal.accounts.models import Account
from portal.incidents.models import Incident
from portal.oversight import observations
from portal.oversight.models import Observation
from portal.oversight.words import OUTCOMES, PATTERNS
from portal.web import DayField, Form, SearchForm, VersionField, plain

MOST = 4000


def words(label: Any, *, missing: Any, description: Any = "", rows: int = 4) -> TextAreaField:
    checks = [DataRequired(missing), Length(max=MOST, message=_l("Skriv högst %(max)d tecken."))]
    return TextAreaField(label, checks, filters=[plain], description=description, render_kw={"rows": rows})


def key(text: str | None) -> uuid.UUID | None:
    """What a choice stands for; None when it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


class ListForm(SearchForm):
    """Which observations."""

    state = SelectField(_l("Läge"), default="", validate_choice=False)
    pattern = SelectField(_l("Mönster"), default="", validate_choice=False)
    person = SelectField(_l("Person"), default="", validate_choice=False)

    def __init__(self, asked: Any, *, people: list[tuple[uuid.UUID, str]]) -> None:
        super().__init__(asked)
        self.state.choices = [
            SelectChoice("", gettext("De som inte är avslutade")),
            SelectChoice("all", gettext("Alla")),
        ]
        everything = SelectChoice("", gettext("Alla"))
        self.pattern.choices = [everything, *(SelectChoice(str(c), gettext(text)) for c, text in PATTERNS.items())]
        self.person.choices = [everything, *(SelectChoice(str(one), name) for one, name in people)]


class ListenForm(Form):
    """Which listen is asked about: the number of its entry in the log."""

    number = IntegerField(validators=[DataRequired(), NumberRange(1, 1 << 62)])


class AskForm(Form):
    version = VersionField()
    of = RadioField(_l("Vem får frågan?"), validate_choice=False)
    question = words(
        _l("Fråga"),
        missing=_l("Skriv vad du vill veta."),
        description=_l("Den som får frågan ser iakttagelsen, lyssningarna och det du skriver."),
    )
    answer_by = DayField(_l("Svar senast"))

    def validate_answer_by(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(gettext("Skriv dagen."))

    def offer(self, people: list[Account], observation: Observation) -> "AskForm":
        self.of.choices = [
            SelectChoice(
                str(one.uuid),
                gettext("%(name)s själv", name=one.name)
                if one == observation.person
                else gettext("%(name)s, som svarar för enheten", name=one.name),
            )
            for one in people
        ]
        return self

    @classmethod
    def of_observation(cls, observation: Observation) -> "AskForm":
        by = clock.today() + dt.timedelta(days=observations.ANSWER_DAYS)
        known = {"of": str(observation.person.uuid), "answer_by": by}
        return cls(None, data={**known, "version": observation.version, "question": ""})


class AnswerForm(Form):
    version = VersionField()
    answer = words(
        _l("Ditt svar"),
        missing=_l("Skriv ditt svar."),
        description=_l("Berätta vad lyssningarna behövdes till. Skriv inga namn på dem som har ringt."),
        rows=6,
    )


class CloseForm(Form):
    version = VersionField()
    outcome = RadioField(_l("Vad ledde det till?"), validate_choice=False)
    incident = SelectField(
        _l("Incident"), default="", validate_choice=False, description=_l("Om det behandlas som en incident.")
    )
    words = words(_l("Motivering"), missing=_l("Skriv varför."))

    def offer(self, incidents: list[Incident]) -> "CloseForm":
        self.outcome.choices = [SelectChoice(str(code), gettext(text)) for code, text in OUTCOMES.items()]
        new = SelectChoice("", gettext("Öppna en ny, med motiveringen som beskrivning"))
        self.incident.choices = [new, *(SelectChoice(str(one.uuid), one.number) for one in incidents)]
        return self


class ReopenForm(Form):
    why = words(_l("Vad är nytt?"), missing=_l("Skriv vad som är nytt."), rows=3)
