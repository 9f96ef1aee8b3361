"""A resident's request, as the people of the portal live it: from the letter in the post to the file that is empty."""

import datetime as dt
import io
import uuid

import pytest
import pyzipper
from playwright.sync_api import Page, expect

from portal import clock
from portal.audit.models import Entry
from portal.cases import copies, ending, letters, purging
from portal.cases.models import Case, CaseCall, Copy
from portal.documents import setting
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.retention import deletion, freezes
from portal.retention.models import Freeze
from tests import calls
from tests.browser.conftest import House, axe
from tests.browser.desk import Desk

NAMES = {"sv": "Zäta Resenär", "fi": "Zäta Matkaaja"}
WHY = {"interest": "En granne", "harm": "Avsnittet berättar om grannens sjukdom.", "milder": "Bara avsnittet tystas."}
REASONS = "Samtalen ges, men ett avsnitt om en annan persons hälsa är tystat i ett av dem."
JOURNEY = [
    *("cases:registered", *["retention:freeze_placed"] * 2, "cases:searched", "documents:ordered"),
    *("retention:freeze_placed", "cases:searched"),
    *("cases:identity_proven", *["cases:call_judged"] * 3, *["cases:call_decided"] * 3),
    *("recordings:listen_opened", "recordings:played", "cases:passages_changed"),
    *("documents:drafted", "cases:proposed"),
    *("documents:dropped", "cases:returned"),
    *("documents:drafted", "cases:proposed"),
    *("recordings:listen_opened", "recordings:played"),
    *("documents:ordered", "cases:copy_ordered", "cases:approved"),
    *(*["documents:locked"] * 2, "cases:copy_made"),
    *("documents:fetched", "cases:copy_taken", "cases:password_shown"),
    *(*["retention:freeze_lifts_on"] * 3, "cases:dispatched"),
    *("cases:copy_handed_over", *["retention:freeze_lifts_on"] * 3),
    *(*["retention:freeze_lifted"] * 3, "cases:closed"),
    *("retention:claimed", "cases:copy_deleted", "retention:purged"),
    *("cases:purge_begun", "cases:purged"),
]


@pytest.mark.parametrize(("handling", "pages"), [("sv", "fi"), ("fi", "sv")])
def test_a_request_goes_from_the_post_to_an_empty_file(page: Page, house: House, enter, handling: str, pages: str):
    desk = Desk(page, house, enter, pages)
    people, say = desk.people, desk.say
    own, other = (f"+3584511100{n}" for n in (("01", "02") if handling == "sv" else ("03", "04")))
    with house.open():
        begun = Entry.select().order_by(Entry.id.desc()).get().id
        rows = [_call(people, own, 40), _call(people, own, 30), _call(people, other, 20)]

    # Intake: what may concern it is kept from now on
    desk.sit_down(people.clerk)
    page.goto(house.url + "/cases/")
    page.get_by_role("link", name=say("Registrera en begäran")).click()
    page.locator("#name").fill(NAMES[handling])
    page.locator("#address").fill("Modellgatan 1 A 2\n06100 BORGÅ")
    page.locator("#numbers").fill(own)
    page.locator("#asks").fill("Jag ringde om min fars vård i höstas.")
    page.locator("#received_on").fill(_typed(clock.today() - dt.timedelta(days=3)))
    page.locator(f'input[name="language"][value="{handling}"]').check()
    assert not axe(page)
    desk.press("Registrera")
    expect(page.locator(".alert-success").first).to_be_visible()
    with house.open():
        desk.case = Case.get(Case.name == NAMES[handling])
        assert [_fresh(row).freezes for row in rows] == [1, 1, 0]
        # Its months pass, as they do while a request is worked on
        past = clock.now() - dt.timedelta(hours=2)
        Recording.update(expires_at=past).where(Recording.id.in_([row.id for row in rows[:2]])).execute()
        assert [deletion.claim(_fresh(row)) for row in rows[:2]] == [None, None], "frozen: the sweep leaves it"

    # Another number turns up
    desk.open("calls")
    page.locator("#numbers").fill(other)
    desk.press("Sök")
    expect(page.locator(".alert-success").first).to_be_visible()
    with house.open():
        found = [CaseCall.get(CaseCall.case == desk.case.id, CaseCall.recording == row.id) for row in rows]
        assert _fresh(rows[2]).freezes == 1

    desk.open("time")
    desk.choose("Elektronisk identifiering")
    desk.press("Anteckna som styrkt")
    expect(page.locator(".alert-success").first).to_be_visible()

    desk.open("calls")
    for call in found:
        page.locator(f"#concerns-{call.uuid.hex}-yes").check()
    desk.press("Spara bedömningarna")
    expect(page.locator(".alert-success").first).to_be_visible()

    # Heard, decided, a passage silent from where the head stands
    for call, decision in zip(found, ("muted", "whole", "whole"), strict=True):
        desk.open(f"calls/{call.uuid}")
        page.locator(f'input[name="decision"][value="{decision}"]').check()
        desk.press("Spara beslutet")
        expect(page.locator(".alert-success").first).to_be_visible()
    desk.hear(found[0])
    page.locator('[data-playhead="rows-0-start_ms"]').click()
    page.locator("#rows-0-end_ms").fill("0:03,5")
    for name, words in WHY.items():
        page.locator(f"#rows-0-{name}").fill(words)
    page.locator('button.button-primary[name="do"][value="save"]').click()
    expect(page.locator(".alert-success").first).to_be_visible()

    # Proposed, returned, proposed again
    desk.open("answer")
    page.locator("#reasons").fill(REASONS)
    desk.press("Föreslå svaret")
    expect(page.locator(".alert-success").first).to_be_visible()
    desk.sit_down(people.decider)
    desk.open("answer")
    expect(page.get_by_role("button", name=say("Godkänn svaret"))).to_have_count(0)
    page.locator("#comment").fill("Skriv tydligare varför avsnittet är tystat.")
    desk.press("Returnera förslaget")
    expect(page.locator(".alert-success").first).to_be_visible()
    desk.sit_down(people.clerk)
    desk.open("answer")
    expect(page.locator("main")).to_contain_text("Skriv tydligare")
    desk.press("Föreslå svaret")
    expect(page.locator(".alert-success").first).to_be_visible()

    # The decider hears what is not given whole, and then may approve
    desk.sit_down(people.decider)
    desk.hear(found[0])
    desk.open("answer")
    assert not axe(page)
    desk.press("Godkänn svaret")
    expect(page.locator(".alert-success").first).to_be_visible()
    with house.open():
        setting.make_due()
        copies.make_due()
        papers = letters.of(desk.case)
        assert {letter.state for letter in papers} == {"locked"}
        assert {letter.language for letter in papers} == {handling}
        assert Copy.get(Copy.case == desk.case.id).state == "ready"

    # The audio leaves, and the password on another way
    desk.sit_down(people.clerk)
    letter = page.request.get(f"{house.url}/cases/{desk.case.uuid}/letters/{papers[-1].uuid}/pdf")
    assert letter.body().startswith(b"%PDF")
    desk.open("copies")
    with page.expect_download() as download:
        desk.press("Ladda ner den krypterade filen")
    packed = download.value.path().read_bytes()
    desk.press("Visa lösenordet")
    secret = page.locator(".secret").inner_text()
    with pyzipper.AESZipFile(io.BytesIO(packed)) as archive:
        archive.setpassword(secret.encode())
        assert len(archive.namelist()) >= 3
        assert archive.testzip() is None
    desk.open("ending")
    page.locator('input[name="how"][value="post"]').check()
    desk.press("Anteckna att svaret är skickat")
    expect(page.locator(".alert-success").first).to_be_visible()
    desk.open("copies")
    page.locator("#to").fill(NAMES[handling])
    page.locator("#how").fill("I stadens säkra e-post, lösenordet i brevet.")
    page.locator('input[name="identity_seen"][value="eid"]').check()
    desk.press("Anteckna överlämnandet")
    expect(page.locator(".alert-success").first).to_be_visible()

    # Its days pass: closed and let go, the calls deleted, two years later the file emptied
    with house.open():
        today = clock.today()
        Case.update(lifts_on=today).where(Case.id == desk.case.id).execute()
        Freeze.update(lifts_on=today).where(Freeze.because == desk.case.uuid).execute()
        ending.close_due()
        freezes.lift_due()
        assert [_fresh(row).freezes for row in rows] == [0, 0, 0]
        line = deletion.claim(_fresh(rows[0]))
        assert deletion.finish(line) == ""
        assert _fresh(rows[0]).state == RecordingState.PURGED
        Case.update(purge_on=today).where(Case.id == desk.case.id).execute()
        purging.purge_due()
        assert Case.get_by_id(desk.case.id).state == "purged"
    desk.open()
    expect(page.get_by_role("heading", level=1)).to_contain_text(desk.case.number)
    assert NAMES[handling] not in page.content()
    desk.expect("Gallrad")
    with house.open():
        assert _told(desk.case, {*(row.uuid for row in rows), *(paper.uuid for paper in papers)}, begun) == JOURNEY


def _call(people, number: str, days: int) -> Recording:
    return calls.recording(
        people.daycare,
        started_at=clock.now() - dt.timedelta(days=days),
        seconds=6.0,
        number=number,
        adviser=people.adviser,
        sound=calls.wav(calls.tone(6.0)) + number.encode() + bytes([days]),
    )


def _fresh(row: Recording) -> Recording:
    return Recording.get_by_id(row.id)


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _told(case: Case, about: set[uuid.UUID], begun: int) -> list[str]:
    """The log's acts of this request in their order; pages that were only looked at are left out."""
    entries = Entry.select().where(Entry.id > begun).order_by(Entry.id)
    mine = [entry for entry in entries if entry.reference == case.number or entry.subject in about | {case.uuid}]
    return [entry.act for entry in mine if not entry.act.endswith(("viewed", "listed"))]
