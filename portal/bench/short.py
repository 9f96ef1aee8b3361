"""A short run for each change of the code: has anything become twice as slow?

Every case and its baseline take turns in one process, and what is compared is the time of the processor: what else the
machine does slows both alike, and the disk is not waited for. A case that is over is asked again, by itself."""

import contextlib
import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

from portal import clock, config
from portal.bench import letters, pairs, results
from portal.bench.browser import Browser, application
from portal.bench.entries import Log
from portal.bench.files import Files
from portal.bench.offices import Offices
from portal.bench.register import throw_away, unsynced
from portal.cases.codes import State
from portal.spelling import date

ROWS, ENTRIES, FILES = 2000, 1500, 24
AGAIN = 3
"""A case that is over is measured so many times more."""

Measure = Callable[[], results.Case]


def run(only: Collection[str] = ()) -> dict[str, results.Case]:
    """Each case, judged."""
    with standing() as cases:
        return compare({name: case for name, case in cases.items() if not only or name in only})


def compare(cases: Mapping[str, Measure]) -> dict[str, results.Case]:
    """What is over is asked again, by itself; its best counts."""
    found = {name: measure() for name, measure in cases.items()}
    for name in results.over(results.judged("short", found)):
        for _ in range(AGAIN):
            found[name] = min(found[name], cases[name](), key=lambda case: case["ratio"])
            if not results.over(results.judged("short", {name: found[name]})):
                break
    return results.judged("short", found)


@contextlib.contextmanager
def standing() -> Iterator[dict[str, Measure]]:
    """The cases, of a throw-away register with requests, rights and a log."""
    with throw_away(ROWS) as (settings, register), unsynced(), tempfile.TemporaryDirectory() as folder:
        settings = config.use(dataclasses.replace(settings, import_processes=1, pause_minimum=1 << 40))
        Log(register, ENTRIES)
        offices, files = Offices(register), Files(register, FILES)
        app = application(settings)
        manager, clerk, dpo = (Browser(app, register, one) for one in (register.adviser, files.clerk, offices.dpo))
        with contextlib.ExitStack() as stack:
            working = files.all(State.IN_PROGRESS)
            today = date(clock.today() - dt.timedelta(days=20))
            yield {
                **stack.enter_context(pairs.searching(settings, register, manager)),
                **pairs.playback(manager, Path(folder)),
                "import": pairs.importing(Path(folder)),
                "purge": pairs.purging(register, Path(folder)),
                **stack.enter_context(pairs.log(settings, register)),
                "cases_page": pairs.page(clerk, lambda n: f"/cases/{working[n % len(working)].uuid}/calls"),
                "log_page": pairs.page(dpo, lambda n: "/audit/"),
                "oversight_page": pairs.page(dpo, lambda n: f"/oversight/?{urlencode({'from': today})}"),
                "letters": lambda: letters.cost(batches=3, batch=2)["two_pages"],
            }
