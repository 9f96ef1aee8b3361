"""The administrator's pages of the quarantine."""

import html
import re

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.jobs.models import Job
from portal.recordings.models import Recording
from portal.retention import sweeps
from tests.ingest import deliveries as d
from tests.jobs.made import under_way
from tests.people import queue


@pytest.fixture
def refused(sweep) -> Quarantined:
    name = d.name(dest="2999")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name, dst="")))
    sweep()
    return Quarantined.get()


def row(n: int, **values) -> Quarantined:
    whole = {"reason": Reason.BROKEN, "size": n, "sealed": True, "name": f"{n}.wav", "expires_at": d.NOW}
    return Quarantined.create(**(whole | values))


@pytest.fixture
def admin(people, as_):
    """A client signed in as the administrator, in Swedish."""
    people.admin.language = "sv"
    people.admin.save()
    return as_(people.admin)


PAGES = ("/ingest/", "/ingest/arrivals", "/ingest/{uuid}", "/ingest/{uuid}/discard")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["adviser", "manager", "clerk", "decider", "dpo", "outsider"])
def test_only_who_runs_the_inbox_sees_quarantine(page, who, refused, people, as_):
    assert as_(getattr(people, who)).get(page.format(uuid=refused.uuid)).status_code == 403


@pytest.mark.parametrize("act", ["retry", "discard"])
def test_only_who_runs_the_inbox_may_act(act, refused, people, as_):
    assert as_(people.manager).submit(f"/ingest/{refused.uuid}/{act}").status_code == 403
    assert Quarantined.get().state == QuarantineState.WAITING


@pytest.mark.parametrize("path", ["", "/discard"])
def test_what_is_not_there_is_not_found(path, admin):
    key = "00000000-0000-4000-8000-000000000000"
    assert admin.get(f"/ingest/{key}{path}").status_code == 404


def test_the_list_tells_reason_and_date_and_hides_the_number(refused, admin):
    page = admin.get("/ingest/").text
    assert "10.2.2027" in page
    assert d.CALLER not in page
    assert "••••" in page


def test_a_name_can_do_no_harm_on_the_page(admin):
    row(1, name='"><script>alert(1)<\n.wav')
    page = admin.get("/ingest/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_list_shows_what_waits_unless_asked_otherwise(admin):
    row(111_000, name="nr1.wav")
    row(222_000, state=QuarantineState.DISCARDED, name=None)
    page = admin.get("/ingest/").text
    assert "nr1.wav" in page
    assert "222\u00a0kB" not in page
    page = admin.get("/ingest/?state=all").text
    assert "nr1.wav" in page
    assert "222\u00a0kB" in page
    assert "nr1.wav" not in admin.get("/ingest/?state=discarded").text


def test_the_list_is_filtered_by_reason(admin):
    row(1)
    row(2, reason=Reason.SIGNED)
    page = admin.get("/ingest/?reason=signed").text
    assert "2.wav" in page
    assert "1.wav" not in page


def test_an_unknown_filter_is_refused(admin):
    assert admin.get("/ingest/?state=everything").status_code == 422


def test_fifty_a_page_by_keyset_there_and_back(admin):
    for n in range(120):
        row(n, name=f"nr{n}.wav")

    def names(page):
        return re.findall(r"nr(\d+)\.wav", page)

    def go(page, rel):
        found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        return admin.get(html.unescape(found[1])).text if found else None

    first = admin.get("/ingest/").text
    assert names(first) == [str(n) for n in range(119, 69, -1)]
    second = go(first, "next")
    assert names(second) == [str(n) for n in range(69, 19, -1)]
    third = go(second, "next")
    assert names(third) == [str(n) for n in range(19, -1, -1)]
    assert go(third, "next") is None
    assert names(go(third, "prev")) == names(second)
    assert names(go(second, "prev")) == names(first)
    assert go(first, "prev") is None


def test_the_counts_tell_of_inbox_and_calls_without_word_of_recording(sweep, admin):
    name = d.name(dest="2003")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep()
    d.deliver(d.name(count=9), d.sound())
    with d.later(20):
        sweep(20)
        page = admin.get("/ingest/").text
    facts = " ".join(page.split())
    assert "<dt>Väntar i inkorgen</dt><dd>1</dd>" in facts
    assert "eller det är oklart</dt> <dd>1" in facts
    assert "10.11.2026 kl. 11.00" in facts


def look_again(page: str) -> tuple[str, str] | None:
    """The address that the page asks by itself, and how often."""
    found = re.search(r'hx-get="([^"]+/arrivals[^"]*)" hx-trigger="(every \d+s)"', page)
    return (html.unescape(found[1]), found[2]) if found else None


def test_the_page_renews_itself_while_files_are_brought_in_and_no_longer(admin):
    assert look_again(admin.get("/ingest/").text) is None, "nothing is on its way"
    with sweeps.running("inbox"):
        sweeps._note("inbox", fault="EIO")  # of the pass before it
        under_way(done=3000)
        address, often = look_again(admin.get("/ingest/").text)
        assert often == "every 3s"
        assert admin.get(address).status_code == 204, "nothing new"
        row = under_way(done=4000)
        answer = admin.get(address)
        assert answer.status_code == 200
        assert "4\u00a0000 av 10\u00a0000, 2\u00a0000 i minuten" in answer.text
        assert "ungefär 3\u00a0minuter kvar" in answer.text.replace("3 minuter", "3\u00a0minuter")
        assert "<h1" not in answer.text
        assert not re.search(r'aria-live|role="(status|alert)"', answer.text), "it would be read out all the time"
        address, often = look_again(answer.text)
        assert often == "every 3s"
    row.delete_instance()
    answer = admin.get(address)
    assert look_again(answer.text) is None
    assert "i minuten" not in answer.text


def test_the_page_looks_again_now_and_then_while_files_stand_in_the_inbox(sweep, admin):
    d.deliver(d.name(), d.sound())
    sweep(0)
    address, often = look_again(admin.get("/ingest/").text)
    assert often == "every 30s"
    assert admin.get(address).status_code == 204


def test_what_went_wrong_is_said_once_it_is_over_and_of_what_came_into_quarantine_meanwhile_how_much(admin):
    with sweeps.running("inbox"):
        under_way(done=1)
        address, _ = look_again(admin.get("/ingest/").text)
        Job.delete().execute()
    with sweeps.running("inbox") as run:
        row(1)
        row(2)
        run.fault = "EIO"
    answer = " ".join(admin.get(address).text.split())
    assert "stötte på ett fel" in answer
    assert '2 filer till har hamnat i karantän. <a id="arrivals-list" href="/ingest/">' in answer
    assert "till har hamnat" not in admin.get("/ingest/").text, "that list has them"


def test_a_page_left_open_keeps_nobody_signed_in(app):
    assert app.view_functions["ingest.arriving"].prolongs is False


def test_viewing_a_file_is_noted(refused, people, admin):
    answer = admin.get(f"/ingest/{refused.uuid}")
    assert answer.status_code == 200
    entry = Entry.get(Entry.act == Act.QUARANTINE_VIEWED)
    assert (entry.by, entry.subject) == (people.admin.uuid, refused.uuid)
    assert d.CALLER not in answer.text


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_its_words_on_the_page(reason, admin):
    made = row(1, reason=reason)
    assert admin.get(f"/ingest/{made.uuid}").status_code == 200


def test_retry_takes_the_file_and_says_so(refused, admin):
    queue("2999", "Ny", "Uusi")
    answer = admin.submit(f"/ingest/{refused.uuid}/retry")
    assert answer.status_code == 303
    assert Recording.select().count() == 1
    assert 'class="alert alert-success"' in admin.get(answer.location).text
    assert admin.submit(f"/ingest/{refused.uuid}/retry").status_code == 409


def test_retry_that_is_refused_again_says_so(refused, admin):
    answer = admin.submit(f"/ingest/{refused.uuid}/retry")
    assert answer.status_code == 303
    assert 'class="alert alert-warning"' in admin.get(answer.location).text


def test_discard_asks_first_and_then_deletes(refused, admin):
    assert admin.get(f"/ingest/{refused.uuid}/discard").status_code == 200
    assert Quarantined.get().state == QuarantineState.WAITING
    assert admin.submit(f"/ingest/{refused.uuid}/discard").status_code == 303
    assert Quarantined.get().state == QuarantineState.DISCARDED
    assert admin.submit(f"/ingest/{refused.uuid}/discard").status_code == 409


def test_no_act_without_its_token(refused, admin):
    for act in ("retry", "discard"):
        assert admin.post(f"/ingest/{refused.uuid}/{act}").status_code == 400
    assert Quarantined.get().state == QuarantineState.WAITING
