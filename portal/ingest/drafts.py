"""Subjects of the vault that no row owns yet, or any more. A row in `Sealing` names each from before its key
is written until its owner is committed, so that an import that dies leaves nothing that is not known."""

import contextlib
import uuid
from collections.abc import Iterator

from portal.db import db
from portal.ingest.models import Sealing
from portal.vault import durable, keystore, objects


@contextlib.contextmanager
def draft(subject: uuid.UUID) -> Iterator[None]:
    """Seal under `subject` inside; an exception leaves nothing of it, success has committed `own`."""
    disown(subject)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # what the disk refuses now is removed before the next import
            remove(subject)
        raise


@db.atomic()
def disown(subject: uuid.UUID) -> None:
    """From this commit on nobody owns what the vault holds of `subject`."""
    Sealing.insert(subject=subject).on_conflict_ignore().execute()


def own(subject: uuid.UUID) -> None:
    """Call inside the transaction that makes the owning row."""
    Sealing.delete().where(Sealing.subject == subject).execute()


def remove(subject: uuid.UUID) -> None:
    """Take a subject that nobody owns out of the vault, key first. Raises OSError when the disk refuses."""
    keystore.destroy(subject)
    durable.remove(durable.scratch_of(keystore.path_of(subject)))
    objects.remove_all(subject)
    with db.atomic():
        own(subject)


def clear_orphans() -> int:
    """Remove what imports that died have left; call alone with the inbox (`lock.importing`)."""
    left = [row.subject for row in Sealing.select()]
    for subject in left:
        remove(subject)
    return len(left)
