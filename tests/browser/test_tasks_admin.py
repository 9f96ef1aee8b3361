"""Five things that an administrator wants, each from the first page by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.ingest.models import Quarantined, Reason
from portal.jobs import ordered
from portal.jobs.models import Job, Kind
from portal.queues.models import Queue
from tests.browser.conftest import House
from tests.browser.keyboard import Keys, last
from tests.ingest import deliveries
from tests.people import person


@pytest.fixture
def keys(page: Page, house: House, enter) -> Keys:
    enter(house.register.people.admin, "sv")
    house.proved(house.register.people.admin, lately=True)
    keys = Keys(page, house)
    keys.start()
    return keys


@pytest.fixture
def no_sound(house: House):
    """Nobody else's check of all sound, before and after."""

    def clear() -> None:
        with house.open():
            Job.delete().where(Job.kind == Kind.SOUND).execute()

    clear()
    yield
    clear()


def test_i_want_to_open_an_account_and_help_who_lost_the_telephone(page: Page, house: House, keys: Keys):
    with house.open():
        lost = person("zq.tappat", "Zq Tappat")
    keys.menu("Användare")
    keys.press("Lägg till användare")
    keys.type("Användarnamn", "zq.ny")
    keys.type("Namn", "Zq Nylund")
    keys.press("Lägg till")
    expect(page.locator("main")).to_contain_text("begär användarrättigheter")
    with house.open():
        made = Account.get(Account.username == "zq.ny")
    assert last(house, house.register.people.admin, Act.ACCOUNT_CREATED).subject == made.uuid

    keys.press("Klart")
    keys.menu("Användare")
    keys.type("Namn, användarnamn eller anknytning", "tappat")
    keys.press("Visa")
    keys.press("Zq Tappat")
    keys.press("Ta bort appen")
    expect(page.locator("main")).to_contain_text("Autentiseringsappen och säkerhetsnycklarna är borttagna.")
    assert last(house, house.register.people.admin, Act.SECOND_FACTOR_RESET).subject == lost.uuid


def test_i_want_to_see_why_a_file_was_not_taken_in_and_add_what_it_waits_for(page: Page, house: House, keys: Keys):
    with house.open():
        waits = Quarantined.select().where(Quarantined.reason == Reason.UNKNOWN_QUEUE).order_by(Quarantined.id.desc())
        Quarantined.update(name=deliveries.name(dest="2987")).where(Quarantined.id == waits.get().id).execute()
    keys.menu("Karantän")
    keys.pick("Orsak", "Okänt")
    keys.press("Visa")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(1)
    keys.press(rows.get_by_role("link").inner_text())
    keys.press("Lägg till servicenumret 2987")
    expect(page.get_by_label("Nummer", exact=True)).to_have_value("2987")


def test_i_want_to_know_whether_all_is_well_and_have_all_sound_checked(page, house: House, keys: Keys, no_sound):
    health = page.get_by_role("region", name="Läget i portalen")
    for said in ("Arbetet i bakgrunden", "Säkerhetskopian", "Utrymmet på disken", "Loggen"):
        expect(health).to_contain_text(said)
    keys.to("Kontrollera allt ljud", kind="a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.press("Kontrollera allt ljud", within=1)  # right where the link leads
    expect(page.locator("#jobs")).to_contain_text("Väntar")
    assert last(house, house.register.people.admin, Act.JOB_ORDERED).told["job"] == Kind.SOUND


def test_i_want_to_add_a_service_number_and_what_its_callers_are_told(page: Page, house: House, keys: Keys):
    keys.menu("Servicenumren")
    keys.press("Lägg till servicenummer")
    keys.type("Nummer", "2988")
    keys.type("Namn på svenska", "Hamnen")
    keys.type("Namn på finska", "Satama")
    keys.to("Den som ringer får höra att samtalet spelas in")
    page.keyboard.press("Space")
    keys.press("Lägg till")
    expect(page.get_by_role("heading", level=1)).to_have_text("Meddelande till dem som ringer 2988")
    expect(page.locator("main")).to_contain_text("En beslutsfattare bestämmer vad de som ringer får höra.")
    with house.open():
        made = Queue.get(Queue.number == "2988")
        Queue.update(active=False).where(Queue.id == made.id).execute()
    assert last(house, house.register.people.admin, Act.QUEUE_CREATED).subject == made.uuid


def test_i_want_to_start_something_long_and_learn_how_it_ended(page: Page, house: House, keys: Keys, no_sound):
    keys.menu("Pågående arbete")
    keys.press("Kontrollera allt ljud")
    keys.menu("Användare")
    with house.open():
        ordered.run_due()
    keys.menu("Start")
    keys.press("Se hur det gick")
    row = page.get_by_role("row", name="Kontroll av allt ljud").first
    expect(row).to_contain_text("samtal")
    assert last(house, house.register.people.admin, Act.JOB_ORDERED).told["job"] == Kind.SOUND
