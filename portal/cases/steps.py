"""What a timeline tells of a case, beside the log that proves it."""

import datetime as dt
import enum

from portal.accounts.models import Account
from portal.cases.models import Case, Step


class What(enum.StrEnum):
    REGISTERED = "registered"
    CHANGED = "changed"
    TAKEN_OVER = "taken_over"
    RECKONED = "reckoned"
    """The days were reckoned anew; `day` is the new last day."""
    REMINDED = "reminded"
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_PROVEN = "identity_proven"
    IDENTITY_FAILED = "identity_failed"
    COMPLETION_ASKED = "completion_asked"
    COMPLETED = "completed"
    EXTENSION_PROPOSED = "extension_proposed"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    SEARCHED = "searched"
    ATTACHED = "attached"
    PROPOSED = "proposed"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    OPINION = "opinion"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    COPY_MADE = "copy_made"
    COPY_FAILED = "copy_failed"
    COPY_HANDED_OVER = "copy_handed_over"
    COPY_DELETED = "copy_deleted"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    CLAIM_ADDED = "claim_added"
    CLAIM_REMOVED = "claim_removed"
    CARRIED = "carried"
    """Something that was decided was done in the register; `words`: the code of the right."""
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_CONSENT = "no_consent"
    """None is on file."""
    LETTER_SENT = "letter_sent"
    """A letter that leaves apart from the answer."""
    RESTRICTED = "restricted"
    RESTRICTION_LIFTED = "restriction_lifted"
    NOTICE_TOLD = "notice_told"
    NOTICE_IMPOSSIBLE = "notice_impossible"
    REOPENED = "reopened"
    COMPLAINT = "complaint"
    COMPLAINT_ENDED = "complaint_ended"
    CLOSED = "closed"
    PURGED = "purged"


def tell(case: Case, what: What, *, by: Account | None, words: str = "", day: dt.date | None = None) -> Step:
    """Add a line to the timeline, in the transaction of the act. `words`: what a person wrote."""
    step: Step = Step.create(case=case, what=what, by=by, words=words.strip(), day=day)
    return step
