"""Decodes a file to see whether it holds what it says. Runs as a process of its own, `python -m
portal.ingest.probe`, that holds no secret, opens no file, reaches nothing and may die: what telephone systems, and
others, put into audio files must not take the worker down.

Each request is one message on a Unix socket: {"number": n} and the open file; the answer
{"number": n, …} holds either the fields of `gate.Sound` or "reason" and "detail".
"""

import json
import os
import socket
from typing import Any, BinaryIO

import av
import av.error
import av.logging

from portal import confined
from portal.ingest import containers
from portal.ingest.containers import Unfit

LONGEST_SECONDS = 12 * 3600
PACKETS = {"wav": {"max_size": str(1 << 16)}}
"""How much a demuxer is told to give at a time. By itself it gives less than a tenth of a second of WAV, and what
Python does for each takes several times as long as the decoding."""

CODECS = frozenset(
    (
        *("pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"),
        *("gsm", "gsm_ms", "adpcm_g722", "g722", "adpcm_g726", "g726", "adpcm_ima_wav", "adpcm_ms"),
        *("mp3", "mp3float", "opus", "libopus", "vorbis", "flac", "amrnb", "amrwb"),
    )
)
"""What telephone systems write; no other decoder is ever reached."""


class Window(confined.Placed):
    """An open descriptor that is left open."""

    def __init__(self, handle: int) -> None:
        super().__init__(os.fstat(handle).st_size)
        self._handle = handle

    def piece(self, place: int, length: int) -> bytes:
        return os.pread(self._handle, length, place)


def examine(file: BinaryIO, size: int) -> dict[str, Any]:
    """What is in `file`, decoded to its end. Memory does not grow with the length. Raises Unfit."""
    outside = containers.look(file, size)
    if outside.empty:
        return {"format": outside.container, "empty": True, "channels": None, "rate": None, "milliseconds": 0}
    file.seek(0)
    try:
        options = PACKETS.get(outside.container, {})
        with av.open(file, format=outside.container, options=options, metadata_errors="replace") as container:
            return _decode(container, outside)
    except av.error.FFmpegError as error:
        raise Unfit("broken", "decode") from error


def _decode(container: Any, outside: containers.Outside) -> dict[str, Any]:
    if len(container.streams) != 1:
        # A picture in an MP3 is refused too: nobody hears it, so nobody could correct, mask or disclose
        # it, and the original bytes are kept as they are. Telephone systems attach none.
        picture = any(stream.type == "video" for stream in container.streams)
        raise Unfit("many_streams", "picture" if picture else "")
    stream = container.streams[0]
    if stream.type != "audio":
        raise Unfit("not_audio", "stream")
    codec = stream.codec_context
    if codec is None or codec.name not in CODECS:
        raise Unfit("not_audio", "codec")
    channels, rate = codec.channels, codec.sample_rate
    if channels not in (1, 2):
        raise Unfit("bad_channels", "many" if channels else "none")
    containers.check_rate(rate)
    codec.thread_count = 1
    samples = 0
    for frame in container.decode(stream):
        if frame.sample_rate != rate or frame.layout.nb_channels != channels:
            raise Unfit("broken", "changes")
        samples += frame.samples
        if samples > LONGEST_SECONDS * rate:
            raise Unfit("bad_length", "long")
    if samples == 0:
        raise Unfit("broken", "nothing")
    if outside.samples is not None and outside.rate:
        promised = outside.samples * rate / outside.rate
        if abs(promised - samples) > outside.slack * rate / outside.rate + 1:
            raise Unfit("bad_length", "header")
    return {
        "format": f"{outside.container}/{codec.name.removesuffix('float')}",
        "empty": False,
        "channels": channels,
        "rate": rate,
        "milliseconds": round(samples * 1000 / rate),
    }


def answer(handle: int) -> dict[str, Any]:
    """`examine` as a message."""
    file = Window(handle)
    try:
        return examine(file, file.size)  # type: ignore[arg-type]  # a RawIOBase is no BinaryIO to mypy
    except Unfit as unfit:
        return {"reason": unfit.reason, "detail": unfit.detail}
    except MemoryError:
        return {"reason": "broken", "detail": "memory"}
    except OSError:
        return {"reason": "unreadable", "detail": ""}


def serve(line: socket.socket) -> None:
    """Answer until the other end is gone."""
    av.logging.set_level(None)
    while True:
        message, handles, _, _ = socket.recv_fds(line, 4096, 1)
        if not message:
            return
        confined.allow_next()
        try:
            found = answer(handles[0])
        finally:
            for handle in handles:
                os.close(handle)
        line.send(json.dumps({"number": json.loads(message)["number"], **found}).encode())


if __name__ == "__main__":
    confined.main(serve, given=1, late=confined.LATE)
