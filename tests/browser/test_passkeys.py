"""A security key in a real browser: added, used to sign in and to prove anew, and what is said when there is none."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.models import Account, Passkey
from portal.accounts.permissions import Role
from tests.browser.conftest import NARROW, PASSWORD, House, axe, too_wide
from tests.people import person

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def holder(house: House) -> Account:
    with house.open() as register:
        found = Account.get_or_none(Account.username == "nyckla")
        return found or person("nyckla", "Nyckla Innehavström", Role.ADVISER, queues=(register.people.daycare,))


@contextlib.contextmanager
def security_key(page: Page) -> Iterator[Callable[[], None]]:
    """A key in the computer that answers as if touched; what is yielded empties it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    named = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield lambda: devtools.send("WebAuthn.clearCredentials", named)
    devtools.send("WebAuthn.disable")
    devtools.detach()


def sound(page: Page) -> None:
    assert not axe(page)
    wide = page.viewport_size
    page.set_viewport_size(NARROW)
    assert not too_wide(page)
    page.set_viewport_size(wide)


def signed_out(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Logga ut").click()


def gives_name_and_password(page: Page, house: House, button: str) -> None:
    page.goto(house.url + "/accounts/sign-in")
    page.get_by_label("Användarnamn").fill("nyckla")
    page.get_by_label("Lösenord").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def test_a_key_is_added_signs_in_and_proves_anew(page: Page, house: House, enter, holder: Account):
    enter(holder)
    with security_key(page):
        page.goto(house.url + "/accounts/me")
        page.get_by_role("link", name="Lägg till en säkerhetsnyckel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Lägg till en säkerhetsnyckel")
        sound(page)
        page.get_by_label("Namn på nyckeln").fill("nyckelknippan")
        with page.expect_navigation():
            page.get_by_role("button", name="Lägg till nyckeln").click()
        expect(page.get_by_role("region", name="Säkerhetsnycklar")).to_contain_text("nyckelknippan")
        sound(page)

        signed_out(page)
        gives_name_and_password(page, house, "Fortsätt")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ange koden från appen")
        sound(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Använd en säkerhetsnyckel").click()
        expect(page.get_by_role("heading", name="Start", level=1)).to_be_visible()

        house.proved(holder, lately=False)
        page.goto(house.url + "/accounts/me/password")
        expect(page.get_by_role("heading", level=1)).to_have_text("Bekräfta att det är du")
        sound(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Använd en säkerhetsnyckel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Byt lösenord")

        page.goto(house.url + "/accounts/me")
        house.proved(holder, lately=False)
        page.watch.expect(403)
        with page.expect_navigation():
            page.get_by_role("region", name="Säkerhetsnycklar").get_by_role("button", name="Ta bort").click()
        expect(page.locator("main")).to_contain_text("Du behöver inte fylla i något på nytt")
        sound(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Använd en säkerhetsnyckel").click()
        expect(page.get_by_role("region", name="Säkerhetsnycklar")).to_contain_text("Du har ingen säkerhetsnyckel")


def test_a_key_opens_the_portal_before_the_code_is_asked_for(page: Page, house: House, enter, holder: Account):
    enter(holder)
    with security_key(page):
        page.goto(house.url + "/accounts/me/passkeys/new")
        page.get_by_label("Namn på nyckeln").fill("den andra")
        with page.expect_navigation():
            page.get_by_role("button", name="Lägg till nyckeln").click()
        signed_out(page)
        sound(page)
        gives_name_and_password(page, house, "Fortsätt med en säkerhetsnyckel")
        expect(page.get_by_role("heading", name="Start", level=1)).to_be_visible()
    with house.open():
        assert Passkey.get(Passkey.account == holder.id).used_at is not None


def test_names_of_keys_leave_the_button_beside_them_in_sight(page: Page, house: House, enter):
    enter(house.register.people.clerk)
    page.goto(house.url + "/accounts/me")
    table = page.get_by_role("group", name="Säkerhetsnycklar")
    assert table.get_by_role("button", name="Ta bort nyckeln").count() == 3
    assert table.evaluate("(e) => e.scrollWidth <= e.clientWidth"), "nothing to scroll to"
    sound(page)


def test_without_the_key_it_is_said_and_the_code_can_be_typed(page: Page, house: House, enter, holder: Account):
    enter(holder)
    with security_key(page) as emptied:
        page.goto(house.url + "/accounts/me/passkeys/new")
        page.get_by_label("Namn på nyckeln").fill("den tredje")
        with page.expect_navigation():
            page.get_by_role("button", name="Lägg till nyckeln").click()
        house.proved(holder, lately=False)
        page.goto(house.url + "/accounts/me/password")
        emptied()
        assert page.locator("#key-said").evaluate("(e) => e.offsetHeight") == 0, "a warning of nothing"
        page.get_by_role("button", name="Använd en säkerhetsnyckel").click()
        expect(page.locator("#key-said")).to_contain_text("Nyckeln svarade inte.")
        expect(page.get_by_label("Kod", exact=True)).to_be_editable()
        sound(page)
