"""Papers that belong to a request: sealed in the vault under the attachment's uuid, as sensitive as the calls.

The row comes first ('sealing'), then the bytes, then 'kept': a crash between leaves a row, and the sweep clears it.
"""

import datetime as dt
import hashlib
import uuid
from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, personal_codes
from portal.cases.codes import ANSWERED, OPEN
from portal.cases.models import Attachment, Case
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.retention import deletion
from portal.vault import box, keystore, objects

PART = "original"
SEALING, KEPT, GOING = "sealing", "kept", "going"
"""How an attachment stands."""
MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
"""Of one sending."""
NAME_MOST = 120
STALE = dt.timedelta(hours=1)
"""Nobody seals for so long: what is still 'sealing' was left by a crash."""

SIGNATURES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


class WrongKind(Invalid):
    text = N_("Bilagan ska vara en PDF eller en bild (PNG eller JPEG). Filnamnet avgör inte, utan innehållet.")


class TooLarge(Invalid):
    text = N_("Bilagan får vara högst 10 MB. Dela upp den, eller skanna med lägre upplösning.")


class NotStored(Invalid):
    text = N_("Bilagan kunde inte sparas just nu. Försök igen om en stund.")


class Busy(Conflict):
    text = N_("Bilagan är inte färdigt sparad, eller tas bort. Ladda om sidan om en stund.")


def kind_of(content: bytes) -> str:
    """The media type, by what the file begins with. Raises WrongKind."""
    for signature, media_type in SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    raise WrongKind


def checked(content: bytes) -> str:
    """The media type of what may be kept. Raises TooLarge, WrongKind."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    return kind_of(content)


def named(name: str) -> str:
    """A name of one line and of bearable length, its ending and the folders before it left out."""
    plain = " ".join(name.replace("\\", "/").split("/")[-1].split())
    stem, _, ending = plain.rpartition(".")
    return (stem if stem and ending.lower() in ("pdf", "png", "jpg", "jpeg") else plain)[:NAME_MOST].strip()


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
    if checked(content) != media_type:
        raise WrongKind
    row = _begin(case, named(name), media_type, content, by, complaint=complaint, direction=direction)
    try:
        objects.seal(row.uuid, PART, [content])
    except OSError as error:
        _give_up(row)
        raise NotStored from error
    return _kept(row, by)


@db.atomic()
def _begin(case: Case, name: str, media_type: str, content: bytes, by: Account, **of: Any) -> Attachment:
    found = actions.handled(case, *OPEN, *ANSWERED, by=by)
    personal_codes.refuse(name)
    row: Attachment = Attachment.create(
        case=found,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=by,
        **of,
    )
    return row


@db.atomic()
def _kept(row: Attachment, by: Account) -> Attachment:
    kept = Attachment.update(standing=KEPT).where(Attachment.id == row.id, Attachment.standing == SEALING)
    if not kept.execute():
        raise Busy  # the sweep took it for left behind, and clears it
    case: Case = row.case
    detail = {"attachment": row.uuid.hex, "media_type": row.media_type, "size": row.size}
    record(Act.CASE_ATTACHMENT_ADDED, case, by=by, reference=case.number, **detail)
    tell(case, What.ATTACHED, by=by, words=row.name)
    fresh: Attachment = Attachment.get_by_id(row.id)
    return fresh


def _give_up(row: Attachment) -> None:
    Attachment.update(standing=GOING).where(Attachment.id == row.id, Attachment.standing == SEALING).execute()
    finish(row)


def of(case: Case) -> list[Attachment]:
    """The papers of the request that are kept, the oldest first; those of a complaint are `complaints.papers`."""
    mine = (Attachment.case == case.id, Attachment.complaint.is_null())
    kept = Attachment.select().where(*mine, Attachment.standing == KEPT)
    return list(kept.order_by(Attachment.id))


def get(case: Case, key: uuid.UUID) -> Attachment:
    """The kept attachment of a case that the reader may see. NotFound."""
    chosen = (Attachment.case == case.id, Attachment.uuid == key, Attachment.standing == KEPT)
    found: Attachment | None = Attachment.select(Attachment, Case).join(Case).where(*chosen).first()
    if found is None:
        raise NotFound
    return found


def read(attachment: Attachment, *, by: Account) -> bytes:
    """The paper in the clear; each time is a row in the log. NotFound; SealBroken when it was altered."""
    actions.get(attachment.case.uuid, by=by)
    try:
        content = objects.read(attachment.uuid, PART)
    except (keystore.NoKey, objects.NoObject) as error:
        raise NotFound from error
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise box.SealBroken
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
    finish(attachment)


@db.atomic()
def _remove(attachment: Attachment, by: Account) -> None:
    case = actions.handled(attachment.case, *OPEN, by=by)
    going = Attachment.update(standing=GOING).where(Attachment.id == attachment.id, Attachment.standing == KEPT)
    if not going.execute():
        raise Busy
    record(Act.CASE_ATTACHMENT_REMOVED, case, by=by, reference=case.number, attachment=attachment.uuid.hex)


def destroy(case: Case) -> int:
    """All of the case go: the file is purged. In the transaction of the purge; `sweep` takes the bytes. How many."""
    mine = Attachment.update(standing=GOING, name="").where(Attachment.case == case.id)
    return int(mine.where(Attachment.standing != GOING).execute())


def finish(attachment: Attachment) -> bool:
    """The key, the bytes, then the row of one that is going; can be repeated. False when the disk refuses: the
    sweep tries again."""
    try:
        deletion.destroy_ownerless(attachment.uuid)
    except OSError:
        return False
    with db.atomic():
        Attachment.delete().where(Attachment.id == attachment.id, Attachment.standing == GOING).execute()
    return True


def sweep() -> int:
    """Clear what is going, and what a crash left half kept; how many the disk refused."""
    with db.atomic():
        left = (Attachment.standing == SEALING) & (Attachment.added_at < clock.now() - STALE)
        Attachment.update(standing=GOING).where(left).execute()
    going = list(Attachment.select().where(Attachment.standing == GOING).order_by(Attachment.id))
    return sum(not finish(row) for row in going)
