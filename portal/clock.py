"""The only place that asks for the time.

Instants are aware UTC datetimes; the register's rules and the screen go by
Europe/Helsinki. Tests stop the clock with `frozen(...)`.
"""

import contextlib
import ctypes
import datetime as dt
import functools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

HELSINKI = ZoneInfo("Europe/Helsinki")
UTC = dt.UTC
RETENTION_MONTHS = 3

_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """The present instant in UTC, to the millisecond (the register's unit)."""
    moment = _frozen or dt.datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def local(moment: dt.datetime) -> dt.datetime:
    """`moment` on Helsinki's clocks."""
    return moment.astimezone(HELSINKI)


def today() -> dt.date:
    """The date in Helsinki."""
    return local(now()).date()


def from_local(wall: dt.datetime, near: dt.datetime | None = None) -> dt.datetime:
    """The UTC instant of a naive Helsinki wall-clock time.

    The hour that summer time's end repeats is ambiguous: `near` (an aware instant known
    from elsewhere, e.g. the epoch in an Asterisk uniqueid) chooses the closer reading,
    else the first is taken. A wall time that spring's change skips reads as the same
    distance after the change (PEP 495).
    """
    readings = [wall.replace(tzinfo=HELSINKI, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if near is None:
        return readings[0]
    return min(readings, key=lambda reading: abs(reading - near))


def day_start(day: dt.date) -> dt.datetime:
    """The UTC instant at which `day` begins in Helsinki."""
    return from_local(dt.datetime.combine(day, dt.time.min))


def add_months(moment: dt.datetime, months: int) -> dt.datetime:
    """Same wall-clock time `months` calendar months later in Helsinki, end of month clamped."""
    wall = local(moment).replace(tzinfo=None) + relativedelta(months=months)
    return from_local(wall)


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday, and no public holiday in Finland."""
    return day.weekday() < 5 and day not in _holidays(day.year)


@functools.cache
def _holidays(year: int) -> frozenset[dt.date]:
    import holidays  # its tables are not needed by most that start

    return frozenset(holidays.country_holidays("FI", years=year))


def first_working_day(month: dt.date) -> dt.date:
    """Of the month that `month` is a day of."""
    day = month.replace(day=1)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after the one that `month` is a day of."""
    return month.replace(day=1) + relativedelta(months=1)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same-numbered day `months` calendar months later, end of month clamped."""
    return day + relativedelta(months=months)


def expiry(ended_at: dt.datetime) -> dt.datetime:
    """When a recording is to be deleted: the call's end + 3 calendar months (register §3)."""
    return add_months(ended_at, RETENTION_MONTHS)


@contextlib.contextmanager
def frozen(moment: dt.datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware). Nests; for tests only."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


class Machine(NamedTuple):
    """What tells of the time besides the clock itself."""

    boot: str
    """Names one start of the machine; '' where it cannot be known."""
    uptime: float
    """Seconds since that start, the time asleep included; nobody can set it."""
    synchronised: bool
    """The kernel says that a time service (NTP) keeps the clock right. Setting it by hand takes that away."""


_BOOT = Path("/proc/sys/kernel/random/boot_id")
_TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""

_machine: Machine | None = None


def machine() -> Machine:
    """This machine now. A frozen clock's machine has run all along, and knows of no time service."""
    if _machine is not None:
        return _machine
    if _frozen is not None:
        return Machine("frozen", _frozen.timestamp(), False)
    boot = _BOOT.read_text().strip() if _BOOT.exists() else ""
    return Machine(boot, time.clock_gettime(time.CLOCK_BOOTTIME), _synchronised())


def _synchronised() -> bool:
    asked = ctypes.create_string_buffer(512)  # struct timex, all zero: change nothing
    try:
        state: int = ctypes.CDLL(None).adjtimex(asked)
    except AttributeError:
        return False
    return 0 <= state < _TIME_ERROR


@contextlib.contextmanager
def on(other: Machine) -> Iterator[None]:
    """Pretend to be on another machine, or on this one after a restart; for tests only."""
    global _machine
    before, _machine = _machine, other
    try:
        yield
    finally:
        _machine = before
