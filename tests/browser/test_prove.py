"""The proof that grave acts want runs out while a form is written: nothing of it is lost. All of it by keyboard."""

import datetime as dt

import pyotp
import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts.models import Account, Passkey, RecoveryCode
from portal.accounts.permissions import Role
from portal.retention.models import Hold
from tests import calls
from tests.browser.conftest import PASSWORD, House
from tests.browser.test_passkeys import security_key, sound
from tests.people import TOTP, person

REASON = 'Han sade: "jag vet var du bor" & <skrattade>.\n\nSedan tyst i två minuter; därefter åäö igen.'
ASKED = "Bekräfta att det är du"


@pytest.fixture
def account(house: House) -> Account:
    """A manager of one's own for each test, whose codes nobody else has used."""
    with house.open() as register:
        number = Account.select().count()
        return person(f"väntar{number}", "Väntar Länge", Role.MANAGER, queues=(register.people.daycare,))


def field(page: Page, label: str, text: str) -> None:
    """Go on with the Tab key to the field, and write."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.textContent.trim()") == label:
            page.keyboard.type(text)
            return
    raise AssertionError(f"the Tab key does not lead to {label}")


def press(page: Page, button: str) -> None:
    """Go on with the Tab key to the button, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == button:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key does not lead to {button}")


def test_a_long_form_is_done_as_it_was_written_after_a_wrong_and_a_right_code(
    page: Page, house: House, enter, account: Account
):
    with house.open() as register:
        started = clock.now() - dt.timedelta(minutes=50)
        call = calls.recording(register.people.daycare, started_at=started, adviser=register.people.adviser)
    enter(account)
    page.goto(house.url + f"/retention/holds/of/{call.uuid}")
    field(page, "Skäl", REASON)
    field(page, "För vilken åtgärd", "Polisanmälan")
    house.proved(account, lately=False)
    page.watch.expect(403)
    with page.expect_navigation():
        press(page, "Håll kvar")
    expect(page.get_by_role("heading", level=1)).to_have_text(ASKED)
    expect(page.locator("main")).to_contain_text("Du behöver inte fylla i något på nytt")
    sound(page)
    page.watch.expect(422)
    field(page, "Kod", "000000")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator(".summary")).to_contain_text("Koden stämmer inte")
    sound(page)
    page.get_by_label("Kod", exact=True).fill("")
    field(page, "Kod", pyotp.TOTP(TOTP).now())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Samtalet hålls kvar. Det raderas inte.")).to_be_visible()
    with house.open():
        assert Hold.get(Hold.recording == call.id).reason.replace("\r\n", "\n") == REASON


def test_the_proof_runs_out_while_a_key_is_named_and_the_name_stays(page: Page, house: House, enter, account: Account):
    enter(account)
    with security_key(page):
        page.goto(house.url + "/accounts/me/passkeys/new")
        field(page, "Namn på nyckeln", "nyckelknippan")
        house.proved(account, lately=False)
        page.watch.expect(403)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(ASKED)
        page.watch.expect(422)
        field(page, "Kod", pyotp.TOTP(TOTP).now())
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator(".summary")).to_contain_text("Nyckeln har inte svarat än.")
        expect(page.get_by_label("Namn på nyckeln")).to_have_value("nyckelknippan")
        sound(page)
        with page.expect_navigation():
            press(page, "Lägg till nyckeln")
        expect(page.get_by_role("region", name="Säkerhetsnycklar")).to_contain_text("nyckelknippan")
        page.goto(house.url + "/accounts/me/passkeys/new")
        field(page, "Namn på nyckeln", "samma igen")
        page.keyboard.press("Enter")
        expect(page.locator("#key-said")).to_have_text("Den här nyckeln finns redan i registret. Använd en annan.")
        sound(page)
    with house.open():
        assert Passkey.select().where(Passkey.account == account.id).count() == 1


def test_the_way_from_name_to_a_grave_page_needs_no_mouse(page: Page, house: House, account: Account):
    page.goto(house.url + "/accounts/sign-in")
    field(page, "Användarnamn", account.username)
    field(page, "Lösenord", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ange koden från appen")
    field(page, "Kod", pyotp.TOTP(TOTP).now())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(house.url + "/accounts/me")
    with page.expect_navigation():
        press(page, "Skapa nya reservkoder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nya reservkoder")
    with page.expect_navigation():
        press(page, "Skapa nya koder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dina reservkoder")
    assert page.locator("code.secret").count() == 10
    sound(page)
    with house.open():
        assert RecoveryCode.select().where(RecoveryCode.account == account.id).count() == 10
