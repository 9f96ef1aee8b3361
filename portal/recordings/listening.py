"""Hearing a call: a purpose is stated once, and opens one listen.

One listen is one row in the log however many ranges the browser asks for, in however many
processes. Each range is a new question of right: the session, the account, the queue, the role,
the recording and the listen itself are looked at again.
"""

import datetime as dt
import re
import uuid
from typing import NamedTuple

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account, QueueGrant, RoleGrant, SignIn
from portal.accounts.permissions import TABLE, Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Prepared, db, slot
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Listen, Playable, Purpose, Recording, State

OPEN_FOR = dt.timedelta(hours=2)

OF_THE_REGISTER = (Purpose.QUALITY, Purpose.SAFETY, Purpose.REQUEST)
"""A use on consent has a door of its own (`register.training`)."""

PURPOSES: dict[Role, tuple[Purpose, ...]] = {
    Role.ADVISER: OF_THE_REGISTER,
    Role.MANAGER: OF_THE_REGISTER,
    Role.CLERK: (Purpose.REQUEST,),
}
"""What each role may listen for (register §1, §2): the purposes of the register, and a resident's request."""

CASE_NUMBER = re.compile(r"[^\W_](?:[^\W_]|[/.-]){1,38}[^\W_]")
"""Begins and ends with a letter or digit: 'BST/12/2026', 'PB-2026.118'."""


class PurposeRefused(Invalid):
    text = N_("Välj ett ändamål som du får lyssna för.")


class CaseNumberNeeded(Invalid):
    text = N_("Skriv ärendets nummer: 3–40 tecken, bara bokstäver, siffror, snedstreck, bindestreck och punkt.")


class NotReady(Conflict):
    text = N_("Ljudet är inte färdigt att spelas upp. Vänta en stund och ladda om sidan.")


def purposes(user: Account, recording: Recording) -> list[Purpose]:
    """What `user` may listen to the recording for, in the order they are shown: by the roles they have in its queue."""
    allowed = {purpose for role in user.roles_in(recording.queue_id) for purpose in PURPOSES.get(role, ())}
    return [purpose for purpose in Purpose if purpose in allowed]


def case_number(text: str) -> str:
    """`text` as a case number. Raises CaseNumberNeeded."""
    if not CASE_NUMBER.fullmatch(text):
        raise CaseNumberNeeded
    return text


@db.atomic()
def open_listen(recording: Recording, *, purpose: str, reference: str, by: Account) -> Listen:
    """Open a listen in the session `by.sign_in`, for OPEN_FOR.

    Raises PurposeRefused, CaseNumberNeeded (a request needs its number; other purposes keep
    none), NotReady, or NotFound when the recording is not theirs to hear any more.
    """
    if purpose not in purposes(by, recording):
        raise PurposeRefused
    reference = case_number(reference) if purpose == Purpose.REQUEST else ""
    reach = Recording.within_reach_of(by, Permission.RECORDINGS_LISTEN)
    found = reach.where(Recording.id == recording.id).first()
    if found is None:
        raise NotFound
    if found.playable != Playable.READY:
        raise NotReady
    now = clock.now()
    listen: Listen = Listen.create(
        recording=found,
        account=by,
        sign_in=by.sign_in,
        purpose=purpose,
        reference=reference,
        opened_at=now,
        closes_at=now + OPEN_FOR,
    )
    record(Act.LISTEN_OPENED, found, by=by, purpose=purpose, reference=reference, listen=listen.uuid.hex)
    return listen


class Open(NamedTuple):
    """An open listen, and what its ranges need to know of the recording."""

    id: int
    purpose: str
    started_at: dt.datetime | None
    part: str
    """The sealed part that is played."""
    media_type: str
    store: str
    """The vault's store where the part lies now."""
    expires_at: dt.datetime
    recording: uuid.UUID
    sealed_as: uuid.UUID | None

    @property
    def subject(self) -> uuid.UUID:
        """Under which the part lies in the vault."""
        return self.sealed_as or self.recording


_OPEN = Prepared(
    lambda: (
        Listen.select(
            *(Listen.id, Listen.purpose, Listen.started_at),
            *(Recording.playable_part, Recording.playable_type, Recording.store, Recording.expires_at),
            *(Recording.uuid, Recording.sealed_as, RoleGrant.role),
        )
        .join(Recording)
        .join(QueueGrant, on=(QueueGrant.queue == Recording.queue))
        .join(RoleGrant)
        .where(
            Listen.uuid == slot("key", Listen.uuid),
            Listen.because.is_null(),  # what a case gives the right to hear is heard there: `cases.hearing`
            Recording.uuid == slot("recording", Recording.uuid),
            Listen.account == slot("account", Account.id),
            Listen.sign_in == slot("sign_in", SignIn.id),
            QueueGrant.account == slot("account", Account.id),
            RoleGrant.in_force(slot("now", RoleGrant.ends_at)),
            Listen.closes_at > slot("now", Listen.closes_at),
            Recording.state == State.LIVE,
            Recording.restrictions == 0,
            Recording.unexpired_at(slot("now", Recording.expires_at)) | (Recording.holds > 0),
            Recording.playable == Playable.READY,
        )
    )
)


def check(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> Open:
    """The open listen that an address names: asked at every range, so it is one query.

    NotFound when absent, another person's, another session's, past its time, opened for a case, stated for
    a purpose they no longer may listen for, or to a recording that is no longer theirs to hear
    (`Recording.within_reach_of`): a restriction cuts what is being played.
    """
    now = clock.now()
    rows = _OPEN(key=key, recording=recording, account=by.id, sign_in=by.sign_in.id, now=now)
    if not rows:
        raise NotFound
    found, roles = Open(*rows[0][:-1]), {Role(row[-1]) for row in rows}
    if found.expires_at <= now and not any(Permission.RETENTION_HOLD in TABLE[role] for role in roles):
        raise NotFound
    if not any(found.purpose in PURPOSES.get(role, ()) for role in roles):
        raise NotFound
    return found


def get(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> Listen:
    """The same, with all that is known of the listen and its recording."""
    listen: Listen = Listen.get_by_id(check(key, recording, by=by).id)
    return listen


def own(key: uuid.UUID, recording: Recording, *, by: Account) -> Listen:
    """A listen of their own to that recording, open or not, of this session or an earlier one: nothing can be heard
    by it. NotFound for any other."""
    theirs = Listen.select().where(Listen.uuid == key, Listen.recording == recording.id, Listen.account == by.id)
    listen: Listen | None = theirs.where(Listen.because.is_null()).first()
    if listen is None:
        raise NotFound
    return listen


def start(found: Open, *, by: Account) -> None:
    """The first sound leaves: written once, whichever of the browser's requests gets here first.

    NotFound when the purge took the listen meanwhile: then nobody could write it.
    """
    if found.started_at is not None:
        return
    with db.atomic():
        first = Listen.update(started_at=clock.now()).where(Listen.id == found.id, Listen.started_at.is_null())
        if first.execute():
            listen = Listen.get_by_id(found.id)
            about = {"purpose": listen.purpose, "reference": listen.reference, "listen": listen.uuid.hex}
            record(Act.PLAYED, listen.recording, by=by, **about)
        elif not Listen.select().where(Listen.id == found.id).exists():
            raise NotFound


def still(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> bool:
    """May sound go on leaving, in an answer that takes long? Asks everything anew, session and role too."""
    account = sessions.anew(by)
    if account is None or not account.may(Permission.RECORDINGS_LISTEN):
        return False
    try:
        check(key, recording, by=account)
    except NotFound:
        return False
    return True
