"""Call detail rows into the register, and into the recordings that came before them."""

from typing import Any

import peewee

from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.ingest import call_details, freepbx, lines, registration
from portal.ingest.call_details import Rows
from portal.ingest.models import CallDetail
from portal.queues import announced
from portal.recordings import index
from portal.recordings.models import Direction, Recording, State, Told

BATCH = 200


def store(rows: Rows) -> int:
    """Keep the rows that are new and complete the recordings they speak of; returns how many were new.

    Rows and completion are one commit: a row that is here has done its work.
    """
    known = 0
    for start in range(0, len(rows.found), BATCH):
        known += _store(rows.found[start : start + BATCH])
    if known or rows.refused:
        with db.atomic():
            record(Act.CALL_DETAILS_READ, rows=len(rows.found), new=known, refused=rows.refused)
    return known


@db.atomic()
def _store(rows: list[dict[str, Any]]) -> int:
    keys = [row["row_key"] for row in rows]
    here = {key for (key,) in CallDetail.select(CallDetail.row_key).where(CallDetail.row_key.in_(keys)).tuples()}
    new = {row["row_key"]: row for row in rows if row["row_key"] not in here}
    if new:
        CallDetail.insert_many(list(new.values())).execute()
        complete_from_call_details(list(new.values()))
    return len(new)


@db.atomic()
def complete_from_call_details(rows: list[dict[str, Any]]) -> int:
    """Fill in what late call detail rows (columns of `CallDetail`) tell of recordings that are here: the
    conversation, the adviser, whether the caller was told. What is known from a row is never
    undone by its absence in another. Returns how many recordings changed."""
    stems = {row["recording_file"] for row in rows if row["recording_file"]}
    keys = {registration.source_key(freepbx.SOURCE, stem): stem for stem in stems}
    # `Master.csv` names no file and no conversation: there the channel is all there is
    channels = {row["unique_id"] for row in rows if not row["recording_file"] and not row["linked_id"]}
    late = Recording.select().where(
        Recording.source == freepbx.SOURCE,
        Recording.state == State.LIVE,
        (Recording.source_key.in_(list(keys))) | (Recording.conversation.in_(list(channels))),
    )
    return sum(_complete(row, keys.get(row.source_key)) for row in list(late))


def _complete(recording: Recording, stem: str | None) -> bool:
    """`stem`: its file name, when a row gave it; else it is known by its channel alone."""
    parts = freepbx.parse(stem) if stem else None
    unique_id = parts.unique_id if parts else recording.conversation
    row = call_details.of(stem or "", unique_id)
    if row is None:
        return False
    before = (recording.conversation, recording.extension, recording.adviser_id, recording.told)
    recording.conversation = row.linked_id or recording.conversation
    if recording.extension is None:
        inward = recording.direction == Direction.IN
        recording.extension = call_details.extension(row.dst_channel if inward else row.channel)
        recording.adviser = lines.adviser(recording.extension)
    if (told := call_details.told(row)) is not None:
        recording.told = registration.told_of(told, recording.direction, recording.queue)
        recording.announcement = announced.of(recording)
    if before == (recording.conversation, recording.extension, recording.adviser_id, recording.told):
        return False
    # One statement guarded by the state: a purge under way is not undone
    done = (
        Recording.update(
            conversation=recording.conversation,
            extension=recording.extension,
            adviser=recording.adviser_id,
            told=recording.told,
            announcement=recording.announcement_id,
        )
        .where(Recording.id == recording.id, Recording.state == State.LIVE)
        .execute()
    )
    if not done:
        return False
    index.put(recording)
    record(Act.COMPLETED, recording, source="call_details")
    return True


def missing_told() -> dict[str, int]:
    """How many live calls lack the mark that the caller was told, by what is known instead."""
    counted = (
        Recording.select(Recording.told, peewee.fn.COUNT(Recording.id))
        .where(Recording.state == State.LIVE, Recording.told != Told.YES)
        .group_by(Recording.told)
        .tuples()
    )
    return dict(counted)
