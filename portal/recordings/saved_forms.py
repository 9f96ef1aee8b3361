"""What may be typed about a saved search: its name."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.recordings.saved import NAME_MOST
from portal.web import Form, plain


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


class NameForm(Form):
    name = StringField(
        _l("Sökningens namn"),
        [
            DataRequired(_l("Ge sökningen ett namn.")),
            Length(max=NAME_MOST, message=_l("Skriv högst %(max)d tecken.")),
        ],
        filters=[plain, _one_line],
        description=_l("Skriv vad du söker, inte någons namn: namnet står kvar tills du raderar sökningen."),
    )
