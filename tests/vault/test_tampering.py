"""A hundred thousand flips, swaps, cuts and moves of sealed bytes: each is refused.

Whatever is sealed is given damaged to whoever opens it. Chunks are short here, so that a few hundred bytes have many.
"""

import collections
import io
import random
import struct
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.vault import box, keystore, objects, parcel

EACH = 20_000
"""Of each of the five things that are sealed."""


def _flip(sealed: bytes, other: bytes, draw: random.Random) -> bytes:
    """One bit, or several."""
    made = bytearray(sealed)
    for _ in range(draw.choice((1, 1, 1, 2, 8))):
        made[draw.randrange(len(made))] ^= 1 << draw.randrange(8)
    return bytes(made)


def _swap(sealed: bytes, other: bytes, draw: random.Random) -> bytes:
    """Two pieces of one length change places."""
    length = draw.randrange(1, len(sealed) // 2 + 1)
    first = draw.randrange(len(sealed) - 2 * length + 1)
    second = draw.randrange(first + length, len(sealed) - length + 1)
    one, two = sealed[first : first + length], sealed[second : second + length]
    return sealed[:first] + two + sealed[first + length : second] + one + sealed[second + length :]


def _cut(sealed: bytes, other: bytes, draw: random.Random) -> bytes:
    """A piece is gone, oftenest the end; or more has come."""
    start = draw.randrange(len(sealed))
    return draw.choice(
        (
            sealed[:start],
            sealed[:start],
            sealed[:start] + sealed[start + draw.randrange(1, len(sealed)) :],
            sealed + draw.randbytes(draw.randrange(1, 40)),
            sealed + sealed[start:],
        )
    )


def _move(sealed: bytes, other: bytes, draw: random.Random) -> bytes:
    """A piece stands elsewhere, or in its place stands one of another sealed thing, or all of that."""
    start = draw.randrange(len(sealed))
    stop = draw.randrange(start, len(sealed)) + 1
    if (kind := draw.randrange(3)) == 0:
        return other
    if kind == 1:
        return sealed[:start] + other[start:stop] + sealed[stop:]
    rest, to = sealed[:start] + sealed[stop:], draw.randrange(len(sealed))
    return rest[:to] + sealed[start:stop] + rest[to:]


KINDS = (_flip, _swap, _cut, _move)


def damaged(sealed: bytes, other: bytes, draw: random.Random) -> tuple[str, bytes]:
    """What was done, and what came of it: other bytes than there were."""
    while True:
        kind = draw.choice(KINDS)
        made = kind(sealed, other, draw)
        if made != sealed:
            return kind.__name__, made


Opener = Callable[[], object]


def _at(path: Path, content: bytes) -> None:
    with open(path, "wb", buffering=0) as file:
        file.write(content)


class Kept:
    """One sealed thing: its bytes, and who opens others in its place."""

    def __init__(self, sealed: bytes, open_as: Callable[[bytes], object]) -> None:
        self.sealed, self.open = sealed, open_as


def _in_file(path: Path, opened: Opener) -> Kept:
    def open_as(content: bytes) -> object:
        _at(path, content)
        return opened()

    return Kept(path.read_bytes(), open_as)


def _objects() -> Iterator[Kept]:
    draw = random.Random(1)
    for number, store in enumerate(keystore.STORES * 2):
        subject = uuid.UUID(int=number + 1)
        for part, size in (("original", 300), ("playable", 300), ("peaks", 20), ("empty", 0)):
            objects.seal(subject, part, [draw.randbytes(size)], store=store)
            path = objects.path_of(subject, part, store=store)
            yield _in_file(path, lambda s=subject, p=part, where=store: objects.read(s, p, store=where))


def _keys() -> Iterator[Kept]:
    for number, store in enumerate(keystore.STORES * 4):
        subject = uuid.UUID(int=number + 1)
        keystore.create(subject, store=store)
        path = keystore.path_of(subject, store=store)
        yield _in_file(path, lambda s=subject, where=store: keystore.load(s, store=where))


def _secrets() -> Iterator[Kept]:
    for use in ("totp", "backup", "copy"):
        for context, secret in ((b"", b"JBSWY3DPEHPK3PXP"), (b"one", b""), (b"another", bytes(200))):
            sealed = box.seal(use, context, secret)
            yield Kept(sealed, lambda given, u=use, c=context: box.unseal(u, c, given))


def _under() -> Iterator[Kept]:
    for key in (bytes(32), bytes(31) + b"\1"):
        for context in (b"one", b"another"):
            sealed = box.seal_under(key, "before", context, b"what stood there")
            yield Kept(sealed, lambda given, k=key, c=context: box.unseal_under(k, "before", c, given))


def _parcels() -> Iterator[Kept]:
    draw = random.Random(2)
    for context in (b"2026-11-10", b"2026-11-11"):
        for size in (0, 64, 300):
            key = parcel.new_key()
            sealed = b"".join(parcel.sealed(io.BytesIO(draw.randbytes(size)), key, context))
            yield Kept(sealed, lambda given, k=key, c=context: list(parcel.opened(io.BytesIO(given), k, c)))


SEALED = {"objects": _objects, "keys": _keys, "secrets": _secrets, "under a key": _under, "parcels": _parcels}


@pytest.fixture
def short(settings, monkeypatch):
    monkeypatch.setattr(objects, "CHUNK", 64)
    monkeypatch.setattr(parcel, "CHUNK", 64)
    return settings


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("what", SEALED)
def test_nothing_that_is_sealed_opens_with_a_flip_a_swap_a_cut_or_a_move(what):
    kept, draw = list(SEALED[what]()), random.Random(what)
    done: collections.Counter[str] = collections.Counter()
    for number in range(EACH):
        one = kept[number % len(kept)]
        kind, made = damaged(one.sealed, draw.choice(kept).sealed, draw)
        try:
            one.open(made)
        except box.SealBroken:
            done[kind] += 1
            continue
        pytest.fail(f"opened after a {kind}: {number}")
    assert min(done.values()) > EACH / 8
    for one in kept:
        one.open(one.sealed)  # it was the damage


def test_that_makes_a_hundred_thousand():
    assert EACH * len(SEALED) == 100_000


@pytest.mark.usefixtures("settings")
def test_chunks_of_their_full_size_are_refused_in_each_other_s_place():
    subject, sealed = uuid.uuid4(), bytes(3 * objects.CHUNK + 9)
    objects.seal(subject, "original", [sealed])
    path = objects.path_of(subject, "original")
    whole, step = path.read_bytes(), objects.CHUNK + objects.TAG
    chunks = [whole[place : place + step] for place in range(objects.HEADER, len(whole), step)]
    for order in ((1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3), (0, 1, 2), (0, 0, 1, 2, 3), (3,), (0, 1, 2, 3, 3)):
        _at(path, whole[: objects.HEADER] + b"".join(chunks[n] for n in order))
        with pytest.raises(box.SealBroken):
            objects.read(subject, "original")
    _at(path, whole)
    assert objects.read(subject, "original") == sealed


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("more", [-1, 0, 1, 15, 16, 17, 18])
def test_a_recording_cut_near_a_border_of_chunks_is_refused(more):
    subject = uuid.uuid4()
    objects.seal(subject, "original", [bytes(4 * objects.CHUNK)])
    path, step = objects.path_of(subject, "original"), objects.CHUNK + objects.TAG
    whole = path.read_bytes()
    for chunks in (0, 1, 2, 3):
        _at(path, whole[: objects.HEADER + chunks * step + more])
        with pytest.raises(box.SealBroken):
            objects.read(subject, "original")


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("size", [0, 1, 65_536, 200_000])
def test_a_recording_cut_to_nothing_is_not_an_empty_one(size):
    subject = uuid.uuid4()
    objects.seal(subject, "original", [bytes(size)])
    path = objects.path_of(subject, "original")
    _at(path, path.read_bytes()[: objects.HEADER] + bytes(objects.TAG))
    with pytest.raises(box.SealBroken):
        objects.read(subject, "original")


@pytest.mark.usefixtures("settings")
def test_an_object_and_its_key_carried_to_another_subject_together_are_refused():
    first, second = uuid.uuid4(), uuid.uuid4()
    for subject in (first, second):
        objects.seal(subject, "original", [subject.bytes])
    _at(objects.path_of(second, "original"), objects.path_of(first, "original").read_bytes())
    _at(keystore.path_of(second), keystore.path_of(first).read_bytes())
    with pytest.raises(box.SealBroken):
        objects.read(second, "original")


# Read by another program, written from the format alone: what is proven beside the content is the chunk's place


def _opens(cipher: AESGCM, number: int, chunk: bytes, bound: bytes) -> bool:
    try:
        cipher.decrypt(struct.pack(">IQ", 0, number), chunk, bound)
    except InvalidTag:
        return False
    return True


def _check_bound_to_its_place(cipher: AESGCM, before: bytes, chunks: list[bytes]) -> None:
    """The nonce tells the place too; either is enough, and both are there."""
    assert len(chunks) > 2
    for number, chunk in enumerate(chunks):
        last = number == len(chunks) - 1
        assert _opens(cipher, number, chunk, before + struct.pack(">Q?", number, last))
        wrong = [(number + 1, last), (0 if number else 1, last), (number, not last)]
        for bound in (before, *(before + struct.pack(">Q?", *place) for place in wrong)):
            assert not _opens(cipher, number, chunk, bound)


@pytest.mark.usefixtures("short")
def test_each_chunk_of_an_object_is_bound_to_its_place_in_it():
    subject = uuid.uuid4()
    objects.seal(subject, "original", [bytes(300)])
    whole, step = objects.path_of(subject, "original").read_bytes(), objects.CHUNK + objects.TAG
    header, body = whole[: objects.HEADER], whole[objects.HEADER :]
    info = b"portal:object:" + subject.bytes + b"original"
    cipher = AESGCM(HKDF(SHA256(), 32, salt=header[4:], info=info).derive(keystore.load(subject)))
    chunks = [body[place : place + step] for place in range(0, len(body), step)]
    _check_bound_to_its_place(cipher, header + subject.bytes + b"original", chunks)


@pytest.mark.usefixtures("short")
def test_each_chunk_of_a_parcel_is_bound_to_its_place_in_it():
    key, step = parcel.new_key(), parcel.CHUNK + parcel.TAG
    whole = b"".join(parcel.sealed(io.BytesIO(bytes(300)), key, b"2026-11-10"))
    body = whole[len(parcel.MAGIC) :]
    chunks = [body[place : place + step] for place in range(0, len(body), step)]
    _check_bound_to_its_place(AESGCM(key), parcel.MAGIC + b"2026-11-10", chunks)
