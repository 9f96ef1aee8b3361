"""What every view shares: the form base, fragments, the menu, the language of the page."""

import datetime as dt
import functools
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, MutableMapping
from typing import IO, Any

import flask
from flask_babel import Babel, Domain, get_locale, gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from wtforms import Field, IntegerField, i18n
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput, TextInput

from portal import spelling
from portal.documents import signs
from portal.errors import DomainError
from portal.language import CATALOGUES, LANGUAGES, N_

LANGUAGE_COOKIE = "__Host-language"
LOOK_COOKIE = "__Host-look"
LOOKS = ("light", "dark")
REMEMBERED = dt.timedelta(days=365)

# The menu: endpoint and label; a person sees the pages the guard would let them open.
MENU = (
    ("home.index", N_("Start")),
    ("recordings.index", N_("Samtal")),
    ("recordings.quality", N_("Kvalitet")),
    ("recordings.quality_own", N_("Mina bedömda samtal")),
    ("cases.index", N_("Begäranden")),
    ("cases.oversight", N_("Tillsyn över begäranden")),
    ("retention.threats", N_("Hotsamtal")),
    ("register.training", N_("Utbildning")),
    ("register.consents", N_("Samtycken")),
    ("register.disclosures", N_("Utlämnanden")),
    ("register.notices", N_("Underrättelser")),
    ("retention.index", N_("Gallring")),
    ("incidents.index", N_("Incidenter")),
    ("oversight.index", N_("Tillsyn")),
    ("audit.index", N_("Logg")),
    ("documents.index", N_("Dokument")),
    ("register.description_versions", N_("Dataskyddsbeskrivning")),
    ("register.processing_record", N_("Register över behandling")),
    ("register.figures", N_("Statistik")),
    ("ingest.index", N_("Karantän")),
    ("jobs.index", N_("Pågående arbete")),
    ("rights.index", N_("Användarrättigheter")),
    ("accounts.index", N_("Användare")),
    ("queues.index", N_("Servicenumren")),
)


class Request(flask.Request):
    """What is sent up stays in memory: the library would lay larger files in a temporary one, in the clear."""

    def _get_file_stream(self, *args: Any, **more: Any) -> IO[bytes]:
        return io.BytesIO()


@functools.cache
def _messages(language: str) -> Any:
    return i18n.get_translations([language])


class Form(FlaskForm):
    """Base of every form: CSRF on, texts stripped, messages in the page's language."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if unbound_field.field_class.__name__ in ("StringField", "TextAreaField", "TelField", "SearchField"):
                filters = list(unbound_field.kwargs.get("filters", ()))
                options = {**options, "filters": [*filters, _strip]}
            return super().bind_field(form, unbound_field, options)

        def get_translations(self, form: Any) -> Any:
            """WTForms' own messages, read from its file once, not for each request."""
            return _messages(language())

    def refuse(self, error: DomainError, name: str = "") -> None:
        """Show an act's refusal beside the field `name` that it is about; above the form when it is about none."""
        said = gettext(error.text, **error.params)
        if name and name in self:
            self[name].errors = [*self[name].errors, said]
        else:
            self.form_errors.append(said)


class SearchForm(Form):
    """A form that only asks: GET, no CSRF token in the address."""

    class Meta(Form.Meta):
        csrf = False


class DayField(Field):
    """A day typed as d.m.yyyy (the browser's own date box speaks the browser's language)."""

    widget = TextInput()
    years = range(2000, 2100)
    data: dt.date | None

    def __init__(self, *args: Any, render_kw: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, render_kw={"placeholder": lazy_gettext("d.m.åååå"), **(render_kw or {})}, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = valuelist[0].strip()[:20] if valuelist else ""
        self.data = None
        if not self.raw:
            return
        typed = re.fullmatch(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})", self.raw)
        if typed is None:
            raise ValueError(gettext("Skriv dagen som i 24.11.2026."))
        day, month, year = map(int, typed.groups())
        try:
            self.data = dt.date(year, month, day)
        except ValueError as error:
            raise ValueError(gettext("Den dagen finns inte i kalendern. Kontrollera dagen och månaden.")) from error
        if year not in self.years:
            self.data = None
            raise ValueError(gettext("Kontrollera årtalet: det ska ha fyra siffror och börja med 20."))

    @property
    def day(self) -> dt.date:
        """The day that was typed, of a form that does not go without."""
        assert self.data is not None
        return self.data

    def _value(self) -> str:
        if self.raw_data:
            return self.raw
        return f"{self.data.day}.{self.data.month}.{self.data.year}" if self.data else ""


class OffsetField(Field):
    """A place in a recording, typed as 1:05,3; `data` in milliseconds. `optional`: it may be left empty, then None."""

    widget = TextInput()

    def __init__(self, *args: Any, optional: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.optional = optional

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw = valuelist[0].strip()[:20] if valuelist else ""
        self.data = spelling.milliseconds(self.raw)
        if self.raw and self.data is None:
            raise ValueError(gettext("Skriv tiden som i 1:05 eller 1:05,3."))

    def pre_validate(self, form: Form) -> None:
        if self.data is None and not self.optional and not self.errors and not self.process_errors:
            raise ValidationError(gettext("Skriv tiden som i 1:05 eller 1:05,3."))

    def _value(self) -> str:
        if self.raw_data:
            return self.raw
        return "" if self.data is None else spelling.offset(self.data)


class VersionField(IntegerField):
    """The version of a row that a form was made from, hidden; None for what no row has."""

    widget = HiddenInput()
    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not 0 <= self.data < 1 << 31:
            self.data = None


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def plain(value: str | None) -> str | None:
    """For words people write, as a field's filter: composed letters, newlines as \\n, and no control
    characters but newline and tab."""
    if not value:
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")


def printable(form: Any, field: Any) -> None:
    """For words that stand in a letter, as a field's validator: signs that a typeface has. Said here, where it can
    be mended, and not when the letter is set."""
    text = field.data or ""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\r\n\t" for c in text):
        raise ValidationError(
            gettext("Texten har ett tecken som inte kan tryckas. Skriv den på nytt, utan att klistra in.")
        )
    if unknown := signs.missing(text):
        raise ValidationError(
            gettext("Brevets typsnitt har inte: %(signs)s. Skriv på ett annat sätt.", signs=" ".join(unknown[:10]))
        )


def is_fragment() -> bool:
    """True when htmx asks for a part of the page, not the page."""
    return flask.request.headers.get("HX-Request-Type") == "partial"


def language() -> str:
    """'sv' or 'fi'."""
    locale = get_locale()
    return str(locale.language) if locale else "sv"


def _choose_language() -> str:
    if current_user and current_user.is_authenticated:
        return current_user.language
    chosen = flask.request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return flask.request.accept_languages.best_match(LANGUAGES, "sv") or "sv"


def look() -> str:
    """'light' or 'dark', as somebody chose in this browser; else '': pages look as the device does."""
    chosen = flask.request.cookies.get(LOOK_COOKIE, "")
    return chosen if chosen in LOOKS else ""


def remembered(response: flask.Response, cookie: str, value: str) -> flask.Response:
    """The browser keeps a choice about pages, also of somebody who is not signed in; an empty value is forgotten. Lax:
    it shows in a page that a link elsewhere leads to."""
    age = REMEMBERED if value else 0
    response.set_cookie(cookie, value, max_age=age, path="/", secure=True, httponly=True, samesite="Lax")
    return response


class Templates(flask.templating.Environment):
    """All templates share the globals of the environment, none has its own: a map of maps, as the library gives each
    for that, is slow to look through at every include and import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class Unindented(Extension):
    """What sets a template in order for those who work on it is not sent: of a long list it is a tenth, and pages are
    not compressed (`assets`)."""

    SPACES = re.compile(r"\s*\n\s*|  +")

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            yield token._replace(value=self.SPACES.sub(self._one, token.value)) if token.type == "data" else token

    @staticmethod
    def _one(spaces: re.Match[str]) -> str:
        return "\n" if "\n" in spaces[0] else " "


class _Texts(Domain):
    """The catalogues by language, as a page asks for them a hundred times: the library writes the name of the locale
    each time."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[str, Any] = {}

    def get_translations(self) -> Any:
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        if locale.language not in self._read:
            self._read[locale.language] = super().get_translations()
        return self._read[locale.language]


def _addresses(app: flask.Flask) -> Callable[..., str]:
    """`url_for` of the templates, which remembers the addresses that are of no object: a page has forty of them."""

    @functools.lru_cache(1024)
    def known(endpoint: str, filename: str | None, root: str) -> str:
        return app.url_for(endpoint) if filename is None else app.url_for(endpoint, filename=filename)

    def url_for(endpoint: str, **values: Any) -> str:
        if values.keys() - {"filename"} or endpoint.startswith(".") or not flask.has_request_context():
            return app.url_for(endpoint, **values)
        return known(endpoint, values.get("filename"), flask.request.script_root)

    return url_for


def init_app(app: flask.Flask) -> None:
    app.request_class = Request
    app.config["BABEL_DEFAULT_LOCALE"] = "sv"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Helsinki"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    texts = _Texts()
    Babel(app, locale_selector=_choose_language).domain_instance = texts
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension
        gettext=lambda text: texts.get_translations().ugettext(text),
        ngettext=lambda one, many, count: texts.get_translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["url_for"] = _addresses(app)
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]  # not by way of an alias

    @app.context_processor
    def page() -> dict[str, Any]:
        menu = [m for m in MENU if m[0] in app.view_functions]
        return {"language": language(), "look": look(), "menu": menu}
