"""What page.js and htmx do on every page, under the real content security policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, House

FRAGMENT = """(url) => {
  const part = document.createElement('div');
  part.id = 'part';
  const [button, said] = ['button', 'p'].map((name) => document.createElement(name));
  Object.assign(button, {id: 'get', textContent: 'Hämta'});
  said.textContent = 'Det som syntes';
  part.append(button, said);
  const { nonce } = document.querySelector('script');
  const asks = {nonce, get: url, target: '#part', swap: 'innerHTML', 'push-url': 'true'};
  for (const [name, value] of Object.entries(asks)) button.setAttribute('hx-' + name, value);
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


EVIL = (
    '<script>window.evil = 1</script><script src="/static/preview.js?evil"></script>'
    '<i hx-get="/evil" hx-trigger="load"></i><i hx-nonce="guessed" hx-get="/evil" hx-trigger="load"></i>'
    '<i data-hx-get="/evil" data-hx-trigger="load"></i>'
    '<i hx-nonce="guessed" hx-on:click="window.evil = 2" id="wicked">!</i>'
    '<main style="color: red" onclick="window.evil = 3">'
)
"""What a page must not do, had somebody's words got into it as they were typed."""


def test_what_somebodys_words_bring_into_a_page_does_nothing(me: Page):
    """The policy bites: were this test to fail, nothing else would tell that the policy is gone."""
    me.watch.expected += [("CSP",), ("Content Security Policy",)]
    asked = []
    me.on("response", lambda answer: asked.append(answer.url))

    def spoilt(route):
        answer = route.fetch()
        assert "<main " in answer.text()
        route.fulfill(response=answer, body=answer.text().replace("<main ", f"{EVIL}<main ", 1))

    me.route("**/accounts/me", spoilt)
    me.reload()
    me.locator("#wicked").click()
    me.wait_for_timeout(300)
    assert me.evaluate("window.evil === undefined")
    assert not [url for url in asked if "evil" in url]
    assert me.locator("main").first.evaluate("(e) => getComputedStyle(e).color") != "rgb(255, 0, 0)"
    told = " ".join(s for s in me.watch.said if s.startswith("error: CSP"))
    for directive in ("script-src-elem", "style-src-attr", "script-src-attr"):
        assert directive in told


@pytest.mark.parametrize("spoil", ["no nonce", "a policy of that name before"])
def test_where_a_page_names_no_nonce_or_its_policy_cannot_be_made_htmx_does_nothing(me: Page, spoil: str):
    me.watch.expected += [("CSP",), ("Content Security Policy",), ("page error", "Policy"), ("htmx:error",)]
    asked = []
    me.on("request", lambda request: asked.append(request.url))
    evil = '<i id="came" hx-nonce="" hx-get="/evil" hx-trigger="load"></i>'

    def spoilt(route):
        answer = route.fetch()
        body, headers = answer.text().replace("<main ", f"{evil}<main ", 1), dict(answer.headers)
        if spoil == "no nonce":
            body = re.sub(r' nonce="[^"]*"', "", body)
            policy = re.sub(r"'nonce-[^']*'", "'self'", headers["content-security-policy"])
            headers["content-security-policy"] = policy
        route.fulfill(response=answer, body=body, headers=headers)

    if spoil != "no nonce":
        me.add_init_script("trustedTypes.createPolicy('htmx', {createHTML: (text) => text})")
    me.route("**/accounts/me", spoilt)
    me.reload()
    expect(me.locator("#came")).to_be_attached()
    me.wait_for_timeout(300)
    assert not [url for url in asked if "evil" in url]
    expect(me.locator("#came")).not_to_have_attribute("hx-get", "/evil")


def test_only_htmx_makes_elements_of_text(me: Page):
    me.watch.expected += [("CSP",), ("The action has been blocked",)]
    for attempt in (
        "document.querySelector('main').innerHTML = '<b>x</b>'",
        "document.createElement('script').src = '/static/preview.js'",
        "document.createElement('script').textContent = 'window.evil = 1'",
        "trustedTypes.createPolicy('other', {createHTML: (text) => text})",
        "trustedTypes.createPolicy('htmx', {createHTML: (text) => text})",
    ):
        assert me.evaluate(f"() => {{ try {{ {attempt} }} catch (error) {{ return error.name }} }}") == "TypeError", (
            attempt
        )
    expect(me.locator("h1")).to_have_text("Mitt konto")


@pytest.mark.parametrize(
    ("part", "acts"),
    [
        ('<i hx-get="/evil" hx-trigger="load"></i>', False),
        ('<i hx-nonce="guessed" hx-get="/evil" hx-trigger="load"></i>', False),
        ('<i hx-nonce="theirs" hx-get="/evil" hx-trigger="load"></i>', True),
        ('<i hx-nonce="read off" hx-get="/evil" hx-trigger="load"></i>', False),
        ("<i hx-nonce='read off' hx-get='/evil' hx-trigger='load'></i>", False),
    ],
)
def test_a_part_that_came_acts_where_its_own_answer_says_that_it_is_ours(me: Page, part: str, acts: bool):
    """Neither one with the nonce of the page that it comes into: whoever knows that has read it off the screen."""
    part = part.replace("read off", me.evaluate("document.querySelector('script').nonce"))
    asked = []
    me.route("**/evil", lambda route: asked.append(route) or route.fulfill(status=204))
    headers = {"Content-Security-Policy": "script-src 'nonce-theirs'; default-src 'none'"}
    body = f"<p>Nytt</p>{part}"
    me.route("**/fragment", lambda route: route.fulfill(headers=headers, content_type="text/html", body=body))
    me.evaluate(FRAGMENT, "/fragment")
    me.locator("#get").click()
    expect(me.locator("#part p")).to_have_text("Nytt")
    me.wait_for_timeout(300)
    assert len(asked) == acts


def test_a_request_to_another_origin_would_be_seen(me: Page):
    """No test passes with one: all of them look at what `Watch` has written down."""
    me.watch.expected.append(("elsewhere.invalid",))
    me.evaluate("document.querySelector('h1').append(Object.assign(new Image(), {src: 'https://elsewhere.invalid/a'}))")
    me.route("https://elsewhere.invalid/**", lambda route: route.fulfill(body="x"))
    me.goto("https://elsewhere.invalid/b")
    assert any(s.startswith("foreign request: https://elsewhere.invalid/b") for s in me.watch.said)
    assert "https://elsewhere.invalid/b" in me.watch.elsewhere()
    assert any("elsewhere.invalid/a" in s and "img-src" in s for s in me.watch.said)


def test_a_table_is_a_stop_for_the_keyboard_only_while_it_scrolls(me: Page):
    me.evaluate(
        """() => {
          const made = (name, inside) => {
            const element = document.createElement(name);
            element.append(inside);
            return element;
          };
          const cell = made('td', 'ord '.repeat(20));
          cell.className = 'nowrap';
          const table = made('table', made('tr', cell));
          table.className = 'table';
          const wrap = made('div', table);
          Object.assign(wrap, {className: 'table-wrap', tabIndex: 0});
          document.querySelector('main').replaceChildren(wrap);
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
