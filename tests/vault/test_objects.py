"""Sealed objects read back from any place, and refuse every change."""

import os
import uuid

import pytest

from portal.vault import keystore, objects
from portal.vault.box import SealBroken


@pytest.fixture
def sealed(settings):
    subject, content = uuid.uuid4(), os.urandom(3 * objects.CHUNK + 123)
    objects.seal(subject, "original", [content[:10], content[10:100_000], content[100_000:]])
    return subject, content


@pytest.mark.parametrize("size", [0, 1, objects.CHUNK - 1, objects.CHUNK, objects.CHUNK + 1, 2 * objects.CHUNK])
def test_what_is_sealed_reads_back_at_every_size(settings, size):
    subject, content = uuid.uuid4(), os.urandom(size)
    result = objects.seal(subject, "original", [content])
    assert result.size == size
    assert objects.read(subject, "original") == content


def test_a_span_is_the_same_bytes_as_the_original(sealed):
    subject, content = sealed
    with objects.Reader(subject, "original") as reader:
        for start, stop in ((0, 1), (65_530, 65_540), (100_000, len(content)), (len(content) - 1, len(content) + 9)):
            assert b"".join(reader.span(start, stop)) == content[start:stop]


@pytest.mark.parametrize("place", [0, 5, 40, 65_590, 131_200, -1])
def test_a_flipped_bit_is_refused(sealed, place):
    subject, _ = sealed
    path = objects.path_of(subject, "original")
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(SealBroken):
        objects.read(subject, "original")


def test_a_cut_at_a_chunk_border_is_refused(sealed):
    subject, _ = sealed
    path = objects.path_of(subject, "original")
    path.write_bytes(path.read_bytes()[: objects.HEADER + 2 * (objects.CHUNK + objects.TAG)])
    with pytest.raises(SealBroken):
        objects.read(subject, "original")


def test_an_object_moved_to_another_part_or_subject_is_refused(sealed):
    subject, _ = sealed
    other = uuid.uuid4()
    objects.seal(other, "original", [b"x"])
    data = objects.path_of(subject, "original").read_bytes()
    objects.path_of(other, "original").write_bytes(data)
    objects.path_of(subject, "peaks").write_bytes(data)
    for moved, part in ((other, "original"), (subject, "peaks")):
        with pytest.raises(SealBroken):
            objects.read(moved, part)


def test_without_its_key_an_object_cannot_be_opened(sealed):
    subject, _ = sealed
    assert keystore.destroy(subject)
    with pytest.raises(keystore.NoKey):
        objects.read(subject, "original")
    assert not keystore.destroy(subject)


def test_nothing_of_the_content_is_on_disk_in_the_clear(settings):
    subject, marker = uuid.uuid4(), b"a-marker-in-the-clear-" * 5000
    objects.seal(subject, "original", [marker])
    for path in settings.data.rglob("*"):
        if path.is_file():
            assert b"marker-in-the-clear" not in path.read_bytes()


def test_a_derived_part_never_brings_back_a_destroyed_key(sealed):
    subject, _ = sealed
    objects.seal(subject, "peaks", [b"with its key"], new_key=False)
    keystore.destroy(subject)
    with pytest.raises(keystore.NoKey):
        objects.seal(subject, "peaks", [b"after the purge"], new_key=False)
    assert not keystore.exists(subject)


def test_two_may_remove_the_same_objects(sealed, monkeypatch):
    subject, _ = sealed
    folder = objects.path_of(subject, "original").parent
    listed = sorted(folder.iterdir())
    objects.remove_all(subject)
    objects.remove_all(subject)
    monkeypatch.setattr(type(folder), "iterdir", lambda _: iter(listed))  # listed before the other was done
    objects.remove_all(subject)
    assert not folder.exists()
