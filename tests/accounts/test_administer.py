"""What the administrator does with the accounts of others."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.accounts import actions, passwords, sessions
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Permission, Role
from portal.audit.models import Entry
from portal.errors import Conflict
from portal.rights import command, ending
from tests.accounts.administration import LIST, NEW, address, facts, newcomer
from tests.accounts.door import first, inside, last, log, secrets, words
from tests.people import cookie_token, grant, person

# add


def test_a_new_account_gets_a_temporary_password_shown_once(app, as_, people):
    client = as_(people.admin)
    page = client.submit(NEW, newcomer(people))
    assert page.status_code == 200
    (password,) = secrets(page)
    account = Account.get(Account.username == "nytt.namn")
    assert passwords.verify(account.password_hash, password)
    assert account.password_temporary
    assert account.roles == frozenset(), "rights are asked for and decided, never the administrator's to give"
    assert (account.language, account.extension, account.name) == ("fi", "215", "Ny Person")
    assert first(app.test_client(), "nytt.namn", password).location == "/accounts/enrolment"
    assert password not in client.get(address(account)).get_data(as_text=True)
    entry = last("accounts:created")
    assert (entry.by, entry.subject) == (people.admin.uuid, account.uuid)
    detail = json.loads(entry.detail)
    assert detail == {"temporary": True}


def test_adding_the_same_account_twice_is_refused(as_, people):
    client = as_(people.admin)
    client.submit(NEW, newcomer(people))
    again = client.submit(NEW, newcomer(people, username="NYTT.namn", extension=""))
    assert again.status_code == 422
    assert "Användarnamnet används redan. Välj ett annat." in words(again)
    assert Account.select().where(Account.username == "nytt.namn").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": ""}, "Ange användarnamnet."),
        ({"username": "två ord"}, "med bokstäverna a–z"),
        ({"username": "../etc"}, "med bokstäverna a–z"),
        ({"username": "x" * 65}, "högst 64 tecken"),
        ({"name": ""}, "Ange namnet."),
        ({"name": "x" * 101}, "högst 100 tecken"),
        ({"extension": "12a"}, "bara siffror"),
        ({"extension": "201"}, "hör redan till en annan"),
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
        actions.create("nytt", name="Ny Person", password="kort", by=people.admin)


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
    for user in (people.adviser, people.manager, people.dpo, people.decider):
        assert [a.id for a in Account.visible_to(user)] == [user.id]


@pytest.mark.parametrize("act", ADMIN_ACTS)
def test_no_act_works_without_a_token(as_, people, act):
    answer = as_(people.admin).post(LIST + act.format(people.adviser.uuid), data=newcomer(people))
    assert answer.status_code == 400
    kept = Account.get_by_id(people.adviser.id)
    assert (kept.version, kept.closed_at) == (0, None)


# change


def test_a_change_is_logged_by_what_it_changed_and_gives_no_rights(as_, people):
    asked = {"roles": ["admin", "manager"], "queues": [str(people.technical.uuid)], "name": "Karin Ny"}
    assert as_(people.admin).submit(address(people.adviser), facts(people.adviser, **asked)).status_code == 303
    kept = Account.get_by_id(people.adviser.id)
    assert kept.name == "Karin Ny"
    assert (kept.roles, kept.queue_ids) == ({Role.ADVISER}, {people.daycare.id}), "nobody is heard who asks for more"
    entry = last("accounts:changed")
    assert (entry.by, entry.subject) == (people.admin.uuid, people.adviser.uuid)
    assert json.loads(entry.detail) == {"facts": ["name"]}


def test_the_page_shows_what_the_person_may_and_until_when(as_, people):
    Account.update(language="sv").where(Account.id == people.admin.id).execute()
    with clock.frozen(dt.datetime(2027, 1, 5, 8, tzinfo=clock.UTC)):
        clerk = command.by_command(people.adviser, role=Role.CLERK, queues=[people.technical], days=27)
        ended = command.by_command(people.adviser, role=Role.MANAGER, queues=[people.elderly])
        ending.end(ended, reason="annat arbete", by=people.decider)
        page = as_(people.admin).get(address(people.adviser))
    said = words(page).split("handläggare", 1)[1]
    assert said.startswith(" Tekniska servicen (2002) ")
    assert "slutar snart" in said
    assert " 5.1.2027 31.1.2027 " in said
    assert f"/rights/{clerk.uuid}" in page.text
    assert "Äldreomsorg" not in words(page), "what has ended is told where the decisions are"


def test_a_change_made_from_an_old_page_is_refused(as_, people):
    one, two = as_(people.admin), as_(people.admin)
    seen = facts(people.adviser)
    assert one.submit(address(people.adviser), {**seen, "name": "Karin Först"}).status_code == 303
    late = two.submit(address(people.adviser), {**seen, "name": "Karin Sist"})
    assert late.status_code == 409
    assert Account.get_by_id(people.adviser.id).name == "Karin Först"


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


# oneself, and the last administrator


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


@pytest.mark.parametrize(
    ("who", "role", "refusal"),
    [("admin", Role.ADMIN, ending.LastAdministrator), ("decider", Role.CONTROLLER, ending.LastController)],
)
def test_the_last_who_keeps_accounts_or_grants_rights_cannot_be_closed_until_another_can(people, who, role, refusal):
    """Else nobody could let anybody in again."""
    account = getattr(people, who)
    second = person("andra", "Andra Person", role)
    actions.close(second, by=people.adviser)
    with pytest.raises(refusal):
        actions.close(account, by=None)
    kept = Account.get_by_id(account.id)
    assert (kept.is_active, kept.roles) == (True, {role})
    assert [act for act, _ in log()] == ["accounts:closed"], "nothing of a refused act stays; one who is closed is none"
    grant(person("tredje", "Tredje Person"), role, until=clock.now())
    with pytest.raises(refusal):
        actions.close(account, by=None)
    grant(Account.get(Account.username == "tredje"), role)
    actions.close(account, by=None)
    with pytest.raises(refusal):
        actions.close(Account.get(Account.username == "tredje"), by=account)


def test_others_can_be_closed_in_a_register_without_administrators(people):
    RoleGrant.delete().where(RoleGrant.role.in_([Role.ADMIN, Role.CONTROLLER])).execute()
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
        actions.change(stale, seen=0, name="x", language="sv", extension=None, by=people.admin)


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


def test_what_was_done_is_said_beside_the_temporary_password(as_, people):
    admin, gone, new = as_(people.admin), "säkerhetsnycklarna är borttagna", "ser inga samtal ännu"
    made = admin.submit(NEW, newcomer(people)).text
    assert new in made
    assert gone not in made
    lost = admin.submit(address(people.adviser, "second-factor")).text
    assert gone in lost
    assert new not in lost
    plain = admin.submit(address(people.manager, "password"), {"version": people.manager.version}).text
    assert gone not in plain
    assert new not in plain


def test_a_session_of_before_is_not_revived_by_reopening(as_, people):
    token = cookie_token(people.adviser)
    actions.close(people.adviser, by=people.admin)
    actions.reopen(people.adviser, by=people.admin)
    assert sessions.resume(token) is None
