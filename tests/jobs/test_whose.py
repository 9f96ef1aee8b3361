"""Whose work it is: who asked sees it and is told, while the right to ask lasts; so does who runs the machine."""

import pytest

from portal import clock
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.jobs import actions, ordered
from portal.jobs.models import ASKED_WITH, Job, Kind, Outcome
from portal.jobs.words import ENDED
from tests.audit import tamper
from tests.jobs.made import ended, under_way
from tests.jobs.test_pages import text
from tests.people import grant

WHO = {Kind.LOG: "dpo", Kind.LOG_FILE: "dpo", Kind.PURGE: "manager", Kind.SOUND: "admin"}


def without_rights(account: Account) -> Account:
    """Their rights have ended just now."""
    RoleGrant.update(ends_at=clock.now()).where(RoleGrant.account == account.id).execute()
    return Account.get_by_id(account.id)


@pytest.mark.parametrize("kind", sorted(ASKED_WITH))
def test_who_asked_sees_it_and_a_stranger_does_not(people, kind):
    owner = getattr(people, WHO[kind])
    row = ended(kind, Outcome.GOOD, owner=owner)
    others = {p.username for p in Account.select() if row in Job.visible_to(p)}
    assert others == {owner.username, "arvo"}
    assert [p.username for p in Account.select() if actions.ended(p)] == [owner.username]


@pytest.mark.parametrize("kind", sorted(set(ASKED_WITH) - {Kind.SOUND}))
def test_whose_right_has_ended_neither_sees_it_nor_is_told(people, kind):
    owner = getattr(people, WHO[kind])
    ended(kind, Outcome.AMISS, owner=owner)
    assert actions.ended(owner)
    after = without_rights(owner)
    assert actions.listed(after) == actions.ended(after) == []
    assert actions.see(after) == []
    grant(after, Role.CONTROLLER if kind != Kind.PURGE else Role.DPO)
    other = Account.get_by_id(after.id)
    assert actions.listed(other) == actions.ended(other) == [], "the new right is to something else"


def test_an_administrator_who_has_become_another_sees_only_what_the_new_right_is_to(people):
    ended(Kind.SOUND, Outcome.AMISS, owner=people.admin)
    mine = ended(Kind.LOG_FILE, Outcome.GOOD, owner=people.admin)
    ended(Kind.BACKUP, Outcome.FAILED)
    grant(without_rights(people.admin), Role.MANAGER, (people.daycare,))
    after = Account.get_by_id(people.admin.id)
    assert [shown.job.id for shown in actions.listed(after)] == [mine.id]


@pytest.mark.parametrize("who", ["dpo", "admin"])
def test_a_closed_account_is_told_nothing(people, who):
    owner = getattr(people, who)
    ended(Kind.LOG, Outcome.GOOD, owner=owner)
    Account.update(closed_at=clock.now()).where(Account.id == owner.id).execute()
    after = Account.get_by_id(owner.id)
    assert actions.listed(after) == actions.ended(after) == []


@pytest.mark.parametrize("begun", [False, True])
def test_what_is_asked_for_by_whose_right_has_ended_is_not_done(people, begun):
    tamper.fill(3)
    if begun:
        under_way(Kind.LOG, done=2, owner=people.dpo)
    else:
        actions.order(Kind.LOG, by=people.dpo)
    without_rights(people.dpo)
    ordered.run_due()
    assert (Job.get().outcome, Job.get().stands) == (Outcome.BROKEN_OFF, None)
    assert not Entry.select().where(Entry.act == Act.LOG_VERIFIED).exists()
    grant(people.dpo, Role.DPO)
    again = Account.get_by_id(people.dpo.id)
    assert actions.ended(again) == [], "nothing of it is told"
    actions.order(Kind.LOG, by=again)
    ordered.run_due()
    assert actions.ended(again) == [("log", "good", 0)]


def test_an_end_is_told_to_its_owner_on_every_page_and_to_nobody_else_on_any(as_, people):
    said = ENDED[(Kind.LOG, Outcome.AMISS)]
    for person in (people.dpo, people.admin, people.manager):
        person.language = "sv"
        person.save()
    ended(Kind.LOG, Outcome.AMISS, owner=people.dpo, amiss=1)
    for path in ("/accounts/me", "/audit/"):
        assert said in text(as_(people.dpo).get(path))
    for person, path in ((people.admin, "/jobs/"), (people.admin, "/accounts/me"), (people.manager, "/audit/")):
        answer = as_(person).get(path)
        assert answer.status_code == 200
        assert said not in text(answer)
    assert said in text(as_(people.dpo).get("/audit/")), "that others looked takes nothing away"


def test_who_has_seen_their_own_takes_nobody_elses_notice_away(people):
    for owner, kind in ((people.dpo, Kind.LOG), (people.admin, Kind.SOUND), (people.manager, Kind.PURGE)):
        ended(kind, Outcome.GOOD, owner=owner)
    assert actions.see(people.admin) == [("sound", "good", 0)]
    assert [actions.ended(p) for p in (people.dpo, people.admin, people.manager)] == [
        [("log", "good", 0)],
        [],
        [("purge", "good", 0)],
    ]


def test_an_open_page_says_once_that_it_has_ended(as_, people):
    people.dpo.language = "sv"
    people.dpo.save()
    row = under_way(Kind.LOG, done=3000, owner=people.dpo)
    client = as_(people.dpo)
    assert client.get("/jobs/").text.count('id="jobs-told" role="status"></div>') == 1
    assert "jobs-told" not in client.get("/jobs/standing").text
    Job.update(ended_at=row.told_at, outcome=Outcome.GOOD, stands=None).where(Job.id == row.id).execute()
    assert ENDED[(Kind.LOG, Outcome.GOOD)] in text(client.get("/jobs/standing"))
    assert "jobs-told" not in client.get("/jobs/standing").text
    assert ENDED[(Kind.LOG, Outcome.GOOD)] not in text(client.get("/accounts/me"))
