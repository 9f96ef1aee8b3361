"""What may be typed when a threat call is reported and decided on."""

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal import clock
from portal.errors import Invalid
from portal.retention import holds, threat_words
from portal.retention.models import Safety, ThreatKind
from portal.web import DayField, Form, plain

WORDS_MAX = 4000
REASON_MAX = 2000

TOO_LONG = _l("Skriv högst %(max)d tecken.")


def words_field(
    label: Any, *checks: Any, most: int = REASON_MAX, missing: Any = "", description: Any = ""
) -> TextAreaField:
    """Words people write. `missing`: what is said when there are none; empty when none are needed."""
    needed = [DataRequired(missing)] if missing else []
    length = Length(max=most, message=TOO_LONG)
    return TextAreaField(label, [*needed, length, *checks], filters=[plain], description=description)


def proposed_review() -> dt.date:
    """What stands in an empty form: three months ahead, or as far as the settings allow."""
    return min(clock.months_after(clock.today(), 3), holds.last_review_day())


class ReviewField(DayField):
    """The day by which a hold is reviewed: after today, and no later than the settings allow."""

    data: Any

    def pre_validate(self, form: Form) -> None:
        if self.data is None:
            if not self.errors:
                raise ValidationError(_l("Skriv dagen när kvarhållandet senast ska granskas."))
            return
        try:
            holds.checked_review(self.data)
        except Invalid as error:
            raise ValidationError(_l(error.text, **error.params)) from error


class ReportForm(Form):
    """The report. Kind and own safety begin at the most usual and at the most careful answer, so that a shaken
    person can send it as it stands; the rest can be told to the manager."""

    kind = RadioField(_l("Vad gällde hotet?"), default=ThreatKind.ADVISER, validate_choice=False)
    words = words_field(
        _l("Vad blev sagt?"),
        most=WORDS_MAX,
        description=_l("Frivilligt. Skriv orden som du minns dem. Texten raderas med samtalet."),
    )
    safety = RadioField(_l("Hur har du det själv?"), default=Safety.CONTACT, validate_choice=False)
    safety_words = words_field(
        _l("Något chefen behöver veta om din trygghet?"),
        description=_l("Frivilligt. Till exempel hur du vill bli kontaktad, eller om någon väntar utanför."),
    )

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.kind.choices = [(str(code), _l(text)) for code, text in threat_words.KINDS.items()]
        self.safety.choices = [(str(code), _l(text)) for code, text in threat_words.SAFETY_ASKED.items()]

    def validate_kind(self, field: RadioField) -> None:
        chosen(field)

    def validate_safety(self, field: RadioField) -> None:
        chosen(field)


def chosen(field: RadioField) -> None:
    if field.data not in [value for value, _ in field.choices]:
        raise ValidationError(_l("Välj ett av alternativen."))


class HoldForm(Form):
    """The decision to hold."""

    reason = words_field(_l("Skäl"), missing=_l("Skriv varför samtalet hålls kvar."))
    action_ahead = words_field(
        _l("För vilken åtgärd"),
        missing=_l("Skriv vilken åtgärd samtalet behövs för."),
        description=_l("Vad som är på gång eller kan bli det: polisanmälan, besöksförbud, arbetarskydd …"),
    )
    review_on = ReviewField(_l("Granskas senast"))


class DismissForm(Form):
    """The decision not to hold."""

    why = words_field(_l("Skäl"), missing=_l("Skriv varför samtalet inte hålls kvar."))
