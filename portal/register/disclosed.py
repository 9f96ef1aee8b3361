"""The sound as it leaves: the original byte for byte, or with silence where a passage is not given."""

from collections.abc import Iterator
from typing import BinaryIO

from portal.cases import muting
from portal.recordings.models import Recording
from portal.retention import transfers
from portal.retention.models import Transfer
from portal.vault import objects

ORIGINAL = "original"
ENDINGS = {"wav": "wav", "ogg": "ogg", "flac": "flac", "mp3": "mp3", "gsm": "gsm", "amr": "amr"}


def ending(transfer: Transfer, recording: Recording) -> str:
    """Of the name of the file."""
    original_format = recording.original_format or ""
    if transfer.silent:
        return muting.ending(original_format, muted=True)
    return ENDINGS.get(original_format.split("/")[0], "bin")


def sound(transfer: Transfer, reader: objects.Reader, original_format: str) -> Iterator[bytes]:
    """What is handed over, block by block; when all of a muted sound has left, its size is noted on the record. Until
    then it cannot be said to have been handed over. Raises Unreadable or Crashed when no sound can be made of it."""
    if not transfer.silent:
        yield from reader.span(0, reader.size)
        return
    from portal.recordings.decoding import Child  # for sounds whose bytes cannot be silenced in place

    size = 0
    file: BinaryIO = reader  # type: ignore[assignment]  # a RawIOBase is no BinaryIO to mypy
    with Child() as child:
        for block in muting.given(file, reader.size, original_format, transfer.muted, child=child):
            size += len(block)
            yield block
    transfers.left(transfer, size)
