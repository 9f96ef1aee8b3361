"""What the retention tests start from: calls full of markers, files in quarantine, and the search for traces."""

import datetime as dt
import uuid
from pathlib import Path

from portal import clock, config
from portal.ingest.models import CallDetail, Quarantined, Reason
from portal.recordings import index
from portal.recordings.models import Listen, Note, Purpose, Recording
from portal.vault import box, keystore, objects
from tests.calls import recording, tone, wav

CALLED = dt.datetime(2026, 3, 10, 8, 0, tzinfo=dt.UTC)
DUE = clock.expiry(CALLED + dt.timedelta(seconds=2))
NUMBER = "+358409991887"
SUBJECT_WORD, NOTE_WORD = "zqxsubjektet", "zqvanteckningen"
TAILS = (b"bjektet", b"nteckningen")
"""What stands in the word index whatever words stand before it: beginnings shared with them are left out there."""
SOUND_MARKER = b"a-marker-in-the-sound-" * 400


def marked(queue, adviser, *, started_at=CALLED, conversation="1773129600.41", number=NUMBER) -> Recording:
    """A call whose every personal field holds something that can be searched for on disk."""
    row = recording(
        queue,
        started_at=started_at,
        number=number,
        adviser=adviser,
        subject=f"Förskoleplats {SUBJECT_WORD}",
        conversation=conversation,
        sound=wav(tone(2)) + SOUND_MARKER,
    )
    Note.create(recording=row, author=adviser, text=f"Ringer åter {NOTE_WORD}")
    index.put(row)
    return row


def heard(row: Recording, account, sign_in) -> Listen:
    return Listen.create(
        recording=row, account=account, sign_in=sign_in, purpose=Purpose.QUALITY, closes_at=clock.now()
    )


def call_detail(row: Recording, key: str) -> CallDetail:
    return CallDetail.create(
        unique_id=row.conversation,
        linked_id=row.conversation,
        recording_file=f"q-2001-{NUMBER}-x.wav",
        called_at=row.started_at,
        src=NUMBER,
        dst="201",
        channel=f"PJSIP/{NUMBER}-0001",
        user_field=SUBJECT_WORD,
        row_key=box.pseudonym("cdr", key),
        expires_at=row.expires_at + dt.timedelta(hours=1),
    )


def quarantined(*, sealed: bool = True, name: str = f"q-2001-{NUMBER}.wav", expires_at=DUE) -> Quarantined:
    subject, content = uuid.uuid4(), b"not a sound " + SOUND_MARKER
    if sealed:
        objects.seal(subject, "original", [content])
    else:
        path = config.settings().inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Quarantined.create(
        uuid=subject,
        reason=Reason.NOT_AUDIO if sealed else Reason.TOO_LARGE,
        name=name,
        size=len(content),
        content_key=box.pseudonym("content", subject.hex),
        sealed=sealed,
        expires_at=expires_at,
    )


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the data folder, whole."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def holding(folder: Path, needle: bytes) -> list[str]:
    """The files in which `needle` stands in the clear, whatever its case."""
    return [name for name, content in files(folder).items() if needle.lower() in content.lower()]


def wrapped_key(row) -> bytes:
    return keystore.path_of(row.uuid).read_bytes()
