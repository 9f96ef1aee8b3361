"""Several processes share the tests so that none waits for another at the end."""

from collections import OrderedDict

from tests.house.source import ROOT
from tests.order import EACH, ORDINARY, SECONDS, Order, weight


class Process:
    """What xdist keeps of one that runs tests, as far as sharing out asks it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.files: list[str] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        pass

    def shutdown(self) -> None:
        self.shutting_down = True


def shared(files: dict[str, int], processes: int = 2) -> list[Process]:
    """Who runs which of `files` (with so many tests), in order, each as long as it is said to take."""
    order = Order.__new__(Order)
    names = [f"{file}::{n}" for file, tests in files.items() for n in range(tests)]
    order.workqueue = OrderedDict(
        (file, {f"{file}::{n}": False for n in range(tests)}) for file, tests in files.items()
    )
    made = [Process() for _ in range(processes)]
    order.assigned_work = {process: {} for process in made}
    order.registered_collections = dict.fromkeys(made, names)
    while order.workqueue:
        process = min(made, key=lambda one: one.seconds)
        order._assign_work_unit(process)
        file = next(reversed(order.assigned_work[process]))
        process.files.append(file)
        process.seconds += weight(file, files[file])
    return made


def test_every_file_and_folder_that_is_said_to_take_long_is_there():
    assert [place for place in (*SECONDS, *EACH) if not (ROOT / place).exists()] == []


def test_each_keeps_to_its_folder_begins_with_the_longest_and_all_end_together(monkeypatch):
    monkeypatch.setattr("tests.order.SECONDS", {"tests/a/long.py": 4.0, "tests/b/long.py": 3.0})
    files = {f"tests/{folder}/{n}.py": 20 for folder in "abc" for n in range(5)}
    one, other = shared({**files, "tests/a/long.py": 2, "tests/b/long.py": 1})
    assert one.files[:6] == ["tests/a/long.py", *(f"tests/a/{n}.py" for n in range(5))]
    assert other.files[:6] == ["tests/b/long.py", *(f"tests/b/{n}.py" for n in range(5))]
    assert sorted(one.files + other.files) == sorted([*files, "tests/a/long.py", "tests/b/long.py"])
    assert abs(one.seconds - other.seconds) <= 20 * ORDINARY
