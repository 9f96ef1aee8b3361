"""The sound in ranges, as RFC 9110 §14 has it."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import playback
from portal.recordings import ranges
from portal.recordings.models import Listen, Recording
from portal.recordings.ranges import WHOLE, Unsatisfiable
from tests import calls

SOUND = os.urandom(3 * 65536 + 4321)
SIZE = len(SOUND)


@pytest.fixture
def audio(as_, people):
    """Asks for the sound of a listen: `audio("bytes=0-9")`."""
    call = calls.recording(people.daycare, sound=SOUND)
    client = as_(people.adviser)
    address = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).location + "/audio"

    def ask(wanted=None, method="GET", **headers):
        if wanted is not None:
            headers["Range"] = wanted
        return client.open(address, method=method, headers=headers)

    return ask


def test_without_a_range_the_whole_is_sent(audio):
    answer = audio()
    assert answer.status_code == 200
    assert answer.data == SOUND
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.mimetype == "audio/wav"
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=100-199", 100, 199),
        ("bytes=65530-65545", 65530, 65545),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (f"bytes={SIZE - 10}-{SIZE + 1000}", SIZE - 10, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-70000", SIZE - 70000, SIZE - 1),
        (f"bytes=-{SIZE + 1}", 0, SIZE - 1),
        ("BYTES=5-9", 5, 9),
        ("bytes= 5-9 ", 5, 9),
        ("bytes=0-99999999999999999999", 0, SIZE - 1),
    ],
)
def test_a_range_is_those_bytes(audio, wanted, first, last):
    answer = audio(wanted)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.data == SOUND[first : last + 1]


@pytest.mark.parametrize(
    "wanted", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0", "bytes=99999999999999999999-"]
)
def test_a_range_with_no_byte_of_the_sound_is_416(audio, wanted):
    answer = audio(wanted)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert answer.data == b""


@pytest.mark.parametrize(
    "wanted",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-5", "bytes=5-9x", "bytes=--5", "bytes=+5-9"),
        *("items=0-5", "seconds=1-2", "bytes=0x10-0x20", "bytes 0-5", "bytes=5", "bytes=٥-٩", "bytes=5.0-9"),
        *("bytes=0-5,10-15", "bytes=0-0,-1", "bytes=" + "0-5," * 50 + "0-5", "bytes=" + "1" * 200 + "-"),
    ],
)
def test_a_range_that_is_none_or_several_is_ignored(audio, wanted):
    answer = audio(wanted.encode().decode("latin-1"))
    assert answer.status_code == 200
    assert answer.data == SOUND


@pytest.mark.parametrize("wanted", [None, "bytes=0-9", f"bytes={SIZE}-"])
def test_head_tells_of_the_whole_and_ignores_ranges(audio, wanted):
    answer = audio(wanted, method="HEAD")
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.data == b""
    assert Listen.get().started_at is None


def test_if_range_gives_the_range_only_to_who_has_the_same_sound(audio):
    etag = audio("bytes=0-0").headers["ETag"]
    assert audio("bytes=5-9", **{"If-Range": etag}).data == SOUND[5:10]
    for other in ('"another"', "W/" + etag, "Wed, 21 Oct 2026 07:28:00 GMT"):
        answer = audio("bytes=5-9", **{"If-Range": other})
        assert (answer.status_code, len(answer.data)) == (200, SIZE)


def test_other_methods_are_refused(audio):
    assert audio(method="PUT").status_code in (400, 405)
    assert audio(method="DELETE").status_code in (400, 405)


def test_a_long_range_is_answered_with_its_first_part_and_says_so(as_, people):
    sound = os.urandom(playback.PIECE + 100_000)
    call = calls.recording(people.daycare, sound=sound)
    client = as_(people.adviser)
    address = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).location + "/audio"
    heard = b""
    while len(heard) < len(sound):
        answer = client.get(address, headers={"Range": f"bytes={len(heard)}-"})
        last = len(heard) + len(answer.data) - 1
        assert answer.headers["Content-Range"] == f"bytes {len(heard)}-{last}/{len(sound)}"
        heard += answer.data
    assert heard == sound


@given(first=st.integers(0, SIZE + 70_000), length=st.integers(0, 200_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_range_is_the_same_bytes_as_the_original(audio, first, length):
    answer = audio(f"bytes={first}-{first + length}")
    if first >= SIZE:
        assert answer.status_code == 416
    else:
        assert answer.status_code == 206
        assert answer.data == SOUND[first : first + length + 1]


@given(length=st.integers(0, 2 * SIZE))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_suffix_is_the_end_of_the_original(audio, length):
    answer = audio(f"bytes=-{length}")
    assert answer.status_code == (206 if length else 416)
    if length:
        assert answer.data == SOUND[-length:]


@given(
    header=st.one_of(st.text(max_size=120), st.from_regex(r"bytes=[0-9,\- ]{0,30}", fullmatch=True)),
    size=st.integers(1, 5000),
)
@settings(max_examples=500, deadline=None)
def test_no_header_gives_bytes_outside_the_sound(header, size):
    try:
        span = ranges.chosen(header, size)
    except Unsatisfiable:
        return
    if span is not WHOLE:
        start, stop = span
        assert 0 <= start < stop <= size


def test_a_playable_form_is_what_is_sent_where_there_is_one(as_, people):
    from portal.vault import objects

    call = calls.recording(people.daycare)
    objects.seal(call.uuid, "playable", [b"fLaC another form"])
    Recording.update(playable_part="playable", playable_type="audio/flac").execute()
    client = as_(people.adviser)
    address = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).location + "/audio"
    answer = client.get(address)
    assert (answer.data, answer.mimetype) == (b"fLaC another form", "audio/flac")
