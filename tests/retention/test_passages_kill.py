"""A kill -9 at any point of an erasure of passages: the call is read whole from one original, the old one until the
register says the new, and the next look finishes it."""

import io

import pytest

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import muting
from portal.recordings import sound as decoder
from portal.recordings.models import Recording
from portal.retention import deletion, freezes, passages, silencing, switching
from portal.retention.restriction_models import Redaction, RedactionState
from portal.vault import box, keystore, objects
from tests import kill
from tests.calls import tone, wav
from tests.retention import kept

STRIDE = 5
"""The ordinary run dies at every fifth point, the soak run at each of the others too."""
OFFSETS = [pytest.param(n, marks=pytest.mark.soak if n > 1 else ()) for n in range(1, STRIDE + 1)]
RANGES = [(20, 240)]


class Near:
    """The decoder in this process: a child of its own for each death would take the time."""

    def wave(self, file, size, form, silent=()):
        file.seek(0)
        measured = decoder.measure(file, form)
        file.seek(0)
        return decoder.wave(file, form, measured, silent)


class Case(kept.Case):
    number = "BST/7/2026"


class House(kill.House):
    """Put back before each death."""

    def __init__(self, people, settings):
        self.settings, self.people, self.case = settings, people, Case()
        with clock.frozen(kept.NOW):
            self.row = kept.call(people, sound=wav(tone(0.3)))
            freezes.freeze([self.row], because=self.case, by=people.clerk)
        self.old = self.read()
        self.new = b"".join(muting.given(io.BytesIO(self.old), len(self.old), "wav/pcm_alaw", RANGES, child=None))
        self.keep(settings)

    def read(self) -> bytes:
        row = kept.fresh(self.row)
        return objects.read(row.vault_id, "original", store=row.store)

    def erase(self):
        with clock.frozen(kept.NOW):
            redaction = passages.erase(self.row, RANGES, because=self.case, by=self.people.decider)
            assert passages.finish(redaction, Near()) == ""

    def look(self):
        with clock.frozen(kept.NOW):
            for redaction in list(Redaction.select().where(Redaction.under_way)):
                assert passages.finish(redaction, Near()) == ""


@pytest.fixture
def house(people, settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    return House(people, settings)


def one_is_read(house) -> None:
    """Straight after the death."""
    row = kept.fresh(house.row)
    done = row.sealed_as is not None
    assert house.read() == (house.new if done else house.old)
    assert row.redacting == (Redaction.select().exists() and not done)
    assert row.playable == ("pending" if Redaction.select().exists() else "ready"), "nobody hears it meanwhile"
    acts = kept.acts(house.row)
    assert acts.count("passages_replaced") == done
    assert chain.verify().whole


def made_good(house) -> None:
    one_is_read(house)
    house.look()
    one_is_read(house)
    redaction = Redaction.get_or_none()
    if redaction is None:
        assert {subject for subject in keystore.subjects()} == {house.row.uuid}
        return
    assert redaction.state == RedactionState.DONE
    assert house.read() == house.new
    for store in keystore.STORES:
        assert not keystore.exists(house.row.uuid, store=store), "the old key is gone"
        assert not objects.anything(house.row.uuid, store=store)
    for act in (Act.PASSAGES_CLAIMED, Act.PASSAGES_REPLACED, Act.PASSAGES_ERASED):
        assert Entry.select().where(Entry.act == act).count() == 1
    assert objects.parts(redaction.uuid) == ["original"]
    assert not [p for p in house.settings.data.rglob("*.part")]


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_death_at_any_point_of_an_erasure_is_made_good(house, offset):
    point, finished = offset, False
    while not finished:
        house.restore()
        finished = kill.run_killed(house.erase, point)
        made_good(house)
        point += STRIDE
    assert Redaction.select().exists()
    assert point > 90, "a harness that passes few points proves little"


def test_a_death_while_a_death_is_made_good_is_made_good_too(house):
    for first in (40, 80):
        for second in (10, 45):
            house.restore()
            kill.run_killed(house.erase, first)
            kill.run_killed(house.look, second)
            made_good(house)


@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
def test_a_disk_that_refuses_at_any_point_is_made_good(house, fault):
    at, refused = 1, True
    while refused:
        house.restore()
        refused = bool(kill.run_faulty(house.erase, at, fault).answer)
        made_good(house)
        at += 3
    assert at > 30


def planted(monkeypatch, bug: str) -> None:
    """One step in the wrong place."""
    if bug == "the old is destroyed before the switch":
        real_switch = passages._switch

        def early(redaction, row, made):
            deletion.destroy_ownerless(row.vault_id)
            return real_switch(redaction, row, made)

        monkeypatch.setattr(passages, "_switch", early)
    if bug == "the old is never destroyed":
        monkeypatch.setattr(switching, "destroy_old", lambda redaction: None)
    if bug == "the register reads the new before it is made":
        real_make = silencing.make
        monkeypatch.setattr(passages, "_as_it_was", lambda row: ())

        def hasty(redaction, row, child):
            Recording.update(sealed_as=redaction.uuid).where(Recording.id == row.id).execute()
            return real_make(redaction, row, child)

        monkeypatch.setattr(silencing, "make", hasty)
    if bug == "done is said before the old is destroyed":
        real_destroy = switching.destroy_old

        def said(redaction):
            switching.say_done(redaction)
            real_destroy(redaction)

        monkeypatch.setattr(switching, "destroy_old", said)


BUGS = (
    "the old is destroyed before the switch",
    "the old is never destroyed",
    "the register reads the new before it is made",
    "done is said before the old is destroyed",
)


@pytest.mark.parametrize("bug", BUGS)
def test_the_harness_sees_a_planted_bug(house, monkeypatch, bug):
    """The test of the test: with one step in the wrong place, some death is not made good."""
    planted(monkeypatch, bug)
    finished, point = False, 30
    while not finished:
        house.restore()
        finished = kill.run_killed(house.erase, point)
        try:
            made_good(house)
        except (AssertionError, keystore.NoKey, objects.NoObject, box.SealBroken):
            return
        point += 2
    pytest.fail("nothing was seen at any point")
