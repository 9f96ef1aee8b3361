"""What may be typed in a note."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.recordings import notes
from portal.recordings.entries import NOTE_MOST
from portal.recordings.forms import no_personal_code
from portal.web import Form, OffsetField, plain


class NoteForm(Form):
    """A note, with the key it will have: sent twice, it is written once."""

    note = TextAreaField(
        _l("Ny anteckning"),
        [
            DataRequired(_l("Skriv en anteckning.")),
            Length(max=NOTE_MOST, message=_l("Skriv högst %(max)d tecken.")),
            no_personal_code,
        ],
        filters=[plain],
    )
    place = OffsetField(_l("Anteckningens plats"), optional=True)
    kind = SelectField(_l("Slag"))
    own = BooleanField(_l("Bara för mig"))
    key = HiddenField()

    def __init__(self, *args: Any, language: str, **data: Any) -> None:
        super().__init__(*args, **data)
        kinds = [SelectChoice(code, words) for code, words in notes.kinds(language).items()]
        self.kind.choices = [SelectChoice("", _l("Inget särskilt")), *kinds]
        self.kind.data = self.kind.data or ""

    @classmethod
    def blank(cls, language: str, form: "NoteForm | None" = None) -> "NoteForm":
        """An empty one, or `form` as it was typed; with a fresh key where it has none that will do."""
        found = form or cls(None, language=language)
        if not found.key.data or found.key.errors:
            found.key.data = str(uuid.uuid4())
        return found

    def validate_key(self, field: HiddenField) -> None:
        try:
            self.uuid = uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError(_l("Ladda om sidan och försök igen.")) from error
