"""The decoder as a process of its own: `python -m portal.recordings.decoding`.

FFmpeg is native code fed with what came from outside; it may die or swell without taking the worker
down. The child holds no key, opens no file and reaches nothing (`portal.confined`): it asks for the
clear bytes piece by piece over a Unix socket, and gives back numbers, peaks and FLAC, or a WAV file.

A message is one letter and a body. To the child: START {"format", "size"}, with "silent" when a WAV file is
wanted, and then the bytes it asked for. From the child: READ place, length · MEASURED {…} and peaks · FLAC bytes ·
WAVE bytes · END · UNREADABLE code.
"""

import contextlib
import json
import socket
import struct
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import av.logging

from portal import confined
from portal.recordings import sound
from portal.recordings.sound import Measure, Unreadable

START, READ, MEASURED, FLAC, WAVE, END, UNREADABLE = (letter.encode() for letter in "SRMFWEU")

PIECE = 65536
LARGEST = 2 * PIECE
"""No message is longer: 2,048 peaks of two channels are 17 kB."""

PATIENCE_SECONDS = 60
"""Longer than any two messages of a living child are apart."""
LIFE_SECONDS = 3600
"""For one recording, from the order to its end: a child that asks or tells for ever is none that decodes."""
LARGEST_MADE = 12 * 3600 * 48_000 * 2 * 4
"""Bytes that a child may make of one recording: twelve hours of the best sound there is, in the clear."""


class Crashed(Exception):
    """The decoder died, swelled past its memory, or stood still."""


class Child:
    """Decodes one recording after another; used `with`, which ends it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._deadline = 0.0

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None

    def decode(self, file: BinaryIO, size: int, original_format: str) -> tuple[Measure, Iterator[bytes]]:
        """What the sound of `file` measures, and its FLAC form: nothing, where browsers play the original.

        The second must be read to its end before the next recording. Both raise Unreadable, Crashed or
        confined.NotConfined; after a crash the next recording gets a new child.
        """
        line = self._start()
        with self._in_step():
            self._order({"format": original_format, "size": size})
            kind, body = self._answer(line, file)
            if kind != MEASURED:
                raise Crashed
            length = int.from_bytes(body[:4], "big")
            measured = Measure(**json.loads(body[4 : 4 + length]), peaks=body[4 + length :])
        return measured, self._made(FLAC, line, file)

    def wave(
        self, file: BinaryIO, size: int, original_format: str, silent: Sequence[tuple[int, int]] = ()
    ) -> Iterator[bytes]:
        """The sound of `file` as a WAV file, silent in the stretches `silent` (`sound.wave`); to be read to its end
        before the next recording. As `decode`, and raises Unreadable when there is no sound in it."""
        line = self._start()
        asked = {"format": original_format, "size": size, "silent": list(silent)}
        with self._in_step():
            self._order(asked)
        yield from self._made(WAVE, line, file)

    def _order(self, asked: dict[str, object]) -> None:
        assert self._line is not None
        self._deadline = time.monotonic() + LIFE_SECONDS
        with contextlib.suppress(OSError):  # no answer will come, and that is one
            self._line.send(START + json.dumps(asked).encode())

    def _made(self, kind: bytes, line: socket.socket, file: BinaryIO) -> Iterator[bytes]:
        made = 0
        with self._in_step():
            while (answer := self._answer(line, file))[0] == kind:
                made += len(answer[1])
                if made > LARGEST_MADE:
                    raise Crashed
                yield answer[1]
            if answer[0] != END:
                raise Crashed

    @contextlib.contextmanager
    def _in_step(self) -> Iterator[None]:
        """Whatever interrupts the conversation ends the child: the next one begins with a new one."""
        try:
            yield
        except Unreadable:
            raise
        except (ValueError, TypeError, struct.error) as error:  # it says what no decoder says
            self.close()
            raise Crashed from error
        except BaseException:
            self.close()
            raise

    def _answer(self, line: socket.socket, file: BinaryIO) -> tuple[bytes, bytes]:
        """The child's next message that is not a wish for bytes."""
        while True:
            if time.monotonic() > self._deadline:
                raise Crashed
            try:
                message = line.recv(LARGEST)
            except TimeoutError as error:
                raise Crashed from error
            except OSError:
                message = b""
            if not message:
                assert self._process is not None
                confined.check_started(self._process)
                raise Crashed
            kind, body = message[:1], message[1:]
            if kind == UNREADABLE:
                raise Unreadable(body.decode())
            if kind != READ:
                return kind, body
            place, length = struct.unpack(">QI", body)
            file.seek(place)
            clear = b"".join(_read(file, min(length, PIECE)))
            try:
                line.send(clear)
            except OSError as error:
                raise Crashed from error

    def _start(self) -> socket.socket:
        if self._line is not None and self._process is not None and self._process.poll() is None:
            return self._line
        self.close()
        self._process, self._line = confined.start("portal.recordings.decoding", PATIENCE_SECONDS)
        return self._line


def _read(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (block := file.read(length)):
        length -= len(block)
        yield block


class Asked(confined.Placed):
    """In the child: the recording, whose bytes are asked for over the socket."""

    def __init__(self, line: socket.socket, size: int) -> None:
        super().__init__(size)
        self._line = line

    def piece(self, place: int, length: int) -> bytes:
        wanted = min(length, PIECE, max(0, self.size - place))
        if not wanted:
            return b""
        self._line.send(READ + struct.pack(">QI", place, wanted))
        return self._line.recv(PIECE)


def _decode(line: socket.socket, original_format: str, size: int) -> None:
    file: Any = Asked(line, size)
    measured = sound.measure(file, original_format)
    head = json.dumps({k: v for k, v in measured._asdict().items() if k != "peaks"}).encode()
    line.send(MEASURED + len(head).to_bytes(4, "big") + head + measured.peaks)
    if measured.samples and sound.media_type(original_format, measured) is None:
        file.seek(0)
        _send(line, FLAC, sound.flac(file, original_format, measured))
    line.send(END)


def _wave(line: socket.socket, original_format: str, size: int, silent: list[tuple[int, int]]) -> None:
    file: Any = Asked(line, size)
    measured = sound.measure(file, original_format)
    if not measured.samples:
        raise Unreadable("no sound")
    file.seek(0)
    _send(line, WAVE, sound.wave(file, original_format, measured, silent))
    line.send(END)


def _send(line: socket.socket, kind: bytes, blocks: Iterable[bytes]) -> None:
    pending = bytearray()
    for block in blocks:
        pending += block
        while len(pending) >= PIECE:
            line.send(kind + pending[:PIECE])
            del pending[:PIECE]
    if pending:
        line.send(kind + pending)


def serve(line: socket.socket) -> None:
    """Decode until the other end is gone."""
    av.logging.set_level(None)
    while message := line.recv(LARGEST):
        confined.allow_next()
        asked = json.loads(message[1:])
        try:
            if "silent" in asked:
                _wave(line, asked["format"], asked["size"], asked["silent"])
            else:
                _decode(line, asked["format"], asked["size"])
        except Unreadable as error:
            line.send(UNREADABLE + str(error).encode())


if __name__ == "__main__":
    confined.main(serve, late=confined.LATE)
