"""The names behind the uuids that other capabilities keep."""

import uuid
from collections.abc import Iterable

from portal.accounts.models import Account


def of(accounts: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The people's names by uuid; closed accounts too, unknown uuids left out."""
    wanted = sorted({key for key in accounts if key is not None}, key=str)
    if not wanted:
        return {}
    return dict(Account.select(Account.uuid, Account.name).where(Account.uuid.in_(wanted)).tuples())
