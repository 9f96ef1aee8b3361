"""How soon sound comes after a seek, and how quick the whole of it is: a sealed recording, with the right to it asked
for at each range, beside the same file in the clear through `send_file`, from the same server over HTTPS, turn by turn:
once with the right asked for in the same way (what sealing costs), once open to all (`…_bare`: what sealing, session,
rights and log cost together)."""

import concurrent.futures
import random
import time
from collections.abc import Callable
from pathlib import Path

import click

from portal.bench import call, first_sound, results
from portal.bench.call import PLAIN, Call
from portal.bench.server import Line
from portal.playback import PIECE

RANGE = 65536
LINES, AT_ONCE, TURNS = 4, 400, 9
"""Connections, ranges on each, and how many times sealed and clear take turns."""
WARM_UP = 100
PAUSE_SECONDS = 0.003
"""Between two seeks: the server has put the last answer away, as it has when a person seeks."""
OPEN_TO_ALL = "send_file, open to all"


@click.command()
@click.option("--minutes", default=30, show_default=True, help="Length of the recording.")
@click.option("--rounds", default=1500, show_default=True, help="Seeks of each kind.")
@click.option("--browser", is_flag=True, help="In a real Chromium instead: from a click to the sound.")
@click.option("--pages", default=30, show_default=True, help="With --browser: how often the player is opened.")
@results.chromium
@results.options
def playback(
    minutes: int, rounds: int, browser: bool, pages: int, chromium: Path, as_json: bool, drawing: Path | None
) -> None:
    """The first byte after a seek, ranges at once on several lines, and all of it, beside the same file unsealed."""
    if browser:
        with first_sound.browser(chromium) as opened, call.ready(minutes) as heard:
            found = first_sound.measure(opened, heard, pages)
    else:
        with call.ready(minutes) as heard:
            found = measure(heard, rounds)
    results.show("playback", found, as_json=as_json, drawing=drawing, minutes=minutes)


def measure(heard: Call, rounds: int) -> dict[str, results.Case]:
    with _Line(heard.served, heard.cookie) as line:
        return {**seeks(line, heard, rounds), "ranges": many(heard), **whole(line, heard)}


def seeks(line: "_Line", heard: Call, rounds: int) -> dict[str, results.Case]:
    """Each case: `rounds` seeks to random places, sealed and clear in turn on the same connection."""
    chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)

    def some(at: int) -> str:
        return f"bytes={at}-{at + RANGE - 1}"

    def rest(at: int) -> str:
        return f"bytes={at}-"

    cases: dict[str, tuple[Callable[[int], str], str]] = {
        "seek": (some, heard.checked),
        "seek_to_the_rest": (rest, heard.checked),
        "seek_bare": (some, PLAIN),
        "seek_to_the_rest_bare": (rest, PLAIN),
    }
    found: dict[str, results.Case] = {}
    for name, (wanted, baseline) in cases.items():
        times: dict[str, list[float]] = {heard.sealed: [], baseline: []}
        for n in range(rounds + WARM_UP):
            at = chance.randrange(heard.size - RANGE)
            for path in chance.sample((heard.sealed, baseline), 2):  # neither always comes after the other
                time.sleep(PAUSE_SECONDS)
                taken, _ = line.ask(path, wanted(at))
                if n >= WARM_UP:
                    times[path].append(taken)
        found[name] = results.case(times[heard.sealed], times[baseline], baseline="send_file")
    return found


def many(heard: Call) -> results.Case:
    """Random ranges as fast as LINES connections get them: milliseconds for each, of all lines together."""

    def ask(path: str, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 (figures that can be repeated, no secret)
        with _Line(heard.served, heard.cookie) as opened:
            for _ in range(AT_ONCE):
                at = chance.randrange(heard.size - RANGE)
                opened.ask(path, f"bytes={at}-{at + RANGE - 1}")

    with concurrent.futures.ThreadPoolExecutor(LINES) as pool:

        def all_lines(path: str) -> float:
            start = time.perf_counter()
            list(pool.map(ask, [path] * LINES, range(LINES)))
            return (time.perf_counter() - start) * 1000 / (LINES * AT_ONCE)

        times = _in_turn(heard, all_lines)
    return results.case(times[heard.sealed], times[PLAIN], baseline=OPEN_TO_ALL)


def whole(line: "_Line", heard: Call) -> dict[str, results.Case]:
    """All of it in one answer; and piece by piece as a browser gets it, which asks on from where an answer ended."""

    def at_once(path: str) -> float:
        return line.ask(path)[1]

    def in_pieces(path: str) -> float:
        return sum(line.ask(path, f"bytes={at}-{at + PIECE - 1}")[1] for at in range(0, heard.size, PIECE))

    found: dict[str, results.Case] = {}
    for name, get in (("whole", at_once), ("whole_in_pieces", in_pieces)):
        times = _in_turn(heard, get)
        case = results.case(times[heard.sealed], times[PLAIN], baseline=OPEN_TO_ALL)
        megabytes = heard.size / 1_000_000
        speed = {key: round(megabytes / case[of] * 1000) for key, of in SPEEDS}
        found[name] = case | speed
    return found


SPEEDS = (("mb_a_second", "p50_ms"), ("baseline_mb_a_second", "baseline_ms"))


def _in_turn(heard: Call, get: Callable[[str], float]) -> dict[str, list[float]]:
    """What `get` says of each of both, TURNS times, after once that does not count."""
    times: dict[str, list[float]] = {heard.sealed: [], PLAIN: []}
    for turn in range(TURNS + 1):
        for path in (heard.sealed, PLAIN) if turn % 2 else (PLAIN, heard.sealed):
            taken = get(path)
            if turn:
                times[path].append(taken)
    return times


class _Line(Line):
    """Bare, and keeps nothing of what comes, so that a client's own work does not hide the server's."""

    def ask(self, path: str, wanted: str = "") -> tuple[float, float]:
        """Milliseconds to the first byte of the sound, and to its last. `wanted`: the range; else all of it is.
        Raises RuntimeError when the answer is another."""
        asked, status = (f"Range: {wanted}\r\n", b" 206 ") if wanted else ("", b" 200 ")
        start = time.perf_counter()
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{self._head}{asked}\r\n".encode())
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0 or len(answer) == end + 4:
            answer += self._received()
        first = time.perf_counter()
        head, body = answer[:end].lower(), len(answer) - end - 4
        if status not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"it was answered {head[:12]!r}")
        left = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]) - body
        while left > 0:
            left -= len(self._received())
        return (first - start) * 1000, (time.perf_counter() - start) * 1000
