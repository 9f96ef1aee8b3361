"""A person with several security keys and a recovery code lately used, for the browser to look at; the names are the
longest that may be typed."""

import os

from portal import clock, db
from portal.accounts import factors
from portal.accounts.models import Passkey, RecoveryCode
from tests.people import People


def fill(people: People, *, word: str) -> list[str]:
    """The addresses of their pages. The clerk has the keys, the others none."""
    for name in (word[:60], "nyckelknippan", "W" * 60):
        Passkey.create(
            account=people.clerk,
            name=name,
            credential_id=os.urandom(32),
            public_key=b"",
            sign_count=0,
            transports="usb",
            created_at=clock.now(),
            used_at=None if name == "nyckelknippan" else clock.now(),
        )
    with db.db.atomic():
        factors.new_codes(people.clerk)
        used = RecoveryCode.select(RecoveryCode.id).where(RecoveryCode.account == people.clerk).limit(1)
        RecoveryCode.update(used_at=clock.now()).where(RecoveryCode.id.in_(used)).execute()
    return ["/accounts/me", "/accounts/prove"]
