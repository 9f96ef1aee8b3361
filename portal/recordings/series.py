"""Listening through a list: the purpose is stated once, for the calls that a search found.

A manager who reviews the quality of a queue, or a clerk who hears what a request is about, goes from call to call
without stating it at each. What gives the right to hear is asked anew at every call and every range of it
(`listening`): a list gives no right, and what is no longer theirs to hear is passed over.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings import listening
from portal.recordings.models import Listen, Playable, Purpose, Recording
from portal.recordings.series_models import Series

MOST = 200
"""Calls of one list."""
OPEN_FOR = dt.timedelta(hours=1)


class NothingToHear(Invalid):
    text = N_(
        "I listan finns inget samtal som du får höra för det ändamålet. Välj ett annat ändamål, eller sök fram "
        "andra samtal."
    )


class Over(Conflict):
    text = N_("Tiden för genomgången är slut. Sök fram listan och ange ändamålet på nytt.")


class Step(NamedTuple):
    """A call of the list, as far as the person still may hear it."""

    recording: Recording
    heard: bool
    """Has its sound been heard in this list?"""


def is_over(series: Series) -> bool:
    return bool(series.closes_at <= clock.now())


def audible(calls: Sequence[uuid.UUID], *, by: Account) -> list[Recording]:
    """Those that can be heard now, in the order of `calls`."""
    reach = Recording.within_reach_of(by, Permission.RECORDINGS_LISTEN)
    found = reach.where(Recording.uuid.in_(list(calls)), Recording.playable == Playable.READY)
    rows = {row.uuid: row for row in found}
    return [rows[key] for key in calls if key in rows]


def purposes(calls: Sequence[Recording], *, by: Account) -> list[Purpose]:
    """What at least one of the calls may be heard for, in the order they are shown."""
    allowed = {purpose for call in calls for purpose in listening.purposes(by, call)}
    return [purpose for purpose in Purpose if purpose in allowed]


@db.atomic()
def begin(calls: Sequence[uuid.UUID], *, purpose: str, reference: str, drawn: bool = False, by: Account) -> Series:
    """State the purpose for the first MOST of `calls` that `by` may hear for it, in the session `by.sign_in`. `drawn`:
    by lot (`quality_draw`), not chosen; the log says so.

    Raises PurposeRefused, CaseNumberNeeded, NothingToHear.
    """
    found = audible(calls[:MOST], by=by)
    if found and purpose not in purposes(found, by=by):
        raise listening.PurposeRefused
    mine = [call for call in found if purpose in listening.purposes(by, call)]
    if not mine:
        raise NothingToHear
    reference = listening.case_number(reference) if purpose == Purpose.REQUEST else ""
    now = clock.now()
    made: Series = Series.create(
        account=by,
        sign_in=by.sign_in,
        purpose=purpose,
        reference=reference,
        calls=",".join(call.uuid.hex for call in mine),
        opened_at=now,
        closes_at=now + OPEN_FOR,
    )
    queues = sorted({call.queue_id for call in mine})
    record(
        Act.SERIES_BEGUN,
        made,
        by=by,
        purpose=purpose,
        reference=reference,
        queue_id=queues[0] if len(queues) == 1 else None,
        queues=queues,
        calls=len(mine),
        **({"drawn": True} if drawn else {}),
    )
    return made


def get(key: uuid.UUID, *, by: Account) -> Series:
    """The list that an address names. NotFound when it is another person's or another session's."""
    found: Series | None = (
        Series.select().where(Series.uuid == key, Series.account == by.id, Series.sign_in == by.sign_in.id).first()
    )
    if found is None:
        raise NotFound
    return found


def steps(series: Series, *, by: Account) -> list[Step]:
    """What of the list can be heard now, in its order."""
    calls = audible([uuid.UUID(key) for key in series.calls.split(",")], by=by)
    listens = Listen.select(Listen.recording_id).where(Listen.series == series.uuid, Listen.started_at.is_null(False))
    heard = {key for (key,) in listens.tuples()}
    return [Step(call, call.id in heard) for call in calls]


def beside(
    series: Series, found: Sequence[Step], recording: Recording
) -> tuple[int, Recording | None, Recording | None]:
    """The call's place among those of the list that can be heard, from 1, and those before and after it in the list's
    own order; also when it is itself no longer there to hear."""
    order = {key: place for place, key in enumerate(series.calls.split(","))}
    here = order[recording.uuid.hex]
    before = [step.recording for step in found if order[step.recording.uuid.hex] < here]
    after = [step.recording for step in found if order[step.recording.uuid.hex] > here]
    return len(before) + 1, before[-1] if before else None, after[0] if after else None


@db.atomic()
def hear(series: Series, call: uuid.UUID, *, by: Account) -> Listen:
    """The open listen of a call of the list: the one opened before in it, or a new one.

    Raises Over, and NotFound when it is not of the list or not theirs to hear any more; NotReady, PurposeRefused.
    """
    if is_over(series):
        raise Over
    if call.hex not in series.calls.split(","):
        raise NotFound
    recording = Recording.within_reach_of(by, Permission.RECORDINGS_LISTEN).where(Recording.uuid == call).first()
    if recording is None:
        raise NotFound
    before: Listen | None = (
        Listen.select()
        .where(Listen.series == series.uuid, Listen.recording == recording.id, Listen.closes_at > clock.now())
        .first()
    )
    if before is not None:
        return before
    listen = listening.open_listen(recording, purpose=series.purpose, reference=series.reference, by=by)
    Listen.update(series=series.uuid).where(Listen.id == listen.id).execute()
    return listen
