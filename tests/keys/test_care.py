"""What the root key wants of those who keep it is told by `portal status`, by `portal keys status` and on the page."""

import dataclasses
import datetime as dt
import json

import pytest

from portal import clock, config, db, lock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.keys import care, rotation
from portal.keys.care import Shares
from portal.oversight import checkpoints
from portal.retention import actions, health
from portal.retention.health import Level
from portal.vault import ring, root
from tests.keys.test_rotate import portal

BEGAN = dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC)
OTHER = b"another key of thirty-two bytes."


@db.db.atomic()
def told(act, **detail) -> None:
    record(act, **detail)


@pytest.fixture(autouse=True)
def began(settings, people):
    """A register whose log begins then, swept just now."""
    Account.update(language="sv").where(Account.id == people.admin.id).execute()
    with clock.frozen(BEGAN):
        told(Act.LOG_READ, by=people.dpo)
        actions.purge_due()
        yield


def later(months: int = 0, **more: int):
    """The clock so much later."""
    return clock.frozen(clock.add_months(BEGAN, months) + dt.timedelta(**more))


def swept() -> None:
    """All else is as it should be: what is told then is told of the key."""
    actions.purge_due()
    checkpoints.sign_due()
    for name in ("purge", "cases"):
        assert health.report().faults.get(name) is None


def status() -> tuple[int, dict, str]:
    told = portal("status", "--json")
    return told.exit_code, json.loads(told.output)["keys"], portal("status").output


def test_a_key_in_its_place_asks_for_nothing():
    assert care.look() == care.Care(since=BEGAN)
    code, keys, text = status()
    assert (code, keys["since"], keys["due"]) == (0, BEGAN.isoformat(), False)
    assert text.count("root key:") == text.count("not split here") == 1, "told, and no warning: it may be elsewhere"


@pytest.mark.parametrize(("months", "days", "due"), [(24, -1, False), (24, 0, True), (30, 0, True)])
def test_a_key_older_than_the_setting_is_a_warning(people, as_, months, days, due):
    with later(months, days=days):
        swept()
        code, keys, text = status()
        assert (code, keys["due"], "in force since 2026-11-10" in text) == (int(due), due, due)
        assert ("Rotnyckeln har varit densamma sedan" in as_(people.admin).get("/retention/").text) == due
        assert ("DUE" in portal("keys", "status").output) == due


def test_the_setting_says_how_old(settings):
    config.use(dataclasses.replace(settings, root_key_months=3))
    with later(3):
        assert care.look().due


def test_it_is_as_old_as_its_own_rotation_and_no_later_word_makes_it_younger():
    with later(30):
        rotation.rotate()
    with later(31):
        told(Act.KEYS_ROTATED, root=ring.current().id.hex(), earlier="", files=0, rows=0, unreadable=0, finished=True)
        assert care.look().since == clock.add_months(BEGAN, 30)
        assert not care.look().due


@pytest.fixture
def unfinished(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(rotation, "_seal_anew", lambda done, job: (_ for _ in ()).throw(OSError(5, "refused")))
        with pytest.raises(OSError, match="refused"):
            rotation.rotate()
    ring.forget()


@pytest.mark.usefixtures("unfinished")
def test_a_rotation_that_was_not_finished_is_a_warning_until_it_is(people, as_):
    page = "Ett byte av rotnyckeln påbörjades men är inte klart"
    code, keys, text = status()
    assert (code, keys["unfinished"]) == (1, True)
    assert "NOT finished: `portal keys rotate`" in text
    assert page in as_(people.admin).get("/retention/").text
    with lock.alone("rotation"):
        assert not care.look().unfinished, "somebody is at it"
    assert rotation.rotate().finished
    assert status()[0] == 0
    assert page not in as_(people.admin).get("/retention/").text


def test_one_that_waits_for_its_new_key_is_not_finished(settings, tmp_path, monkeypatch):
    monkeypatch.setenv(root.ENVIRONMENT, root.shown(root.read().key).decode().strip())
    root.make_file(tmp_path / "next")
    assert portal("keys", "rotate", "--to", tmp_path / "next").exit_code == 1
    assert status()[1]["unfinished"]
    monkeypatch.setenv(root.ENVIRONMENT, (tmp_path / "next").read_text().strip())
    ring.forget()
    assert portal("keys", "rotate").exit_code == 0
    assert not status()[1]["unfinished"]


def test_shares_of_an_earlier_key_are_a_warning_until_the_new_one_is_split(people, as_):
    assert care.look().shares == Shares.UNKNOWN
    portal("keys", "split")
    assert status()[:2] == (0, status()[1] | {"shares": "held"})
    rotation.rotate()
    code, keys, text = status()
    assert (code, keys["shares"]) == (1, "earlier")
    assert "`portal keys split`" in text
    page = "hör till en tidigare nyckel"
    assert page in as_(people.admin).get("/retention/").text
    portal("keys", "split")
    assert (status()[0], status()[1]["shares"]) == (0, "held")
    assert page not in as_(people.admin).get("/retention/").text


@pytest.mark.parametrize("how", ["missing", "wrong"])
def test_a_root_key_that_opens_nothing_is_told_and_the_rest_of_the_status_stands(settings, how):
    if how == "missing":
        settings.root_key.unlink()
    else:
        settings.root_key.write_bytes(root.shown(OTHER))
    ring.forget()
    assert health.report().level == Level.WARNING
    code, keys, text = status()
    assert code == 1
    assert keys["missing"] in text
    assert ("is missing" if how == "missing" else "opens nothing here") in keys["missing"]
    assert "overdue:" in text


def test_the_page_stands_when_the_root_key_is_gone(settings, people, as_):
    client = as_(people.admin)
    assert client.get("/retention/").status_code == 200
    settings.root_key.unlink()
    ring.forget()
    assert "Rotnyckeln saknas" in client.get("/retention/").text


def test_the_status_of_keys_says_since_when_and_of_shares():
    told = json.loads(portal("keys", "status", "--json").output)
    assert (told["since"], told["due"], told["shares"]) == (BEGAN.isoformat(), False, "unknown")
    text = portal("keys", "status").output
    assert "since:    2026-11-10" in text
    assert "shares:   none known of" in text
    portal("keys", "split")
    assert "shares:   of this key" in portal("keys", "status").output
    rotation.rotate()
    assert "shares:   of an EARLIER key: run `portal keys split`" in portal("keys", "status").output
