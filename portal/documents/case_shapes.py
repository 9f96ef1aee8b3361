"""What the letters of a resident's request say: JSON values only, spelt as in `facts`.

Everything is of the one who asks. Nothing of it names another caller, a member of staff who listened, or a whole
telephone number.
"""

import dataclasses

from portal.documents.facts import Facts, Person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Invoked:
    """A right that is invoked."""

    right: str
    """A code of `cases.codes.RightKind`."""
    words: str
    """With its article."""
    outcome: str = ""
    """In words; '' while nothing is decided."""
    answered: str = ""
    """'here' by the letter, 'apart' by one of its own; '' when it is not, or was in an earlier answer."""
    reasons: str = ""
    """What was written of it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseLetter(Facts):
    """What every letter of a request says."""

    recipient: list[str]
    """Lines of the window, name first."""
    case: str
    """Case number."""
    registry_number: str
    """The city's own; '' when none."""
    on_behalf_of: str
    """The one whose data it is, when somebody else gets the letter; else ''."""
    guardian: bool
    """That somebody is the guardian, not a representative."""
    request_on: str | None
    """The day on the request itself, when it has one."""
    received_on: str
    received_where: str
    rights: list[Invoked]
    data_protection: bool
    public_access: bool
    """Which laws it is asked by; one of them, or both."""
    handler: str
    """Name; '' when nobody has it."""
    responsible: Person | None
    """Who signs; None: the signer of the stationery."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reckoned:
    """A step of how the last day was reckoned."""

    day: str
    words: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseReceipt(CaseLetter):
    asks: str
    """In the person's own words."""
    numbers: list[str]
    """Masked but for the last digits."""
    called_from: str | None
    called_to: str | None
    called_words: str
    delivery: str
    """A code of `cases.codes.Delivery`."""
    due_on: str
    """The last day by law."""
    working_on: str
    """The city's promise."""
    derivation: list[Reckoned]
    """How the last day was reckoned."""
    identity_open: bool
    """Who they are is yet to be seen."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseIdentity(CaseLetter):
    doubt: str
    asks: str
    """What is asked for."""
    methods: list[str]
    """The ways to prove it, in words."""
    paused_on: str
    """From this day the clock stands."""
    reply_by: str
    due_before: str
    """The last day as it was before the clock stopped."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseExtension(CaseLetter):
    reason: str
    due_before: str
    due_on: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseEnd(CaseLetter):
    """A request that was withdrawn, or sent on."""

    words: str
    """What the handler wrote."""
    to: str
    """To whom it was sent on; '' for one that was withdrawn."""
    lifts_on: str
    """From this day nothing is kept for it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Search:
    on: str
    """The last day it was made."""
    numbers: list[str]
    """Masked; empty: by time alone."""
    first: str
    last: str
    """Days, both included."""
    hours: str
    """'8.00–12.00', or ''."""
    queue: str
    """Name of the service number; '' when all were searched."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Silent:
    """A passage that is not heard in what is given, and why."""

    start_ms: int
    end_ms: int
    """Up to and without."""
    ground: str
    """A code of `cases.codes.Ground`."""
    interest: str
    harm: str
    milder: str
    """The three are '' under 34 §: of that, the provision alone is told."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spoken:
    at_ms: int
    speaker: str
    """In words."""
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Noted:
    on: str
    text: str
    at: str = ""
    """The place in the sound, as it is written; '' of the whole call."""
    kind: str = ""
    """What it is said to be about, in words."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """A call of the answer: given in some form, or withheld for the sake of others (GDPR 15(4))."""

    number: int
    """In this letter, from 1, the oldest first."""
    at: str
    """When it began."""
    duration_ms: int
    line: str
    """Name of the service number; '' when none."""
    direction: str
    """'in', 'out', 'internal'."""
    decision: str
    """A code of `cases.codes.Decision`."""
    deleted_on: str
    held_until: str | None
    """It is stored separately as a threat call and looked at again by that day; then `deleted_on` does not hold."""
    file: str = ""
    """The name of its sound among what is handed over; '' when no sound is given."""
    ground: str = ""
    interest: str = ""
    harm: str = ""
    milder: str = ""
    """Of a call that is withheld, or given as a transcript alone."""
    silent: list[Silent] = dataclasses.field(default_factory=list)
    spoken: list[Spoken] = dataclasses.field(default_factory=list)
    notes: list[Noted] = dataclasses.field(default_factory=list)
    """What staff wrote about a call that is given whole."""
    other_notes: int = 0
    """How many there are about a call that is not given whole."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipient:
    """To whom a call was handed over (GDPR 15(1)(c))."""

    call: int
    """A `Call.number`."""
    authority: str
    on: str
    basis: str
    """In words."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Consultation:
    """When and why a call was listened to (CJEU C-579/21); never by whom."""

    call: int
    on: str
    purpose: str
    """In words."""
    times: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseAnswer(CaseLetter):
    """The answer: what is given and what is not, and why."""

    outcome: str
    """A code of `cases.codes.Outcome`."""
    asks: str
    called_from: str | None
    called_to: str | None
    called_words: str
    reasons: str
    """What was written for this request."""
    searches: list[Search]
    calls: list[Call]
    """Those that may be told of; nothing when identity is not proven or the request is unfounded."""
    sealed: list[str]
    """Codes of 34 § by which something is withheld that no more is told of."""
    recipients: list[Recipient]
    consultations: list[Consultation]
    delivery: str
    copy_days: int
    """So long a copy of the sound is kept for handing over."""
    kept_from: str
    """What was recorded before this day had been deleted when the request came."""
    deleted: str
    """How much of the period asked for that is: 'none', 'some', 'all', 'unknown'."""
    lifts_on: str
    """From this day nothing is kept for the request."""
    identity_asked_on: str | None
    identity_reply_by: str | None
    opinion: bool
    """The data protection officer gave an opinion."""
