"""A key that must go, goes."""

import errno
import os
import threading
import uuid

import pytest

from portal.vault import keystore, objects

pytestmark = pytest.mark.usefixtures("settings")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("refused", ["open", "fsync"])
def test_a_key_that_cannot_be_overwritten_is_unlinked_all_the_same(refused, number, monkeypatch):
    subject = uuid.uuid4()
    keystore.create(subject)
    overwriting = {"left": 1}
    real = os.fsync

    def refuse(*args, **kwargs):
        if overwriting["left"] == 0:  # the folder, after the unlink
            return real(*args)
        overwriting["left"] -= 1
        raise OSError(number, "refused")

    if refused == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    else:
        monkeypatch.setattr(keystore, "open", refuse, raising=False)
    assert keystore.destroy(subject) is True
    assert not keystore.path_of(subject).exists()
    assert overwriting["left"] == 0
    monkeypatch.undo()
    assert keystore.destroy(subject) is False


def test_a_key_that_cannot_be_unlinked_is_no_destroyed_key(monkeypatch):
    subject = uuid.uuid4()
    keystore.create(subject)

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "refused")

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(OSError, match="refused"):
        keystore.destroy(subject)


def test_what_another_program_left_in_the_folders_is_no_subject():
    subject = uuid.uuid4()
    objects.seal(subject, "original", [b"x"])
    for place in (keystore.path_of(subject), objects.path_of(subject, "x").parent):
        for name in (f".{place.name}.swp", f"{place.name}~", "restored.key", "notes"):
            place.with_name(name).write_bytes(b"")
    assert list(keystore.subjects()) == list(objects.subjects()) == [subject]


def test_a_key_that_is_copied_to_the_other_store_waits_for_who_is_at_work_there():
    """A rotation writes under the same scratch name; and a key that is being destroyed is not written again."""
    subject = uuid.uuid4()
    keystore.create(subject)
    keystore.create(subject, store=keystore.THREAT)
    there = keystore.path_of(subject, store=keystore.THREAT)
    copying = threading.Thread(
        target=keystore.copy, args=(subject,), kwargs={"source": keystore.MAIN, "target": keystore.THREAT}
    )
    with keystore._alone(there.parent):
        before = there.read_bytes()
        copying.start()
        copying.join(0.3)
        assert copying.is_alive()
        assert there.read_bytes() == before
    copying.join(10)
    assert keystore.load(subject, store=keystore.THREAT) == keystore.load(subject)
