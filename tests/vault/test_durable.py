"""Folders that are there after a power cut, whoever made them."""

import os

import pytest

from portal.vault import durable


@pytest.fixture
def synced(monkeypatch):
    monkeypatch.setattr(durable, "_durable", set())
    names: list = []
    monkeypatch.setattr(durable, "sync_folder", names.append)
    return names


def test_a_folder_that_another_process_made_is_made_durable_once(tmp_path, synced):
    folder = tmp_path / "made" / "by-one-that-died"
    folder.mkdir(parents=True)
    durable.make_folder(folder)
    assert synced == [folder.parent]
    durable.make_folder(folder)
    assert synced == [folder.parent]


def test_a_new_folder_is_made_durable_once(tmp_path, synced):
    folder = tmp_path / "new"
    durable.make_folder(folder)
    durable.make_folder(folder)
    assert synced.count(tmp_path) == 1


def test_what_is_known_does_not_grow_without_end(tmp_path, synced, monkeypatch):
    monkeypatch.setattr(durable, "MOST_KNOWN", 5)
    for number in range(30):
        durable.make_folder(tmp_path / str(number))
        assert len(durable._durable) <= 5


@pytest.mark.parametrize("refused", ["fsync", "replace", None])
def test_of_a_secret_that_could_not_be_written_nothing_is_left_on_the_disk(tmp_path, monkeypatch, refused):
    target = tmp_path / "root.key"
    target.write_bytes(b"the old one, which stays")
    held = []

    def refusing(*_):
        raise OSError(5, "refused")

    def write(patch):
        with durable.new_secret(target) as file:
            file.write(b"the new secret")
            file.flush()
            held.append(open(durable.scratch_of(target), "rb"))  # noqa: SIM115 it is to outlive its name
            if refused is None:
                raise KeyError
            patch.setattr(os, refused, refusing)

    with monkeypatch.context() as patch, pytest.raises((OSError, KeyError)):
        write(patch)
    with held[0] as left:
        assert b"secret" not in left.read()
        assert os.fstat(left.fileno()).st_nlink == 0
    assert target.read_bytes() == b"the old one, which stays"
    assert [path.name for path in tmp_path.iterdir()] == ["root.key"]


def test_what_a_killed_writer_left_of_a_secret_is_overwritten_before_the_next_is_written(tmp_path):
    target = tmp_path / "root.key"
    durable.scratch_of(target).write_bytes(b"half of a secret, and it is the longer one")
    with open(durable.scratch_of(target), "rb") as left:
        with durable.new_secret(target) as file:
            file.write(b"the next")
        assert b"secret" not in left.read()
    assert target.read_bytes() == b"the next"


def test_what_stands_in_the_place_of_a_half_secret_is_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"another's")
    durable.scratch_of(tmp_path / "root.key").symlink_to(other)
    with durable.new_secret(tmp_path / "root.key") as file:
        file.write(b"x")
    assert other.read_bytes() == b"another's"
    assert not (tmp_path / "root.key").is_symlink()
