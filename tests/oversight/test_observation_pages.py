"""The pages of observations: who sees which, what stands beside the field, and each kind of pattern in sentences."""

import datetime as dt
import html
import json
import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.oversight import observations
from portal.oversight.models import Observation, Pattern, State
from tests.oversight.test_observations import NOW, WORDS, listen, own_call

FACTS = {
    Pattern.MANY: {"all": 44, "bare": 41, "usual": 6, "known": True, "others": 5},
    Pattern.SAME_NUMBER: {"listens": 7, "days": 3, "queues": 2},
    Pattern.OWN_NUMBER: {"listens": 1, "case": 1, "took": 0},
    Pattern.COLLEAGUE: {"listens": 2, "noted": 1, "met": 1},
    Pattern.HOURS: {"listens": 3, "night": 2, "weekend": 1, "opens": 7, "closes": 18, "earlier": 0},
    Pattern.QUEUE: {"listens": 4, "queue": 1, "earlier": 0, "of": 60},
    Pattern.ONE: {},
}
SAID = {
    Pattern.MANY: ("hörde 41 samtal den 14.9.2026", "På en vanlig dag är de 6.", "oftast omkring 5"),
    Pattern.SAME_NUMBER: ("lyssnade 7 gånger på samtal från ett och samma nummer", "3 olika dagar"),
    Pattern.OWN_NUMBER: ("lyssnade 1 gång på samtal från ett nummer som är personens eget", "sin egen begäran"),
    Pattern.COLLEAGUE: ("lyssnade 2 gånger på samtal från ett nummer som är en kollegas", "Om 1 av dem antecknade"),
    Pattern.HOURS: ("3 samtal utanför arbetstid", "2 på natten, 1 på en ledig dag", "vardagar 7.00–18.00"),
    Pattern.QUEUE: ("4 samtal till Småbarnspedagogik", "Av personens 60 lyssningar"),
    Pattern.ONE: ("lyssnade på ett samtal 14.9.2026", "ett dataskyddsombud har valt lyssningen"),
}


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


def seen(people, pattern: Pattern = Pattern.OWN_NUMBER, **more) -> Observation:
    at = NOW - dt.timedelta(days=1)
    listen(people.adviser, own_call(people, people.adviser), at)
    entry = Entry.select().order_by(Entry.id.desc()).first().id
    facts = json.dumps(FACTS[pattern])
    row = {"key": pattern, "first_at": at, "last_at": at, "listens": 1, "facts": facts, "entries": f"[{entry}]"}
    return Observation.create(pattern=pattern, person=people.adviser, **{**row, **more})


def text(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", answer.get_data(as_text=True))))


def url(made: Observation, what: str = "") -> str:
    return f"/oversight/observations/{made.uuid}{what}"


@pytest.mark.parametrize("pattern", list(Pattern))
def test_each_pattern_is_told_with_the_figures_of_the_person(people, as_, pattern):
    made = seen(people, pattern)
    page = text(as_(people.dpo).get(url(made)))
    for sentence in ("Karin Testström", *SAID[pattern], "en fråga, ingen bedömning"):
        assert sentence in page
    assert "Karin Testström" in text(as_(people.dpo).get("/oversight/observations"))


def test_each_sees_what_is_theirs_and_a_stranger_what_is_not_there(people, as_):
    made = seen(people)
    absent = "/oversight/observations/00000000-0000-4000-8000-000000000000"
    for one in (people.adviser, people.manager, people.decider, people.admin):
        client = as_(one)
        gone = client.get(url(made))
        assert (gone.status_code, text(gone)) == (404, text(client.get(absent)))
        assert client.submit(url(made, "/answer"), {"answer": WORDS}).status_code == 404
    for one, status in ((people.dpo, 200), (people.decider, 200), (people.manager, 403), (people.adviser, 403)):
        assert as_(one).get("/oversight/observations").status_code == status
    for what in ("/question", "/closing", "/reopening"):
        assert as_(people.adviser).submit(url(made, what)).status_code == 403
        assert as_(people.decider).submit(url(made, what)).status_code == 404
    assert "Inga iakttagelser" in text(as_(people.decider).get("/oversight/observations"))
    assert "Inga frågor" in text(as_(people.adviser).get("/oversight/questions"))
    viewed = Entry.select().where(Entry.act == Act.OBSERVATION_VIEWED)
    assert viewed.count() == 0, "who is shown nothing has seen nothing"
    as_(people.dpo).get(url(made))
    assert [(row.by, row.subject) for row in viewed] == [(people.dpo.uuid, made.uuid)]
    assert Entry.select().where(Entry.act == Act.OBSERVATIONS_LISTED).count() == 3


def test_the_question_the_answer_and_the_closing_go_from_page_to_page(people, as_):
    made = seen(people)
    officer, adviser = as_(people.dpo), as_(people.adviser)
    sent = {"of": people.adviser.uuid, "question": "kort", "answer_by": "29.9.2026", "version": made.version}
    refused = officer.submit(url(made, "/question"), sent)
    assert (refused.status_code, "minst 10 tecken" in text(refused)) == (422, True)
    done = officer.submit(url(made, "/question"), sent | {"question": WORDS})
    assert (done.status_code, done.location) == (303, url(made))
    again = officer.submit(url(made, "/question"), sent | {"question": WORDS})
    assert again.status_code == 409, "sent from a page that was older"
    banner = text(adviser.get("/accounts/me"))
    assert "Du har fått 1 fråga om samtal som har hörts." in banner
    page = adviser.get(url(made))
    assert WORDS in text(page)
    assert "Tidslinje" not in text(page), "what others do about it is not the person's"
    assert b"/closing" not in page.data
    version = observations.get(made.uuid, by=people.dpo).version
    early = officer.submit(url(made, "/closing"), {"outcome": "reminded", "words": WORDS, "version": version})
    assert (early.status_code, "har inte fått svara än" in text(early)) == (422, True)
    done = adviser.submit(url(made, "/answer"), {"answer": "Föräldern ringde tillbaka.", "version": version})
    assert done.status_code == 303
    assert adviser.submit(url(made, "/answer"), {"answer": WORDS, "version": version}).status_code == 409
    assert "Du har fått" not in text(adviser.get("/accounts/me"))
    page = text(officer.get(url(made)))
    assert "Föräldern ringde tillbaka." in page
    version += 1
    done = officer.submit(url(made, "/closing"), {"outcome": "explained", "words": WORDS, "version": version})
    assert done.status_code == 303
    assert "Det hör till arbetet" in text(adviser.get(url(made)))
    assert "Inga iakttagelser" in text(officer.get("/oversight/observations"))
    assert "Det hör till arbetet" in text(officer.get("/oversight/observations?state=all&pattern=own_number"))
    assert officer.submit(url(made, "/reopening"), {"why": ""}).status_code == 422
    assert officer.submit(url(made, "/reopening"), {"why": WORDS}).status_code == 303
    assert Observation.get().state == State.ANSWERED


def test_a_personal_code_a_wrong_day_and_no_choice_stand_beside_their_fields(people, as_):
    made = seen(people)
    officer = as_(people.dpo)
    for wrong, said in (
        ({"question": WORDS + " 131052-308T"}, "personbeteckning"),
        ({"answer_by": "31.2.2027"}, "Den dagen finns inte i kalendern. Kontrollera dagen och månaden."),
        ({"answer_by": "1.1.2026"}, "högst 60 dagar framåt"),
        ({"answer_by": ""}, "Skriv dagen."),
        ({"of": "x"}, "Välj vem som får frågan."),
    ):
        sent = {"of": people.adviser.uuid, "question": WORDS, "answer_by": "29.9.2026", **wrong}
        answer = officer.submit(url(made, "/question"), sent)
        assert (answer.status_code, said in text(answer)) == (422, True), said
    for outcome, incident, said in (
        ("", "", "Välj vad det ledde till."),
        ("incident", made.uuid, "Välj en öppen incident"),
    ):
        answer = officer.submit(url(made, "/closing"), {"outcome": outcome, "incident": incident, "words": WORDS})
        assert (answer.status_code, said in text(answer)) == (422, True), said
    assert Observation.get().state == State.OPEN


def test_the_list_turns_its_pages_and_the_log_is_a_link_for_the_officer_alone(people, as_, monkeypatch):
    monkeypatch.setattr(observations, "PAGE", 2)
    rows = [seen(people, key=f"key-{n}") for n in range(3)]
    officer = as_(people.dpo)
    first = officer.get("/oversight/observations?person=" + str(people.adviser.uuid)).get_data(as_text=True)
    assert [str(row.uuid) in first for row in rows] == [False, True, True]
    older = re.search(r'rel="next" href="([^"]+)"', first)[1]
    second = officer.get(html.unescape(older)).get_data(as_text=True)
    assert [str(row.uuid) in second for row in rows] == [True, False, False]
    assert "/audit/?before=" in officer.get(url(rows[0])).get_data(as_text=True)
    observations.ask(rows[0], of=people.adviser.uuid, question=WORDS, answer_by=clock.today(), by=people.dpo)
    assert "/audit/" not in as_(people.adviser).get(url(rows[0])).get_data(as_text=True)
