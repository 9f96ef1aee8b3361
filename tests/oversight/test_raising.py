"""An officer asks about a listen that no pattern found: taken up from the log it is an observation, once."""

import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import Denied, NotFound
from portal.oversight import observations, raising
from portal.oversight.models import Observation, ObservationStep, Pattern, State, Step
from tests.calls import recording
from tests.oversight.heard import NOON, heard
from tests.oversight.test_observation_pages import text

ASK = "/oversight/listens/question"
WORDS = "Vad behövde du höra samtalet till?"


@pytest.fixture
def entry(people) -> Entry:
    return heard(recording(people.daycare), by=people.adviser)


def test_a_listen_that_is_taken_up_is_an_open_observation_and_an_entry_of_the_log(people, entry):
    made = raising.take_up(entry.id, by=people.dpo)
    assert (made.pattern, made.person, made.state, made.listens) == (Pattern.ONE, people.adviser, State.OPEN, 1)
    assert (made.first_at, made.last_at) == (NOON, NOON)
    assert [row.id for row in observations.entries(made)[0]] == [entry.id]
    assert [(step.what, step.by) for step in ObservationStep.select()] == [(Step.RAISED, people.dpo)]
    told = Entry.get(Entry.act == Act.OBSERVATION_RAISED)
    assert (told.subject, told.by) == (made.uuid, people.dpo.uuid)
    assert dict(told.told) == {"pattern": "one", "observed_person": people.adviser.uuid.hex, "listens": 1}


def test_a_listen_that_is_taken_up_twice_is_the_same_observation(people, entry):
    made = raising.take_up(entry.id, by=people.dpo)
    assert raising.take_up(entry.id, by=people.dpo) == made
    assert Observation.select().count() == Entry.select().where(Entry.act == Act.OBSERVATION_RAISED).count() == 1


def test_nobody_takes_up_what_they_heard_themselves(people):
    own = heard(recording(people.daycare), by=people.dpo)
    with pytest.raises(Denied):
        raising.take_up(own.id, by=people.dpo)
    assert not Observation.select().exists()


def test_only_a_listen_is_taken_up(people, entry):
    raising.take_up(entry.id, by=people.dpo)
    other = Entry.get(Entry.act == Act.OBSERVATION_RAISED)
    for number in (other.id, entry.id + 1_000, 0):
        with pytest.raises(NotFound):
            raising.take_up(number, by=people.dpo)


def test_whoever_oversees_nobody_takes_nothing_up(people, as_, entry):
    for one in (people.adviser, people.manager, people.clerk, people.decider, people.admin):
        assert as_(one).submit(ASK, {"number": entry.id}).status_code == 403
    with pytest.raises(Denied):
        raising.take_up(entry.id, by=people.decider)
    assert not Observation.select().exists()


def test_the_list_of_listens_offers_the_question_of_all_but_ones_own(people, as_, entry):
    own = heard(recording(people.daycare), by=people.dpo)
    client = as_(people.dpo)
    page = client.get("/oversight/listens?from=24.11.2026&to=24.11.2026").text
    assert re.findall(r'name="number" value="(\d+)"', page) == [str(entry.id)]
    assert str(own.id) in page
    sent = client.submit(ASK, {"number": entry.id})
    assert sent.status_code == 303
    shown = client.get(sent.location)
    assert "/question" in shown.text
    for sentence in ("Karin Testström lyssnade på ett samtal 24.11.2026", "Portalen har inte sett något ovanligt"):
        assert sentence in text(shown)


def test_the_person_is_asked_and_answers_as_of_any_observation(people, entry):
    made = raising.take_up(entry.id, by=people.dpo)
    asked = observations.ask(made, of=people.adviser.uuid, question=WORDS, answer_by=clock.today(), by=people.dpo)
    answered = observations.answer(asked, words=WORDS, by=people.adviser)
    assert answered.state == State.ANSWERED
    assert raising.take_up(entry.id, by=people.dpo) == answered, "asked about already"
