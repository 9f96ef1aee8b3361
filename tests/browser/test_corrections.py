"""Staff find an error themselves: an adviser corrects what is the own, reports the rest, and a clerk corrects it; that
it was corrected stays to be seen, and what stood before opens on a stated need."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.recordings import errors, statements
from portal.recordings.correction_models import Correction, Opening
from portal.recordings.models import Recording
from tests import calls
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.desk import Desk
from tests.browser.test_every_page import SETTLED
from tests.cases import answered

WRONG, RIGHT = "Borttappad häst", "Borttappad cykel"


def sound(page: Page) -> None:
    """The page has no fault that the engine sees, wide or narrow, and nothing sticks out."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        page.evaluate(SETTLED)
        assert not too_wide(page)
        assert not axe(page)


def correct(desk: Desk, value: str, reason: str) -> None:
    desk.page.locator("#value").fill(value)
    desk.page.locator("#reason").fill(reason)
    desk.press("Rätta uppgiften")


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_an_error_that_staff_find_is_corrected_and_that_it_was_stays_to_be_seen(
    page: Page, house: House, enter, language
):
    desk = Desk(page, house, enter, language)
    people, say = desk.people, desk.say
    with house.open():
        moment = clock.now() - dt.timedelta(minutes=20)
        call = calls.recording(people.daycare, started_at=moment, adviser=people.adviser, subject=WRONG)
        case = answered.case(people, serial=9400 + (language == "fi"), number=f"BS/94{language}/2026")
        statements.complete(call, text="Cykeln var röd.", because=case, by=people.clerk)
    address = f"{house.url}/recordings/{call.uuid}"

    # The adviser corrects what is the own
    desk.sit_down(people.adviser)
    page.goto(address)
    page.locator("#subject").fill(RIGHT)
    desk.press("Rätta ämnet")
    page.watch.expect(422)
    expect(page.locator(".summary")).to_be_focused()
    page.locator("#reason").fill("Hörde fel")
    sound(page)
    desk.press("Rätta ämnet")
    desk.done()
    day = f"{clock.today().day}.{clock.today().month}.{clock.today().year}"
    corrected = say("Rättad %(day)s av %(name)s") % {"day": day, "name": people.adviser.name}
    expect(page.get_by_role("link", name=corrected)).to_be_visible()
    expect(page.get_by_text("Cykeln var röd.")).to_be_visible()
    sound(page)

    # And reports what is not
    page.get_by_role("link", name=say("Rätta en uppgift eller anmäl ett fel")).click()
    sound(page)
    page.get_by_role("link", name=say("Nummer"), exact=True).click()
    desk.press("Anmäl felet")
    page.watch.expect(422)
    expect(page.locator(".summary")).to_be_focused()
    page.locator("#words").fill("Hon ringde från 050 111 2233")
    sound(page)
    desk.press("Anmäl felet")
    desk.done()

    # A clerk corrects it from the list
    desk.sit_down(people.clerk)
    page.goto(f"{house.url}/recordings/")
    page.locator('a[href$="/recordings/errors"]').click()
    sound(page)
    with house.open():
        report = errors.about(Recording.get_by_id(call.id), by=people.clerk)[0].uuid
    page.locator(f'a[href*="{report}"]').click()
    expect(page.get_by_text("Hon ringde från 050 111 2233")).to_be_visible()
    sound(page)
    correct(desk, "050 111 2233", "Fel nummer i växeln")
    desk.done()

    # What stood before opens on a stated need
    page.goto(f"{address}/entries/subject")
    assert WRONG not in page.content()
    page.get_by_text(say("Öppna den ursprungliga uppgiften"), exact=True).click()
    desk.press("Öppna den ursprungliga uppgiften")
    page.watch.expect(422)
    need = page.get_by_label(say("Vad du behöver den till"))
    need.fill("Personen frågar vad som stod")
    sound(page)
    desk.press("Öppna den ursprungliga uppgiften")
    expect(page.get_by_text(WRONG)).to_be_visible()
    sound(page)
    page.goto(f"{address}/entries/subject")
    expect(page.get_by_text("Personen frågar vad som stod")).to_be_visible()
    assert WRONG not in page.content()
    sound(page)
    with house.open():
        assert Recording.get_by_id(call.id).number == "+358501112233"
        mine = Correction.recording == call.id
        assert Correction.select().where(mine).count() == 2
        assert Opening.select().join(Correction).where(mine).count() == 1

    # And the adviser sees that it was corrected, and by whom
    desk.sit_down(people.adviser)
    page.goto(address)
    corrected = say("Rättad %(day)s av %(name)s") % {"day": day, "name": people.clerk.name}
    expect(page.get_by_role("link", name=corrected)).to_be_visible()
    page.goto(f"{house.url}/recordings/errors?state=answered")
    expect(page.get_by_text("Hon ringde från 050 111 2233").first).to_be_visible()
    sound(page)
