"""What every bench says, in one form: for each case its own p50 and p95, the p50 of the named thing that was measured
beside it in the same run, the ratio of both, and whether that keeps its limit (`portal.bench.limits`)."""

import json
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from portal.bench import plot
from portal.bench.limits import Limit, limits

Case = dict[str, Any]
"""`baseline` (its name), `p50_ms`, `p95_ms`, `baseline_ms`, `ratio`, and whatever else that bench tells."""


def case(
    times: Sequence[float],
    plain: Sequence[float],
    *,
    baseline: str,
    ratio: float | None = None,
    unit: str = "ms",
    **more: Any,
) -> Case:
    """`times` beside `plain`, in milliseconds if not in another `unit`. The ratio is that of the medians, if no better
    one is at hand."""
    p50, bare = statistics.median(times), statistics.median(plain)
    return {
        "baseline": baseline,
        f"p50_{unit}": round(p50, 3),
        f"p95_{unit}": round(p95(times), 3),
        f"baseline_{unit}": round(bare, 3),
        "ratio": round(p50 / bare if ratio is None else ratio, 2),
        **more,
    }


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def judged(bench: str, cases: Mapping[str, Case]) -> dict[str, Case]:
    """Each case with `limit` (None: none is set), the figure `of` which it is, and whether it is `within`."""
    return {name: found | _judgement(bench, name, found) for name, found in cases.items()}


def _judgement(bench: str, name: str, found: Case) -> Case:
    """Of several limits the one that is nearest, or most exceeded."""
    known = [(one.share(found[one.of]), one) for one in limits(bench, name) if found.get(one.of) is not None]
    if not known:
        return {"limit": None, "of": None, "within": True}
    share, one = max(known)
    told = {"limit": one.value, "of": one.of, "within": one.holds(found[one.of])}
    return told | ({"least": True} if one.least else {}) | {"share": round(share, 3) if math.isfinite(share) else None}


def over(cases: Mapping[str, Case]) -> list[str]:
    """The names of those that do not keep their limit."""
    return [name for name, found in cases.items() if not found["within"]]


chromium = click.option(
    "--chromium",
    default="/usr/bin/chromium",
    show_default=True,
    envvar="CHROMIUM",
    type=click.Path(path_type=Path),
    help="With --browser: which one. Also the environment's CHROMIUM.",
)


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
    """Judge what was found, and print it: a table with the lines `told` above it, or one object with `more` in it. And
    draw it."""
    present(bench, judged(bench, cases), as_json=as_json, drawing=drawing, told=told, **more)


def present(
    bench: str,
    found: Mapping[str, Case],
    *,
    as_json: bool,
    drawing: Path | None,
    told: Sequence[str] = (),
    **more: Any,
) -> None:
    """The same for what is judged already."""
    if drawing:
        drawing.write_bytes(plot.drawn(bench, found))
    if as_json:
        click.echo(json.dumps({"bench": bench, **more, "cases": found}))
        return
    for line in told:
        click.echo(line)
    for line in table(found):
        click.echo(line)


def table(found: Mapping[str, Case]) -> list[str]:
    """For people: one line a case."""
    wide = max(24, *(len(name) + 2 for name in found))
    lines = [f"{'case':{wide}}{'p50 ms':>10}{'p95 ms':>10}{'baseline':>10}{'ratio':>8}  {'limit':18}beside"]
    for name, r in found.items():
        unit = "mb" if "p50_mb" in r else "ms"
        allowed = "" if r["limit"] is None else str(Limit(r["of"], r["limit"], r.get("least", False)))
        mark = "" if r["within"] else "  too little" if r.get("least") else f"  over {r['limit']:g}"
        lines.append(
            f"{name:{wide}}{r[f'p50_{unit}']:10.2f}{r[f'p95_{unit}']:10.2f}{r[f'baseline_{unit}']:10.2f}"
            f"{r['ratio']:8.2f}  {allowed:18}{r['baseline']}{' (MB)' if unit == 'mb' else ''}{mark}"
        )
    return lines
