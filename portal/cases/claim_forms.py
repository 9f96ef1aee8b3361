"""What may be typed when a claim is noted and decided."""

import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.models import Account
from portal.cases import claim_words, entries, overview_words, phrases
from portal.cases.claim_models import Claim
from portal.cases.claims import possible
from portal.cases.codes import REFUSALS, ClaimDecision, Disputed, RightKind
from portal.cases.forms import chosen, line_field, words_field
from portal.cases.models import CaseCall
from portal.cases.rulings import GROUNDS, REASONS_LEAST
from portal.queues.models import Queue
from portal.recordings.entries import COMMENT_MOST, NOTE_MOST
from portal.spelling import phone
from portal.web import Form, OffsetField, language, plain

DEMANDED_MOST = 2000
REASONS_MOST = 6000
SHOWN_MOST = 90
"""Signs of an entry in a list of choices."""

_DEMANDED = {
    "most": DEMANDED_MOST,
    "missing": _l("Skriv vad personen yrkar, med personens egna ord: intyget återger det ordagrant."),
    "description": _l("Ordagrant, som i begäran."),
}


def shown(entry: str, value: str) -> str:
    """A value of an entry, as the page says it."""
    if not value:
        return gettext("(tomt)")
    if entry == Disputed.NUMBER:
        return phone(value)
    if entry == Disputed.QUEUE and (queue := Queue.get_or_none(Queue.uuid == _key(value))):
        return str(queue.name(language()))
    if entry == Disputed.ADVISER and (account := Account.get_or_none(Account.uuid == _key(value))):
        return str(account.name)
    return gettext(claim_words.VALUES.get(entry, {}).get(value, value)) if entry in claim_words.VALUES else value


def _key(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


class EntryForm(Form):
    """What of one call is demanded to be otherwise."""

    about = RadioField(_l("Vilken uppgift gäller det?"), validate_choice=False)
    quote = words_field(
        _l("Det som sägs och som personen bestrider"),
        most=DEMANDED_MOST,
        description=_l("Ord för ord. Behövs när yrkandet gäller det som sägs i samtalet; ljudet ändras aldrig."),
    )
    demanded = words_field(_l("Vad personen yrkar"), **_DEMANDED)

    def __init__(self, *args: Any, call: CaseCall, right: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self._standing = {
            f"{one.entry}{one.note.hex if one.note else ''}": one for one in entries.of_call(call, right, language())
        }
        self.about.choices = [SelectChoice(key, _choice(one)) for key, one in self._standing.items()]
        if Disputed.SPEECH not in self._standing:
            del self.quote

    def validate_about(self, field: RadioField) -> None:
        chosen(self, field)

    def about_what(self) -> dict[str, Any]:
        """As `claims.add` takes it."""
        one = self._standing[self.about.data]
        quote = (self.quote.data or "") if "quote" in self else ""
        return {"entry": one.entry, "note": one.note, "quote": quote, "demanded": self.demanded.data}


def _choice(one: entries.Standing) -> str:
    name = gettext(claim_words.ENTRIES[one.entry])
    if one.entry == Disputed.SPEECH:
        return name
    words = shown(one.entry, one.words)
    return f"{name}: {words if len(words) <= SHOWN_MOST else words[:SHOWN_MOST] + '…'}"


class PassageForm(Form):
    """A passage of one call that is demanded to be erased."""

    start_ms = OffsetField(_l("Avsnittet börjar"), description=_l("Tiden i samtalet, som i 1:05 eller 1:05,3."))
    end_ms = OffsetField(_l("Avsnittet slutar"))
    demanded = words_field(_l("Vad personen yrkar"), **_DEMANDED)


class CallsForm(Form):
    """Whole calls that are demanded to be erased or restricted."""

    calls = SelectMultipleField(
        _l("Vilka samtal gäller det?"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    demanded = words_field(_l("Vad personen yrkar"), **_DEMANDED)

    def __init__(self, *args: Any, calls: list[CaseCall], **more: Any) -> None:
        super().__init__(*args, **more)
        self._calls = {call.uuid.hex: call for call in calls}
        self.calls.choices = [(key, _call(call)) for key, call in self._calls.items()]

    def validate_calls(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_l("Välj minst ett samtal."))

    def chosen(self) -> list[CaseCall]:
        return [self._calls[key] for key in self.calls.data]


def _call(call: CaseCall) -> str:
    return entries.verbatim(call, Disputed.CALL, language())


class FactForm(Form):
    """A fact of the request itself."""

    fact = SelectField(_l("Vilken uppgift gäller det?"))
    fact_demanded = words_field(_l("Vad personen yrkar"), **_DEMANDED)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fact.choices = [SelectChoice(name, _l(overview_words.FACTS[name])) for name in entries.FACTS]


class ChangeForm(Form):
    """The demand worded otherwise; and of what is said, or of a passage, what it is about."""

    quote = words_field(_l("Det som sägs och som personen bestrider"), most=DEMANDED_MOST)
    start_ms = OffsetField(_l("Avsnittet börjar"), description=_l("Tiden i samtalet, som i 1:05 eller 1:05,3."))
    end_ms = OffsetField(_l("Avsnittet slutar"))
    demanded = words_field(_l("Vad personen yrkar"), **_DEMANDED)

    def __init__(self, *args: Any, claim: Claim, **more: Any) -> None:
        super().__init__(*args, **more)
        if claim.entry != Disputed.SPEECH:
            del self.quote
        if claim.entry != Disputed.PASSAGE:
            del self.start_ms, self.end_ms

    @classmethod
    def of(cls, claim: Claim) -> "ChangeForm":
        values = {"quote": claim.disputed, "start_ms": claim.start_ms, "end_ms": claim.end_ms}
        return cls(None, claim=claim, demanded=claim.demanded, **values)

    def typed(self) -> dict[str, Any]:
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}


def _value_field(claim: Claim) -> Any:
    """For the new value, as the entry asks for it."""
    label = _l("Nytt värde")
    match claim.entry:
        case Disputed.NOTE:
            return words_field(label, most=NOTE_MOST)
        case Disputed.REVIEW:
            return words_field(label, most=COMMENT_MOST)
        case Disputed.TOLD | Disputed.DIRECTION:
            options = [(str(code), _l(text)) for code, text in claim_words.VALUES[claim.entry].items()]
        case Disputed.QUEUE:
            options = [(queue.uuid.hex, queue.name(language())) for queue in Queue.select().order_by(Queue.number)]
        case Disputed.ADVISER:
            people = Account.select().order_by(Account.name)
            options = [("", _l("Ingen känd"))] + [(one.uuid.hex, one.name) for one in people]
        case Disputed.NUMBER:
            return line_field(label, most=40, description=_l("Lämna tomt om samtalet inte ska kopplas till något."))
        case Disputed.FACT if claim.fact == "address":
            return words_field(label, most=400)
        case _:
            return line_field(label, most=200, description=_l("Lämna tomt om uppgiften ska tas bort."))
    return SelectField(label, choices=[SelectChoice("-", _l("Välj …")), *(SelectChoice(*one) for one in options)])


class DecisionForm(Form):
    """How a claim is decided; the fields are those that its right and entry ask for (`decision_form`)."""

    decision = RadioField(_l("Hur avgörs yrkandet?"), validate_choice=False)
    reasons = words_field(
        _l("Skälen för just det här yrkandet"),
        most=REASONS_MOST,
        description=_l(
            "Vad som har utretts, vad det visade och varför det som yrkas inte görs. Intyget återger texten, på "
            "personens språk. Minst %(least)s tecken.",
            least=REASONS_LEAST,
        ),
    )
    phrase = HiddenField(filters=[plain])

    def validate_decision(self, field: RadioField) -> None:
        chosen(self, field)

    def typed(self) -> dict[str, str]:
        """As `claims.decide` takes it."""
        names = ("value", "statement", "ground", "refusal", "reasons", "phrase")
        said = {name: self[name].data or "" for name in names if name in self}
        return said | ({"value": "?"} if said.get("value") == "-" else {})

    def begin(self, code: str, right: str, letters_in: str) -> bool:
        """Begin the reasons as a phrase, in the language of the letters: what a button of the form asks for. False when
        it names none."""
        for phrase in phrases.offered(right):
            if phrase.code == code:
                before = f"{self.reasons.data.strip()}\n\n" if (self.reasons.data or "").strip() else ""
                self.reasons.data = before + phrase.text(letters_in)
                self.phrase.data, self.decision.data = code, str(ClaimDecision.REFUSED)
                return True
        return False


def decision_form(claim: Claim, *, typed: bool) -> DecisionForm:
    """The form of this claim: as it is decided, or as it was `typed`."""
    right, fields = claim.right.right, {}
    ways = possible(claim)
    if ClaimDecision.CORRECTED in ways:
        fields["value"] = _value_field(claim)
    if right == RightKind.RECTIFICATION and claim.call is not None:
        fields["statement"] = words_field(
            _l("Personens komplettering som fogas till samtalet"),
            most=DEMANDED_MOST,
            description=_l("Behövs vid komplettering. Får också fogas till när yrkandet vägras."),
        )
    if len(grounds := GROUNDS.get(right, ())) > 1:
        options = [SelectChoice(str(code), _l(claim_words.GROUNDS[code])) for code in grounds]
        fields["ground"] = SelectField(_l("Grund"), choices=[SelectChoice("", _l("Välj …")), *options])
    if len(lawful := REFUSALS[RightKind(right)]) > 1:
        options = [SelectChoice(str(code), _l(claim_words.REFUSALS[code])) for code in lawful]
        fields["refusal"] = SelectField(_l("Bestämmelse"), choices=[SelectChoice("", _l("Välj …")), *options])
    of_claim = type("DecisionFormOfClaim", (DecisionForm,), fields)
    names = ("decision", "value", "statement", "ground", "refusal", "reasons", "phrase")
    form: DecisionForm = of_claim() if typed else of_claim(None, **{name: getattr(claim, name) for name in names})
    form.decision.choices = [SelectChoice(str(way), _l(claim_words.DECISIONS[way])) for way in ways]
    if not typed and "value" in form and claim.decision != ClaimDecision.CORRECTED:
        text = isinstance(form.value, StringField) and claim.entry != Disputed.NUMBER
        form.value.data = entries.value(claim) if text else "" if isinstance(form.value, StringField) else "-"
    return form
