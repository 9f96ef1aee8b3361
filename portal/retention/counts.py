"""Calls per day against the telephone system's call detail records: which should have a recording and have none."""

import collections
import dataclasses
import datetime as dt

from portal import clock
from portal.ingest import freepbx
from portal.ingest.call_details import stem
from portal.ingest.models import Arriving, CallDetail, Quarantined, QuarantineState
from portal.ingest.registration import source_key
from portal.recordings.models import Recording

DAYS = 31
"""So many days back are compared, today included."""
PATIENCE = dt.timedelta(hours=2)
"""A recording may still be on its way so long after its call."""
BATCH = 400


@dataclasses.dataclass(frozen=True)
class Day:
    day: dt.date
    calls: int
    """Calls that were recorded, by the telephone system's word: answered, with a recording's name."""
    found: int
    """Those whose recording came, be it deleted since."""
    waiting: int
    """Those whose file stands in quarantine, or in the inbox and has not been read yet."""

    @property
    def missing(self) -> int:
        return self.calls - self.found - self.waiting


def days() -> list[Day]:
    """The days on which calls were recorded, oldest first. Details that were emptied with their calls, and those
    past their date, tell no more."""
    calls: collections.Counter[dt.date] = collections.Counter()
    found: collections.Counter[dt.date] = collections.Counter()
    waiting: collections.Counter[dt.date] = collections.Counter()
    here_yet = _quarantined() | {stem(path) for (path,) in Arriving.select(Arriving.path).tuples()}
    stems = list(_recorded().items())
    for start in range(0, len(stems), BATCH):
        keys = {source_key(freepbx.SOURCE, name): (name, day) for name, day in stems[start : start + BATCH]}
        known = Recording.select(Recording.source_key).where(Recording.source_key.in_(list(keys)))
        here = {key for (key,) in known.tuples()}
        for key, (name, day) in keys.items():
            calls[day] += 1
            found[day] += key in here
            waiting[day] += key not in here and name in here_yet
    return [Day(day, calls[day], found[day], waiting[day]) for day in sorted(calls)]


def _recorded() -> dict[str, dt.date]:
    """Each recording that the telephone system made, by the name of its file without ending, and its day."""
    now = clock.now()
    rows = CallDetail.select(CallDetail.recording_file, CallDetail.called_at, CallDetail.duration_s).where(
        CallDetail.recording_file.is_null(False),
        CallDetail.recording_file != "",
        CallDetail.disposition == "ANSWERED",
        CallDetail.billsec_s > 0,
        CallDetail.expires_at > now,
        CallDetail.called_at >= clock.day_start(clock.today() - dt.timedelta(days=DAYS - 1)),
    )
    made: dict[str, dt.date] = {}
    for name, called_at, seconds in rows.tuples():
        if called_at + dt.timedelta(seconds=seconds) < now - PATIENCE:
            day = clock.local(called_at).date()
            made[name] = min(day, made.get(name, day))
    return made


def _quarantined() -> set[str]:
    rows = Quarantined.select(Quarantined.name).where(
        Quarantined.state == QuarantineState.WAITING, Quarantined.name.is_null(False)
    )
    return {stem(name) for (name,) in rows.tuples()}
