"""What may be typed about an entry that is wrong: another value and why, a report, the need of an original."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.accounts.models import Account
from portal.queues.models import Queue
from portal.recordings import corrections, entries, errors
from portal.recordings.correction_models import Entry
from portal.recordings.forms import DIRECTIONS, TOLD, no_personal_code
from portal.web import Form, plain

TOO_LONG = _l("Skriv högst %(max)d tecken.")
NEED_MOST = 300

ENTRIES = {
    Entry.SUBJECT: _l("Ämne"),
    Entry.NOTE: _l("Anteckning"),
    Entry.NUMBER: _l("Nummer"),
    Entry.QUEUE: _l("Servicenummer"),
    Entry.TOLD: _l("Informerad om inspelningen"),
    Entry.DIRECTION: _l("Riktning"),
    Entry.ADVISER: _l("Kundrådgivare"),
}
HELP = {
    Entry.SUBJECT: _l("Skriv vad samtalet gällde, inte vem det gällde. Lämna tomt för att ta bort ämnet."),
    Entry.NOTE: _l("Hela texten, så som den ska stå. Lämna tomt för att ta bort den."),
    Entry.NUMBER: _l("Hela numret. Lämna tomt om det inte är känt vem som ringde."),
    Entry.QUEUE: _l("De som har servicenumret ser samtalet. Har du det inte själv, ser du inte samtalet längre."),
}


class CorrectForm(Form):
    """Another value of one entry. `value` is made of the kind that the entry needs."""

    reason = TextAreaField(
        _l("Varför uppgiften rättas"),
        [
            DataRequired(_l("Skriv varför uppgiften rättas.")),
            Length(max=corrections.REASON_MOST, message=TOO_LONG),
            no_personal_code,
        ],
        filters=[plain],
        description=_l("Skälet står kvar bredvid rättelsen. Det gamla värdet förseglas."),
        render_kw={"rows": 2},
    )
    seen = HiddenField()
    """The value that the person saw."""
    report = HiddenField()
    """The report of an error that it answers, if any."""

    value: Any


def correct_form(
    entry: str, *args: Any, queues: list[Queue], advisers: list[Account], language: str, **data: Any
) -> CorrectForm:
    """The form for `entry`, with its choices."""
    label, said = _l("Ny uppgift"), HELP.get(Entry(entry), "")
    field: Any
    if entry == Entry.NOTE:
        checks = [Length(max=entries.NOTE_MOST, message=TOO_LONG)]
        field = TextAreaField(label, checks, filters=[plain], description=said, render_kw={"rows": 4})
    elif entry in (Entry.SUBJECT, Entry.NUMBER):
        most = entries.SUBJECT_MOST if entry == Entry.SUBJECT else 40
        checks = [Length(max=most, message=TOO_LONG)]
        field = StringField(label, checks, filters=[plain], description=said, render_kw={"autocomplete": "off"})
    else:
        choices = {
            Entry.QUEUE: [SelectChoice(queue.uuid.hex, queue.name(language)) for queue in queues],
            Entry.ADVISER: [
                SelectChoice("", _l("Ingen känd")),
                *(SelectChoice(account.uuid.hex, account.name) for account in advisers),
            ],
            Entry.TOLD: [SelectChoice(str(code), text) for code, text in TOLD.items()],
            Entry.DIRECTION: [
                SelectChoice("", _l("Inte känd")),
                *(SelectChoice(str(code), text) for code, text in DIRECTIONS.items()),
            ],
        }
        field = SelectField(label, [_chosen], choices=choices[Entry(entry)], validate_choice=False, description=said)
    return type("CorrectForm", (CorrectForm,), {"value": field})(*args, **data)


def _chosen(form: Form, field: SelectField) -> None:
    if field.data not in [choice.value for choice in field.choices]:
        raise ValidationError(_l("Välj ett av alternativen."))


class ReportForm(Form):
    """What is wrong, for whoever may correct it."""

    words = TextAreaField(
        _l("Vad är fel, och vad är rätt?"),
        [DataRequired(_l(errors.WordsNeeded.text)), Length(max=errors.WORDS_MOST, message=TOO_LONG), no_personal_code],
        filters=[plain],
        description=_l("Handläggarna och cheferna för servicenumret ser anmälan. Den raderas med samtalet."),
        render_kw={"rows": 3},
    )


class DismissForm(Form):
    """Why nothing is corrected."""

    answer = TextAreaField(
        _l("Varför uppgiften inte rättas"),
        [DataRequired(_l(errors.AnswerNeeded.text)), Length(max=errors.WORDS_MOST, message=TOO_LONG), no_personal_code],
        filters=[plain],
        description=_l("Den som anmälde felet ser svaret."),
        render_kw={"rows": 2},
    )


class NeedForm(Form):
    """Why an original is opened."""

    need = StringField(
        _l("Vad du behöver den till"),
        [DataRequired(_l(corrections.NeedNeeded.text)), Length(max=NEED_MOST, message=TOO_LONG), no_personal_code],
        filters=[plain],
        description=_l("Det du skriver visas bredvid rättelsen, och öppnandet står i loggen."),
    )
