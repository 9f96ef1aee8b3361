"""What may be typed about service numbers."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from portal.web import Form, VersionField


class NewQueueForm(Form):
    number = StringField(
        lazy_gettext("Nummer"),
        [
            DataRequired(lazy_gettext("Ange numret.")),
            Length(max=20, message=lazy_gettext("Numret får ha högst 20 siffror.")),
        ],
        description=lazy_gettext("Som telefonsystemet skriver det: köns anknytning eller servicenumret."),
        render_kw={"autocomplete": "off"},
    )
    name_sv = StringField(
        lazy_gettext("Namn på svenska"),
        [DataRequired(lazy_gettext("Ange namnet.")), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )
    name_fi = StringField(
        lazy_gettext("Namn på finska"),
        [DataRequired(lazy_gettext("Ange namnet.")), Length(max=80)],
        render_kw={"autocomplete": "off", "lang": "fi"},
    )
    tells_callers = BooleanField(
        lazy_gettext("Den som ringer får höra att samtalet spelas in"),
        description=lazy_gettext("Gäller nya samtal där telefonsystemet inte själv säger det."),
    )


class QueueForm(NewQueueForm):
    active = BooleanField(
        lazy_gettext("Numret används"),
        description=lazy_gettext(
            "Ett nummer som inte används kan inte ges till nya användare. Dess samtal finns kvar."
        ),
    )
    version = VersionField()
