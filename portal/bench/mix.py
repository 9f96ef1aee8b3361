"""Everything at once: people who listen, people who search and an import, against the real `portal serve`; beside one
person who searches, and one who listens, while nothing else happens."""

import dataclasses
import datetime as dt
import functools
import itertools
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from portal import clock, create_app
from portal.accounts import sessions
from portal.bench import results
from portal.bench.muting import CHANNELS, RATE, write_sound
from portal.bench.register import QUEUES, Register, throw_away
from portal.bench.search import CASES, cookie, shown
from portal.bench.server import Line, Served, command, serving
from portal.config import Settings
from portal.recordings import listening
from portal.recordings.models import Playable, Purpose, Recording
from portal.vault import objects

ALONE_SEARCH, ALONE_PLAYBACK = "one searcher, alone", "one listener, alone"
MINUTES = 3
"""Each call that is heard, and each that is brought in."""
PIECE = 65536
"""What a player asks for at a time: four seconds of sound in two channels."""
SPEED = 2
"""The quickest that the player plays: whoever keeps up with it keeps up with all."""
AHEAD = 1.0
"""A player asks for more when so many seconds are left to be heard."""
THINKING = (1.0, 3.0)
"""Seconds between a person's searches: typing, and reading what came."""
BATCH = 40
"""Recordings of one import; the next begins when it is done."""
SEARCHES, RANGES = 40, 40
"""How often each is asked alone before, and as often after."""


@dataclasses.dataclass(frozen=True)
class Person:
    """Signed in, with the address of what they hear and those of what they look for."""

    cookie: str
    audio: str
    searches: tuple[str, ...]


@dataclasses.dataclass
class Seen:
    """What the people at their screens saw."""

    searches: list[float] = dataclasses.field(default_factory=list)
    ranges: list[float] = dataclasses.field(default_factory=list)
    stalls: int = 0
    """How often a player had nothing to play."""
    margin: float = AHEAD
    """Seconds that the one nearest to it had left."""
    imported: int = 0
    faults: list[BaseException] = dataclasses.field(default_factory=list)


@click.command()
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--people", default=20, show_default=True, help="Listeners, and as many searchers.")
@click.option("--seconds", default=60, show_default=True, help="How long all of it goes on.")
@results.options
def mix(rows: int, people: int, seconds: int, as_json: bool, drawing: Path | None) -> None:
    """PEOPLE who listen, as many who search, and an import, at once; beside one person alone."""
    with throw_away(rows) as (settings, register):
        cases, seen = measure(settings, register, people, seconds)
    told = [
        f"{people} listeners at {SPEED}× speed, {people} searchers, {seen.imported} recordings of {MINUTES} minutes"
        f" brought in within {seconds} s, {rows} calls in the register",
        f"players with nothing to play: {seen.stalls} times; the nearest to it had {seen.margin * 1000:.0f} ms left",
    ]
    size = {"rows": rows, "people": people, "seconds": seconds, "imported": seen.imported}
    results.show("mix", cases, as_json=as_json, drawing=drawing, told=told, **size)


def measure(
    settings: Settings, register: Register, people: int, seconds: float
) -> tuple[dict[str, results.Case], Seen]:
    """Alone, all at once, and alone again. Raises what any of them met with."""
    sound = settings.data / "sound.wav"
    write_sound(sound, MINUTES)
    staff = list(itertools.islice(_people(settings, register, sound), people))
    idle, busy = Seen(), Seen()
    with serving(settings) as served:
        _alone(served, staff[0], idle)
        before = Recording.select().count()
        _together(settings, served, staff, seconds, sound, busy)
        busy.imported = Recording.select().count() - before
        _alone(served, staff[0], idle)
    if busy.faults:
        raise busy.faults[0]
    worse = results.p95(busy.searches) / results.p95(idle.searches)
    alone_p95: dict[str, Any] = {"idle_p95_ms": round(results.p95(idle.searches), 2)}
    found = {
        "search": results.case(busy.searches, idle.searches, baseline=ALONE_SEARCH, ratio=worse, **alone_p95),
        "playback": results.case(
            busy.ranges,
            idle.ranges,
            baseline=ALONE_PLAYBACK,
            stalls=busy.stalls,
            least_left_ms=round(busy.margin * 1000),
        ),
    }
    return found, busy


def _people(settings: Settings, register: Register, sound: Path) -> Iterator[Person]:
    """Managers, each at a screen of their own, and with a call that has this sound."""
    app, account = create_app(settings), register.adviser
    for number in itertools.count():
        token = register.token(account)
        asked = [case.ask(register, number) for case in CASES.values() if not case.everywhere]
        searches = tuple(shown(query, account) for query in asked)
        yield Person(cookie(app, token), _heard(token, sound, number), searches)


def _heard(token: str, sound: Path, place: int) -> str:
    listener = sessions.resume(token)
    assert listener is not None
    recording = Recording.visible_to(listener).order_by(Recording.id.desc()).offset(place).first()
    with sound.open("rb") as file:
        objects.seal(recording.uuid, "original", objects.blocks(file))
    ready = {"playable": Playable.READY, "playable_part": "original", "playable_type": "audio/wav"}
    Recording.update(ready).where(Recording.id == recording.id).execute()
    recording = Recording.get_by_id(recording.id)
    listen = listening.open_listen(recording, purpose=Purpose.QUALITY, reference="", by=listener)
    return f"/recordings/{recording.uuid}/listens/{listen.uuid}/audio"


def _alone(served: Served, person: Person, seen: Seen) -> None:
    with Line(served, person.cookie) as line:
        for number in range(SEARCHES):
            _search(line, person, number, seen)
            time.sleep(0.02)
        for number in range(RANGES):
            _piece(line, person, number % 8, seen)
            time.sleep(0.02)


def _search(line: Line, person: Person, number: int, seen: Seen) -> None:
    answer = line.get(person.searches[number % len(person.searches)])
    if answer.status != 200 or b'class="summary"' in answer.body:
        raise RuntimeError(f"a search was answered {answer.status}")
    seen.searches.append(answer.whole_ms)


def _piece(line: Line, person: Person, number: int, seen: Seen) -> float:
    """Seconds of sound that came."""
    answer = line.get(person.audio, f"bytes={number * PIECE}-{(number + 1) * PIECE - 1}")
    if answer.status != 206:
        raise RuntimeError(f"a range was answered {answer.status}")
    seen.ranges.append(answer.whole_ms)
    return len(answer.body) / (RATE * CHANNELS)


def _together(settings: Settings, served: Served, staff: list[Person], seconds: float, sound: Path, seen: Seen) -> None:
    """Everybody begins at a moment of their own within the first seconds; what anybody meets with ends it for all."""
    over = threading.Event()
    chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)

    def at_work(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                seen.faults.append(error)
                over.set()

        return threading.Thread(target=run)

    works: list[Callable[[], None]] = [functools.partial(_importing, settings, sound, over)]
    for person in staff:
        begins = [chance.uniform(0, min(THINKING[1], seconds / 4)) for _ in range(2)]
        works.append(functools.partial(_searching, served, person, begins[0], seen, over))
        works.append(functools.partial(_listening, served, person, begins[1], seen, over))
    threads = [at_work(work) for work in works]
    for thread in threads:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()


def _searching(served: Served, person: Person, begin: float, seen: Seen, over: threading.Event) -> None:
    chance = random.Random(person.audio)  # noqa: S311 (figures that can be repeated, no secret)
    with Line(served, person.cookie) as line:
        pause = begin
        while not over.wait(pause):
            _search(line, person, chance.randrange(1000), seen)
            pause = chance.uniform(*THINKING)


def _listening(served: Served, person: Person, begin: float, seen: Seen, over: threading.Event) -> None:
    """A call played at SPEED from its start, again and again."""
    pieces = MINUTES * 60 * RATE * CHANNELS // PIECE
    with Line(served, person.cookie) as line:
        if over.wait(begin):
            return
        dry = 0.0
        for number in itertools.count():
            came = _piece(line, person, number % pieces, seen)
            now = time.monotonic()
            if number:  # nobody waits for what has not begun
                seen.margin = min(seen.margin, dry - now)
                seen.stalls += dry < now
            dry = max(dry, now) + came / SPEED
            if over.wait(max(0.0, dry - AHEAD - now)):
                return


def _importing(settings: Settings, sound: Path, over: threading.Event) -> None:
    """One folder after the other, by the command that a person would give."""
    content, serial = sound.read_bytes(), itertools.count()
    begun = clock.local(clock.now()) - dt.timedelta(hours=2)
    while not over.is_set():
        folder = settings.data / "delivered"
        folder.mkdir()
        for _ in range(BATCH):
            number = next(serial)
            at = begun - dt.timedelta(seconds=number)
            name = f"in-{QUEUES[0][0]}-0401234567-{at:%Y%m%d-%H%M%S}-{int(at.timestamp())}.{number}.wav"
            (folder / name).write_bytes(content[:-8] + number.to_bytes(8, "little"))
        with command(settings, "ingest", str(folder)) as running:
            while running.poll() is None and not over.wait(0.1):
                pass
            if running.poll() is None:
                running.terminate()
        if running.returncode and not over.is_set():
            raise subprocess.CalledProcessError(running.returncode, "portal ingest")
        shutil.rmtree(folder)
