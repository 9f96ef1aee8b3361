"""Listens of the demo's staff, so that oversight has something to oversee: each hears a few calls of the own queues,
with the purposes that the role has."""

from portal.accounts import sessions
from portal.accounts.models import Account, SignIn
from portal.accounts.permissions import Permission
from portal.db import db
from portal.recordings import listening
from portal.recordings.models import Playable, Purpose, Recording

EACH = 3
FROM_STAFF = (Purpose.QUALITY, Purpose.QUALITY, Purpose.SAFETY)


def tell() -> None:
    """Whoever may listen does, in a session of their own that ends with it."""
    for place, account in enumerate(Account.select().order_by(Account.id)):
        if not account.may(Permission.RECORDINGS_LISTEN):
            continue
        ready = Recording.within_reach_of(account).where(Recording.playable == Playable.READY)
        calls = list(ready.order_by(Recording.id.desc()).offset(place % EACH).limit(EACH))
        with db.atomic():
            account.sign_in = sessions.open_session(account, sessions.FULL, "Firefox, Windows")[1]
        for call, purpose in zip(calls, FROM_STAFF, strict=False):
            if purpose in listening.purposes(account, call):
                _hear(account, call, purpose)
        with db.atomic():
            sessions.end(SignIn.id == account.sign_in.id)


def _hear(account: Account, call: Recording, purpose: Purpose) -> None:
    opened = listening.open_listen(call, purpose=purpose, reference="", by=account)
    listening.start(listening.check(opened.uuid, call.uuid, by=account), by=account)
