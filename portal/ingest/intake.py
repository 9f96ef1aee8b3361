"""One pass over delivered files, in the inbox or by hand: each is taken, refused, or waits, and none
keeps the others from their turn."""

import collections
import contextlib
import dataclasses
import errno
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import peewee

from portal import config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import trace
from portal.ingest import completion, delivery, freepbx, gate, inbox, lock, quarantine, registration, vcon
from portal.ingest.call import Refused, Wait
from portal.ingest.content import Changed, Content, NotAFile, Unreadable
from portal.ingest.conveyor import Conveyor, Load
from portal.ingest.crew import Made
from portal.ingest.delivery import CSV, Delivery
from portal.ingest.inbox import Found
from portal.ingest.models import Quarantined, Reason
from portal.ingest.registration import Outcome
from portal.recordings.models import Recording
from portal.retention import sweeps
from portal.vault import durable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
TRIES_WHEN_FULL = 3
"""After so many files in a row that the disk had no room for, the pass ends."""

MANY = 8
"""Sound files in a pass that are worth a crew: one takes as long to begin as a file or two to make."""
TOGETHER = 4
"""Recordings in one commit: more would keep those who search waiting, who write the log."""

log = logging.getLogger("portal.ingest")


@dataclasses.dataclass
class Summary:
    """What a pass did, in counts."""

    busy: bool = False
    """Another sweep was under way; nothing was done."""
    taken: int = 0
    duplicates: int = 0
    waiting: int = 0
    standing: int = 0
    """Listed in quarantine, and still where they stand."""
    call_details: int = 0
    """Rows of call detail records that were new."""
    quarantined: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    """By reason."""
    faults: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    """By kind (an errno name); their files are looked at again by the next pass."""

    @property
    def fault(self) -> str:
        return max(self.faults, key=lambda kind: self.faults[kind]) if self.faults else ""


class Intake:
    """`by_hand`: nothing waits, and nothing is listed that stays where it stands."""

    def __init__(self, *, by_hand: bool = False, remove: bool = True, by: Account | None = None) -> None:
        self.summary = Summary()
        self.left: list[str] = []
        """Names of files that are not in the folder any more."""
        self._forgotten = 0
        self._by_hand, self._remove, self._by = by_hand, remove, by
        self._unsettled: set[Path] = set()
        """Files of the folder that may still grow."""
        self._held: set[Path] = set()
        """Files, and folders with all their odd-named files, that a waiting vCon may speak of."""
        self._gone: set[Path] = set()
        """Files that had their turn, their own or a vCon's."""
        self._past: list[dict[str, object]] = []
        """Call details that are not kept any more."""
        self._full = 0
        self._progress: Callable[[Found], None] = lambda _: None
        self._conveyor: Conveyor | None = None

    def take_all(
        self,
        files: Sequence[Found],
        listed: dict[str, Quarantined] | None = None,
        progress: Callable[[Found], None] = lambda _: None,
    ) -> Summary:
        """Call details first, then vCons, then the sound that no vCon speaks of. `listed`: rows of files
        that were refused before and still stand, by name; `progress` is told of each that had its turn."""
        listed, self._progress = listed or {}, progress
        self._unsettled = {f.path for f in files if not (self._by_hand or f.settled)}
        order = {CSV: 0, vcon.SOURCE: 1}
        in_order = sorted(files, key=lambda f: order.get(delivery.source_of(f.base), 2))
        sounds = sum(delivery.source_of(f.base) not in order for f in files)
        with contextlib.ExitStack() as until_done:
            if sounds >= MANY:
                self._conveyor = until_done.enter_context(Conveyor(config.settings().import_processes))
            for file in in_order:
                self._next(file, listed.get(file.name))
            self._unload(1)
        return self.summary

    def _next(self, file: Found, standing: Quarantined | None) -> None:
        if self._full >= TRIES_WHEN_FULL:
            self.summary.waiting += 1
        elif standing is None and self._put_on(file):
            return self._unload(TOGETHER)  # its turn ends when it comes off
        else:
            self._turn(file, standing)
        self._progress(file)
        return None

    def forget_left(self) -> None:
        """What is not in the folder any more is not waiting there."""
        inbox.forget(self.left[self._forgotten :])
        self._forgotten = len(self.left)

    def fault(self, error: Exception) -> None:
        """Something could not be done; it is counted, and the rest goes on."""
        self.summary.faults[sweeps.kind(error)] += 1
        log.error("bringing in: %s", trace(error))

    @contextlib.contextmanager
    def _minding(self) -> Iterator[None]:
        """What goes wrong with one file is counted."""
        try:
            yield
        except (Wait, Changed):
            self.summary.waiting += 1
        except FileNotFoundError:
            pass  # other hands were quicker
        except Exception as error:
            full = getattr(error, "errno", None) in FULL or isinstance(error, peewee.OperationalError)
            self._full = self._full + 1 if full else 0
            self.fault(error)
        else:
            self._full = 0

    def _turn(self, file: Found, standing: Quarantined | None) -> None:
        with self._minding(), lock.importing():
            self._one(file, standing)

    def _put_on(self, file: Found) -> bool:
        """Let the crew make its sound before its turn to be registered. False: whatever there is to say of the file
        is said in a turn of its own."""
        if self._conveyor is None or any(file.path in no for no in (self._gone, self._unsettled, self._held)):
            return False
        if not file.regular or file.print.size > gate.largest():
            return False
        try:
            parcel = Delivery(file.base, Content.at(file.path), self._past)
        except (OSError, NotAFile, Unreadable):
            return False
        call = parcel.sound(patient=file.patient and not self._by_hand)
        if call is None or parcel.content.print != file.print or not registration.is_new(call):
            parcel.close()
            return False
        try:
            self._conveyor.put(file, parcel)
        except (OSError, peewee.PeeweeException):
            parcel.close()
            return False
        return True

    def _unload(self, least: int) -> None:
        """Register what is done, a few in one commit. `least`: fewer are not worth one yet; 1: until it is empty."""
        if self._conveyor is None:
            return
        while True:
            while self._conveyor.done >= least:
                loads = self._conveyor.off(TOGETHER)
                with self._conveyor.pace.one():
                    self._land(loads)
                for load in loads:
                    self._progress(load.file)
            if not self._conveyor.full and (least > 1 or self._conveyor.empty):
                return
            self._conveyor.wait()

    def _land(self, loads: list[Load]) -> None:
        """Those that are made come into the register in one commit. What becomes of each of the others, and of one
        that the register does not take as things are now, is seen by itself."""
        made = [(load, made) for load in loads if (made := load.made)]
        with contextlib.ExitStack() as alone:
            try:
                alone.enter_context(lock.importing())
                calls = [(load.parcel.sound(), load.subject, sound) for load, sound in made]
                taken = registration.take_made([(call, subject, sound) for call, subject, sound in calls if call])
            except Exception as error:
                taken = set()
                for load, _ in made:
                    load.result = error
            self._take_away_all([load.file for load in loads if load.subject in taken])
        for load in loads:
            with load.parcel:
                if load.subject in taken:
                    self.summary.taken += 1
                else:
                    load.drop()
                    self._set_aside(load)

    def _take_away_all(self, files: list[Found]) -> None:
        self._full = 0 if files else self._full
        self._gone |= {file.path for file in files}
        if not self._remove:
            return
        refused = durable.remove_many(file.path for file in files)
        self.left += [file.name for file in files if file.path not in refused]
        for error in refused.values():
            self.fault(error)

    def _set_aside(self, load: Load) -> None:
        match load.result:
            case Refused() as refused:
                with self._minding(), lock.importing():
                    self._refuse(load.file, load.parcel, refused, None)
            case Made() | Unreadable():
                self._turn(load.file, None)
            case Exception() as error:
                with self._minding():
                    raise error

    def _one(self, file: Found, standing: Quarantined | None) -> None:
        if file.path in self._gone:
            return
        if not file.regular:
            return self._stands(file, Reason.NOT_A_FILE, standing)
        if file.print.size > gate.largest():
            return self._stands(file, Reason.TOO_LARGE, standing)
        try:
            content = Content.at(file.path)
        except NotAFile:
            return self._stands(file, Reason.NOT_A_FILE, standing)
        except Unreadable:
            if file.path in self._unsettled:
                raise Wait from None
            return self._stands(file, Reason.UNREADABLE, standing)
        with Delivery(file.base, content, self._past) as parcel:
            try:
                if parcel.source == CSV:
                    self._read_details(file, parcel)
                else:
                    self._deliver(file, parcel, standing)
            except Refused as refused:
                if refused.reason == Reason.TOO_LARGE:
                    return self._stands(file, Reason.TOO_LARGE, standing)
                self._refuse(file, parcel, refused, standing)
            except Unreadable:
                return self._stands(file, Reason.UNREADABLE, standing)
        return None

    def _deliver(self, file: Found, parcel: Delivery, standing: Quarantined | None) -> None:
        folder = file.path.parent
        if file.path in self._unsettled or parcel.content.print != file.print:
            if parcel.source == vcon.SOURCE:
                self._held.add(folder)
            raise Wait
        odd = parcel.source != vcon.SOURCE and freepbx.parse(file.base) is None
        if file.path in self._held or (odd and folder in self._held):
            raise Wait

        def collect(document: vcon.Document) -> dict[str, Content]:
            names = {folder / name for name in document.beside}
            self._held |= names
            if names & self._unsettled:
                raise Wait
            found = vcon.collect(document, folder)
            self._held -= names
            return found

        patient = file.patient and not self._by_hand
        done = parcel.take(collect, patient=patient, quarantined=standing, by=self._by)
        self.summary.taken += sum(outcome == Outcome.TAKEN for outcome, _ in done)
        # Noted when the file is gone: one that cannot be removed comes again with every look
        self._take_away(file, parcel)
        self._note_duplicates([row for outcome, row in done if outcome == Outcome.DUPLICATE])

    def _refuse(self, file: Found, parcel: Delivery, refused: Refused, standing: Quarantined | None) -> None:
        new, row = parcel.refuse(refused, standing=standing)
        if new:
            self.summary.quarantined[refused.reason] += 1
        self._take_away(file, parcel)
        self._note_duplicates([] if new else [row])

    def _note_duplicates(self, rows: Sequence[Recording | Quarantined]) -> None:
        self.summary.duplicates += len(rows)
        for row in rows:
            with db.atomic():
                record(Act.DUPLICATE, row, by=self._by)

    def _take_away(self, file: Found, parcel: Delivery) -> None:
        """Be done with what is now in the vault, and remove it; the files a vCon speaks of before the vCon,
        which remembers them."""
        for place in (*(file.path.parent / name for name in parcel.beside), file.path):
            self._gone.add(place)
            if self._remove:
                durable.remove(place)
        if self._remove:
            self.left.append(file.name)

    def _stands(self, file: Found, reason: Reason, standing: Quarantined | None) -> None:
        self.summary.standing += 1
        if standing is not None and standing.reason == reason:
            return
        if standing is not None:
            quarantine.change_standing(standing, reason)
        elif not self._by_hand:
            inbox.make_nameable(file)
            quarantine.list_standing(file.name, file.print.size, reason)
        self.summary.quarantined[reason] += 1

    def _read_details(self, file: Found, parcel: Delivery) -> None:
        whole = file.path not in self._unsettled and parcel.content.print == file.print
        try:
            rows = delivery.read_rows(parcel.content, whole=whole)
        except Refused:
            if whole:
                raise
            raise Wait from None  # it may still become what it should be
        self._past += rows.past
        new = completion.store(rows)
        self.summary.call_details += new
        if not whole or parcel.content.changed():
            raise Wait
        self._take_away(file, parcel)
