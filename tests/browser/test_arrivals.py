"""The page of the inbox follows an import to its end by itself, and then stands still."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.jobs.models import Job, Kind
from portal.retention import sweeps
from portal.retention.models import Sweep
from tests.browser.conftest import NARROW, House, axe, too_wide
from tests.jobs.made import under_way


class Import:
    """As the worker would note it, in the register that the server serves."""

    def __init__(self, house: House) -> None:
        self.house = house

    def comes_to(self, done: int) -> None:
        with self.house.open():
            under_way(done=done)

    def ends(self) -> None:
        with self.house.open():
            Job.delete().where(Job.kind == Kind.INBOX).execute()
            sweeps._note("inbox", good_at=clock.now())


@pytest.fixture
def arriving(house: House) -> Iterator[Import]:
    yield Import(house)
    with house.open():
        Sweep.delete().where(Sweep.name == "inbox").execute()
        Job.delete().where(Job.kind == Kind.INBOX).execute()


def test_the_inbox_is_followed_to_the_end_of_an_import_and_disturbs_nobody(page: Page, house: House, enter, arriving):
    arriving.comes_to(3000)
    enter(house.register.people.admin)
    page.goto(house.url + "/ingest/")
    inbox, reason = page.locator("#arrivals"), page.locator("#reason")
    expect(inbox).to_contain_text("3 000 av 10 000, 1 500 i minuten (ungefär 5 minuter kvar)")
    assert axe(page) == []
    page.set_viewport_size(NARROW)
    assert too_wide(page) == []
    reason.focus()
    arriving.comes_to(8000)
    expect(inbox).to_contain_text("8 000 av 10 000")
    expect(reason).to_be_focused()
    arriving.ends()
    expect(inbox).not_to_contain_text("i minuten")
    expect(inbox).not_to_have_attribute("hx-trigger", re.compile("."))
