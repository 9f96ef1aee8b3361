"""What may be asked of a search."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SearchField, SelectChoice, SelectField, SelectMultipleField, TelField
from wtforms.validators import Length, ValidationError

from portal import clock
from portal.accounts.models import Account
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.recordings import index, periods, search
from portal.recordings.forms import DIRECTIONS, FLAGS, LENGTHS, SORTS, TOLD
from portal.recordings.models import Direction, Told
from portal.recordings.sought import Pairs
from portal.spelling import date
from portal.web import DayField, SearchForm

T = TypeVar("T")


def _choices(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice("", _l("Alla")), *(SelectChoice(str(key), label) for key, label in labels.items())]


class FindForm(SearchForm):
    """The search. `query` turns it into what `search.find` takes; only after it has validated."""

    words = SearchField(_l("Ord i ämne och anteckningar"), [Length(max=200)])
    number = TelField(_l("Telefonnummer"), [Length(max=40)])
    first = DayField(_l("Från"), name="from")
    last = DayField(_l("Till"), name="to")
    period = HiddenField()
    """A quick choice, while its days are those in the fields."""
    queue = SelectField(_l("Servicenummer"))
    adviser = SelectField(_l("Kundrådgivare"))
    direction = SelectField(_l("Riktning"), choices=_choices(DIRECTIONS))
    length = SelectField(_l("Längd"), choices=_choices(LENGTHS))
    told = SelectField(_l("Informerad om inspelningen"), choices=_choices(TOLD))
    flags = SelectMultipleField(
        _l("Visa bara"),
        name="flag",
        choices=[SelectChoice(key, label) for key, label in FLAGS.items()],
    )
    sort = SelectField(_l("Ordning"), choices=[SelectChoice(str(key), label) for key, label in SORTS.items()])

    def __init__(self, formdata: Any, *, queues: list[Queue], advisers: list[Account], language: str) -> None:
        super().__init__(formdata)
        self._queues = {queue.uuid.hex: queue for queue in queues}
        self._advisers = {account.uuid.hex: account for account in advisers}
        self.queue.choices = _choices({key: queue.name(language) for key, queue in self._queues.items()})
        self.adviser.choices = _choices({key: account.name for key, account in self._advisers.items()})
        for field in (self.queue, self.adviser, self.direction, self.length, self.told):
            field.data = field.data or ""
        self.sort.data = self.sort.data or search.Sort.NEWEST

    def validate_words(self, field: SearchField) -> None:
        self._words = _read(search.words, field) or ()

    def validate_number(self, field: TelField) -> None:
        self._number = _read(search.number, field)

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and self.first.data > field.data:
            raise ValidationError(_l("Den sista dagen är före den första. Rätta en av dem."))

    @property
    def detailed(self) -> bool:
        """Is any of the seldom used filters on?"""
        fields = (self.direction, self.length, self.told, self.flags)
        return any(field.data or field.errors for field in fields)

    def query(self, *, before: int | None = None, after: int | None = None) -> search.Query:
        return search.Query(
            words=self._words,
            number=self._number,
            first=self.first.data,
            last=self.last.data,
            queue=self._queues.get(self.queue.data),
            adviser=self._advisers.get(self.adviser.data),
            direction=Direction(self.direction.data) if self.direction.data else None,
            length=self.length.data or None,
            told=Told(self.told.data) if self.told.data else None,
            flags=tuple(name for name in index.FLAGS if name in (self.flags.data or ())),
            sort=search.Sort(self.sort.data),
            before=before,
            after=after,
        )


NAMES = frozenset(
    ("words", "number", "from", "to", "period", "queue", "adviser", "direction", "length", "told", "flag", "sort")
)
"""Of the form's fields, as an address has them."""
LONGEST = 300
"""Characters of a value that are looked at: more than any field takes, and said to be too many."""


def settled(given: Pairs) -> Pairs:
    """The questions among `given`, without the empty ones, and the days of a quick choice written out. It stands only
    beside its own days: whoever types others has left it."""
    asked = [(name, value.strip()[:LONGEST]) for name, value in given if name in NAMES and value.strip()]
    asked = [pair for pair in asked if pair != ("sort", search.Sort.NEWEST)]
    chosen = dict(asked).get("period")
    if chosen is None:
        return asked
    first, last = periods.days(clock.today()).get(chosen, (None, None))
    days = [("from", date(first)), ("to", date(last))] if first and last else []
    if days and not {"from", "to"} & {name for name, _ in given}:
        return [*asked, *days]
    if days == [pair for pair in asked if pair[0] in ("from", "to")]:
        return asked
    return [pair for pair in asked if pair[0] != "period"]


def _read(reader: Callable[[str], T], field: Any) -> T | None:
    if not field.data:
        return None
    try:
        return reader(field.data)
    except Invalid as error:
        raise ValidationError(_l(error.text)) from error
