"""Figures as a drawing: one column a month, SVG made by a library, without script or style of its own.

Chosen by measuring a drawing of twelve months (one core, second and later ones): leather 0.7 ms, 10 kB, colours as
presentation attributes, which the portal's CSP allows, and it needs no other package; pygal 5.6 ms and 29 kB,
matplotlib 30 ms after 470 ms and 60 MB to import, both with style elements, and the first with a script from elsewhere.
"""

import contextlib
import datetime as dt
import itertools
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from portal.register.small_counts import Shown
from portal.spelling import number

WIDTH, HEIGHT = 440, 200
MARGIN = 16
DARK, LIGHT = "#002f66", "#5b8fce"
"""The least a figure can be, and the most: 13:1 and 3.3:1 to the white behind, 3.9:1 to each other (WCAG 1.4.11)."""
INK, RULE = "#1f2a37", "#d5dae0"
STEPS = 4
PLACES = ("x", "y", "width", "height", "x1", "x2", "y1", "y2")


def drawn(
    months: Sequence[tuple[dt.date, Shown | None]],
    *,
    title: str,
    told: str,
    least: str,
    most: str,
    top: int | None = None,
) -> bytes:
    """An SVG of what is shown of each month; None leaves its place empty. A figure that is shown as a range has a dark
    column for the least it can be before a light one for the most. `title` and `told` say in words what it is, `least`
    and `most` what the two colours are. The scale ends at `top`, or at a round number above the greatest."""
    import leather  # most pages draw nothing

    settle(leather.theme)
    names = [_label(month, at == 0) for at, (month, _) in enumerate(months)]
    top = top or _top(max((each.high for _, each in months if each), default=0))
    chart = leather.Chart()
    chart.set_x_scale(leather.Ordinal(names))
    chart.set_y_scale(leather.Linear(0, top))
    chart.add_y_axis(ticks=[top * n // STEPS for n in range(STEPS + 1)], tick_formatter=_spelled)
    layers = [(least, DARK, "low")]
    if any(each and not each.exact for _, each in months):
        layers.insert(0, (most, LIGHT, "high"))
    for name, colour, bound in layers:
        heights = [getattr(each, bound) if each else 0 for _, each in months]
        chart.add_columns(list(zip(names, heights, strict=True)), name=name, fill_color=colour)
    return document(chart.to_svg_group(WIDTH, HEIGHT), title, told)


def _top(most: int) -> int:
    """A round number at least as great: 20, 40, 80, 200 … that four steps divide into whole ones."""
    rounds = (lead * 10**zeros for zeros in itertools.count(1) for lead in (2, 4, 8))
    return next(top for top in rounds if top >= most)


def _label(month: dt.date, first: bool) -> str:
    """The year where the months begin and where it does: others are read from there, and have the room."""
    return f"{month.month}/{month:%y}" if first or month.month == 1 else str(month.month)


def _spelled(value: Any, _index: int, _count: int) -> str:
    return number(int(value))


def settle(theme: Any) -> None:
    """The library's looks are its module's own variables."""
    theme.background_color = "#ffffff"
    theme.margin = MARGIN / WIDTH
    theme.tick_color = theme.zero_color = RULE
    theme.label_color = theme.legend_color = INK
    theme.tick_font_family = theme.legend_font_family = "Arial, Helvetica, sans-serif"
    theme.tick_font_size = theme.legend_font_size = 13


def document(group: ET.Element, title: str, told: str, *, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """A drawing of the library as a file of its own, with what it is in words."""
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", role="img")
    root.set("aria-labelledby", "title told")
    for name, text in (("title", title), ("desc", told)):
        ET.SubElement(root, name, id="title" if name == "title" else "told").text = text
    for element in group.iter():
        for place in PLACES:
            if place in element.attrib:
                with contextlib.suppress(ValueError):
                    element.set(place, f"{float(element.attrib[place]):g}")
    root.append(group)
    return ET.tostring(root)
