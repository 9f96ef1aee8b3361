"""What the tests of disclosures and notices start from."""

from typing import Any

from portal import clock
from portal.recordings.models import Recording
from portal.register.models import Notice
from portal.retention.models import Basis, Channel, Transfer, TransferState
from tests.cases import made

AUTHORITY = "Zqpolisinrättningen, utredare Zqström"


def handed(people, row: Recording, *, state: TransferState = TransferState.HANDED_OVER, **more: Any) -> Transfer:
    """A disclosure of `row`, without its steps."""
    values = {
        "recording": row,
        "authority": AUTHORITY,
        "asked_on": clock.today(),
        "basis": Basis.INVESTIGATION,
        "purpose": "zqändamål",
        "scope": "zqomfattning",
        "channel": Channel.IN_PERSON,
        "state": state,
        "proposed_by": people.clerk,
        "ended_by": people.clerk,
        "ended_at": clock.now(),
        "left_size": row.original_size,
    }
    return Transfer.create(**values | more)


def notices() -> list[Notice]:
    return list(Notice.select().order_by(Notice.id))


acts, fresh = made.acts, made.fresh
