"""Which bytes a request wants (RFC 9110 §14.1–2)."""

import re

WHOLE = None

INT_RANGE = re.compile(r"([0-9]+)-([0-9]*)")
SUFFIX_RANGE = re.compile(r"-([0-9]+)")


class Unsatisfiable(Exception):
    """No byte of the recording is in the range: 416 (§15.5.17)."""


def chosen(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; WHOLE where the header is to be ignored.

    Ignored, as §14.2 lets a server do: an unknown unit, a range that is not well-formed or ends
    before it begins, and several ranges in one request, which no player asks for.
    Raises Unsatisfiable.
    """
    if header is None:
        return WHOLE
    unit, _, ranges = header.partition("=")
    wanted = ranges.strip(" \t")
    if unit.strip().lower() != "bytes" or len(header) > 100:
        return WHOLE
    if suffix := SUFFIX_RANGE.fullmatch(wanted):
        length = min(int(suffix[1]), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, size
    if not (ints := INT_RANGE.fullmatch(wanted)):
        return WHOLE
    first = int(ints[1])
    stop = int(ints[2]) + 1 if ints[2] else size
    if ints[2] and stop <= first:
        return WHOLE
    if first >= size:
        raise Unsatisfiable
    return first, min(stop, size)
