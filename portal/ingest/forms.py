"""What may be asked of the quarantine list."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField

from portal.ingest import words
from portal.ingest.models import QuarantineState
from portal.web import Form, SearchForm

ALL = "all"


class FilterForm(SearchForm):
    """State and reason; an unknown value is refused. Waiting files are shown unless asked otherwise."""

    state = SelectField(_l("Läge"), default=QuarantineState.WAITING)
    reason = SelectField(_l("Orsak"), default="")

    def __init__(self, formdata: Any) -> None:
        super().__init__(formdata)
        self.state.choices = [SelectChoice(ALL, _l("Alla"))] + [
            SelectChoice(str(code), _l(text)) for code, text in words.STATES.items()
        ]
        self.reason.choices = [SelectChoice("", _l("Alla"))] + [
            SelectChoice(str(code), _l(text)) for code, text in words.REASONS.items()
        ]
        self.state.data = self.state.data or QuarantineState.WAITING
        self.reason.data = self.reason.data or ""


class ActForm(Form):
    """A button: nothing but its token."""


def cursor(text: str | None) -> uuid.UUID | None:
    """The row a page begins after; anything else is no cursor."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
