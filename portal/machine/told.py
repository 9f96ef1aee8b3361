"""What a look at the machine says."""

import dataclasses
import enum


class Level(enum.IntEnum):
    """Also the exit code of `portal doctor`."""

    GOOD = 0
    LOOK = 1
    """It runs, and somebody should know or decide."""
    MEND = 2
    """It does not run so, or not for long, or somebody may read what they must not."""


@dataclasses.dataclass(frozen=True)
class Told:
    """One line: what was looked at, how it is, and what to do. No personal data, no secret."""

    level: Level
    about: str
    says: str
    mend: str = ""


def good(about: str, says: str) -> Told:
    return Told(Level.GOOD, about, says)


def look(about: str, says: str, mend: str) -> Told:
    return Told(Level.LOOK, about, says, mend)


def mend(about: str, says: str, do: str) -> Told:
    return Told(Level.MEND, about, says, do)
