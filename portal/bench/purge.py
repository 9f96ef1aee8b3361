"""What deleting costs: how long searches take while the worker deletes, and how its time grows with the number.

The register has living calls, which are searched, and older ones whose date has come, each with a sealed key
and a sealed object. The sweep is the worker's own, in a process of its own, synced as in production.
"""

import collections
import dataclasses
import datetime as dt
import functools
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import click
import peewee

import portal
from portal import clock, config, create_app, processes, start
from portal import db as database
from portal.bench import results
from portal.bench.register import Register, throw_away, unsynced
from portal.bench.search import CASES, cookie, sender, shown, timed
from portal.config import Settings
from portal.db import db
from portal.recordings.models import Recording, State
from portal.retention import actions, deletion
from portal.retention.models import PurgeLine
from portal.vault import keystore, objects

IDLE, LAST, FIRST = "an idle register", "the first quarter", "the smaller sweep"
"""What stands beside searches, the last quarter of a sweep, and the larger sweep."""
PAST = dt.timedelta(days=93)
"""Whoever called so long ago is past the date, whichever three months they are."""
SMALL = 5
"""First a sweep over a fifth, then one over the rest: two sizes."""
PAUSE_SECONDS = 0.03
"""Between two searches. Without it one person would keep a core busy, and the figures would be the scheduler's."""
SOUND = b"\x55" * 2048


@dataclasses.dataclass
class Sample:
    at: float
    """On the machine's monotonic clock, which all its processes share."""
    case: str
    ms: float


@click.command()
@click.option("--due", default=100_000, show_default=True, help="Recordings that are past their date.")
@click.option("--rows", default=20_000, show_default=True, help="Living calls beside them, which are searched.")
@click.option("--rounds", default=30, show_default=True, help="Searches of each kind before, and after.")
@results.options
def purge(due: int, rows: int, rounds: int, as_json: bool, drawing: Path | None) -> None:
    """Searches while another process deletes DUE recordings, beside those of an idle register; how time grows."""
    with throw_away(rows) as (settings, register):
        cases, size = measure(settings, register, due, rounds)
    results.show("purge", cases, as_json=as_json, drawing=drawing, told=list(_told(size["sweeps"])), **size)


def _told(sweeps: list[dict[str, Any]]) -> Iterator[str]:
    yield (
        f"{'sweep':>12}{'ms each':>9}{'by quarter':>26}{'end s':>8}"
        f"{'files %':>9}{'commits %':>11}{'waits %':>9}{'cpu %':>7}"
    )
    for s in sweeps:
        quarters = " ".join(f"{q:.2f}" for q in s["quarters_ms"])
        shares = (
            f"{s['files_percent']:9.0f}{s['commits_percent']:11.0f}{s['waits_percent']:9.0f}{s['cpu_percent']:7.0f}"
        )
        yield f"{s['purged']:12}{s['each_ms']:9.2f}{quarters:>26}{s['end_seconds']:8.1f}{shares}"


def measure(
    settings: Settings, register: Register, due: int, rounds: int
) -> tuple[dict[str, results.Case], dict[str, Any]]:
    """Searches of an idle register with nothing due, before and after; between them those that are made while
    `due` recordings are deleted."""
    searches = _searches(settings, register)
    for _ in range(3 * len(CASES)):
        next(searches)
    idle = [next(searches) for _ in range(rounds * len(CASES))]
    with unsynced():
        fill(register, due)
    database.checkpoint()
    os.sync()  # so that nobody waits for it later
    sweeps, during, deleting = [], [], 0.0
    small = max(1, due // SMALL)
    for limit in (small, due - small):
        told, samples = _swept(settings, limit, searches)
        if told["purged"] != limit:
            raise RuntimeError(f"the sweep deleted {told['purged']} of {limit}")
        sweeps.append(told)
        during += samples
        deleting += told["seconds"]
    _prove_empty()
    idle += [next(searches) for _ in range(rounds * len(CASES))]
    first, last = sweeps
    begun, ended = last["quarters_ms"][0], last["quarters_ms"][-1]
    growth = {
        "growth_within": results.case([ended], [begun], baseline=LAST),
        "growth_between": results.case([last["each_ms"]], [first["each_ms"]], baseline=FIRST),
    }
    size = {"due": due, "rows": register.made - due, "seconds": round(deleting, 1), "sweeps": sweeps}
    return _compared(idle, during) | growth, size


# The register


def fill(register: Register, due: int) -> None:
    """`due` recordings past their date, each with a key and an object made by the vault."""
    register.add(due, until=clock.now() - PAST)
    past = Recording.select(Recording.uuid).where(*deletion.may_go(clock.now()))
    for (subject,) in list(past.tuples()):
        objects.seal(subject, "original", [SOUND])


def _prove_empty() -> None:
    """What is measured did happen: no row is due, no key and no object is left."""
    left = Recording.select().where(Recording.expires_at <= clock.now(), Recording.state != State.PURGED).count()
    keys, sounds = len(list(keystore.subjects())), len(list(objects.subjects()))
    if left or keys or sounds:
        raise RuntimeError(f"not deleted: {left} recordings, {keys} keys, {sounds} objects")


# The searches


def _searches(settings: Settings, register: Register) -> Iterator[Sample]:
    """One search after the other, each kind in its turn, without end."""
    app = create_app(settings)
    accounts = {False: register.adviser, True: register.everywhere}
    send = {everywhere: sender(app, cookie(app, register.token(account))) for everywhere, account in accounts.items()}
    turn, most = 0, max(1, min(100, len(register.numbers) // 31))  # no more than there are numbers to ask for
    while True:
        for name, case in CASES.items():
            address = shown(case.ask(register, turn % most), accounts[case.everywhere])
            time.sleep(PAUSE_SECONDS)
            at = time.monotonic()
            yield Sample(at, name, timed(send[case.everywhere], address))
        turn += 1


def _compared(idle: list[Sample], during: list[Sample]) -> dict[str, results.Case]:
    """Each kind of search that was made meanwhile, and all together. The ratio is of the p95."""
    found = {}
    if not during:
        raise RuntimeError("nobody searched before the sweep was over: take more recordings")
    for name in (*CASES, "all"):
        before, here = ([s.ms for s in samples if name in (s.case, "all")] for samples in (idle, during))
        if not here:
            continue
        slower = results.p95(here) / results.p95(before)
        more: dict[str, Any] = {
            "idle_p95_ms": round(results.p95(before), 2),
            "longest_ms": round(max(here), 1),
            "searches": len(here),
        }
        found[name] = results.case(here, before, baseline=IDLE, ratio=slower, **more)
    return found


# The sweep


def _swept(settings: Settings, limit: int, searches: Iterator[Sample]) -> tuple[dict[str, Any], list[Sample]]:
    """One sweep over `limit` recordings in a process of its own, and the searches made while it ran."""
    answers: queue.Queue[dict[str, Any]] = queue.Queue()
    samples: list[Sample] = []
    with subprocess.Popen(  # noqa: S603 our own module, no shell
        [sys.executable, "-m", "portal.bench.purge", str(limit)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(portal.__file__).parent.parent,
        env={**os.environ, "PORTAL_DATA": str(settings.data), "PORTAL_PAUSE_MINIMUM": str(1 << 40)},
    ) as child:
        assert child.stdout is not None
        reader = threading.Thread(target=_take, args=(child.stdout, answers))
        reader.start()
        try:
            while reader.is_alive():
                samples.append(next(searches))
        except BaseException:
            child.kill()
            raise
    if child.returncode or answers.empty():
        raise RuntimeError("the sweep ended by itself")
    told = answers.get()
    start, end = told.pop("start"), told.pop("end")
    return told, [s for s in samples if start <= s.at <= end]


def _take(lines: IO[str], answers: "queue.Queue[dict[str, Any]]") -> None:
    for line in lines:
        answers.put(json.loads(line))


class _Clocked:
    """How long calls took, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = collections.defaultdict(float)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def clocked(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[name] += time.perf_counter() - start

        return clocked


def sweep(limit: int) -> dict[str, Any]:
    """In the worker's place: one sweep, and what its time went to. Only called in a process that ends with it."""
    processes.end_with_parent()
    os.nice(start.NICENESS)
    settings = config.use(config.load())
    database.bind(settings)
    database.connect()
    newest = PurgeLine.select(peewee.fn.MAX(PurgeLine.id)).scalar() or 0
    clocked = _Clocked()
    setattr(os, "fsync", clocked.around("files", os.fsync))  # noqa: B010 mypy refuses an assignment
    setattr(db, "commit", clocked.around("commits", db.commit))  # noqa: B010 as above
    setattr(db, "begin", clocked.around("waits", db.begin))  # noqa: B010 as above
    began, began_at, cpu = clock.now(), time.monotonic(), time.process_time()
    done = actions.purge_due(limit)
    end, cpu = time.monotonic(), time.process_time() - cpu
    ended, seconds = clock.now(), end - began_at
    lines = PurgeLine.select(PurgeLine.purged_at).where(PurgeLine.id > newest).order_by(PurgeLine.purged_at)
    moments = [began, *(at for (at,) in lines.tuples())]
    marks = [moments[round(n * done.purged / 4)] for n in range(5)]
    each = max(1.0, done.purged / 4)
    return {
        "purged": done.purged if not done.failed and done.log_emptied else -1,
        "start": began_at,
        "end": end,
        "seconds": round(seconds, 2),
        "each_ms": round(seconds / limit * 1000, 3),
        "quarters_ms": [round((b - a).total_seconds() / each * 1000, 3) for a, b in itertools.pairwise(marks)],
        "end_seconds": round((ended - moments[-1]).total_seconds(), 2),
        **{
            f"{name}_percent": round(clocked.seconds[name] / seconds * 100, 1) for name in ("files", "commits", "waits")
        },
        "cpu_percent": round(cpu / seconds * 100, 1),
    }


if __name__ == "__main__":
    print(json.dumps(sweep(int(sys.argv[1]))), flush=True)
