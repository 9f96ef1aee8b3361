"""A draft as PDF, as it is saved and as the form fills it: nothing stored, framed by our own page only."""

import datetime as dt
import threading

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents import actions, preview
from portal.documents.models import State
from portal.documents.order import Printed
from portal.documents.press import Unset
from portal.vault import keystore, objects
from tests.documents import made


class Remembering(made.FakePress):
    def __init__(self):
        self.orders = []

    def set(self, order):
        self.orders.append(order)
        return super().set(order)


@pytest.fixture
def press(monkeypatch):
    fake = Remembering()
    monkeypatch.setattr(preview, "_press", fake)
    return fake


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(made.NOW):
        yield


IN_A_FRAME = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


def address(document) -> str:
    return f"/documents/{document.uuid}/preview"


def form(document, **typed) -> dict:
    return {"recipient": "A", "subject": "B", "version": document.version, **typed}


def test_the_saved_draft_is_shown_as_a_draft(people, as_, press):
    document = made.specimen(people)
    answer = as_(people.decider).get(address(document))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    (order,) = press.orders
    assert order.draft
    assert order.dated == made.NOW
    assert order.facts["subject"] == made.SPECIMEN["subject"]


def test_what_is_typed_is_shown_and_not_saved(people, as_, press):
    document = made.specimen(people)
    answer = as_(people.decider).submit(address(document), form(document, subject="Just nu"))
    assert answer.status_code == 200
    assert press.orders[0].facts["subject"] == "Just nu"
    assert made.fresh(document).content == document.content
    assert not keystore.exists(document.uuid)
    assert not objects.path_of(document.uuid, "x").parent.exists()


def test_only_our_own_page_may_frame_it_and_only_that_page_frames(people, as_, press):
    document = made.specimen(people)
    client = as_(people.decider)
    shown = client.get(address(document)).headers
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in shown["Cache-Control"]
    page = client.get(f"/documents/{document.uuid}").headers
    assert "frame-src 'self' blob:" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    for other in ("/documents/", "/retention/", "/documents/stationery"):
        assert "frame-src" not in client.get(other).headers["Content-Security-Policy"]
    for header in ("Content-Security-Policy", "X-Frame-Options"):
        assert len(shown.getlist(header)) == len(page.getlist(header)) == 1


def test_a_form_that_is_wrong_sets_nothing(people, as_, press):
    document = made.specimen(people)
    assert as_(people.decider).submit(address(document), form(document, subject="")).status_code == 422
    assert press.orders == []


def test_a_preview_that_fails_says_why_inside_its_frame(people, as_, monkeypatch):
    class Refusing(made.FakePress):
        def set(self, order):
            raise Unset("MissingGlyph")

    monkeypatch.setattr(preview, "_press", Refusing())
    answer = as_(people.decider).get(address(made.specimen(people)))
    assert answer.status_code == 422
    assert "tecken som inte finns" in answer.get_data(as_text=True)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<nav" in answer.get_data(as_text=True), "a page of its own"
    inside = as_(people.decider).get(address(made.specimen(people)), headers=IN_A_FRAME)
    assert inside.status_code == 422
    assert "tecken som inte finns" in inside.get_data(as_text=True)
    for around in ("<nav", "<header", "<form", "<script", "<a "):
        assert around not in inside.get_data(as_text=True), "the page around the frame has it"
    assert "css/text.css" in inside.get_data(as_text=True)
    said = as_(people.decider).get(address(made.specimen(people)), headers={"Sec-Fetch-Dest": "empty"})
    assert (said.status_code, said.mimetype) == (422, "text/plain")
    assert "tecken som inte finns" in said.get_data(as_text=True)


def test_stationery_that_cannot_be_used_is_said_and_no_fault(people, as_, press, settings):
    settings.stationery.write_text("[")
    assert as_(people.decider).get(address(made.specimen(people))).status_code == 422


def test_what_is_no_draft_has_no_preview(people, as_, press):
    document = made.ordered(people)
    assert document.state == State.ORDERED
    assert as_(people.decider).get(address(document)).status_code == 409
    assert press.orders == []


def test_long_lists_are_cut_in_a_preview_and_whole_on_paper(people, as_, press):
    from portal.documents import composing

    for n in range(composing.PREVIEWED + 5):
        made.deleted(clock.day_start(made.DAY) + dt.timedelta(seconds=n), queue=people.daycare)
    document = actions.draft_month(made.MONTH, language="sv", by=None)
    as_(people.decider).get(address(document))
    shown = press.orders[0].facts
    assert shown["total"] == composing.PREVIEWED + 5
    assert sum(len(day["ids"]) for day in shown["annex"]) == composing.PREVIEWED
    whole = composing.compose(document).facts
    assert sum(len(day["ids"]) for day in whole["annex"]) == composing.PREVIEWED + 5


def test_looking_is_logged_once_in_a_quarter_for_each_person(people, as_, press):
    document = made.specimen(people)
    for n in range(4):
        with clock.frozen(made.NOW + dt.timedelta(minutes=n)):
            as_(people.decider).submit(address(document), form(document))
    as_(people.admin).get(address(document))
    with clock.frozen(made.NOW + actions.NOTED_AGAIN):
        as_(people.decider).get(address(document))
    by = [e.by for e in Entry.select().where(Entry.act == Act.DOCUMENT_PREVIEWED).order_by(Entry.id)]
    assert by == [people.decider.uuid, people.admin.uuid, people.decider.uuid]


def test_two_at_a_time_and_the_third_is_told_to_come_again(people, as_, monkeypatch):
    entered, go = threading.Semaphore(0), threading.Event()

    class Slow(made.FakePress):
        def set(self, order):
            entered.release()
            go.wait(20)
            return Printed(b"%PDF", 1)

    monkeypatch.setattr(preview, "_press", Slow())
    threads = [threading.Thread(target=preview.show, args=(None,)) for _ in range(preview.WAITING)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert entered.acquire(timeout=20)
    try:
        at = address(made.specimen(people))
        answer = as_(people.decider).get(at, headers=IN_A_FRAME)
        assert answer.status_code == 503
        page = answer.get_data(as_text=True)
        assert "<h1>Förhandsgranskning</h1>" in page
        assert "är upptagen" in page
        assert '<a href="">Försök igen</a>' in page, "the frame asks again, and the page around it stays"
        assert '<a href="">' not in as_(people.decider).get(at).get_data(as_text=True), "a page of its own is left"
    finally:
        go.set()
        for thread in threads:
            thread.join()
    assert as_(people.decider).get(address(made.specimen(people))).status_code == 200


def test_the_real_press_shows_a_draft_and_is_quick_once_it_is_warm(people, as_):
    import time

    document = made.specimen(people)
    client = as_(people.decider)
    try:
        assert client.get(address(document)).data.startswith(b"%PDF")
        taken = []
        for words in range(200, 203):
            begun = time.monotonic()
            answer = client.submit(address(document), form(document, paragraphs="Ord. " * words))
            assert answer.data.startswith(b"%PDF")
            taken.append(time.monotonic() - begun)
        assert min(taken) < 2  # a quarter of a second, on a machine with nothing else to do
    finally:
        preview._press.close()
