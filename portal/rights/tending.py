"""What happens to user rights by itself, once a round."""

from portal.retention import sweeps, watch
from portal.rights import ending


def tend() -> int:
    """Note as ended what has ended by its time; how many. While the clock is doubted nothing is noted, for it could
    not be taken back: whether a right gives anything is asked of the clock at every request anyway."""
    with sweeps.running("rights"):
        return 0 if watch.doubts_clock() else ending.end_due()
