"""No figure under five shows a person: what of a count may be shown, and what follows from it.

Two rules, and nothing else, decide what leaves the register as a figure:

1. A count becomes what is shown of it by itself alone, whatever stands beside it (`shown`). A small one becomes the
   range "1–4".
2. Every sum, over codes, service numbers or months, on a page, in a file or in a plot, is a sum of what is shown, never
   of what was counted. Where a small count is part of it, it is a range as well: 8 and "1–4" are "9–12".

So whoever has everything that is shown, of all pages, periods and readers, knows of a small count what its own cell
says and no more: another count in its place would have shown the very same. A true total beside a hidden part would
give the part away; hiding a second part instead is worked out from the third page. What of the register's own
relations could give a count away is not shown either: how many holds stand would tell, with those placed, how many
were lifted.
"""

import dataclasses

from portal.register.counting import What

LEAST = 5
"""The smallest count of people's matters that is shown as it is."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a count: between `low` and `high`, both included."""

    low: int = 0
    high: int = 0
    known: int = 0
    """How many of it `total` is of: the parts that are shown as they are."""
    total: int = 0
    """The sum that goes with those parts (days, seconds)."""

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def mean(self) -> float | None:
        """Of the sum, over the parts that are shown as they are; None when none is."""
        return self.total / self.known if self.known else None


NOTHING = Shown()


def shown(what: What, of: str, count: int, total: int = 0) -> Shown:
    """What is shown of `count`, by itself.

    Calls as they are: that somebody called a service of the city tells neither who nor anything about them. Deletions
    by the calendar in steps of five: less the deletions of a month, the exact calls of the month three before would
    tell how few were kept. Everything else is people's matters, or what one of the staff did: not under `LEAST`.
    """
    if what == What.CALLS:
        return Shown(count, count, count, total)
    if what == What.DELETIONS and of == "retention":
        low = count - count % LEAST
        return Shown(low, low + LEAST - 1)
    if count == 0:
        return NOTHING
    if count < LEAST:
        return Shown(1, LEAST - 1)
    return Shown(count, count, count, total)
