"""The portal by keyboard alone: what a person who has no mouse does, from the first page on."""

from playwright.sync_api import Page, expect

from portal.accounts.models import Account
from portal.audit.models import Entry
from portal.language import translator
from tests.browser.conftest import House

NAMED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return ['', ''];
  const label = e.getAttribute('aria-label')
    || (e.labels && e.labels.length ? [...e.labels].map((l) => l.textContent).join(' ') : e.textContent);
  return [e.getAttribute('role') || e.localName, label.replace(/\\s+/g, ' ').trim()];
}"""
WITHIN = 60
"""So many presses of Tab from the head of a page's own matter are borne."""


class Keys:
    """One browser, one person, no mouse. Names are the Swedish texts of the portal, said in `language`."""

    def __init__(self, page: Page, house: House, language: str = "sv") -> None:
        self.page, self.house, self.say = page, house, translator(language)

    def start(self) -> None:
        self.page.goto(self.house.url + "/")
        self.skip()

    def skip(self) -> None:
        """Past the head and the menu: the first thing that Tab reaches on any page."""
        self.page.keyboard.press("Tab")
        assert self.here()[1] == self.say("Hoppa till innehållet")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#main")).to_be_focused()

    def menu(self, text: str) -> None:
        """Back to the head of the page, and on by its menu."""
        self.page.reload()
        self.to(text, kind="a")
        self.enter()

    def here(self) -> tuple[str, str]:
        kind, name = self.page.evaluate(NAMED)
        return kind, name

    def to(self, text: str, *, kind: str = "", within: int = WITHIN) -> None:
        """Tab to the control of that name (or that begins so)."""
        wanted, seen = self.say(text), []
        for _ in range(within):
            self.page.keyboard.press("Tab")
            found, name = self.here()
            if (name == wanted or name.startswith(wanted + " ")) and kind in ("", found):
                return
            seen.append(name)
        raise AssertionError(f"{wanted!r} is not reached within {within}: {seen}")

    def enter(self) -> None:
        """Press what has the focus, and go where it leads, past the head of that page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()
        if self.here()[1] == "":
            self.skip()

    def press(self, text: str, *, kind: str = "", within: int = WITHIN) -> None:
        self.to(text, kind=kind, within=within)
        self.enter()

    def type(self, text: str, typed: str) -> None:
        """Into the field of that name, over what stands there."""
        self.to(text)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(typed)

    def pick(self, text: str, wanted: str) -> None:
        """An entry of a list, by the beginning of its name."""
        self.to(text, kind="select")
        self.page.keyboard.type(wanted)

    def choose(self, first: str, wanted: str) -> None:
        """Of a group of which Tab reaches the first: the one wanted, by the arrows."""
        self.to(first, kind="input")
        self.page.keyboard.press("Space")
        for _ in range(10):
            if self.here()[1].startswith(self.say(wanted)):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{wanted!r} is none of the choices")

    def done(self) -> None:
        expect(self.page.locator("main > .alert-success").first).to_be_visible()

    def sees(self, text: str) -> None:
        expect(self.page.locator("main").get_by_text(self.say(text)).first).to_be_visible()


def last(house: House, by: Account, act: str) -> Entry:
    """Their last entry of the kind in the log."""
    with house.open():
        entry: Entry = Entry.select().where(Entry.act == act, Entry.by == by.uuid).order_by(Entry.id.desc()).get()
        return entry
