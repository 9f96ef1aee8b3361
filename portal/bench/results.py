"""What every bench says, in one form: for each case its own p50 and p95, the p50 of the named thing that was measured
beside it in the same run, the ratio of both, and whether that keeps its limit (`portal.bench.limits`)."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from portal.bench import plot
from portal.bench.limits import limit

Case = dict[str, Any]
"""`baseline` (its name), `p50_ms`, `p95_ms`, `baseline_ms`, `ratio`, and whatever else that bench tells."""


def case(
    times: Sequence[float], plain: Sequence[float] | float, *, baseline: str, ratio: float | None = None, **more: Any
) -> Case:
    """`times` beside `plain`, in milliseconds. The ratio is that of the medians, if no better one is at hand."""
    p50, bare = statistics.median(times), plain if isinstance(plain, float) else statistics.median(plain)
    return {
        "baseline": baseline,
        "p50_ms": round(p50, 3),
        "p95_ms": round(p95(times), 3),
        "baseline_ms": round(bare, 3),
        "ratio": round(p50 / bare if ratio is None else ratio, 2),
        **more,
    }


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def judged(bench: str, cases: Mapping[str, Case]) -> dict[str, Case]:
    """Each case with `limit` (None: none is set), the figure `of` which it is, and whether it is `within`."""
    return {name: found | _judgement(bench, name, found) for name, found in cases.items()}


def _judgement(bench: str, name: str, found: Case) -> Case:
    if (known := limit(bench, name)) is None or found.get(known.of) is None:
        return {"limit": None, "of": None, "within": True}
    return {"limit": known.value, "of": known.of, "within": known.holds(found[known.of])}


def over(cases: Mapping[str, Case]) -> list[str]:
    """The names of those that do not keep their limit."""
    return [name for name, found in cases.items() if not found["within"]]


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json` and `--plot`, given to the command as `as_json` and `drawing`; both go on to `show`."""
    for option in (
        click.option("--plot", "drawing", type=click.Path(dir_okay=False, path_type=Path), help="Draw it: an SVG."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object in the last line instead of a table."),
    ):
        command = option(command)
    return command


def show(
    bench: str,
    cases: Mapping[str, Case],
    *,
    as_json: bool,
    drawing: Path | None,
    told: Sequence[str] = (),
    **more: Any,
) -> None:
    """Print what was found: a table with the lines `told` above it, or one object with `more` in it. And draw it."""
    found = judged(bench, cases)
    if drawing:
        drawing.write_bytes(plot.drawn(bench, found))
    if as_json:
        click.echo(json.dumps({"bench": bench, **more, "cases": found}))
        return
    for line in told:
        click.echo(line)
    for line in table(bench, found):
        click.echo(line)


def table(bench: str, found: Mapping[str, Case]) -> list[str]:
    """For people: one line a case."""
    wide = max(24, *(len(name) + 2 for name in found))
    lines = [f"{'case':{wide}}{'p50 ms':>10}{'p95 ms':>10}{'baseline':>10}{'ratio':>8}  {'limit':16}beside"]
    for name, r in found.items():
        unit = "mb" if "p50_mb" in r else "ms"
        known = limit(bench, name) if r["limit"] is not None else None
        mark = "" if r["within"] else f"  over {r['limit']:g}" if not known or not known.least else "  too little"
        lines.append(
            f"{name:{wide}}{r[f'p50_{unit}']:10.2f}{r[f'p95_{unit}']:10.2f}{r[f'baseline_{unit}']:10.2f}"
            f"{r['ratio']:8.2f}  {known or ''!s:16}{r['baseline']}{' (MB)' if unit == 'mb' else ''}{mark}"
        )
    return lines
