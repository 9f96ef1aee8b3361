"""A fresh migrated register per test, copied from a template; a client for each person. CSRF stays on."""

import secrets
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from portal import config, create_app, db
from portal.start import prepare
from tests.people import People, cookie_token

BASE_URL = "https://localhost"


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
def app(settings):
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
