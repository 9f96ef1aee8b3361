"""Who runs what when several processes share the tests (`-n`): the long first, and each process a folder to its end.

A file is never split, for what its tests share is made once. A process keeps to its folder, for what the folder shares
(Chromium and the register it shows, the press, the checker of papers) is then made once too. It begins with the longest
file, and takes up the folder of which most is left for each who works at it: so the last files are the short ones, and
all are busy to the end.
"""

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

SECONDS: dict[str, float] = {"tests/browser/test_every_page.py": 420.0}
"""Files that take long for the number of their tests, as measured."""
EACH = 0.15
"""Seconds of a test of any other file."""


def weight(file: str, tests: int) -> float:
    return SECONDS.get(file, EACH * tests)


def folder(file: str) -> str:
    return file.rpartition("/")[0]


class Order(LoadFileScheduling):
    """xdist's own sharing out of files, but for which of those that wait is next."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(self._next(node), last=False)
        super()._assign_work_unit(node)

    def _next(self, node: WorkerController) -> str:
        left: dict[str, float] = {}
        for file, tests in self.workqueue.items():
            left[folder(file)] = left.get(folder(file), 0.0) + weight(file, len(tests))
        at = {other: folder(next(reversed(work))) for other, work in self.assigned_work.items() if work}
        chosen = at.get(node)
        if chosen not in left:
            others = [place for other, place in at.items() if other != node]
            chosen = max(left, key=lambda place: left[place] / (1 + others.count(place)))
        files = [file for file in self.workqueue if folder(file) == chosen]
        return max(files, key=lambda file: weight(file, len(self.workqueue[file])))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Order | None:
    return Order(config, log) if config.getvalue("dist") == "loadfile" else None
