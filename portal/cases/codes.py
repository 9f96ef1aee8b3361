"""What a case can be: every code that its rows hold. The words for them are in `words`."""

import enum


class State(enum.StrEnum):
    RECEIVED = "received"
    IDENTITY_ASKED = "identity_asked"
    """The clock stands while identity is doubted."""
    COMPLETION_ASKED = "completion_asked"
    """Asked to say more; the clock runs."""
    IN_PROGRESS = "in_progress"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    CLOSED = "closed"
    COMPLAINT = "complaint"
    """Answered, and before the ombudsman or a court: what is frozen stays so."""
    PURGED = "purged"


UNDECIDED = (State.RECEIVED, State.IDENTITY_ASKED, State.COMPLETION_ASKED, State.IN_PROGRESS)
"""The handler works on it; facts, calls and reasons can be changed."""
OPEN = (*UNDECIDED, State.PROPOSED, State.APPROVED)
"""Its clock runs, or stands: no answer has left."""
ANSWERED = (State.DISPATCHED, State.COMPLAINT)


class Outcome(enum.StrEnum):
    GRANTED = "granted"
    PARTIAL = "partial"
    REFUSED = "refused"
    NONE_FOUND = "none_found"
    IDENTITY_UNPROVEN = "identity_unproven"
    UNFOUNDED = "unfounded"
    """Manifestly unfounded or excessive (GDPR 12(5))."""
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    DELETED_BEFORE = "deleted_before"
    """All of it had been deleted by its date before the request was received."""


class Regime(enum.StrEnum):
    DATA_PROTECTION = "data_protection"
    PUBLIC_ACCESS = "public_access"
    """Offentlighetslagen 621/1999."""
    BOTH = "both"


class Channel(enum.StrEnum):
    """How the request came."""

    LETTER = "letter"
    EMAIL = "email"
    SECURE_MAIL = "secure_mail"
    DESK = "desk"
    PHONE = "phone"
    """Noted down by staff and read back; the register asks for writing, the law (GDPR 12) does not."""
    E_SERVICE = "e_service"


class Capacity(enum.StrEnum):
    SELF = "self"
    REPRESENTATIVE = "representative"
    """With a fullmakt."""
    GUARDIAN = "guardian"
    """Of a minor."""


class Delivery(enum.StrEnum):
    """How the sound is handed over, chosen at intake."""

    ENCRYPTED = "encrypted"
    """A zip file with AES-256; the password goes another way."""
    DESK = "desk"
    """On a stick, at the desk, to a person who shows who they are."""
    SECURE_MAIL = "secure_mail"
    """As files in the city's secure mail."""


class RightKind(enum.StrEnum):
    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    """Of consent (GDPR 7(3))."""


class Identity(enum.StrEnum):
    UNPROVEN = "unproven"
    """Not yet looked at."""
    ASKED = "asked"
    """Doubted, with a reason; a letter asks for proof."""
    PROVEN = "proven"
    FAILED = "failed"


class Concerns(enum.StrEnum):
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class Decision(enum.StrEnum):
    WHOLE = "whole"
    MUTED = "muted"
    TRANSCRIPT = "transcript"
    WITHHELD = "withheld"


SOUNDING = (Decision.WHOLE, Decision.MUTED)
"""The sound of it is given."""


class Ground(enum.StrEnum):
    """Why something is not given."""

    OTHERS = "15_4"
    """GDPR 15(4): the rights and freedoms of others."""
    SECURITY = "34_1_1"
    """Dataskyddslagen 34 § 1 mom. 1 p.: national security, defence, public order, prevention or
    investigation of crime."""
    DANGER = "34_1_2"
    """2 p.: serious danger to the health or care of the data subject, or to the rights of someone else."""
    SUPERVISION = "34_1_3"
    """3 p.: supervision, for an important economic or financial interest."""


SECTION_34 = (Ground.SECURITY, Ground.DANGER, Ground.SUPERVISION)


class CopyState(enum.StrEnum):
    ORDERED = "ordered"
    READY = "ready"
    FAILED = "failed"
    GOING = "going"
    GONE = "gone"


class Disputed(enum.StrEnum):
    """What a claim is about."""

    SUBJECT = "subject"
    NOTE = "note"
    REVIEW = "review"
    """What was written beside a review of the call's quality."""
    NUMBER = "number"
    QUEUE = "queue"
    TOLD = "told"
    DIRECTION = "direction"
    ADVISER = "adviser"
    SPEECH = "speech"
    """What is said on the recording: never edited, only completed."""
    FACT = "fact"
    """A fact of a case about the person."""
    CALL = "call"
    """The whole call."""
    PASSAGE = "passage"
    """A part of its sound."""


FIELDS = (
    *(Disputed.SUBJECT, Disputed.NOTE, Disputed.NUMBER, Disputed.QUEUE, Disputed.TOLD, Disputed.DIRECTION),
    *(Disputed.REVIEW, Disputed.ADVISER),
)
"""Entries that can be given another value (`recordings.corrections`)."""


class ClaimDecision(enum.StrEnum):
    CORRECTED = "corrected"
    COMPLETED = "completed"
    """The entry stays, and the person's statement stands beside it."""
    GRANTED = "granted"
    REFUSED = "refused"


class ErasureGround(enum.StrEnum):
    """GDPR 17(1): why it is erased."""

    NEEDLESS = "17_1_a"
    CONSENT = "17_1_b"
    OBJECTION = "17_1_c"
    UNLAWFUL = "17_1_d"
    OBLIGATION = "17_1_e"
    CHILD = "17_1_f"


class RefusalGround(enum.StrEnum):
    """The provision that a refused claim rests on."""

    CORRECT = "16"
    """The entry is right, or not shown to be wrong (rectification)."""
    EXPRESSION = "17_3_a"
    DUTY = "17_3_b"
    """A legal obligation, or a task in the public interest."""
    HEALTH = "17_3_c"
    ARCHIVE = "17_3_d"
    CLAIMS = "17_3_e"
    NO_GROUND = "17_1"
    """None of the grounds of 17(1) is met."""
    NOT_MET = "18_1"
    """None of the conditions of 18(1) is met."""
    COMPELLING = "21_1"
    """Compelling legitimate grounds, which the letter demonstrates."""
    OBJECTION_CLAIMS = "21_1_claims"
    """The establishment, exercise or defence of legal claims."""


REFUSALS: dict[RightKind, tuple[RefusalGround, ...]] = {
    RightKind.RECTIFICATION: (RefusalGround.CORRECT,),
    RightKind.ERASURE: (
        *(RefusalGround.NO_GROUND, RefusalGround.EXPRESSION, RefusalGround.DUTY, RefusalGround.HEALTH),
        *(RefusalGround.ARCHIVE, RefusalGround.CLAIMS),
    ),
    RightKind.RESTRICTION: (RefusalGround.NOT_MET,),
    RightKind.OBJECTION: (RefusalGround.COMPELLING, RefusalGround.OBJECTION_CLAIMS),
}
"""Access is refused by call (`Ground`); a withdrawn consent never is (GDPR 7(3))."""


class Wait(enum.StrEnum):
    """Why what was granted is not done yet."""

    ACCESS = "access"
    """The person gets the copy that was asked for first: the answer with it has not left, or is not handed over."""
    HELD = "held"
    """A manager keeps the call as a threat call."""
    FROZEN = "frozen"
    """Another case, or a restriction that the person asked for, keeps the call."""
    COMPLAINT = "complaint"
    """The answer is complained of: what it was about stays as it is."""
    FAULT = "fault"
    """The disk or the program refused; it is tried again."""


LASTING = (Wait.ACCESS, Wait.HELD, Wait.FROZEN, Wait.COMPLAINT)
"""What the answer tells of and does not wait for."""


class SendingState(enum.StrEnum):
    WAITING = "waiting"
    SENT = "sent"


class Body(enum.StrEnum):
    """With whom a complaint lies."""

    OMBUDSMAN = "ombudsman"
    """Dataombudsmannen (GDPR 77)."""
    COURT = "court"
    """An administrative court (GDPR 79, or an appeal)."""
    OTHER = "other"


class Result(enum.StrEnum):
    """How a complaint ended."""

    UPHELD = "upheld"
    """The city's answer stands."""
    OVERTURNED = "overturned"
    PARTLY = "partly"
    """Overturned for some of the rights."""
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    """Not examined."""


OVERTURNING = (Result.OVERTURNED, Result.PARTLY)
