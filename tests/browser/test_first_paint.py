"""A page as it comes: nothing moves though its typeface is late, little is fetched for it, and what is done in it is
answered at once."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from portal.bench import felt as bench
from portal.bench import results
from portal.bench.call import Call
from portal.bench.server import Served
from portal.recordings.models import Recording
from tests.browser import felt
from tests.browser.conftest import NARROW, WIDE, House
from tests.browser.felt import LISTEN, STANDS, Fetched, listen

AT_ONCE_MS = 100
TRIES = 4
"""What a busy machine adds to one answer it does not add to all: the quickest counts."""
BARELY = 0.02
"""How much may move when the typeface comes after the text: what stands in for it is as wide and as high on average,
and not at each letter, so that on a narrow page one line in a hundred breaks elsewhere."""
LATE_MS = {"js": 150, "woff2": 600}
LATE = re.compile(r"\.(js|woff2)\b")
COLD = {
    "sign-in": ("", "/accounts/sign-in"),
    "start": ("manager", "/"),
    "list": ("adviser", "/recordings/"),
    "call": ("adviser", "call"),
    "listen": ("manager", LISTEN),
    "jobs": ("dpo", "/jobs/"),
    "figures": ("decider", "/register/figures"),
    "case": ("clerk", "/cases/"),
    "account": ("adviser", "/accounts/me"),
}


def came(page: Page, house: House, enter, judged: Recording, role: str, path: str) -> None:
    if role:
        enter(getattr(house.register.people, role), "sv")
    if path == LISTEN:
        listen(page, house, judged)
    else:
        page.goto(house.url + (f"/recordings/{judged.uuid}" if path == "call" else path))
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.evaluate(felt.NEXT_PAINT)


SET = """async ([words, weight]) => {
  const measured = [];
  for (const family of ['Source Sans 3', 'Source Sans Pro']) {
    const line = document.createElement('span');
    line.textContent = words;
    line.style = `position: absolute; white-space: nowrap; line-height: normal; font: ${weight} 100px "${family}"`;
    document.body.append(line);
    line.getBoundingClientRect();
    await document.fonts.ready; // what it is set in is asked for when it is, one after the other
    const { width, height } = line.getBoundingClientRect();
    measured.push([width, height]);
    line.remove();
  }
  return measured;
}"""


@pytest.mark.parametrize("weight", [400, 600])
@pytest.mark.parametrize("language", ["sv", "fi"])
def test_what_stands_in_for_the_typeface_is_as_wide_and_as_high(page: Page, house, enter, language: str, weight: int):
    enter(house.register.people.manager, language)
    page.goto(house.url + "/recordings/")
    words = " ".join(page.locator("body").inner_text().split())
    (width, height), (other, high) = page.evaluate(SET, [words, weight])
    assert other == pytest.approx(width, rel=0.03)
    assert high == pytest.approx(height, rel=0.01)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
@pytest.mark.parametrize("where", COLD)
def test_nothing_moves_though_scripts_and_typeface_come_late(watched, house, enter, judged, where: str, size):
    """As on a slow line: the text is there almost half a second before its typeface."""

    def late(route: Route) -> None:
        watched.wait_for_timeout(LATE_MS[LATE.search(route.request.url)[1]])
        route.continue_()

    watched.set_viewport_size(size)
    watched.route(LATE, late)
    came(watched, house, enter, judged, *COLD[where])
    told = list(felt.moved(watched))
    assert sum(float(one.split()[0]) for one in told) <= BARELY, "\n".join(told)


def test_the_first_page_is_small_and_the_next_ones_smaller(page: Page, house: House, enter, judged):
    fetched, wrong = Fetched(page), []
    for where, (role, path) in COLD.items():
        fetched.forget()
        for most in (felt.FIRST, felt.NEXT):
            got = fetched.during(lambda role=role, path=path: came(page, house, enter, judged, role, path))
            assert house.url in "".join(got), "nothing was counted"
            if sum(got.values()) > most:
                wrong.append(f"{where}: {sum(got.values())} of {most}: {got}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("what", bench.ACTS)
def test_an_answer_is_painted_within_a_tenth_of_a_second(page: Page, house: House, enter, judged, what: str):
    act = bench.ACTS[what]
    came(page, house, enter, judged, "manager", act.path or LISTEN)
    page.evaluate(bench.TIMED)
    assert min(bench.taken(page, act.at, act.key) for _ in range(TRIES)) <= AT_ONCE_MS


def test_an_answer_that_takes_longer_is_seen(page: Page, house: House, enter, judged):
    came(page, house, enter, judged, "manager", "/recordings/")
    page.evaluate(bench.TIMED)
    page.evaluate(
        """document.addEventListener('keydown', () => {
          const end = performance.now() + 150;
          while (performance.now() < end);
        })"""
    )
    assert min(bench.taken(page, "#words", "a") for _ in range(TRIES)) > AT_ONCE_MS


def test_the_bench_times_each_act_beside_a_bare_page(page: Page, house: House, enter, judged, monkeypatch):
    monkeypatch.setattr(bench, "WARM_UP", 0)
    came(page, house, enter, judged, "manager", LISTEN)
    [key] = [f"{c['name']}={c['value']}" for c in page.context.cookies(house.url) if c["name"] == "__Host-portal"]
    served = Served(urlsplit(house.url).port, house.settings.data)
    heard = Call(served, key, urlsplit(page.url).path, "", "", 0, 30)
    found = results.judged("page_felt", bench.measure(page.context, heard, 2))
    assert found.keys() == bench.ACTS.keys()
    for case in found.values():
        assert (case["baseline"], case["of"], case["limit"]) == ("bare page", "p98_ms", AT_ONCE_MS)
        assert case["p98_ms"] >= case["p50_ms"] >= bench.QUICKEST_MS


def test_nothing_moves_when_it_plays(page: Page, house: House, enter, judged):
    came(page, house, enter, judged, "manager", LISTEN)
    before = page.evaluate(STANDS, "none")
    page.locator("[data-toggle]").press("k")
    expect(page.locator("[data-elapsed]")).to_have_text("0:01")
    assert page.evaluate(STANDS, "none") == before
