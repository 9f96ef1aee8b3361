"""What a page looked like, kept as a picture, and where it looks otherwise now."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, PngImagePlugin
from playwright.sync_api import Page

FOLDER = Path(__file__).with_name("looks")
NEAR = 4
"""A part may be so many points higher or wider: a line of small letters is rounded otherwise."""
EVEN, FAINT = 4, 6
"""Of 255: ground is even where it varies by no more around a point, of another colour where it is farther off."""
FEW = 20
"""So many points of even ground may be of another colour."""
BLOCK, PALE = 24, 9
"""Taken together, so many points a side are as before when their colour differs by no more. Letters of another machine
are a little bolder or stand half a point aside; words in another colour or weight, or a line gone, differ by more."""
ALONE = """() => {
  for (const word of document.querySelectorAll('code, pre, kbd')) word.style.fontFamily = 'var(--ax-font-family)';
}"""
"""Letters that stand equally wide are the machine's own: on another they are others."""
PARTS = """() => [...document.querySelectorAll('[data-part], .top, .menu > *')].flatMap((part) => {
  const { left, top, width, height } = part.getBoundingClientRect();
  if (!height) return []; // of the menu: its list, or where the screen is narrow its row
  const name = part.dataset.part ?? (part.matches('.top') ? 'top' : 'menu');
  return [[name, [left, top + scrollY, left + width, top + scrollY + height].map(Math.round)]];
})"""


def parts(page: Page) -> dict[str, Image.Image]:
    """A picture of each part of the page, by its name."""
    page.evaluate(ALONE)
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
    return {name: whole.crop(tuple(box)) for name, box in page.evaluate(PARTS)}


def keep(path: Path, pictures: dict[str, Image.Image]) -> None:
    """One below the other; the file says where each begins."""
    size = (max(one.width for one in pictures.values()), sum(one.height for one in pictures.values()))
    sheet, at, places = Image.new("RGB", size), 0, {}
    for name, picture in pictures.items():
        sheet.paste(picture, (0, at))
        places[name] = (0, at, picture.width, at + picture.height)
        at += picture.height
    said = PngImagePlugin.PngInfo()
    said.add_text("parts", json.dumps(places))
    path.parent.mkdir(exist_ok=True)
    sheet.quantize(palette=_common(sheet), dither=Image.Dither.NONE).save(path, optimize=True, pnginfo=said)


def _common(sheet: Image.Image) -> Image.Image:
    """The colours that most of it has: every ground is kept as it is, and the edges of letters nearly."""
    counted = sorted(sheet.getcolors(sheet.width * sheet.height) or [], reverse=True)
    palette = Image.new("P", (1, 1))
    palette.putpalette([band for _, colour in counted[:256] for band in colour])
    return palette


def kept(path: Path) -> dict[str, Image.Image]:
    sheet = Image.open(path)
    places = json.loads(sheet.text["parts"])
    whole = sheet.convert("RGB")
    return {name: whole.crop(tuple(place)) for name, place in places.items()}


def _most(bands: Image.Image) -> Image.Image:
    """Of three bands, at each point the highest."""
    red, green, blue = bands.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _even(picture: Image.Image) -> Image.Image:
    """White where a point and those around it are of one colour: no letter, no edge."""
    highest, lowest = picture.filter(ImageFilter.MaxFilter(3)), picture.filter(ImageFilter.MinFilter(3))
    return _most(ImageChops.subtract(highest, lowest)).point(lambda varies: 255 if varies <= EVEN else 0)


def recoloured(one: Image.Image, other: Image.Image) -> int:
    """How many points of ground have one colour in one and another in the other: a fill, or what moved or went."""
    differ = _most(ImageChops.difference(one, other)).point(lambda by: 255 if by > FAINT else 0)
    return ImageChops.darker(ImageChops.darker(_even(one), _even(other)), differ).histogram()[255]


def farthest(one: Image.Image, other: Image.Image) -> int:
    """How far two pictures of one size lie apart, of 255, where they do most: blocks, so letters by their weight."""
    blocks = (max(1, one.width // BLOCK), max(1, one.height // BLOCK))
    small = (each.resize(blocks, Image.Resampling.BOX) for each in (one, other))
    return int(_most(ImageChops.difference(*small)).getextrema()[1])


def faults(then: dict[str, Image.Image], now: dict[str, Image.Image]) -> Iterator[str]:
    for name in sorted(then.keys() ^ now.keys()):
        yield f"{name}: {'is no more' if name in then else 'is new'}"
    for name in (name for name in now if name in then):
        was, now_is = then[name].size, now[name].size
        if max(abs(was[0] - now_is[0]), abs(was[1] - now_is[1])) > NEAR:
            yield f"{name}: {now_is[0]} × {now_is[1]}, was {was[0]} × {was[1]}"
            continue
        both = (0, 0, min(was[0], now_is[0]), min(was[1], now_is[1]))
        before, after = then[name].crop(both), now[name].crop(both)
        if (points := recoloured(before, after)) > FEW:
            yield f"{name}: {points} points of it are of another colour"
        elif (apart := farthest(before, after)) > PALE:
            yield f"{name}: a piece of it looks otherwise, by {apart} of 255"
