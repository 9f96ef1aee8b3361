"""Papers that belong to a request: sealed in the vault under the attachment's uuid, as sensitive as the calls.

The row comes first ('sealing'), then the bytes, then 'kept': a crash between leaves a row, and the sweep clears it.
"""

import uuid
from typing import Any

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, personal_codes
from portal.cases.codes import ANSWERED, OPEN
from portal.cases.models import Attachment, Case
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, NotFound
from portal.language import N_
from portal.retention import papers


class Busy(Conflict):
    text = N_("Bilagan är inte färdigt sparad, eller tas bort. Ladda om sidan om en stund.")


def add(
    case: Case,
    name: str,
    media_type: str,
    content: bytes,
    *,
    by: Account,
    complaint: uuid.UUID | None = None,
    direction: str = "",
) -> Attachment:
    """Keep a paper, sealed; durable on return. `media_type` as `kind_of` says: another is refused. Of a `complaint` it
    came 'in' from its body, or went 'out' to it.

    WrongKind, TooLarge, PersonalCode (in the name); NotHandler, NotNow; NotStored when the disk refuses.
    """
    if papers.checked(content) != media_type:
        raise papers.WrongKind
    row = _begin(case, papers.named(name), content, by, complaint=complaint, direction=direction)
    papers.seal(row, content)
    return _kept(row, by)


@db.atomic()
def _begin(case: Case, name: str, content: bytes, by: Account, **of: Any) -> Attachment:
    found = actions.handled(case, *OPEN, *ANSWERED, by=by)
    personal_codes.refuse(name)
    row: Attachment = Attachment.create(case=found, name=name, added_by=by, **papers.facts(content), **of)
    return row


@db.atomic()
def _kept(row: Attachment, by: Account) -> Attachment:
    if not papers.keep(row):
        raise Busy  # the sweep took it for left behind, and clears it
    case: Case = row.case
    detail = {"attachment": row.uuid.hex, "media_type": row.media_type, "size": row.size}
    record(Act.CASE_ATTACHMENT_ADDED, case, by=by, reference=case.number, **detail)
    tell(case, What.ATTACHED, by=by, words=row.name)
    fresh: Attachment = Attachment.get_by_id(row.id)
    return fresh


def of(case: Case) -> list[Attachment]:
    """The papers of the request that are kept, the oldest first; those of a complaint are `complaints.papers`."""
    mine = (Attachment.case == case.id, Attachment.complaint.is_null())
    kept = Attachment.select().where(*mine, Attachment.standing == papers.KEPT)
    return list(kept.order_by(Attachment.id))


def get(case: Case, key: uuid.UUID) -> Attachment:
    """The kept attachment of a case that the reader may see. NotFound."""
    chosen = (Attachment.case == case.id, Attachment.uuid == key, Attachment.standing == papers.KEPT)
    found: Attachment | None = Attachment.select(Attachment, Case).join(Case).where(*chosen).first()
    if found is None:
        raise NotFound
    return found


def read(attachment: Attachment, *, by: Account) -> bytes:
    """The paper in the clear; each time is a row in the log. NotFound; SealBroken when it was altered."""
    actions.get(attachment.case.uuid, by=by)
    content = papers.content(attachment)
    _note(attachment, by)
    return content


@db.atomic()
def _note(attachment: Attachment, by: Account) -> None:
    case = actions.get(attachment.case.uuid, by=by)
    found = get(case, attachment.uuid)
    detail = {"attachment": found.uuid.hex, "media_type": found.media_type, "size": found.size}
    record(Act.CASE_ATTACHMENT_READ, case, by=by, reference=case.number, **detail)


def remove(attachment: Attachment, *, by: Account) -> None:
    """What does not belong to the request goes at once: the handler's slip. NotHandler, NotNow, Busy."""
    _remove(attachment, by)
    papers.finish(attachment)


@db.atomic()
def _remove(attachment: Attachment, by: Account) -> None:
    case = actions.handled(attachment.case, *OPEN, by=by)
    mine = (Attachment.id == attachment.id, Attachment.standing == papers.KEPT)
    going = Attachment.update(standing=papers.GOING).where(*mine)
    if not going.execute():
        raise Busy
    record(Act.CASE_ATTACHMENT_REMOVED, case, by=by, reference=case.number, attachment=attachment.uuid.hex)


def destroy(case: Case) -> int:
    """All of the case go: the file is purged. In the transaction of the purge; `sweep` takes the bytes. How many."""
    mine = Attachment.update(standing=papers.GOING, name="").where(Attachment.case == case.id)
    return int(mine.where(Attachment.standing != papers.GOING).execute())


def sweep() -> int:
    """Clear what is going, and what a crash left half kept; how many the disk refused."""
    return papers.sweep(Attachment)
