"""The figures of a bench as a drawing: SVG, with the bar of each case above that of what it stands beside."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from portal.register import plots

WIDTH, LINE, ROOM = 760, 24, 90
"""Pixels: the drawing, each bar, and what stands around the bars."""
P50, P95, OTHER = plots.DARK, plots.LIGHT, "#b3541e"
TOGETHER = ("all", "short")
"""Many benches."""
WHOLE = 100
"""Percent of a limit."""

Bars = list[tuple[float, str]]


def drawn(bench: str, cases: Mapping[str, Mapping[str, Any]]) -> bytes:
    """In milliseconds, p50 before p95. Of cases in other units, and of many benches together, how much of its
    limit each takes."""
    if bench not in TOGETHER and all("p95_ms" in found for found in cases.values()):
        return _milliseconds(bench, cases)
    shares = [(round(WHOLE * found["share"], 1), case) for case, found in cases.items() if found.get("share")]
    layers = [
        ("within", P50, [bar for bar in shares if bar[0] <= WHOLE]),
        ("over", OTHER, [bar for bar in shares if bar[0] > WHOLE]),
    ]
    return _document(layers, [case for _, case in shares], bench, "percent of its limit")


def _milliseconds(bench: str, cases: Mapping[str, Mapping[str, Any]]) -> bytes:
    names: list[str] = []
    p95, p50, beside = Bars(), Bars(), Bars()
    for number, (case, found) in enumerate(cases.items()):
        other = f"{found['baseline']}{' ' * number}"  # each bar has a place of its own; the eye sees one space at most
        names += [case, other]
        p95.append((found["p95_ms"], case))
        p50.append((found["p50_ms"], case))
        beside.append((found["baseline_ms"], other))
    return _document([("p95", P95, p95), ("p50", P50, p50), ("baseline p50", OTHER, beside)], names, bench, "ms")


def _document(layers: list[tuple[str, str, Bars]], names: list[str], bench: str, unit: str) -> bytes:
    import leather  # most runs draw nothing

    plots.settle(leather.theme)
    chart = leather.Chart()
    top = max([1.0, *(length for *_, bars in layers for length, _ in bars)]) * 1.05
    chart.set_x_scale(leather.Linear(0, top))
    chart.set_y_scale(leather.Ordinal(names[::-1]))
    chart.add_x_axis(name=unit)
    for name, colour, bars in layers:
        if bars:
            chart.add_bars(bars, name=name, fill_color=colour)
    height = ROOM + LINE * len(names)
    group: ET.Element = chart.to_svg_group(WIDTH, height)
    return plots.document(group, f"portal bench {bench}", unit, width=WIDTH, height=height)
