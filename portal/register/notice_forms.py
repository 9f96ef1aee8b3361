"""What may be typed when a recipient is told of a change."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import ValidationError

from portal import clock
from portal.register import words
from portal.register.disclosure_forms import LANGUAGES, words_field
from portal.register.notices import BY_LETTER, REASON_LEAST
from portal.web import DayField, Form


class LetterForm(Form):
    """The letter is ordered: to which address, in which language."""

    address = words_field(_l("Mottagarens adress"), missing=_l("Skriv mottagarens adress."), most=400)
    language = RadioField(_l("Språk"), validate_choice=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language.choices = list(LANGUAGES.items())

    def validate_language(self, field: RadioField) -> None:
        _chosen(field)


class TellForm(Form):
    """The recipient has been told."""

    on = DayField(_l("Dag"))
    how = RadioField(_l("Hur mottagaren underrättades"), validate_choice=False)

    def __init__(self, *args: Any, lettered: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        ways = {code: text for code, text in words.HOWS.items() if lettered or code not in BY_LETTER}
        self.how.choices = [(code, _l(text)) for code, text in ways.items()]

    def validate_on(self, field: DayField) -> None:
        if field.data is None:
            raise ValidationError(_l("Skriv dagen."))
        if field.data > clock.today():
            raise ValidationError(_l("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag."))

    def validate_how(self, field: RadioField) -> None:
        _chosen(field)


class ImpossibleForm(Form):
    """The recipient cannot be told."""

    reason = words_field(
        _l("Varför det inte går"),
        missing=_l("Skriv varför mottagaren inte kan underrättas."),
        description=_l("Till exempel att mottagaren inte finns längre, eller varför det skulle kräva orimligt mycket."),
    )

    def validate_reason(self, field: Any) -> None:
        if len((field.data or "").strip()) < REASON_LEAST:
            raise ValidationError(
                _l("Skriv varför mottagaren inte kan underrättas, minst %(least)s tecken.", least=REASON_LEAST)
            )


def _chosen(field: RadioField) -> None:
    if field.data not in [value for value, _ in field.choices]:
        raise ValidationError(_l("Välj ett av alternativen."))
