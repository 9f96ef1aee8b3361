"""A right from the question to its end, as people live it, with the clock moved: asked, granted, used, over, asked
again, confirmed at one review and lapsed at the next."""

import dataclasses
import datetime as dt
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from portal import certificate, clock, config, create_app, db
from portal.accounts.models import Account, Unit, UnitHead
from portal.language import translator
from portal.recordings.models import Recording
from portal.rights import principles, review, words
from portal.rights.models import Right, State
from tests import calls
from tests.browser.conftest import NARROW, WIDE, Watch, axe, too_wide
from tests.browser.desk import named
from tests.conftest import Client
from tests.people import People, person

BEGAN = dt.datetime(2026, 9, 14, 9, 0, tzinfo=clock.HELSINKI)
WORDS = "Svarar i telefonen för skolorna under hösten."


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@dataclasses.dataclass
class Office:
    """A portal of its own in this process, so that its clock is the test's; and one browser for all."""

    url: str
    page: Page
    people: People
    petra: Account
    """New in the schools' unit, which the manager heads; may nothing yet."""
    call: Recording
    client: Client
    language: str = "sv"

    def sit_down(self, account: Account) -> None:
        """Somebody signed in just now."""
        Account.update(language=self.language).where(Account.id == account.id).execute()
        cookie = self.client.sign_in(account).get_cookie("__Host-portal", domain="localhost").value
        said = {"name": "__Host-portal", "value": cookie, "url": self.url, "secure": True, "httpOnly": True}
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{**said, "sameSite": "Strict"}])

    def say(self, text: str) -> str:
        return translator(self.language)(text)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def follow(self, text: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=self.say(text), exact=True).first.click()

    def press(self, text: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=named(self.say(text))).first.click()

    def done(self) -> None:
        """What was pressed was done, the page says so, and nothing is wrong with it."""
        expect(self.page.locator(".alert-success").first).to_be_visible()
        self.sound()

    def expect(self, text: str) -> None:
        expect(self.page.get_by_text(self.say(text)).first).to_be_visible()

    def sound(self) -> None:
        """Narrow the engine runs in Finnish only, whose words are the longer ones."""
        self.page.set_viewport_size(NARROW)
        assert not too_wide(self.page)
        assert self.language == "sv" or not axe(self.page)
        self.page.set_viewport_size(WIDE)
        assert not too_wide(self.page)
        assert not axe(self.page)

    def answers(self, path: str) -> int:
        """With what status the portal answers the person at the browser."""
        asked = "(path) => fetch(path, {headers: {Range: 'bytes=0-99'}}).then((answer) => answer.status)"
        status: int = self.page.evaluate(asked, path)
        if status >= 400:
            self.page.watch.expect(status, path)
        return status


@pytest.fixture
def office(template: Path, tmp_path: Path, chromium: BrowserContext) -> Iterator[Office]:
    folder = tmp_path / "data"
    shutil.copytree(template, folder)
    settings = config.use(config.load(folder))
    db.bind(settings)
    db.connect()
    with clock.frozen(BEGAN):
        people = People()
        petra = person("petra", "Petra Nyanställd")
        schools = Unit.create(code="SKOL", name_sv="Skolor", name_fi="Koulut")
        Account.update(unit=schools).where(Account.id == petra.id).execute()
        UnitHead.create(unit=schools, account=people.manager)
        texts = {"text_sv": words.PRINCIPLES_SV, "text_fi": words.PRINCIPLES_FI, "valid_from": clock.today()}
        principles.make(**texts, seen=0, by=people.decider)
        call = calls.recording(people.daycare, adviser=people.adviser, seconds=4.0)
    app = create_app(settings)
    made = certificate.ensure(settings)
    keys = (str(made.certificate), str(made.key))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=keys)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    tab = chromium.new_page()
    url = f"https://localhost:{server.server_port}"
    tab.watch = Watch(tab, url)
    try:
        yield Office(url, tab, people, petra, call, Client(app, use_cookies=True))
    finally:
        tab.close()
        server.shutdown()
        serving.join(10)
        server.server_close()
        db.db.close()
    tab.watch.check()


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_right_is_asked_for_granted_used_over_asked_for_again_confirmed_and_lapses(office: Office, language: str):
    office.language = language
    people, page, petra = office.people, office.page, office.petra
    own_page = f"/recordings/{office.call.uuid}"

    with clock.frozen(BEGAN):
        # The manager asks
        office.sit_down(people.manager)
        office.open("/rights/")
        office.sound()
        office.follow("Begär en rättighet")
        office.press("Begär rättigheten")
        page.watch.expect(422)
        expect(page.locator(".summary")).to_be_focused()
        office.sound()
        page.locator("#person").select_option(petra.uuid.hex)
        page.locator('input[name="role"][value="adviser"]').check()
        page.locator(f'input[name="queues"][value="{people.daycare.uuid.hex}"]').check()
        page.locator("#reason").fill(WORDS)
        page.locator("#last_on").fill("14.10.2026")
        office.press("Begär rättigheten")
        office.done()

        # It gives nothing yet; the controller sees that it waits, and grants it
        office.sit_down(petra)
        page.watch.expect(403)
        office.open(own_page)
        office.expect("Ingen behörighet")
        office.sit_down(people.decider)
        office.open("/accounts/me")
        office.follow("Se dem som väntar")
        page.locator("#results a", has_text="Petra").first.click()
        office.expect("Bevilja")
        office.press("Bevilja")
        office.done()

        # It is used
        office.sit_down(petra)
        office.open("/rights/own")
        office.expect("Gäller nu")
        office.sound()
        office.open(own_page)
        page.locator('input[name="purpose"][value="quality"]').check()
        office.press("Öppna inspelningen")
        page.get_by_role("button", name=office.say("Spela"), exact=True).click()
        audio = page.locator("audio")
        for _ in range(50):
            if audio.evaluate("(a) => a.currentTime > 0.2"):
                break
            page.wait_for_timeout(100)
        sound = audio.evaluate("(a) => a.currentSrc.replace(location.origin, '')")
        assert audio.evaluate("(a) => a.currentTime > 0.2")
        assert office.answers(sound) == 206

    # The first instant after its last day: the page says no, and so does every range of the sound
    with clock.frozen(dt.datetime(2026, 10, 15, tzinfo=clock.HELSINKI)):
        office.sit_down(petra)
        office.open("/rights/own")
        office.expect("Tiden har gått ut")
        assert [office.answers(path) for path in (sound, own_page, "/recordings/")] == [403, 403, 403]
        office.open(own_page)
        office.expect("Ingen behörighet")

        # Asked for again from its page, for as long as may be, and granted
        office.sit_down(people.manager)
        office.open("/rights/?state=over")
        page.locator("#results a", has_text="Petra").first.click()
        office.follow("Begär den på nytt")
        expect(page.locator("#last_on")).to_have_value("14.10.2027")
        office.press("Begär rättigheten")
        office.done()
        right = Right.get(Right.state == State.ASKED)
        office.sit_down(people.decider)
        office.open(f"/rights/{right.uuid}")
        office.press("Bevilja")
        office.done()
        office.sit_down(petra)
        office.open(own_page)
        office.expect("Öppna inspelningen")

    # The first review of the year: its manager confirms it
    with clock.frozen(dt.datetime(2027, 1, 4, 9, 0, tzinfo=clock.HELSINKI)):
        assert review.open_due()
        office.sit_down(people.manager)
        office.open("/rights/reviews")
        page.locator('main a[href*="/rights/reviews/"]').first.click()
        page.get_by_role("button", name=named(office.say("Bekräfta"))).first.wait_for()
        office.sound()
        office.press("Bekräfta")
        office.done()
        assert review.close_due() == 0
    with clock.frozen(dt.datetime(2027, 3, 1, 9, 0, tzinfo=clock.HELSINKI)):
        assert review.close_due() == 1
        office.sit_down(petra)
        assert (office.open("/rights/own"), office.answers("/recordings/"))[1] == 200

    # The next nobody answers: the right lapses when the time is out
    with clock.frozen(dt.datetime(2027, 4, 1, 9, 0, tzinfo=clock.HELSINKI)):
        assert review.open_due()
    with clock.frozen(dt.datetime(2027, 5, 2, 9, 0, tzinfo=clock.HELSINKI)):
        assert review.close_due() == 1
        office.sit_down(petra)
        office.open("/rights/own")
        office.expect("ingen bekräftade den vid granskningen")
        office.sound()
        assert office.answers("/recordings/") == 403
        office.sit_down(people.decider)
        office.open("/rights/reviews")
        page.locator('main a[href*="/rights/reviews/"]').first.click()
        office.expect("Förfallna")
        office.sound()
