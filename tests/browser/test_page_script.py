"""What page.js and htmx do on every page, under the real content security policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, House

FRAGMENT = """(url) => {
  const part = document.createElement('div');
  part.id = 'part';
  part.innerHTML = '<button id="get">Hämta</button><p>Det som syntes</p>';
  const button = part.querySelector('button');
  for (const [name, value] of Object.entries({get: url, target: '#part', swap: 'innerHTML', 'push-url': 'true'}))
    button.setAttribute('hx-' + name, value);
  document.querySelector('main').append(part);
  htmx.process(part);
}"""


@pytest.fixture
def me(page: Page, house: House, enter) -> Page:
    enter(house.register.people.adviser, "sv")
    page.goto(house.url + "/accounts/me")
    return page


@pytest.mark.parametrize("status", [403, 404, 409, 500, 503])
def test_a_fragment_that_failed_leaves_the_page_and_its_address_and_says_so(me: Page, house: House, status: int):
    me.watch.expect(status)
    me.route("**/fragment", lambda route: route.fulfill(status=status, content_type="text/html", body="<h1>Fel</h1>"))
    me.evaluate(FRAGMENT, "/fragment")
    me.locator("#get").click()
    expect(me.locator("#notice")).to_have_text("Det gick inte att hämta. Det som visas är det du såg senast.")
    expect(me.locator("#part p")).to_have_text("Det som syntes")
    assert me.url == house.url + "/accounts/me"


def test_a_fragment_that_came_takes_the_notice_away(me: Page):
    me.watch.expect(500)
    answers = iter([(500, "<p>Fel</p>"), (200, "<p>Nytt</p>")])

    def answer(route):
        status, body = next(answers)
        route.fulfill(status=status, content_type="text/html", body=body)

    me.route("**/fragment", answer)
    me.evaluate(FRAGMENT, "/fragment")
    me.locator("#get").click()
    expect(me.locator("#notice")).not_to_be_empty()
    me.locator("#get").click()
    expect(me.locator("#part")).to_have_text("Nytt")
    expect(me.locator("#notice")).to_be_empty()


def test_a_refused_form_is_an_answer_and_is_shown(me: Page):
    me.watch.expect(422)
    me.route("**/fragment", lambda route: route.fulfill(status=422, content_type="text/html", body="<p>Rätta</p>"))
    me.evaluate(FRAGMENT, "/fragment")
    me.locator("#get").click()
    expect(me.locator("#part")).to_have_text("Rätta")
    expect(me.locator("#notice")).to_be_empty()


def test_a_portal_that_does_not_answer_is_said(me: Page):
    me.watch.expected += [("ERR_FAILED", "/fragment"), ("htmx:error",)]
    me.route("**/fragment", lambda route: route.abort())
    me.evaluate(FRAGMENT, "/fragment")
    me.locator("#get").click()
    expect(me.locator("#notice")).to_contain_text("Portalen svarar inte")
    expect(me.locator("#part p")).to_have_text("Det som syntes")


def test_a_fragment_asked_for_after_the_session_ended_leads_to_sign_in(me: Page, house: House):
    me.watch.expect(401)
    me.evaluate(FRAGMENT, "/accounts/me")
    me.context.clear_cookies()
    me.locator("#get").click()
    me.wait_for_url("**/accounts/sign-in*")


def test_a_second_click_while_the_first_is_under_way_sends_nothing(me: Page):
    sent = []
    me.route("**/accounts/language", lambda route: sent.append(route))  # the answer is a long time coming
    me.locator(".top-language button").evaluate("(b) => { b.click(); setTimeout(() => b.click(), 150); }")
    me.wait_for_timeout(500)
    assert len(sent) == 1
    sent[0].fulfill(status=204)


def test_inline_script_and_style_are_stopped(me: Page):
    """The policy bites: were this test to fail, nothing else would tell that the policy is gone."""
    me.watch.expected += [("CSP",), ("Content Security Policy",)]
    me.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.evil = 1';
          document.body.append(script);
          document.querySelector('main').setAttribute('style', 'color: red');
        }"""
    )
    assert me.evaluate("window.evil === undefined")
    assert me.locator("main").evaluate("(e) => getComputedStyle(e).color") != "rgb(255, 0, 0)"
    assert sum(s.startswith("error: CSP") for s in me.watch.said) == 2


def test_a_table_is_a_stop_for_the_keyboard_only_while_it_scrolls(me: Page):
    me.evaluate(
        """() => {
          document.querySelector('main').innerHTML = '<div class="table-wrap" tabindex="0">'
            + '<table class="table"><tr><td class="nowrap">' + 'ord '.repeat(20) + '</td></tr></table></div>';
        }"""
    )
    wrap = me.locator(".table-wrap")
    me.set_viewport_size(NARROW)
    expect(wrap).to_have_attribute("tabindex", "0")
    me.set_viewport_size(WIDE)
    expect(wrap).to_have_attribute("tabindex", "-1")


def test_the_cells_of_a_card_show_the_headings_of_their_columns(page: Page, house: House, enter):
    enter(house.register.people.adviser, "fi")
    page.set_viewport_size(NARROW)
    page.goto(house.url + "/recordings/?words=dagvård")
    read = "(cells) => cells.map((c) => getComputedStyle(c, '::before').content.slice(1, -1))"
    headings = page.locator("#results thead th").all_text_contents()
    assert page.locator("#results tbody td").evaluate_all(read) == headings[1:]


def test_the_first_stop_of_the_keyboard_skips_to_the_content(me: Page):
    me.keyboard.press("Tab")
    expect(me.locator(".skip")).to_be_focused()
    expect(me.locator(".skip")).to_be_in_viewport()
    me.keyboard.press("Enter")
    expect(me.locator("main")).to_be_focused()


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"media": "print"}])
def test_the_page_stands_in_forced_colours_in_print_and_without_motion(me: Page, media: dict):
    me.emulate_media(**media)
    assert me.locator("h1").is_visible()
    assert me.locator(".menu").is_visible() is ("media" not in media)
