"""What may be typed when a restriction is to be lifted: which, from when, and why."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.cases import locking
from portal.cases.forms import no_code
from portal.cases.restriction_words import GROUNDS
from portal.formats import moment
from portal.retention.restriction_models import Restriction
from portal.web import DayField, Form, plain, printable


def _named(row: Restriction) -> str:
    return f"{moment(row.recording.started_at)}: {gettext(GROUNDS[row.ground])}"


class LiftForm(Form):
    """The letter that tells the person before a restriction is lifted (GDPR 18(3))."""

    restrictions = SelectMultipleField(
        _l("Vilka begränsningar"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    day = DayField(_l("Hävs den"))
    reasons = TextAreaField(
        _l("Varför begränsningen inte behövs längre"),
        [
            DataRequired(_l("Skriv varför. Personen läser det i brevet.")),
            Length(max=4000, message=_l("Skriv högst %(max)d tecken.")),
            no_code,
            printable,
        ],
        filters=[plain],
        description=_l("Personen läser det i brevet."),
        render_kw={"rows": 5},
    )

    def __init__(self, *args: object, rows: list[Restriction]) -> None:
        super().__init__(*args)
        self.restrictions.choices = [(row.uuid.hex, _named(row)) for row in rows]
        if not self.is_submitted():
            self.restrictions.data = [value for value, _ in self.restrictions.choices]
            self.day.data = locking.first_day()

    def validate_restrictions(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_l("Välj minst en begränsning."))

    def validate_day(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_l("Skriv dagen."))
