"""The officer asks about what is unusual, the person answers, and what came of it is written down."""

import pytest
from playwright.sync_api import Page, expect

from portal.oversight.models import Pattern
from tests.browser import observations
from tests.browser.conftest import House, axe

WORDS = {
    "sv": (
        "Ställ frågan",
        "Du har fått",
        "Läs och svara",
        "Skicka svaret",
        "Avsluta iakttagelsen",
        "Det hör till arbetet",
    ),
    "fi": (
        "Esitä kysymys",
        "Sinulle on esitetty",
        "Lue ja vastaa",
        "Lähetä vastaus",
        "Päätä havainnon käsittely",
        "Se kuuluu työhön",
    ),
}


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_question_is_asked_answered_and_closed(page: Page, house: House, enter, language: str):
    ask, banner, read, send, close, outcome = WORDS[language]
    with house.open() as register:
        row = observations.made(Pattern.SAME_NUMBER, register.people.adviser, register.yesterday, key=language)
    people, address = house.register.people, f"{house.url}/oversight/observations/{row.uuid}"
    enter(people.dpo, language)
    page.goto(house.url + "/oversight/observations")
    page.locator(f'a[href$="{row.uuid}"]').click()
    expect(page.locator("h1")).to_contain_text(people.adviser.name)
    page.locator("[name=question]").fill("Vad behövdes samtalen till?")
    page.watch.expect(422)
    page.locator("[name=answer_by]").fill("31.2.2027")
    press(page, ask)
    expect(page.locator(".summary")).to_be_focused()
    assert not axe(page)
    page.locator("[name=answer_by]").fill("31.12.2099")
    press(page, ask)
    expect(page.locator("[name=answer_by]")).to_have_attribute("aria-invalid", "true")
    page.locator("[name=answer_by]").fill(observations.clock.today().strftime("%-d.%-m.%Y"))
    press(page, ask)
    expect(page.locator(".alert-success")).to_be_visible()

    enter(people.adviser, language)
    page.goto(house.url + "/accounts/me")
    expect(page.locator(".alert-warning").filter(has_text=banner)).to_be_visible()
    page.get_by_role("link", name=read).click()
    page.locator(f'main a[href$="{row.uuid}"]').click()
    page.locator("[name=answer]").fill("Samma förälder ringde till oss varje dag.")
    assert not axe(page)
    press(page, send)
    expect(page.locator(".note").last).to_have_text("Samma förälder ringde till oss varje dag.")

    enter(people.dpo, language)
    page.goto(address)
    page.get_by_label(outcome).check()
    page.locator("[name=words]").fill("Förklaringen är god.")
    press(page, close)
    expect(page.locator("#outcome-title + p")).to_have_text(outcome)
    assert not axe(page)
