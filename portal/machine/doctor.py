"""The look at the machine: what is looked at, in which order, and when it can be."""

import enum
import importlib
from collections.abc import Callable, Iterable, Iterator

from portal import config
from portal.errors import trace
from portal.machine.told import Level, Told, mend


class Needs(enum.IntEnum):
    """What a look takes for granted."""

    NOTHING = 0
    SETTINGS = 1
    FOLDER = 2
    """The data folder."""
    REGISTER = 3
    """With all its migrations, and by the user whose it is."""


LOOKS: tuple[tuple[str, Needs], ...] = (
    ("software:python", Needs.NOTHING),
    ("software:packages", Needs.NOTHING),
    ("software:libraries", Needs.NOTHING),
    ("software:typefaces", Needs.NOTHING),
    ("software:confinement", Needs.NOTHING),
    ("software:time", Needs.NOTHING),
    ("running:settings", Needs.SETTINGS),
    ("places:disks", Needs.FOLDER),
    ("places:access", Needs.FOLDER),
    ("places:apart", Needs.FOLDER),
    ("certificates:tls", Needs.SETTINGS),
    ("certificates:seals", Needs.SETTINGS),
    ("running:register", Needs.FOLDER),
    ("running:root_key", Needs.REGISTER),
    ("certificates:served", Needs.REGISTER),
    ("running:worker", Needs.REGISTER),
    ("running:backups", Needs.REGISTER),
    ("running:signer", Needs.REGISTER),
    ("running:syslog", Needs.SETTINGS),
)
"""Each is imported when it is its turn: where a package is missing, the others still say what they see."""


OPENS = "running:register"
"""When it finds nothing amiss, what needs the register is looked at too."""


def look() -> Iterator[Told]:
    """A line or more for each look that can be had. What fails is a line too, with its kind and no text."""
    have = Needs.NOTHING
    try:
        have = Needs.FOLDER if config.settings().data.is_dir() else Needs.SETTINGS
    except config.ConfigError as error:
        yield mend("settings", str(error), "see Settings in the README")
    for name, needs in LOOKS:
        if needs > have:
            continue
        told = list(_guarded(name))
        yield from told
        if name == OPENS and all(one.level == Level.GOOD for one in told):
            have = Needs.REGISTER


def _guarded(name: str) -> Iterator[Told]:
    module, _, function = name.partition(":")
    try:
        ask: Callable[[], Iterable[Told]] = getattr(importlib.import_module(f"portal.machine.{module}"), function)
        yield from ask()
    except Exception as error:
        kind = trace(error).split("\n", 1)[0]
        yield mend(function.replace("_", " "), f"could not be looked at: {kind}", "mend what the other lines say first")
