"""What it costs to mute passages of a call: byte by byte, beside a bare copy of the file and beside decoding and
encoding it, in turn; and from seal to seal, as the worker makes it, with the zip file around it."""

import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import click
import numpy as np

from portal.bench import results
from portal.bench.register import throw_away
from portal.cases import muting as silence
from portal.cases import packing
from portal.recordings.decoding import Child
from portal.vault import objects

RATE, CHANNELS = 8000, 2
BASELINE = "bare copy of the file"
FORMAT = "wav/pcm_alaw"
SILENT = [(start * 60_000, start * 60_000 + 7_250) for start in range(1, 9)]


@click.command()
@click.option("--minutes", default=10, show_default=True, help="Length of the call.")
@click.option("--rounds", default=7, show_default=True, help="How often each is done; the median counts.")
@results.options
def muting(minutes: int, rounds: int, as_json: bool, drawing: Path | None) -> None:
    """Mute eight passages of a stereo A-law call."""
    with throw_away(10), tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), minutes, rounds)
    told = [f"{minutes} minutes, {CHANNELS} channels of A-law: {found['copy']['size']} bytes"]
    results.show("muting", found, as_json=as_json, drawing=drawing, told=told, minutes=minutes)


def measure(folder: Path, minutes: int, rounds: int) -> dict[str, results.Case]:
    """Each case, with how many bytes came of it."""
    clear, made, subject = folder / "clear.wav", folder / "made", uuid.uuid4()
    write_sound(clear, minutes)
    size = clear.stat().st_size
    with clear.open("rb") as file:
        objects.seal(subject, "original", objects.blocks(file))
    with Child() as child, clear.open("rb") as file:

        def written(blocks: Iterable[bytes]) -> int:
            with made.open("wb") as target:
                return sum(target.write(block) for block in blocks)

        def muted(of: BinaryIO) -> Iterable[bytes]:
            return silence.given(of, size, FORMAT, SILENT, child=child)

        def from_seal() -> Iterable[bytes]:
            with objects.Reader(subject, "original") as reader:
                yield from muted(reader)  # type: ignore[arg-type]  # a RawIOBase is no BinaryIO to mypy

        def sealed(blocks: Iterable[bytes]) -> int:
            return objects.seal(uuid.uuid4(), "copy", blocks).size

        secret = packing.password()
        cases: dict[str, Callable[[], int]] = {
            "copy": lambda: written(objects.blocks(file)),
            "muted": lambda: written(muted(file)),
            "sealed": lambda: sealed(from_seal()),
            "zipped": lambda: sealed(packing.zipped([("1.wav", size, from_seal)], secret=secret)),
            "decoded": lambda: written(child.wave(file, size, FORMAT, SILENT)),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        sizes: dict[str, int] = {}
        for number in range(rounds + 1):
            for name, work in cases.items():
                file.seek(0)
                start = time.perf_counter()
                sizes[name] = work()
                if number:  # the first warms up
                    times[name].append((time.perf_counter() - start) * 1000)
    found = {name: results.case(times[name], times["copy"], baseline=BASELINE, size=sizes[name]) for name in cases}
    return {name: one | {"ms_of_10_minutes": round(one["p50_ms"] * 10 / minutes, 1)} for name, one in found.items()}


def write_sound(path: Path, minutes: int) -> None:
    """A-law in two channels, as a telephone system writes it: noise as loud as speech."""
    size = minutes * 60 * RATE * CHANNELS
    head = b"".join(
        (
            b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little"),
            *(value.to_bytes(2, "little") for value in (6, CHANNELS)),
            *(value.to_bytes(4, "little") for value in (RATE, RATE * CHANNELS)),
            *(value.to_bytes(2, "little") for value in (CHANNELS, 8)),
            b"data" + size.to_bytes(4, "little"),
        )
    )
    levels = np.random.default_rng(2027).normal(0, 24, size).clip(-127, 127).astype(np.int8).view(np.uint8)
    with path.open("wb") as file:
        file.write(head)
        file.write((levels ^ 0x55).tobytes())
        os.fsync(file.fileno())
