"""Files made to do harm, or that a broken telephone system leaves: each is made here, none was found anywhere."""

from typing import NamedTuple


class Hostile(NamedTuple):
    name: str
    """Says what is wrong with it."""
    content: bytes
    ending: str = "wav"
    harmless: bool = False
    """It may be taken: what it does to a reader is all that is asked."""
    file: str | bytes | None = None
    """How it is delivered; None: as FreePBX names it, with `ending`."""
