"""A draft beside its preview: that the browser shows the sheet, follows the typing, and loses nothing on the way."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from portal.documents.models import Document, State
from tests.browser.conftest import NARROW, House, axe

INK = """async (address) => {
  const answer = await fetch(address);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return String.fromCharCode(...bytes.slice(0, 5)) + ' ' + bytes.length;
}"""


def draft(house: House, kind: str) -> Document:
    return next(d for d in house.register.documents if d.kind == kind and d.state == State.DRAFT)


def readers(page: Page) -> int:
    """How many frames the browser's own PDF reader has opened."""
    return sum(frame.url.startswith("chrome-extension://") for frame in page.frames)


@pytest.fixture
def desk(page: Page, house: House, enter):
    document = house.register.documents[0]
    enter(house.register.people.decider)
    page.goto(f"{house.url}/documents/{document.uuid}", wait_until="domcontentloaded")
    return document


def wait_for_reader(page: Page) -> None:
    for _ in range(300):
        if readers(page):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the browser's reader did not open")


def test_the_sheet_is_shown_beside_the_form_under_our_csp(page: Page, desk):
    wait_for_reader(page)
    frame = page.locator("#preview iframe:not(.coming)")
    assert page.evaluate(INK, frame.get_attribute("src").split("#")[0]).startswith("%PDF-")
    assert frame.bounding_box()["height"] > 400
    assert frame.bounding_box()["x"] > page.locator("#draft").bounding_box()["x"]


def test_the_sheet_follows_the_typing_in_about_a_second(page: Page, desk):
    wait_for_reader(page)
    page.locator("#subject").fill("Uppvärmning")
    expect(page.locator("#preview-said")).to_contain_text("uppdaterad", timeout=10_000)
    before = page.locator("#preview iframe:not(.coming)").get_attribute("src")
    sent: list[float] = []
    page.on("request", lambda r: r.method == "POST" and sent.append(time.monotonic()))
    page.locator("#subject").press_sequentially(" och sedan", delay=10)
    begun = time.monotonic()
    expect(page.locator("#preview iframe:not(.coming)")).not_to_have_attribute("src", before, timeout=15_000)
    assert page.locator("#preview iframe:not(.coming)").get_attribute("src").startswith("blob:")
    assert page.evaluate("history.length") == 2, "the back button still leads back"
    assert len(sent) <= 3, "not one sheet for each letter"
    assert sent[-1] - begun < 1
    assert time.monotonic() - begun < 12  # 0.6 seconds on a machine with nothing else to do


def test_what_is_wrong_is_said_and_the_last_good_sheet_stays(page: Page, desk):
    page.watch.expect(422)
    wait_for_reader(page)
    src = page.locator("#preview iframe:not(.coming)").get_attribute("src")
    page.locator("#subject").fill("")
    expect(page.locator("#preview-said")).to_contain_text("Rätta fälten")
    assert page.locator("#preview iframe:not(.coming)").get_attribute("src") == src


def test_a_sheet_that_is_refused_says_so_in_its_frame_and_shows_no_second_portal_there(page: Page, house: House, enter):
    kept, at = house.settings.stationery, house.register.documents[0]
    before = kept.read_bytes() if kept.exists() else None
    page.watch.expect(422, "/preview")
    enter(house.register.people.decider)
    try:
        kept.write_text("[")
        page.goto(f"{house.url}/documents/{at.uuid}", wait_until="domcontentloaded")
        inside = page.frame_locator("#preview iframe")
        expect(inside.get_by_role("heading", name="Förhandsgranskning")).to_be_visible()
        expect(inside.get_by_text("Säg till systemadministratören.")).to_be_visible()
        assert inside.locator("nav, header, form, a").count() == 0
        own, around = (
            text.evaluate("(h) => getComputedStyle(h).fontFamily")
            for text in (inside.locator("h1"), page.locator("h1"))
        )
        assert own == around, "in the dress of the page"
    finally:
        kept.unlink() if before is None else kept.write_bytes(before)


def test_on_a_narrow_screen_the_preview_is_a_button(page: Page, house: House, desk):
    page.set_viewport_size(NARROW)
    expect(page.locator("#preview")).to_be_hidden()
    button = page.get_by_role("button", name="Förhandsgranska")
    with page.context.expect_page() as opened:
        button.click()
    sheet = opened.value
    sheet.wait_for_url("**/preview")
    sheet.close()
    assert not axe(page)


def test_the_responsible_person_locks_and_the_page_shows_the_document_by_itself(page: Page, house: House, enter):
    from portal.documents import setting

    page.watch.expect(409, "/preview")  # of the draft that is locked while its sheet is on the way
    enter(house.register.people.decider)
    with house.open():
        document = Document.get(Document.kind == "purge-month", Document.language == "sv")
    page.goto(f"{house.url}/retention/")
    page.get_by_role("link", name=re.compile("Gallringsprotokoll .*svenska")).click()
    page.get_by_label("Anmärkning").fill("Granskat utan anmärkning.")
    page.get_by_role("button", name="Lås dokumentet").click()
    expect(page.get_by_role("heading", name="Dokumentet görs i ordning")).to_be_visible()
    with house.open():
        assert setting.make_due().locked >= 1, "with whatever else waited"
        assert Document.get_by_id(document.id).state == State.LOCKED
    expect(page.get_by_role("heading", name="Dokumentet är låst")).to_be_visible(timeout=5000)
    assert not axe(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Ladda ner PDF").click()
    assert re.fullmatch(r"gallringsprotokoll-\d{4}-\d{2}\.pdf", saved.value.suggested_filename)
    assert document.state == State.DRAFT
