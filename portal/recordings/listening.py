"""Hearing a call: a purpose is stated once, and opens one listen.

One listen is one row in the log however many ranges the browser asks for, in however many
processes. Each range is a new question of right: the session, the account, the queue, the role,
the recording and the listen itself are looked at again.
"""

import datetime as dt
import re
import uuid

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Listen, Playable, Purpose, Recording

OPEN_FOR = dt.timedelta(hours=2)

PURPOSES: dict[Role, tuple[Purpose, ...]] = {
    Role.ADVISER: tuple(Purpose),
    Role.MANAGER: tuple(Purpose),
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
    text = N_("Ljudet är inte färdigt att spelas upp.")


def purposes(user: Account) -> list[Purpose]:
    """What `user` may listen for, in the order they are shown."""
    allowed = {purpose for role in user.roles for purpose in PURPOSES.get(role, ())}
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
    if purpose not in purposes(by):
        raise PurposeRefused
    reference = case_number(reference) if purpose == Purpose.REQUEST else ""
    found = Recording.visible_to(by).where(Recording.id == recording.id).first()
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


def get(key: uuid.UUID, recording: uuid.UUID, *, by: Account) -> Listen:
    """The open listen that an address names, with its recording.

    NotFound when absent, another person's, another session's, past its time, stated for a purpose
    they no longer may listen for, or to a recording that is no longer theirs to hear.
    """
    found = (
        Recording.visible_to(by)
        .select(Recording, Listen)
        .join(Listen, on=(Listen.recording == Recording.id), attr="listen")
        .where(
            Listen.uuid == key,
            Recording.uuid == recording,
            Recording.playable == Playable.READY,
            Listen.account == by.id,
            Listen.sign_in == by.sign_in.id,
            Listen.closes_at > clock.now(),
        )
        .first()
    )
    if found is None or found.listen.purpose not in purposes(by):
        raise NotFound
    listen: Listen = found.listen
    listen.recording = found
    return listen


def start(listen: Listen, *, by: Account) -> None:
    """The first sound leaves: written once, whichever of the browser's requests gets here first."""
    if listen.started_at is not None:
        return
    with db.atomic():
        now = clock.now()
        if Listen.update(started_at=now).where(Listen.id == listen.id, Listen.started_at.is_null()).execute():
            record(
                Act.PLAYED,
                listen.recording,
                by=by,
                purpose=listen.purpose,
                reference=listen.reference,
                listen=listen.uuid.hex,
            )


def still(listen: Listen) -> bool:
    """May sound go on leaving, in an answer that takes long? Asks everything anew, session and role too."""
    signed_in = [session for session in sessions.of(listen.account) if session.id == listen.sign_in_id]
    if not signed_in:
        return False
    account: Account = signed_in[0].account
    account.sign_in = signed_in[0]
    if not account.may(Permission.RECORDINGS_LISTEN):
        return False
    try:
        get(listen.uuid, listen.recording.uuid, by=account)
    except NotFound:
        return False
    return True
