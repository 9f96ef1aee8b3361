"""What a letter costs: through the press, and the same HTML through bare WeasyPrint in the same run."""

import concurrent.futures
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

import portal
from portal.bench import results
from portal.documents import fonts, samples
from portal.documents.kinds import Kind
from portal.documents.order import Order
from portal.documents.press import Press
from portal.documents.typesetter import OPTIONS, STYLE, Typesetter
from portal.language import LANGUAGES

BASELINE = "bare WeasyPrint"
BATCHES, BATCH = 7, 6
"""The press and the bare engine take turns, so that a busy machine slows both alike."""
TICKS = os.sysconf("SC_CLK_TCK")


class Watched(Press):
    """A press that says what its children use."""

    def __init__(self) -> None:
        super().__init__()
        self.children: dict[int, list[int]] = {}
        """For each child the bytes it had in memory after each of its letters."""
        self.peak = 0
        """The most bytes that any of them had at any moment."""

    def _resident(self) -> int:
        assert self._child is not None
        found = super()._resident()
        self.children.setdefault(self._child.pid, []).append(found)
        self.peak = max(self.peak, _field(self._child.pid, "VmHWM"))
        return found

    def cpu(self) -> float:
        """Seconds of the child so far, and of this process."""
        assert self._child is not None
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS + time.process_time()


def _field(pid: int | str, name: str) -> int:
    """A field of /proc/PID/status in kB, as bytes."""
    return int(Path(f"/proc/{pid}/status").read_text().partition(name + ":")[2].split()[0]) << 10


@click.command()
@click.option("--count", default=1000, show_default=True, help="Letters of the long run; 0 leaves it out.")
@click.option("--processes", default=2, show_default=True, help="Presses that share the long run.")
@results.options
def letters(count: int, processes: int, as_json: bool, drawing: Path | None) -> None:
    """CPU and memory of a warm two-page letter beside bare WeasyPrint, and whether COUNT letters make it grow."""
    found = cost()
    run = long_run(count, processes) if count else None
    told = list(_told(run)) if run else []
    results.show("letters", found, as_json=as_json, drawing=drawing, told=told, **({"long": run} if run else {}))


def _told(run: dict[str, Any]) -> Iterator[str]:
    presses = run["presses"]
    yield f"{run['letters']} letters, {len(presses)} presses: {run['seconds']:.0f} s, {run['replaced']} replaced"
    for number, each in enumerate(presses):
        sizes = " ".join(f"{first:.0f}–{last:.0f}" for first, last in each)
        yield f"  press {number + 1}, MB after first and last letter of each child: {sizes}"
    yield f"  peak of any child {run['peak_mb']:.1f} MB; this process grew {run['grown_mb']:.1f} MB"


def cost(batches: int = BATCHES, batch: int = BATCH) -> dict[str, results.Case]:
    """`two_pages`, milliseconds of CPU, and `memory`, megabytes at most: press and bare engine, turn by turn."""
    order = samples.of(Kind.SPECIMEN, "sv", "short").order
    with Watched() as press, _bare(order) as bare:
        assert bare.stdin is not None
        assert bare.stdout is not None
        if press.set(order).pages != 2 or _ask(bare.stdin, bare.stdout, 1)["pages"] != 2:
            raise RuntimeError("the letter has not two pages")
        ours, theirs = [], []
        for _ in range(batches):
            before = press.cpu()
            for _ in range(batch):
                press.set(order)
            ours.append((press.cpu() - before) / batch * 1000)
            answer = _ask(bare.stdin, bare.stdout, batch)
            theirs.append(answer["seconds"] / batch * 1000)
        bare.stdin.close()
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        megabytes = [press.peak / 1e6], [answer["peak"] / 1e6]
        return {
            "two_pages": results.case(ours, theirs, baseline=BASELINE, ratio=ratio),
            "memory": results.case(*megabytes, baseline=BASELINE, unit="mb"),
        }


def long_run(count: int, processes: int) -> dict[str, Any]:
    """`count` letters, short and odd, in both languages, shared by so many presses."""
    before, start = _field("self", "VmRSS"), time.monotonic()
    presses = [Watched() for _ in range(processes)]
    try:
        with concurrent.futures.ThreadPoolExecutor(processes) as pool:
            shares = [range(number, count, processes) for number in range(processes)]
            list(pool.map(_print, presses, shares))
    finally:
        for press in presses:
            press.close()
    return {
        "letters": count,
        "seconds": round(time.monotonic() - start, 1),
        "replaced": sum(len(press.children) - 1 for press in presses),
        "presses": [
            [(round(sizes[0] / 1e6, 1), round(sizes[-1] / 1e6, 1)) for sizes in press.children.values()]
            for press in presses
        ],
        "peak_mb": round(max(press.peak for press in presses) / 1e6, 1),
        "grown_mb": round((_field("self", "VmRSS") - before) / 1e6, 1),
    }


def _print(press: Watched, share: range) -> None:
    orders = itertools.cycle([samples.of(Kind.SPECIMEN, lang, size).order for lang in LANGUAGES for size in _SIZES])
    for _ in share:
        press.set(next(orders))


_SIZES = ("short", "odd")


def _bare(order: Order) -> subprocess.Popen[str]:
    """The engine alone, in a process of its own: told how many, it sets the letter as often."""
    child = subprocess.Popen(
        [sys.executable, "-m", "portal.bench.letters"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(portal.__file__).parent.parent,
    )
    assert child.stdin is not None
    print(order.canonical().decode(), file=child.stdin, flush=True)
    return child


def _ask(to: TextIO | Any, back: TextIO | Any, times: int) -> dict[str, Any]:
    print(times, file=to, flush=True)
    answer: dict[str, Any] = json.loads(back.readline())
    return answer


def _bare_answers(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """HTML is at hand, style and fonts are loaded: what is measured is WeasyPrint setting, and nothing else."""
    order = json.loads(next(lines))
    html = Typesetter().html(order | {"digest": "0" * 64})
    with fonts.only():
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        font_config = FontConfiguration()
    style = weasyprint.CSS(string=STYLE.read_text(), font_config=font_config)
    for line in lines:
        start = time.process_time()
        for _ in range(int(line)):
            document = weasyprint.HTML(string=html).render(font_config=font_config, stylesheets=[style], **OPTIONS)
            document.write_pdf(**OPTIONS)
        seconds = time.process_time() - start
        yield {"seconds": seconds, "pages": len(document.pages), "peak": _field("self", "VmHWM")}


if __name__ == "__main__":
    for found in _bare_answers(iter(sys.stdin)):
        print(json.dumps(found), flush=True)
