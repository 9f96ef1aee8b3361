"""The sound files of announcements: looked at like any recording first, then sealed; played on the page."""

import hashlib
from typing import Any

from portal.errors import Invalid, NotFound
from portal.ingest import gate
from portal.ingest.call import Refused
from portal.ingest.content import Content, Unreadable
from portal.language import N_
from portal.queues.announcement_models import Announcement, AnnouncementSound
from portal.recordings.sound import BROWSERS_PLAY
from portal.retention import papers

MOST_BYTES = papers.MOST_BYTES
SENDING_MOST = 2 * MOST_BYTES + 256 * 1024
"""Of one sending: a file per language and the form."""
MOST_MS = 5 * 60 * 1000
"""Nobody waits longer for somebody to answer; what is longer is another file."""
ENDINGS = ("wav", "mp3", "flac", "ogg", "opus")


class NotPlayable(Invalid):
    text = N_(
        "Filen är inget ljud som går att spela upp. Spara den som WAV (PCM, A-law eller µ-law), MP3, FLAC eller Ogg "
        "Opus, i en eller två kanaler. Filnamnet avgör inte, utan innehållet."
    )


class SoundTooLarge(Invalid):
    text = N_("Ljudfilen får vara högst 10 MB. Spara den till exempel som MP3.")


class SoundTooLong(Invalid):
    text = N_("Ljudfilen är längre än fem minuter. Är det rätt fil?")


class NoSound(Invalid):
    text = N_("Ljudfilen är tom: det finns inget ljud i den.")


class CannotLook(Invalid):
    text = N_("Ljudfilen kunde inte undersökas just nu. Försök igen om en stund.")


def facts(content: bytes) -> dict[str, Any]:
    """What the row says of the bytes, decoded to their end by the gate. SoundTooLarge, NotPlayable, NoSound,
    SoundTooLong, CannotLook. Not inside a transaction."""
    if len(content) > MOST_BYTES:
        raise SoundTooLarge
    if not content:
        raise NoSound
    try:
        with Content.of([content]) as opened:
            found = gate.examine(opened)
    except Refused as error:
        raise NotPlayable from error
    except (Unreadable, OSError) as error:
        raise CannotLook from error
    if found.empty or not found.milliseconds:
        raise NoSound
    media_type = BROWSERS_PLAY.get(found.format)
    if media_type is None:
        raise NotPlayable
    if found.milliseconds > MOST_MS:
        raise SoundTooLong
    return {
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "duration_ms": found.milliseconds,
    }


def named(name: str) -> str:
    """A name of one line and of bearable length, without folders and the ending of a sound file."""
    plain = papers.named(name)
    stem, _, ending = plain.rpartition(".")
    return stem.strip() if stem.strip() and ending.lower() in ENDINGS else plain


def of(announcement: Announcement) -> dict[str, AnnouncementSound]:
    """Those that are kept, by language."""
    kept = AnnouncementSound.select().where(
        AnnouncementSound.announcement == announcement.id, AnnouncementSound.standing == papers.KEPT
    )
    return {str(row.language): row for row in kept}


def by_version(keys: list[int]) -> dict[int, dict[str, AnnouncementSound]]:
    """The same for many announcements, by their keys."""
    kept = AnnouncementSound.select().where(
        AnnouncementSound.announcement.in_(keys), AnnouncementSound.standing == papers.KEPT
    )
    found: dict[int, dict[str, AnnouncementSound]] = {key: {} for key in keys}
    for row in kept:
        found[row.announcement_id][str(row.language)] = row
    return found


def content(announcement: Announcement, language: str) -> tuple[AnnouncementSound, bytes]:
    """The sound in the clear. NotFound when there is none; SealBroken when it was altered."""
    row = of(announcement).get(language)
    if row is None:
        raise NotFound
    return row, papers.content(row)


def sweep() -> int:
    """Clear what a crash left half kept, and what was given up; how many the disk refused."""
    return papers.sweep(AnnouncementSound)
