"""What can be done about deleting."""

from portal.accounts.models import Account
from portal.ingest.models import Quarantined


def discard_quarantined(quarantined: Quarantined, *, by: Account) -> None:
    """Delete a quarantined file now, at the administrator's word, with a line in the protocol.

    The bytes' key is destroyed, the bytes are unlinked, the name is emptied, the row becomes
    DISCARDED; one audit entry DISCARDED by `by`. Raises errors.Conflict when it no longer waits.
    A disk that refuses is noted on the protocol line and tried again at every sweep.
    """
    raise NotImplementedError
