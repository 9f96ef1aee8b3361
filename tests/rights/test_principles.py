"""The principles are versions in two languages, written by the director, read by everybody."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.errors import Denied
from portal.rights import principles, words
from portal.rights.models import Principles
from tests.rights.asked import DAY, NOW, acts


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def make(people, seen=0, *, by=None, **more):
    texts = {"text_sv": words.PRINCIPLES_SV, "text_fi": words.PRINCIPLES_FI, "valid_from": clock.today(), **more}
    return principles.make(**texts, seen=seen, by=by or people.decider)


def test_a_version_is_in_force_from_its_day_on_and_the_one_before_stays(people):
    assert principles.in_force(clock.today()) is None
    first = make(people)
    second = make(people, 1, valid_from=clock.today() + 10 * DAY, text_sv="Rätten " * 30)
    assert principles.in_force(clock.today() + 9 * DAY) == first
    assert principles.in_force(clock.today() + 10 * DAY) == second
    assert [row.version for row in principles.every()] == [2, 1]
    assert acts() == ["principles_made"] * 2
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert entry.told == {"version": 2, "valid_from": "2026-09-24"}


def test_it_is_written_in_both_languages_by_who_may_after_reading_the_last_and_not_backwards(people):
    for by in (people.manager, people.dpo, people.admin, people.adviser):
        with pytest.raises(Denied):
            make(people, by=by)
    for error, seen, more in (
        (principles.TextNeeded, 0, {"text_fi": "liian lyhyt"}),
        (principles.ValidBefore, 0, {"valid_from": dt.date(2026, 9, 13)}),
        (principles.ValidFar, 0, {"valid_from": dt.date(2027, 9, 15)}),
        (principles.PrinciplesTaken, 1, {}),
    ):
        with pytest.raises(error):
            make(people, seen, **more)
    make(people, valid_from=clock.today() + 5 * DAY)
    with pytest.raises(principles.ValidBefore):
        make(people, 1)
    with pytest.raises(principles.PrinciplesTaken):
        make(people, 0)
    assert Principles.select().count() == 1


def test_everybody_reads_them_in_their_language_and_the_director_writes_them(people, as_):
    assert "Inga principer gäller än" in as_(people.adviser).get("/rights/principles").text
    director = as_(people.decider)
    page = director.get("/rights/principles/new").text
    assert "Nyfikenhet är aldrig" in page, "a text to begin with"
    form = {"seen": 0, "text_sv": "Rätten " * 30, "text_fi": "Oikeus " * 30, "valid_from": "14.9.2026"}
    assert director.submit("/rights/principles/new", {**form, "valid_from": "1.9.2026"}).status_code == 422
    assert director.submit("/rights/principles/new", {**form, "text_fi": ""}).status_code == 422
    assert director.submit("/rights/principles/new", form).status_code == 303
    assert director.submit("/rights/principles/new", form).status_code == 409
    assert as_(people.manager).submit("/rights/principles/new", form).status_code == 403
    for reader, said in ((people.adviser, "Rätten Rätten"), (people.outsider, "Oikeus Oikeus")):
        assert said in as_(reader).get("/rights/principles").text
