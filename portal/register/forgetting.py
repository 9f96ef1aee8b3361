"""The papers of the register go with what they tell of: the call, or the file of the case.

The rows stay: who got what, by which law and when, and that the recipient was told (GDPR 5(2), 15(1)(c)).
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from portal import clock
from portal.db import Change, Prepared, slot
from portal.documents.kinds import Owner
from portal.documents.models import Document, State
from portal.recordings.models import Recording
from portal.register.models import Notice, NoticeState
from portal.retention.models import Transfer

_RECORDING = slot("recording", Recording.id)
_TRANSFERS = Prepared(lambda: Transfer.select(Transfer.uuid).where(Transfer.recording == _RECORDING))
_OWN_INITIATIVE = Prepared(
    lambda: (
        Notice.select(Notice.uuid)
        .join(Transfer)
        .where(Transfer.recording == _RECORDING, Notice.because.is_null(), Notice.state != str(NoticeState.WAITING))
    )
)
_DROP = Change(
    lambda: Document.update(
        state=State.DROPPED, content="{}", once=None, leased_until=slot("now", Document.leased_until)
    ).where(
        Document.owner_kind == Owner.REGISTER,
        Document.owner_key == slot("owner", Document.owner_key),
        Document.state != State.DROPPED,
    )
)
"""`leased_until` says that there may be bytes: the worker destroys them, key and all."""


def forget_call(recording: Any) -> None:
    """A call is deleted: the records of its disclosures, and the letters that told its recipients of a correction on
    own initiative. One that still waits to be sent goes when it has been; one of a case, with the case's file.
    Call in the deletion's transaction."""
    _drop(key for (key,) in _TRANSFERS(recording=recording.id))
    _drop(key for (key,) in _OWN_INITIATIVE(recording=recording.id))


def forget_case(case: Any) -> None:
    """The file of a case is emptied: so are the letters that its changes were told in, and why one could not be told.
    Call in the emptying's transaction."""
    rows = list(Notice.select(Notice.uuid).where(Notice.because == case.uuid).tuples())
    _drop(key for (key,) in rows)
    Notice.update(reason="").where(Notice.because == case.uuid).execute()


def forget_told(notice: Notice) -> None:
    """Its call was deleted while it waited: the letter goes now that it has been sent."""
    _drop([notice.uuid])


def _drop(owners: Iterable[UUID]) -> None:
    now = clock.now()
    for owner in owners:
        _DROP(owner=owner.hex, now=now)
