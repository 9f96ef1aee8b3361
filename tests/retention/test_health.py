"""What `portal status` and the first page of retention warn of besides deletion itself."""

import dataclasses
import datetime as dt
import json

import pytest
from click.testing import CliRunner

from portal import clock, config, confined
from portal.accounts.models import Account
from portal.cli import root
from portal.oversight import checkpoints
from portal.retention import actions, freezes, health, holds, sweeps
from portal.retention.health import Level
from portal.retention.models import Hold
from tests.cases import made
from tests.documents import authority
from tests.retention import kept


@pytest.fixture(autouse=True)
def swept(settings):
    with clock.frozen(kept.NOW):
        sweep()
        yield


def sweep() -> None:
    """The worker is at it: it deletes, and it signs the log."""
    actions.purge_due()
    checkpoints.sign_due()


def told() -> tuple[int, dict]:
    result = CliRunner().invoke(root, ["status", "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_held_call_that_nobody_reviewed_is_a_warning_until_somebody_does(people):
    hold = kept.place(kept.call(people), people.manager, 3)
    assert health.report().level == Level.GOOD
    Hold.update(review_on=clock.today()).where(Hold.id == hold.id).execute()
    assert health.report().missed == 0, "the day itself is in time"
    Hold.update(review_on=clock.today() - dt.timedelta(days=1)).where(Hold.id == hold.id).execute()
    assert told() == (1, told()[1] | {"level": "warning", "missed": 1})
    assert "not reviewed:    1" in CliRunner().invoke(root, ["status"]).stdout
    holds.release(hold, reason=kept.REASON, seen=holds.Then.KEPT, by=people.manager)
    assert told()[0] == 0


def test_the_page_says_what_was_not_reviewed_and_leads_there(people, as_):
    hold = kept.place(kept.call(people), people.manager, 3)
    Hold.update(review_on=clock.today() - dt.timedelta(days=1)).where(Hold.id == hold.id).execute()
    page = as_(people.manager).get("/retention/").text
    assert page.count("1 kvarhållet samtal har inte granskats i tid.") == 2, "the notice, and how it stands"
    assert "/retention/holds/" in page


@pytest.mark.parametrize(
    ("days", "level"), [(61, Level.GOOD), (59, Level.WARNING), (1, Level.WARNING), (-1, Level.WARNING)]
)
def test_a_certificate_that_ends_soon_is_a_warning_two_months_ahead(people, settings, tmp_path, as_, days, level):
    made = authority.make("Brev", start=clock.now() - dt.timedelta(days=300), life=dt.timedelta(days=300 + days))
    archive = authority.archive(tmp_path, made, passphrase=None)
    config.use(dataclasses.replace(settings, seal_certificate=archive))
    assert health.report().level == level
    code, plain = told()
    assert (code, bool(plain["seal_ends"])) == (int(level), level != Level.GOOD)
    page = as_(people.manager).get("/retention/").text
    assert ("Certifikatet för försegling gäller" in page) == (level != Level.GOOD)


def test_no_good_round_of_requests_for_an_hour_is_a_warning(people, as_):
    hour = dt.timedelta(minutes=config.settings().overdue_minutes)
    case = made.case(people, numbers=(), received_on=clock.today())
    freezes.freeze([kept.call(people)], because=case, by=people.clerk)
    assert told()[0] == 0, "the worker may just have been started"
    with clock.frozen(kept.NOW + hour + dt.timedelta(minutes=1)):
        sweep()
        assert (told()[0], told()[1]["cases_silent"], told()[1]["cases_good"]) == (1, True, None)
        assert "since: never" in CliRunner().invoke(root, ["status"]).stdout
        assert "Begäranden har aldrig setts över" in as_(people.manager).get("/retention/").text
        with sweeps.running("cases"):
            pass
        assert told()[0] == 0
    with clock.frozen(kept.NOW + 2 * hour + dt.timedelta(minutes=2)):
        sweep()
        assert told()[0] == 1
        assert "Begäranden har inte setts över sedan" in as_(people.manager).get("/retention/").text


@pytest.mark.parametrize(
    ("standing", "line", "page"),
    [
        (
            "refused",
            "confinement:     NONE to be had from the system: decoders and the typesetter get no",
            "De får",
        ),
        ("loose", "decoders and the typesetter work within limits alone", "De arbetar ändå"),
    ],
)
def test_decoders_that_are_not_confined_are_a_warning(people, as_, monkeypatch, standing, line, page):
    Account.update(language="sv").where(Account.id == people.admin.id).execute()
    assert (told()[0], told()[1]["confinement"]) == (0, "held")
    assert "confinement:" not in CliRunner().invoke(root, ["status"]).stdout
    monkeypatch.setattr(confined, "standing", lambda: confined.Standing(standing))
    assert (told()[0], told()[1]["confinement"]) == (1, standing)
    assert line in CliRunner().invoke(root, ["status"]).stdout
    answer = as_(people.admin).get("/retention/").text
    assert page in answer
    assert answer.count("Servern kan inte stänga in") == 1
