"""The record of processing activities: what article 30 asks for, from what the portal is and does now."""

import csv
import dataclasses
import io
import json

import pytest

from portal import clock, config
from portal.audit.models import Entry
from portal.documents import composing
from portal.documents.kinds import Kind
from portal.documents.models import Document, State
from portal.documents.order import Order
from portal.errors import Denied, NotFound
from portal.language import LANGUAGES
from portal.register import letters, processing
from tests.accounts.door import last, words
from tests.cases import made
from tests.register import described

PAGE = "/register/processing-record"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


def text(letter: str, language: str = "sv") -> str:
    (section,) = (one for one in processing.of(language).sections if one.letter == letter)
    return "\n".join(f"{row.label}: {' '.join(row.lines)}" for row in [*section.rows, *section.described])


def test_it_has_every_point_of_the_article_in_both_languages(people):
    for language in LANGUAGES:
        found = processing.of(language)
        assert [section.letter for section in found.sections] == list("abcdefg")
        assert all(section.rows and all(row.lines for row in section.rows) for section in found.sections)
        assert found.description_version is None
        assert not any(section.described for section in found.sections)
    assert "Stadshusgatan 9" in text("a")
    assert "Raatihuoneenkatu 9" in text("a", "fi")
    assert "tietosuojavastaava@porvoo.fi" in text("a")
    assert "Varje inloggning kräver lösenord och en engångskod" in text("g")


def test_it_follows_the_settings_the_rights_and_the_register(people, settings):
    rights = "Rättigheter i kraft nu: 8, i 6 roller."
    assert rights in text("g")
    assert "Varje kvartal bekräftas de eller avslutas; det som ingen bekräftar upphör efter 30 dagar." in text("g")
    assert "Handlingarna i en begäran: 2 år efter att den avslutades" in text("f")
    assert "granskas minst var 6:e månad" in text("f")
    other = {"case_file_years": 4, "hold_review_months": 2, "review_grace_days": 45}
    config.use(dataclasses.replace(settings, **other, incident_years=9, oversight_years=7, consent_file_years=8))
    assert "upphör efter 45 dagar" in text("g")
    assert "Handlingarna i en begäran: 4 år efter att den avslutades" in text("f")
    assert "granskas minst var 2:a månad" in text("f")
    assert "Personuppgiftsincidenter: 9 år" in text("f")
    assert "Iakttagelser av ovanlig användning: 7 år" in text("f")
    assert "Vem som har samtyckt: 8 år" in text("f")
    _ = people.delegate
    assert "Rättigheter i kraft nu: 9, i 6 roller." in text("g")
    assert "Inget samtal har lämnats ut." in text("d")


def test_it_says_what_the_description_in_force_says(people):
    described.published(people, {"storage": {"sv": "Samtalen raderas efter 6 månader.", "fi": "Kuusi kuukautta."}})
    found = processing.of("sv")
    assert (found.description_version, found.description_from) == (1, clock.today().isoformat())
    assert "Lagringstid: Samtalen raderas efter 6 månader." in text("f")
    assert "Kuusi kuukautta." in text("f", "fi")
    assert found.contradictions > 0
    named = [row.label for section in found.sections for row in section.described]
    assert len(named) == len(set(named)) == sum(len(points) for _, points in processing.SECTIONS.values())


def test_a_paper_says_what_was_so_when_it_was_ordered(people, settings):
    paper = processing.order("sv", by=people.dpo)
    assert (paper.kind, paper.state, paper.owner_key) == (Kind.PROCESSING_RECORD, State.ORDERED, "processing-record")
    entry = last("register:processing_record_made")
    assert (entry.by, entry.subject, json.loads(entry.detail)) == (
        people.dpo.uuid,
        paper.uuid,
        {"language": "sv", "version": None},
    )
    assert Entry.select().where(Entry.act == "documents:ordered", Entry.subject == paper.uuid).exists()
    before = composing.compose(paper)
    assert before.facts == processing.of("sv").plain()
    config.use(dataclasses.replace(settings, case_file_years=4))
    assert isinstance(before, Order)
    assert composing.compose(paper).digest() == before.digest(), "set later, it is the same paper"
    with pytest.raises(letters.AlreadyOrdered):
        processing.order("sv", by=people.decider)
    assert processing.order("fi", by=people.decider).language == "fi"
    Document.update(state=State.LOCKED).execute()
    assert processing.order("sv", by=people.decider).uuid != paper.uuid
    with pytest.raises(NotFound):
        processing.order("en", by=people.decider)
    for who in (people.manager, people.admin, people.clerk, people.adviser):
        with pytest.raises(Denied):
            processing.order("sv", by=who)
        with pytest.raises(Denied):
            processing.export("sv", by=who)


def test_the_page_the_file_and_the_papers_are_for_those_who_answer_for_the_record(as_, people):
    described.published(people)
    client = as_(people.dpo)
    page = words(client.get(PAGE))
    assert "a) Den personuppgiftsansvariga och dataskyddsombudet" in page
    assert "Enligt dataskyddsbeskrivningen, version 1" in page
    answer = client.get(f"{PAGE}.csv")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0] == ["Punkt", "Artikel", "Rubrik", "Uppgift", "Innehåll", "Källa"]
    assert {row[0] for row in rows[1:]} == set("abcdefg")
    assert {row[5] for row in rows[1:]} == {"portalen", "dataskyddsbeskrivningen, version 1"}
    detail = json.loads(last("register:processing_record_made").detail)
    assert detail == {"language": "sv", "version": 1, "exported": True}
    assert client.submit(f"{PAGE}/papers", {"language": "sv"}).location == PAGE
    assert client.submit(f"{PAGE}/papers", {"language": "sv"}).status_code == 409
    assert client.submit(f"{PAGE}/papers", {"language": "en"}).status_code == 422
    paper = Document.get(Document.kind == Kind.PROCESSING_RECORD)
    assert "Görs i ordning" in words(client.get(PAGE))
    assert client.get(f"{PAGE}/papers/{paper.uuid}/pdf").status_code == 404, "it is not there yet"
    Document.update(state=State.FAILED, failure="MissingGlyph").where(Document.id == paper.id).execute()
    assert client.submit(f"{PAGE}/papers/{paper.uuid}/retry").location == PAGE
    assert Document.get_by_id(paper.id).state == State.ORDERED
    for who in (people.manager, people.admin, people.clerk, people.adviser):
        other = as_(who)
        for path in (PAGE, f"{PAGE}.csv", f"{PAGE}/papers/{paper.uuid}/pdf"):
            assert other.get(path).status_code == 403
        assert other.submit(f"{PAGE}/papers", {"language": "sv"}).status_code == 403
    assert client.get(f"{PAGE}/papers/{people.dpo.uuid}/pdf").status_code == 404
