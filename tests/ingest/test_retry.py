"""The administrator tries a file again, or gives it up."""

import pytest

from portal import errors
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import actions, drafts, lock
from portal.ingest.models import CallDetail, Quarantined, QuarantineState, Reason, Sealing
from portal.recordings.models import Recording
from portal.retention.models import PurgeLine
from portal.vault import keystore, objects
from tests.ingest import deliveries as d
from tests.people import queue


@pytest.fixture
def refused(sweep) -> Quarantined:
    """A call of queue 2999, which is not there."""
    name = d.name(dest="2999")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name, dst="")))
    sweep()
    return Quarantined.get()


def test_retry_takes_the_file_when_the_queue_is_there(refused, people, settings):
    added = queue("2999", "Ny", "Uusi")
    actions.retry(refused, by=people.admin)
    row = Recording.get()
    assert (row.queue, row.received_at) == (added, refused.received_at)
    assert objects.read(row.uuid, "original") == d.sound()
    after = Quarantined.get()
    assert (after.state, after.recording_uuid, after.name) == (QuarantineState.TAKEN, row.uuid, None)
    assert list(keystore.subjects()) == list(objects.subjects()) == [row.uuid]
    assert Sealing.select().count() == 0
    retried = Entry.get(Entry.act == Act.RETRIED)
    assert (retried.by, retried.subject) == (people.admin.uuid, refused.uuid)
    assert Entry.get(Entry.act == Act.RECEIVED).by == people.admin.uuid


def test_the_page_of_the_file_leads_to_the_service_number_that_it_waits_for(refused, people, as_):
    link = "/queues/new?number=2999"
    page = f"/ingest/{refused.uuid}"
    assert link in as_(people.admin).get(page).text
    for changed in ({"reason": Reason.BROKEN}, {"reason": Reason.UNKNOWN_QUEUE, "name": "Recording (3).wav"}):
        Quarantined.update(changed).where(Quarantined.id == refused.id).execute()
        assert "/queues/new" not in as_(people.admin).get(page).text


def test_retry_leaves_nothing_in_the_clear(refused, people, settings):
    queue("2999", "Ny", "Uusi")
    actions.retry(refused, by=people.admin)
    piece = d.sound()[2000:2400]
    assert not [p for p in settings.data.rglob("*") if p.is_file() and piece in p.read_bytes()]


def test_retry_that_is_refused_again_keeps_the_file_and_says_why(refused, people):
    with pytest.raises(actions.StillRefused):
        actions.retry(refused, by=people.admin)
    row = Quarantined.get()
    assert (row.state, row.reason) == (QuarantineState.WAITING, Reason.UNKNOWN_QUEUE)
    assert objects.read(row.uuid, "original") == d.sound()
    assert '"outcome":"unknown_queue"' in Entry.get(Entry.act == Act.RETRIED).detail


def test_a_second_retry_is_a_conflict(refused, people):
    queue("2999", "Ny", "Uusi")
    actions.retry(refused, by=people.admin)
    for row in (refused, Quarantined.get()):
        with pytest.raises(errors.Conflict):
            actions.retry(row, by=people.admin)
    assert Recording.select().count() == 1


def test_retry_of_a_call_that_came_otherwise_meanwhile_is_no_second_recording(refused, people, sweep):
    queue("2999", "Ny", "Uusi")
    d.deliver(d.name(dest="2999"), d.sound())
    sweep(20)
    assert sweep(30).taken == 1
    actions.retry(refused, by=people.admin)
    assert Quarantined.get().recording_uuid == Recording.get().uuid
    assert Recording.select().count() == 1


def test_retry_waits_for_an_import_under_way_and_then_says_so(refused, people, monkeypatch):
    monkeypatch.setattr(actions, "RETRY_WAITS_SECONDS", 0.05)
    with lock.importing(), pytest.raises(lock.Busy):
        actions.retry(refused, by=people.admin)


def test_a_copy_that_the_disk_would_not_delete_goes_before_the_next_import(refused, people, sweep, monkeypatch):
    queue("2999", "Ny", "Uusi")

    def refuse(subject):
        raise OSError(5, "EIO")

    with monkeypatch.context() as patch:
        patch.setattr(drafts.keystore, "destroy", refuse)
        actions.retry(refused, by=people.admin)
    assert keystore.exists(refused.uuid)
    sweep(20)
    assert list(keystore.subjects()) == [Recording.get().uuid]


def test_retry_of_call_details_reads_them(sweep, people):
    d.deliver("lista.csv", b"hej\n")
    sweep()
    row = Quarantined.get()
    objects.seal(row.uuid, "original", [d.cdr(d.detail(d.name()))])
    actions.retry(row, by=people.admin)
    assert CallDetail.select().count() == 1
    assert Quarantined.get().state == QuarantineState.TAKEN
    assert not list(keystore.subjects())


def test_retry_of_a_file_that_stands_reads_it_where_it_stands(sweep, people):
    name = d.name()
    path = d.deliver(name, d.sound())
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    sweep()
    with pytest.raises(actions.StillRefused):
        actions.retry(Quarantined.get(), by=people.admin)
    path.write_bytes(d.sound())
    actions.retry(Quarantined.get(), by=people.admin)
    row = Quarantined.get()
    assert (row.state, row.recording_uuid) == (QuarantineState.TAKEN, Recording.get().uuid)
    assert not path.exists()


def test_discard_deletes_the_bytes_and_leaves_a_line(refused, people):
    assert actions.discard(refused, by=people.admin)
    row = Quarantined.get()
    assert (row.state, row.name) == (QuarantineState.DISCARDED, None)
    assert not list(keystore.subjects())
    assert not list(objects.subjects())
    assert PurgeLine.get().subject == row.uuid
    assert Entry.get(Entry.act == Act.DISCARDED).by == people.admin.uuid
    with pytest.raises(errors.Conflict):
        actions.discard(refused, by=people.admin)


def test_discard_of_a_file_that_stands_takes_it_out_of_the_inbox(sweep, people, settings):
    link = settings.inbox / "x.wav"
    link.symlink_to("/etc/passwd")
    sweep()
    actions.discard(Quarantined.get(), by=people.admin)
    assert not link.is_symlink()
    sweep(20)
    assert Quarantined.select().count() == 1
