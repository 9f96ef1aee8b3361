"""What may be typed about accounts."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, ValidationError

from portal.accounts import passwords
from portal.accounts.permissions import Role
from portal.accounts.words import ROLE_NAMES
from portal.errors import DomainError
from portal.web import LOOKS, Form, SearchForm, VersionField, plain, printable

KEY_LONGEST = 16_000
"""Characters of a passkey's answer; those of security keys are some two thousand."""

LANGUAGE_CHOICES = [SelectChoice("sv", "svenska"), SelectChoice("fi", "suomi")]
"""Each language by its own name, in every language."""


def role_names(roles: Iterable[Role]) -> str:
    """The roles as the reader's language writes them, in the order of the register's description."""
    held = set(roles)
    return ", ".join(gettext(name) for role, name in ROLE_NAMES.items() if role in held)


def refuse(field: Any, error: DomainError) -> None:
    """Show an act's refusal beside the field it is about."""
    field.errors = [*field.errors, gettext(error.text) % error.params]


class AnswerField(HiddenField):
    """A passkey's answer, put here by `passkeys.js`. It is good once: no page that comes back holds it."""

    def _value(self) -> str:
        return ""


def _key() -> AnswerField:
    return AnswerField(validators=[Length(max=KEY_LONGEST)])


class _CodeUnless(DataRequired):
    """A code is wanted, unless a passkey has answered in the field `key`."""

    def __init__(self, key: str) -> None:
        super().__init__(lazy_gettext("Ange koden."))
        self.key = key

    def __call__(self, form: Any, field: Any) -> None:
        if not form[self.key].data:
            super().__call__(form, field)


def _code(key: str) -> StringField:
    return StringField(
        lazy_gettext("Kod"),
        [_CodeUnless(key), Length(max=60)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class SignInForm(Form):
    username = StringField(
        lazy_gettext("Användarnamn"),
        [DataRequired(lazy_gettext("Ange ditt användarnamn.")), Length(max=200)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Lösenord"),
        [InputRequired(lazy_gettext("Ange ditt lösenord."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    key = _key()


class CodeForm(Form):
    """A code from the app, or where it is said so a recovery code."""

    code = StringField(
        lazy_gettext("Kod"),
        [DataRequired(lazy_gettext("Ange koden.")), Length(max=60)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class SecondFactorForm(Form):
    """A code from the app, a recovery code, or a passkey's answer."""

    code = _code("key")
    key = _key()


class KeyForm(Form):
    """A new passkey: its answer, and what the person calls it."""

    name = StringField(
        lazy_gettext("Namn på nyckeln"),
        [
            DataRequired(lazy_gettext("Ge nyckeln ett namn.")),
            Length(max=60, message=lazy_gettext("Namnet får ha högst 60 tecken.")),
            printable,
        ],
        filters=[plain],
        description=lazy_gettext("Så att du känner igen den, till exempel: nyckelknippan, arbetstelefonen."),
        render_kw={"autocomplete": "off"},
    )
    key = _key()


class ProofForm(Form):
    """A second factor shown again. It may be sent along with another form, so its fields bear names of their own."""

    FIELDS = frozenset({"proof_code", "proof_key"})

    proof_code = _code("proof_key")
    proof_key = _key()


class _NewPassword(Form):
    names: tuple[str, ...] = ()
    """The person's own and user name, which the password may not be made of."""

    def validate_chosen(self, field: Any) -> None:
        try:
            passwords.check(field.data, names=self.names)
        except passwords.Weak as error:
            raise ValidationError(gettext(error.text) % error.params) from error


def _chosen() -> PasswordField:
    return PasswordField(
        lazy_gettext("Nytt lösenord"),
        [InputRequired(lazy_gettext("Ange ett nytt lösenord."))],
        description=lazy_gettext(
            "Minst 12 tecken. Flera ord som inte hör ihop är lätta att minnas och svåra att gissa. "
            "Du får klistra in från en lösenordshanterare."
        ),
        render_kw={"autocomplete": "new-password"},
    )


def _again() -> PasswordField:
    return PasswordField(
        lazy_gettext("Nytt lösenord en gång till"),
        [
            InputRequired(lazy_gettext("Ange det nya lösenordet en gång till.")),
            EqualTo("chosen", lazy_gettext("Lösenorden är inte lika.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class NewPasswordForm(_NewPassword):
    chosen = _chosen()
    again = _again()


class ChangePasswordForm(_NewPassword):
    old = PasswordField(
        lazy_gettext("Nuvarande lösenord"),
        [InputRequired(lazy_gettext("Ange ditt nuvarande lösenord."))],
        render_kw={"autocomplete": "current-password"},
    )
    chosen = _chosen()
    again = _again()


class FilterForm(SearchForm):
    q = StringField(lazy_gettext("Namn, användarnamn eller anknytning"), [Length(max=100)])
    role = SelectField(lazy_gettext("Roll"), choices=[])
    state = SelectField(
        lazy_gettext("Konto"),
        choices=[
            SelectChoice("open", lazy_gettext("Öppna")),
            SelectChoice("closed", lazy_gettext("Stängda")),
            SelectChoice("all", lazy_gettext("Alla")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [SelectChoice(role.value, gettext(words)) for role, words in ROLE_NAMES.items()]
        self.role.choices = [SelectChoice("", gettext("Alla roller")), *roles]


class _Facts(Form):
    name = StringField(
        lazy_gettext("Namn"),
        [
            DataRequired(lazy_gettext("Ange namnet.")),
            Length(max=100, message=lazy_gettext("Namnet får ha högst 100 tecken.")),
            printable,
        ],
        filters=[plain],
        render_kw={"autocomplete": "off"},
    )
    extension = StringField(
        lazy_gettext("Anknytning"),
        [Length(max=15, message=lazy_gettext("En anknytning har högst 15 siffror."))],
        description=lazy_gettext("Numret i telefonsystemet, om personen svarar på samtal. Kan lämnas tomt."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    language = RadioField(lazy_gettext("Språk"), choices=LANGUAGE_CHOICES, default="sv")


class NewAccountForm(_Facts):
    username = StringField(
        lazy_gettext("Användarnamn"),
        [
            DataRequired(lazy_gettext("Ange användarnamnet.")),
            Length(max=64, message=lazy_gettext("Användarnamnet får ha högst 64 tecken.")),
        ],
        description=lazy_gettext("Det som skrivs vid inloggningen. Kan inte ändras senare."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class AccountForm(_Facts):
    version = VersionField()


class LookForm(Form):
    """How pages look in this browser."""

    look = RadioField(
        lazy_gettext("Ljust eller mörkt"),
        choices=[
            SelectChoice("device", lazy_gettext("Som enheten är inställd")),
            SelectChoice("light", lazy_gettext("Ljust")),
            SelectChoice("dark", lazy_gettext("Mörkt")),
        ],
        description=lazy_gettext("Valet gäller i den här webbläsaren."),
    )

    @classmethod
    def of(cls, look: str) -> "LookForm":
        return cls(formdata=None, look=look or "device")

    @property
    def chosen(self) -> str:
        """'light', 'dark', or '' for neither."""
        return self.look.data if self.look.data in LOOKS else ""


class VersionForm(Form):
    version = VersionField()
