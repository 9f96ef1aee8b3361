"""What the ingest tests share: one probe for the whole run, and sweeps at stated seconds."""

import pytest

from portal.ingest import actions, gate
from tests.ingest.deliveries import later


@pytest.fixture(autouse=True, scope="session")
def _probe():
    yield
    gate.probe.close()


@pytest.fixture
def sweep(people):
    """`sweep()` looks until all that has settled is in: a first look, and one six seconds later. With
    `at`, one look so many seconds after the delivery."""

    def look(at: float | None = None):
        if at is not None:
            with later(at):
                return actions.sweep_inbox()
        with later(0):
            actions.sweep_inbox()
        with later(6):
            return actions.sweep_inbox()

    return look
