"""Fills a register the way it would be filled: accounts and service numbers by an administrator, calls
through the inbox, subjects and notes by the advisers."""

import concurrent.futures
import dataclasses
import datetime as dt
import json
import multiprocessing
import signal
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyotp

from portal import clock, db, processes
from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.config import Settings
from portal.demo import announced, calls, dialogue, exchange, faults, granted, threats
from portal.demo.calls import Format, Planned
from portal.demo.people import ADVISERS, LINES, PEOPLE, RESPONSIBLE, Person
from portal.documents import actions as documents
from portal.documents.kinds import MONTHLY
from portal.errors import DomainError
from portal.ingest.delivery import LONGEST_CALL
from portal.ingest.registration import source_key
from portal.language import LANGUAGES
from portal.queues import actions as queues
from portal.recordings import actions as recordings
from portal.recordings import notes
from portal.recordings.models import Playable, Recording, State
from portal.retention import actions as retention
from portal.vault import durable

SEED = 1
PROCESSES = 2
IMPORT_SECONDS = 600
GROWING = 80_000
"""The number of the call that is going on."""


@dataclasses.dataclass(frozen=True)
class Access:
    """How one person of the demo signs in."""

    username: str
    password: str
    totp_secret: str
    roles: list[str]


class Manifest:
    """`demo.json` in the data folder: that the register is a demo's, how to sign in, and whether it is full."""

    def __init__(self, data: Path) -> None:
        self._path = data / "demo.json"
        self.accounts: list[Access] = []
        self.full = False
        if self.exists:
            kept = json.loads(self._path.read_text())
            self.accounts = [Access(**account) for account in kept["accounts"]]
            self.full = kept["full"]

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def save(self) -> None:
        kept = {"full": self.full, "accounts": [dataclasses.asdict(account) for account in self.accounts]}
        with durable.new_file(self._path) as file:
            file.write(json.dumps(kept, indent=1).encode())


def people() -> list[Access]:
    """Make the service numbers and the staff. Passwords and second factors are this register's own."""
    made = {
        line.number: queues.create(
            line.number, name_sv=line.name_sv, name_fi=line.name_fi, tells_callers=line.tells_callers, by=None
        )
        for line in LINES
    }
    access = [_person(person) for person in PEOPLE]
    granted.tell({account.username: account for account in Account.select()}, made)
    announced.tell(made, by=Account.get(Account.username == RESPONSIBLE))
    return access


def _person(person: Person) -> Access:
    account, password = accounts.create(
        person.username,
        name=person.name,
        language=person.language,
        extension=person.extension,
        temporary=False,
    )
    secret = pyotp.random_base32()
    accounts.enrol(account, secret)
    return Access(person.username, password, secret, [str(role) for role in person.roles])


class Filling:
    """The calls on their way into the register."""

    def __init__(self, settings: Settings, count: int, tell: Callable[[str], None]) -> None:
        self._settings, self._tell = settings, tell
        self._planned = calls.Planner(count, clock.now(), SEED).plan()
        self._going_on = _going_on(clock.now())

    def deliver(self) -> faults.Growing:
        """Speak every call and lay it into the inbox. Returns the call that still goes on."""
        inbox = self._settings.inbox
        exchange.deliver_details(self._planned, inbox)
        faults.deliver(self.before_yesterday(), inbox)
        growing = faults.Growing(self._going_on, inbox)
        # Forked: the children open nothing of the register, and end when this process does
        pool = concurrent.futures.ProcessPoolExecutor(
            PROCESSES, multiprocessing.get_context("fork"), initializer=_child
        )
        try:
            longest_first = sorted(self._planned, key=lambda call: -call.seconds)
            twice = {self._planned[0]: (inbox, inbox / "again")}  # as after a copy from another disk
            waiting = [pool.submit(exchange.deliver, call, *twice.get(call, (inbox,))) for call in longest_first]
            for done, future in enumerate(concurrent.futures.as_completed(waiting), 1):
                future.result()
                if done % 50 == 0:
                    self._tell(f"{done} calls spoken")
        finally:
            pool.shutdown(cancel_futures=True)
        growing.start()
        return growing

    def before_yesterday(self) -> Planned:
        """The latest call over a day old: the import waits so long for the record of a call that has none."""
        old = [call for call in self._planned if clock.now() - call.started_at > LONGEST_CALL]
        return max(old, key=lambda call: call.started_at)

    def wait(self, alive: Callable[[], None]) -> None:
        """Until the worker has brought all in, deleted what was due, and made the newest playable."""
        keys = [source_key(*exchange.source(call)) for call in self._planned]
        deadline = time.monotonic() + IMPORT_SECONDS
        while (there := _count(Recording.source_key, keys)) < len(keys) or self._in_inbox():
            alive()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(keys) - there} of {len(keys)} calls have not come in")
            time.sleep(0.25)
        self._tell(f"{there} calls are in the register")
        while retention.purge_due().busy:
            time.sleep(0.25)
        newest = [source_key(*exchange.source(call)) for call in self._planned[:8]]
        pending = Recording.playable == Playable.PENDING
        while Recording.select().where(Recording.source_key.in_(newest), pending).exists():
            alive()
            if time.monotonic() > deadline:
                raise TimeoutError("the first calls have not been made playable")
            time.sleep(0.25)

    def _in_inbox(self) -> bool:
        """Something still waits there, besides the call that goes on."""
        growing = exchange.stem(self._going_on) + ".wav"
        return any(path.is_file() and path.name != growing for path in self._settings.inbox.rglob("*"))

    def annotate(self) -> None:
        """Subjects and notes, by the adviser who took each call."""
        advisers = {account.username: account for account in Account.select()}
        for call in self._planned:
            if not call.subject:
                continue
            found = Recording.get_or_none(
                Recording.source_key == source_key(*exchange.source(call)), Recording.state == State.LIVE
            )
            by = advisers[call.adviser.username]
            if found is None or found.queue_id not in by.queues_for(Permission.RECORDINGS_NOTE):
                continue
            try:
                recordings.change_subject(
                    found, call.subject, earlier=found.subject, reason="Ämnet var för allmänt.", by=by
                )
                notes.add_note(found, call.note, key=uuid.uuid4(), by=by)
                if call.seed % 3 == 0:
                    self._note_places(call, found, by)
            except DomainError:
                continue  # its date came in between

    def _note_places(self, call: Planned, found: Recording, by: Account) -> None:
        """Two notes at places in its sound."""
        kinds, choice = notes.kinds("sv"), dialogue.placed(call.language)
        for share, at in ((0.3, call.seed), (0.7, call.seed + 2)):
            kind, text, own = choice[at % len(choice)]
            place = int(found.duration_ms * share)
            notes.add_note(
                found, text, key=uuid.uuid4(), at_ms=place, kind=kind if kind in kinds else "", own=own, by=by
            )

    def threats(self) -> None:
        """What came of the calls in which somebody threatened."""
        angry = [source_key(*exchange.source(call)) for call in self._planned if call.topic == "angry"]
        came = Recording.source_key.in_(angry) & Recording.adviser.is_null(False)
        live = Recording.select().where(came, Recording.state == State.LIVE, Recording.expires_at > clock.now())
        rows = live.order_by(Recording.id.desc())
        threats.tell([row for row in rows if row.queue_id in row.adviser.queues_for(Permission.RETENTION_REPORT)])


def papers() -> None:
    """The protocol of yesterday, which the worker sets, and last month's, which wait for those who answer for them."""
    by = Account.get(Account.username == RESPONSIBLE)
    yesterday = clock.today() - dt.timedelta(days=1)
    last_month = (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    for language in LANGUAGES:
        documents.order_day(yesterday, language=language, by=by)
        for kind in MONTHLY:
            documents.draft_month(last_month, language=language, by=None, kind=kind)


def _child() -> None:
    processes.end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the demo answers it, and ends its children
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _count(column: Any, keys: Iterable[str]) -> int:
    wanted = list(keys)
    return sum(Recording.select().where(column.in_(wanted[at : at + 500])).count() for at in range(0, len(wanted), 500))


def _going_on(now: dt.datetime) -> Planned:
    return Planned(
        seed=GROWING,
        started_at=now.replace(microsecond=0),
        seconds=faults.GROWS_SECONDS,
        topic="daycare_place",
        language="sv",
        queue="2001",
        adviser=ADVISERS[0],
        number="0400009876",
        format=Format.ALAW,
    )


def open_register(settings: Settings) -> None:
    db.bind(settings)
    db.connect()
