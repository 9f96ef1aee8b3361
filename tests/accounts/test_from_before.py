"""A data folder from before there were passkeys, keyrings and signed heads is taken up, and everybody comes in."""

import pytest
from playhouse.migrations import Runner

from portal import config, db, start
from portal.accounts import factors, sessions
from portal.audit import chain
from portal.db import MIGRATIONS
from portal.oversight import checkpoints
from portal.vault import ring
from tests.accounts.door import enter, first, inside, second
from tests.people import cookie_token


@pytest.fixture
def before(people, settings):
    """As the version before left it: a session that is open, and codes that were printed."""
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    token = cookie_token(people.adviser)
    runner = Runner(db.db, str(MIGRATIONS))
    for name in reversed([step.name for step in runner.status() if step.name >= "0014"]):
        runner.down(name)
    settings.keyring.unlink()
    settings.checkpoint_key.unlink()
    ring.forget()
    return token, codes


def test_it_waits_for_the_upgrade_and_then_opens_with_all_that_people_had(before, settings, people):
    token, codes = before
    with pytest.raises(config.ConfigError, match="run `portal migrate`"):
        start.check(settings)
    assert "0014_locks" in start.prepare(settings)
    start.check(settings)
    db.connect()
    assert sessions.resume(token).sign_in.proved_at is None, "open still, and asked anew before a grave act"
    with db.db.atomic():
        assert factors.accept(people.adviser, codes[0]) == factors.Proof.RECOVERY
    assert chain.verify().whole
    assert checkpoints.sign().line.seq == 1
    assert start.prepare(settings) == [], "once is enough"


def test_who_has_no_passkey_signs_in_as_ever(before, settings, app, people):
    start.prepare(settings)
    db.connect()
    with_app, with_code = app.test_client(), app.test_client()
    enter(with_app, people.adviser)
    first(with_code, "karin")
    second(with_code, before[1][0])
    for client in (with_app, with_code):
        assert inside(client)
        assert client.get("/accounts/me/passkeys/new").status_code == 200, "and may add one at once"
