"""What may be typed on the pages of retention."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal.web import DayField, Form, SearchForm


class DayForm(SearchForm):
    """Opens the protocol of a day."""

    day = DayField(_l("Dag"))


class ConfirmForm(Form):
    """The answer that a paused deletion waits for."""

    checked = BooleanField(
        _l("Jag har kontrollerat det som står här, och raderingen får fortsätta."),
        validators=[InputRequired(_l("Kryssa för att du har kontrollerat det."))],
    )
