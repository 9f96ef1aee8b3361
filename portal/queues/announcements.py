"""What callers are told at the start of the call: decided per queue, in versions (GDPR 13).

A version is there with its sound files or not at all: the files are sealed first, without an announcement, and one
commit makes the announcement and gives them to it. What is decided never changes; it can be dropped until it plays.
"""

import dataclasses
import datetime as dt
import uuid

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import LANGUAGES, N_
from portal.queues import sounds
from portal.queues.announced import in_force
from portal.queues.announcement_models import Announcement, AnnouncementSound
from portal.queues.models import Queue
from portal.retention import papers

__all__ = ["Upload", "drop", "every", "get", "in_force", "make", "newest", "tend"]

TEXT_LEAST, TEXT_MOST = 20, 2000
"""Signs. Fewer cannot say who records, and that it is done; more is nobody told at the start of a call."""


class AnnouncementTextNeeded(Invalid):
    text = N_("Skriv vad den som ringer får höra, på båda språken och minst %(least)s tecken.")


class InThePast(Invalid):
    text = N_("Tiden har redan gått. Ett meddelande gäller tidigast från nu: lämna dag och klockslag tomma.")


class BeforeTheLast(Invalid):
    """`first`: when the version before begins."""

    text = N_(
        "Den förra versionen gäller från den %(first)s. Den nya ska börja gälla efter den, eller så drar du först "
        "tillbaka den förra."
    )


class SoundStale(Invalid):
    """`language`: whose text was changed while its sound was to be kept."""

    text = N_("Texten har ändrats, så den förra ljudfilen säger något annat. Lägg till en ny, eller ingen.")

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language


class NewerVersion(Conflict):
    text = N_("Någon annan har just bestämt ett nytt meddelande. Läs det först.")


class InForce(Conflict):
    text = N_("Meddelandet gäller redan, eller är redan tillbakadraget. Bestäm en ny version i stället.")


class Left(Conflict):
    text = N_("Ljudfilen hann rensas bort medan den sparades. Försök igen.")


@dataclasses.dataclass(frozen=True)
class Upload:
    """A sound file as it was sent."""

    name: str
    content: bytes


def make(
    queue: Queue,
    *,
    text_sv: str,
    text_fi: str,
    valid_from: dt.datetime | None = None,
    files: dict[str, Upload] | None = None,
    keep: frozenset[str] = frozenset(),
    seen: int,
    by: Account,
) -> Announcement:
    """A new version of what the queue tells its callers, from `valid_from` on; None: from now.

    `files`: new sound files by language. `keep`: languages whose sound stays that of the newest version. `seen`: the
    newest version that `by` has read, 0 for none. Denied; AnnouncementTextNeeded, PersonalCode, InThePast,
    BeforeTheLast, SoundStale and what `sounds.facts` raises; NotStored, NewerVersion, Left. Not inside a transaction.
    """
    texts = _checked(queue, {"sv": text_sv, "fi": text_fi}, valid_from, keep, seen, by)
    given = dict(files or {})
    for language in sorted(keep - set(given)):
        given[language] = _again(queue, language)
    known = {language: sounds.facts(upload.content) for language, upload in given.items()}
    sealed: list[AnnouncementSound] = []
    try:
        for language, upload in sorted(given.items()):
            sealed.append(_begin(language, sounds.named(upload.name), known[language]))
            papers.seal(sealed[-1], upload.content)  # gives its own row up when the disk refuses
        return _decide(queue, texts, valid_from, sealed, seen, by)
    except BaseException:
        for row in sealed:
            papers.give_up(row)
        raise


def _checked(
    queue: Queue,
    texts: dict[str, str],
    valid_from: dt.datetime | None,
    keep: frozenset[str],
    seen: int,
    by: Account,
) -> dict[str, str]:
    if not by.may(Permission.QUEUES_ANNOUNCE):
        raise Denied
    said = {language: texts[language].strip() for language in LANGUAGES}
    personal_codes.refuse(*said.values())
    if any(not TEXT_LEAST <= len(text) <= TEXT_MOST for text in said.values()):
        raise AnnouncementTextNeeded(least=TEXT_LEAST)
    if valid_from is not None and valid_from < clock.now():
        raise InThePast
    last = newest(queue)
    if (last.version if last else 0) != seen:
        raise NewerVersion
    for language in sorted(keep):
        if last is not None and getattr(last, f"text_{language}") != said[language]:
            raise SoundStale(language)
    return said


def _again(queue: Queue, language: str) -> Upload:
    """The newest version's sound, to be sealed for the next one too: each has its own key."""
    last = newest(queue)
    if last is None:
        raise NotFound
    row, content = sounds.content(last, language)
    return Upload(row.name, content)


@db.atomic()
def _begin(language: str, name: str, facts: dict[str, object]) -> AnnouncementSound:
    personal_codes.refuse(name)
    row: AnnouncementSound = AnnouncementSound.create(language=language, name=name, **facts)
    return row


@db.atomic()
def _decide(
    queue: Queue,
    texts: dict[str, str],
    valid_from: dt.datetime | None,
    sealed: list[AnnouncementSound],
    seen: int,
    by: Account,
) -> Announcement:
    now = clock.now()
    begins = max(valid_from, now) if valid_from is not None else now  # sealing took its time
    standing = Announcement.select().where(Announcement.queue == queue.id, Announcement.dropped_at.is_null())
    last: Announcement | None = standing.order_by(Announcement.version.desc()).first()
    if last is not None and begins <= last.valid_from:
        raise BeforeTheLast(first=_spelled(last.valid_from))
    try:
        made: Announcement = Announcement.create(
            queue=queue,
            version=seen + 1,
            valid_from=begins,
            text_sv=texts["sv"],
            text_fi=texts["fi"],
            made_by=by,
            made_at=now,
        )
    except peewee.IntegrityError as error:
        raise NewerVersion from error
    for row in sealed:
        row.announcement = made
        AnnouncementSound.update(announcement=made).where(AnnouncementSound.id == row.id).execute()
        if not papers.keep(row):
            raise Left  # the sweep took it for left behind
    local = clock.local(begins)
    record(
        Act.ANNOUNCEMENT_MADE,
        made,
        by=by,
        queue_id=queue.id,
        version=made.version,
        valid_from=local.date().isoformat(),
        valid_time=f"{local.hour}.{local.minute:02d}",
        sounds=len(sealed),
    )
    return made


def drop(announcement: Announcement, *, by: Account) -> None:
    """Give one up before it plays; its sound files are destroyed, its text stays to be seen. Denied; InForce when it
    plays already or was dropped before. Not inside a transaction."""
    going = _dropped(announcement, by)
    for row in going:
        papers.finish(row)  # what the disk refuses the sweep tries again


@db.atomic()
def _dropped(announcement: Announcement, by: Account) -> list[AnnouncementSound]:
    if not by.may(Permission.QUEUES_ANNOUNCE):
        raise Denied
    now = clock.now()
    dropped = Announcement.update(dropped_at=now, dropped_by=by).where(
        Announcement.id == announcement.id, Announcement.dropped_at.is_null(), Announcement.valid_from > now
    )
    if not dropped.execute():
        raise InForce
    mine = AnnouncementSound.announcement == announcement.id
    AnnouncementSound.update(standing=papers.GOING, name="").where(mine).execute()
    record(Act.ANNOUNCEMENT_DROPPED, announcement, by=by, queue_id=announcement.queue_id, version=announcement.version)
    return list(AnnouncementSound.select().where(mine))


def newest(queue: Queue) -> Announcement | None:
    """The one with the highest number, dropped or not."""
    found: Announcement | None = _of(queue).first()
    return found


def every(queue: Queue) -> list[Announcement]:
    """All versions, the newest first, with who decided and who dropped them."""
    return list(_of(queue))


def _of(queue: Queue) -> peewee.ModelSelect:
    return Announcement.select().where(Announcement.queue == queue.id).order_by(Announcement.version.desc())


def get(queue: Queue, key: uuid.UUID) -> Announcement:
    """A version of the queue's. NotFound."""
    found: Announcement | None = _of(queue).where(Announcement.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def tend() -> int:
    """Clear sound files that a crash left half kept, and those of dropped versions; how many the disk refused."""
    return sounds.sweep()


def _spelled(moment: dt.datetime) -> str:
    local = clock.local(moment)
    return f"{local.day}.{local.month}.{local.year} {local.hour}.{local.minute:02d}"
