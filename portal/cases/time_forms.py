"""What may be typed about a request's clock."""

import datetime as dt
import functools
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import ValidationError

from portal import clock, config
from portal.cases import words
from portal.cases.forms import words_field
from portal.web import DayField, Form

_words = functools.partial(words_field, most=2000)


class AskIdentityForm(Form):
    """Proof is asked for because of a doubt, in a letter."""

    doubt = _words(
        _l("Varför finns det anledning att tvivla på identiteten?"),
        missing=_l("Skriv varför det finns anledning att tvivla på identiteten. Utan skäl får inget bevis begäras."),
        description=_l("Står i brevet. Till exempel att numret i begäran inte är det som samtalen kom från."),
    )
    asks = _words(
        _l("Vad ber vi personen göra, och vilka andra sätt duger?"),
        missing=_l("Skriv vad personen ombeds göra, och vilka andra sätt som duger."),
        description=_l("Står i brevet. Be aldrig om en kopia av en identitetshandling eller om personbeteckningen."),
    )


class ProveIdentityForm(Form):
    """How and when it was seen who the person is; the evidence itself is not kept."""

    method = RadioField(_l("Hur styrktes identiteten?"), validate_choice=False)
    on = DayField(_l("Vilken dag?"))

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = config.settings().case_identity_methods
        self.method.choices = [(code, _l(words.METHODS[code])) for code in codes]

    def validate_method(self, field: RadioField) -> None:
        if field.data not in [value for value, _ in field.choices]:
            raise ValidationError(_l("Välj hur identiteten styrktes."))

    def validate_on(self, field: DayField) -> None:
        if field.data is None:
            raise ValidationError(_l("Skriv dagen."))
        if field.data > clock.today():
            raise ValidationError(_l("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag."))

    @classmethod
    def empty(cls, day: dt.date) -> "ProveIdentityForm":
        return cls(None, on=day)


class AskCompletionForm(Form):
    """What the person was asked to add, so that it can be found."""

    words = _words(
        _l("Vad ombads personen komplettera, och hur?"),
        missing=_l("Skriv vad personen ombads komplettera."),
        description=_l("Till exempel: ringde och frågade vilken vecka samtalen gällde."),
    )


class CompleteForm(Form):
    """What came."""

    words = _words(
        _l("Vad svarade personen?"),
        missing=_l("Skriv vad personen svarade, eller att inget svar kom."),
    )


class ExtensionForm(Form):
    """The proposal of longer time."""

    reason = _words(
        _l("Varför behövs längre tid?"),
        missing=_l("Skriv varför längre tid behövs."),
        description=_l("Står i brevet till personen. Skriv det konkreta skälet: hur många samtal, vad som är svårt."),
    )


class RefuseForm(Form):
    """Why no longer time is given."""

    reason = _words(_l("Skäl"), missing=_l("Skriv skälen för beslutet."))
