"""What may be typed about a complaint of an answer."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.cases import words
from portal.cases.answer_forms import needs_day
from portal.cases.complaint_words import BODIES, DIRECTIONS, RESULTS
from portal.cases.complaints import overturnable
from portal.cases.forms import choices, chosen, line_field, words_field
from portal.cases.models import Case
from portal.uploads import FilesField
from portal.web import DayField, Form

WORDS_MOST = 4000


class NoteForm(Form):
    body = RadioField(_l("Var klagomålet behandlas"), validate_choice=False)
    body_words = line_field(
        _l("Vilken domstol eller myndighet"),
        description=_l("Behövs inte för dataombudsmannen. Till exempel Helsingfors förvaltningsdomstol."),
    )
    reference = line_field(_l("Dess ärendenummer"), description=_l("Om det är känt."))
    complained_on = DayField(_l("Dag då staden fick veta"))
    asks = words_field(
        _l("Vad staden ombeds göra"), most=WORDS_MOST, description=_l("Till exempel lämna in en redogörelse.")
    )
    answer_by = DayField(_l("Senast den"), description=_l("Om staden ska svara före en viss dag."))

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body.choices = choices(BODIES)

    def validate_body(self, field: RadioField) -> None:
        chosen(self, field)

    def validate_complained_on(self, field: DayField) -> None:
        needs_day(field)


class ChangeForm(Form):
    """What the body wants, as it is known later."""

    reference = line_field(_l("Dess ärendenummer"))
    asks = words_field(_l("Vad staden ombeds göra"), most=WORDS_MOST)
    answer_by = DayField(_l("Senast den"), description=_l("Om staden ska svara före en viss dag."))


class EndForm(Form):
    result = RadioField(_l("Hur det avgjordes"), validate_choice=False)
    decided_on = DayField(_l("Avgörandets dag"))
    decided = words_field(
        _l("Vad som avgjordes"), most=WORDS_MOST, missing=_l("Skriv vad som avgjordes, så att det kan verkställas.")
    )
    overturned = SelectMultipleField(
        _l("Det som ska besvaras på nytt"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
        description=_l("Bara när svaret ändras. Begäran öppnas på nytt för det som väljs här, och för inget annat."),
    )
    due_on = DayField(
        _l("Nytt svar senast"),
        description=_l("Dagen i avgörandet. Finns ingen räknas tiden från i dag, som för en ny begäran."),
    )

    def __init__(self, *args: object, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result.choices = choices(RESULTS)
        self.overturned.choices = choices({right.right: words.RIGHTS[right.right] for right in overturnable(case)})

    def validate_result(self, field: RadioField) -> None:
        chosen(self, field)

    def validate_decided_on(self, field: DayField) -> None:
        needs_day(field)


class PaperForm(Form):
    """Papers that came from the body, or went to it."""

    direction = RadioField(_l("Handlingarna har"), validate_choice=False)
    files = FilesField(_l("Handlingar"), description=_l("PDF, PNG eller JPEG, högst 10 MB var. Förseglas."))

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.direction.choices = choices(DIRECTIONS)

    def validate_direction(self, field: RadioField) -> None:
        chosen(self, field)

    def validate_files(self, field: FilesField) -> None:
        if not field.files:
            raise ValidationError(_l("Välj en fil."))
