"""What people see of documents: lists, the page of one in each state, ordering, fetching, the stationery."""

import dataclasses
import datetime as dt
import json
import re

import pytest

from portal import clock, config
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import Question
from portal.documents import actions, setting
from portal.documents.models import Document, State
from portal.documents.press import Unset
from tests.bodies import bare
from tests.documents import made

READERS = ("decider", "dpo", "admin")
OTHERS = ("adviser", "manager", "clerk", "outsider")
PROTOCOL = f"/retention/protocols/{made.DAY}"


@pytest.fixture(autouse=True)
def on_the_day(settings, monkeypatch):
    made.press(monkeypatch)
    with clock.frozen(made.NOW):
        yield


@pytest.fixture(autouse=True)
def told_to_look(monkeypatch):
    """How often the worker was told to look."""
    from tasks import documents as tasks

    told = []
    monkeypatch.setattr(tasks, "make_due", lambda: told.append(1))
    return told


def page(document) -> str:
    return f"/documents/{document.uuid}"


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def swedish(account):
    account.language = "sv"
    account.save()
    return account


def count(act: Act) -> int:
    return Entry.select().where(Entry.act == act).count()


@pytest.mark.parametrize("reader", READERS)
def test_those_who_read_protocols_have_a_list_of_documents(people, as_, reader):
    client = as_(getattr(people, reader))
    assert client.get("/documents/").status_code == 200
    assert b'href="/documents/"' in client.get("/retention/").data


@pytest.mark.parametrize("other", OTHERS)
def test_others_have_none(people, as_, other):
    document = actions.order_day(made.DAY, language="sv", by=people.dpo)
    client = as_(getattr(people, other))
    for path in ("/documents/", "/documents/stationery", page(document), page(document) + "/pdf"):
        assert client.get(path).status_code == 403, path
    for path in (f"/documents/days/{made.DAY}", "/documents/months/2026-10", "/documents/extracts"):
        assert client.submit(path, {"language": "sv"}).status_code == 403, path


def test_the_list_of_nothing_says_where_documents_come_from(people, as_):
    assert "Inga dokument" in text(as_(people.dpo).get("/documents/"))


def test_a_list_longer_than_a_page_goes_on(people, as_):
    for n in range(60):
        actions.order_day(made.DAY - dt.timedelta(days=n), language="sv", by=people.dpo)
    first = as_(people.dpo).get("/documents/").get_data(as_text=True)
    assert first.count("/documents/") >= 50
    older = re.search(r'href="(/documents/\?before=\d+)"', first)[1]
    rest = as_(people.dpo).get(older).get_data(as_text=True)
    assert len(re.findall(r'href="/documents/[0-9a-f-]{36}"', rest)) == 10
    assert as_(people.dpo).get("/documents/?before=x").status_code == 200


def test_a_days_protocol_is_ordered_on_its_page_and_stands_in_its_list(people, as_, told_to_look):
    made.october(people)
    client = as_(swedish(people.admin))
    assert "Gör PDF på finska" in text(client.get(PROTOCOL))
    answer = client.submit(f"/documents/days/{made.DAY}", {"language": "fi"})
    document = Document.get()
    assert (answer.status_code, answer.location) == (303, page(document))
    assert told_to_look == [1]
    assert page(document) in client.get(PROTOCOL).get_data(as_text=True)
    assert "Gör PDF på finska" not in text(client.get(PROTOCOL)), "there is one of each language"
    assert "Gör PDF på svenska" in text(client.get(PROTOCOL))
    again = client.submit(f"/documents/days/{made.DAY}", {"language": "fi"})
    assert again.status_code == 409
    assert "finns redan" in text(again)


def test_the_page_of_today_has_nothing_to_order(people, as_):
    today = clock.today()
    client = as_(people.dpo)
    assert "Gör PDF på svenska" not in text(client.get(f"/retention/protocols/{today}"))
    assert client.submit(f"/documents/days/{today}", {"language": "sv"}).status_code == 422


def test_managers_read_protocols_and_are_offered_no_documents(people, as_):
    assert "Gör PDF på svenska" not in text(as_(people.manager).get(PROTOCOL))


def test_a_language_that_is_none_is_refused(people, as_):
    assert as_(people.dpo).submit(f"/documents/days/{made.DAY}", {"language": "en"}).status_code == 422
    assert Document.select().count() == 0


def test_the_queue_may_refuse_and_the_order_stands(people, as_, monkeypatch):
    from tasks import documents as tasks

    def refuse():
        raise OSError

    monkeypatch.setattr(tasks, "make_due", refuse)
    assert as_(people.dpo).submit(f"/documents/days/{made.DAY}", {"language": "sv"}).status_code == 303
    assert Document.get().state == State.ORDERED


@pytest.mark.parametrize("reader", ["manager", "decider", "dpo", "admin"])
def test_the_month_page_adds_the_days_up(people, as_, reader):
    made.october(people)
    said = text(as_(swedish(getattr(people, reader))).get("/retention/months/2026-10"))
    assert "Gallringsprotokoll 10/2026" in said
    assert "Raderade 4" in said
    assert "14.10.2026 3 1" in said
    assert ("Gör PDF på svenska" in said) == (reader == "decider")


def test_reading_a_month_is_logged(people, as_):
    as_(people.dpo).get("/retention/months/2026-10")
    (entry,) = Entry.select().where(Entry.act == Act.PROTOCOL_VIEWED)
    assert (entry.by, entry.told) == (people.dpo.uuid, {"month": "2026-10"})


@pytest.mark.parametrize("path", ["2026-13", "2026-00", "2026-1", "1999-01", "x"])
def test_a_month_that_is_none_is_not_there(people, as_, path):
    assert as_(people.dpo).get(f"/retention/months/{path}").status_code == 404


@pytest.mark.parametrize("path", ["2026-10", "2026-11", "2026-12", "2020-02"])
def test_every_month_has_a_page(people, as_, path):
    assert as_(people.dpo).get(f"/retention/months/{path}").status_code == 200


def test_what_waits_stands_on_the_responsible_persons_pages(people, as_):
    actions.draft_month(made.MONTH, language="sv", by=None)
    for path in ("/retention/", "/documents/"):
        assert "väntar på att du granskar" in text(as_(people.decider).get(path))
        assert "väntar på att du granskar" not in text(as_(people.dpo).get(path))


def test_the_responsible_person_adds_a_remark_and_locks(people, as_, told_to_look):
    document = actions.draft_month(made.MONTH, language="sv", by=None)
    client = as_(people.decider)
    said = client.get(page(document)).get_data(as_text=True)
    assert 'name="remark"' in said
    assert f'src="{page(document)}/preview' in said
    form = {"remark": "Granskat.", "version": document.version, "act": "lock"}
    assert client.submit(page(document), form).status_code == 303
    assert made.fresh(document).state == State.ORDERED
    assert json.loads(made.fresh(document).content) == {"remark": "Granskat."}
    assert told_to_look == [1]
    assert client.submit(page(document), form).status_code == 409


def test_others_may_read_the_months_draft_and_not_write_it(people, as_):
    document = actions.draft_month(made.MONTH, language="sv", by=None)
    client = as_(people.dpo)
    said = client.get(page(document)).get_data(as_text=True)
    assert 'name="remark"' not in said
    assert "iframe" in said
    for path in ("", "/dropping", "/retry", "/correction", "/reopening"):
        assert client.submit(page(document) + path, {"remark": "", "version": document.version}).status_code == 403
    assert made.fresh(document).state == State.DRAFT


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(people, as_):
    document = made.specimen(people)
    wrong = {"recipient": "A\n" * 7, "subject": "", "request_on": "32.1.2026", "paragraphs": "Kvar", "version": "x"}
    answer = as_(people.decider).submit(page(document), wrong)
    assert answer.status_code == 422
    said = text(answer)
    for words in ("Högst 6 rader ryms", "Skriv ett ämne", "Den dagen finns inte", "Kvar"):
        assert words in said
    assert json.loads(made.fresh(document).content) == made.SPECIMEN


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\ue000", "\x85"])
def test_a_sign_that_cannot_be_printed_is_refused(people, as_, bad):
    document = made.specimen(people)
    form = {"recipient": "A", "subject": f"Ett{bad}ämne", "version": document.version}
    assert as_(people.decider).submit(page(document), form).status_code == 422


def test_a_sign_that_no_typeface_has_is_named_before_anything_is_locked(people, as_):
    document = made.specimen(people)
    form = {"recipient": "Šarkić", "subject": "Ett 漢 ämne", "version": document.version, "act": "lock"}
    answer = as_(people.decider).submit(page(document), form)
    assert answer.status_code == 422
    assert "typsnitt har inte: 漢" in text(answer)
    assert made.fresh(document).state == State.DRAFT


def test_saving_keeps_what_was_typed(people, as_):
    document = made.specimen(people)
    form = {
        "recipient": "Berit  Test\n\n Gatan 1 ",
        "subject": "Ett ämne",
        "case": "",
        "request_on": "1.10.2026",
        "received_on": "",
        "paragraphs": "Ett.\r\n\r\nTvå\r\nrader.",
        "version": document.version,
    }
    client = as_(people.decider)
    assert client.submit(page(document), form).status_code == 303
    assert json.loads(made.fresh(document).content) == {
        "recipient": ["Berit Test", "Gatan 1"],
        "subject": "Ett ämne",
        "case": "",
        "request_on": "2026-10-01",
        "received_on": None,
        "paragraphs": ["Ett.", "Två rader."],
    }
    said = client.get(page(document)).get_data(as_text=True)
    assert "Berit Test\nGatan 1" in said
    assert 'value="1.10.2026"' in said


def test_a_form_made_from_an_older_draft_is_a_conflict(people, as_):
    document = made.specimen(people)
    form = {"recipient": "A", "subject": "B", "version": document.version}
    assert as_(people.decider).submit(page(document), form).status_code == 303
    answer = as_(people.admin).submit(page(document), {**form, "subject": "C"})
    assert answer.status_code == 409


def test_the_page_waits_for_the_worker_and_then_shows_the_document(people, as_):
    document = actions.order_day(made.DAY, language="sv", by=people.dpo)
    client = as_(people.dpo)
    assert "görs i ordning" in text(client.get(page(document)))
    assert client.get(page(document) + "/state").status_code == 204
    assert client.get(page(document) + "/pdf").status_code == 404
    setting.make_due()
    shown = client.get(page(document) + "/state")
    assert shown.status_code == 200
    assert "Dokumentet är låst" in text(shown)
    assert made.fresh(document).sha256 in text(shown)
    assert "Inte förseglat" in text(shown)


@pytest.mark.parametrize(("query", "shown"), [("", "inline"), ("?save=1", "attachment")])
def test_a_locked_document_is_fetched_and_that_is_logged(people, as_, query, shown):
    document = actions.order_day(made.DAY, language="fi", by=people.dpo)
    setting.make_due()
    answer = as_(people.admin).get(page(document) + "/pdf" + query)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == f'{shown}; filename="havittamispoytakirja-2026-10-14.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    (entry,) = Entry.select().where(Entry.act == Act.DOCUMENT_FETCHED)
    assert (entry.by, entry.subject) == (people.admin.uuid, document.uuid)


def test_opening_a_documents_page_is_logged(people, as_):
    document = made.specimen(people)
    as_(people.admin).get(page(document))
    (entry,) = Entry.select().where(Entry.act == Act.DOCUMENT_VIEWED)
    assert (entry.by, entry.subject) == (people.admin.uuid, document.uuid)


@pytest.mark.parametrize("path", ["", "/pdf", "/preview", "/state", "/dropping"])
def test_an_extract_is_as_if_absent_for_those_who_may_not_read_the_log(people, as_, path):
    document = actions.draft_extract(Question(), language="sv", by=people.dpo)
    client = as_(people.decider)
    absent = client.get("/documents/00000000-0000-4000-8000-000000000000" + path)
    hidden = client.get(page(document) + path)
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert bare(hidden).replace(str(document.uuid), "") == bare(absent)


def test_one_that_failed_says_why_and_has_a_button(people, as_, monkeypatch, told_to_look):
    class Refusing(made.FakePress):
        def set(self, order):
            raise Unset("MissingGlyph")

    made.press(monkeypatch, Refusing)
    document = made.ordered(people)
    for n in range(setting.ATTEMPTS):
        with clock.frozen(made.NOW + setting.PAUSE * n):
            setting.make_due()
    client = as_(people.decider)
    said = text(client.get(page(document)))
    for words in (
        "Dokumentet blev inte gjort",
        "tecken som inte finns i brevets typsnitt",
        "MissingGlyph",
        "Försök igen",
    ):
        assert words in said
    assert "1 dokument kunde inte göras" in text(client.get("/retention/"))
    assert client.submit(page(document) + "/retry").status_code == 303
    assert told_to_look == [1]
    assert made.fresh(document).state == State.ORDERED
    assert client.submit(page(document) + "/retry").status_code == 409


def test_giving_up_asks_first(people, as_):
    document = made.specimen(people)
    client = as_(swedish(people.admin))
    assert "Det kan inte tas tillbaka" in text(client.get(page(document) + "/dropping"))
    assert made.fresh(document).state == State.DRAFT
    assert client.submit(page(document) + "/dropping").status_code == 303
    assert made.fresh(document).state == State.DROPPED
    assert "Dokumentet är kastat" in text(client.get(page(document)))
    assert str(document.uuid) not in client.get("/documents/").get_data(as_text=True)
    assert client.submit(page(document) + "/dropping").status_code == 409
    assert "kan inte kastas" in text(client.get(page(document) + "/dropping"))


def test_a_correction_starts_at_the_locked_document_and_each_names_the_other(people, as_):
    document = made.ordered(people)
    setting.make_due()
    client = as_(people.decider)
    assert client.submit(page(document) + "/correction").status_code == 303
    draft = Document.get(Document.corrects == document)
    assert page(document) in client.get(page(draft)).get_data(as_text=True)
    assert "Dokumentet har rättats" in text(client.get(page(document)))
    assert client.submit(page(document) + "/correction").status_code == 409


def test_an_extract_is_drafted_from_the_log_as_it_was_asked(people, as_):
    actions.order_day(made.DAY, language="fi", by=people.dpo)
    client = as_(people.dpo)
    said = client.get("/audit/?act=documents&from=1.10.2026").get_data(as_text=True)
    asked = re.search(r'name="asked" value="([^"]+)"', said)[1].replace("&#34;", '"')
    assert json.loads(asked) == {"act": "documents", "first": "2026-10-01"}
    answer = client.submit("/documents/extracts", {"asked": asked, "language": "sv"})
    document = Document.get(Document.kind == "log-extract")
    assert (answer.status_code, answer.location) == (303, page(document))
    assert json.loads(document.content)["asked"] == json.loads(asked)


@pytest.mark.parametrize(
    "asked", ["", "x", "[]", "5", '{"act":[]}', '{"queue":"x"}', '{"person":"x"}', '{"first":"x"}']
)
def test_what_is_no_question_to_the_log_is_refused(people, as_, asked):
    assert as_(people.dpo).submit("/documents/extracts", {"asked": asked, "language": "sv"}).status_code == 422
    assert Document.select().count() == 0


def test_the_stationery_is_shown_in_both_languages_and_a_specimen_made(people, as_):
    client = as_(people.decider)
    said = text(client.get("/documents/stationery"))
    for words in ("Borgå stad", "Porvoon kaupunki", "tietosuoja@om.fi", "Inget certifikat är i bruk"):
        assert words in said
    answer = client.submit("/documents/specimens", {"language": "fi"})
    document = Document.get()
    assert (answer.status_code, answer.location) == (303, page(document))
    assert document.language == "fi"
    assert client.get(answer.location).status_code == 200
    assert as_(people.dpo).get("/documents/stationery").status_code == 403


def test_stationery_and_certificate_that_cannot_be_used_are_said(people, as_, settings):
    settings.stationery.write_text("[")
    config.use(dataclasses.replace(settings, seal_certificate=settings.data / "none.p12"))
    said = text(as_(people.decider).get("/documents/stationery"))
    assert "kan inte användas, och inga brev" in said
    assert "SealMissing" in said or "SealUnreadable" in said


def test_no_address_of_a_document_holds_a_persons_words(people, as_):
    document = made.specimen(people)
    form = {"recipient": "Berit Test", "subject": "Berit", "version": document.version}
    answer = as_(people.decider).submit(page(document), form)
    assert "Berit" not in answer.location
