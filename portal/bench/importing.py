"""What it costs to bring in a folder of recordings, beside decoding and sealing the same sound with nothing around it:
by the clock for each core at work, and in CPU time of all processes. And how much memory it takes, from the first
file to the last.

What is bare is one process that decodes the file as the library gives it by itself, and then seals it as the vault
does: key, fingerprint, encryption, and every sync. It checks nothing else, keeps no copy, and registers nothing. As the
probe asks for larger pieces than the library gives, the same is done in pieces as large, too.
"""

import contextlib
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import click

from portal import clock, config
from portal.bench import results
from portal.bench.muting import write_sound
from portal.bench.register import throw_away
from portal.ingest import actions, probe
from portal.jobs.forecast import Progress
from portal.vault import objects

BASELINE, LARGER = "bare decode and seal", "the same in larger pieces"
MEMORY = "the process before the import"


@click.command()
@click.option("--files", default=400, show_default=True, help="Recordings in the folder.")
@click.option("--minutes", default=3, show_default=True, help="Length of each.")
@results.options
def importing(files: int, minutes: int, as_json: bool, drawing: Path | None) -> None:
    """Bring in FILES recordings of two channels of A-law."""
    with throw_away(10) as (settings, register), tempfile.TemporaryDirectory(dir=settings.data) as folder:
        clear = Path(folder, "clear.wav")
        write_sound(clear, minutes)
        inbox = Path(folder, "inbox")
        deliver(clear, inbox, files, register.queues[0].number)
        found, told = measure(clear, inbox, files)
    results.show("import", found, as_json=as_json, drawing=drawing, told=[told], files=files, minutes=minutes)


def deliver(clear: Path, inbox: Path, files: int, line: str) -> None:
    """So many recordings as FreePBX names them, of calls today: the same bytes under each name."""
    inbox.mkdir()
    for n in range(files):
        at = int(clock.now().timestamp()) - 3600 - n
        wall = clock.local(clock.now().fromtimestamp(at, clock.UTC))
        name = f"q-{line}-+35840{n:07}-{wall:%Y%m%d-%H%M%S}-{at}.{n}.wav"
        os.link(clear, inbox / name)


def measure(clear: Path, inbox: Path, files: int) -> tuple[dict[str, results.Case], str]:
    """`per_core` and `cpu`, milliseconds of a file, the same beside larger pieces, and `memory`. Half of what is bare
    comes before the import, half after it, so that a machine that is busy for a while is no more so for one than for
    the other."""
    cores = min(config.settings().import_processes, os.cpu_count() or 1)
    half = max(1, min(files, 200) // 2)
    before, memory = _both(clear, half), _Memory()
    start, spent = time.perf_counter(), _cpu()
    summary = actions.import_path(inbox, watch=memory.watch)
    wall, cpu = (time.perf_counter() - start) * 1000, (_cpu() - spent) * 1000
    if summary.taken != files:
        raise click.ClickException(f"{summary.taken} of {files} came in")
    bare = [*before, *_both(clear, half)]
    cases = {}
    for name, baseline, place in (("", BASELINE, 0), ("_larger", LARGER, 1)):
        clocks, cpus = zip(*(turn[place] for turn in bare), strict=True)
        for case, ours, plain in (("per_core", wall * cores / files, clocks), ("cpu", cpu / files, cpus)):
            cases[case + name] = results.case([ours], plain, baseline=baseline, ratio=_mean(plain) / ours)
    most = round(max(memory.seen), 1)
    cases["memory"] = results.case(memory.seen, [memory.before], baseline=MEMORY, unit="mb", most_mb=most)
    return cases, f"{files} files in {wall / 1000:.1f} s with {cores} cores: {files / wall * 60_000:.0f} a minute"


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures)


def _both(clear: Path, times: int) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return [(_bare(clear, {}), _bare(clear, probe.PACKETS["wav"])) for _ in range(times)]


def _bare(clear: Path, options: dict[str, str]) -> tuple[float, float]:
    """Milliseconds by the clock, and of CPU."""
    start, spent = time.perf_counter(), time.process_time()
    with av.open(str(clear), options=options) as container:
        for _ in container.decode(container.streams[0]):
            pass
    with clear.open("rb") as file:
        objects.seal(uuid.uuid4(), "original", objects.blocks(file))
    return (time.perf_counter() - start) * 1000, (time.process_time() - spent) * 1000


def _cpu() -> float:
    """Seconds of this process and of those that have ended under it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Memory:
    """Of this process and all below it, shared pages counted once, in MB."""

    def __init__(self) -> None:
        self.before = self._now()
        self.seen: list[float] = []

    def watch(self, _: Progress) -> None:
        self.seen.append(self._now())

    def _now(self) -> float:
        return sum(_held(pid) for pid in _below(os.getpid())) / 1024


def _below(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _below(int(child))


def _held(pid: int) -> int:
    with contextlib.suppress(OSError):  # it ended
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
