"""What may be typed before a call is heard: why."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import ValidationError

from portal.accounts.models import Account
from portal.recordings import listening, series
from portal.recordings.forms import PURPOSES
from portal.recordings.models import Purpose, Recording
from portal.web import Form, VersionField


class StatedForm(Form):
    """Why the person listens, and the case number when it is for a request."""

    purpose = RadioField(_l("Ändamål"), validate_choice=False)
    reference = StringField(
        _l("Ärendets nummer"),
        description=_l("Behövs när du lyssnar för en begäran."),
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )

    def offer(self, allowed: list[Purpose]) -> None:
        self.purpose.choices = [(purpose.value, PURPOSES[purpose]) for purpose in allowed]

    def choose_only(self) -> None:
        """Where there is but one purpose it is chosen."""
        if len(self.purpose.choices) == 1:
            self.purpose.data = self.purpose.choices[0][0]

    def validate_purpose(self, field: RadioField) -> None:
        if field.data not in [value for value, _ in field.choices]:
            raise ValidationError(_l(listening.PurposeRefused.text))

    def validate_reference(self, field: StringField) -> None:
        if self.purpose.data != Purpose.REQUEST:
            return
        try:
            listening.case_number(field.data or "")
        except listening.CaseNumberNeeded as error:
            raise ValidationError(_l(error.text)) from error


class SeriesForm(StatedForm):
    """The same, of a whole list of calls."""

    def __init__(self, *args: Any, user: Account, calls: list[Recording]) -> None:
        super().__init__(*args)
        self.offer(series.purposes(calls, by=user))
        if args == (None,):
            self.choose_only()


class PurposeForm(StatedForm):
    """Of one call."""

    at = VersionField()
    """The second that a link points to: where the player is to begin."""

    def __init__(self, *args: Any, user: Account, recording: Recording) -> None:
        super().__init__(*args)
        self.offer(listening.purposes(user, recording))

    @classmethod
    def blank(cls, user: Account, recording: Recording, at: int | None = None) -> "PurposeForm":
        """To be filled in."""
        form = cls(None, user=user, recording=recording)
        form.at.data = at
        form.choose_only()
        return form
