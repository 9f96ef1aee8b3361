"""What may be typed about user rights."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.accounts.words import ROLE_NAMES
from portal.queues.models import Queue
from portal.rights import asking, reading, words
from portal.rights.models import EMERGENCY
from portal.web import DayField, Form, SearchForm, VersionField, plain, printable

MOST = 2000
TEXT_MOST = 20_000
TOO_LONG = _l("Skriv högst %(max)d tecken.")
WHICH = {
    "": _l("De som väntar, gäller eller ska börja"),
    reading.WAITING: _l("De som väntar på beslut"),
    reading.NOW: _l("De som gäller nu"),
    reading.COMING: _l("De som börjar senare"),
    reading.OVER: _l("De som inte längre gäller"),
}


def prose(label: Any, *, missing: Any = "", description: Any = "", rows: int = 3, most: int = MOST) -> TextAreaField:
    needed = [DataRequired(missing)] if missing else []
    checks = [*needed, Length(max=most, message=TOO_LONG), printable]
    return TextAreaField(label, checks, filters=[plain], description=description, render_kw={"rows": rows})


def check_day(form: Form, field: DayField) -> None:
    if field.data is None:
        raise ValidationError(_l("Skriv dagen."))


class ListForm(SearchForm):
    """Which rights are listed."""

    q = StringField(_l("Person"), [Length(max=100)])
    role = SelectField(_l("Roll"), choices=[], validate_choice=False)
    queue = SelectField(_l("Servicenummer"), choices=[], validate_choice=False)
    state = SelectField(
        _l("Läge"), choices=[SelectChoice(*one) for one in WHICH.items()], default="", validate_choice=False
    )
    soon = BooleanField(_l("Slutar snart"))

    def offer(self, queues: Iterable[Queue], language: str) -> "ListForm":
        self.role.choices = [SelectChoice("", gettext("Alla roller"))] + [
            SelectChoice(role.value, gettext(name)) for role, name in ROLE_NAMES.items()
        ]
        self.queue.choices = [SelectChoice("", gettext("Alla servicenummer")), *_named(queues, language)]
        return self

    @property
    def asked(self) -> reading.Asked:
        """What cannot be is not asked."""
        try:
            queue = uuid.UUID(self.queue.data) if self.queue.data else None
        except ValueError:
            queue = None
        return reading.Asked(
            words=(self.q.data or "")[:100],
            role=self.role.data if self.role.data in set(Role) else "",
            queue=queue,
            state=self.state.data if self.state.data in WHICH else "",
            soon=bool(self.soon.data),
        )


class _RightForm(Form):
    person = SelectField(_l("Person"), choices=[], validate_choice=False)
    role = RadioField(_l("Roll"), choices=[], validate_choice=False)
    queues = SelectMultipleField(
        _l("Servicenumren"),
        choices=[],
        option_widget=CheckboxInput(),
        validate_choice=False,
        description=_l(
            "Kundrådgivare, chefer och handläggare når bara samtal till de servicenummer som väljs här. "
            "Välj bara dem som arbetet gäller. För de andra rollerna väljs inga."
        ),
    )

    def offer(self, people: Sequence[Account], roles: Iterable[Role], queues: Iterable[Queue], language: str) -> Any:
        self._people = {account.uuid.hex: account for account in people}
        self._queues = {queue.uuid.hex: queue for queue in queues}
        self.person.choices = [SelectChoice("", gettext("Välj person"))] + [
            SelectChoice(key, f"{account.name} ({account.username})") for key, account in self._people.items()
        ]
        wanted = set(roles)
        self.role.choices = [
            SelectChoice(role.value, f"{_begun(name)}: {gettext(words.MAY[role])}")
            for role, name in ROLE_NAMES.items()
            if role in wanted
        ]
        self.queues.choices = _named(self._queues.values(), language)
        return self

    def validate_person(self, field: Any) -> None:
        if self.account is None:
            raise ValidationError(gettext("Välj en person."))

    def validate_role(self, field: Any) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(gettext(asking.RoleNeeded.text))

    @property
    def account(self) -> Account | None:
        return self._people.get(self.person.data or "")

    @property
    def scope(self) -> list[Queue]:
        return [self._queues[key] for key in self.queues.data or [] if key in self._queues]


class AskForm(_RightForm):
    reason = prose(
        _l("Varför behövs rättigheten?"),
        missing=_l("Skriv varför rättigheten behövs."),
        description=_l("Vilken arbetsuppgift det gäller. Den som beslutar läser detta, och personen själv."),
    )
    first_on = DayField(_l("Från och med"), [check_day])
    last_on = DayField(_l("Till och med"), [check_day])


class EmergencyForm(_RightForm):
    hours = IntegerField(_l("Hur många timmar?"), render_kw={"inputmode": "numeric"})
    reason = prose(
        _l("Vad har hänt, och varför går det inte att vänta på ett beslut?"),
        missing=_l("Skriv varför det inte går att vänta på ett beslut."),
    )

    def offer(self, people: Sequence[Account], roles: Iterable[Role], queues: Iterable[Queue], language: str) -> Any:
        return super().offer(people, set(roles) & set(EMERGENCY), queues, language)

    def validate_hours(self, field: Any) -> None:
        if field.data is None:
            field.errors = []
            raise ValidationError(gettext("Skriv antalet timmar med siffror."))


class GrantForm(Form):
    remark = prose(_l("Anmärkning (frivillig)"), rows=2)


class RefuseForm(Form):
    why = prose(_l("Varför avslås begäran?"), missing=_l("Skriv varför begäran avslås."))


class EndForm(Form):
    reason = prose(_l("Varför avslutas rättigheten?"), missing=_l("Skriv varför rättigheten avslutas."))


class SeenForm(Form):
    words = prose(
        _l("Vad fann du?"),
        missing=_l("Skriv vad du fann."),
        description=_l("Om det var ett nödläge, och om rättigheten användes för det."),
    )


class PrinciplesForm(Form):
    seen = VersionField()
    text_sv = prose(_l("Principerna på svenska"), missing=_l("Skriv texten."), rows=14, most=TEXT_MOST)
    text_fi = prose(_l("Principerna på finska"), missing=_l("Skriv texten."), rows=14, most=TEXT_MOST)
    valid_from = DayField(_l("Gäller från och med"), [check_day])


def _named(queues: Iterable[Queue], language: str) -> list[SelectChoice]:
    return [SelectChoice(queue.uuid.hex, f"{queue.name(language)} ({queue.number})") for queue in queues]


def _begun(text: str) -> str:
    """Words that elsewhere stand inside a line, as the label of a choice begins."""
    said = gettext(text)
    return said[:1].upper() + said[1:]
