"""Two workers at once, and a renderer that is killed while it works: nothing is lost, nothing is made twice."""

import collections
import hashlib
import os
import random
import signal
import threading
import time

import pytest

from portal import clock, db
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents import setting
from portal.documents.models import Document, State
from portal.documents.press import Press
from portal.vault import objects
from tests import kill
from tests.documents import made


def sweeping() -> int:
    """A worker in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            db.connect()
            setting.make_due()
            code = 0
        finally:
            os._exit(code)
    return child


def whole(rows) -> None:
    for row in rows:
        row = made.fresh(row)
        folder = objects.path_of(row.uuid, "x").parent
        assert row.state == State.LOCKED
        assert [path.name for path in folder.iterdir()] == [row.part]
        assert hashlib.sha256(objects.read(row.uuid, row.part)).hexdigest() == row.sha256
    told = collections.Counter(
        subject for (subject,) in Entry.select(Entry.subject).where(Entry.act == Act.DOCUMENT_LOCKED).tuples()
    )
    assert told == {row.uuid: 1 for row in rows}


def test_two_workers_share_the_work_and_make_each_document_once(people, settings, monkeypatch):
    class Unhurried(made.FakePress):
        def set(self, order):
            time.sleep(0.02)
            return super().set(order)

    kill.without_waiting(monkeypatch)
    made.press(monkeypatch, Unhurried)
    rows = [made.ordered(people) for _ in range(30)]
    db.db.close()
    children = [sweeping() for _ in range(2)]
    ended = [os.waitpid(child, 0)[1] for child in children]
    db.connect()
    assert ended == [0, 0]
    whole(rows)
    assert {made.fresh(row).attempts for row in rows} == {1}


@pytest.mark.parametrize("deaths", [6, pytest.param(50, marks=pytest.mark.soak)])
def test_a_renderer_killed_at_any_moment_costs_an_attempt_and_no_document(people, settings, monkeypatch, deaths):
    kill.without_waiting(monkeypatch)
    moments = random.Random(deaths)
    killed = []

    class Hunted(Press):
        def set(self, order):
            if len(killed) >= deaths:
                return super().set(order)

            def strike():
                child = self._child
                if child is not None and child.poll() is None:
                    killed.append(1)
                    os.kill(child.pid, signal.SIGKILL)

            timer = threading.Timer(moments.uniform(0, 0.9), strike)
            timer.start()
            try:
                return super().set(order)
            finally:
                timer.cancel()
                timer.join()

    made.press(monkeypatch, Hunted)
    rows = []
    moment = made.NOW
    while len(killed) < deaths:
        with clock.frozen(moment):
            rows += [made.ordered(people) for _ in range(2)]
            setting.make_due()
            Document.update(attempts=0).where(Document.state == State.ORDERED).execute()  # many more than it may have
        moment += setting.PAUSE
    for n in range(1, 4):
        with clock.frozen(moment + setting.LEASE * n):
            setting.make_due()
    whole(rows)
    failures = {e.told["failure"] for e in Entry.select().where(Entry.act == Act.DOCUMENT_FAILED)}
    assert failures <= {"Crashed"}
    assert failures, "at least one was hit while it worked"
