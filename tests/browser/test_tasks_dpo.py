"""Five things that a data protection officer wants, each from the first page by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from portal.audit.acts import Act
from portal.jobs import ordered
from portal.jobs.models import Job, Kind
from portal.oversight.models import Observation, Pattern, State
from tests.browser.conftest import House
from tests.browser.keyboard import Keys, last

QUESTION = "Vad behövde du höra samtalet till den dagen?"


@pytest.fixture
def keys(page: Page, house: House, enter) -> Keys:
    enter(house.register.people.dpo, "sv")
    keys = Keys(page, house)
    keys.start()
    return keys


def oversight(keys: Keys) -> None:
    """By the menu, past the entry whose name begins alike."""
    keys.page.reload()
    keys.to("Tillsyn över begäranden", kind="a")
    keys.press("Tillsyn", kind="a")


def test_i_want_to_ask_a_person_about_a_listen(page: Page, house: House, keys: Keys):
    oversight(keys)
    keys.press("Visa lyssningarna", within=200)
    keys.to("Fråga om lyssningen", kind="button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("En lyssning")
    keys.type("Fråga", QUESTION)
    keys.press("Ställ frågan")
    expect(page.locator("main")).to_contain_text(QUESTION)
    with house.open():
        asked = Observation.select().where(Observation.question == QUESTION).get()
        assert (asked.pattern, asked.state) == (Pattern.ONE, State.ASKED)
    assert last(house, house.register.people.dpo, Act.OBSERVATION_RAISED).subject == asked.uuid
    assert last(house, house.register.people.dpo, Act.OBSERVATION_ASKED).subject == asked.uuid


def test_i_want_to_be_sure_that_nobody_has_altered_the_log(page: Page, house: House, keys: Keys):
    with house.open():
        Job.delete().where(Job.kind == Kind.LOG).execute()
    oversight(keys)
    keys.press("Kontrollera hela loggen")
    with house.open():
        ordered.run_due()
    expect(page.locator("#jobs")).to_contain_text("Loggen är hel.")
    job = last(house, house.register.people.dpo, Act.JOB_ORDERED)
    assert job.told["job"] == Kind.LOG


def test_i_want_to_note_a_breach_and_not_miss_the_72_hours(page: Page, house: House, keys: Keys):
    keys.menu("Incidenter")
    keys.press("Anmäl en incident")
    keys.type("Vad har hänt?", "En fil skickades till fel adress.")
    keys.type("Vems uppgifter gäller det, och vilka?", "En person som ringde.")
    keys.type("Vad har redan gjorts?", "Mottagaren raderar filen.")
    keys.press("Anmäl")
    expect(page.locator("main")).to_contain_text("Ta över ledningen och bedöm risken.")
    expect(page.locator("main")).to_contain_text("71 timmar kvar.")
    keys.press("Ta över ledningen")
    expect(page.get_by_role("button", name="Spara bedömningen")).to_be_visible()
    assert last(house, house.register.people.dpo, Act.INCIDENT_OPENED).subject


def test_i_want_to_see_which_answers_were_late(page: Page, house: House, keys: Keys):
    keys.menu("Tillsyn över begäranden")
    keys.press("De som blev försenade, också de besvarade")
    expect(page.get_by_role("heading", level=1)).to_have_text("Begäranden")
    expect(page.get_by_label("Läge")).to_have_value("all")
    expect(page.get_by_label("Bara försenade")).to_be_checked()
    assert last(house, house.register.people.dpo, Act.CASES_LISTED)


def test_i_want_to_read_the_description_as_all_do_and_know_who_mends_it(page: Page, house: House, keys: Keys):
    keys.menu("Dataskyddsbeskrivning")
    expect(page.locator("main")).to_contain_text("Ser du ett fel?")
    expect(page.locator("main")).to_contain_text(house.register.people.clerk.name)
    keys.press("Läs den som alla ser")
    expect(page.get_by_role("navigation", name="Huvudmeny").locator("[aria-current]")).to_have_text(
        "Dataskyddsbeskrivning"
    )
    keys.press("Dataskyddsbeskrivningens versioner")
    expect(page.get_by_role("link", name="Läs den som alla ser")).to_be_visible()
