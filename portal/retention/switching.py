"""A new original of a call takes the place of the old one (`passages`): what changes in the register with it, and what
is destroyed then."""

from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.models import CaseCall, Line
from portal.db import db
from portal.recordings import notes, originals
from portal.recordings.correction_models import Correction
from portal.recordings.models import Playable, Recording
from portal.retention import deletion, silencing, standing
from portal.retention.restriction_models import Redaction, RedactionState
from portal.vault import keystore

Ranges = list[tuple[int, int]]
"""Milliseconds from and up to."""


def reading(redaction: Redaction, made: silencing.Made) -> dict[Any, Any]:
    """What the register says of the call once it reads the new original."""
    return {
        Recording.sealed_as: redaction.uuid,
        Recording.original_size: made.size,
        Recording.original_sha256: made.sha256,
        Recording.original_format: made.format,
        Recording.redacting: False,
        Recording.playable: Playable.PENDING,
        Recording.playable_type: None,
        Recording.playable_part: None,
        Recording.render_attempts: 0,
    }


def say_switched(redaction: Redaction, row: Recording, made: silencing.Made) -> None:
    """The register reads the new original since this commit: the hashes, and what hung on the old one."""
    values = {"sha256_before": row.original_sha256 or "", "sha256_after": made.sha256, "replaces": row.vault_id}
    Redaction.update(state=RedactionState.SWITCHED, failure="", **values).where(Redaction.id == redaction.id).execute()
    redaction.state, redaction.replaces = RedactionState.SWITCHED, row.vault_id
    redaction.sha256_before, redaction.sha256_after = values["sha256_before"], made.sha256
    _empty_lines(row, redaction.passages)
    written = notes.erase_within(row, redaction.passages)
    _reseal_corrections(redaction, row)
    about: dict[str, Any] = {"sha256_before": redaction.sha256_before, "sha256_after": redaction.sha256_after}
    about |= {"notes": written} if written else {}
    tell(Act.PASSAGES_REPLACED, redaction, row, **about)


def _reseal_corrections(redaction: Redaction, row: Recording) -> None:
    if keystore.exists(row.vault_id, store=row.store):
        before, after = (keystore.load(subject, store=row.store) for subject in (row.vault_id, redaction.uuid))
        originals.reseal(row, before=before, after=after)
    else:  # after a restore: the erasure came between the backup's register and its keys, and nobody can open them
        Correction.update(sealed=None).where(Correction.recording == row.id).execute()


def _empty_lines(row: Recording, ranges: Ranges) -> None:
    """What was said in them goes from the transcripts too, of every request that has one. A line lasts until the
    next one begins."""
    for (call,) in list(CaseCall.select(CaseCall.id).where(CaseCall.recording == row.id).tuples()):
        lines = list(Line.select(Line.id, Line.at_ms).where(Line.call == call).order_by(Line.at_ms, Line.id).tuples())
        begun = sorted({at for _, at in lines})
        until = dict(zip(begun, [*begun[1:], max(row.duration_ms, begun[-1] + 1)], strict=True)) if begun else {}
        said = [key for key, at in lines if any(at < end and start < until[at] for start, end in ranges)]
        Line.update(text="").where(Line.id.in_(said)).execute()


def destroy_old(redaction: Redaction) -> None:
    """Can be repeated. The ledger first: a line too many does no harm, one too few brings the passages back."""
    assert redaction.replaces is not None
    row = Recording.get_by_id(redaction.recording_id)
    standing.redacted(row)
    deletion.destroy_ownerless(redaction.replaces)
    deletion.destroy_copies(row)


@db.atomic()
def say_done(redaction: Redaction) -> None:
    done = Redaction.update(state=RedactionState.DONE, failure="", under_way=None, done_at=clock.now()).where(
        Redaction.id == redaction.id, Redaction.state == RedactionState.SWITCHED
    )
    if done.execute():
        row = Recording.get_by_id(redaction.recording_id)
        hashes = {"sha256_before": redaction.sha256_before, "sha256_after": redaction.sha256_after}
        tell(Act.PASSAGES_ERASED, redaction, row, **hashes)


def tell(act: Act, redaction: Redaction, row: Recording, *, by: Account | None = None, **more: Any) -> None:
    """Into the log, with the ranges."""
    about = {"redaction": redaction.uuid.hex, "because": redaction.because.hex, "ranges": redaction.ranges}
    record(act, row, by=by, reference=redaction.reference, **about, **more)
