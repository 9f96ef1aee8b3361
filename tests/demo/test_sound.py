"""The demo's calls sound like calls, and are written as telephone systems write them."""

import datetime as dt
import io
import json

import av
import numpy as np
import pytest

from portal import clock
from portal.demo import calls, dialogue, exchange, faults, sound
from portal.demo.calls import Format, Planner
from portal.demo.people import PEOPLE
from portal.ingest import call_details, freepbx
from portal.recordings.models import Direction

NOW = dt.datetime(2026, 5, 20, 11, 0, tzinfo=clock.UTC)


def planned(count=40, now=NOW):
    return Planner(count, now, 1).plan()


@pytest.fixture(scope="module")
def pcm():
    first = planned(1)[0]
    return dialogue.perform(
        dialogue.topics("sv")["daycare_place"],
        "sv",
        adviser="Karin",
        voices=first.voices,
        told=True,
        seconds=45,
        seed=3,
    )


def test_adviser_and_caller_speak_in_turn_each_on_a_channel(pcm):
    assert pcm.shape == (2, 45 * sound.RATE)
    loudness = np.abs(pcm.astype(float)).reshape(2, 45 * 5, -1).mean(2) > 400  # fifths of a second
    assert 30 < loudness[0].sum() < 195
    assert 30 < loudness[1].sum() < 195
    assert (loudness[0] & loudness[1]).sum() < 0.2 * loudness.any(0).sum()


def test_what_is_heard_lies_in_the_telephone_band(pcm):
    for channel in pcm.astype(float):
        power = np.abs(np.fft.rfft(channel)) ** 2
        hertz = np.fft.rfftfreq(len(channel), 1 / sound.RATE)
        inside = power[(hertz > 280) & (hertz < 3500)].sum()
        assert inside > 0.98 * power.sum()
        assert power[(hertz > 300) & (hertz < 2000)].sum() > 0.5 * power.sum()


def decoded(content: bytes):
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        return stream.codec_context.name, stream.channels, samples / stream.rate


@pytest.mark.parametrize(
    ("format", "codec", "channels"),
    [(Format.ALAW, "pcm_alaw", 2), (Format.GSM, "gsm_ms", 1), (Format.MP3, "mp3", 2), (Format.OPUS, "opus", 2)],
)
def test_each_format_decodes_to_its_length(pcm, format, codec, channels):
    name, found, seconds = decoded(exchange.ENCODE[format](pcm))
    assert (name.removesuffix("float"), found) == (codec, channels)
    assert seconds == pytest.approx(45, abs=0.2)


def test_a_law_is_that_of_g711():
    codes = sound.alaw(np.array([[0, 1, -1, 8, 32767, -32768, 1000, -1000]], np.int16))
    assert codes.hex() == "d5d555d5aa2afa7a"


def test_there_are_calls_past_their_date_close_to_it_and_of_yesterday():
    found = planned(300)
    assert len(found) == 300
    left = sorted(clock.expiry(call.ended_at) - NOW for call in found)
    assert sum(rest < dt.timedelta(0) for rest in left) >= 3
    assert any(dt.timedelta(hours=-1.1) < rest < dt.timedelta(0) for rest in left)
    assert any(dt.timedelta(0) < rest < dt.timedelta(hours=1) for rest in left)
    yesterday = clock.local(NOW).date() - dt.timedelta(days=1)
    of_yesterday = [c for c in found if clock.local(c.started_at).date() == yesterday and c.topic.startswith("daycare")]
    assert {c.language for c in of_yesterday if c.subject} == {"sv", "fi"}
    assert all(c.ended_at < NOW for c in found)
    assert max(c.seconds for c in found) == calls.LONG
    assert {c.format for c in found} == set(Format)
    assert {c.direction for c in found} == {Direction.IN, Direction.OUT}


@pytest.mark.parametrize("day", range(7))
def test_yesterdays_call_is_there_whatever_day_it_is(day):
    now = NOW + dt.timedelta(days=day)
    first = planned(1, now)[0]
    assert clock.local(first.started_at).date() == clock.local(now).date() - dt.timedelta(days=1)


def test_every_call_has_an_id_of_its_own_and_the_same_seed_gives_the_same_calls():
    found = planned(300)
    assert len({exchange.source(call) for call in found}) == 300
    assert found == planned(300)


def test_a_file_name_is_read_back_as_the_call_it_was_written_from():
    for call in planned(60):
        name = freepbx.parse(exchange.stem(call) + ".wav")
        assert name is not None
        assert (name.started_at, name.unique_id) == (call.started_at, call.unique_id)
        assert freepbx.direction_of(name) == call.direction


def test_call_details_are_read_back_and_a_transferred_call_has_one_conversation(settings, tmp_path):
    found = planned(60)
    exchange.deliver_details(found, tmp_path)
    rows = {}
    for file in tmp_path.rglob("*.csv"):
        read = call_details.read(file.read_bytes(), whole=True)
        assert not read.refused
        rows |= {row["unique_id"]: row for row in [*read.found, *read.past]}
    assert set(rows) == {call.unique_id for call in found if call.format in exchange.ENDING}
    second = next(call for call in found if call.linked_to)
    assert rows[second.unique_id]["linked_id"] == rows[second.linked_to.unique_id]["linked_id"]
    assert rows[second.unique_id]["billsec_s"] == round(second.seconds)


def test_a_vcon_names_the_file_beside_it_with_its_hash(tmp_path):
    call = next(c for c in planned(20) if c.format == Format.VCON_BESIDE)
    exchange.deliver(call, tmp_path)
    document = json.loads(next(tmp_path.rglob("*.vcon")).read_text())
    dialog = document["dialog"][0]
    assert dialog["content_hash"].startswith("sha512-")
    assert decoded((next(tmp_path.rglob("*.vcon")).parent / dialog["url"]).read_bytes())[1] == 2


def test_a_call_that_is_hung_up_early_is_whole_as_far_as_it_goes(tmp_path):
    from portal.demo.register import _going_on

    growing = faults.Growing(_going_on(clock.now()), tmp_path)
    growing.start()
    while not (files := list(tmp_path.rglob("*.wav"))) or files[0].stat().st_size < 2000:
        growing.join(0.05)
    before = files[0].stat().st_size
    growing.join(1.2)
    assert files[0].stat().st_size > before, "it grows"
    growing.hang_up()
    name, channels, seconds = decoded(files[0].read_bytes())
    assert (name, channels) == ("pcm_alaw", 2)
    assert 0.9 < seconds < faults.GROWS_SECONDS
    assert list(tmp_path.rglob("*.csv"))


def test_every_topic_belongs_to_a_queue_that_somebody_answers():
    for language in ("sv", "fi"):
        for topic in dialogue.topics(language).values():
            assert any(topic.queue in person.queues for person in PEOPLE if person.extension), topic.name
    assert dialogue.topics("sv").keys() == dialogue.topics("fi").keys()
