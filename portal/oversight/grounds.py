"""On what ground an extract of what one employee did may be made. The words are the log's (`audit.words`)."""

import enum


class Ground(enum.StrEnum):
    SUSPICION = "suspicion"
    """Of use without a right to it."""
    OWN = "own"
    """The employee asks about themselves."""
    AUTHORITY = "authority"
    """An authority asks, by law."""
    CLAIM = "claim"
    """A legal claim is looked into."""
