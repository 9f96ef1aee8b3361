"""A call of a request in the browser: heard for the case while one writes, marked from the playhead."""

import os
import uuid

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import decisions, selection
from portal.cases.models import CaseCall, Passage
from portal.recordings import render
from portal.recordings.models import Note, Playable, Recording
from portal.retention import freezes
from tests import calls
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.test_player import INK, plays
from tests.cases import selected
from tests.recordings import sounds

SECONDS = 40


@pytest.fixture(scope="module")
def address(house: House) -> str:
    """A call of a case, judged to be the person's, and one more that nobody has looked at."""
    with house.open() as register:
        case = selected.case(register.people, serial=991)
        for number in range(2):
            row = calls.recording(
                register.people.elderly,
                started_at=clock.now(),
                seconds=SECONDS,
                ready=False,
                sound=sounds.alaw(sounds.talk(SECONDS)),
            )
            pending = Recording.select(Recording.id).where(Recording.playable == Playable.PENDING)
            others = [key for (key,) in pending.where(Recording.id != row.id).tuples()]
            Recording.update(render_attempts=render.ATTEMPTS).where(Recording.id.in_(others)).execute()
            assert render.render_pending().ready == 1
            Recording.update(render_attempts=0).where(Recording.id.in_(others)).execute()
            freezes.freeze([row], because=case, by=register.people.clerk)
            call = CaseCall.create(case=case, recording=row, found_by="number")
            if number == 0:
                selection.judge(call, "yes", by=register.people.clerk)
                decisions.decide(call, "muted", by=register.people.clerk)
                about = {"text": "zqhot", "at_ms": 12_340, "kind": "threat", "own": True}
                Note.create(recording=row, author=register.people.adviser, **about)
                found = f"{house.url}/cases/{case.uuid}/calls/{call.uuid}"
    return found


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_the_handler_hears_and_marks_from_the_playhead_and_writes_on_after_saving(
    page: Page, house: House, enter, address
):
    enter(house.register.people.clerk, "sv")
    page.goto(address)
    page.get_by_role("button", name="Lyssna").click()
    expect(page.locator("[data-toggle]")).to_be_focused()
    expect(page.locator("[data-player] canvas")).to_have_count(2)
    page.get_by_role("button", name="Spela", exact=True).click()
    plays(page)
    page.get_by_role("button", name="Pausa").click()
    page.get_by_role("group", name="Anteckningar vid platser i inspelningen").get_by_role(
        "button", name="0:12 Hot: zqhot"
    ).click()
    page.locator("audio").evaluate("(a) => new Promise((go) => { a.seeking ? (a.onseeked = go) : go(); })")
    before = page.locator("canvas").first.evaluate(INK)
    page.locator("[data-playhead='rows-0-start_ms']").click()
    expect(page.locator("#rows-0-start_ms")).to_have_value("0:12,3")
    page.locator("#rows-0-end_ms").fill("0:15")
    after = page.locator("canvas").first.evaluate(INK)
    width = len(after)
    inside = range(round(width * 12.6 / SECONDS), round(width * 14.8 / SECONDS))
    assert min(after[x] for x in inside) > 0.99, "the mark is as tall as the waveform's box"
    assert sum(before[x] for x in inside) < sum(after[x] for x in inside)
    for name in ("interest", "harm", "milder"):
        page.locator(f"#rows-0-{name}").fill("zq skäl")
    shot(page, "call-sv")
    page.get_by_role("button", name="Spara avsnitten").last.click()
    expect(page.get_by_text("Avsnitten är sparade.")).to_be_visible()
    assert page.locator("audio").evaluate("(a) => a.currentTime") == pytest.approx(12.34, abs=0.1), (
        "it stands where it stood"
    )
    with house.open():
        call = CaseCall.get(CaseCall.uuid == uuid.UUID(address.rpartition("/")[2]))
        kept = Passage.get(Passage.call == call)
        assert (kept.start_ms, kept.end_ms) == (12_300, 15_000)
        heard = (Entry.act == Act.PLAYED, Entry.subject == call.recording.uuid, Entry.reference == call.case.number)
        assert Entry.select().where(*heard, Entry.purpose == "request").count() == 1


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_the_pages_of_a_cases_calls_are_sound(page: Page, house: House, enter, address, language):
    enter(house.register.people.clerk, language)
    for name, place in (("calls", address.rpartition("/")[0]), ("call", address)):
        page.goto(place)
        if name == "call":
            page.locator("form[action$='/listens'] button").click()
            expect(page.locator("[data-player] canvas")).to_have_count(2)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            assert not too_wide(page)
            assert axe(page) == []
            shot(page, f"{name}-{language}-{size['width']}")
