"""What may be typed when a call is disclosed."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal import clock
from portal.register import ranges
from portal.register.disclosures import fits
from portal.register.models import Consent
from portal.retention import threat_words
from portal.retention.models import Basis
from portal.spelling import date
from portal.web import DayField, Form, plain, printable

REASON_MAX = 2000
TOO_LONG = _l("Skriv högst %(max)d tecken.")
LANGUAGES = {"sv": _l("Svenska"), "fi": _l("Finska")}


def words_field(label: Any, *, missing: Any = "", most: int = REASON_MAX, description: Any = "") -> TextAreaField:
    """Words that stand in a paper. `missing`: what is said when there are none; empty when none are needed."""
    needed = [DataRequired(missing)] if missing else []
    length = Length(max=most, message=TOO_LONG)
    return TextAreaField(label, [*needed, length, printable], filters=[plain], description=description)


class DiscloseForm(Form):
    """A disclosure as its record will have it (register §4)."""

    authority = StringField(
        _l("Mottagare: myndighet, enhet och vem där som begär"),
        [DataRequired(_l("Skriv vem som ska få samtalet.")), Length(max=200, message=TOO_LONG), printable],
        filters=[plain],
    )
    address = words_field(
        _l("Mottagarens adress"),
        missing=_l("Skriv mottagarens adress."),
        most=400,
        description=_l("Dit skickas en underrättelse om samtalet senare rättas, raderas eller begränsas."),
    )
    language = RadioField(_l("Språk för brev till mottagaren"), default="sv", validate_choice=False)
    reference = StringField(
        _l("Mottagarens ärendenummer"),
        [Length(max=80, message=TOO_LONG), printable],
        filters=[plain],
        description=_l("Om det finns."),
    )
    asked_on = DayField(_l("Dag för den skriftliga begäran eller stadens egen anmälan"))
    basis = RadioField(_l("Rättslig grund"), validate_choice=False)
    consent = SelectField(_l("Samtycke"), validate_choice=False, default="")
    purpose = words_field(_l("Ändamål"), missing=_l("Skriv vad mottagaren behöver samtalet till."))
    scope = words_field(
        _l("Vad som lämnas ut"),
        missing=_l("Skriv vad som lämnas ut."),
        description=_l(
            "Till exempel hela ljudet med tid och nummer, utan anteckningar. Nämn lagrummet om en lag ger rätt."
        ),
    )
    silent = TextAreaField(
        _l("Avsnitt som inte lämnas ut"),
        [Length(max=REASON_MAX, message=TOO_LONG)],
        description=_l(
            "Ett på varje rad, till exempel 0:15–0:20,5. De blir tysta i det som lämnas ut. Tomt: hela ljudet."
        ),
    )
    channel = RadioField(_l("Hur det lämnas ut"), validate_choice=False)

    def __init__(self, *args: Any, duration_ms: int, consents: list[Consent], **more: Any) -> None:
        super().__init__(*args, **more)
        self._duration_ms = duration_ms
        self.ranges: list[tuple[int, int]] = []
        self.basis.choices = [(str(code), _l(text)) for code, text in threat_words.BASES.items()]
        self.channel.choices = [(str(code), _l(text)) for code, text in threat_words.CHANNELS.items()]
        self.language.choices = list(LANGUAGES.items())
        if not consents:
            self.basis.choices = [one for one in self.basis.choices if one[0] != Basis.CONSENT]
            del self.consent
        else:
            given = [SelectChoice(row.uuid.hex, _l("Givet den %(day)s", day=date(row.given_on))) for row in consents]
            self.consent.choices = [SelectChoice("", "–"), *given]

    def validate_asked_on(self, field: DayField) -> None:
        if field.data is None:
            raise ValidationError(_l("Skriv dagen."))
        if field.data > clock.today():
            raise ValidationError(_l("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag."))

    def validate_basis(self, field: RadioField) -> None:
        _chosen(field)

    def validate_channel(self, field: RadioField) -> None:
        _chosen(field)

    def validate_language(self, field: RadioField) -> None:
        _chosen(field)

    def validate_consent(self, field: SelectField) -> None:
        on_consent = self.basis.data == Basis.CONSENT
        if on_consent and field.data not in [choice.value for choice in field.choices if choice.value]:
            raise ValidationError(_l("Välj det samtycke som utlämnandet vilar på."))
        if not on_consent and field.data:
            raise ValidationError(
                _l("Samtycket hör till den rättsliga grunden samtycke. Välj den, eller inget samtycke.")
            )

    def validate_silent(self, field: TextAreaField) -> None:
        try:
            self.ranges = ranges.read(field.data or "")
        except ranges.Unreadable as error:
            text = _l("Rad %(line)s går inte att läsa. Skriv den som 0:15–0:20,5.", line=error.line)
            raise ValidationError(text) from error
        if not fits(self.ranges, self._duration_ms):
            text = _l("Avsnitten ska ligga inom samtalet, i ordning, utan att gå in i varandra. Rätta tiderna.")
            raise ValidationError(text)

    def facts(self) -> dict[str, Any]:
        """As `disclosures.propose` takes it."""
        names = ("authority", "address", "language", "asked_on", "basis", "purpose", "scope", "channel")
        key = self.consent.data if "consent" in self else ""
        typed: dict[str, Any] = {name: self[name].data for name in names}
        return typed | {
            "reference": self.reference.data or "",
            "silent": self.ranges,
            "consent": uuid.UUID(key) if key else None,
        }


def _chosen(field: RadioField) -> None:
    if field.data not in [value for value, _ in field.choices]:
        raise ValidationError(_l("Välj ett av alternativen."))


class DecideForm(Form):
    """Approval or refusal, by another person than the one who proposed it."""

    reason = words_field(_l("Skäl"), missing=_l("Skriv skälen för beslutet."))


class HandOverForm(Form):
    """What left and how, noted when it has been done."""

    how = words_field(
        _l("Vad som lämnade staden och hur"),
        missing=_l("Skriv vad som lämnades och hur."),
        description=_l("Till exempel vem som tog emot, när, och hur ljudet var skyddat."),
    )


class PaperForm(Form):
    """A paper is ordered, in a language."""

    language = RadioField(_l("Språk"), validate_choice=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language.choices = list(LANGUAGES.items())

    def validate_language(self, field: RadioField) -> None:
        _chosen(field)
