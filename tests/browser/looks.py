"""What a page looked like, kept as a picture, and where it looks otherwise now."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops, PngImagePlugin
from playwright.sync_api import Page

FOLDER = Path(__file__).with_name("looks")
COARSE = 4
"""So many points a side become one before they are compared: what a machine does with the edges of letters is not the
look of a page."""
FAINT = 24
"""A colour that differs by no more, of 255, is the same."""
FEW = 0.002
"""This share of a part may differ."""
PARTS = """() => [...document.querySelectorAll('[data-part]')].map((part) => {
  const { left, top, width, height } = part.getBoundingClientRect();
  return [part.dataset.part, [left, top + scrollY, left + width, top + scrollY + height].map(Math.round)];
})"""


def parts(page: Page) -> dict[str, Image.Image]:
    """A picture of each part of the page, by its name."""
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
    return {name: whole.crop(tuple(box)) for name, box in page.evaluate(PARTS)}


def keep(path: Path, pictures: dict[str, Image.Image]) -> None:
    """One below the other, in few colours; the file says where each begins."""
    size = (max(one.width for one in pictures.values()), sum(one.height for one in pictures.values()))
    sheet, at, places = Image.new("RGB", size), 0, {}
    for name, picture in pictures.items():
        sheet.paste(picture, (0, at))
        places[name] = (0, at, picture.width, at + picture.height)
        at += picture.height
    said = PngImagePlugin.PngInfo()
    said.add_text("parts", json.dumps(places))
    path.parent.mkdir(exist_ok=True)
    sheet.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True, pnginfo=said)


def kept(path: Path) -> dict[str, Image.Image]:
    sheet = Image.open(path)
    places = json.loads(sheet.text["parts"])  # type: ignore[attr-defined]
    whole = sheet.convert("RGB")
    return {name: whole.crop(tuple(place)) for name, place in places.items()}


def differing(one: Image.Image, other: Image.Image) -> float:
    """The share of two pictures of one size that is not alike."""
    small = (max(1, one.width // COARSE), max(1, one.height // COARSE))
    bands = ImageChops.difference(*(each.resize(small, Image.Resampling.BOX) for each in (one, other))).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(most.histogram()[FAINT + 1 :]) / (small[0] * small[1])


def faults(then: dict[str, Image.Image], now: dict[str, Image.Image]) -> Iterator[str]:
    for name in sorted(then.keys() ^ now.keys()):
        yield f"{name}: {'is no more' if name in then else 'is new'}"
    for name in (name for name in now if name in then):
        was, now_is = then[name].size, now[name].size
        if max(abs(was[0] - now_is[0]), abs(was[1] - now_is[1])) > COARSE:
            yield f"{name}: {now_is[0]} × {now_is[1]}, was {was[0]} × {was[1]}"
            continue
        size = (min(was[0], now_is[0]), min(was[1], now_is[1]))
        share = differing(then[name].crop((0, 0, *size)), now[name].crop((0, 0, *size)))
        if share > FEW:
            yield f"{name}: {share:.1%} of it looks otherwise"
