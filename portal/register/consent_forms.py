"""What may be typed about consents and the wordings of them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.cases import personal_codes, search
from portal.formats import date, duration, moment
from portal.recordings.models import Recording
from portal.register import consents, texts, words
from portal.register.models import ConsentPurpose, ConsentText
from portal.web import DayField, Form, SearchForm, VersionField, plain, printable

TEXT_MOST = 6000
WORDS_MOST = 500
TOO_LONG = _l("Skriv högst %(max)d tecken.")
LANGUAGES = {"sv": _l("Svenska"), "fi": _l("Finska")}
STANDINGS = {"": _l("Alla"), "standing": _l("De som gäller"), "ended": _l("Återkallade eller slut")}


def no_code(form: Form, field: Any) -> None:
    """No personal identity code is kept (register §5)."""
    if personal_codes.holds(field.data):
        raise ValidationError(_l(personal_codes.PersonalCode.text))


def chosen(form: Form, field: Any) -> None:
    if field.data not in [choice.value for choice in field.choices]:
        raise ValidationError(_l("Välj ett av alternativen."))


def choices(labels: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(str(code), _l(text)) for code, text in labels.items()]


def _begun(text: str) -> str:
    """Words that elsewhere stand inside a line, as the label of a choice begins."""
    said = gettext(text)
    return said[:1].upper() + said[1:]


class ListForm(SearchForm):
    """Which consents are listed."""

    standing = SelectField(
        _l("Läge"), choices=[SelectChoice(*one) for one in STANDINGS.items()], default="", validate_choice=False
    )


class CallsField(SelectMultipleField):
    """Calls, ticked; `recordings` after validation."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.type = "SelectMultipleField"  # the pages draw it as one

    def offer(self, rows: Iterable[Recording], language: str) -> None:
        self._rows = {row.uuid.hex: row for row in rows}
        self.choices = [SelectChoice(key, label(row, language)) for key, row in self._rows.items()]

    def pre_validate(self, form: Form) -> None:
        if set(self.data or []) - set(self._rows):
            raise ValidationError(gettext(consents.CallGone.text))

    @property
    def recordings(self) -> list[Recording]:
        return [self._rows[key] for key in self.data or [] if key in self._rows]


def label(row: Recording, language: str) -> str:
    """What of a call tells it from others, and not whose it is."""
    return f"{moment(row.started_at)}, {row.queue.name(language)}, {duration(row.duration_ms)}"


class ConsentForm(Form):
    """A consent, as somebody gave it."""

    calls = CallsField(_l("Samtal som samtycket gäller"))
    text = RadioField(_l("Vad personen samtyckte till"), [chosen], validate_choice=False)
    name = StringField(
        _l("Namn"),
        [DataRequired(_l(consents.NameNeeded.text)), Length(max=120, message=TOO_LONG), no_code, printable],
        filters=[plain],
    )
    number = TelField(
        _l("Telefonnummer"), description=_l("Genom numret hittas samtycket när personen vill återkalla det.")
    )
    language = RadioField(_l("Personens språk"), [chosen], validate_choice=False)
    given_on = DayField(_l("Dag då samtycket gavs"))
    given_how = RadioField(_l("Hur samtycket gavs"), [chosen], validate_choice=False)
    how_words = TextAreaField(
        _l("Vad som visar samtycket"),
        [DataRequired(_l("Skriv vad som visar samtycket.")), Length(max=WORDS_MOST, message=TOO_LONG), no_code],
        filters=[plain],
        description=_l("Till exempel ”brev av den 3.9.2026” eller ”på inspelningen, vid 2 min”."),
        render_kw={"rows": 2},
    )
    ends_on = DayField(
        _l("Sista dag"), description=_l("Om samtycket gavs för en viss tid. Annars gäller det tills det återkallas.")
    )

    def __init__(self, *args: Any, rows: Iterable[Recording], spoken: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.calls.offer(rows, spoken)
        self._texts = {text.uuid.hex: text for text in texts.every() if text.valid_from <= clock.today()}
        self.text.choices = [SelectChoice(key, _named(text)) for key, text in self._texts.items()]
        self.language.choices = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
        self.given_how.choices = [SelectChoice(code, _begun(text)) for code, text in words.GIVEN.items()]

    def validate_calls(self, field: CallsField) -> None:
        if not field.data:
            raise ValidationError(_l(consents.CallNeeded.text))

    def validate_number(self, field: TelField) -> None:
        if not field.data:
            field.e164 = ""
            return
        try:
            field.e164 = search.number(field.data)
        except search.NotANumber as error:
            raise ValidationError(_l(error.text)) from error

    def validate_given_on(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_l("Skriv dagen då samtycket gavs."))

    @property
    def wordings(self) -> list[ConsentText]:
        return list(self._texts.values())

    def given(self) -> consents.Given:
        """What was typed; only after the form has validated."""
        given_on: Any = self.given_on.data
        return consents.Given(
            text=self._texts[self.text.data],
            name=self.name.data or "",
            number=self.number.e164,
            language=self.language.data,
            given_on=given_on,
            given_how=self.given_how.data,
            how_words=self.how_words.data or "",
            ends_on=self.ends_on.data,
        )


def _named(text: ConsentText) -> str:
    return gettext(
        "%(purpose)s, version %(version)s (från den %(day)s)",
        purpose=gettext(words.PURPOSES[text.purpose]),
        version=text.version,
        day=date(text.valid_from),
    )


class AddCallsForm(Form):
    """More calls that a consent is about."""

    calls = CallsField(_l("Fler samtal från samma nummer"))

    def __init__(self, *args: Any, rows: Iterable[Recording], spoken: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.calls.offer(rows, spoken)

    def validate_calls(self, field: CallsField) -> None:
        if not field.data:
            raise ValidationError(_l(consents.CallNeeded.text))


def wording(label: Any) -> TextAreaField:
    checks = [DataRequired(_l("Skriv texten.")), Length(max=TEXT_MOST, message=TOO_LONG), printable]
    return TextAreaField(label, checks, filters=[plain], render_kw={"rows": 10})


class WordingForm(Form):
    """A new version of what people consent to."""

    seen = VersionField()
    text_sv = wording(_l("Texten på svenska"))
    text_fi = wording(_l("Texten på finska"))
    valid_from = DayField(_l("Gäller från"))

    def validate_valid_from(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_l("Skriv från vilken dag texten gäller."))


def purposes() -> list[tuple[str, str]]:
    return [(str(code), words.PURPOSES[code]) for code in ConsentPurpose]
