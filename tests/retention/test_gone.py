"""From its date on a call cannot be heard, shown, found or brought back: before the sweep, after it, and again."""

import datetime as dt

import pytest

from portal import clock
from portal.audit import chain
from portal.ingest import actions as ingest
from portal.ingest.models import Quarantined, Reason
from portal.recordings.models import Recording, State
from portal.retention import actions
from portal.vault import keystore, objects
from tests.calls import recording
from tests.ingest import deliveries as d
from tests.retention import made

LATER = dt.timedelta(minutes=5)


def pages(client, row) -> dict[str, int]:
    """What a person who has the address, and an open listen, still gets."""
    listen = client.submit(f"/recordings/{row.uuid}/listens", {"purpose": "quality"})
    return {
        "page": client.get(f"/recordings/{row.uuid}").status_code,
        "state": client.get(f"/recordings/{row.uuid}/hearing").status_code,
        "listen": listen.status_code,
        "note": client.submit(f"/recordings/{row.uuid}/notes", {"text": "sent"}).status_code,
        "subject": client.submit(f"/recordings/{row.uuid}/subject", {"subject": "sent"}).status_code,
    }


def found(client, row, *questions: str) -> list[bool]:
    return [
        str(row.uuid) in client.get(f"/recordings/?{question}", follow_redirects=True).text for question in questions
    ]


@pytest.mark.parametrize("purged", [False, True], ids=["not yet swept", "swept"])
def test_a_call_past_its_date_is_neither_heard_shown_nor_found(people, as_, purged):
    row = made.marked(people.daycare, people.adviser)
    questions = ("", f"words={made.SUBJECT_WORD}", f"words={made.NOTE_WORD[:5]}", f"number={made.NUMBER[-7:]}")
    with clock.frozen(made.DUE - dt.timedelta(milliseconds=1)):
        client = as_(people.adviser)
        opened = client.submit(f"/recordings/{row.uuid}/listens", {"purpose": "quality"}).location
        assert client.get(f"{opened}/audio").status_code == 200
        assert all(found(client, row, *questions))
        assert 404 not in pages(client, row).values()
    with clock.frozen(made.DUE):
        if purged:
            assert actions.purge_due().purged == 1
        for client in (as_(people.adviser), as_(people.manager), as_(people.clerk)):
            assert set(pages(client, row).values()) <= {403, 404}
            assert not any(found(client, row, *questions))
        answer = as_(people.adviser).get(f"{opened}/audio", headers={"Range": "bytes=0-99"})
        assert answer.status_code == 404
        assert "Sidan finns inte" in answer.text
    if purged:
        with pytest.raises(keystore.NoKey):
            objects.read(row.uuid, "original")


def test_a_purged_call_delivered_again_is_refused_and_goes_with_the_next_sweep(people, settings):
    started = made.CALLED
    name, content = d.name(started_at=started), d.sound()
    for again in (False, True):
        d.deliver(name, content)
        d.deliver("cdr.csv", d.cdr(d.detail(name)))
        moment = made.DUE + 2 * LATER if again else started + dt.timedelta(minutes=10)
        with clock.frozen(moment):
            ingest.sweep_inbox()
        with clock.frozen(moment + dt.timedelta(seconds=6)):
            ingest.sweep_inbox()
            if not again:
                actions.purge_due()  # a worker that runs has noted the time
        if not again:
            assert Recording.get().number == d.CALLER
            with clock.frozen(made.DUE + LATER):
                assert actions.purge_due().purged == 1
    assert (Quarantined.get().reason, Recording.get().state) == (Reason.ALREADY_PURGED, State.PURGED)
    with clock.frozen(made.DUE + 3 * LATER):
        assert actions.purge_due().purged == 1
    assert list(keystore.subjects()) == list(objects.subjects()) == []
    left = made.holding(settings.data, d.CALLER[1:].encode())
    assert [path for path in left if not path.endswith("cdr.csv")] == []
    assert chain.verify().whole


def test_a_listen_that_is_open_when_the_call_goes_ends_with_it(people, as_):
    """A player asks range by range: each is a question of its own."""
    row = recording(people.daycare, started_at=made.CALLED)
    with clock.frozen(row.expires_at - dt.timedelta(seconds=1)):
        client = as_(people.adviser)
        opened = client.submit(f"/recordings/{row.uuid}/listens", {"purpose": "safety"}).location
        assert client.get(f"{opened}/audio", headers={"Range": "bytes=0-999"}).status_code == 206
    with clock.frozen(row.expires_at):
        assert client.get(f"{opened}/audio", headers={"Range": "bytes=1000-1999"}).status_code == 404
        assert client.get(f"{opened}/peaks").status_code == 404
