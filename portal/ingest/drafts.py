"""Subjects of the vault that no row owns yet, or any more. A row in `Sealing` names each from before its key
is written until its owner is committed, so that an import that dies leaves nothing that is not known."""

import contextlib
import uuid
from collections.abc import Iterable, Iterator

import peewee

from portal import lock
from portal.db import Change, db, slot
from portal.ingest.models import Sealing
from portal.vault import durable, keystore, objects

MANY = "drafts"

# Asked for each file of a full inbox
_OWN = Change(lambda: Sealing.delete().where(Sealing.subject == slot("subject", Sealing.subject)))


@contextlib.contextmanager
def draft(subject: uuid.UUID) -> Iterator[None]:
    """Seal under `subject` inside; an exception leaves nothing of it, success has committed `own`."""
    disown(subject)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError, peewee.PeeweeException):  # what is refused now goes before the next import
            remove(subject)
        raise


@db.atomic()
def disown(subject: uuid.UUID) -> None:
    """From this commit on nobody owns what the vault holds of `subject`."""
    Sealing.insert(subject=subject).on_conflict_ignore().execute()


@db.atomic()
def reserve(count: int) -> list[uuid.UUID]:
    """So many new subjects that nobody owns, in one commit. Hold `many` for as long as one of them may be written."""
    subjects = [uuid.uuid4() for _ in range(count)]
    Sealing.insert_many([{"subject": subject} for subject in subjects]).execute()
    return subjects


@db.atomic()
def give_back(subjects: Iterable[uuid.UUID]) -> None:
    """Reserved, and the vault holds nothing of them."""
    Sealing.delete().where(Sealing.subject.in_(list(subjects))).execute()


@contextlib.contextmanager
def many() -> Iterator[None]:
    """Around an import that seals outside `ingest.lock.importing`, in whichever processes: nobody clears what it has
    begun. The processes it forks hold this too, until the last of them is gone. Enter inside `importing`, where
    nobody is clearing."""
    with lock.together(MANY) as free:
        if not free:
            raise RuntimeError("somebody clears what imports have left, beside one")
        yield


def own(subject: uuid.UUID) -> None:
    """Call inside the transaction that makes the owning row."""
    _OWN(subject=subject)


def remove(subject: uuid.UUID) -> None:
    """Take a subject that nobody owns out of the vault, key first; one that is owned stays. Raises OSError when
    the disk refuses."""
    if not Sealing.select().where(Sealing.subject == subject).exists():
        return
    keystore.destroy(subject)
    durable.remove(durable.scratch_of(keystore.path_of(subject)))
    objects.remove_all(subject)
    with db.atomic():
        own(subject)


def clear_orphans() -> int:
    """Remove what imports that died have left; call alone with the inbox (`ingest.lock.importing`). Nothing while
    one is under way that seals many at a time: what is of it, and what is not, is not known."""
    with lock.alone(MANY) as mine:
        if not mine:
            return 0
        left = [row.subject for row in Sealing.select()]
        for subject in left:
            remove(subject)
        return len(left)
