"""Fields of every kind, for the page that shows them."""

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from portal.web import DayField, SearchForm

CHOICES = [SelectChoice("new", lazy_gettext("Mottagen")), SelectChoice("working", lazy_gettext("Under handläggning"))]


class SpecimenForm(SearchForm):
    """Never sent. Its fields are as they stand before and after somebody typed, and as an answer that was refused."""

    name = StringField(lazy_gettext("Namn"), description=lazy_gettext("Om det är känt."))
    day = DayField(lazy_gettext("Dag"))
    state = SelectField(lazy_gettext("Läge"), choices=CHOICES)
    password = PasswordField(lazy_gettext("Lösenord"), render_kw={"autocomplete": "off"})
    shut = StringField(lazy_gettext("Användarnamn"), render_kw={"disabled": True})
    words = TextAreaField(lazy_gettext("Anteckning"))
    one = RadioField(lazy_gettext("Hur avgörs yrkandet?"), choices=CHOICES)
    several = SelectMultipleField(lazy_gettext("Det gäller"), choices=CHOICES, option_widget=CheckboxInput())
    agreed = BooleanField(lazy_gettext("Hoppa över tystnad"))
    refused = StringField(lazy_gettext("Nummer"))
    refused_words = TextAreaField(lazy_gettext("Skäl"))
    refused_day = DayField(lazy_gettext("Sista dag"))

    @classmethod
    def specimen(cls) -> "SpecimenForm":
        filled = {"name": "Anna Exempel", "shut": "anna", "state": "working", "one": "new", "several": ["new"]}
        form = cls(formdata=None, agreed=True, refused="12", **filled)
        form.refused.errors = [gettext("Ange numret.")]
        form.refused_words.errors = [gettext("Skriv en motivering.")]
        form.refused_day.errors = [gettext("Den dagen finns inte.")]
        return form
