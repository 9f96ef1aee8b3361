"""What the portal does beside the bare thing, for `portal bench all --short`: searching, hearing, bringing in,
deleting, and the log."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import itertools
import json
import os
import random
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import flask
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal import clock
from portal.accounts import sessions
from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.bench import purge, results
from portal.bench.browser import BASELINE as EMPTY_PAGE
from portal.bench.browser import EMPTY, HOST, Browser
from portal.bench.log import SHA256, bare_table
from portal.bench.muting import write_sound
from portal.bench.register import Register
from portal.bench.search import BASELINE as BARE_SQL
from portal.bench.search import replay, shown, statements
from portal.config import Settings
from portal.db import db
from portal.ingest import actions as ingest
from portal.ingest import gate
from portal.recordings import listening, search
from portal.recordings.models import Listen, Playable, Purpose, Recording
from portal.retention import actions as retention
from portal.vault import objects

ROUNDS = 9
RANGE = 65536
CALLS, SECONDS = 8, 180
"""Recordings of a round that are brought in, and how long they are."""
DUE = 30
"""Recordings of a round that are deleted."""
TOGETHER = 20
"""Entries of a transaction: more than an act has, so that it is the entry that is measured and not the commit."""
SEND_FILE, CIPHER = "bare send_file", "bare AES-GCM"
LIBRARIES = "bare decoding, hashing and sealing"
CHAINED = "bare JSON, SHA-256 and INSERT"
DELETION = "bare unlink and DELETE"


@dataclasses.dataclass(frozen=True)
class Pair:
    """What is measured and what it stands beside, each done in round n. `ready`, before both, is nobody's time."""

    baseline: str
    ours: Callable[[int], object]
    bare: Callable[[int], object]
    ready: Callable[[int], object] = lambda n: None
    processor: Callable[[], float] = time.process_time
    """Seconds of the processor so far, of everybody who is at work."""
    rounds: int = ROUNDS

    def __call__(self) -> results.Case:
        taken: list[tuple[float, float]] = []
        for n in range(self.rounds + 1):
            self.ready(n)
            taken.append((self._cpu(self.ours, n), self._cpu(self.bare, n)))
        ours, bare = zip(*taken[1:], strict=True)  # the first warms up
        ratio = statistics.median(a / b for a, b in taken[1:])
        return results.case(ours, bare, baseline=self.baseline, ratio=ratio)

    def _cpu(self, work: Callable[[int], object], n: int) -> float:
        """Milliseconds."""
        before = self.processor()
        work(n)
        return (self.processor() - before) * 1000


def page(browser: Browser, path: Callable[[int], str]) -> Pair:
    return Pair(
        EMPTY_PAGE,
        lambda n: [browser.get(path(3 * n + turn)) for turn in range(3)],
        lambda n: [browser.get(EMPTY) for _ in range(3)],
    )


@contextlib.contextmanager
def searching(settings: Settings, register: Register, manager: Browser) -> Iterator[dict[str, Pair]]:
    """Searching alone, beside its SQL; and the whole page."""
    words = register.words.forms
    queries = [
        search.Query(),
        search.Query(words=search.words(words[3])),
        search.Query(words=search.words(f"{words[1]} {words[7][:3]}"), queue=register.queues[1]),
        search.Query(number=search.number(register.numbers[31][-4:])),
        search.Query(adviser=register.advisers[1], length="1-5", flags=("noted",)),
    ]

    def find(n: int) -> None:
        for query in queries:
            search.find(query, by=register.adviser)

    asked = statements(lambda: find(0))
    address = shown([("words", words[3])], register.adviser)
    with contextlib.closing(sqlite3.connect(settings.database, isolation_level=None)) as bare:
        yield {
            "search_find": Pair(BARE_SQL, find, lambda n: replay(bare, asked)),
            "search_page": page(manager, lambda n: address if n % 2 else "/recordings/"),
        }


def playback(manager: Browser, folder: Path) -> dict[str, Pair]:
    """Ranges of a sealed call through the portal, beside Flask's own `send_file` of the same bytes in an application
    of nothing else; and opening the whole of it, beside the bare cipher."""
    clear = folder / "clear.wav"
    write_sound(clear, 2)
    size, content = clear.stat().st_size, clear.read_bytes()
    listen = _sealed(manager, clear)
    sealed = f"/recordings/{listen.recording.uuid}/listens/{listen.uuid}/audio"
    plain = flask.Flask("plain")
    plain.add_url_rule("/", view_func=lambda: flask.send_file(clear, conditional=True))
    places = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)

    def fetch(get: Callable[[str], bytes]) -> Callable[[int], None]:
        def ask(n: int) -> None:
            for _ in range(10):
                at = places.randrange(size - RANGE)
                if get(f"bytes={at}-{at + RANGE - 1}") != content[at : at + RANGE]:
                    raise RuntimeError("the range was answered with other bytes")

        return ask

    def sent(wanted: str) -> bytes:
        asked = EnvironBuilder("/", base_url=HOST, headers=[("Range", wanted)])
        return b"".join(run_wsgi_app(plain, asked.get_environ(), buffered=True)[0])

    key, nonce = AESGCM(os.urandom(32)), bytes(12)
    chunks = [key.encrypt(nonce, content[at : at + RANGE], b"bound") for at in range(0, size, RANGE)]

    def opened(n: int) -> None:
        with objects.Reader(listen.recording.uuid, "original") as reader:
            for _ in range(3):
                for _block in reader.span(0, size):
                    pass

    def bare_opened(n: int) -> None:
        for _ in range(3):
            for chunk in chunks:
                key.decrypt(nonce, chunk, b"bound")

    return {
        "playback_range": Pair(SEND_FILE, fetch(lambda wanted: manager.range(sealed, wanted)), fetch(sent)),
        "playback_read": Pair(CIPHER, opened, bare_opened),
    }


def _sealed(manager: Browser, clear: Path) -> Listen:
    """A recording of the throw-away register gets this sound, and a listen to it is opened in the session."""
    listener = sessions.resume(manager.token)
    assert listener is not None
    recording = Recording.visible_to(listener).first()
    with clear.open("rb") as file:
        objects.seal(recording.uuid, "original", objects.blocks(file))
    ready = {"playable": Playable.READY, "playable_part": "original", "playable_type": "audio/wav"}
    Recording.update(ready).where(Recording.id == recording.id).execute()
    return listening.open_listen(recording, purpose=Purpose.QUALITY, reference="", by=listener)


def importing(folder: Path) -> Pair:
    """Recordings of a folder brought in by one process and its probe, beside decoding them, hashing them and sealing
    them with the bare libraries."""
    clear = folder / "minute.wav"
    write_sound(clear, SECONDS // 60)
    content = clear.read_bytes()
    now = clock.local(clock.now())
    serial = itertools.count()

    def ready(n: int) -> None:
        inbox = folder / f"inbox-{n}"
        shutil.rmtree(inbox, ignore_errors=True)
        inbox.mkdir()
        for _ in range(CALLS):
            number = next(serial)
            at = now - dt.timedelta(hours=2, seconds=number)
            name = f"in-0195202001-0401234567-{at:%Y%m%d-%H%M%S}-{int(at.timestamp())}.{number}.wav"
            (inbox / name).write_bytes(content[:-8] + number.to_bytes(8, "little"))

    def ours(n: int) -> None:
        taken = ingest.import_path(folder / f"inbox-{n}").taken
        if taken != CALLS:
            raise RuntimeError(f"{taken} of {CALLS} were taken")

    def bare(n: int) -> None:
        for file in sorted((folder / f"inbox-{n}").iterdir()):
            bare_decode_and_seal(file, folder / "sealed")

    def processor() -> float:
        child = gate.probe._child
        return time.process_time() + (_processor_of(child.pid) if child else 0.0)

    return Pair(LIBRARIES, ours, bare, ready, processor, rounds=4)


def bare_decode_and_seal(file: Path, target: Path) -> None:
    with av.open(str(file)) as container:
        for _frame in container.decode(audio=0):
            pass
    digest, cipher = hashlib.sha256(), AESGCM(os.urandom(32))
    with file.open("rb") as source, target.open("wb") as sealed:
        for number, block in enumerate(iter(lambda: source.read(RANGE), b"")):
            digest.update(block)
            sealed.write(cipher.encrypt(number.to_bytes(12, "big"), block, b"bound"))


def _processor_of(pid: int) -> float:
    """Seconds a process has had (clock_getcpuclockid(3): the kernel's clocks of processes are numbered so)."""
    return time.clock_gettime((~pid << 3) | 2)


def purging(register: Register, folder: Path) -> Pair:
    """A sweep over what is past its date, beside as many files unlinked and rows deleted, a commit each."""
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    bare.execute("PRAGMA journal_mode = wal")
    bare.execute("PRAGMA synchronous = off")
    bare.execute("CREATE TABLE call (id INTEGER PRIMARY KEY, words TEXT)")
    names = [folder / f"{kind}-{number}" for number in range(DUE) for kind in ("key", "sound")]

    def ready(n: int) -> None:
        purge.fill(register, DUE)
        bare.executemany("INSERT INTO call VALUES (?, ?)", [(number, "ord " * 40) for number in range(DUE)])
        for name in names:
            name.write_bytes(purge.SOUND)

    def ours(n: int) -> None:
        if (done := retention.purge_due(DUE)).purged != DUE:
            raise RuntimeError(f"the sweep deleted {done.purged} of {DUE}")

    def plain(n: int) -> None:
        for number in range(DUE):
            bare.execute("DELETE FROM call WHERE id = ?", (number,))
        for name in names:
            name.unlink()

    return Pair(DELETION, ours, plain, ready, rounds=4)


@contextlib.contextmanager
def log(settings: Settings, register: Register) -> Iterator[dict[str, Pair]]:
    call = Recording.select().first()

    def append(n: int) -> None:
        for _ in range(5):
            with db.atomic():
                for _ in range(TOGETHER):
                    record(Act.VIEWED, call, by=register.adviser)

    numbers = itertools.count(1 << 40)
    row = db.execute_sql("SELECT * FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()

    def chained(number: int) -> tuple[object, ...]:
        text = json.dumps({str(place): value for place, value in enumerate((number, *row[1:]))}, sort_keys=True)
        return (number, *row[1:-1], hashlib.sha256(text.encode()).hexdigest())

    def bare_append(n: int) -> None:
        for _ in range(5):
            insert(*(chained(next(numbers)) for _ in range(TOGETHER)))

    texts: list[bytes] = []

    def hashed(n: int) -> None:
        texts[:] = [chain.canonical(chain.covered(entry)) for entry in Entry.select().order_by(Entry.id)]

    def verify(n: int) -> None:
        if not chain.verify().whole:
            raise RuntimeError("the log is not whole")

    def bare_verify(n: int) -> None:
        for text in texts:
            hashlib.sha256(text).hexdigest()

    with bare_table(settings, synced=False) as insert:
        yield {
            "log_append": Pair(CHAINED, append, bare_append),
            "log_verify": Pair(SHA256, verify, bare_verify, hashed),
        }
