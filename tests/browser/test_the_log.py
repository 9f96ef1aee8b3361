"""The data protection officer asks the log, as a person does: by list, by day, back again."""

import re

from playwright.sync_api import Page, expect

from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from tests.browser.conftest import House, axe


def test_the_officer_narrows_the_log_and_goes_back(page: Page, house: House, enter):
    with house.open() as register, db.atomic():
        record(Act.PLAYED, register.yesterday, by=register.people.clerk, purpose="request", reference="BST/7701/2026")
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/audit/")
    page.get_by_label("Område").select_option("recordings")
    page.wait_for_url(re.compile("area=recordings"))
    page.get_by_label("Händelse").select_option("recordings:played")
    expect(page).to_have_url(re.compile("act=recordings%3Aplayed"))
    rows = page.locator("#results tbody tr")
    expect(rows.first).to_contain_text("Lyssnade på ett samtal")
    expect(rows.filter(has_text="Läste loggen")).to_have_count(0)
    expect(rows.filter(has_text="BST/7701/2026")).to_have_count(1)
    page.go_back()
    expect(page.get_by_label("Händelse")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("Område")).to_have_value("")
    expect(rows.filter(has_text="Läste loggen")).not_to_have_count(0)


def test_a_day_that_is_none_is_told_beside_the_field_and_the_cursor_stays(page: Page, house: House, enter):
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/audit/")
    page.watch.expect(422)
    page.get_by_label("Från").fill("31.2.2026")
    page.keyboard.press("Tab")
    expect(page.locator("#from-said")).to_have_text("Den dagen finns inte i kalendern. Kontrollera dagen och månaden.")
    expect(page.get_by_label("Till")).to_be_focused()
    assert not axe(page)
    page.get_by_label("Från").fill("1.2.2026")
    page.keyboard.press("Tab")
    expect(page.locator("#from-said")).to_have_text("")
    expect(page.locator("#results tbody tr").first).to_be_visible()
