"""The page of the sound that is handed over, open while the copy is made."""

from playwright.sync_api import Page, expect

from portal.cases.codes import CopyState
from portal.cases.models import Copy
from tests.browser.conftest import NARROW, House, axe, too_wide


def test_a_page_that_stands_open_while_the_copy_is_made_says_when_it_is(page: Page, house: House, enter):
    case = house.register.cases.approved
    with house.open():
        copy = Copy.select().where(Copy.case == case.id).order_by(Copy.id.desc()).get()
        before = copy.state
        Copy.update(state=CopyState.ORDERED).where(Copy.id == copy.id).execute()
    try:
        enter(house.register.cases.clerk, "sv")
        page.goto(f"{house.url}/cases/{case.uuid}/copies")
        told = page.locator("#copy-told")
        expect(told).to_contain_text("Du kan lämna sidan")
        told.evaluate("(element) => { element.dataset.first = 'yes'; }")
        page.get_by_role("link", name="Hjälp").focus()
        assert axe(page) == []
        with house.open():
            Copy.update(state=CopyState.FAILED).where(Copy.id == copy.id).execute()
        expect(told).to_contain_text("Ljudkopian blev inte gjord.")
        expect(told).to_have_attribute("data-first", "yes")  # what reads aloud listens to an element that was there
        expect(page.get_by_role("link", name="Hjälp")).to_be_focused()
        assert axe(page) == []
        page.set_viewport_size(NARROW)
        assert too_wide(page) == []
        asked = len(page.watch.asked)
        page.wait_for_timeout(4000)
        assert page.watch.asked[asked:] == [], "there is nothing more to wait for"
        with page.expect_navigation():
            told.get_by_role("link", name="Visa sidan på nytt").click()
        expect(told).to_be_empty()
        expect(page.locator(".alert-error").filter(has_text="Ljudkopian kunde inte göras")).to_be_visible()
    finally:
        with house.open():
            Copy.update(state=before).where(Copy.id == copy.id).execute()
