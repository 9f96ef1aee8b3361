"""Pages are light or dark as the device is, or as somebody chose in their browser."""

import re

import pytest

from tests.accounts.door import log


def chosen(client, look: str):
    return client.submit("/accounts/look", {"look": look})


def seen(page) -> tuple[str, str]:
    """The class of the whole page, and what the browser is told before a style has come."""
    (head,) = re.findall(r'<html lang="\w+"(?: class="(\w+)")?>', page.text)
    (told,) = re.findall(r'<meta name="color-scheme" content="([\w ]+)">', page.text)
    return head, told


def test_a_page_is_as_the_device_is_set_until_somebody_chooses(as_, people):
    page = as_(people.adviser).get("/accounts/me")
    assert seen(page) == ("", "light dark")
    assert re.search(r'<input checked [^>]*value="device"', page.text)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_choice_is_kept_by_the_browser_and_is_there_in_the_next_page_from_its_first_byte(as_, people, look):
    client = as_(people.adviser)
    answer = chosen(client, look)
    assert (answer.status_code, answer.location) == (303, "/accounts/me")
    page = client.get("/accounts/me")
    assert seen(page) == (look, look)
    assert "Utseendet är bytt." in page.text
    assert re.search(rf'<input checked [^>]*value="{look}"', page.text)
    assert log() == [], "what a page looks like is no event"


def test_the_cookie_is_ours_alone_hidden_from_script_and_lasts_a_year(as_, people):
    (cookie,) = (c for c in chosen(as_(people.adviser), "dark").headers.getlist("Set-Cookie") if "look" in c)
    assert cookie.startswith("__Host-look=dark;")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=31536000"))
    assert "Domain" not in cookie


def test_who_chooses_the_device_again_leaves_nothing_behind(as_, people):
    client = as_(people.adviser)
    chosen(client, "dark")
    chosen(client, "device")
    assert client.get_cookie("__Host-look", domain="localhost") is None
    assert seen(client.get("/accounts/me")) == ("", "light dark")


def test_the_choice_holds_before_signing_in_and_after_signing_out(as_, people):
    client = as_(people.adviser)
    chosen(client, "dark")
    client.submit("/accounts/sign-out")
    assert seen(client.get("/accounts/sign-in")) == ("dark", "dark")


LED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_it_holds_on_the_page_that_a_link_elsewhere_leads_to_and_where_no_link_can_be_made(as_, people):
    client = as_(people.adviser)
    chosen(client, "dark")
    client.delete_cookie("__Host-portal", domain="localhost")
    assert seen(client.get("/accounts/me", headers=LED)) == ("dark", "dark")
    assert seen(client.get("/accounts/sign-in", base_url="https://elsewhere.example")) == ("", "light dark")


@pytest.mark.parametrize("look", ["", "sepia", "light dark"])
def test_what_is_no_look_is_refused_beside_the_choice_and_changes_nothing(as_, people, look):
    client = as_(people.adviser)
    answer = chosen(client, look)
    assert answer.status_code == 422
    assert 'id="look-error"' in answer.text
    assert "look" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_a_cookie_that_somebody_made_up_is_as_none(as_, people):
    client = as_(people.adviser)
    client.set_cookie("__Host-look", 'x"><script>', domain="localhost", secure=True)
    assert seen(client.get("/accounts/me")) == ("", "light dark")


def test_nobody_chooses_without_a_token_or_a_session(client, as_, people):
    assert as_(people.adviser).post("/accounts/look", data={"look": "dark"}).status_code == 400
    assert chosen(client, "dark").location == "/accounts/sign-in"
