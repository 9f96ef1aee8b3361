"""Hearing a call to train advisers, by the consent of the person who called.

A door of its own: its listens open no other, and no other listen opens it. Asked anew at every range, so that a
withdrawal, the consent's last day, a restriction or a right taken away ends it at once. Past its date too: then the
consent is all that keeps the call.
"""

import datetime as dt
import uuid

import peewee

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account, QueueGrant, RoleGrant, SignIn
from portal.accounts.permissions import TABLE, Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Few, Prepared, db, few, slot
from portal.errors import Conflict, Denied, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings import listening
from portal.recordings.listening import OPEN_FOR, NotReady, Open
from portal.recordings.models import Listen, Playable, Purpose, Recording, State
from portal.register import consents
from portal.register.models import Consent, ConsentCall, ConsentPurpose, ConsentText


class NotConsented(Conflict):
    text = N_("Inget samtycke till utbildning gäller för samtalet längre. Det får inte användas.")


_OPEN = Prepared(
    lambda: (
        Listen.select(
            *(Listen.id, Listen.purpose, Listen.started_at),
            *(Recording.playable_part, Recording.playable_type, Recording.store, Recording.expires_at),
            *(Recording.uuid, Recording.sealed_as),
        )
        .join(Recording)
        .join(QueueGrant, on=(QueueGrant.queue == Recording.queue))
        .join(RoleGrant)
        .switch(Recording)
        .join(ConsentCall)
        .join(Consent)
        .join(ConsentText)
        .where(
            Listen.uuid == slot("key", Listen.uuid),
            Listen.because == Consent.uuid,
            Recording.uuid == slot("recording", Recording.uuid),
            Listen.account == slot("account", Account.id),
            Listen.sign_in == slot("sign_in", SignIn.id),
            QueueGrant.account == slot("account", Account.id),
            RoleGrant.role.in_([role for role in Role if Permission.REGISTER_TRAINING in TABLE[role]]),
            RoleGrant.in_force(slot("now", RoleGrant.ends_at)),
            Listen.closes_at > slot("now", Listen.closes_at),
            Recording.state == State.LIVE,
            Recording.restrictions == 0,
            Recording.playable == Playable.READY,
            *consents.in_use(ConsentPurpose.TRAINING, slot("today", Consent.ends_on)),
        )
    )
)


def check(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> Open:
    """The open listen that an address names: asked at every range, so it is one query.

    NotFound when absent, another person's, another session's, past its time, or when nobody consents to it any more,
    the call is restricted, or it is of a queue that is not theirs.
    """
    if not by.may(Permission.REGISTER_TRAINING):
        raise NotFound
    now = clock.now()
    rows = _OPEN(
        key=key, recording=recording, account=by.id, sign_in=by.sign_in.id, now=now, today=clock.local(now).date()
    )
    if not rows:
        raise NotFound
    return Open(*rows[0])


def get(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> Listen:
    """The same, with all that is known of the listen and its recording."""
    listen: Listen = Listen.get_by_id(check(key, recording, by=by).id)
    return listen


def still(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> bool:
    """May sound go on leaving, in an answer that takes long? Asks everything anew, session and role too."""
    account = sessions.anew(by)
    try:
        return account is not None and bool(check(key, recording, by=account))
    except NotFound:
        return False


start = listening.start
"""The first sound leaves: written once, with the purpose."""


def calls(by: Account) -> list[Recording]:
    """The calls of the own queues that may be used for training now, the newest first."""
    return list(_consented(by)) if by.may(Permission.REGISTER_TRAINING) else []


def newest(by: Account, most: int) -> Few:
    """The first of them."""
    return few(_consented(by), most)


def _consented(by: Account) -> peewee.ModelSelect:
    """Found from the consents, which are few, and not from all calls of the queues."""
    calls = (
        ConsentCall.select(ConsentCall.recording)
        .join(Consent)
        .join(ConsentText)
        .switch(ConsentCall)
        .join(Recording)
        .where(*consents.in_use(ConsentPurpose.TRAINING, clock.today()))
    )
    own = Recording.of_queues(by.queues_for(Permission.REGISTER_TRAINING))
    chosen = (
        Recording.select(Recording, Queue)
        .join(Queue)
        .where(Recording.id.in_(calls), own, Recording.state == State.LIVE)
    )
    return chosen.where(Recording.restrictions == 0).order_by(Recording.id.desc())


def _of_own_queues(by: Account) -> peewee.ModelSelect:
    own = Recording.queue.in_(sorted(by.queues_for(Permission.REGISTER_TRAINING)))
    return Recording.select().where(own, Recording.state == State.LIVE, Recording.restrictions == 0)


@db.atomic()
def open_listen(recording: uuid.UUID, *, by: Account) -> Listen:
    """Open a listen for training, in the session `by.sign_in`, for OPEN_FOR; the consent gives the right.

    Denied, NotFound, NotConsented, NotReady.
    """
    if not by.may(Permission.REGISTER_TRAINING):
        raise Denied
    found: Recording | None = _of_own_queues(by).where(Recording.uuid == recording).first()
    if found is None:
        raise NotFound
    consent = consents.standing_for(found, ConsentPurpose.TRAINING)
    if consent is None:
        raise NotFound if found.over else NotConsented  # past its date nobody is told of it
    if found.playable != Playable.READY:
        raise NotReady
    now: dt.datetime = clock.now()
    listen: Listen = Listen.create(
        recording=found,
        account=by,
        sign_in=by.sign_in,
        purpose=Purpose.TRAINING,
        because=consent.uuid,
        opened_at=now,
        closes_at=now + OPEN_FOR,
    )
    about = {"purpose": Purpose.TRAINING, "listen": listen.uuid.hex, "consent": consent.uuid.hex}
    record(Act.LISTEN_OPENED, found, by=by, **about)
    return listen
