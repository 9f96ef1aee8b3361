"""What may be typed about what callers are told."""

import datetime as dt
import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal import clock
from portal.cases import personal_codes
from portal.errors import Invalid
from portal.language import LANGUAGES
from portal.queues import sounds
from portal.queues.announcement_models import Announcement, AnnouncementSound
from portal.queues.announcements import TEXT_LEAST, TEXT_MOST, Upload
from portal.web import DayField, Form, VersionField, plain, printable

CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


class SoundField(FileField):
    """A sound file. `upload` after validation, when there is one; its content is looked at where it is used."""

    upload: Upload | None = None

    def pre_validate(self, form: Form) -> None:
        name = getattr(self.data, "filename", "")
        if not name:
            return
        if personal_codes.holds(name):
            raise ValidationError(gettext(personal_codes.PersonalCode.text))
        content = self.data.stream.read(sounds.MOST_BYTES + 1)
        try:
            sounds.facts(content)
        except Invalid as error:
            raise ValidationError(gettext(error.text)) from error
        self.upload = Upload(name, content)


def _text(label: Any, language: str) -> TextAreaField:
    return TextAreaField(
        label,
        [
            DataRequired(_l("Skriv vad den som ringer får höra.")),
            Length(min=TEXT_LEAST, message=_l("Skriv minst %(min)d tecken.")),
            Length(max=TEXT_MOST, message=_l("Skriv högst %(max)d tecken.")),
            printable,
        ],
        filters=[plain],
        render_kw={"rows": 5, "lang": language},
    )


class AnnouncementForm(Form):
    seen = VersionField()
    text_sv = _text(_l("Meddelandet på svenska"), "sv")
    sound_sv = SoundField(_l("Ljudfil på svenska"), description=_l("WAV, MP3, FLAC eller Ogg Opus, högst 10 MB."))
    keep_sv = BooleanField(_l("Behåll den förra ljudfilen på svenska"))
    text_fi = _text(_l("Meddelandet på finska"), "fi")
    sound_fi = SoundField(_l("Ljudfil på finska"), description=_l("WAV, MP3, FLAC eller Ogg Opus, högst 10 MB."))
    keep_fi = BooleanField(_l("Behåll den förra ljudfilen på finska"))
    from_day = DayField(_l("Gäller från dagen"), description=_l("Lämna dag och klockslag tomma om det gäller genast."))
    from_time = StringField(_l("Klockan"), [], description=_l("Till exempel 8.00."))

    def __init__(self, *args: Any, before: dict[str, AnnouncementSound], **more: Any) -> None:
        super().__init__(*args, **more)
        for language in LANGUAGES:
            if language not in before:
                del self[f"keep_{language}"]

    @classmethod
    def of(cls, newest: Announcement | None, before: dict[str, AnnouncementSound]) -> "AnnouncementForm":
        """As the newest version fills it."""
        known = {"text_sv": newest.text_sv, "text_fi": newest.text_fi} if newest else {}
        kept = {f"keep_{language}": True for language in before}
        return cls(None, before=before, data={**known, **kept, "seen": newest.version if newest else 0})

    def validate_from_time(self, field: StringField) -> None:
        typed = (field.data or "").strip()
        if bool(typed) != (self.from_day.data is not None or bool(self.from_day.errors)):
            raise ValidationError(gettext("Skriv både dag och klockslag, eller lämna båda tomma."))
        if typed and not CLOCK.fullmatch(typed):
            raise ValidationError(gettext("Skriv klockslaget som i 8.00."))

    @property
    def valid_from(self) -> dt.datetime | None:
        """Of a valid form: the instant, as Helsinki's clocks show it; None: from now."""
        found = CLOCK.fullmatch((self.from_time.data or "").strip())
        if found is None or self.from_day.data is None:
            return None
        return clock.from_local(dt.datetime.combine(self.from_day.data, dt.time(int(found[1]), int(found[2]))))

    @property
    def files(self) -> dict[str, Upload]:
        fields = {language: self[f"sound_{language}"].upload for language in LANGUAGES}
        return {language: upload for language, upload in fields.items() if upload is not None}

    @property
    def keep(self) -> frozenset[str]:
        """The languages whose sound stays: ticked, and no new file beside."""
        ticked = (name for name in LANGUAGES if f"keep_{name}" in self and self[f"keep_{name}"].data)
        return frozenset(ticked) - set(self.files)
