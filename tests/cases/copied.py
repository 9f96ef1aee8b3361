"""A request with calls that are given, approved, for the tests of the sound that is handed over."""

import datetime as dt
import hashlib
import io
import struct
import zlib

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from portal import clock
from portal.audit.models import Entry
from portal.cases import copies
from portal.cases.codes import Channel, Concerns, Decision, Delivery, Outcome, RightKind, State
from portal.cases.models import Case, CaseCall, CaseRight, Copy, Passage, Step
from portal.retention import freezes
from tests.calls import recording, tone, wav

TODAY = dt.datetime(2026, 10, 1, 9, 0, tzinfo=dt.UTC)
CALLED = dt.datetime(2026, 9, 14, 7, 12, tzinfo=dt.UTC)
SECONDS = 2.0
SOUND = wav(tone(SECONDS))


def case(people, *, state=State.APPROVED, outcome=Outcome.PARTIAL, serial=1, **more) -> Case:
    day = clock.today()
    values = {
        "year": 2026,
        "serial": serial,
        "number": f"BS/{serial}/2026",
        "state": state,
        "outcome": outcome,
        "handler": people.clerk,
        "registered_by": people.clerk,
        "received_on": day,
        "channel": Channel.LETTER,
        "language": "sv",
        "name": "zqxvnamnet Zackarias",
        "delivery": Delivery.ENCRYPTED,
        "due_on": day + dt.timedelta(days=30),
        "working_on": day + dt.timedelta(days=28),
        "internal_on": day + dt.timedelta(days=21),
    }
    made = Case.create(**values | more)
    CaseRight.create(case=made, right=RightKind.ACCESS)
    return made


def call(of: Case, row, decision=Decision.WHOLE, *, silent=(), concerns=Concerns.YES) -> CaseCall:
    freezes.freeze([row], because=of, by=of.handler)
    made = CaseCall.create(case=of, recording=row, found_by="number", concerns=concerns, decision=decision)
    for start, end in silent:
        Passage.create(call=made, start_ms=start, end_ms=end, interest="zqxvgrannen", harm="zqxvskadan")
    return made


def with_calls(people, **more) -> tuple[Case, list[CaseCall]]:
    """One given whole, one with a passage muted, one withheld, one of somebody else."""
    made = case(people, **more)
    rows = [recording(people.daycare, started_at=CALLED + dt.timedelta(days=n), seconds=SECONDS) for n in range(4)]
    return made, [
        call(made, rows[0]),
        call(made, rows[1], Decision.MUTED, silent=[(500, 1000)]),
        call(made, rows[2], Decision.WITHHELD),
        call(made, rows[3], None, concerns=Concerns.NO),
    ]


def sent(of: Case, **more) -> Case:
    """The answer has left today."""
    Case.update(state=State.DISPATCHED, dispatched_on=clock.today(), **more).where(Case.id == of.id).execute()
    return Case.get_by_id(of.id)


def acts(*, after: int = 0) -> list[str]:
    chosen = Entry.select(Entry.act).where(Entry.id > after, Entry.act.startswith("cases:")).order_by(Entry.id)
    return [act.split(":")[1] for (act,) in chosen.tuples()]


def steps(of: Case) -> list[str]:
    return [what for (what,) in Step.select(Step.what).where(Step.case == of.id).order_by(Step.id).tuples()]


def opened(content: bytes, password: str = "") -> dict[str, bytes]:
    """The files of a zip, read by hand from its end: stored central directory, AES by WinZip's description (AE-2)."""
    end = content.rindex(b"PK\x05\x06")
    count, size, place = struct.unpack("<HII", content[end + 10 : end + 20])
    assert place + size == end
    found = {}
    for _ in range(count):
        fields = struct.unpack("<4s6H3I5H2I", content[place : place + 46])
        assert fields[0] == b"PK\x01\x02"
        _, _, _, flags, method, _, _, crc, packed, clear, names, extras, notes, _, _, _, start = fields
        name = content[place + 46 : place + 46 + names].decode()
        extra = content[place + 46 + names : place + 46 + names + extras]
        local_names, local_extras = struct.unpack("<HH", content[start + 26 : start + 30])
        begin = start + 30 + local_names + local_extras
        body = content[begin : begin + packed]
        if password:
            assert flags & 1, "encrypted"
            assert method == 99
            kind, length, version, maker, strength, method = struct.unpack("<3H2sBH", extra[:11])
            assert (kind, length, version, maker, strength, crc) == (0x9901, 7, 2, b"AE", 3, 0), "AE-2, 256 bits"
            body = _decrypted(body, password)
        assert method == 8
        found[name] = zlib.decompress(body, -15)
        assert len(found[name]) == clear
        assert password or zlib.crc32(found[name]) == crc
        place += 46 + names + extras + notes
    return found


class WrongPassword(Exception):
    pass


def _decrypted(body: bytes, password: str) -> bytes:
    salt, check, body, mac = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    if keys[64:] != check:
        raise WrongPassword
    seal = hmac.HMAC(keys[32:64], hashes.SHA1())
    seal.update(body)
    assert seal.finalize()[:10] == mac
    blocks = -(-len(body) // 16)
    counters = b"".join((n + 1).to_bytes(16, "little") for n in range(blocks))
    key = Cipher(algorithms.AES256(keys[:32]), modes.ECB()).encryptor()
    stream = key.update(counters)
    return bytes(a ^ b for a, b in zip(body, stream, strict=False))


def as_file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def fresh(row):
    return type(row).get_by_id(row.id)


def made(copy: Copy) -> Copy:
    assert copies.make_due().ready == 1
    return fresh(copy)


def taken(copy: Copy, by) -> bytes:
    with copies.take(copy, by=by) as reader:
        return b"".join(reader.span(0, reader.size))
