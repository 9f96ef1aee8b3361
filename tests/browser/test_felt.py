"""A page as it is felt: nothing moves under the hand, the focus stays, little is fetched, an answer comes at once, and
nothing is called done before the server has said so."""

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from portal import clock
from portal.accounts.models import SignIn
from portal.cases.models import Copy, CopyState
from portal.jobs.models import Job, Kind
from portal.language import translator
from portal.recordings.models import Recording
from tests.browser import felt
from tests.browser.conftest import House
from tests.browser.felt import BY_ITSELF, FORMS, LISTEN, SAVING, STANDS, SWAPS, Swap, listen
from tests.jobs.made import under_way

TOLD = {
    "failed": "Det gick inte att hämta. Det som visas är det du såg senast.",
    "unreachable": "Portalen svarar inte just nu. Kontrollera nätet och försök igen.",
    "unsaved": "Det gick inte att spara. Det du skrev står kvar: försök igen, eller kopiera det innan du lämnar sidan.",
    "slow": "Väntar på svar …",
}


@pytest.fixture
def opened(watched: Page, house: House, enter, judged: Recording):
    """The page of a part, in Swedish, as its person sees it; and what had to happen for it is undone."""
    before = set()

    def go(swap: Swap, language: str = "sv") -> Page:
        if swap.before:
            with house.open() as register:
                before.update(job.id for job in Job.select())
                swap.before(register)
        enter(getattr(house.register.people, swap.role), language)
        waiting = house.register.documents[-1]
        states = {
            "pending": f"/recordings/{house.register.pending.uuid}",
            "waiting": f"/documents/{waiting.uuid}",
            "copies": f"/cases/{house.register.cases.approved.uuid}/copies",
        }
        if swap.path == LISTEN:
            listen(watched, house, judged)
        else:
            watched.goto(house.url + states.get(swap.path, swap.path))
        watched.evaluate(felt.NEXT_PAINT)
        return watched

    watched.context.new_cdp_session(watched).send("Emulation.setScrollbarsHidden", {"hidden": False})

    yield go
    if before:
        with house.open():
            Copy.update(state=CopyState.READY).where(Copy.state == CopyState.ORDERED).execute()
            Job.delete().where(Job.kind.in_([Kind.INBOX, Kind.LOG]), Job.ended_at.is_null()).execute()


def field(page: Page, swap: Swap) -> Locator:
    return page.locator(f"form[hx-nonce] [name={swap.fill}]")


def fill(page: Page, swap: Swap) -> None:
    """By keyboard, as a person does it: the focus is in the field then."""
    asked = field(page, swap)
    asked.focus()
    if not swap.typed:
        asked.select_option(index=1)
    elif swap.saves:
        asked.press_sequentially(swap.typed)
    else:
        asked.press_sequentially(swap.typed, delay=10)


def ask(page: Page, swap: Swap) -> None:
    """What makes the part come."""
    if not swap.fill:
        page.evaluate(
            """(part) => {
              const source = document.querySelector(`#${part}[hx-get], #${part} [hx-get]`);
              const [asked, target, swap] = ['get', 'target', 'swap'].map((name) => source.getAttribute(`hx-${name}`));
              htmx.ajax('GET', asked, { source, target: target === 'this' ? source : target, swap });
            }""",
            swap.part,
        )
    elif swap.saves:
        page.get_by_role("button", name=swap.saves).click()
    else:
        field(page, swap).evaluate("(field) => field.form.requestSubmit()")


def settled(page: Page, go: Callable[[], object]) -> None:
    """Until the part that this brings is there."""
    before = page.evaluate("window.settled ?? 0")
    go()
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.evaluate("window.settled ?? 0") > before and not page.locator(".htmx-request").count():
            break
    else:
        pytest.fail("the part did not come")
    page.evaluate(felt.NEXT_PAINT)


def itself(page: Page, swap: Swap) -> Locator:
    """The element that looks by itself whether something is new."""
    return page.locator(f"#{swap.part}[hx-get], #{swap.part} [hx-get]")


def asked_of(page: Page, swap: Swap) -> re.Pattern[str]:
    """The addresses that the part comes from."""
    source = page.locator(f"form[hx-nonce]:has([name={swap.fill}])") if swap.fill else itself(page, swap)
    address = source.first.evaluate("(e) => e.getAttribute('hx-get') ?? e.getAttribute('hx-post')")
    return re.compile(re.escape(address.partition("?")[0]) + r"(\?|$)")


def test_every_element_that_asks_for_a_part_is_looked_at():
    assert felt.asking() == dict.fromkeys(SWAPS, 1)


@pytest.mark.parametrize("name", FORMS)
def test_a_list_comes_anew_and_nothing_else_moves_and_the_focus_stays(opened, name: str):
    swap = SWAPS[name]
    page = opened(swap)
    part = page.locator(f"#{swap.part}")
    part.evaluate("(part) => (part.dataset.was = 'here')")
    page.evaluate("document.querySelectorAll('form details').forEach((more) => (more.open = true))")
    page.wait_for_timeout(600)  # what is told beside the fields when the page comes
    before = page.evaluate(STANDS, swap.part)
    settled(page, lambda: fill(page, swap))
    expect(part).not_to_have_attribute("data-was", "here")
    page.wait_for_timeout(350)  # what is told beside the fields comes a little later
    assert page.evaluate(STANDS, swap.part) == before
    expect(field(page, swap)).to_be_focused()
    link = part.locator("a, button, summary").first
    link.focus()
    said = link.inner_text()
    settled(page, lambda: ask(page, swap))
    assert page.evaluate("document.activeElement.innerText") == said, "who has gone on to the list stays there"


@pytest.mark.parametrize("name", BY_ITSELF)
def test_a_part_that_comes_by_itself_leaves_the_focus_and_all_that_stands_above(opened, name: str):
    swap = SWAPS[name]
    page = opened(swap)
    made = itself(page, swap).evaluate("(part) => part.outerHTML")
    made = re.sub(r'hx-nonce="[^"]*"', 'hx-nonce="theirs"', made)
    headers = {"Content-Security-Policy": "script-src 'nonce-theirs'; default-src 'none'"}
    told = itertools.count()  # what looks every third second may do so by itself too

    def answer(route: Route) -> None:
        more = f'<div class="alert alert-error"><p>Nytt {next(told)}. <a href="/accounts/me">Läs om det</a></p></div>'
        head, foot, tail = made.rpartition("</")
        route.fulfill(headers=headers, content_type="text/html", body=head + more + foot + tail)

    page.route(asked_of(page, swap), answer)
    elsewhere, before = page.locator(".top-person a").first, page.evaluate(STANDS, swap.part)
    elsewhere.focus()
    settled(page, lambda: ask(page, swap))
    part = page.locator(f"#{swap.part}")
    expect(part).to_contain_text("Nytt ")
    expect(elsewhere).to_be_focused()
    assert page.evaluate(STANDS, swap.part) == before
    page.get_by_role("link", name="Läs om det").focus()
    seen = part.inner_text()
    settled(page, lambda: ask(page, swap))
    expect(part).not_to_have_text(seen)
    expect(page.get_by_role("link", name="Läs om det")).to_be_focused()


def test_what_stood_in_the_focus_and_is_no_more_leaves_it_at_the_part(opened):
    page = opened(SWAPS["jobs/_list.html"])
    page.route(re.compile("/jobs/standing"), lambda route: route.fulfill(body='<div id="jobs"><p>Klart</p></div>'))
    page.locator("#jobs .table-wrap").focus()
    settled(page, lambda: ask(page, SWAPS["jobs/_list.html"]))
    expect(page.locator("#jobs")).to_be_focused()


def test_an_import_begins_and_ends_and_the_list_below_stays_where_it_is(watched: Page, house: House, enter):
    enter(house.register.people.admin, "sv")
    place = "document.querySelector('#results').getBoundingClientRect().top + scrollY"
    seen = []
    for done in (None, 3000):
        with house.open():
            Job.delete().where(Job.kind == Kind.INBOX, Job.ended_at.is_null()).execute()
            if done:
                under_way(done=done)
        watched.goto(house.url + "/ingest/")
        seen.append(watched.evaluate(place))
    with house.open():
        Job.delete().where(Job.kind == Kind.INBOX, Job.ended_at.is_null()).execute()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", [*FORMS, *SAVING, *BY_ITSELF])
def test_what_is_not_answered_is_said_and_nothing_is_done_or_lost(opened, name: str):
    """Refused by a broken server, not reached, and answered late: in this order, in one page."""
    swap, say = SWAPS[name], translator("fi")
    page = opened(swap, "fi")
    said, part = page.locator("#notice"), page.locator(f"#{swap.part}")
    page.watch.expected += [("the server responded with a status of 500",), ("ERR_FAILED",), ("htmx:error",)]
    page.watch.expect(422, "/review")  # its questions are not answered here
    where = asked_of(page, swap)
    page.route(where, lambda route: route.fulfill(status=500, body="<h1>Nej</h1>"))
    if swap.fill:
        fill(page, swap)
    else:
        ask(page, swap)
    if swap.saves:
        button = page.get_by_role("button", name=say(swap.saves))
        button.click()
    first = "unsaved" if swap.saves else "failed"
    expect(said).to_have_text(say(TOLD[first]))
    stands = part.inner_text()
    page.unroute(where)
    page.route(where, lambda route: route.abort())
    press = (lambda: button.click()) if swap.saves else (lambda: ask(page, swap))
    press()
    expect(said).to_have_text(say(TOLD["unsaved" if swap.saves else "unreachable"]))
    assert part.inner_text() == stands
    if not swap.fill:
        return
    assert field(page, swap).input_value(), "what was typed is still there"
    page.unroute(where)
    held = []
    page.route(where, lambda route: held.append(route))
    press()
    if name != "recordings/index.html":
        expect(said).to_have_text(say(TOLD["slow"]))
    else:
        expect(page.locator("#searching")).to_be_visible()
    assert part.inner_text() == stands, "nothing is done before the answer"
    assert field(page, swap).input_value()
    settled(page, lambda: held.pop().continue_())
    expect(said).to_be_empty()
    assert not held


def test_a_part_that_looks_by_itself_does_not_take_away_that_nothing_was_saved(opened):
    swap = SWAPS["recordings/_heard_notes.html"]
    page = opened(swap)
    page.watch.expect(500)
    page.route("**/notes", lambda route: route.fulfill(status=500, body=""))
    page.route("**/retention/notices*", lambda route: route.fulfill(status=204))
    fill(page, swap)
    ask(page, swap)
    expect(page.locator("#notice")).to_have_text(TOLD["unsaved"])
    ask(page, SWAPS["retention/_came.html"])
    page.wait_for_timeout(200)
    expect(page.locator("#notice")).to_have_text(TOLD["unsaved"])
    page.unroute("**/notes")
    settled(page, lambda: ask(page, swap))
    expect(page.locator("#notice")).to_be_empty()


def ended(house: House) -> None:
    with house.open():
        SignIn.update(ended_at=clock.now()).where(SignIn.ended_at.is_null()).execute()


@pytest.mark.parametrize("name", SAVING)
def test_what_was_written_in_a_session_that_ended_is_sent_from_the_same_page_after_sign_in_elsewhere(
    opened, enter, house: House, judged: Recording, name: str
):
    swap = SWAPS[name]
    page = opened(swap)
    page.watch.expect(401)
    fill(page, swap)
    ended(house)
    ask(page, swap)
    said = page.locator("#notice")
    expect(said).to_contain_text("Du har loggats ut, men det du skrev står kvar.")
    ask(page, SWAPS["retention/_came.html"])  # what looks by itself leads away from it neither
    page.wait_for_timeout(200)
    expect(field(page, swap)).to_have_value(swap.typed)
    with page.context.expect_page() as anew:
        said.get_by_role("link", name="Logga in i en ny flik").click()
    expect(anew.value.locator("#username")).to_be_visible()
    enter(house.register.people.outsider)
    anew.value.goto(house.url + "/accounts/me")
    expect(said).to_contain_text("Du har loggats ut"), "another person's session is not theirs"
    enter(getattr(house.register.people, swap.role), "sv")
    anew.value.goto(house.url + "/accounts/me")
    expect(said).to_have_text("Du är inloggad igen. Skicka det du skrev.")
    anew.value.close()
    if name == "recordings/_review.html":
        page.watch.expect(422)
        settled(page, lambda: ask(page, swap))  # its questions are not answered here
        expect(page.locator("#review .summary")).to_be_visible()
        expect(field(page, swap)).to_have_value(swap.typed)
    else:
        settled(page, lambda: ask(page, swap))
        expect(page.locator("#notes .note")).to_contain_text(swap.typed)
    expect(said).to_be_empty()


def test_who_has_written_nothing_is_led_to_sign_in(opened, house: House):
    page = opened(SWAPS["recordings/_heard_notes.html"])
    page.watch.expect(401)
    ended(house)
    ask(page, SWAPS["retention/_came.html"])
    page.wait_for_url("**/accounts/sign-in*")
