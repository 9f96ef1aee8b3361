"""Other processes seal, read and delete while the root key is changed under them: none notices."""

import multiprocessing
import os
import time
import uuid

from portal import config, db
from portal.accounts import factors
from portal.accounts.models import Account
from portal.keys import rotation
from portal.vault import box, keystore, objects, ring, root
from tests.keys.sealed import Secrets
from tests.people import TOTP

SECONDS = 1.5
SOUND = b"sound" * 1000


def work(settings, until, known, told) -> None:
    """Seals, reads what it has sealed and what was there, deletes every other one, signs in. Tells what went wrong."""
    try:
        config.use(settings)
        db.bind(settings)
        db.connect()
        account = Account.get(Account.username == "karin")
        done, deleted, kept, ids = 0, [], [], set()
        while time.monotonic() < until:
            subject = uuid.uuid4()
            objects.seal(subject, "original", [SOUND])
            assert objects.read(subject, "original") == SOUND
            for other in (*known, *kept[-3:]):
                assert keystore.load(other), "read"
            if done % 2:
                assert keystore.destroy(subject)
                deleted.append(subject)
            else:
                kept.append(subject)
            row = Account.get_by_id(account.id)
            assert factors.unseal(row, row.totp_sealed) == TOTP
            ids.add(box.root_id().hex())
            done += 1
        told.put(("", done, deleted, kept, ids))
    except BaseException as error:
        told.put((f"{type(error).__name__}: {error}", 0, [], [], set()))
    finally:
        db.db.close()


def test_nobody_who_works_meanwhile_notices(people, settings):
    secrets = Secrets(people)
    old = root.read().id.hex()
    known = [row.uuid for row in secrets.calls]
    fork = multiprocessing.get_context("fork")
    told = fork.Queue()
    until = time.monotonic() + SECONDS
    db.db.close()
    workers = [fork.Process(target=work, args=(settings, until, known, told)) for _ in range(3)]
    for one in workers:
        one.start()
    db.connect()
    seen = [rotation.rotate().id for _ in range(2)]
    answers = [told.get(timeout=60) for _ in workers]
    for one in workers:
        one.join()
    assert [answer[0] for answer in answers] == [""] * 3
    assert all(answer[1] > 3 for answer in answers)
    assert all(len(answer[4] & {old, *seen}) > 1 for answer in answers), "each has worked under more than one key"
    ring.forget()
    for _, _, deleted, kept, _ in answers:
        assert not any(keystore.exists(subject) for subject in deleted)
        assert all(objects.read(subject, "original") == SOUND for subject in kept)
    assert secrets.under() == {ring.current().id.hex()}
    assert old not in secrets.under()
    secrets.all_open()
    assert not [path for path in settings.data.rglob("*.part") if os.path.exists(path)]
