"""What may be typed about units, and the file of a list of staff."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts import staff_list
from portal.web import Form, VersionField, plain, printable


class UnitForm(Form):
    code = StringField(
        lazy_gettext("Enhetens kod"),
        [DataRequired(lazy_gettext("Ange koden.")), Length(max=20, message=lazy_gettext("Högst 20 tecken."))],
        description=lazy_gettext("Som den står i personallistan, till exempel KOMP."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name_sv = StringField(
        lazy_gettext("Namn på svenska"),
        [
            DataRequired(lazy_gettext("Ange namnet på svenska.")),
            Length(max=100, message=lazy_gettext("Namnet får ha högst 100 tecken.")),
            printable,
        ],
        filters=[plain],
        render_kw={"autocomplete": "off", "lang": "sv"},
    )
    name_fi = StringField(
        lazy_gettext("Namn på finska"),
        [
            DataRequired(lazy_gettext("Ange namnet på finska.")),
            Length(max=100, message=lazy_gettext("Namnet får ha högst 100 tecken.")),
            printable,
        ],
        filters=[plain],
        render_kw={"autocomplete": "off", "lang": "fi"},
    )


class ChangeUnitForm(UnitForm):
    heads = SelectMultipleField(
        lazy_gettext("Svarar för personerna"),
        choices=[],
        option_widget=CheckboxInput(),
        description=lazy_gettext(
            "De ber om rättigheter för enhetens personer och granskar dem varje kvartal. Den som har en gällande "
            "rättighet som chef eller beslutsfattare kan väljas."
        ),
    )
    active = BooleanField(lazy_gettext("Enheten är i bruk"))
    version = VersionField()

    def offer(self, people: list[tuple[str, str]]) -> "ChangeUnitForm":
        """Who may be chosen, as (uuid, name)."""
        self.heads.choices = [SelectChoice(key, name) for key, name in people]
        return self


class PlaceForm(Form):
    unit = SelectField(
        lazy_gettext("Enhet"),
        choices=[],
        description=lazy_gettext(
            "Byter personen enhet, eller lämnar sin enhet, upphör alla rättigheter genast. De begärs på nytt därifrån."
        ),
    )
    numbers = StringField(
        lazy_gettext("Egna telefonnummer"),
        [Length(max=150, message=lazy_gettext("Högst 150 tecken."))],
        description=lazy_gettext(
            "Privata nummer och jobbnummer, med komma emellan. Dataskyddsombudet ser om någon lyssnar på sina egna "
            "eller en kollegas samtal."
        ),
        render_kw={"autocomplete": "off"},
    )
    version = VersionField()

    def offer(self, units: list[tuple[str, str]]) -> "PlaceForm":
        """The units one may choose, as (uuid, words)."""
        self.unit.choices = [SelectChoice("", gettext("Ingen enhet")), *(SelectChoice(*one) for one in units)]
        return self


class StaffForm(Form):
    file = FileField(lazy_gettext("Personallista (CSV)"), render_kw={"accept": ".csv,text/csv,text/plain"})
    content = b""

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(lazy_gettext("Välj filen."))
        self.content = field.data.stream.read(staff_list.MOST_BYTES + 1)
