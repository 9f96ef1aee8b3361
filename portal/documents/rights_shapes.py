"""What the letters of the rights beyond access say, what a recipient is told, and the record of a disclosure: JSON
values only, spelt as in `facts`.

A call is named by its time and its line. What was said in it is in no letter but in the words that the person disputes.
"""

import dataclasses

from portal.documents.case_shapes import CaseLetter
from portal.documents.facts import Facts, Person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spot:
    """A call as a letter names it."""

    at: str
    """When it began."""
    duration_ms: int
    line: str
    """Name of the service number; '' when none."""
    direction: str
    """'in', 'out', 'internal', or ''."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Demand:
    """One thing that was demanded, and what came of it."""

    number: int
    """In this letter, from 1."""
    entry: str
    """A code of `cases.codes.Disputed`."""
    what: str
    """In words: which entry."""
    call: Spot | None
    """None: an entry of the request itself."""
    start_ms: int | None
    end_ms: int | None
    """Of a passage; up to and without."""
    disputed: str
    """The entry verbatim, as it stood when it was demanded."""
    demanded: str
    """The change, verbatim."""
    decision: str
    """A code of `cases.codes.ClaimDecision`."""
    value: str
    """What it says now, in words, when it was corrected."""
    statement: str
    """The person's own, attached to the call."""
    papers: int
    """How many papers of theirs are attached to the call."""
    ground: str
    """Why it is granted: a code of `ErasureGround` or `RestrictionGround`, or ''."""
    refusal: str
    """A code of `cases.codes.RefusalGround`, or ''."""
    reasons: str
    waits: str
    """What it waits for, a code of `cases.codes.Wait`; '' when nothing hinders."""
    done_at: str | None
    """When it was carried out; None: not yet."""
    done_by: str
    """By whom."""
    gone_by: str | None
    """Of an erasure: when the last backup copy of its key is gone."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ahead:
    """What happens to a call after the letter."""

    call: Spot
    grounds: list[str]
    """Why its processing is restricted: codes of `retention.restriction_models.RestrictionGround`; none: it is not."""
    lifts_on: str | None
    """The day the restriction is lifted; None: not known, the person is told before."""
    deleted_on: str | None
    """None: something keeps it, and nobody knows for how long."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Informed:
    """Somebody who once got one of the calls, and whether they were told (GDPR 19)."""

    call: Spot
    authority: str
    given_on: str
    """The day they got it."""
    state: str
    """A code of `register.models.NoticeState`."""
    told_on: str | None
    reason: str
    """Why it is impossible."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RightAnswer(CaseLetter):
    """The answer to one right other than access: what was done and what is refused, each thing by itself."""

    right: str
    """A code of `cases.codes.RightKind`: which of `rights` it answers."""
    outcome: str
    """A code of `cases.codes.Outcome`: of that right."""
    later: bool
    """An erasure that the answer said waits is done: of what was refused the answer has told."""
    asks: str
    reasons: str
    """What was written for the whole of it."""
    demands: list[Demand]
    ahead: list[Ahead]
    """The calls that are restricted for the request when the letter is dated, and those of what is refused."""
    informed: list[Informed]
    backup_days: int
    """So long the key of what is erased can be in a backup copy."""
    lifts_on: str
    """From this day nothing is kept for the request."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseLifted(CaseLetter):
    """A restriction is about to be lifted (GDPR 18(3))."""

    day: str
    ahead: list[Ahead]
    """None: it is not shown that the calls are the person's, and the letter names none."""
    reasons: str
    """Why, as the handler wrote it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Freed:
    """A call that a withdrawn consent was about."""

    call: Spot
    fate: str
    """'erased', 'waits' (is being erased), or 'kept' (has another basis)."""
    at: str | None
    """When it was erased."""
    gone_by: str | None
    until: str | None
    """The day it is deleted, when it is kept; None: something else keeps it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ended:
    """A consent that was withdrawn."""

    purpose: str
    """In words."""
    version: int
    given_on: str
    given_how: str
    """In words."""
    withdrawn_at: str
    withdrawn_by: str
    calls: list[Freed]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseConsent(CaseLetter):
    asks: str
    reasons: str
    consents: list[Ended]
    """None: there is none on file."""
    objection: bool
    """The request is handled as an objection too."""
    informed: list[Informed]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecipientNotice(Facts):
    """To somebody who once got a call (GDPR 19). The one whose call it is is not named: the recipient knows it by
    its own case number and by the call's time."""

    recipient: list[str]
    case: str
    """The request's number, as the city's reference; '' when it was on own initiative."""
    reference: str
    """The recipient's own case number; '' when none."""
    given_on: str
    """The day the call was handed over."""
    call: Spot
    what: str
    """A code of `register.models.Told`."""
    entry: str
    """Which entry was corrected, a code; 'passage' when only that was erased; or ''."""
    entry_words: str
    before: str
    after: str
    ranges: list[list[int]]
    """Start and end, up to and without, in milliseconds, of what was erased; none: all of it was."""
    statement: str
    """What the person adds, when it was completed."""
    done_on: str
    grounds: list[str]
    """Of a restriction, as codes."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisclosureRecord(Facts):
    """Protocol of a disclosure: internal."""

    recording: str
    """Its id."""
    call: Spot
    held: bool
    """It is stored separately as a threat call."""
    authority: str
    address: list[str]
    reference: str
    asked_on: str
    basis: str
    """In words."""
    consent: str
    """The consent it rests on, in words; '' when another basis."""
    purpose: str
    scope: str
    silent: list[list[int]]
    """Passages that are not given, in milliseconds from and up to; none: the whole sound is."""
    channel: str
    """In words."""
    state: str
    """A code of `retention.models.TransferState`."""
    state_words: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    """'' while nobody has."""
    decided_at: str | None
    decision_reason: str
    ended_by: str
    """'' when nobody has, and when the consent it rested on ended by itself."""
    ended_at: str | None
    left_size: int | None
    """Bytes of the sound that left."""
    left_how: str
    notices: list[Informed]
    """What the recipient has been told of since."""
    responsible: Person | None = None
    """Who decided; None: the signer of the stationery."""
