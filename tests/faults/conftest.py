"""At the end of a run it is told how many points were tried."""

import collections
import dataclasses

import pytest

from portal import config
from portal.ingest import intake
from tests import kill
from tests.faults.house import House

TRIED: pytest.StashKey[collections.Counter] = pytest.StashKey()


@pytest.fixture
def count(request):
    """`count("points")`: one more was tried. What a test counts travels with its report, from other processes too."""
    tried: collections.Counter = collections.Counter()

    def one(what: str) -> None:
        tried[what] += 1

    yield one
    request.node.user_properties += [("tried", [what, number]) for what, number in tried.items()]


def pytest_configure(config):
    config.stash[TRIED] = collections.Counter()
    config.pluginmanager.register(Tally(config.stash[TRIED]))


class Tally:
    """Sums up what the reports bring, in the process that tells of the run."""

    def __init__(self, tried: collections.Counter) -> None:
        self.tried = tried

    def pytest_runtest_logreport(self, report):
        if report.when == "teardown":  # by then the fixture has told
            for name, value in report.user_properties:
                if name == "tried":
                    self.tried[value[0]] += value[1]

    def pytest_terminal_summary(self, terminalreporter):
        if self.tried:
            terminalreporter.section("faults")
            told = ", ".join(f"{self.tried[what]} {what}" for what in ("points tried", "power cuts"))
            terminalreporter.write_line(told)


@pytest.fixture
def house(people, settings, monkeypatch) -> House:
    monkeypatch.setattr(intake, "MANY", 1)  # the way of a full inbox; tests/ingest/test_kill.py tries the other too
    config.use(dataclasses.replace(settings, import_processes=1))
    kill.without_waiting(monkeypatch)
    made = House(people, config.settings())
    kill.without_waiting(monkeypatch)
    return made
