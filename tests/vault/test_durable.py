"""Folders that are there after a power cut, whoever made them."""

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
