"""The demo's staff hear calls of their own queues, as they would: each listen in the log, no session left open."""

from portal.accounts.models import SignIn
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.demo import heard
from tests import calls


def test_whoever_may_listen_hears_calls_of_the_own_queues_and_no_session_stays_open(people):
    rows = [calls.recording(queue) for queue in (people.daycare, people.elderly) for _ in range(9)]
    where = {row.uuid: row.queue_id for row in rows}
    heard.tell()
    entries = list(Entry.select().where(Entry.act == Act.PLAYED))
    assert {entry.by for entry in entries} == {
        one.uuid for one in (people.adviser, people.manager, people.second_manager, people.outsider)
    }, "a clerk hears for a request alone"
    assert len(entries) == 12
    assert all(where[entry.subject] == people.elderly.id for entry in entries if entry.by == people.outsider.uuid)
    assert {entry.purpose for entry in entries} == {"quality", "safety"}
    assert not SignIn.select().where(SignIn.ended_at.is_null()).exists()
