"""A call is given to the police; later an entry of it is corrected at the person's demand, and the police are told."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.cases import proposal
from portal.cases.codes import ClaimDecision, Concerns
from portal.cases.models import Case, CaseCall
from portal.documents import setting
from portal.recordings.models import Recording
from portal.register.models import Notice
from portal.retention import freezes
from portal.retention.models import Transfer
from tests import calls
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide, unfold
from tests.browser.desk import Desk
from tests.cases import answered, claimed

POLICE = "Östra Nylands polisinrättning, brottsutredningen, äldre konstapel Teststedt"
SUBJECT = "Borttappad cykel"


def sound(page: Page) -> None:
    """The page has no fault that the engine sees, wide or narrow, and nothing sticks out."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert not too_wide(page)
        assert not axe(page)


def pick(page: Page, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').check()


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_the_police_get_a_call_and_are_told_when_it_is_corrected(page: Page, house: House, enter, language):
    desk = Desk(page, house, enter, language)
    people, say = desk.people, desk.say
    with house.open():
        call = calls.recording(people.daycare, adviser=people.adviser, seconds=4.0, subject=SUBJECT)

    # Proposed from the call's page
    desk.sit_down(people.clerk)
    page.goto(f"{house.url}/recordings/{call.uuid}")
    page.get_by_role("link", name=say("Föreslå utlämnande")).click()
    page.locator("#authority").fill(POLICE)
    page.locator("#reference").fill("5680/R/1234/26")
    desk.press("Föreslå utlämnandet")
    page.watch.expect(422)
    expect(page.locator(".summary")).to_be_focused()
    page.locator("#address").fill("Mannerheimgatan 1\n06100 BORGÅ")
    page.locator("#asked_on").fill(_typed(clock.today()))
    pick(page, "language", language)
    pick(page, "basis", "investigation")
    page.locator("#purpose").fill("Förundersökning av stöld")
    page.locator("#scope").fill("Ljudet med tid och nummer, utan det som rör barnet")
    page.locator("#silent").fill("0:01–0:02,5")
    pick(page, "channel", "police_service")
    sound(page)
    desk.press("Föreslå utlämnandet")
    desk.done()
    with house.open():
        transfer = Transfer.get(Transfer.recording == call.id)
        assert Recording.get_by_id(call.id).freezes == 1

    # Decided by another
    desk.sit_down(people.decider)
    page.goto(house.url + "/cases/")
    unfold(page)
    page.locator('.alert a[href="/register/disclosures/"]').click()
    sound(page)
    page.locator(f'a[href$="{transfer.uuid}"]').click()
    page.locator("#reason").fill("Begäran är skriftlig, och det räcker med den här delen.")
    sound(page)
    desk.press("Godkänn utlämnandet")
    desk.done()

    # Taken, silent where it should be, and handed over
    desk.sit_down(people.clerk)
    page.goto(f"{house.url}/register/disclosures/{transfer.uuid}")
    sound(page)
    with page.expect_download() as taken:
        desk.press("Ladda ner ljudet")
    content = taken.value.path().read_bytes()
    with house.open():
        assert len(content) == Recording.get_by_id(call.id).original_size
    assert bytes([0xD5]) * 24_000 in content
    page.locator("#how").fill("I polisens mottagningstjänst")
    desk.press("Anteckna överlämnandet")
    desk.done()
    with house.open():
        assert Recording.get_by_id(call.id).freezes == 0

    # The entry is corrected for a request
    with house.open():
        case = _rectified(people, call, language)
        restricted, notice = Notice.select().where(Notice.because == case.uuid).order_by(Notice.id)
        assert (restricted.what, notice.what) == ("restricted", "corrected")
    page.goto(f"{house.url}/cases/{case.uuid}/carrying")
    expect(page.get_by_role("link", name=POLICE)).to_have_count(2)
    sound(page)

    # And the police are told: that it was restricted by telephone, that it is corrected by letter
    page.goto(house.url + "/cases/")
    unfold(page)
    page.locator('.alert a[href="/register/notices/"]').click()
    sound(page)
    page.locator(f'a[href$="{restricted.uuid}"]').click()
    pick(page, "told-how", "phone")
    desk.press("Anteckna att mottagaren är underrättad")
    desk.done()
    page.goto(house.url + "/register/notices/")
    page.locator(f'a[href$="{notice.uuid}"]').click()
    sound(page)
    desk.press("Gör brevet")
    desk.done()
    with house.open():
        setting.make_due()
    page.reload()
    expect(page.get_by_role("link", name=say("Öppna PDF"))).to_be_visible()
    pick(page, "told-how", "post")
    sound(page)
    desk.press("Anteckna att mottagaren är underrättad")
    desk.done()
    sound(page)
    page.goto(f"{house.url}/register/disclosures/{transfer.uuid}")
    expect(page.get_by_text(say("Underrättad"), exact=True)).to_have_count(2)
    sound(page)
    with house.open():
        assert (Notice.get_by_id(notice.id).state, answered.told(case)[-1]) == ("told", "notice_told")


def _rectified(people, call: Recording, language: str) -> Case:
    """A request by which the call's subject is corrected; its answer is approved."""
    serial = 9300 + (language == "fi")
    values = {"serial": serial, "number": f"BS/{serial}/2026", "language": language, "name": "Zäta Rättelsedotter"}
    received = clock.today() - dt.timedelta(days=3)
    case = answered.case(people, rights=("rectification",), received_on=received, **values)
    freezes.freeze([call], because=case, by=people.clerk)
    judged = {"found_by": "number", "concerns": Concerns.YES, "judged_by": people.clerk}
    added = CaseCall.create(case=case, recording=call, **judged)
    row = claimed.claim(case, people, added=added)
    claimed.decide(row, ClaimDecision.CORRECTED, value="Stulen cykel", by=people.clerk)
    proposal.propose(answered.fresh(case), reasons="Ämnet rättas som du vill.", by=people.clerk)
    approved: Case = proposal.approve(answered.fresh(case), by=people.clerk)
    assert Recording.get_by_id(call.id).subject == "Stulen cykel"
    return approved


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
