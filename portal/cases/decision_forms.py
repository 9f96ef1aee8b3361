"""What may be typed about one call: how it is given, which passages are silent, what was said."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, ValidationError

from portal.cases import passages, words
from portal.cases.codes import Decision, Ground
from portal.cases.forms import words_field
from portal.cases.models import CaseCall, Line, Passage
from portal.cases.passages import LINES_MOST, PASSAGES_MOST, Fault, LineTyped, PassageTyped
from portal.web import Form, OffsetField, plain, printable

REASON_MAX = 1000
SAID_MAX = 2000
NEW_LINES = 10
"""Rows to write on in a transcript, below those that are written."""

TOO_LONG = _l("Skriv högst %(max)d tecken.")


def _words(label: Any, *, description: Any = "") -> TextAreaField:
    return words_field(label, most=REASON_MAX, description=description, rows=2)


def _grounds(empty: Any) -> list[SelectChoice]:
    return [SelectChoice("", empty), *(SelectChoice(str(code), _l(text)) for code, text in words.GROUNDS.items())]


class DecisionForm(Form):
    """How the call is given."""

    decision = RadioField(_l("Hur ges samtalet?"), validate_choice=False)
    ground = SelectField(_l("Grund"))
    interest = _words(_l("Vems intresse"), description=_l("Till exempel: en granne som nämns vid namn."))
    harm = _words(_l("Vilken skada"), description=_l("Konkret: vad som skulle hända om det gavs."))
    milder = _words(
        _l("Mildare sätt som har prövats"),
        description=_l("Till exempel att tysta avsnitt, och varför det inte räcker."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.decision.choices = [(str(code), _l(text)) for code, text in words.DECISIONS.items()]
        self.ground.choices = _grounds(_l("Ingen"))
        self.ground.data = self.ground.data or ""

    @classmethod
    def of(cls, call: CaseCall) -> "DecisionForm":
        names = ("decision", "ground", "interest", "harm", "milder")
        return cls(None, **{name: getattr(call, name) for name in names})

    @property
    def reasons(self) -> dict[str, str]:
        names = ("ground", "interest", "harm", "milder")
        return {name: self[name].data or "" for name in names}

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in words.DECISIONS:
            raise ValidationError(_l("Välj hur samtalet ges."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Reasons are asked for where something is not given."""
        sound = bool(super().validate(extra_validators))
        withheld = self.decision.data == Decision.WITHHELD
        if not withheld and not (self.decision.data == Decision.TRANSCRIPT and any(self.reasons.values())):
            return sound
        lacking = [] if self.ground.data else [("ground", _l("Välj en grund."))]
        interest, harm, milder = (self.reasons[name] for name in ("interest", "harm", "milder"))
        lacking += [(name, _l(text)) for name, text in passages.reason_faults(interest, harm, milder)]
        for name, text in lacking:
            self[name].errors = [*self[name].errors, text]
        return sound and not lacking


class Row(Form):
    """A row among others of a form that has the token."""

    class Meta(Form.Meta):
        csrf = False

    def is_blank(self) -> bool:
        """Has nothing been typed in it?"""
        return not any(field.data or getattr(field, "raw", "") for field in self if field.type != "SelectField")

    def tell(self, field: str, text: str) -> None:
        """Put a fault beside its field."""
        self[field].errors = [*self[field].errors, gettext(text)]


class PassageRow(Row):
    start_ms = OffsetField(_l("Tyst från"))
    end_ms = OffsetField(_l("Tyst till"))
    ground = SelectField(_l("Grund"))
    interest = _words(_l("Vems intresse"))
    harm = _words(_l("Vilken skada"))
    milder = _words(_l("Mildare sätt som har prövats"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.ground.choices = _grounds(_l("Välj"))[1:]
        self.ground.data = self.ground.data or str(Ground.OTHERS)

    def typed(self) -> PassageTyped:
        return PassageTyped(
            self.start_ms.data or 0,
            self.end_ms.data or 0,
            self.ground.data,
            *(self[name].data or "" for name in ("interest", "harm", "milder")),
        )


class LineRow(Row):
    at_ms = OffsetField(_l("Tid"))
    speaker = SelectField(_l("Vem"))
    text = TextAreaField(
        _l("Vad som sägs, ord för ord"),
        [Length(max=SAID_MAX, message=TOO_LONG), printable],  # whatever was said, a personal identity code too
        filters=[plain],
        render_kw={"rows": 2},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.speaker.choices = [SelectChoice(code, _l(text)) for code, text in words.SPEAKERS.items()]
        self.speaker.data = self.speaker.data or "caller"

    def typed(self) -> LineTyped:
        return LineTyped(self.at_ms.data or 0, self.speaker.data, self.text.data or "")


class RowsForm(Form):
    """Rows that are added and taken away, and saved together."""

    rows: Any

    def settle(self) -> None:
        """Leave out what nobody wrote anything in."""
        self.rows.entries = [entry for entry in self.rows.entries if not entry.form.is_blank()]

    def change(self, what: str, *, new: int) -> bool:
        """Do what a button of the form says, other than to save: 'add', or 'remove' and a row's name."""
        if what == "add":
            for _ in range(min(new, self.rows.max_entries - len(self.rows.entries))):
                self.rows.append_entry()
            return True
        verb, _, name = what.partition(" ")
        if verb != "remove":
            return False
        self.rows.entries = [entry for entry in self.rows.entries if entry.name != name]
        return True

    def typed(self) -> list[Any]:
        return [entry.form.typed() for entry in self.rows.entries]

    def tell(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.rows.entries[fault.row].form.tell(fault.field, fault.text)

    @property
    def faulty(self) -> list[tuple[int, Any]]:
        """Row number from 1 and field, of every field with a fault."""
        return [
            (place, field) for place, entry in enumerate(self.rows.entries, 1) for field in entry.form if field.errors
        ]


class PassagesForm(RowsForm):
    rows = FieldList(FormField(PassageRow), max_entries=PASSAGES_MOST)

    @classmethod
    def of(cls, kept: list[Passage]) -> "PassagesForm":
        names = PassageTyped._fields
        return cls(None, rows=[{name: getattr(row, name) for name in names} for row in kept])

    def faults(self, duration_ms: int) -> list[Fault]:
        return passages.passage_faults(self.typed(), duration_ms)


class TranscriptForm(RowsForm):
    rows = FieldList(FormField(LineRow), max_entries=LINES_MOST)

    @classmethod
    def of(cls, kept: list[Line]) -> "TranscriptForm":
        names = LineTyped._fields
        return cls(None, rows=[{name: getattr(row, name) for name in names} for row in kept])

    def faults(self, duration_ms: int) -> list[Fault]:
        return passages.line_faults(self.typed(), duration_ms)
