"""Calls are found by somebody who types, steps back, keeps the search and takes the list along; no address tells what
was typed."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.language import translator
from portal.recordings.saved_models import SavedSearch
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_search_is_typed_stepped_back_from_kept_and_taken_along(page: Page, house: House, enter, language):
    say, requests = translator(language), []
    page.on("request", lambda r: requests.append(" ".join([r.url, *r.headers.values()])))
    enter(house.register.people.manager, language)
    page.goto(f"{house.url}/recordings/")
    count = page.locator(".result-count")
    option = page.locator("#direction option[value=in]")
    expect(option).to_have_text(re.compile(rf"^{say('Inkommande')} \([\d\u00a0]+\)$"))
    everything = count.inner_text()

    page.locator("#number").press_sequentially("77", delay=20)
    page.wait_for_timeout(400)  # longer than the pause in typing after which is asked
    assert (page.url, count.inner_text()) == (f"{house.url}/recordings/", everything), "two digits ask nothing yet"
    page.locator("#number").press_sequentially("70002", delay=20)
    expect(page.locator("#results tbody th a")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/recordings/\?sought=[\w-]+$"))
    expect(option).to_have_text(f"{say('Inkommande')} (1)")
    place = page.url
    for day, wrong in (("1.1.2026", "true"), ("31.12.2099", "false")):
        page.locator("#from").fill("2.1.2026")
        page.locator("#to").fill(day)
        page.locator("#to").press("Tab")
        expect(page.locator("#to")).to_have_attribute("aria-invalid", wrong)
        expect(page.locator("#to-said .field-error")).to_have_count(int(wrong == "true"))
    page.goto(place)
    page.locator("summary", has_text=say("Fler villkor")).click()
    page.locator("#direction").select_option("out")
    expect(page.get_by_text(say("Inga samtal hittades"))).to_be_visible()
    with page.expect_navigation():
        page.go_back()
    assert page.url == place
    expect(page.locator("#number")).to_have_value("7770002")
    expect(page.locator("#results tbody th a")).to_have_count(1)
    page.locator("#words").fill("rågrut")
    expect(page).not_to_have_url(place)
    with page.expect_download() as taken:
        page.get_by_role("button", name=say("Ladda ner som CSV")).click()
    text = taken.value.path().read_text(encoding="utf-8-sig")
    assert (len(text.splitlines()), "••• 002" in text, "7770002" in text) == (2, True, False)
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert too_wide(page) == []
        assert axe(page) == []

    with page.expect_navigation():
        page.get_by_role("link", name=say("Spara sökningen")).click()
    assert axe(page) == []
    page.locator("#name").fill(f"Öppet {language}")
    with page.expect_navigation():
        page.get_by_role("button", name=say("Spara")).click()
    with page.expect_navigation():
        page.get_by_role("link", name=f"Öppet {language}").click()
    expect(page.locator("#number")).to_have_value("")
    expect(page.locator("#words")).to_have_value("rågrut")
    with page.expect_navigation():
        page.get_by_role("navigation", name=say("Sparade sökningar")).get_by_role("link").last.click()
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert too_wide(page) == []
        assert axe(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name=say("Radera %(name)s") % {"name": f"Öppet {language}"}).click()
    with house.open():
        assert not SavedSearch.select().where(SavedSearch.name == f"Öppet {language}").exists()
    told = [one for one in requests if "7770002" in one or "grut" in one]
    assert told == [], "neither an address nor a header"
