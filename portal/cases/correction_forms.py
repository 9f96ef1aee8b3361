"""What may be typed when facts are corrected, an original is opened, or a person adds something to a call."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.cases.forms import FactsForm, line_field, words_field
from portal.cases.intake import FACTS, LATER
from portal.recordings import statements
from portal.recordings.corrections import REASON_MOST
from portal.retention import papers
from portal.uploads import FilesField
from portal.web import Form


class ChangeForm(FactsForm):
    """The facts corrected, and why. After the answer only those that no answer rests on."""

    reason = words_field(
        _l("Varför uppgifterna rättas"),
        most=REASON_MOST,
        missing=_l("Skriv varför uppgifterna rättas."),
        description=_l("Skälet visas bredvid det som rättades. Det som stod före förseglas."),
        rows=2,
    )

    def __init__(self, *args: Any, later: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if later:
            for name in {*FACTS, "numbers", "rights"} - set(LATER):
                del self[name]


class CompletionForm(Form):
    """What a person adds to a call: words, a paper, or both."""

    text = words_field(
        _l("Personens tillägg, med egna ord"),
        most=statements.TEXT_MOST,
        description=_l("Ordagrant, så som personen vill ha det."),
    )
    files = FilesField(_l("Handling"), description=_l("En PDF, PNG eller JPEG, högst 10 MB. Förseglas."))

    def validate_files(self, field: FilesField) -> None:
        if len(field.files) > 1:
            raise ValidationError(_l("Foga en handling åt gången."))
        if not field.files and not self.text.data:
            raise ValidationError(_l(statements.Empty.text))

    @property
    def given(self) -> statements.Paper | None:
        """Of a valid form."""
        if not self.files.files:
            return None
        name, _, content = self.files.files[0]
        return statements.Paper(papers.named(name), content)


class NeedForm(Form):
    """Why an original is opened."""

    need = line_field(
        _l("Vad du behöver den till"),
        most=300,
        missing=_l("Skriv vad du behöver den ursprungliga uppgiften till."),
        description=_l("Det du skriver visas bredvid rättelsen, och öppnandet står i loggen."),
    )
