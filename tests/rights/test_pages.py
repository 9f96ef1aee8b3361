"""The pages carry a right from the question to its end, each step by whose it is."""

import re

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.rights.models import Right, State
from tests.people import person
from tests.rights.asked import DAY, NOW, WORDS, acts, ask, fresh, given, granted


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def form(people, **more) -> dict[str, object]:
    return {
        "person": people.adviser.uuid.hex,
        "role": "adviser",
        "queues": people.technical.uuid.hex,
        "reason": WORDS,
        "first_on": "14.9.2026",
        "last_on": "31.12.2026",
        **more,
    }


def test_a_right_goes_from_the_manager_to_the_controller_to_the_adviser(people, as_):
    manager, decider, adviser = as_(people.manager), as_(people.decider), as_(people.adviser)
    page = manager.get("/rights/new").text
    assert "Karin Testström (karin)" in page
    assert 'href="/rights/principles"' in page
    refusals = {
        "person": ("", "Välj en person."),
        "role": ("king", "Välj en roll."),
        "queues": ("", "Välj minst ett servicenummer"),
        "reason": ("kort", "minst 10 tecken"),
        "first_on": ("13.9.2026", "kan inte vara före i dag"),
        "last_on": ("14.9.2027", "högst 12 månader: den sista dagen kan vara högst den 13.9.2027"),
    }
    for name, (typed, said) in refusals.items():
        answer = manager.submit("/rights/new", form(people, **{name: typed}))
        error = re.search(rf'id="{name}-error">([^<]*)<', answer.text)
        assert (answer.status_code, bool(error) and said in error[1]) == (422, True), name
    assert manager.submit("/rights/new", form(people)).status_code == 303
    assert manager.submit("/rights/new", form(people)).status_code == 422, "it waits already"
    right = Right.get()
    path = f"/rights/{right.uuid}"
    for client, told in ((decider, True), (manager, False), (adviser, False)):
        assert ("1 begäran om användarrättighet väntar" in client.get("/accounts/me").text) is told
    shown = decider.get(path).text
    assert WORDS in shown
    assert "Det finns inga principer" in shown
    assert "Bevilja" not in manager.get(path).text
    assert as_(people.second_manager).get(path).status_code == 404
    assert as_(people.second_manager).submit(path + "/end", {"reason": WORDS}).status_code == 404
    for client in (manager, adviser):
        assert client.submit(path + "/grant", {}).status_code == 403
        assert client.submit(path + "/refusal", {"why": WORDS}).status_code == 403
    assert decider.submit(path + "/refusal", {"why": ""}).status_code == 422
    assert decider.submit(path + "/grant", {"remark": "131052-308T"}).status_code == 422
    assert decider.submit(path + "/grant", {}).status_code == 303
    assert decider.submit(path + "/grant", {}).status_code == 409
    assert manager.submit(path + "/taking-back").status_code == 409
    assert "Tekniska servicen" in adviser.get("/rights/own").text
    assert adviser.get(path).status_code == 200
    assert adviser.submit(path + "/end", {"reason": WORDS}).status_code == 403
    assert manager.submit(path + "/end", {"reason": ""}).status_code == 422
    assert manager.submit(path + "/end", {"reason": WORDS}).status_code == 303
    assert manager.submit(path + "/end", {"reason": WORDS}).status_code == 409
    assert "avslutad" in adviser.get("/rights/own").text
    assert acts() == ["asked", "granted", "ended"]


def test_nobody_is_offered_to_decide_their_own(people, as_):
    right = ask(people, by=people.decider)
    path, own = f"/rights/{right.uuid}", as_(people.decider)
    assert "förrän en annan beslutsfattare beviljar den." in own.get(path).text
    answer = own.submit(path + "/grant", {})
    assert (answer.status_code, "förrän en annan beslutsfattare beviljar den." in answer.text) == (422, True)
    assert own.submit(path + "/taking-back").status_code == 303
    assert fresh(right).state == State.TAKEN_BACK
    assert as_(people.delegate).submit(path + "/grant", {}).status_code == 409


def test_a_role_that_does_not_go_with_another_is_refused_beside_the_role(people, as_):
    answer = as_(people.decider).submit("/rights/new", form(people, person=people.dpo.uuid.hex))
    assert answer.status_code == 422
    assert "artikel 38.6" in re.search(r'id="role-error">([^<]*)<', answer.text)[1]


def test_a_right_that_ends_soon_is_asked_for_again_from_its_page(people, as_):
    right = granted(people, last_on=clock.today() + 60 * DAY)
    manager = as_(people.manager)
    with clock.frozen(right.ends_at - 20 * DAY):
        manager = as_(people.manager)
        assert "1 användarrättighet slutar snart" in manager.get("/accounts/me").text
        assert "Säg till din chef" in as_(people.adviser).get("/rights/own").text
        page = manager.get(f"/rights/{right.uuid}").text
        assert "ingen har begärt den på nytt" in page
        begun = manager.get(f"/rights/new?renew={right.uuid}").text
        assert 'value="14.11.2026"' in begun, "from the day after its last"
        assert 'value="13.11.2027"' in begun
        assert WORDS in begun
        assert re.search(rf'<option selected value="{people.adviser.uuid.hex}"', begun)
        assert begun.count("checked") == 2, "role and queue"
        asked = form(people, first_on="14.11.2026", last_on="13.11.2027")
        assert manager.submit("/rights/new", asked).status_code == 303
        assert "slutar snart" not in manager.get("/accounts/me").text
        assert "ingen har begärt" not in manager.get(f"/rights/{right.uuid}").text
    assert "value=" in as_(people.second_manager).get(f"/rights/new?renew={right.uuid}").text, "a stranger's is empty"
    assert WORDS not in as_(people.second_manager).get(f"/rights/new?renew={right.uuid}").text


def test_an_emergency_is_given_on_its_own_page(people, as_):
    manager = as_(people.manager)
    page = manager.get("/rights/emergency").text
    assert "Karin Testström" in page
    assert "Maria Chefberg (maria)" not in page, "not to oneself"
    assert "Äldreomsorg" not in page, "only one's own queues"
    assert 'value="controller"' not in page
    given_ = {name: value for name, value in form(people, hours="8").items() if not name.endswith("_on")}
    for name, typed in (("hours", "25"), ("hours", "åtta"), ("reason", "bråttom"), ("queues", "")):
        answer = manager.submit("/rights/emergency", {**given_, name: typed})
        assert (answer.status_code, f'id="{name}-error"' in answer.text) == (422, True), (name, typed)
    assert manager.submit("/rights/emergency", given_).status_code == 303
    assert acts() == ["emergency_given"]
    assert "nödläge" in as_(people.adviser).get("/rights/own").text


def test_reading_somebodys_right_is_in_the_log_and_ones_own_is_not(people, as_):
    path = f"/rights/{granted(people).uuid}"
    for reader in (people.adviser, people.dpo):
        as_(reader).get(path)
    rows = Entry.select().where(Entry.act == "rights:viewed")
    assert [row.by for row in rows] == [people.dpo.uuid]
    assert as_(people.clerk).get(path).status_code == 404
    assert as_(people.clerk).get("/rights/").status_code == 303


def test_whoever_has_no_right_left_is_told_so_and_reaches_nothing_else(people, as_):
    nobody = person("petra", "Petra Nyanställd")
    client = as_(nobody)
    assert "Du har inga användarrättigheter nu" in client.get("/").text
    assert "Du har inga användarrättigheter nu" in client.get("/rights/own").text
    assert client.get("/rights/principles").status_code == 200
    statuses = {path: client.get(path).status_code for path in ("/recordings/", "/cases/", "/audit/", "/incidents/")}
    assert set(statuses.values()) == {403}


def test_every_act_says_its_words_in_the_log(people, as_):
    right = granted(people)
    given(people)
    as_(people.decider).submit(f"/rights/{right.uuid}/end", {"reason": WORDS})
    log = as_(people.dpo).get("/audit/?act=rights").text
    for said in (
        "Begärde en användarrättighet",
        "Beviljade en användarrättighet",
        "NÖDLÄGE: gav en användarrättighet genast",
        "Användarrättigheten upphörde",
        "Begärd av: Maria Chefberg",
        "Person: Karin Testström",
        "Tekniska servicen",
        "14.9.2026",
    ):
        assert said in " ".join(re.sub(r"<[^>]+>", " ", log).split()).replace(" :", ":"), said
    assert Role.ADVISER not in re.sub(r"<[^>]+>", " ", log).split()
