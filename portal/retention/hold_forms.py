"""What may be typed when a hold is renewed, released, or handed to the police."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal import clock
from portal.retention import threat_words
from portal.retention.holds import Then
from portal.retention.models import Basis
from portal.retention.threat_forms import TOO_LONG, ReviewField, chosen, words_field
from portal.web import DayField, Form, plain, printable


class RenewForm(Form):
    """Another review date, by another manager."""

    reason = words_field(_l("Skäl"), missing=_l("Skriv varför samtalet fortfarande behövs."))
    review_on = ReviewField(_l("Granskas nästa gång senast"))


class ReleaseForm(Form):
    """The release. `seen` is what the page said would happen (a `holds.Then`)."""

    seen = HiddenField()
    reason = words_field(_l("Skäl"), missing=_l("Skriv varför samtalet inte längre hålls kvar."))
    understood = BooleanField(_l("Jag förstår att samtalet raderas genast och inte kan återställas"))

    def __init__(self, *args: object, then: Then) -> None:
        super().__init__(*args)
        if then != Then.PURGED:
            del self.understood

    def validate_understood(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_l("Kryssa i rutan om samtalet får raderas."))


class ProposeForm(Form):
    """A transfer to the police, as the disclosure record will have it (register §4). What is typed here and in the two
    below stands in the record on paper."""

    authority = StringField(
        _l("Polisinrättning, enhet och vem där som begär"),
        [DataRequired(_l("Skriv vem som ska få samtalet.")), Length(max=200, message=TOO_LONG), printable],
        filters=[plain],
    )
    reference = StringField(
        _l("Polisens ärendenummer"),
        [Length(max=80, message=TOO_LONG), printable],
        filters=[plain],
        description=_l("Om det finns."),
    )
    asked_on = DayField(_l("Dag för den skriftliga begäran eller stadens egen anmälan"))
    basis = RadioField(_l("Rättslig grund"), validate_choice=False)
    purpose = words_field(_l("Ändamål"), printable, missing=_l("Skriv vad polisen behöver samtalet till."))
    scope = words_field(
        _l("Vad som lämnas ut"),
        printable,
        missing=_l("Skriv vad som lämnas ut."),
        description=_l("Till exempel hela ljudet med tid och nummer, utan anteckningar."),
    )
    channel = RadioField(_l("Hur det lämnas ut"), validate_choice=False)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        laws = [code for code in threat_words.BASES if code != Basis.CONSENT]  # nobody who threatened is asked
        self.basis.choices = [(str(code), _l(threat_words.BASES[code])) for code in laws]
        self.channel.choices = [(str(code), _l(text)) for code, text in threat_words.CHANNELS.items()]

    def validate_asked_on(self, field: DayField) -> None:
        if field.data is None:
            raise ValidationError(_l("Skriv dagen."))
        if field.data > clock.today():
            raise ValidationError(_l("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag."))

    def validate_basis(self, field: RadioField) -> None:
        chosen(field)

    def validate_channel(self, field: RadioField) -> None:
        chosen(field)


class DecideForm(Form):
    """Approval or refusal of a transfer, by another person than the one who proposed it."""

    reason = words_field(_l("Skäl"), printable, missing=_l("Skriv skälen för beslutet."))


class HandOverForm(Form):
    """What left and how, noted when it has been done."""

    how = words_field(
        _l("Vad som lämnade staden och hur"),
        printable,
        missing=_l("Skriv vad som lämnades och hur."),
        description=_l("Till exempel vem som tog emot, när, och hur ljudet var skyddat."),
    )
