"""One browser, and whoever sits down at it: the words of a journey through residents' requests."""

import re

from playwright.sync_api import Page, expect

from portal.cases.models import Case, CaseCall
from portal.language import translator
from tests.browser.conftest import House


def named(text: str) -> re.Pattern[str]:
    """The name of a control with this text, whatever it says to those who listen of what it is about."""
    return re.compile(rf"^\s*{re.escape(text)}( \(.*\))?\s*$", re.DOTALL)


class Desk:
    """The clerk, the decider and the officer at one browser, with pages in one language."""

    def __init__(self, page: Page, house: House, enter, language: str) -> None:
        self.page, self.house, self._enter, self._language = page, house, enter, language
        self.people = house.register.people
        self.say = translator(language)
        self.case: Case

    def sit_down(self, account) -> None:
        self.page.goto(
            "about:blank"
        )  # else a player of whoever sat here goes on fetching, as the one who sits here now
        self._enter(account, self._language)

    def open(self, part: str = "") -> None:
        self.page.goto(f"{self.house.url}/cases/{self.case.uuid}" + (f"/{part}" if part else ""))

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=named(self.say(text))).first.click()

    def choose(self, text: str) -> None:
        self.page.get_by_label(self.say(text), exact=True).first.check()

    def expect(self, text: str) -> None:
        expect(self.page.get_by_text(self.say(text)).first).to_be_visible()

    def done(self) -> None:
        """What was pressed was done, and the page says so."""
        expect(self.page.locator(".alert-success").first).to_be_visible()

    def hear(self, call: CaseCall) -> None:
        self.open(f"calls/{call.uuid}")
        self.press("Lyssna")
        self.press("Spela")
        audio = self.page.locator("audio")
        for _ in range(50):
            if audio.evaluate("(a) => a.currentTime > 1"):
                break
            self.page.wait_for_timeout(100)
        assert audio.evaluate("(a) => a.currentTime > 1"), "it plays, though its date has passed"
        self.press("Pausa")
