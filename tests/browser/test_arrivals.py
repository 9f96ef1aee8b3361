"""The page of the inbox follows an import to its end by itself, and then stands still."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.retention import sweeps
from portal.retention.models import Sweep
from tests.browser.conftest import NARROW, House, axe, too_wide


class Import:
    """As the worker would note it, in the register that the server serves."""

    def __init__(self, house: House) -> None:
        self.house = house

    def comes_to(self, done: int) -> None:
        now = clock.now()
        with self.house.open():
            began = now - dt.timedelta(minutes=2)
            sweeps._note("inbox", started_at=began, done=done, whole=10_000, told_at=now)

    def ends(self) -> None:
        with self.house.open():
            sweeps._note("inbox", whole=None, good_at=clock.now())


@pytest.fixture
def under_way(house: House) -> Iterator[Import]:
    yield Import(house)
    with house.open():
        Sweep.delete().where(Sweep.name == "inbox").execute()


def test_the_inbox_is_followed_to_the_end_of_an_import_and_disturbs_nobody(page: Page, house: House, enter, under_way):
    under_way.comes_to(3000)
    enter(house.register.people.admin)
    page.goto(house.url + "/ingest/")
    inbox, reason = page.locator("#arrivals"), page.locator("#reason")
    expect(inbox).to_contain_text("3 000 av 10 000, 1 500 i minuten (ungefär 5 minuter kvar)")
    assert axe(page) == []
    page.set_viewport_size(NARROW)
    assert too_wide(page) == []
    reason.focus()
    under_way.comes_to(8000)
    expect(inbox).to_contain_text("8 000 av 10 000")
    expect(reason).to_be_focused()
    under_way.ends()
    expect(inbox).not_to_contain_text("Läses in just nu")
    expect(inbox).not_to_have_attribute("hx-trigger", re.compile("."))
