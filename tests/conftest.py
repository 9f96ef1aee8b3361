"""A fresh migrated register per test, copied from a template; a client for each person. CSRF stays on.

Data folders lie in memory where there is room, and are gone with their test if it passed: a register waits for the disk
at every commit, and ten thousand tests fill one.
"""

import os
import secrets
import shutil
from pathlib import Path

import argon2
import flask
import hypothesis
import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from portal import config, create_app, db
from portal.accounts import passwords
from portal.start import prepare
from portal.vault import box
from tests.order import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler
from tests.people import People, cookie_token

BASE_URL = "https://localhost"
MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes of it that must be free: containers are often given next to none."""

# How long an example takes is the machine's affair: another may be at work on it
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.basetemp is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


STRONG = passwords._hasher
"""What the portal hashes passwords with. Here a hash takes no time: a sign-in is not about its cost."""
passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def strong_passwords(monkeypatch) -> argon2.PasswordHasher:
    monkeypatch.setattr(passwords, "_hasher", STRONG)
    passwords.stand_in.cache_clear()
    yield STRONG
    passwords.stand_in.cache_clear()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    prepare(config.load(folder))
    db.checkpoint()
    db.db.close()
    return folder


@pytest.fixture
def settings(template: Path, tmp_path: Path):
    """The settings of this test's own data folder, bound and connected."""
    folder = tmp_path / "data"
    shutil.copytree(template, folder)
    chosen = config.use(config.load(folder))
    db.bind(chosen)
    db.connect()
    yield chosen
    if not db.db.is_closed():
        db.db.close()


@pytest.fixture
def people(settings) -> People:
    return People()


class Client(FlaskClient):
    """Speaks HTTPS, knows how to sign in a person and to send a form with its CSRF token."""

    def open(self, *args, **kwargs):
        kwargs.setdefault("base_url", BASE_URL)
        return super().open(*args, **kwargs)

    def sign_in(self, account) -> "Client":
        token = cookie_token(account)
        with self.session_transaction(base_url=BASE_URL) as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def csrf(self) -> str:
        with self.session_transaction(base_url=BASE_URL) as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw)

    def submit(self, url: str, data: dict | None = None, **kwargs):
        """POST as a browser does: with token and referrer."""
        headers = {"Referer": BASE_URL + url, **kwargs.pop("headers", {})}
        return self.post(url, data={"csrf_token": self.csrf(), **(data or {})}, headers=headers, **kwargs)


@pytest.fixture
def fresh_app(settings) -> flask.Flask:
    """Of this test alone, for those that add to it."""
    return _application(settings)


@pytest.fixture(scope="session")
def applications() -> dict[tuple[object, ...], flask.Flask]:
    return {}


@pytest.fixture
def app(settings, applications) -> flask.Flask:
    """One for all tests of this process: its map of addresses and its templates cost more than what most of them ask.
    It keeps nothing of a register, and once it has answered it takes no more views."""
    made_of = (settings.trusted_hosts, settings.absolute_hours, box.web("cookies"))
    if made_of not in applications:
        applications[made_of] = _application(settings)
        applications[made_of].test_client().get("/static/none")
    return applications[made_of]


def _application(settings) -> flask.Flask:
    application = create_app(settings)
    application.test_client_class = Client
    application.testing = False  # error handlers answer as in production
    return application


@pytest.fixture
def client(app) -> Client:
    """Nobody signed in."""
    return app.test_client()


@pytest.fixture
def as_(app):
    """`as_(people.adviser)` is a client signed in as the adviser."""

    def signed_in(account) -> Client:
        return app.test_client().sign_in(account)

    return signed_in
