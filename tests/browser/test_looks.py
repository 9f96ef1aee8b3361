"""Every part looks as it was kept, light and dark, narrow and wide; and a page is as the device, the reader or the
printer wants it.

After a change that is meant: `RENEW_LOOKS=1 pytest tests/browser/test_looks.py`, look at the pictures, and commit them.
"""

import io
import os

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.test_every_page import SETTLED

SIZES = {"390": NARROW, "1280": WIDE}
GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(14, 21, 31)"


@pytest.fixture
def parts(page: Page, house: House, enter) -> Page:
    enter(house.register.people.adviser, "sv")
    page.goto(house.url + "/house-style")
    return page


def dressed(page: Page, look: str, size: str) -> Page:
    page.emulate_media(color_scheme=look)
    page.set_viewport_size(SIZES[size])
    page.evaluate(SETTLED)
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_part_looks_as_it_was_kept(parts: Page, tmp_path, look: str, size: str):
    now, path = looks.parts(dressed(parts, look, size)), looks.FOLDER / f"{look}-{size}.png"
    if os.environ.get("RENEW_LOOKS"):
        looks.keep(path, now)
    found = list(looks.faults(looks.kept(path), now))
    if found:
        looks.keep(tmp_path / path.name, now)
    assert not found, "\n".join([*found, f"as it is now: {tmp_path / path.name}", str(__doc__).splitlines()[-1]])


def worn(page: Page, rule: str) -> None:
    """One style more, as a sheet that the page's own rules about styles let in."""
    page.evaluate(
        "(rule) => { const more = new CSSStyleSheet(); more.replaceSync(rule); document.adoptedStyleSheets = [more]; }",
        rule,
    )
    page.evaluate(SETTLED)


SPOILT = {
    ".tag-warning { background: var(--ax-bg-danger-moderate-hover) !important }": {"tags", "tables"},
    "[data-part] .button-danger { background: var(--ax-bg-accent-strong) !important }": {"buttons"},
    "[data-part] .button-danger { position: relative; left: 4px }": {"buttons"},
    "[data-part] .button { padding-inline: 12px !important }": {"buttons", "fields"},
    "[data-part] .alert-info .icon { visibility: hidden }": {"messages"},
    "[data-part] .empty { padding: 8px !important }": {"messages"},
    ".input { border-color: var(--ax-border-neutral-subtle) !important }": {"fields"},
    "label { font-weight: 400 !important }": {"fields"},
    "[data-part] a { text-decoration: none !important }": {"fields"},
    ".table .num { text-align: left !important }": {"tables"},
    ".table .is-current > * { background: none !important }": {"tables"},
    ".timeline > li::before { background: var(--ax-border-neutral) !important }": {"told"},
    ".chips a[aria-current] { background: none !important; color: inherit !important }": {"lists"},
    ".top-person > a::before { visibility: hidden }": {"top"},
    ".menu a { padding-left: 12px !important }": {"menu"},
}
"""A style that is wrong → the parts that must be seen to look otherwise."""
SAME = (
    "* { text-rendering: geometricPrecision !important }",
    "* { -webkit-text-stroke: 0.15px }",
    "body { font-weight: 420 !important }",
)
"""Letters as another machine draws them: placed by other fractions of a point, with more ink, a little bolder."""


def told(page: Page, look: str) -> set[str]:
    return {
        fault.split(":")[0] for fault in looks.faults(looks.kept(looks.FOLDER / f"{look}-1280.png"), looks.parts(page))
    }


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_looks_otherwise_is_told_by_its_part_and_another_machines_letters_are_not(parts: Page, look: str):
    dressed(parts, look, "1280")
    for rule in SAME:
        worn(parts, rule)
        assert told(parts, look) == set(), rule
    for rule, spoilt in SPOILT.items():
        worn(parts, rule)
        assert told(parts, look) >= spoilt, rule


def test_a_part_that_is_gone_is_told(parts: Page):
    dressed(parts, "light", "1280").evaluate("document.querySelector('[data-part=told]').remove()")
    assert told(parts, "light") == {"told"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_part_can_be_read_and_has_room(parts: Page, look: str, size: str):
    dressed(parts, look, size)
    assert too_wide(parts) == []
    assert axe(parts) == []


def test_pages_follow_the_device_while_they_stand(parts: Page):
    for look, ground in (("dark", DARK), ("light", LIGHT)):
        parts.emulate_media(color_scheme=look)
        assert parts.evaluate(GROUND) == ground


@pytest.mark.parametrize(("device", "choice", "ground"), [("light", "Mörkt", DARK), ("dark", "Ljust", LIGHT)])
def test_the_readers_choice_wins_over_the_device_and_goes_back_to_it(page, house, enter, device, choice, ground):
    page.emulate_media(color_scheme=device)
    enter(house.register.people.adviser, "sv")
    page.goto(house.url + "/accounts/me")
    for chosen, expected in ((choice, ground), ("Som enheten är inställd", DARK if device == "dark" else LIGHT)):
        page.get_by_label(chosen).check()
        with page.expect_navigation():
            page.get_by_role("button", name="Byt utseende").click()
        expect(page.get_by_role("status").filter(has_text="Utseendet är bytt.")).to_be_visible()
        expect(page.get_by_label(chosen)).to_be_checked()
        assert page.evaluate(GROUND) == expected


@pytest.mark.parametrize(("look", "darkness"), [("dark", range(60)), ("light", range(200, 256))])
def test_a_page_is_in_its_colours_before_a_style_has_come(page: Page, house: House, enter, look: str, darkness: range):
    """Else it flashes white in a dark room, at each click."""
    enter(house.register.people.adviser, "sv")
    page.context.add_cookies([{"name": "__Host-look", "value": look, "url": house.url, "secure": True}])
    page.emulate_media(color_scheme="light" if look == "dark" else "dark")
    page.watch.expected.append(("ERR_FAILED", ".css"))
    page.route("**/*.css*", lambda route: route.abort())
    page.goto(house.url + "/accounts/me")
    picture = page.screenshot(clip={"x": 1200, "y": 800, "width": 20, "height": 20})
    assert Image.open(io.BytesIO(picture)).convert("L").getpixel((10, 10)) in darkness


def test_paper_is_white_whatever_the_screen_is(parts: Page):
    parts.emulate_media(color_scheme="dark", media="print")
    assert parts.locator("h1").evaluate("(h1) => getComputedStyle(h1).color") == "rgb(32, 39, 51)"
    assert (
        parts.locator("[data-part] .alert").first.evaluate("(box) => getComputedStyle(box).backgroundColor")
        == "rgb(238, 246, 252)"
    )


DRAWING = """() => {
  const box = document.createElement('div');
  box.className = 'plots';
  box.append(document.createElement('img'));
  document.querySelector('main').append(box);
  const { filter, mixBlendMode } = getComputedStyle(box.firstChild);
  box.remove();
  return [filter, mixBlendMode];
}"""
AS_DRAWN, TURNED = ["none", "normal"], ["invert(1) hue-rotate(180deg)", "screen"]


def test_a_drawing_is_turned_at_night_and_only_then(parts: Page):
    """It is a file on white, whose colours no style reaches."""
    for chosen, device, media, looks_so in (
        ("", "light", "screen", AS_DRAWN),
        ("", "dark", "screen", TURNED),
        ("light", "dark", "screen", AS_DRAWN),
        ("dark", "light", "screen", TURNED),
        ("dark", "dark", "print", AS_DRAWN),
    ):
        parts.emulate_media(color_scheme=device, media=media)
        parts.evaluate("(chosen) => { document.documentElement.className = chosen; }", chosen)
        assert parts.evaluate(DRAWING) == looks_so, (chosen, device, media)


def test_paper_has_what_the_page_says_and_not_the_ways_around_it(parts: Page):
    parts.emulate_media(media="print")
    for around in (".top", ".menu", ".back", ".actions", ".filters", ".chips", ".paging", ".case-tabs", ".skip"):
        assert parts.locator(around).count(), around
        assert not [part for part in parts.locator(around).all() if part.is_visible()], around
    for said in ("h1", ".lead", ".alert", ".table", ".facts", ".plot"):
        assert parts.locator(f"main > :not(.waits) {said}, main > {said}").first.is_visible(), said
    row = parts.locator(".table-cards tbody tr").first
    parts.set_viewport_size({"width": 700, "height": 990})  # what a sheet has between its margins
    assert row.evaluate("(row) => getComputedStyle(row).display") == "table-row"


RING = """() => {
  const on = document.activeElement;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(on);
  return [on === document.body ? '' : on.outerHTML.slice(0, 60), outlineStyle, parseFloat(outlineWidth), outlineColor];
}"""


@pytest.mark.parametrize("look", ["light", "dark"])
def test_whoever_goes_by_the_keyboard_sees_where_they_are(parts: Page, look: str):
    dressed(parts, look, "1280")
    seen, ring = set(), ("rgb(0, 99, 193)", "rgb(95, 148, 216)")[look == "dark"]
    for _ in range(120):
        parts.keyboard.press("Tab")
        what, style, width, colour = parts.evaluate(RING)
        if not what:
            break
        seen.add(what)
        in_bar = parts.evaluate("!!document.activeElement.closest('.top')")
        assert (style, width, colour) == ("solid", 3, "rgb(223, 225, 229)" if in_bar else ring), what
    assert len(seen) > 25


def test_nothing_moves_for_who_asked_for_that(parts: Page):
    parts.emulate_media(reduced_motion="reduce")
    moving = "[...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert parts.evaluate(f"{moving}.length + document.getAnimations().length") == 0


EDGES = (
    (".menu a:not([aria-current])", "borderLeftColor"),
    (".case-tabs a:not([aria-current])", "borderBottomColor"),
    (".case-tabs a[aria-current]", "borderBottomColor"),
)


def test_edges_tell_what_colours_told_where_the_reader_chose_the_colours(parts: Page):
    parts.emulate_media(forced_colors="active")
    assert parts.locator(".tag").first.evaluate("(tag) => getComputedStyle(tag).borderStyle") == "solid"
    assert (
        parts.locator(".button-primary").first.evaluate("(b) => getComputedStyle(b).borderColor") != "rgba(0, 0, 0, 0)"
    )
    bars = [parts.locator(at).first.evaluate(f"(a) => getComputedStyle(a).{edge}") for at, edge in EDGES]
    ground = parts.evaluate("getComputedStyle(document.body).backgroundColor")
    assert [bar == ground for bar in bars] == [True, True, False], "only what is open has a bar beside it"
    sign = parts.locator("[data-part] .alert .icon").first
    assert sign.evaluate("(i) => getComputedStyle(i).backgroundColor") == parts.evaluate(
        "getComputedStyle(document.body).color"
    )
    assert axe(parts) == []
