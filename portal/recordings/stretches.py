"""Stretches of a sound as whole frames of it."""

from collections.abc import Iterable


def frames(stretches: Iterable[tuple[int, int]], rate: int) -> list[tuple[int, int]]:
    """Each stretch, in milliseconds from and up to, as its first frame and the one after its last, at `rate` frames
    a second: rounded outward, in order, joined where they meet. One that is empty or runs backwards is none."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        first, stop = max(0, start * rate // 1000), -(-end * rate // 1000)
        if start >= end or first >= stop:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((first, stop))
    return found
