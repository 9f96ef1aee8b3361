"""What gives the right to hear ends while its holder listens: what is heard stops, and nothing is answered any more."""

import datetime as dt
import time

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.accounts import actions as accounts
from portal.accounts import own, sessions
from portal.accounts.models import Account, RoleGrant, SignIn
from portal.accounts.permissions import Role
from portal.rights import command
from tests import calls
from tests.browser.conftest import PASSWORD, House
from tests.browser.test_player import plays
from tests.people import grant, person
from tests.recordings import sounds

SECONDS = 120
CUT_WITHIN = 5.0


def listening(page: Page, house: House, uuid: object) -> str:
    """The call plays, in a session of the person who has entered; returns the address of the listen."""
    page.goto(f"{house.url}/recordings/{uuid}")
    page.get_by_label("Tjänstens kvalitet").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Öppna inspelningen").click()
    page.locator("[data-toggle]").click()
    plays(page)
    return page.url


def long_call(queue):
    return calls.recording(
        queue,
        started_at=clock.now() - dt.timedelta(hours=5),
        seconds=SECONDS,
        sound=sounds.alaw(sounds.talk(SECONDS)),
    )


def elsewhere(account: Account) -> Account:
    """The same person in another session."""
    account.sign_in = sessions.open_session(account, sessions.FULL)[1]
    return account


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("closing", lambda account: accounts.close(account, by=None)),
        ("password", lambda account: own.change_password(elsewhere(account), PASSWORD, "lingon-och-tallbarr-31")),
        ("list", lambda account: accounts.end_session(SignIn.get(SignIn.account == account), by=account)),
    ],
)
def test_what_plays_is_cut_within_five_seconds_of_its_sessions_end(page: Page, house: House, enter, name: str, end):
    with house.open() as register:
        row = long_call(register.people.daycare)
        account = person(f"elsa-{name}", "Elsa Slutström")
        grant(account, Role.ADVISER, [register.people.daycare])
    enter(account)
    listen = listening(page, house, row.uuid)
    with house.open():
        end(Account.get_by_id(account.id))
    moment = time.time()
    expect(page.locator("[data-status]")).to_contain_text("Du har loggats ut", timeout=CUT_WITHIN * 1000)
    assert time.time() - moment <= CUT_WITHIN
    assert page.evaluate("document.querySelector('audio').paused")
    assert page.evaluate("document.querySelector('audio').hasAttribute('src')") is False, "what was fetched is dropped"
    assert page.request.get(f"{listen}/audio", headers={"Range": "bytes=0-99"}, max_redirects=0).status == 303


def test_what_plays_is_cut_within_five_seconds_of_the_rights_end_and_nothing_is_answered_after_it(
    page: Page, house: House, enter
):
    with house.open() as register:
        queue = register.people.daycare
        row = long_call(queue)
        account = person("elis", "Elis Slutström")
        right = command.by_command(account, role=Role.ADVISER, queues=[queue])
    enter(account)
    at = f"{house.url}/recordings/{row.uuid}"
    listen = listening(page, house, row.uuid)
    with house.open():
        end = clock.now() + dt.timedelta(seconds=2)
        RoleGrant.update(ends_at=end).where(RoleGrant.right == right.uuid).execute()
    moment = end.timestamp()
    asked = [(f"{listen}/audio", {"Range": "bytes=0-99"}), (f"{listen}/peaks", {}), (listen, {}), (at, {})]
    asked += [(f"{house.url}/recordings/", {}), (f"{house.url}/recordings/?words=a", {})]
    before = after = refused = 0
    cut = None
    page.watch.expect(403)
    page.watch.expect(404)
    while time.time() < moment + CUT_WITHIN:
        for url, headers in asked:
            began = time.time()
            answer = page.request.get(url, headers=headers, max_redirects=0)
            given = answer.status < 400 and "/sign-in" not in answer.headers.get("location", "")
            if began >= moment:
                after, refused = after + given, refused + (not given)
            elif time.time() < moment:
                before += given
                assert given, f"{url} while the right stands"
        if cut is None and page.evaluate("document.querySelector('audio').paused"):
            cut = time.time() - moment
    assert before > len(asked)
    assert (after, refused > 10 * len(asked)) == (0, True), f"{after} of {after + refused} answered after the end"
    assert cut is not None, "it plays on"
    assert 0 <= cut <= CUT_WITHIN
    assert page.evaluate("document.querySelector('audio').hasAttribute('src')") is False, "what was fetched is dropped"
    expect(page.locator("[data-status]")).to_contain_text("Du har loggats ut")
    page.goto(f"{house.url}/recordings/")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Samtal")
    with house.open():
        assert Account.get_by_id(account.id).roles == frozenset()
