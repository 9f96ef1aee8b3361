import pytest

from portal.keys import rotation
from portal.vault import ring


@pytest.fixture(autouse=True)
def without_stragglers(monkeypatch):
    """Nobody else is at work here; the tests in which somebody is say so."""
    monkeypatch.setattr(rotation, "STRAGGLERS_SECONDS", 0)
    ring.forget()
    yield
    ring.forget()
