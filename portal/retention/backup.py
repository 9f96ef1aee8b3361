"""A backup while the portal runs: the register as it was at one instant, and the bytes and keys of every call
that is live in it.

In the folder: `calls/NAME` with the register, sealed, and the sealed sound; `keys/NAME` with the keys, that of the
register among them, and the keyring. Neither opens anything without the other, and neither without the root key. Names,
numbers and notes are thus gone with the keys too.
"""

import contextlib
import dataclasses
import errno
import hashlib
import hmac
import json
import os
import secrets
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from portal import clock, config, lock
from portal import db as database
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.codes import CopyState
from portal.cases.models import Attachment
from portal.cases.models import Copy as Handed
from portal.db import db
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.incidents.models import IncidentPaper
from portal.ingest.models import Quarantined, QuarantineState
from portal.jobs.models import Kind as JobKind
from portal.jobs.running import Run, Watch, running
from portal.queues.announcement_models import AnnouncementSound
from portal.recordings.correction_models import Statement, StatementState
from portal.recordings.models import Recording, State, Store
from portal.retention import copies, ledger, standing
from portal.retention.copies import Copy
from portal.retention.ledger import Kind, New
from portal.retention.owners import ATTACHMENT, COPY, ORIGINAL, STATEMENT
from portal.retention.restriction_models import Redaction
from portal.vault import box, durable, keystore, objects, parcel, ring

VERSION = 1
ROUNDS = 3
"""How often a call that moves between the stores is looked for."""
NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS}
DATABASE_WAIT = 120.0
KEYRING = "keyring"
PAPERS = {"attachment": Attachment, "incident": IncidentPaper, "announcement": AnnouncementSound}
"""Kept by `retention.papers`."""

Facts = dict[str, list[Any]]
"""Path in the backup → size, modification time in ns, SHA-256."""


class Busy(Exception):
    """Another backup is being made."""


@dataclasses.dataclass
class Made:
    name: str
    calls: int = 0
    quarantined: int = 0
    documents: int = 0
    papers: int = 0
    """Attachments and copies of residents' requests, what people added to calls, papers of incidents, announcements."""
    files: int = 0
    size: int = 0
    """Bytes of sealed sound in it."""
    gone: int = 0
    """Deleted while the backup was made: not in it."""
    missing: list[str] = dataclasses.field(default_factory=list)
    """Live, and their key or sound is not in the stores: a fault of the stores. The rest is in the backup."""
    removed: int = 0
    """Earlier backups whose days were over."""
    removal_failed: str = ""


def make(folder: Path, *, keys: Path | None = None, watch: Watch | None = None) -> Made:
    """Make a backup in `folder`, and remove those whose days are over; `watch` is told how far it has come. Raises
    Busy, OSError, ledger.Behind …"""
    with lock.alone("backup") as mine:
        if not mine:
            raise Busy
        with running(JobKind.BACKUP, soon=True, watch=watch) as job:
            removed, failed = copies.remove_old()
            made = _make(folder.absolute(), (keys or folder / "keys").absolute(), job)
            made.removed, made.removal_failed = removed, failed
            job.amiss = len(made.missing)
        return made


def _make(folder: Path, keys: Path, job: Run) -> Made:
    now = clock.now()
    copy = Copy(f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}", folder, keys, now)
    made = Made(copy.name)
    earlier = newest_facts(folder)
    durable.make_folder(folder / "calls")
    durable.make_folder(keys)
    copies.add(copy)
    durable.make_folder(copy.calls_here)
    durable.make_folder(copy.keys_here)
    place = standing.mark()
    register, (live, waiting, documents, attachments, handed, added, filed, spoken, newest) = _copied()
    with register:
        _seal_register(register, copy)
    wanted = [("recording", sealed_as or subject, store, ORIGINAL) for subject, sealed_as, store in live]
    wanted += [("quarantined", subject, Store.MAIN, ORIGINAL) for (subject,) in waiting]
    wanted += [("document", subject, Store.MAIN, part) for subject, part in documents]
    wanted += [("attachment", subject, Store.MAIN, ATTACHMENT) for (subject,) in attachments]
    wanted += [("copy", subject, Store.MAIN, COPY) for (subject,) in handed]
    wanted += [("statement", subject, Store.MAIN, STATEMENT) for (subject,) in added]
    wanted += [("incident", subject, Store.MAIN, ATTACHMENT) for (subject,) in filed]
    wanted += [("announcement", subject, Store.MAIN, ATTACHMENT) for (subject,) in spoken]
    facts: Facts = {}
    key_facts: dict[str, str] = {}
    for turn, (kind, subject, store, part) in enumerate(wanted):
        job.tell(turn, len(wanted))
        where = _take(copy, subject, store, part, facts, key_facts, earlier)
        while not where and (newer := _newer(subject)):  # passages of it were erased while the backup was made
            subject = newer
            where = _take(copy, subject, store, part, facts, key_facts, earlier)
        if where:
            made.calls += kind == "recording"
            made.quarantined += kind == "quarantined"
            made.documents += kind == "document"
            made.papers += kind in ("attachment", "copy", "statement", "incident", "announcement")
        elif _still_live(kind, subject):
            made.missing.append(subject.hex)
        else:
            made.gone += 1
    job.tell(len(wanted), len(wanted))
    made.files, made.size = len(facts), sum(size for size, _, _ in facts.values())
    common = {"version": VERSION, "name": copy.name, "made_at": now.isoformat(), "root": box.root_id().hex()}
    register_facts = _facts(copy.calls_here / "register")
    keyring = _take_keyring(copy)  # after the keys: it knows whatever a rotation meanwhile has wrapped them under
    _write(copy.keys_here / "manifest.json", common | {"half": "keys", "files": key_facts, "keyring": keyring})
    _write(
        copy.calls_here / "manifest.json",
        common
        | {
            "half": "calls",
            "ledger": [place.number, place.hash],
            "log": list(newest[0]) if newest else [0, ledger.START.head],
            "register": register_facts,
            "files": facts,
            "missing": made.missing,
        },
    )
    with db.atomic():
        record(Act.BACKED_UP, code=copy.name, count=made.calls, size=made.size, missing=len(made.missing))
    ledger.append(New(Kind.BACKUP, detail={"name": copy.name, "calls": made.calls}))
    return made


def _copied() -> tuple[BinaryIO, list[list[tuple[Any, ...]]]]:
    """The register, and as of the same instant: what is live, what waits in quarantine, the log's last entry."""
    live = Recording.select(Recording.uuid, Recording.sealed_as, Recording.store).where(Recording.state == State.LIVE)
    waiting = Quarantined.select(Quarantined.uuid).where(
        Quarantined.state == QuarantineState.WAITING, Quarantined.sealed
    )
    documents = Document.select(Document.uuid, Document.part).where(Document.state == DocumentState.LOCKED)
    attachments = Attachment.select(Attachment.uuid).where(Attachment.standing == "kept")
    handed = Handed.select(Handed.uuid).where(Handed.state == CopyState.READY)
    added = Statement.select(Statement.uuid).where(Statement.standing == StatementState.KEPT)
    filed = IncidentPaper.select(IncidentPaper.uuid).where(IncidentPaper.standing == "kept")
    spoken = AnnouncementSound.select(AnnouncementSound.uuid).where(AnnouncementSound.standing == "kept")
    newest = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)
    # The sweep empties the database's log at its end, and cannot while it is being read
    with lock.alone("purge", DATABASE_WAIT):
        papers = (documents, attachments, handed, added, filed, spoken)
        return database.copied(config.settings().data, live.order_by(Recording.id), waiting, *papers, newest)


def _seal_register(register: BinaryIO, copy: Copy) -> None:
    key, context = parcel.new_key(), copy.name.encode()
    with durable.new_file(copy.keys_here / "register.key") as file:
        file.write(box.seal("backup", context, key))
    register.seek(0)
    with durable.new_file(copy.calls_here / "register") as file:
        for block in parcel.sealed(register, key, context):
            file.write(block)


def _take_keyring(copy: Copy) -> str:
    """As it lies, sealed under the root key. Returns its SHA-256."""
    content = config.settings().keyring.read_bytes()
    with durable.new_file(copy.keys_here / KEYRING) as file:
        file.write(content)
    return hashlib.sha256(content).hexdigest()


def _newer(subject: uuid.UUID) -> uuid.UUID | None:
    """The vault's subject that took the place of `subject`."""
    row = Redaction.get_or_none(Redaction.replaces == subject)
    return row.uuid if row else None


def _still_live(kind: str, subject: uuid.UUID) -> bool:
    if kind == "recording":
        here = Recording.select().where(Recording.sealed_under(subject), Recording.state == State.LIVE)
        return bool(here.exists())
    if kind == "document":
        return bool(Document.select().where(Document.uuid == subject, Document.state == DocumentState.LOCKED).exists())
    if kind in PAPERS:
        model = PAPERS[kind]
        return bool(model.select().where(model.uuid == subject, model.standing == "kept").exists())
    if kind == "copy":
        return bool(Handed.select().where(Handed.uuid == subject, Handed.state == CopyState.READY).exists())
    if kind == "statement":
        kept = (Statement.uuid == subject) & (Statement.standing == StatementState.KEPT)
        return bool(Statement.select().where(kept).exists())
    waits = (Quarantined.uuid == subject) & (Quarantined.state == QuarantineState.WAITING)
    return bool(Quarantined.select().where(waits).exists())


def _take(
    copy: Copy,
    subject: uuid.UUID,
    store: str,
    part: str,
    facts: Facts,
    key_facts: dict[str, str],
    earlier: "Earlier",
) -> str:
    """Key and parts of one subject, from the store where the key and `part` are whole. Returns which, '' for none."""
    other = Store.THREAT if store == Store.MAIN else Store.MAIN
    for here in (store, other) * ROUNDS:
        try:
            key = _key(subject, here)
            taken = _take_objects(copy, subject, here, earlier)
        except (FileNotFoundError, keystore.NoKey, box.SealBroken):
            continue  # deleted or moved just now
        if not any(name.endswith(f"/{part}") for name in taken):
            continue
        name = f"{here}/{subject.hex[:2]}/{subject.hex}.key"
        with durable.new_file(copy.keys_here / name) as file:
            file.write(key)
        facts |= taken
        key_facts[name] = hashlib.sha256(key).hexdigest()
        return here
    return ""


def _key(subject: uuid.UUID, store: str) -> bytes:
    """The wrapped key as it lies, proven to open: one that is being overwritten is none."""
    path = keystore.path_of(subject, store=store)
    wrapped = path.read_bytes()
    keystore.load(subject, store=store)
    if path.read_bytes() != wrapped:
        raise keystore.NoKey
    return wrapped


def _take_objects(copy: Copy, subject: uuid.UUID, store: str, earlier: "Earlier") -> Facts:
    taken: Facts = {}
    for part in objects.parts(subject, store=store):
        name = f"{store}/{subject.hex[:2]}/{subject.hex}/{part}"
        source, target = objects.path_of(subject, part, store=store), copy.calls_here / name
        target.unlink(missing_ok=True)
        taken[name] = _bring(source, target, name, earlier)
    if taken:
        durable.sync_folder((copy.calls_here / next(iter(taken))).parent)
    return taken


def _bring(source: Path, target: Path, name: str, earlier: "Earlier") -> list[Any]:
    """By a link to the backup before when that holds the same file, by a link to the file itself on the same
    disk, else by a copy. A sealed part is never written in place, so a link never changes."""
    known = source.stat()
    durable.make_folder(target.parent)
    before = earlier.facts.get(name)
    same = before is not None and before[:2] == [known.st_size, known.st_mtime_ns]
    if before and same and (earlier.folder / name).exists() and _linked(earlier.folder / name, target):
        return before
    if not _linked(source, target):
        with open(source, "rb") as sealed, durable.new_file(target) as file:
            for block in objects.blocks(sealed):
                file.write(block)
        os.utime(target, ns=(known.st_atime_ns, known.st_mtime_ns))
    return _facts(target)


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINK:
            raise
        return False
    return True


def _facts(path: Path) -> list[Any]:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        stat = os.fstat(file.fileno())
    return [stat.st_size, stat.st_mtime_ns, digest]


def _sealed(manifest: dict[str, Any]) -> str:
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(box.lasting("backup manifest"), text, hashlib.sha256).hexdigest()


def _write(path: Path, manifest: dict[str, Any]) -> None:
    with durable.new_file(path) as file:
        file.write(json.dumps(manifest | {"seal": _sealed(manifest)}).encode())


OTHER_ROOT = "it belongs to another root key: put that key into the folder of secrets first"


class NoBackup(Exception):
    """There is none that is whole; the text says what is amiss, in no one's personal terms."""


def read(path: Path, half: str) -> dict[str, Any]:
    """The manifest at `path` of the half 'calls' or 'keys', its seal checked. Raises NoBackup."""
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        seal = manifest.pop("seal")
    except FileNotFoundError as error:
        raise NoBackup("it is not whole: it has no manifest") from error
    except (ValueError, KeyError, AttributeError) as error:
        raise NoBackup("its manifest cannot be read") from error
    if manifest.get("root") not in {name.hex() for name in ring.current().ids}:
        raise NoBackup(f"{OTHER_ROOT}: {manifest.get('root')}")
    if not hmac.compare_digest(_sealed(manifest), seal) or manifest.get("version") != VERSION:
        raise NoBackup("its manifest was altered")
    if manifest["half"] != half:
        raise NoBackup("its manifest is that of the other half")
    return manifest


@dataclasses.dataclass(frozen=True)
class Earlier:
    folder: Path
    facts: Facts


def names(folder: Path) -> list[str]:
    """The backups in `folder` that have a manifest, oldest first."""
    here: Iterable[Path] = (folder / "calls").glob("*/manifest.json")
    return sorted(path.parent.name for path in here)


def newest_facts(folder: Path) -> Earlier:
    for name in reversed(names(folder)):
        with contextlib.suppress(NoBackup):
            here = folder / "calls" / name
            return Earlier(here, read(here / "manifest.json", "calls")["files"])
    return Earlier(folder, {})
