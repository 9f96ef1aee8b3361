"""What may be typed when a copy of the sound is handed over, or made anew."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal import clock, config
from portal.cases import words
from portal.cases.codes import Delivery
from portal.cases.forms import no_code
from portal.cases.models import Copy
from portal.web import DayField, Form, plain

TOO_LONG = _l("Skriv högst %(max)d tecken.")


class HandedForm(Form):
    """The hand-over, noted when it has been done. Made of None, as for a page, it is filled with what is usual."""

    to = StringField(
        _l("Till vem"),
        [DataRequired(_l("Skriv vem som fick ljudet.")), Length(max=200, message=TOO_LONG), no_code],
        filters=[plain],
        description=_l("Personen själv eller ombudet."),
    )
    how = TextAreaField(
        _l("Hur"),
        [DataRequired(_l("Skriv hur ljudet lämnades.")), Length(max=1000, message=TOO_LONG), no_code],
        filters=[plain],
        render_kw={"rows": 3},
    )
    identity_seen = RadioField(_l("Hur identiteten kontrollerades"), validate_choice=False)
    on = DayField(_l("Dag"))

    def __init__(self, *args: object, copy: Copy) -> None:
        super().__init__(*args)
        self._desk = copy.delivery == Delivery.DESK
        methods = [(code, _l(words.METHODS[code])) for code in config.settings().case_identity_methods]
        self.identity_seen.choices = (
            methods if self._desk else [*methods, ("", _l("Kontrollerades inte vid överlämnandet"))]
        )
        if args == (None,):
            self.on.data = clock.today()
            self.identity_seen.data = None if self._desk else ""
        if copy.delivery == Delivery.ENCRYPTED:
            self.how.description = _l("Till exempel hur filen skickades, och på vilket annat sätt lösenordet gavs.")
        elif self._desk:
            self.how.description = _l("Till exempel på stadens minne, vid Kompassens disk.")
        else:
            self.how.description = _l("Till exempel till vilken adress i stadens säkra e-post.")

    def validate_identity_seen(self, field: RadioField) -> None:
        known = {code for code, _ in field.choices}
        if field.data not in known:
            raise ValidationError(_l("Välj hur identiteten kontrollerades."))

    def validate_on(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_l("Skriv dagen."))


class AgainForm(Form):
    """Another copy, and how it will be handed over; made of None it begins at `chosen`."""

    delivery = RadioField(_l("Hur den nya kopian lämnas över"), validate_choice=False)

    def __init__(self, *args: object, chosen: str = "") -> None:
        super().__init__(*args)
        self.delivery.choices = [(str(code), _l(text)) for code, text in words.DELIVERIES.items()]
        if args == (None,):
            self.delivery.data = chosen

    def validate_delivery(self, field: RadioField) -> None:
        if field.data not in set(Delivery):
            raise ValidationError(_l("Välj hur kopian lämnas över."))
