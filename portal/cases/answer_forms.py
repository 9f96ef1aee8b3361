"""What may be typed when a request is answered: its text, a return, an opinion, and how it ends."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import ValidationError

from portal.cases import forms, words
from portal.cases.codes import Channel, Identity, Outcome
from portal.cases.forms import choices, chosen, line_field
from portal.cases.models import Case
from portal.cases.proposal import REASONS_LEAST
from portal.web import DayField, Form, VersionField

REASONS_MOST = 6000
WORDS_MOST = 2000


def words_field(label: Any, *, most: int = WORDS_MOST, missing: Any = "", description: Any = "") -> TextAreaField:
    return forms.words_field(label, most=most, missing=missing, description=description, rows=6)


class AnswerForm(Form):
    """The text of the answer, and the two outcomes that neither calls nor claims show."""

    version = VersionField()
    reasons = words_field(
        _l("Motivering och annat som skrivs i svaret"),
        most=REASONS_MOST,
        description=_l(
            "Lagens delar, samtalen, yrkandena och deras grunder skrivs av portalen. En tom rad skiljer stycken åt. "
            "Behövs när ett samtal inte ges helt, och när begäran avvisas: då minst %(least)s tecken.",
            least=REASONS_LEAST,
        ),
    )
    outcome = RadioField(_l("Utfall"), default="", validate_choice=False)

    def __init__(self, *args: object, case: Case) -> None:
        super().__init__(*args)
        self.outcome.choices = [
            SelectChoice("", _l("Följer av vad som är avgjort")),
            SelectChoice(str(Outcome.UNFOUNDED), _l("Uppenbart ogrundad eller orimlig begäran (artikel 12.5)")),
        ]
        if case.identity == Identity.FAILED:
            self.outcome.choices.append(SelectChoice(str(Outcome.IDENTITY_UNPROVEN), _l("Identitet ej styrkt")))

    def validate_outcome(self, field: RadioField) -> None:
        chosen(self, field)

    @property
    def chosen_outcome(self) -> Outcome | None:
        return Outcome(self.outcome.data) if self.outcome.data else None


def answer_form(case: Case, *, typed: bool) -> AnswerForm:
    """The form of this case: as the case has it, or as it was `typed`."""
    if typed:
        return AnswerForm(case=case)
    form = AnswerForm(None, case=case)
    form.reasons.data = case.reasons
    return form


class SeenForm(Form):
    """A button that acts on what the page showed."""

    version = VersionField()


class ApprovalForm(SeenForm):
    reviewed = BooleanField(
        _l("Jag har läst skälen för varje yrkande som vägras. De gäller den här personen och det här ärendet.")
    )


class ReturnForm(SeenForm):
    comment = words_field(
        _l("Vad behöver ändras?"), missing=_l("Skriv vad som behöver ändras, så att handläggaren vet vad som väntas.")
    )


class OpinionForm(SeenForm):
    opinion = words_field(_l("Utlåtande"), most=REASONS_MOST, missing=_l("Skriv utlåtandet."))


class DispatchForm(Form):
    on = DayField(_l("Dag då svaret skickades"))
    how = RadioField(_l("Hur det skickades"), validate_choice=False)
    late_reason = words_field(
        _l("Varför svaret är försenat"), description=_l("Behövs när svaret skickas efter sista dagen.")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.how.choices = choices(words.DISPATCHES)

    def validate_on(self, field: DayField) -> None:
        needs_day(field)

    def validate_how(self, field: RadioField) -> None:
        chosen(self, field)


class SendingForm(Form):
    """Of one letter that leaves apart from the answer; there may be several on the page, each with its `prefix`."""

    on = DayField(_l("Dag då brevet skickades"))
    how = RadioField(_l("Hur det skickades"), validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.how.choices = choices(words.DISPATCHES)

    def validate_on(self, field: DayField) -> None:
        needs_day(field)

    def validate_how(self, field: RadioField) -> None:
        chosen(self, field)


USUAL: dict[str, str] = {
    Channel.LETTER: "post",
    Channel.EMAIL: "secure_mail",
    Channel.SECURE_MAIL: "secure_mail",
    Channel.DESK: "post",
    Channel.PHONE: "post",
    Channel.E_SERVICE: "e_service",
}
"""How an answer leaves, by how the request came: what stands in an empty form."""


class WithdrawForm(Form):
    withdrawn = words_field(
        _l("Vad personen sade eller skrev"), missing=_l("Skriv hur begäran återtogs, och när det kom fram.")
    )


class TransferForm(Form):
    to = line_field(_l("Myndighet eller enhet"), missing=_l("Skriv vart begäran överförs."))
    why = words_field(
        _l("Varför den hör dit"),
        missing=_l("Skriv varför begäran överförs."),
        description=_l("Skrivs i brevet till personen."),
    )


def needs_day(field: DayField) -> None:
    if field.data is None:
        raise ValidationError(gettext("Skriv dagen."))
