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


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("document.querySelector('.tag-warning').className = 'tag tag-error'", "tags: "),
        (
            "document.querySelector('[data-part=buttons] .button-danger').className = 'button button-primary'",
            "buttons: ",
        ),
        ("document.querySelector('.empty').style.padding = '8px'", "messages: "),
        ("document.querySelector('[data-part=tables] thead').remove()", "tables: "),
        ("document.querySelector('[data-part=told]').remove()", "told: is no more"),
    ],
)
def test_a_part_that_looks_otherwise_is_told_by_its_name(parts: Page, spoil: str, told: str):
    dressed(parts, "dark", "1280").evaluate(spoil)
    found = list(looks.faults(looks.kept(looks.FOLDER / "dark-1280.png"), looks.parts(parts)))
    assert len(found) == 1, found
    assert found[0].startswith(told)


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


def test_nothing_moves_for_who_asked_for_that(parts: Page):
    parts.emulate_media(reduced_motion="reduce")
    moving = "[...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert parts.evaluate(f"{moving}.length + document.getAnimations().length") == 0


def test_edges_tell_what_colours_told_where_the_reader_chose_the_colours(parts: Page):
    parts.emulate_media(forced_colors="active")
    assert parts.locator(".tag").first.evaluate("(tag) => getComputedStyle(tag).borderStyle") == "solid"
    assert (
        parts.locator(".button-primary").first.evaluate("(b) => getComputedStyle(b).borderColor") != "rgba(0, 0, 0, 0)"
    )
    sign = parts.locator("[data-part] .alert .icon").first
    assert sign.evaluate("(i) => getComputedStyle(i).backgroundColor") == parts.evaluate(
        "getComputedStyle(document.body).color"
    )
    assert axe(parts) == []
