"""What may be typed into a document, and in which language it is ordered."""

import datetime as dt
import json
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from portal.documents.facts import RECIPIENT_LINES_MOST
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Conflict
from portal.language import LANGUAGES
from portal.web import DayField, Form, printable

LINE_MOST = 60
REMARK_MOST = 2000
TEXT_MOST = 6000


class LanguageForm(Form):
    """One button per language."""

    language = HiddenField(validators=[AnyOf(LANGUAGES)])


class ActForm(Form):
    """A button that asks nothing."""


class LinesField(TextAreaField):
    """Lines of a window; empty ones left out."""

    def lines(self) -> list[str]:
        return [" ".join(line.split()) for line in (self.data or "").splitlines() if line.strip()]


def _fits_the_window(form: Form, field: LinesField) -> None:
    lines = field.lines()
    if len(lines) > RECIPIENT_LINES_MOST:
        raise ValidationError(
            gettext("Högst %(count)s rader ryms i kuvertets fönster. Korta adressen.", count=RECIPIENT_LINES_MOST)
        )
    if any(len(line) > LINE_MOST for line in lines):
        raise ValidationError(gettext("En rad får ha högst %(count)s tecken.", count=LINE_MOST))


class DraftForm(Form):
    """Base: the version of the content it was made from, and what it fills in."""

    version = HiddenField()

    def typed(self) -> dict[str, Any]:
        """Of a valid form: the part of the content that it fills in."""
        raise NotImplementedError

    @classmethod
    def of(cls, content: dict[str, Any], version: str) -> "DraftForm":
        """The form as the content fills it."""
        raise NotImplementedError


class RemarkForm(DraftForm):
    """A purge protocol: facts of the register, and what the responsible person adds."""

    remark = TextAreaField(
        _l("Anmärkning"),
        validators=[Length(max=REMARK_MOST, message=_l("Anmärkningen får ha högst 2 000 tecken.")), printable],
        description=_l(
            "Skrivs sist i protokollet. Lämna tomt om det inte finns något att anmärka. Inga personuppgifter."
        ),
        render_kw={"rows": 6},
    )

    def typed(self) -> dict[str, Any]:
        return {"remark": _plain(self.remark.data)}

    @classmethod
    def of(cls, content: dict[str, Any], version: str) -> "RemarkForm":
        return cls(remark=content.get("remark", ""), version=version)


class ExtractForm(DraftForm):
    """An extract of the log: to whom it goes."""

    recipient = LinesField(
        _l("Mottagare"),
        validators=[_fits_the_window, printable],
        description=_l("Namn och adress, högst sex rader. Lämna tomt om utdraget inte ska skickas."),
        render_kw={"rows": 4},
    )
    remark = TextAreaField(
        _l("Anmärkning"),
        validators=[Length(max=REMARK_MOST, message=_l("Anmärkningen får ha högst 2 000 tecken.")), printable],
        description=_l("Skrivs i utdraget. Lämna tomt om det inte finns något att anmärka."),
        render_kw={"rows": 6},
    )

    def typed(self) -> dict[str, Any]:
        return {"recipient": self.recipient.lines(), "remark": _plain(self.remark.data)}

    @classmethod
    def of(cls, content: dict[str, Any], version: str) -> "ExtractForm":
        return cls(remark=content.get("remark", ""), recipient="\n".join(content.get("recipient", [])), version=version)


class EmployeeForm(ExtractForm):
    """An extract of what one person did: also why."""

    ground_words = TextAreaField(
        _l("Varför utdraget görs"),
        validators=[
            DataRequired(_l("Skriv varför utdraget görs.")),
            Length(max=REMARK_MOST, message=_l("Texten får ha högst 2 000 tecken.")),
            printable,
        ],
        description=_l("Skrivs i utdraget. Nämn ärendet, men ingen invånare."),
        render_kw={"rows": 4},
    )

    def typed(self) -> dict[str, Any]:
        return {**super().typed(), "ground_words": _plain(self.ground_words.data)}

    @classmethod
    def of(cls, content: dict[str, Any], version: str) -> "EmployeeForm":
        return cls(
            remark=content.get("remark", ""),
            recipient="\n".join(content.get("recipient", [])),
            ground_words=content.get("ground_words", ""),
            version=version,
        )


class CallerForm(ExtractForm):
    """An extract for somebody who called: also the case, when there is one."""

    case = StringField(_l("Diarienummer"), validators=[Length(max=40, message=_l("Högst 40 tecken.")), printable])

    def typed(self) -> dict[str, Any]:
        return {**super().typed(), "case": self.case.data or ""}

    @classmethod
    def of(cls, content: dict[str, Any], version: str) -> "CallerForm":
        return cls(
            remark=content.get("remark", ""),
            recipient="\n".join(content.get("recipient", [])),
            case=content.get("case", ""),
            version=version,
        )


class SpecimenForm(DraftForm):
    """A letter that shows every shared part."""

    recipient = LinesField(
        _l("Mottagare"),
        validators=[DataRequired(_l("Skriv en mottagare.")), _fits_the_window, printable],
        description=_l("Namn och adress, högst sex rader."),
        render_kw={"rows": 4},
    )
    subject = StringField(
        _l("Ämne"),
        validators=[
            DataRequired(_l("Skriv ett ämne.")),
            Length(max=160, message=_l("Ämnet får ha högst 160 tecken.")),
            printable,
        ],
    )
    case = StringField(_l("Diarienummer"), validators=[Length(max=40, message=_l("Högst 40 tecken.")), printable])
    request_on = DayField(_l("Begäran daterad"))
    received_on = DayField(_l("Begäran mottagen"))
    paragraphs = TextAreaField(
        _l("Text"),
        validators=[Length(max=TEXT_MOST, message=_l("Texten får ha högst 6 000 tecken.")), printable],
        description=_l("En tom rad skiljer stycken åt."),
        render_kw={"rows": 10},
    )

    def typed(self) -> dict[str, Any]:
        text = _plain(self.paragraphs.data)
        return {
            "recipient": self.recipient.lines(),
            "subject": " ".join((self.subject.data or "").split()),
            "case": self.case.data or "",
            "request_on": self.request_on.data.isoformat() if self.request_on.data else None,
            "received_on": self.received_on.data.isoformat() if self.received_on.data else None,
            "paragraphs": [" ".join(part.split()) for part in text.split("\n\n") if part.strip()],
        }

    @classmethod
    def of(cls, content: dict[str, Any], version: str) -> "SpecimenForm":
        def day(name: str) -> dt.date | None:
            return dt.date.fromisoformat(content[name]) if content.get(name) else None

        return cls(
            recipient="\n".join(content.get("recipient", [])),
            subject=content.get("subject", ""),
            case=content.get("case", ""),
            request_on=day("request_on"),
            received_on=day("received_on"),
            paragraphs="\n\n".join(content.get("paragraphs", [])),
            version=version,
        )


FORMS: dict[str, type[DraftForm]] = {
    Kind.PURGE_DAY: RemarkForm,
    Kind.PURGE_MONTH: RemarkForm,
    Kind.LOG_MONTH: RemarkForm,
    Kind.LOG_EXTRACT: ExtractForm,
    Kind.CALLER_EXTRACT: CallerForm,
    Kind.SPECIMEN: SpecimenForm,
}


def _plain(text: str | None) -> str:
    """One kind of line end, no blanks at the ends."""
    return "\n".join(line.strip() for line in (text or "").splitlines()).strip()


def form_of(document: Document) -> type[DraftForm]:
    """What is typed of it. Raises Conflict for a kind of which nothing is."""
    if document.kind == Kind.LOG_EXTRACT and "ground" in json.loads(document.content):
        return EmployeeForm
    if document.kind not in FORMS:
        raise Conflict
    return FORMS[document.kind]
