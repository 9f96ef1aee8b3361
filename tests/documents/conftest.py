"""What several of the tests of documents share, started once for a session."""

import functools

import pytest

from portal.documents import samples
from portal.documents.press import Press
from tests.documents.verapdf import Checker


@pytest.fixture(scope="session")
def verapdf():
    checker = Checker()
    yield checker
    checker.close()


@pytest.fixture(scope="session")
def real_press():
    """The press itself, with its child."""
    with Press() as made:
        yield made


@pytest.fixture(scope="session")
def printed(real_press):
    """The PDF of the sample of a kind, a language and a size, set once."""
    return functools.cache(lambda *wanted: real_press.set(samples.of(*wanted).order).pdf)
