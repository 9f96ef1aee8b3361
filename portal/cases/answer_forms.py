"""What may be typed when a request is answered: its text, a return, an opinion, and how it ends."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import ValidationError

from portal.cases import forms, words
from portal.cases.codes import Channel, Identity, Outcome
from portal.cases.forms import choices, chosen, line_field
from portal.cases.models import Case, CaseRight
from portal.cases.proposal import Answered, Rights
from portal.language import N_
from portal.web import DayField, Form, VersionField

GRANTED: dict[str, str] = {Outcome.GRANTED: N_("Beviljas"), Outcome.REFUSED: N_("Vägras")}
REASONS_MOST = 6000
WORDS_MOST = 2000


def words_field(label: Any, *, most: int = WORDS_MOST, missing: Any = "", description: Any = "") -> TextAreaField:
    return forms.words_field(label, most=most, missing=missing, description=description, rows=6)


class AnswerForm(Form):
    """The text of the answer, what is answered to each other right, and the two outcomes that no call shows."""

    version = VersionField()
    reasons = words_field(
        _l("Motivering och annat som skrivs i svaret"),
        most=REASONS_MOST,
        description=_l(
            "Lagens delar, samtalen och deras grunder skrivs av portalen. En tom rad skiljer stycken åt. Behövs alltid "
            "när något inte ges."
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

    @property
    def rights(self) -> Rights:
        """What is answered to the rights that the form asks about."""
        said: dict[str, Answered] = {}
        for name, of_right in self._fields.items():
            if name.startswith("right_"):
                code = name.removeprefix("right_")
                granted = {"granted": True, "refused": False}.get(of_right.data)
                said[code] = Answered(granted, self._fields[f"words_{code}"].data or "")
        return said


def answer_form(case: Case, rights: Collection[CaseRight], *, typed: bool) -> AnswerForm:
    """The form of this case, with two fields for each of `rights`: as the case has them, or as it was `typed`."""
    fields: dict[str, Any] = {}
    for right in rights:
        name = words.RIGHTS[right.right]
        fields[f"right_{right.right}"] = RadioField(
            _l(name),
            default=right.outcome if right.outcome in ("granted", "refused") else None,
            validate_choice=False,
        )
        fields[f"words_{right.right}"] = words_field(
            _l("Vad som görs, eller varför inte: %(right)s", right=_l(name)), description=_l("Skrivs i svaret.")
        )
    of_case = type("AnswerFormOfCase", (AnswerForm,), fields)
    form: AnswerForm = of_case(case=case) if typed else of_case(None, case=case)
    for right in rights:
        form[f"right_{right.right}"].choices = choices(GRANTED)
        if not typed:
            form[f"words_{right.right}"].data = right.words
    if not typed:
        form.reasons.data = case.reasons
    return form


class SeenForm(Form):
    """A button that acts on what the page showed."""

    version = VersionField()


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
