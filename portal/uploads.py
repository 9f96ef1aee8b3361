"""Papers in a form: read, weighed and looked at before they are anything."""

from flask_babel import gettext
from wtforms import MultipleFileField
from wtforms.validators import ValidationError

from portal.cases import personal_codes
from portal.errors import Invalid
from portal.retention import papers
from portal.web import Form

MOST_FILES = 10
"""Of one sending."""


class FilesField(MultipleFileField):
    """Papers to attach. `files` after validation: name, media type and content of each."""

    files: tuple[tuple[str, str, bytes], ...] = ()

    def pre_validate(self, form: Form) -> None:
        given = [upload for upload in self.data or [] if getattr(upload, "filename", "")]
        if len(given) > MOST_FILES:
            raise ValidationError(gettext("Lägg till högst %(most)s filer åt gången.", most=MOST_FILES))
        read: list[tuple[str, str, bytes]] = []
        for upload in given:
            content = upload.stream.read(papers.MOST_BYTES + 1)
            if personal_codes.holds(upload.filename):
                raise ValidationError(gettext(personal_codes.PersonalCode.text))
            try:
                read.append((upload.filename, papers.checked(content), content))
            except Invalid as error:
                name = papers.named(upload.filename)[:40]
                raise ValidationError(f"{name}: {gettext(error.text)}") from error
        self.files = tuple(read)
