"""Papers in the vault, of whatever they belong to: a request, what a person adds to a call, an incident.

The row comes first ('sealing'), then the bytes under the row's uuid, then 'kept': a crash between leaves a row, and the
sweep clears it. What goes is 'going' first, then its key and bytes are destroyed, then the row is deleted: what is in
the vault always has a row. A model of papers has the columns uuid, media_type, size, sha256, added_at and standing.
"""

import datetime as dt
import hashlib
from typing import Any

import peewee

from portal import clock
from portal.db import PublicModel, db
from portal.errors import Invalid, NotFound
from portal.language import N_
from portal.retention import deletion
from portal.vault import box, keystore, objects

PART = "original"
SEALING, KEPT, GOING = "sealing", "kept", "going"
MOST_BYTES = 10 * 1024 * 1024
SENDING_MOST = 3 * MOST_BYTES + 256 * 1024
"""Of one sending: a few papers and the form."""
NAME_MOST = 120
STALE = dt.timedelta(hours=1)
"""Nobody seals for so long: what is still 'sealing' was left by a crash."""

SIGNATURES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
KINDS = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}


class WrongKind(Invalid):
    text = N_("Filen ska vara en PDF eller en bild (PNG eller JPEG). Filnamnet avgör inte, utan innehållet.")


class TooLarge(Invalid):
    text = N_("Filen får vara högst 10 MB. Dela upp den, eller skanna med lägre upplösning.")


class NotStored(Invalid):
    text = N_("Filen kunde inte sparas just nu. Försök igen om en stund.")


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


def facts(content: bytes) -> dict[str, Any]:
    """What the row says of the bytes. Raises TooLarge, WrongKind."""
    media_type = checked(content)
    return {"media_type": media_type, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def seal(row: PublicModel, content: bytes) -> None:
    """Seal the bytes of a row that is 'sealing'; durable on return. NotStored when the disk refuses: then the row is
    given up. Not inside a transaction."""
    try:
        objects.seal(row.uuid, PART, [content])
    except OSError as error:
        give_up(row)
        raise NotStored from error


def keep(row: PublicModel, *conditions: Any) -> bool:
    """It is kept from this commit on. False when the sweep took it for left behind, or `conditions` do not hold: then
    `give_up`."""
    model = type(row)
    kept = model.update(standing=KEPT).where(model.id == row.id, model.standing == SEALING, *conditions)
    return bool(kept.execute())


def give_up(row: PublicModel) -> None:
    model = type(row)
    with db.atomic():
        model.update(standing=GOING).where(model.id == row.id, model.standing == SEALING).execute()
    finish(row)


def content(row: PublicModel) -> bytes:
    """The paper in the clear. NotFound when it is gone; SealBroken when it was altered."""
    try:
        found = objects.read(row.uuid, PART)
    except (keystore.NoKey, objects.NoObject) as error:
        raise NotFound from error
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise box.SealBroken
    return found


def finish(row: PublicModel) -> bool:
    """The key, the bytes, then the row of one that is going; can be repeated. False when the disk refuses: the sweep
    tries again."""
    try:
        deletion.destroy_ownerless(row.uuid)
    except OSError:
        return False
    model = type(row)
    with db.atomic():
        model.delete().where(model.id == row.id, model.standing == GOING).execute()
    return True


def sweep(model: type[PublicModel]) -> int:
    """Clear what is going, and what a crash left half kept; how many the disk refused."""
    with db.atomic():
        left: peewee.Expression = (model.standing == SEALING) & (model.added_at < clock.now() - STALE)
        model.update(standing=GOING).where(left).execute()
    going = list(model.select().where(model.standing == GOING).order_by(model.id))
    return sum(not finish(row) for row in going)
