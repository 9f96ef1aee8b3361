"""Who runs what when several processes share the tests (`-n`): the long first, and each process a folder to its end.

A file is never split, for what its tests share is made once. A process keeps to its folder, for what the folder shares
(Chromium and the register it shows, the press, the checker of papers) is then made once too. It begins with the longest
file, and takes up the folder of which most is left for each who works at it: so the last files are the short ones, and
all are busy to the end.
"""

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

SECONDS: dict[str, float] = {
    "tests/accounts/test_same_time.py": 60.0,
    "tests/bench/test_purge.py": 25.0,
    "tests/bench/test_short.py": 50.0,
    "tests/browser/test_every_page.py": 250.0,
    "tests/browser/test_player.py": 50.0,
    "tests/cases/test_answer_letters.py": 8.0,
    "tests/cases/test_right_letters.py": 15.0,
    "tests/cases/test_rights_table.py": 20.0,
    "tests/demo/test_demo.py": 60.0,
    "tests/house/test_restricted.py": 15.0,
    "tests/house/test_words.py": 12.0,
    "tests/machine/test_confinement.py": 15.0,
    "tests/recordings/test_listen.py": 15.0,
    "tests/recordings/test_render.py": 20.0,
    "tests/retention/test_erase_passages.py": 12.0,
    "tests/retention/test_hold_kill.py": 11.0,
    "tests/retention/test_machine.py": 19.0,
    "tests/retention/test_outage.py": 11.0,
    "tests/retention/test_reconcile.py": 10.0,
    "tests/security/test_fields.py": 35.0,
    "tests/security/test_matrix.py": 80.0,
    "tests/security/test_sound.py": 32.0,
    "tests/words/test_every_text.py": 60.0,
}
"""Files that take long for the number of their tests, as measured."""
EACH = {"tests/bench": 3.0, "tests/browser": 4.0, "tests/demo": 1.0, "tests/documents": 0.2, "tests/faults": 4.0}
"""Seconds of a test of any other file of the folder."""
ORDINARY = 0.06
"""Of a test of any other folder."""


def weight(file: str, tests: int) -> float:
    return SECONDS.get(file, EACH.get(folder(file), ORDINARY) * tests)


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
