"""The privacy description is written, contradicts the portal, is returned, mended and approved; everybody reads it."""

import pytest
from playwright.sync_api import Page, expect

from portal.documents import setting
from portal.register import descriptions
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.desk import Desk

WHY = "Äldreomsorgens servicenummer får sitt meddelande i nästa vecka."


def sound(page: Page) -> None:
    """Nothing sticks out, wide or narrow, and the engine finds no fault: narrow in Finnish, whose words are longer, and
    wide in Swedish."""
    for size, language in ((NARROW, "fi"), (WIDE, "sv")):
        page.set_viewport_size(size)
        assert not too_wide(page)
        if page.locator("html").get_attribute("lang") == language:
            assert not axe(page)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_new_version_is_written_returned_approved_and_read_by_everybody(page: Page, house: House, enter, language):
    desk = Desk(page, house, enter, language)
    people, say = desk.people, desk.say

    def press(text: str) -> None:
        with page.expect_navigation():
            desk.press(text)

    # The clerk begins a version, and writes a time that the portal does not keep
    desk.sit_down(people.clerk)
    page.goto(house.url + "/register/description/")
    press("Skriv en ny version")
    expect(page.locator("textarea")).to_have_count(40)
    sound(page)
    draft = page.url.removesuffix("/texts")
    kept = page.locator("#storage-sv").input_value()
    page.locator("#storage-sv").fill(kept.replace("3 månader", "6 månader"))
    press("Spara utkastet")
    desk.done()
    wrong = say("Texten nämner %(time)s. Portalen håller: %(known)s.") % {
        "time": f"6 {say('månader')}",
        "known": f"3 {say('månader')}",
    }
    expect(page.locator(".alert-warning").filter(has_text=wrong).first).to_be_visible()
    expect(page.locator("del").filter(has_text="3")).to_be_visible()
    press("Föreslå för godkännande")
    assert page.get_by_role("button", name=say("Godkänn och publicera")).count() == 0

    # Another returns it, and it is mended
    desk.sit_down(people.decider)
    page.goto(draft)
    sound(page)
    page.watch.expect(422)
    press("Godkänn och publicera")
    expect(page.locator(".summary")).to_be_focused()
    page.locator("#words").fill("Lagringstiden är 3 månader.")
    press("Returnera förslaget")
    desk.sit_down(people.clerk)
    page.goto(draft)
    expect(page.locator(".alert-warning").filter(has_text="Lagringstiden är 3 månader.")).to_be_visible()
    page.get_by_role("link", name=say("Skriv"), exact=True).click()
    page.locator("#storage-sv").fill(kept)
    press("Spara utkastet")
    press("Föreslå för godkännande")

    # What still contradicts the portal is answered, and the version is everybody's
    desk.sit_down(people.decider)
    page.goto(draft)
    for field in page.locator("textarea[name^='answer-']").all():
        field.fill(WHY)
    press("Godkänn och publicera")
    desk.done()
    expect(page.get_by_text(WHY).first).to_be_visible()
    with house.open():
        version = descriptions.current()
        assert setting.make_due().failed == 0
    page.reload()
    expect(page.locator("dd a[href*='/papers/']")).to_have_count(2)
    page.context.clear_cookies()
    page.goto(house.url + "/accounts/sign-in")
    page.goto(f"{house.url}/description/{language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("article h2").nth(10)).to_have_text(f"11. {say('Lagringstid')}")
    expect(page.locator(".lead")).to_contain_text(str(version.version))
    sound(page)
    paper = page.get_by_role("link", name=say("Dataskyddsbeskrivningen som PDF")).get_attribute("href")
    assert paper == f"/description/versions/{version.version}/{language}.pdf"
    answer = page.request.get(house.url + paper)
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
    with page.expect_navigation():
        page.locator(".top-language a").click()
    expect(page.locator("html")).to_have_attribute("lang", "fi" if language == "sv" else "sv")
    page.goto(f"{house.url}/description/versions/1")
    expect(page.locator(".alert-warning a")).to_have_attribute("href", "/description/")
