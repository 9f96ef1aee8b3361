"""Passages erased from the sound of a call: silent there, the same everywhere else, and nobody can bring them back."""

import datetime as dt
import io
import json
import uuid

import numpy as np
import pytest

from portal import clock, db
from portal.accounts import sessions
from portal.accounts.models import SignIn
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import copies, packing
from portal.cases.codes import CopyState
from portal.cases.models import Copy, Line
from portal.errors import Conflict, NotFound
from portal.recordings import corrections, listening, notes, render
from portal.recordings.decoding import Child
from portal.recordings.models import Listen, Playable, Recording, State, Store
from portal.retention import actions, deletion, freezes, holds, moves, owners, passages, reconcile, silencing
from portal.retention.models import PurgeLine
from portal.retention.owners import Standing
from portal.retention.restriction_models import Redaction, RedactionState
from portal.vault import keystore, objects
from tests.calls import tone, wav
from tests.cases import copied
from tests.recordings import sounds
from tests.retention import kept, made
from tests.retention.silent import RANGES, Case, erased, gone, silenced, sound

MAIN, THREAT = keystore.STORES


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


@pytest.fixture
def case():
    return Case()


@pytest.fixture
def row(people):
    return kept.call(people, sound=wav(tone(2.0)))


def test_an_erasure_puts_a_new_original_without_the_passages_under_a_new_key(settings, people, row, case):
    before, old = sound(row), row.vault_id
    for word, at in (("zqinne", 700), ("zqefter", 1300)):
        notes.add_note(row, word, key=uuid.uuid4(), at_ms=at, by=people.adviser)
    freezes.freeze([row], because=case, by=people.clerk)
    redaction = erased(row, [(900, 1200), (500, 900)], case, people.decider)
    now = kept.fresh(row)
    assert sound(row) == silenced(before, [(500, 1200)]) != before
    assert (now.vault_id, now.original_size, now.duration_ms) == (redaction.uuid, len(before), 2000)
    assert gone(old)
    assert (redaction.state, redaction.replaces, redaction.passages) == (RedactionState.DONE, old, [(500, 1200)])
    assert (redaction.sha256_before, redaction.sha256_after) == (row.original_sha256, now.original_sha256)
    assert redaction.key_gone_by == kept.NOW + dt.timedelta(days=7)
    assert now.content_key == row.content_key, "the original delivered again is known"
    assert passages.is_done(row, case)
    assert not passages.is_done(row, Case())
    assert [note.text for note in notes.every(row)] == ["", "zqefter"], "it would tell what was said"
    assert json.loads(Entry.get(Entry.act == Act.PASSAGES_REPLACED).detail)["notes"] == 1
    actions._forget_words()
    db.checkpoint()
    assert made.holding(settings.data, b"zqinne") == []
    acts = ["freeze_placed", "passages_claimed", "passages_replaced", "passages_erased"]
    assert [act for act in kept.acts(row) if act != "noted"] == acts
    entry = Entry.get(Entry.act == Act.PASSAGES_ERASED)
    told = json.loads(entry.detail)
    assert (told["sha256_before"], told["sha256_after"]) == (row.original_sha256, now.original_sha256)
    assert (told["ranges"], entry.reference) == ("[[500, 1200]]", case.number)
    assert (now.freezes, now.state) == (1, State.LIVE), "the rest of the call is kept for the case as before"
    assert render.render_pending().ready == 1
    assert kept.fresh(row).playable == Playable.READY


@pytest.mark.parametrize("form", ["wav/gsm_ms", "mp3/mp3", "flac/flac", "ogg/opus"])
def test_what_is_not_framed_becomes_a_decoded_original_the_same_to_the_sample(people, case, form):
    talk = sounds.talk(2.0)
    content = {
        "wav/gsm_ms": lambda: sounds.gsm(talk),
        "mp3/mp3": lambda: sounds.container(talk, "mp3", "libmp3lame", bit_rate=64000),
        "flac/flac": lambda: sounds.container(talk, "flac", "flac"),
        "ogg/opus": lambda: sounds.container(talk, "ogg", "libopus", bit_rate=32000),
    }[form]()
    row = kept.call(people, sound=content)
    Recording.update(original_format=form).where(Recording.id == row.id).execute()
    with Child() as child:
        whole, rate = sounds.heard(b"".join(child.wave(io.BytesIO(content), len(content), form)))
    erased(row, RANGES, case, people.decider)
    made, same_rate = sounds.heard(sound(row))
    quiet = np.zeros(whole.shape[1], bool)
    quiet[rate * 500 // 1000 : rate * 900 // 1000] = True
    assert (same_rate, made.shape) == (rate, whole.shape)
    assert not made[:, quiet].any()
    assert whole[:, quiet].any()
    assert np.array_equal(made[:, ~quiet], whole[:, ~quiet])
    assert kept.fresh(row).original_format == "wav/pcm_s16le"


def test_a_header_that_says_otherwise_than_the_decoder_hides_no_passage(people, case):
    """FFmpeg reads a WAV file whose data chunk claims no length to its end."""
    content = bytearray(wav(tone(2.0)))
    place = content.index(b"data") + 4
    content[place : place + 4] = b"\0\0\0\0"
    row = kept.call(people, sound=bytes(content))
    erased(row, RANGES, case, people.decider)
    made, rate = sounds.heard(sound(row))
    assert not made[:, rate // 2 : rate * 9 // 10].any()
    assert made[:, : rate // 2].any()


def test_what_is_not_silenced_is_never_switched_to(people, row, case, monkeypatch):
    before = sound(row)
    monkeypatch.setattr(silencing, "candidates", lambda old, form, silent, child: [(form, iter([before]))])
    redaction = passages.erase(row, RANGES, because=case, by=people.decider)
    assert passages.sweep().failed == 1
    assert sound(row) == before
    assert kept.fresh(redaction).failure == "NotSilenced"
    monkeypatch.undo()
    monkeypatch.setattr(
        silencing,
        "candidates",
        lambda old, form, silent, child: [(form, iter([silenced(before, [(300, 900)])]))],
    )
    assert passages.sweep(again=True).failed == 1, "nor what is silent elsewhere too"
    assert sound(row) == before


def test_nobody_hears_the_call_from_the_decision_on_and_open_listens_are_cut(people, row, case):
    people.adviser.sign_in = SignIn.get(SignIn.id == _session(people.adviser))
    listen = listening.open_listen(row, purpose="quality", reference="", by=people.adviser)
    assert listening.check(listen.uuid, row.uuid, by=people.adviser)
    passages.erase(row, RANGES, because=case, by=people.decider)
    with pytest.raises(NotFound):
        listening.check(listen.uuid, row.uuid, by=people.adviser)
    with pytest.raises(listening.NotReady):
        listening.open_listen(row, purpose="quality", reference="", by=people.adviser)
    assert render.render_pending() == render.Summary(), "the old sound is not made ready again"
    passages.sweep()
    render.render_pending()
    with pytest.raises(NotFound):
        listening.check(listen.uuid, row.uuid, by=people.adviser)
    anew = listening.open_listen(row, purpose="quality", reference="", by=people.adviser)
    found = listening.check(anew.uuid, row.uuid, by=people.adviser)
    assert found.subject == kept.fresh(row).vault_id != row.uuid
    assert Listen.select().count() == 2


@pytest.mark.parametrize("done", [False, True])
def test_a_rendering_under_way_makes_nothing_ready_that_is_to_be_erased(people, case, monkeypatch, done):
    row = kept.call(people, sound=wav(tone(2.0)), ready=False)
    real = render._make

    def make(*args):
        made = real(*args)
        passages.erase(row, RANGES, because=case, by=people.decider)
        if done:
            passages.sweep()
            objects.seal(row.uuid, "peaks", [b"late"])
        return made

    monkeypatch.setattr(render, "_make", make)
    assert render.render_pending().gone == 1
    assert kept.fresh(row).playable == Playable.PENDING
    assert objects.anything(row.uuid) != done, "what was sealed after the old one was destroyed is gone too"


def _session(account) -> int:
    sessions.open_session(account, sessions.FULL)
    return SignIn.select().order_by(SignIn.id.desc()).get().id


def test_an_erasure_of_what_is_no_passage_is_refused_and_nothing_is_changed(people, row, case):
    before = kept.fresh(row).__data__
    for ranges in ([], [(900, 500)], [(0, 100)], [(5000, 6000)], [(1900, 2100)], [(500, 900), (1000, 1100)]):
        with pytest.raises(passages.NoPassage):
            passages.erase(row, ranges, because=case, by=people.decider)
    Recording.update(playable=Playable.EMPTY).where(Recording.id == row.id).execute()
    with pytest.raises(passages.NoSound):
        passages.erase(row, RANGES, because=case, by=people.decider)
    Recording.update(playable=Playable.READY).where(Recording.id == row.id).execute()
    assert kept.fresh(row).__data__ == before
    assert kept.acts(row) == []


def test_asking_again_changes_nothing_and_another_one_waits_its_turn(people, row, case):
    first = passages.erase(row, RANGES, because=case, by=people.decider)
    assert passages.erase(row, RANGES, because=case, by=people.decider).id == first.id
    with pytest.raises(passages.UnderWay):
        passages.erase(row, [(1000, 1500)], because=case, by=people.decider)
    passages.sweep()
    assert passages.erase(row, RANGES, because=case, by=people.decider).id == first.id
    before, old = sound(row), kept.fresh(row).vault_id
    second = erased(row, [(1000, 1500)], Case(), people.decider)
    assert sound(row) == silenced(before, [(1000, 1500)])
    assert (second.replaces, old) == (first.uuid, first.uuid)
    assert gone(old)
    assert [one.id for one in passages.of(row)] == [first.id, second.id]
    assert actions.erase(kept.fresh(row), because=case, by=people.decider)
    assert gone(row.uuid)
    assert gone(first.uuid)
    assert gone(second.uuid)
    assert passages.is_done(row, Case())
    with pytest.raises(Conflict):
        passages.erase(row, [(100, 400)], because=case, by=people.decider)


@pytest.mark.parametrize("keeper", ["hold", "freeze"])
def test_what_another_keeps_is_refused_and_what_is_kept_later_waits_and_is_heard(people, row, case, keeper):
    other = Case()

    def keep(call):
        if keeper == "hold":
            return kept.place(call, people.manager)
        return freezes.freeze([call], because=other, by=people.clerk)

    held = kept.call(people, after=dt.timedelta(seconds=9), sound=wav(tone(2.0)))
    keep(held)
    before = kept.fresh(held).__data__
    with pytest.raises(deletion.KeptByOther):
        passages.erase(held, RANGES, because=case, by=people.decider)
    assert kept.fresh(held).__data__ == before
    redaction, content = passages.erase(row, RANGES, because=case, by=people.decider), sound(row)
    hold = keep(row)
    assert passages.sweep().waiting == 1
    assert (sound(row), kept.fresh(redaction).state) == (content, RedactionState.FAILED)
    assert render.render_pending().ready == (keeper == "hold")
    if keeper == "hold":
        moves.sweep()
        assert kept.fresh(row).playable == Playable.READY, "the managers hear a threat call all the same"
        assert kept.fresh(row).store == Store.THREAT
        holds.release(hold, reason="x", seen=holds.Then.KEPT, by=people.manager)
    else:
        freezes.lift(other, by=people.clerk)
    assert passages.sweep().done == 0, "what waits is looked at with what is kept"
    actions.tend_kept()
    assert kept.fresh(redaction).state == RedactionState.DONE
    assert sound(row) == silenced(content, RANGES)
    assert gone(row.uuid)
    assert "passages_failed" not in kept.acts(row)


def test_a_consent_hinders_no_erasure_of_passages(people, row, case):
    class Consent(kept.Case):
        pass

    freezes.freeze([row], because=Consent(), by=people.clerk)
    erased(row, RANGES, case, people.decider)


@pytest.mark.parametrize("late", ["hold", "freeze", "deletion", "move"])
def test_what_comes_while_the_new_original_is_made_is_seen_in_the_switch(people, row, case, monkeypatch, late):
    content = sound(row)
    real = silencing.make

    def make(*args):
        made = real(*args)
        if late == "hold":
            attempt, moves.attempt = moves.attempt, lambda hold: False
            kept.place(row, people.manager)
            moves.attempt = attempt
        elif late == "freeze":
            freezes.freeze([row], because=Case(), by=people.clerk)
        elif late == "deletion":
            deletion.claim_erased(row, because=case, by=people.decider)
        else:
            Recording.update(store=Store.THREAT).where(Recording.id == row.id).execute()
        return made

    monkeypatch.setattr(silencing, "make", make)
    redaction = passages.erase(row, RANGES, because=case, by=people.decider)
    passages.sweep()
    assert kept.fresh(row).sealed_as is None
    assert gone(redaction.uuid)
    if late == "deletion":
        assert deletion.finish(PurgeLine.get()) == ""
        assert kept.fresh(redaction).state == RedactionState.LAPSED
        assert gone(row.uuid)
        assert passages.is_done(row, case)
        return
    if late == "move":
        Recording.update(store=Store.MAIN).where(Recording.id == row.id).execute()
    assert sound(row) == content


def test_a_disk_that_refuses_is_tried_again_and_said_once(people, row, case, monkeypatch):
    redaction = passages.erase(row, RANGES, because=case, by=people.decider)
    real = deletion.destroy_ownerless

    def refuse(subject):
        raise OSError(5, "no")

    monkeypatch.setattr(deletion, "destroy_ownerless", refuse)
    assert passages.sweep().failed == 1
    assert passages.sweep(again=True).failed == 1
    failed = kept.fresh(redaction)
    assert (failed.state, failed.failure, failed.key_gone_by) == (RedactionState.SWITCHED, "EIO", None)
    assert not passages.is_done(row, case)
    assert kept.fresh(row).vault_id == redaction.uuid, "it is read without them at once"
    assert kept.acts(row).count("passages_failed") == 1
    monkeypatch.setattr(deletion, "destroy_ownerless", real)
    assert passages.sweep(again=True).done == 1
    assert gone(row.uuid)


def test_the_owners_and_the_reconciliation_know_the_new_original_from_the_old(people, row, case, monkeypatch):
    other = kept.call(people, after=dt.timedelta(seconds=5), sound=wav(tone(2.0)))
    waiting = passages.erase(other, RANGES, because=case, by=people.decider)
    redaction = passages.erase(row, RANGES, because=case, by=people.decider)
    Redaction.update(failure="later").where(Redaction.id == waiting.id).execute()
    passages.sweep()
    render.render_pending()
    assert owners.of(row.uuid).standing == Standing.GONE
    assert owners.of(redaction.uuid).standing == Standing.KEPT
    assert owners.of(waiting.uuid).standing == Standing.MOVING
    assert owners.of(other.uuid).standing == Standing.KEPT
    monkeypatch.setattr(reconcile, "YOUNG", dt.timedelta(days=-9000))
    assert not reconcile.reconcile().open
    objects.remove(redaction.uuid, "peaks")
    assert reconcile.reconcile().repaired == {"derived_missing": 1}
    assert kept.fresh(row).playable == Playable.PENDING
    keystore.create(row.uuid)
    objects.seal(row.uuid, "original", [b"back"])
    assert "purged_kept" in reconcile.reconcile().repaired
    assert gone(row.uuid)
    keystore.create(row.uuid)
    assert actions.purge_due().returned == 1, "what came back is destroyed by the next sweep"
    keystore.create(row.uuid)
    assert actions.purge_due().returned == 1, "also by one that looks at what is recent alone"
    assert gone(row.uuid)
    actions.erase(kept.fresh(row), because=case, by=people.decider)
    assert owners.of(redaction.uuid).standing == Standing.GONE
    keystore.create(redaction.uuid)
    assert actions.purge_due(thorough=True).returned == 1
    assert gone(redaction.uuid)


def test_what_was_made_of_the_old_sound_goes_with_it_transcripts_and_copies(people):
    with clock.frozen(copied.TODAY):
        other, (call, *_) = copied.with_calls(people)
        assert copies.order(other, by=people.clerk)
        copy = copied.made(Copy.get(Copy.case == other.id))
        Line.create(call=call, at_ms=0, speaker="caller", text="zqföre")
        during = [Line.create(call=call, at_ms=400, speaker=who, text="zqdet") for who in ("caller", "adviser")]
        Line.create(call=call, at_ms=900, speaker="caller", text="zqefter")
        with pytest.raises(deletion.KeptByOther):
            passages.erase(call.recording, RANGES, because=Case(), by=people.decider)
        freezes.lift(other, by=people.clerk)
        assert kept.fresh(copy).state == CopyState.READY
        erased(call.recording, RANGES, Case(), people.decider)
        assert kept.fresh(copy).state == CopyState.GONE
        assert gone(copy.uuid)
        assert [line.text for line in Line.select().order_by(Line.at_ms, Line.id)] == ["zqföre", "", "", "zqefter"]
        assert [kept.fresh(line).text for line in during] == ["", ""]
        render.render_pending()
        redone = packing.items(other)[0]
        with Child() as child:
            given = b"".join(packing.packed(other, [redone], secret="", child=child))
        (name,) = [name for name in copied.opened(given) if name.endswith(".wav")]
        assert copied.opened(given)[name] == silenced(copied.SOUND, RANGES)


def test_the_page_of_a_call_says_where_it_was_silenced_and_that_nobody_hears_it_meanwhile(people, row, case, as_):
    passages.erase(row, RANGES, because=case, by=people.decider)
    page = as_(people.adviser).get(f"/recordings/{row.uuid}").text
    assert "Avsnitt ur samtalet håller på att raderas" in page
    assert "är raderat ur ljudet" not in page
    passages.sweep()
    render.render_pending()
    page = as_(people.adviser).get(f"/recordings/{row.uuid}").text
    day = clock.local(kept.NOW)
    assert f"där är det tyst: 0:00,5–0:00,9. Det raderades den {day.day}.{day.month}.{day.year}." in page
    assert case.number not in page, "that a resident has asked is no matter for all who hear it"
    assert as_(people.outsider).get(f"/recordings/{row.uuid}").status_code == 404


def test_the_original_of_a_corrected_entry_opens_after_the_switch_as_before(people, row, case):
    correction = corrections.correct(row, "subject", "Rätt ämne", reason="fel", by=people.manager)
    erased(row, RANGES, case, people.decider)
    late = corrections.correct(kept.fresh(row), "subject", "Rättare ämne", reason="fel igen", by=people.manager)
    erased(row, [(1200, 1500)], Case(), people.decider)
    for one, value in ((correction, ""), (late, "Rätt ämne")):
        assert corrections.open_original(one, need="en fråga", by=people.manager) == value
    assert not keystore.exists(row.uuid)
