"""A link in a mail or on the intranet leads in: the browser keeps the cookie back, and nobody is signed out by that."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House

INTRANET = "https://intranet.example/"


@pytest.fixture
def link(page: Page):
    """A page of another site, with a link."""

    def led(address: str) -> None:
        body = f"<!doctype html><title>Intranet</title><link rel=icon href=data:,><a href='{address}'>Portalen</a>"
        page.watch.expected.append(("foreign request: ", INTRANET))
        page.route(INTRANET, lambda route: route.fulfill(content_type="text/html", body=body))
        page.goto(INTRANET)
        page.get_by_role("link").click()

    return led


def test_a_link_of_another_site_leads_to_the_page_and_the_session_goes_on(page: Page, house: House, enter, link):
    enter(house.register.people.adviser)
    for path in ("/accounts/me", "/recordings/?sort=oldest", "/description/"):
        link(house.url + path)
        expect(page.get_by_role("button", name="Logga ut")).to_be_visible()
        expect(page).to_have_url(house.url + path)


def test_a_dead_link_of_another_site_signs_nobody_out(page: Page, house: House, enter, link):
    enter(house.register.people.adviser)
    page.watch.expect(404)
    link(house.url + "/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sidan finns inte")
    page.goto(house.url + "/accounts/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mitt konto")


def test_who_is_not_signed_in_comes_to_the_sign_in_and_then_to_the_page(page: Page, house: House, link):
    link(house.url + "/recordings/?sort=oldest")
    expect(page.get_by_label("Lösenord")).to_be_visible()
    expect(page).to_have_url(house.url + "/accounts/sign-in?next=/recordings/?sort%3Doldest")
