"""What may be typed about an incident."""

import datetime as dt
import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.incidents.models import Incident
from portal.incidents.words import ANSWERS, LOSSES, RISKS
from portal.uploads import FilesField
from portal.web import DayField, Form, VersionField, plain

MOST = 6000
TOO_LONG = _l("Skriv högst %(max)d tecken.")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


def words(label: Any, *, missing: Any = "", description: Any = "", rows: int = 5) -> TextAreaField:
    needed = [DataRequired(missing)] if missing else []
    checks = [*needed, Length(max=MOST, message=TOO_LONG)]
    return TextAreaField(label, checks, filters=[plain], description=description, render_kw={"rows": rows})


def choices(labels: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(str(code), _l(text)) for code, text in labels.items()]


class Moment:
    """A day and a time of day, in two fields of a form: the instant, as Helsinki's clocks showed it."""

    def __init__(self, day: DayField, time: StringField) -> None:
        self.day, self.time = day, time

    def value(self) -> dt.datetime | None:
        found = CLOCK.fullmatch((self.time.data or "").strip())
        if self.day.data is None or found is None:
            return None
        wall = dt.datetime.combine(self.day.data, dt.time(int(found[1]), int(found[2])))
        return clock.from_local(wall)


def check_time(form: Form, field: StringField) -> None:
    if not CLOCK.fullmatch((field.data or "").strip()):
        raise ValidationError(_l("Skriv klockslaget som i 14.30."))


def check_day(form: Form, field: DayField) -> None:
    if field.data is None:
        raise ValidationError(_l("Skriv dagen."))


class ReportForm(Form):
    """What is told first. Whoever is in doubt tells: the rest is asked later."""

    known_day = DayField(_l("Vilken dag märkte någon i staden det?"), [check_day])
    known_time = StringField(
        _l("Klockan"), [check_time], description=_l("Till exempel 14.30. Uppskatta, om du inte vet.")
    )
    happened = words(
        _l("Vad har hänt?"),
        missing=_l("Skriv vad som har hänt, så gott du vet."),
        description=_l("Till exempel att fel person fick lyssna, att en fil skickades fel eller att något är borta."),
    )
    concerns = words(_l("Vems uppgifter gäller det, och vilka?"), description=_l("Skriv inga namn som inte behövs."))
    measures = words(_l("Vad har redan gjorts?"))

    @property
    def known_at(self) -> dt.datetime | None:
        return Moment(self.known_day, self.known_time).value()


class ChangeForm(ReportForm):
    version = VersionField()

    @classmethod
    def of(cls, incident: Incident) -> "ChangeForm":
        known_at: Any = incident.known_at
        local = clock.local(known_at)
        known = {name: getattr(incident, name) for name in ("happened", "concerns", "measures", "version")}
        return cls(None, data={"known_day": local.date(), "known_time": f"{local.hour}.{local.minute:02d}", **known})


class AssessForm(Form):
    version = VersionField()
    losses = SelectMultipleField(
        _l("Vad har gått förlorat?"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    persons = IntegerField(
        _l("Ungefär hur många personer?"),
        [Optional(), NumberRange(min=0, max=10_000_000, message=_l("Skriv ett antal."))],
        description=_l("Lämna tomt om det inte är känt än."),
    )
    effects = words(_l("Vad kan det leda till för dem?"))
    risk = RadioField(_l("Risk för människors rättigheter och friheter"), validate_choice=False)
    risk_reasons = words(_l("Varför bedöms risken så?"), missing=_l("Skriv varför risken bedöms så."))

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.losses.choices = choices(LOSSES)
        self.risk.choices = choices(RISKS)

    @classmethod
    def of(cls, incident: Incident) -> "AssessForm":
        known = {name: getattr(incident, name) for name in ("persons", "effects", "risk", "risk_reasons", "version")}
        return cls(None, data={**known, "losses": incident.losses.split(",")})


class DecideForm(Form):
    version = VersionField()
    notify = RadioField(_l("Görs en anmälan till dataombudsmannen (artikel 33)?"), validate_choice=False)
    people = RadioField(_l("Underrättas de berörda (artikel 34)?"), validate_choice=False)
    reasons = words(_l("Motivering"), missing=_l("Skriv varför."))

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notify.choices = self.people.choices = choices(ANSWERS)


class NotifiedForm(Form):
    notified_day = DayField(_l("Dag då anmälan gjordes"), [check_day])
    notified_time = StringField(_l("Klockan"), [check_time], description=_l("Till exempel 14.30."))
    notified_how = StringField(
        _l("Hur, och vilket ärendenummer"),
        [DataRequired(_l("Skriv hur anmälan gjordes.")), Length(max=200, message=TOO_LONG)],
    )
    late_reasons = words(_l("Varför anmälan gjordes senare än 72 timmar"), rows=3)

    @property
    def at(self) -> dt.datetime | None:
        return Moment(self.notified_day, self.notified_time).value()


class ToldForm(Form):
    told_on = DayField(_l("Dag då de berörda underrättades"), [check_day])
    told_how = words(_l("Hur, och vad de fick veta"), missing=_l("Skriv hur de berörda underrättades."), rows=3)


class NoteForm(Form):
    note = words(_l("Anteckning"), missing=_l("Skriv vad som är nytt."), rows=3)


class PapersForm(Form):
    files = FilesField(_l("Lägg till handlingar"), description=_l("PDF, PNG eller JPEG, högst 10 MB var. Förseglas."))

    def validate_files(self, field: FilesField) -> None:
        if not field.files:
            raise ValidationError(_l("Välj en fil."))


class CloseForm(Form):
    version = VersionField()
    lessons = words(
        _l("Vad görs för att det inte ska hända igen?"),
        missing=_l("Skriv vad som görs för att det inte ska hända igen."),
    )


class ReopenForm(Form):
    why = words(_l("Vad är nytt?"), missing=_l("Skriv vad som är nytt."), rows=3)
