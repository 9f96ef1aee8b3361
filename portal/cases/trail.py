"""The log of one case: what was done with it, and with its calls, letters, copies and papers because of it."""

import uuid
from typing import NamedTuple

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.claim_models import Claim
from portal.cases.models import Attachment, Case, CaseCall, CaseRight, Copy
from portal.db import db
from portal.documents.kinds import Owner
from portal.documents.models import Document
from portal.recordings.models import Recording

PAGE = 50


class Page(NamedTuple):
    entries: list[Entry]
    """Newest first."""
    older: int | None
    """The number before which the next page begins; None at the end."""


def page(case: Case, *, before: int | None = None, by: Account) -> Page:
    """Entries about the case, those before the one numbered `before`. That they were read is itself one.

    Of what others did with the same calls nothing is told: an entry about a call counts when it names the case.
    """
    about_a_call = Entry.subject_kind == "recording"
    names_it = (Entry.reference == case.number) | Entry.detail.contains(case.uuid.hex)
    found = Entry.select().where(Entry.subject.in_(_subjects(case)), ~about_a_call | names_it)
    if before is not None:
        found = found.where(Entry.id < before)
    rows = list(found.order_by(Entry.id.desc()).limit(PAGE + 1))
    shown = rows[:PAGE]
    with db.atomic():
        record(Act.LOG_READ, case, by=by, reference=case.number, rows=len(shown))
    return Page(shown, shown[-1].id if len(rows) > PAGE else None)


def _subjects(case: Case) -> list[uuid.UUID]:
    found = {case.uuid}
    for query in (
        Recording.select(Recording.uuid).join(CaseCall, on=CaseCall.recording == Recording.id),
        Copy.select(Copy.uuid),
        Attachment.select(Attachment.uuid),
    ):
        model = CaseCall if query.model is Recording else query.model
        found |= {key for (key,) in query.where(model.case == case.id).tuples()}
    found |= {key for (key,) in Claim.select(Claim.uuid).join(CaseRight).where(CaseRight.case == case.id).tuples()}
    letters = Document.select(Document.uuid).where(
        Document.owner_kind == Owner.CASES, Document.owner_key == case.uuid.hex
    )
    found |= {key for (key,) in letters.tuples()}
    return sorted(found)
