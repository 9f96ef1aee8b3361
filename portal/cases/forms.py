"""What may be typed when a request is registered and its facts are changed; and what every form of a case shares:
`words_field`, `line_field`, `printable`, `no_code`, `chosen`."""

import datetime as dt
import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from portal import clock
from portal.cases import personal_codes, search, words
from portal.cases.codes import Capacity, Delivery, Regime, RightKind
from portal.cases.intake import Registration
from portal.documents.facts import RECIPIENT_LINES_MOST
from portal.queues.models import Queue
from portal.uploads import FilesField
from portal.web import DayField, Form, SearchForm, VersionField, plain, printable

TOO_LONG = _l("Skriv högst %(max)d tecken.")
NAME_MOST = 60
"""A line of the letter's window."""
LINE_MOST = 60
ASKS_MOST = 4000
NUMBERS_MOST = 20
_CLOCK = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def no_code(form: Form, field: Any) -> None:
    """No personal identity code is kept (register §5)."""
    if personal_codes.holds(field.data):
        raise ValidationError(_l(personal_codes.PersonalCode.text))


def one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


def words_field(label: Any, *, most: int, missing: Any = "", description: Any = "", rows: int = 4) -> TextAreaField:
    """Words people write, which a letter may print. `missing`: what is said when there are none; '' when none are
    needed."""
    needed = [DataRequired(missing)] if missing else []
    checks = [*needed, Length(max=most, message=TOO_LONG), no_code, printable]
    return TextAreaField(label, checks, filters=[plain], description=description, render_kw={"rows": rows})


def line_field(label: Any, *, most: int = 120, missing: Any = "", description: Any = "") -> StringField:
    """One line of words."""
    needed = [DataRequired(missing)] if missing else []
    checks = [*needed, Length(max=most, message=TOO_LONG), no_code, printable]
    return StringField(label, checks, filters=[plain, one_line], description=description)


def chosen(form: Form, field: Any) -> None:
    if field.data not in [choice.value for choice in field.choices]:
        raise ValidationError(_l("Välj ett av alternativen."))


def choices(labels: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(str(code), _l(text)) for code, text in labels.items()]


class ClockField(Field):
    """A time of day typed as h, h.mm or h:mm."""

    widget = TextInput()
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = valuelist[0].strip()[:10] if valuelist else ""
        self.data = None
        if not self.raw:
            return
        typed = _CLOCK.fullmatch(self.raw)
        hour, minute = (int(typed[1]), int(typed[2] or 0)) if typed else (99, 0)
        if hour > 23 or minute > 59:
            raise ValueError(gettext("Skriv klockslaget som i 9.30."))
        self.data = dt.time(hour, minute)

    def _value(self) -> str:
        if self.raw_data:
            return self.raw
        return f"{self.data.hour}.{self.data.minute:02d}" if self.data else ""


class NumbersField(TextAreaField):
    """Telephone numbers, one a line; `data` after validation: E.164."""

    numbers: tuple[str, ...] = ()

    def pre_validate(self, form: Form) -> None:
        typed = [line.strip() for line in re.split(r"[\n;,]", self.data or "") if line.strip()]
        if len(typed) > NUMBERS_MOST:
            raise ValidationError(gettext("Skriv högst %(most)s nummer.", most=NUMBERS_MOST))
        read: list[str] = []
        for line in typed:
            if personal_codes.holds(line):
                raise ValidationError(gettext(personal_codes.PersonalCode.text))
            try:
                read.append(search.number(line))
            except search.NotANumber as error:
                raise ValidationError(gettext("%(typed)s: ", typed=line[:20]) + gettext(error.text)) from error
        self.numbers = tuple(dict.fromkeys(read))


class LinesField(TextAreaField):
    """The lines of a letter's window below the name."""

    data: Any

    def pre_validate(self, form: Form) -> None:
        lines = [one_line(line) for line in (self.data or "").splitlines() if line.strip()]
        if len(lines) > RECIPIENT_LINES_MOST - 1:
            raise ValidationError(
                gettext(
                    "Högst %(count)s rader ryms i kuvertets fönster. Korta adressen.", count=RECIPIENT_LINES_MOST - 1
                )
            )
        if any(len(line or "") > LINE_MOST for line in lines):
            raise ValidationError(gettext("En rad får ha högst %(count)s tecken.", count=LINE_MOST))
        self.data = "\n".join(line or "" for line in lines)


class FactsForm(Form):
    """The facts of a request, as they can be changed later."""

    version = VersionField()
    received_on = DayField(_l("Mottagen i staden den"))
    channel = SelectField(
        _l("Hur den kom"), choices=choices(words.CHANNELS), validate_choice=False, validators=[chosen]
    )
    language = RadioField(
        _l("Handläggningsspråk"),
        choices=[SelectChoice("sv", _l("Svenska")), SelectChoice("fi", _l("Finska"))],
        default="sv",
        validate_choice=False,
        validators=[chosen],
    )
    name = line_field(_l("Namn"), most=NAME_MOST, missing=_l("Skriv vems uppgifterna är."))
    address = LinesField(
        _l("Adress"),
        [no_code, printable],
        filters=[plain],
        description=_l("Gata, postnummer och ort på var sin rad."),
        render_kw={"rows": 3},
    )
    numbers = NumbersField(
        _l("Nummer som personen ringer från"),
        description=_l("Ett per rad. Samtal med numren spärras genast mot radering."),
        filters=[plain],
        render_kw={"rows": 3},
    )
    asks = words_field(
        _l("Vad som begärs, med personens egna ord"), most=ASKS_MOST, missing=_l("Skriv vad personen begär.")
    )
    # What most requests leave as it is
    capacity = RadioField(
        _l("Vem som begär"),
        choices=choices(words.CAPACITIES),
        default=Capacity.SELF,
        validate_choice=False,
        validators=[chosen],
    )
    agent = line_field(_l("Ombudets eller vårdnadshavarens namn"), most=NAME_MOST, description=_l("Får breven."))
    authority = line_field(
        _l("Vad som visar rätten att agera"),
        most=200,
        description=_l("Till exempel fullmakt 3.9.2026. Själva handlingen sparas inte här."),
    )
    email = line_field(_l("E-post"))
    phone = line_field(_l("Telefon för kontakt"), most=40)
    called_from = DayField(_l("Första dagen"))
    called_to = DayField(_l("Sista dagen"))
    called_words = line_field(_l("När personen ringde, med egna ord"), most=200)
    rights = SelectMultipleField(
        _l("Rättigheter som åberopas"),
        choices=choices(words.RIGHTS),
        default=[RightKind.ACCESS],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    regime = RadioField(
        _l("Lagstiftning"),
        choices=choices(words.REGIMES),
        default=Regime.DATA_PROTECTION,
        validate_choice=False,
        validators=[chosen],
    )
    delivery = RadioField(
        _l("Hur ljudet lämnas över"),
        choices=choices(words.DELIVERIES),
        default=Delivery.ENCRYPTED,
        validate_choice=False,
        validators=[chosen],
    )
    requested_on = DayField(_l("Begäran är daterad den"))
    received_where = line_field(_l("Var i staden den togs emot"))
    registry_number = line_field(_l("Stadens diarienummer"), most=40)

    RARE: tuple[str, ...] = (
        *("capacity", "agent", "authority", "email", "phone", "called_words", "rights", "regime", "delivery"),
        *("requested_on", "received_where", "registry_number"),
    )
    """Fields that stand folded away; unfolded when one of them was refused, or is not as it usually is."""

    def validate_received_on(self, field: DayField) -> None:
        if field.data is None:
            raise ValidationError(_l("Skriv dagen då begäran kom till staden."))
        if field.data > clock.today():
            raise ValidationError(
                _l("Begäran kan inte ha mottagits efter i dag. Skriv den dag då den kom till staden, var som helst.")
            )

    def validate_requested_on(self, field: DayField) -> None:
        if field.data and "received_on" in self and self.received_on.data and field.data > self.received_on.data:
            text = _l("Begäran kan inte vara daterad efter dagen då den mottogs. Kontrollera båda dagarna.")
            raise ValidationError(text)

    def validate_agent(self, field: StringField) -> None:
        if self.capacity.data in (Capacity.REPRESENTATIVE, Capacity.GUARDIAN) and not field.data:
            raise ValidationError(_l("Skriv namnet på den som agerar för personen. Breven går till hen."))

    def validate_email(self, field: StringField) -> None:
        if field.data and not _EMAIL.fullmatch(field.data):
            raise ValidationError(_l("Kontrollera e-postadressen."))

    def validate_called_from(self, field: DayField) -> None:
        if field.data and field.data > clock.today():
            raise ValidationError(_l("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag."))
        if self.called_to.data and not field.data and not field.errors:
            raise ValidationError(_l("Skriv båda dagarna, eller ingen."))

    def validate_called_to(self, field: DayField) -> None:
        if self.called_from.data and not field.data and not field.errors:
            raise ValidationError(_l("Skriv båda dagarna, eller ingen."))
        if self.called_from.data and field.data and field.data < self.called_from.data:
            raise ValidationError(_l("Periodens sista dag är före den första. Rätta en av dem."))

    def validate_rights(self, field: SelectMultipleField) -> None:
        if not field.data or not set(field.data) <= set(RightKind):
            raise ValidationError(_l("Välj minst en rättighet."))

    @property
    def unfolded(self) -> bool:
        for field in (self[name] for name in self.RARE if name in self):
            usual = field.default() if callable(field.default) else field.default
            if field.errors or (field.data or "") != (usual or ""):
                return True
        return False

    def facts(self) -> dict[str, Any]:
        """Of a valid form; those that it has."""
        days = ("received_on", "requested_on", "called_from", "called_to")
        plainly = ("channel", "language", "regime", "capacity", "delivery")
        texts = (
            *("name", "agent", "authority", "address", "email", "phone", "asks", "called_words"),
            *("received_where", "registry_number"),
        )
        return {
            **{name: self[name].data for name in (*days, *plainly) if name in self},
            **{name: self[name].data or "" for name in texts if name in self},
            **({"numbers": self.numbers.numbers} if "numbers" in self else {}),
            **({"rights": tuple(self.rights.data)} if "rights" in self else {}),
        }


class RegisterForm(FactsForm):
    """A new request. With no number, the hours and the service number narrow whose calls are frozen."""

    queue = SelectField(_l("Servicenummer"), validate_choice=False, validators=[chosen])
    time_from = ClockField(_l("Från klockan"), render_kw={"placeholder": "9.00"})
    time_to = ClockField(_l("Till klockan"), render_kw={"placeholder": "12.00"})
    files = FilesField(_l("Bilagor"), description=_l("PDF, PNG eller JPEG, högst 10 MB var. Förseglas."))
    anyway = BooleanField(_l("Registrera ändå som en ny begäran"))

    RARE = (*FactsForm.RARE, "files")

    def __init__(self, *args: Any, queues: list[Queue], language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.version
        self._queues = {queue.uuid.hex: queue for queue in queues}
        self.queue.choices = [
            SelectChoice("", _l("Alla")),
            *(SelectChoice(key, queue.name(language)) for key, queue in self._queues.items()),
        ]
        self.queue.data = self.queue.data or ""

    def validate_time_to(self, field: ClockField) -> None:
        if (field.data is None) != (self.time_from.data is None) and not field.errors and not self.time_from.errors:
            raise ValidationError(_l("Skriv båda klockslagen, eller inget."))

    def registration(self) -> Registration:
        """Of a valid form."""
        return Registration(
            **self.facts(),
            queue=self._queues.get(self.queue.data),
            time_from=self.time_from.data,
            time_to=self.time_to.data,
        )


class AttachForm(Form):
    """Papers to add to a case."""

    files = FilesField(_l("Nya bilagor"), description=_l("PDF, PNG eller JPEG, högst 10 MB var. Förseglas."))

    def validate_files(self, field: FilesField) -> None:
        if not field.files:
            raise ValidationError(_l("Välj en fil."))


class ActForm(Form):
    """A button that asks nothing."""


class ListForm(SearchForm):
    """What the work list shows."""

    whose = SelectField(
        _l("Vems"),
        choices=[
            SelectChoice("", _l("Alla")),
            SelectChoice("mine", _l("Mina")),
            SelectChoice("others", _l("Andras")),
            SelectChoice("free", _l("Utan handläggare")),
        ],
        validators=[Optional()],
    )
    state = SelectField(_l("Läge"), validators=[Optional()])
    late = BooleanField(_l("Bara försenade"))

    def __init__(self, formdata: Any) -> None:
        super().__init__(formdata)
        self.state.choices = [SelectChoice("", _l("Öppna")), SelectChoice("all", _l("Alla")), *choices(words.STATES)]
        self.whose.data, self.state.data = self.whose.data or "", self.state.data or ""
