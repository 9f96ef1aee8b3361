"""What every figure of `portal bench` may be, in one place. A figure that is not here is measured and not judged.

Those in milliseconds are promises on a machine of two cores that does nothing else; those that are ratios to the
baseline of the same run hold on any machine."""

import math
from typing import NamedTuple


class Limit(NamedTuple):
    of: str
    """The figure it is about: `p95_ms`, `ratio` …"""
    value: float
    least: bool = False
    """The figure must be no less, instead of no more."""

    def holds(self, figure: float) -> bool:
        return figure >= self.value if self.least else figure <= self.value

    def share(self, figure: float) -> float:
        """How much of it the figure takes: 1 is all."""
        part, whole = (self.value, figure) if self.least else (figure, self.value)
        return part / whole if whole else (0.0 if part <= 0 else math.inf)

    def __str__(self) -> str:
        return f"{self.of.partition('_')[0]} {'≥' if self.least else '≤'} {self.value:g}"


EVERY = "*"
"""Any case of that bench that has no limit of its own."""

LIMITS: dict[str, dict[str, Limit | tuple[Limit, ...] | None]] = {
    "search": {
        EVERY: Limit("p95_ms", 10),
        "words_1": Limit("p95_ms", 25),
        "words_2_prefix": Limit("p95_ms", 25),
        "words_endings": Limit("p95_ms", 25),
        "words_whole_register": Limit("p95_ms", 25),
        "combined": Limit("p95_ms", 25),
        "number_ending": Limit("p95_ms", 15),
        "number_part": Limit("p95_ms", 15),
        "number_whole": Limit("p95_ms", 15),
        "page_10000": Limit("ratio", 1.2),
    },
    "search_growth": {EVERY: Limit("ratio", 1.3)},
    "page": {EVERY: Limit("p95_ms", 100), "empty": None},
    "page_felt": {EVERY: Limit("p98_ms", 100)},
    "cases": {EVERY: Limit("p95_ms", 100), "empty": None},
    "oversight": {EVERY: Limit("p95_ms", 100), "empty": None},
    "log": {
        EVERY: Limit("p95_ms", 100),
        "append": Limit("ratio", 2),
        "append_cpu": Limit("ratio", 4),
        "verify": Limit("ms_each", 0.02),  # 20 s for a million entries
        "empty": None,
    },
    "playback": {
        "seek": Limit("ratio", 1.0),
        "seek_to_the_rest": Limit("ratio", 1.2),
        "ranges": Limit("ratio", 1.0),
        "whole": Limit("ratio", 1.0),
        "whole_in_pieces": Limit("ratio", 1.0),
        "click_to_sound": Limit("p95_ms", 150),
        "click_at_once_to_sound": Limit("p95_ms", 150),
        "seek_to_sound": Limit("p95_ms", 100),
    },
    "import": {
        "per_core": Limit("ratio", 0.7, least=True),
        "cpu": Limit("ratio", 0.7, least=True),
        "memory": Limit("p95_mb", 400),
    },
    "letters": {
        "two_pages": (Limit("p50_ms", 300), Limit("ratio", 1.2)),
        "memory": Limit("p95_mb", 120),
    },
    "muting": {"muted": Limit("ms_of_10_minutes", 1000), "sealed": Limit("ms_of_10_minutes", 1000)},
    "purge": {"all": Limit("ratio", 2.0), "growth_within": Limit("ratio", 1.3), "growth_between": Limit("ratio", 1.3)},
    "mix": {
        "search": Limit("ratio", 3.0),
        "playback": Limit("stalls", 0),
    },
}


SHORT = {
    "search_find": 2.1,
    "search_page": 3.1,
    "playback_range": 1.55,
    "playback_read": 1.95,
    "import": 0.75,
    "purge": 138,
    "log_append": 2.55,
    "log_verify": 18.5,
    "cases_page": 6.7,
    "log_page": 4.3,
    "oversight_page": 2.9,
    "letters": 1.05,
}
"""What each case of `portal bench all --short` usually is to its baseline, in time of the processor."""
SLACK = 1.5
"""It may be so many times that: other machines and Pythons are within it, twice the work is not."""
LIMITS["short"] = {name: Limit("ratio", round(usual * SLACK, 2)) for name, usual in SHORT.items()}


def limits(bench: str, case: str) -> tuple[Limit, ...]:
    """What that case of that bench may be; none: it is not judged."""
    known = LIMITS.get(bench, {})
    found = known[case] if case in known else known.get(EVERY)
    return (found,) if isinstance(found, Limit) else found or ()
