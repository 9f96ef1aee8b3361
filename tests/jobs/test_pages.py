"""The page of long work, and the end of it on the next page that is opened."""

import datetime as dt
import html
import re

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.jobs import actions, ordered, views
from portal.jobs.models import LOOKED_AT, Job, Kind, Outcome
from portal.jobs.words import ADVICE, ENDED, JOBS, RESULTS, STATES
from tests.jobs.made import ended, under_way


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr(views, "run_ordered", lambda: None)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.unescape(answer.text))).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("who", "path", "kind"), [("dpo", "/jobs/log", Kind.LOG), ("admin", "/jobs/sound", Kind.SOUND)]
)
def test_who_may_asks_for_it_and_is_told_on_the_next_page(as_, people, who, path, kind):
    person = getattr(people, who)
    person.language = "sv"
    person.save()
    client = as_(person)
    assert client.submit(path).status_code == 303
    assert Job.get().kind == kind
    assert Job.get().owner == person
    assert client.submit(path).status_code == 409, "not twice"
    elsewhere = client.get("/accounts/me")
    assert JOBS[kind] not in text(elsewhere)
    ordered.run_due()
    assert ENDED[(kind, Outcome.GOOD)] in text(client.get("/accounts/me"))
    assert ENDED[(kind, Outcome.GOOD)] in text(client.get("/accounts/me")), "until it is seen"
    shown = text(client.get("/jobs/"))
    assert "Klart" in shown
    assert RESULTS[(kind, Outcome.GOOD)] in shown, "where it leads to says how it went"
    assert ENDED[(kind, Outcome.GOOD)] not in text(client.get("/accounts/me"))


@pytest.mark.parametrize("path", ["/jobs/log", "/jobs/sound"])
@pytest.mark.parametrize("who", ["adviser", "manager", "clerk", "decider"])
def test_nobody_else_has_it_done(as_, people, path, who):
    assert as_(getattr(people, who)).submit(path).status_code == 403
    assert Job.select().count() == 0
    assert Entry.select().order_by(Entry.id.desc()).get().act == Act.DENIED


def test_the_worker_is_told_at_once_and_an_order_survives_a_queue_that_refuses(as_, people, monkeypatch):
    told = []
    monkeypatch.setattr(views, "run_ordered", lambda: told.append(1))
    as_(people.dpo).submit("/jobs/log")
    assert told == [1]

    def refused():
        raise OSError(28, "full")

    monkeypatch.setattr(views, "run_ordered", refused)
    assert as_(people.admin).submit("/jobs/sound").status_code == 303
    assert Job.select().count() == 2


def test_the_page_counts_what_goes_on_and_what_did_not_go_well_the_last_time(as_, people):
    people.admin.language = "sv"
    people.admin.save()
    client = as_(people.admin)
    for ago, outcome in ((3, Outcome.GOOD), (2, Outcome.FAILED), (1, Outcome.AMISS)):
        ended(Kind.BACKUP, outcome, ago=dt.timedelta(days=ago))
    ended(Kind.ROTATION, Outcome.BROKEN_OFF)
    ended(Kind.LOG, Outcome.FAILED)
    ended(Kind.LOG, Outcome.GOOD)
    ended(Kind.SOUND, Outcome.BROKEN_OFF, owner=people.admin)  # who asked stopped it
    for kind in set(Kind) - LOOKED_AT:
        ended(kind, Outcome.FAILED)
    shown = text(client.get("/jobs/"))
    assert "2 arbeten gick inte som de skulle när de senast gjordes" in shown
    assert "pågår eller väntar" not in shown
    under_way(Kind.BACKUP, done=10)
    actions.order(Kind.SOUND, by=people.admin)
    assert "2 arbeten pågår eller väntar" in text(client.get("/jobs/"))
    assert "2 arbeten gick inte" in text(client.get("/jobs/")), "until it is done"


def test_the_numbers_of_the_page_are_of_what_the_reader_sees(as_, people):
    ended(Kind.BACKUP, Outcome.FAILED)
    under_way(Kind.SOUND, done=10, owner=people.admin)
    ended(Kind.LOG, Outcome.FAILED, owner=people.dpo)
    shown = text(as_(people.dpo).get("/jobs/"))
    assert "1 arbete gick inte som det skulle när det senast gjordes" in shown
    assert "pågår eller väntar" not in shown
    for most in (0, 1, 2, 9):
        found = actions.standing(people.admin, most)
        assert (found.amiss, found.open, len(found.first)) == (2, 1, min(most, 3))
    assert actions.standing(people.adviser, 9) == actions.Standing([], 0, 0)


def test_the_page_tells_how_far_it_has_come_and_renews_itself_until_the_end(as_, people):
    people.dpo.language = "sv"
    people.dpo.save()
    client = as_(people.dpo)
    assert "Inget arbete pågår" in client.get("/jobs/").text
    row = under_way(Kind.LOG, done=3000, owner=people.dpo)
    page = client.get("/jobs/")
    assert "3 000 av 10 000 (30 %, ungefär 5 minuter kvar)" in text(page).replace("( ", "(")
    address = html.unescape(re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', page.text)[1])
    assert client.get(address).status_code == 204
    Job.update(done=6000).where(Job.id == row.id).execute()
    renewed = client.get(address)
    assert "6 000 av 10 000" in text(renewed)
    assert "<h1" not in renewed.text
    assert not re.search(r'aria-live|role="(status|alert)"', renewed.text), "it would be read out all the time"
    Job.update(ended_at=row.told_at, outcome=Outcome.GOOD, stands=None).where(Job.id == row.id).execute()
    assert "every 3s" not in client.get(address).text
    assert actions.ended(people.dpo) == [], "who sees it end has been told"


def test_what_ends_while_an_open_page_asks_is_told_too(as_, people, monkeypatch):
    people.dpo.language = "sv"
    people.dpo.save()
    row, real = under_way(Kind.LOG, done=3000, owner=people.dpo), actions.see

    def ends(user):
        Job.update(ended_at=row.told_at, outcome=Outcome.GOOD, stands=None).where(Job.id == row.id).execute()
        return real(user)

    monkeypatch.setattr(actions, "see", ends)
    told = text(as_(people.dpo).get("/jobs/standing"))
    assert ENDED[(Kind.LOG, Outcome.GOOD)] in told or actions.ended(people.dpo)


def test_who_may_not_read_the_log_is_told_who_does(as_, people):
    people.admin.language = "sv"
    people.admin.save()
    ended(Kind.SOUND, Outcome.AMISS, owner=people.admin, amiss=2)
    client = as_(people.admin)
    assert client.get("/audit/").status_code == 403
    assert "Dataskyddsombudet ser i loggen" in text(client.get("/jobs/"))


def test_a_page_that_stands_open_writes_nothing(as_, people):
    under_way(Kind.LOG, done=3000, owner=people.dpo)
    client = as_(people.dpo)
    client.get("/jobs/standing")
    before = Entry.select().count()
    client.get("/jobs/standing")
    assert Entry.select().count() == before


def test_no_outcome_is_called_what_a_job_under_way_is():
    assert len(STATES) == len(Outcome) + 3
    assert set(JOBS) == set(Kind)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_every_kind_and_state_has_its_words(as_, people, language):
    people.admin.language = language
    people.admin.save()
    for kind in Kind:
        for outcome in Outcome:
            ended(kind, outcome, owner=people.admin, fault="EIO", amiss=2, breaks=1)
    notice = text(as_(people.admin).get("/accounts/me"))
    page = text(as_(people.admin).get("/jobs/"))
    if language == "sv":
        for words in (
            *JOBS.values(),
            *(name for name, _ in STATES.values() if name not in ("Väntar", "I gång", "Svarar inte")),
        ):
            assert words in page, words
        for words in ADVICE.values():
            assert words in page, words
        for words in ENDED.values():
            assert words in notice, words
    assert "%(" not in page + notice


def test_work_that_has_fallen_silent_says_since_when(as_, people):
    people.admin.language = "sv"
    people.admin.save()
    row = under_way(Kind.INBOX, done=5)
    row.told_at -= actions.SILENT * 2
    row.save()
    page = text(as_(people.admin).get("/jobs/"))
    assert "Svarar inte" in page
    assert "Har inte hörts av sedan" in page
    assert "fortsätter det av sig självt" in page


def test_the_log_is_checked_from_its_own_page(as_, people):
    assert 'action="/jobs/log"' in as_(people.dpo).get("/audit/").text
    assert 'action="/jobs/log"' not in as_(people.manager).get("/audit/").text
