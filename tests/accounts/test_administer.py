"""What the administrator does with the accounts of others."""

import json

import pytest

from portal.accounts import actions, passwords, sessions
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Permission, Role
from portal.audit.models import Entry
from portal.errors import Conflict
from tests.accounts.administration import LIST, NEW, address, facts, newcomer
from tests.accounts.door import first, inside, last, log, secrets, words
from tests.people import cookie_token

# add


def test_a_new_account_gets_a_temporary_password_shown_once(app, as_, people):
    client = as_(people.admin)
    page = client.submit(NEW, newcomer(people))
    assert page.status_code == 200
    (password,) = secrets(page)
    account = Account.get(Account.username == "nytt.namn")
    assert passwords.verify(account.password_hash, password)
    assert account.password_temporary
    assert account.roles == {Role.ADVISER}
    assert account.queue_ids == {people.daycare.id}
    assert (account.language, account.extension, account.name) == ("fi", "215", "Ny Person")
    assert first(app.test_client(), "nytt.namn", password).location == "/accounts/enrolment"
    assert password not in client.get(address(account)).get_data(as_text=True)
    entry = last("accounts:created")
    assert (entry.by, entry.subject) == (people.admin.uuid, account.uuid)
    detail = json.loads(entry.detail)
    assert detail == {"roles": ["adviser"], "queues": [str(people.daycare.uuid)], "temporary": True}


def test_adding_the_same_account_twice_is_refused(as_, people):
    client = as_(people.admin)
    client.submit(NEW, newcomer(people))
    again = client.submit(NEW, newcomer(people, username="NYTT.namn", extension=""))
    assert again.status_code == 422
    assert "Användarnamnet används redan." in words(again)
    assert Account.select().where(Account.username == "nytt.namn").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": ""}, "Ange användarnamnet."),
        ({"username": "två ord"}, "bara bokstäverna a–z"),
        ({"username": "../etc"}, "bara bokstäverna a–z"),
        ({"username": "x" * 65}, "högst 64 tecken"),
        ({"name": ""}, "Ange namnet."),
        ({"name": "x" * 101}, "högst 100 tecken"),
        ({"extension": "12a"}, "bara siffror"),
        ({"extension": "201"}, "hör redan till en annan"),
        ({"roles": ["emperor"]}, "Roller"),
        ({"queues": ["00000000-0000-4000-8000-000000000000"]}, "Servicenumren"),
        ({"queues": ["not a uuid"]}, "Servicenumren"),
        ({"language": "en"}, "Språk"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_made(as_, people, wrong, said):
    before = Account.select().count()
    answer = as_(people.admin).submit(NEW, newcomer(people, **wrong))
    assert answer.status_code == 422
    assert said in words(answer).split("Lägg till användare", 1)[1]
    assert 'class="field-error"' in answer.get_data(as_text=True)
    assert Account.select().count() == before
    assert log() == []


def test_a_temporary_password_given_by_hand_must_be_good_too(people):
    with pytest.raises(passwords.Weak):
        actions.create("nytt", name="Ny Person", roles=["adviser"], password="kort", by=people.admin)


# who may


ADMIN_PAGES = ["", "new", "{}"]
ADMIN_ACTS = ["{}/closing", "{}/reopening", "{}/password", "{}/second-factor", "{}/sessions/ending", "{}", "new"]


@pytest.mark.parametrize("who", ["adviser", "manager", "clerk", "decider", "dpo"])
def test_only_those_who_manage_accounts_reach_the_pages(as_, people, who):
    client, other = as_(getattr(people, who)), people.outsider
    for page in ADMIN_PAGES:
        assert client.get(LIST + page.format(other.uuid)).status_code == 403
    for act in ADMIN_ACTS:
        assert client.submit(LIST + act.format(other.uuid), newcomer(people)).status_code == 403
    assert Account.get_by_id(other.id).closed_at is None
    assert len(log("accounts:denied")) == len(ADMIN_PAGES) + len(ADMIN_ACTS)


def test_an_absent_account_is_404_for_every_act(as_, people):
    client, absent = as_(people.admin), "00000000-0000-4000-8000-000000000000"
    assert client.get(LIST + absent).status_code == 404
    for act in ADMIN_ACTS[:-1]:
        assert client.submit(LIST + act.format(absent), facts(people.outsider)).status_code == 404


def test_visible_to_is_everybody_for_the_administrator_and_oneself_for_others(people):
    assert Account.visible_to(people.admin).count() == Account.select().count()
    for person in (people.adviser, people.manager, people.dpo, people.decider):
        assert [a.id for a in Account.visible_to(person)] == [person.id]


@pytest.mark.parametrize("act", ADMIN_ACTS)
def test_no_act_works_without_a_token(as_, people, act):
    answer = as_(people.admin).post(LIST + act.format(people.adviser.uuid), data=newcomer(people))
    assert answer.status_code == 400
    kept = Account.get_by_id(people.adviser.id)
    assert (kept.version, kept.closed_at) == (0, None)


# change


def test_a_change_of_rights_acts_on_the_next_request(as_, people):
    admin, adviser = as_(people.admin), as_(people.adviser)
    assert adviser.get("/queues/").status_code == 403
    changed = facts(people.adviser, roles=["admin", "manager"], queues=[str(people.technical.uuid)], name="Karin Ny")
    assert admin.submit(address(people.adviser), changed).status_code == 303
    assert adviser.get("/queues/").status_code == 200
    kept = Account.get_by_id(people.adviser.id)
    assert kept.roles == {Role.ADMIN, Role.MANAGER}
    assert kept.queue_ids == {people.technical.id}
    entry = last("accounts:changed")
    assert (entry.by, entry.subject) == (people.admin.uuid, people.adviser.uuid)
    detail = json.loads(entry.detail)
    assert detail["facts"] == ["name"]
    assert detail["roles_before"] == ["adviser"]
    assert detail["roles"] == ["admin", "manager"]
    assert detail["queues_before"] == [str(people.daycare.uuid)]
    assert "Karin" not in entry.detail
    admin.submit(address(people.adviser), facts(people.adviser, roles=[], queues=[]))
    assert adviser.get("/queues/").status_code == 403
    assert inside(adviser), "without a role a person still has their own page"


def test_a_change_made_from_an_old_page_is_refused(as_, people):
    one, two = as_(people.admin), as_(people.admin)
    seen = facts(people.adviser)
    assert one.submit(address(people.adviser), {**seen, "name": "Karin Först"}).status_code == 303
    late = two.submit(address(people.adviser), {**seen, "roles": ["admin"]})
    assert late.status_code == 409
    kept = Account.get_by_id(people.adviser.id)
    assert kept.name == "Karin Först"
    assert kept.roles == {Role.ADVISER}


def test_the_persons_own_choice_of_language_is_not_overwritten_by_an_old_page(as_, people):
    seen = facts(people.adviser)
    as_(people.adviser).submit("/accounts/language", {"language": "fi"})
    assert as_(people.admin).submit(address(people.adviser), seen).status_code == 409
    assert Account.get_by_id(people.adviser.id).language == "fi"


@pytest.mark.parametrize("version", ["", "x", "-1", "999"])
def test_a_change_without_a_true_version_is_refused(as_, people, version):
    answer = as_(people.admin).submit(address(people.adviser), facts(people.adviser, version=version, name="Nej"))
    assert answer.status_code in (409, 422)
    assert Account.get_by_id(people.adviser.id).name != "Nej"


def test_an_extension_of_another_is_refused_and_ones_own_is_kept(as_, people):
    admin = as_(people.admin)
    taken = admin.submit(address(people.outsider), facts(people.outsider, extension="201"))
    assert taken.status_code == 422
    assert "hör redan till en annan" in words(taken)
    assert admin.submit(address(people.adviser), facts(people.adviser, name="Karin Ny")).status_code == 303
    assert Account.get_by_id(people.adviser.id).extension == "201"


def test_a_queue_no_longer_in_use_stays_granted_to_whom_had_it(as_, people):
    from portal.queues.models import Queue

    Queue.update(active=False).where(Queue.id == people.daycare.id).execute()
    admin = as_(people.admin)
    assert str(people.daycare.uuid) in admin.get(address(people.adviser)).get_data(as_text=True)
    assert str(people.daycare.uuid) not in admin.get(address(people.outsider)).get_data(as_text=True)
    assert admin.submit(address(people.adviser), facts(people.adviser, name="Karin Ny")).status_code == 303
    assert Account.get_by_id(people.adviser.id).queue_ids == {people.daycare.id}


# oneself, and the last administrator


@pytest.mark.parametrize("rights", [{"roles": []}, {"roles": ["admin", "manager"]}, {"queues": "daycare"}])
def test_an_administrator_cannot_change_their_own_rights(as_, people, rights):
    if "queues" in rights:
        rights = {"queues": [str(people.daycare.uuid)]}
    answer = as_(people.admin).submit(address(people.admin), facts(people.admin, **rights))
    assert answer.status_code == 422
    assert "dina egna roller" in words(answer)
    kept = Account.get_by_id(people.admin.id)
    assert kept.roles == {Role.ADMIN}
    assert kept.queue_ids == frozenset()
    assert not log("accounts:changed")


def test_an_administrator_may_change_their_own_name(as_, people):
    assert as_(people.admin).submit(address(people.admin), facts(people.admin, name="Arvo Ny")).status_code == 303
    assert Account.get_by_id(people.admin.id).name == "Arvo Ny"


@pytest.mark.parametrize("act", ["closing", "password", "second-factor", "sessions/ending"])
def test_an_administrator_cannot_do_to_themselves_what_another_should(as_, people, act):
    client = as_(people.admin)
    answer = client.submit(address(people.admin, act), {"version": "0"})
    assert answer.status_code == 422
    assert "ditt eget konto" in words(answer)
    assert inside(client)
    kept = Account.get_by_id(people.admin.id)
    assert (kept.closed_at, kept.password_hash, kept.version) == (None, people.admin.password_hash, 0)
    assert kept.totp_sealed is not None
    page = client.get(address(people.admin)).get_data(as_text=True)
    assert address(people.admin, act) not in page, "nor is it offered"


def test_the_last_administrator_cannot_be_closed_or_lose_the_role(people):
    with pytest.raises(actions.LastAdministrator):
        actions.close(people.admin, by=None)
    with pytest.raises(actions.LastAdministrator):
        actions.change(
            people.admin, seen=0, name="Arvo", roles=[], queues=[], language="sv", extension=None, by=people.manager
        )
    kept = Account.get_by_id(people.admin.id)
    assert kept.is_active
    assert kept.roles == {Role.ADMIN}
    assert log() == [], "nothing of a refused act stays"


def test_of_two_administrators_who_close_each_other_one_stays(people):
    second, _ = actions.create("andra", name="Andra Admin", roles=["admin"], by=people.admin)
    actions.close(people.admin, by=second)
    with pytest.raises(actions.LastAdministrator):
        actions.close(Account.get_by_id(second.id), by=Account.get_by_id(people.admin.id))


def test_a_closed_administrator_does_not_count(people):
    second, _ = actions.create("andra", name="Andra Admin", roles=["admin"], by=people.admin)
    actions.close(second, by=people.admin)
    with pytest.raises(actions.LastAdministrator):
        actions.close(people.admin, by=None)


def test_others_can_be_closed_in_a_register_without_administrators(people):
    RoleGrant.delete().where(RoleGrant.role == Role.ADMIN).execute()
    actions.close(people.adviser, by=None)
    assert not Account.get_by_id(people.adviser.id).is_active


# rights


def test_no_role_but_the_administrators_manages_and_the_administrator_hears_nothing():
    from portal.accounts.permissions import TABLE

    assert [r for r in Role if Permission.ACCOUNTS_MANAGE in TABLE[r]] == [Role.ADMIN]
    assert not {p for p in TABLE[Role.ADMIN] if p.startswith("recordings:")}


def test_the_version_guard_is_in_the_update_itself(people):
    stale = Account.get_by_id(people.adviser.id)
    actions.reset_password(people.adviser, seen=0, by=people.admin)
    with pytest.raises(Conflict):
        actions.reset_password(stale, seen=0, by=people.admin)
    with pytest.raises(Conflict):
        actions.change(stale, seen=0, name="x", roles=[], queues=[], language="sv", extension=None, by=people.admin)


def test_no_act_on_accounts_logs_a_name(as_, people):
    admin = as_(people.admin)
    admin.submit(NEW, newcomer(people, name="Unika Namnberg", username="unika.n"))
    account = Account.get(Account.username == "unika.n")
    admin.submit(address(account), facts(account, name="Annat Namnberg", extension="7788"))
    for act in ("second-factor", "closing", "reopening"):
        admin.submit(address(account, act))
    told = " ".join(entry.detail for entry in Entry.select())
    for word in ("Namnberg", "unika", "7788"):
        assert word not in told


def test_a_session_of_before_is_not_revived_by_reopening(as_, people):
    token = cookie_token(people.adviser)
    actions.close(people.adviser, by=people.admin)
    actions.reopen(people.adviser, by=people.admin)
    assert sessions.resume(token) is None
