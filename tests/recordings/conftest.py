"""The clock of the tests about finding and a call's page."""

from collections.abc import Iterator

import pytest

from portal import clock
from tests.recordings.finding import NOON


@pytest.fixture
def noon() -> Iterator[None]:
    """It is 24.11.2026 12.00 in Helsinki."""
    with clock.frozen(NOON):
        yield
