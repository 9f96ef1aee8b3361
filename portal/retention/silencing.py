"""The original of a call without some passages of it: sealed under a key of its own, and proven to be what it must be
before anything of the old one is given up."""

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from portal.cases import muting
from portal.recordings.models import Recording
from portal.retention.restriction_models import Redaction
from portal.vault import objects

if TYPE_CHECKING:
    from portal.recordings.decoding import Child

ORIGINAL = "original"
DECODED = "wav/pcm_s16le"
"""What an original becomes whose samples cannot be silenced where they lie."""


class NotSilenced(Exception):
    """What was made is not the old sound with silence in the passages: the old one stays."""


@dataclasses.dataclass(frozen=True)
class Made:
    size: int
    sha256: str
    format: str


def make(redaction: Redaction, row: Recording, child: "Child") -> Made:
    """The new original, sealed and proven. Raises NotSilenced, and what reading, decoding and the disk raise."""
    from portal.recordings import likeness  # the web's processes never need it

    form, silent = row.original_format or "", redaction.passages
    with objects.Reader(row.vault_id, ORIGINAL, store=row.store) as old:
        before = likeness.heard(child.wave(old, old.size, form), silent)  # type: ignore[arg-type]  # no BinaryIO
        for new_form, blocks in candidates(old, form, silent, child):
            sealed = objects.seal(redaction.uuid, ORIGINAL, blocks, store=row.store)
            with objects.Reader(redaction.uuid, ORIGINAL, store=row.store) as new:
                after = likeness.heard(child.wave(new, new.size, new_form), silent)  # type: ignore[arg-type]  # no BinaryIO
            if likeness.is_silenced(before, after):
                return Made(sealed.size, sealed.sha256, new_form)
    raise NotSilenced


def candidates(old: Any, form: str, silent: muting.Silent, child: "Child") -> Iterator[tuple[str, Iterator[bytes]]]:
    """Ways to make it, the one that leaves most as it was first: the bytes of the samples silenced where they lie;
    decoded, for other codecs, and for a file whose header says otherwise than its decoder."""
    if (layout := muting.layout_of(old, old.size, form)) is not None:
        yield form, muting.silenced(old, old.size, layout, silent)
    yield DECODED, child.wave(old, old.size, form, silent)
