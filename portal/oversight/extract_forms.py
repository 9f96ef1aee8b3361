"""What is typed to order an extract of the log."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.audit import words
from portal.oversight.grounds import Ground
from portal.web import DayField, Form, plain, printable


def _languages(name: str) -> RadioField:
    """Both forms stand on one page."""
    choices = [SelectChoice("sv", _l("svenska")), SelectChoice("fi", _l("finska"))]
    return RadioField(_l("Språk"), validators=[InputRequired(_l("Välj språk."))], choices=choices, name=name)


def _typed(form: Form, field: DayField) -> None:
    if field.data is None:
        raise ValidationError(gettext("Skriv dagen."))


class CallerOrderForm(Form):
    """For one who called."""

    number = TelField(
        _l("Telefonnummer"),
        validators=[DataRequired(_l("Skriv numret.")), Length(max=40, message=_l("Högst 40 tecken."))],
        description=_l("Hela numret. Det sparas inte och skrivs inte i loggen; i brevet står de fyra sista siffrorna."),
        render_kw={"autocomplete": "off"},
    )
    case = StringField(
        _l("Diarienummer"),
        validators=[Length(max=40, message=_l("Högst 40 tecken.")), printable],
        description=_l("Om det finns en begäran."),
    )
    language = _languages("caller_language")


class EmployeeOrderForm(Form):
    """Of one employee."""

    person = SelectField(_l("Anställd"), validators=[InputRequired(_l("Välj den anställda."))])
    first = DayField(_l("Från"), [_typed])
    last = DayField(_l("Till"), [_typed])
    ground = RadioField(_l("Grund"), validators=[InputRequired(_l("Välj på vilken grund utdraget görs."))])
    words = TextAreaField(
        _l("Varför utdraget görs"),
        validators=[
            DataRequired(_l("Skriv varför utdraget görs.")),
            Length(max=2000, message=_l("Texten får ha högst 2 000 tecken.")),
            printable,
        ],
        filters=[plain],
        description=_l("Skrivs i utdraget. Nämn ärendet, men ingen invånare."),
        render_kw={"rows": 4},
    )
    language = _languages("employee_language")

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **options: Any) -> None:
        """`people` by uuid and name."""
        super().__init__(*args, **options)
        self.person.choices = [SelectChoice("", gettext("Välj")), *(SelectChoice(key, name) for key, name in people)]
        self.ground.choices = [SelectChoice(str(one), gettext(words.of("extract_ground", one))) for one in Ground]
