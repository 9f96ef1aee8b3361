"""The log of a case: all that was done in it, nothing of what others did with the same calls."""

import html
import re

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.cases import actions, trail
from portal.recordings import actions as recordings
from tests.cases import made


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


def told(page) -> list[str]:
    return [entry.act for entry in page.entries]


def text(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


@pytest.fixture
def case(people):
    made.call(people)
    return made.case(people)


def test_it_tells_of_the_case_its_calls_and_its_letters_newest_first(people, case):
    actions.view(case, by=people.decider)
    found = told(trail.page(case, by=people.clerk))
    assert found[0] == "cases:viewed"
    assert {"cases:registered", "retention:freeze_placed", "cases:searched", "documents:ordered"} <= set(found)
    assert found.index("cases:searched") < found.index("cases:registered")


def test_what_others_did_with_the_same_call_is_not_told(people, case):
    call = case.calls.get().recording
    recordings.view(call, by=people.manager)
    other = made.case(people)
    assert {entry.subject for entry in Entry.select().where(Entry.act == "retention:freeze_placed")} == {call.uuid}
    found = trail.page(case, by=people.clerk)
    assert "recordings:viewed" not in told(found)
    assert told(found).count("retention:freeze_placed") == 1
    assert other.number not in {entry.reference for entry in found.entries}


def test_that_it_was_read_is_in_the_log(people, case):
    trail.page(case, by=people.dpo)
    last = Entry.select().order_by(Entry.id.desc()).get()
    assert (last.act, last.by, last.subject, last.reference) == ("audit:read", people.dpo.uuid, case.uuid, case.number)


def test_it_is_read_a_page_at_a_time_and_nothing_is_left_out(people, case):
    for _ in range(trail.PAGE + 5):
        actions.view(case, by=people.clerk)
    before, seen = None, []
    while True:
        found = trail.page(case, before=before, by=people.clerk)
        seen += [entry.id for entry in found.entries if entry.act != "audit:read"]
        before = found.older
        if before is None:
            break
    every = Entry.select(Entry.id).where(Entry.act.not_in(("audit:read", "accounts:signed_in")))
    assert seen == sorted({key for (key,) in every.tuples()}, reverse=True)


@pytest.mark.parametrize(("reader", "status"), [("clerk", 200), ("decider", 200), ("dpo", 200), ("manager", 403)])
def test_those_who_read_requests_read_it(people, as_, case, reader, status):
    assert as_(getattr(people, reader)).get(f"/cases/{case.uuid}/log").status_code == status


def test_the_page_says_it_in_words_and_bears_any_address(people, as_, case):
    client = as_(people.clerk)
    page = text(client.get(f"/cases/{case.uuid}/log"))
    assert "Registrerade en begäran" in page
    assert people.clerk.name in page
    for typed in ("x", "9" * 40, "-1", "٣", "0"):
        assert client.get(f"/cases/{case.uuid}/log", query_string={"before": typed}).status_code == 200
    assert client.get("/cases/00000000-0000-4000-8000-000000000000/log").status_code == 404
