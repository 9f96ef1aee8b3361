"""Who has handled a case, now or before: they check nothing of it (register §2)."""

from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.claim_models import Claim
from portal.cases.models import Case, CaseCall, CaseRight, Step
from portal.cases.steps import What
from portal.recordings.models import Recording

HANDLED = Step.what.in_(
    (
        *(What.CHANGED, What.TAKEN_OVER, What.SEARCHED, What.PROPOSED, What.TAKEN_BACK, What.EXTENSION_PROPOSED),
        *(What.IDENTITY_ASKED, What.IDENTITY_PROVEN, What.IDENTITY_FAILED, What.COMPLETION_ASKED, What.COMPLETED),
        *(What.CONSENT_WITHDRAWN, What.NO_CONSENT),
    )
)
"""What of the timeline shows that somebody has handled the case, though another does now."""

LOGGED = Entry.act.in_(
    (
        *(Act.CASE_REASONS_CHANGED, Act.CASE_CALL_ADDED, Act.CASE_CALL_JUDGED, Act.CASE_CALL_DECIDED),
        *(Act.CASE_PASSAGES_CHANGED, Act.CASE_TRANSCRIPT_CHANGED),
        *(Act.CASE_CLAIM_ADDED, Act.CASE_CLAIM_CHANGED, Act.CASE_CLAIM_DECIDED, Act.CASE_CLAIM_REMOVED),
    )
)
"""What only the log remembers of whom: another may have judged and written since."""


def has_handled(case: Case, by: Account) -> bool:
    """Does `by` handle the case, or have they? Registering it alone is no handling."""
    if case.handler_id == by.id:
        return True
    if Step.select().where(Step.case == case.id, Step.by == by.id, HANDLED).exists():
        return True
    calls = Recording.select(Recording.uuid).join(CaseCall).where(CaseCall.case == case.id)
    demanded = Claim.select(Claim.uuid).join(CaseRight).where(CaseRight.case == case.id)
    about = (
        (Entry.subject == case.uuid)
        | Entry.subject.in_(demanded)
        | (Entry.subject.in_(calls) & (Entry.reference == case.number))
    )
    return bool(Entry.select().where(about, Entry.by == by.uuid, LOGGED).exists())
