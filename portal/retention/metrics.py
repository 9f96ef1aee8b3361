"""How the portal is, as numbers for a monitoring that keeps them (the text format of Prometheus). No personal data."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from portal import confined
from portal.retention.copies import Copy
from portal.retention.health import Report

Number = int | float | None


class Metric(NamedTuple):
    name: str
    help: str
    of: Callable[[Report], Number]
    """None: not known, and no line is written."""


def _at(moment: dt.datetime | None) -> Number:
    return moment.timestamp() if moment else None


METRICS = (
    Metric("level", "0 good, 1 warnings, 2 alarm: the exit code of portal status", lambda r: int(r.level)),
    Metric("overdue", "Recordings past their date that are still here", lambda r: r.alarm.overdue),
    Metric("paused", "1: deletion waits for an answer", lambda r: int(r.alarm.paused)),
    Metric("last_good_sweep_timestamp_seconds", "Of deletion", lambda r: _at(r.alarm.last_good)),
    Metric("deletions_failed", "Claimed, and refused by the disk", lambda r: r.failed),
    Metric("documents_failed", "Letters and protocols that could not be made", lambda r: r.documents),
    Metric("findings", "What the reconciliation found and a person has to look at", lambda r: r.waiting),
    Metric("holds_missed", "Held calls whose review date has passed", lambda r: r.missed),
    Metric("inbox_files", "Files in the inbox at the last look", lambda r: r.inbox),
    Metric("last_good_cases_timestamp_seconds", "Round of residents' requests", lambda r: _at(r.cases_good)),
    Metric("log_signed_timestamp_seconds", "Last good round over the signed heads", lambda r: _at(r.log_signed)),
    Metric("seal_ends_timestamp_seconds", "Certificate of the seal; only if soon or past", lambda r: _at(r.seal_ends)),
    Metric("confined", "1: decoders and the typesetter are", lambda r: int(r.confinement == confined.Standing.HELD)),
    Metric("root_key_wanted", "1: the root key wants somebody", lambda r: int(r.keys.wanted)),
    Metric("migrations_pending", "The register waits for an upgrade", lambda r: len(r.pending)),
)


def lines(report: Report, backup: Copy | None) -> Iterator[str]:
    """`backup`: the newest that is whole."""
    for metric in METRICS:
        if (number := metric.of(report)) is not None:
            yield from _gauge(metric.name, metric.help, [("", number)])
    if backup is not None:
        yield from _gauge("backup_timestamp_seconds", "Newest whole backup", [("", backup.made_at.timestamp())])
    if report.faults:
        held = [(f'{{round="{name}",kind="{kind}"}}', 1) for name, kind in report.faults.items()]
        yield from _gauge("fault", "A round of the worker whose last run had a fault", held)


def _gauge(name: str, said: str, values: Iterable[tuple[str, int | float]]) -> Iterator[str]:
    yield f"# HELP portal_{name} {said}"
    yield f"# TYPE portal_{name} gauge"
    for labels, number in values:
        yield f"portal_{name}{labels} {number}"
