"""vCons, as the standard has them and as the field writes them."""

import base64
import datetime as dt
import hashlib
import json

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import actions
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.recordings.models import Direction, Recording, Told
from portal.vault import objects
from tests.ingest import deliveries as d


def sha512(content: bytes) -> str:
    return "sha512-" + base64.urlsafe_b64encode(hashlib.sha512(content).digest()).rstrip(b"=").decode()


def beside(content: bytes, url: str = "https://example.invalid/files/call.wav", **values) -> dict:
    return d.dialog(url=url, content_hash=sha512(content)) | values


def test_an_inline_recording_comes_in_with_all_that_is_told(sweep, people):
    path = d.deliver("a.vcon", d.vcon(d.dialog(d.sound(channels=1))))
    assert sweep().taken == 1
    row = Recording.get()
    assert objects.read(row.uuid, "original") == d.sound(channels=1)
    assert (row.source, row.number, row.subject) == ("vcon", d.CALLER, "Dagvård")
    assert row.started_at == dt.datetime(2026, 11, 10, 8, 15, 30, tzinfo=dt.UTC)
    assert (row.direction, row.extension, row.adviser) == (Direction.IN, "201", people.adviser)
    assert not path.exists()


@pytest.mark.parametrize("ending", ["vcon", "json", "vcon.json", "JSON"])
def test_every_ending_of_a_vcon_is_read(ending, sweep):
    d.deliver(f"a.{ending}", d.vcon(d.dialog(d.sound())))
    assert sweep().taken == 1


def test_parties_by_channel_tell_who_speaks_where(sweep):
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound(), parties=[2, 0]), parties=PARTIES))
    sweep()
    assert Recording.get().speakers == "adviser,caller"


PARTIES = [{"tel": d.CALLER}, {"tel": "2001"}, {"tel": "201"}]


def test_an_outward_call_is_seen_by_its_originator(sweep):
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound(), parties=[2, 0, 1], originator=2)))
    sweep()
    assert Recording.get().direction == Direction.OUT


@pytest.mark.parametrize(
    "changes",
    [
        {"encoding": None},
        {"encoding": "base64"},
        {"body": base64.b64encode(d.sound()).decode()},
        {"body": base64.encodebytes(d.sound()).decode(), "encoding": None},
        {"mediatype": "video/mp4"},
        {"mediatype": None, "mimetype": "audio/wav"},
        {"start": "Tue, 10 Nov 2026 10:15:30 +0200"},
        {"start": "2026-11-10T10:15:30+02:00"},
        {"start": "2026-11-10T08:15:30Z"},
        {"duration": "2.0"},
        {"duration": "nonsense"},
        {"duration": 1e308},
        {"parties": 0, "queue": "2001"},
        {"parties": [[0], [2], None], "queue": "2001"},
        {"parties": [0, 1, 99, -1, "x", True, {}]},
        {"session_id": "abc"},
        {"session_id": {"local": "a", "remote": "b"}},
        {"transfer-target": 3, "appended": {}},
        {"content_hash": sha512(d.sound())},
        {"content_hash": [sha512(d.sound()), "blake3-xyz"]},
        {"content_hash": "sha256-" + hashlib.sha256(d.sound()).hexdigest()},
        {"alg": "SHA-512", "signature": sha512(d.sound())[7:]},
        {"subject": "\ud800\u202e\x00"},
    ],
)
def test_what_the_field_writes_is_read(changes, sweep):
    dialog = {k: v for k, v in (d.dialog(d.sound()) | changes).items() if v is not None}
    d.deliver("a.vcon", json.dumps(json.loads(d.vcon()) | {"dialog": [dialog]}).encode())
    summary = sweep()
    assert (summary.taken, dict(summary.quarantined), dict(summary.faults)) == (1, {}, {})
    assert Recording.get().started_at == dt.datetime(2026, 11, 10, 8, 15, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "top",
    [
        {"vcon": "0.0.1"},
        {"vcon": None},
        {"uuid": None},
        {"redacted": {}},
        {"group": [], "extensions": ["whatever"]},
        {"critical": []},
        {"subject": None},
        {"subject": ["no text"]},
        {"analysis": None, "attachments": None},
        {"created_at": None},
    ],
)
def test_what_is_missing_or_empty_at_the_top_is_forgiven(top, sweep):
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound()), **top))
    assert sweep().taken == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_of_json_are_read(encoding, sweep):
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound())).decode().encode(encoding))
    assert sweep().taken == 1


def test_several_recordings_are_one_conversation_and_other_dialogs_are_left_out(sweep):
    text = {"type": "text", "start": "2026-11-10T08:15:30Z", "parties": [0], "body": "hej", "encoding": "none"}
    later = d.dialog(d.sound(3.0), start="2026-11-10T08:20:00Z")
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound()), text, {"type": "transfer"}, later, {"type": "incomplete"}))
    assert sweep().taken == 2
    assert len({row.conversation for row in Recording.select()}) == 1
    assert {row.duration_ms for row in Recording.select()} == {2000, 3000}


@pytest.mark.parametrize(
    ("dialog", "top", "told"),
    [
        ({}, {}, Told.YES),  # by the queue's setting
        ({"told": False}, {}, Told.NO),
        ({}, {"told": False}, Told.NO),
        ({"queue": "2003"}, {}, Told.NO),
        ({"queue": "2003"}, {"attachments": [{"type": "consent", "body": "{}"}]}, Told.YES),
    ],
)
def test_told_is_read_from_the_vcon_or_else_from_the_queue(dialog, top, told, sweep):
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound(), **dialog), **top))
    sweep()
    assert Recording.get().told == told


def test_the_same_vcon_twice_is_one_recording(sweep):
    d.deliver("a.vcon", d.vcon(d.dialog(d.sound())))
    sweep()
    d.deliver("other name.json", d.vcon(d.dialog(d.sound())))
    sweep(20)
    assert sweep(30).duplicates == 1
    assert Recording.select().count() == 1


# Files beside


def test_a_file_beside_is_taken_by_its_name_and_hash_and_nothing_is_fetched(sweep):
    audio = d.deliver("call.wav", d.sound())
    path = d.deliver("a.vcon", d.vcon(beside(d.sound())))
    summary = sweep()
    assert (summary.taken, dict(summary.quarantined)) == (1, {})
    assert objects.read(Recording.get().uuid, "original") == d.sound()
    assert not audio.exists()
    assert not path.exists()
    assert sweep(20).duplicates == 0


def test_a_file_in_a_folder_beside_is_taken(sweep):
    d.deliver("call.wav", d.sound(), folder="in/blobs")
    d.deliver("a.vcon", d.vcon(beside(d.sound(), "blobs/call.wav")), folder="in")
    assert sweep().taken == 1


def test_a_file_beside_may_come_later(sweep):
    d.deliver("a.vcon", d.vcon(beside(d.sound())))
    sweep(0)
    assert sweep(30).waiting == 1
    d.deliver("call.wav", d.sound())
    assert sweep(40).waiting == 2
    assert sweep(46).taken == 1


def test_a_sound_waits_for_the_vcon_that_is_still_written(sweep):
    path = d.deliver("a.vcon", b'{"vcon":')
    d.deliver("call.wav", d.sound())
    sweep(0)
    path.write_bytes(d.vcon(beside(d.sound())))
    assert sweep(6).quarantined == {}
    assert sweep(12).taken == 1


def test_a_vcon_whose_sound_never_comes_goes_to_quarantine(sweep):
    d.deliver("a.vcon", d.vcon(beside(d.sound())))
    sweep(0)
    assert sweep(601).quarantined == {"remote": 1}
    assert Quarantined.get().detail == "missing"


@pytest.mark.parametrize(
    "url",
    [
        "../../secret.wav",
        "/etc/passwd",
        "file:///etc/..",
        "a/../../b.wav",
        "%2e%2e/b.wav",
        "//h/.x",
        "http://[",
        "a\0b",
    ],
)
def test_an_address_out_of_its_folder_is_refused(url, sweep, settings):
    (settings.data / "secret.wav").write_bytes(d.sound())
    d.deliver("a.vcon", d.vcon(beside(d.sound(), url)))
    sweep(0)
    assert sweep(601).quarantined == {"remote": 1}
    assert (settings.data / "secret.wav").exists()


@pytest.mark.parametrize("url", [".", "./", "a" * 256, "a/" + "å" * 128 + ".wav", "a\ud800.wav"])
def test_an_address_that_no_file_can_have_is_refused(url, sweep):
    path = d.deliver("a.vcon", json.dumps({"dialog": [beside(d.sound(), url)]}).encode())
    sweep(0)
    assert sweep(601).quarantined == {"remote": 1}
    assert not path.exists()


def test_a_symlink_beside_is_not_followed(sweep, settings, tmp_path):
    (tmp_path / "secret.wav").write_bytes(d.sound())
    path = d.deliver("a.vcon", d.vcon(beside(d.sound())))
    (path.parent / "call.wav").symlink_to(tmp_path / "secret.wav")
    sweep(0)
    sweep(601)
    assert {row.reason for row in Quarantined.select()} == {Reason.REMOTE, Reason.NOT_A_FILE}
    assert Recording.select().count() == 0


def test_a_symlinked_folder_beside_is_not_followed(sweep, tmp_path):
    (tmp_path / "call.wav").write_bytes(d.sound())
    path = d.deliver("a.vcon", d.vcon(beside(d.sound(), "blobs/call.wav")))
    (path.parent / "blobs").symlink_to(tmp_path)
    sweep(0)
    sweep(601)
    assert Recording.select().count() == 0
    assert (tmp_path / "call.wav").exists()


def test_a_refused_vcon_takes_its_sound_with_it_and_a_retry_has_it(sweep, people):
    d.deliver("call.wav", d.sound())
    d.deliver("a.vcon", d.vcon(beside(d.sound()), parties=[{"tel": d.CALLER}, {"tel": "2999"}, {}]))
    summary = sweep()
    assert summary.quarantined == {"unknown_queue": 1}
    assert sweep(20).quarantined == {}
    people.daycare.number = "2999"
    people.daycare.save()
    actions.retry(Quarantined.get(), by=people.admin)
    row = Recording.get()
    assert objects.read(row.uuid, "original") == d.sound()
    assert list(objects.subjects()) == [row.uuid]


# Refused

DEEP = b'{"dialog":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
SHALLOW_BOMB = b'{"dialog":[' + b"{}," * 600_000 + b"{}]}"

REFUSED = {
    "not json": (b"hej", Reason.BAD_JSON, ""),
    "empty": (b"", Reason.BAD_JSON, ""),
    "half": (d.vcon(d.dialog(d.sound()))[:-500], Reason.BAD_JSON, ""),
    "a list": (b"[]", Reason.BAD_JSON, "no_vcon"),
    "another object": (b'{"hej": 1}', Reason.BAD_JSON, "no_vcon"),
    "not utf-8": (b'{"dialog": "\xff\xfe"}', Reason.BAD_JSON, ""),
    "a deep bomb": (DEEP, Reason.BAD_JSON, "too_deep"),
    "70 levels": (b'{"dialog":' + b"[" * 70 + b"]" * 70 + b"}", Reason.BAD_JSON, "too_deep"),
    "a wide bomb": (SHALLOW_BOMB, Reason.BAD_JSON, "too_many"),
    "a long number": (b'{"dialog": [' + b"9" * 10_000 + b"]}", Reason.BAD_JSON, ""),
    "not a number": (b'{"dialog": [NaN]}', Reason.BAD_JSON, ""),
    "signed": (b'{"payload": "eyJ9", "signatures": [{"protected": "x", "signature": "y"}]}', Reason.SIGNED, ""),
    "signed, compact": (b"eyJhbGciOiJSUzI1NiJ9.eyJ2Y29uIjoiMC40LjAifQ.c2ln", Reason.SIGNED, ""),
    "encrypted": (b'{"protected": "x", "recipients": [{}], "iv": "y", "ciphertext": "z"}', Reason.ENCRYPTED, ""),
    "encrypted, compact": (b"eyJhbGciOiJSU0EifQ.a2V5.aXY.dGV4dA.dGFn", Reason.ENCRYPTED, ""),
    "critical": (d.vcon(d.dialog(d.sound()), critical=["lawful_basis"]), Reason.CRITICAL, ""),
    "critical, old": (d.vcon(d.dialog(d.sound()), must_support=["CC"]), Reason.CRITICAL, ""),
    "no dialog": (d.vcon(), Reason.NO_CONTENT, "no_recording"),
    "text only": (d.vcon({"type": "text", "body": "hej"}), Reason.NO_CONTENT, "no_recording"),
    "no body": (d.vcon(d.dialog()), Reason.NO_CONTENT, "no_body"),
    "a body of another kind": (d.vcon(d.dialog(body={"a": 1})), Reason.NO_CONTENT, "body"),
    "no base64": (d.vcon(d.dialog(body="å!?")), Reason.NO_CONTENT, "base64"),
    "no sound": (d.vcon(d.dialog(b"hej, hej " * 20)), Reason.NOT_AUDIO, ""),
    "cut sound": (d.vcon(d.dialog(d.sound()[:-100])), Reason.BROKEN, "cut"),
    "another hash": (d.vcon(d.dialog(d.sound(), content_hash=sha512(b"x"))), Reason.HASH_MISMATCH, ""),
    "an unknown hash": (d.vcon(d.dialog(d.sound(), content_hash="crc32-x")), Reason.HASH_MISMATCH, "algorithm"),
    "no start": (d.vcon(d.dialog(d.sound(), start=None)), Reason.BAD_TIME, ""),
    "a start without zone": (d.vcon(d.dialog(d.sound(), start="2026-11-10T08:15:30")), Reason.BAD_TIME, ""),
    "a start of nonsense": (d.vcon(d.dialog(d.sound(), start=[1])), Reason.BAD_TIME, ""),
    "no queue": (d.vcon(d.dialog(d.sound()), parties=[{"tel": d.CALLER}]), Reason.UNKNOWN_QUEUE, ""),
    "one good, one bad": (d.vcon(d.dialog(d.sound()), d.dialog(b"hej")), Reason.NOT_AUDIO, ""),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_taken_goes_to_quarantine_with_its_reason(kind, sweep):
    content, reason, detail = REFUSED[kind]
    d.deliver("a.vcon", content)
    d.deliver("good.vcon", d.vcon(d.dialog(d.sound()), uuid="another"))
    summary = sweep()
    row = Quarantined.get()
    assert (row.reason, row.detail, row.source, row.sealed) == (reason, detail, "vcon", True)
    assert (summary.taken, dict(summary.quarantined), dict(summary.faults)) == (1, {reason: 1}, {})
    assert objects.read(row.uuid, "original") == content
    assert Recording.get().conversation == "another"


def test_a_vcon_too_large_to_parse_stays_where_it_stands(sweep):
    path = d.deliver("a.vcon", b"{")
    with path.open("r+b") as file:
        file.truncate(200 << 20)
    sweep()
    row = Quarantined.get()
    assert (row.reason, row.sealed, row.state) == (Reason.TOO_LARGE, False, QuarantineState.WAITING)
    assert Entry.select().where(Entry.act == Act.QUARANTINED).count() == 1
    sweep(20)
    assert Entry.select().where(Entry.act == Act.QUARANTINED).count() == 1


def test_a_refused_vcon_keeps_the_clock_of_its_call(sweep):
    old = d.dialog(b"hej", start="2026-09-30T08:00:00Z")
    d.deliver("a.vcon", d.vcon(old))
    sweep()
    assert Quarantined.get().expires_at.date().isoformat() == "2026-12-30"
