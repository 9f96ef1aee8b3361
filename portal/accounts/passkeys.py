"""Passkeys and security keys (WebAuthn level 3): a second factor that answers no other site than the portal.

The browser binds every answer to the address it stands on, so there is nothing a person can be lured to type or read
out. An answer is to a question: random bytes given to one session, good for minutes and for one answer.
"""

import base64
import dataclasses
import datetime as dt
import json
import os
import uuid
from typing import Any

import webauthn
from webauthn.helpers import exceptions, options_to_json_dict, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock
from portal.accounts import sessions
from portal.accounts.factors import ISSUER
from portal.accounts.models import Account, Passkey, SignIn
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.vault import box

LASTS = dt.timedelta(minutes=5)
"""How long a question may be answered."""
MOST = 10
"""Keys of one person."""
LONGEST_ID = 1023
"""Bytes of a credential's id (WebAuthn level 3 §5.8.3)."""
WRONG, STALE, COPIED = "wrong", "stale", "copied"
"""Why an answer was refused, for the log."""
REFUSED = (
    *(exceptions.WebAuthnException, ValueError, LookupError, TypeError, AttributeError),
    *(OverflowError, EOFError, RecursionError),
)
"""What an answer that is none makes the library raise."""


class WrongKey(Invalid):
    text = N_("Nyckeln godkändes inte. Försök igen, eller använd en kod.")


class NoAnswer(WrongKey):
    text = N_("Nyckeln har inte svarat än. Välj ”Lägg till nyckeln” och rör vid den när webbläsaren säger till.")


class KeyTaken(Invalid):
    text = N_("Den här nyckeln finns redan i registret. Använd en annan.")


class TooMany(Invalid):
    text = N_("Du har redan tio nycklar. Ta bort en som du inte använder.")


class NoName(Invalid):
    text = N_("Ge nyckeln ett namn, högst 60 tecken.")


@dataclasses.dataclass(frozen=True)
class Site:
    """The portal as the browser sees it."""

    host: str
    """Without port: what keys are bound to."""
    origin: str


def of(account: Account) -> list[Passkey]:
    return list(Passkey.select().where(Passkey.account == account.id).order_by(Passkey.created_at, Passkey.id))


# The question


def _seal(context: bytes, use: str, challenge: bytes) -> bytes:
    """What was asked, when, and for what: kept beside the session it was asked in."""
    asked = {"use": use, "challenge": base64.b64encode(challenge).decode(), "at": clock.now().isoformat()}
    return box.seal("webauthn", context, json.dumps(asked).encode())


def _opened(context: bytes, use: str, sealed: bytes) -> tuple[bytes, dt.datetime] | None:
    """The challenge and when it was given; None when it was for another use or is too old."""
    try:
        asked = json.loads(box.unseal("webauthn", context, sealed))
    except box.SealBroken:
        return None
    at = dt.datetime.fromisoformat(asked["at"])
    if asked["use"] != use or not at <= clock.now() < at + LASTS:
        return None
    return base64.b64decode(asked["challenge"]), at


@db.atomic()
def _ask(row: SignIn, use: str) -> bytes:
    """A new challenge for this session; the one before is no longer answered."""
    challenge = os.urandom(32)
    asked = SignIn.update(challenge_sealed=_seal(row.uuid.bytes, use, challenge)).where(
        SignIn.id == row.id, SignIn.ended_at.is_null()
    )
    if not asked.execute():
        raise Conflict
    return challenge


@db.atomic()
def _asked(row: SignIn, use: str) -> tuple[bytes, dt.datetime] | None:
    """The challenge of this session, used up; None when none waits for an answer."""
    sealed = SignIn.select(SignIn.challenge_sealed).where(SignIn.id == row.id).scalar()
    if sealed is None:
        return None
    used = SignIn.update(challenge_sealed=None).where(
        SignIn.id == row.id, SignIn.challenge_sealed == sealed, SignIn.ended_at.is_null()
    )
    return _opened(row.uuid.bytes, use, sealed) if used.execute() else None


def _described(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(key.credential_id),
            transports=[AuthenticatorTransport(way) for way in key.transports.split(",") if way],
        )
        for key in keys
    ]


def creation(account: Account, site: Site) -> dict[str, Any]:
    """What the browser needs to make a key for this person: options of `navigator.credentials.create`.

    Raises TooMany.
    """
    kept = of(account)
    if len(kept) >= MOST:
        raise TooMany
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_id=account.uuid.bytes,
        user_name=account.username,
        user_display_name=account.name,
        challenge=_ask(account.sign_in, "create"),
        exclude_credentials=_described(kept),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,  # so that it can be asked for before a name is known
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json_dict(options)


def question(row: SignIn, site: Site) -> dict[str, Any]:
    """What the browser needs to ask one of the person's keys: options of `navigator.credentials.get`.

    Raises NotFound for who has none.
    """
    kept = of(row.account)
    if not kept:
        raise NotFound
    return _options(site, _ask(row, "get"), kept)


def _options(site: Site, challenge: bytes, kept: list[Passkey]) -> dict[str, Any]:
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=_described(kept),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json_dict(options)


def question_to_anybody(site: Site) -> tuple[dict[str, Any], str]:
    """A question before a name is given, and what the browser's own session must keep of it. It names no key: the
    answer is the same whoever asks."""
    challenge = os.urandom(32)
    return _options(site, challenge, []), base64.b64encode(_seal(b"anybody", "get", challenge)).decode()


# The answer


def add(account: Account, answer: str, name: str, site: Site) -> Passkey:
    """A new key of the person's, that has answered the question of this session. The page wants a recent proof.

    Raises NoName, NoAnswer, TooMany, KeyTaken, WrongKey.
    """
    name = name.strip()
    if not 0 < len(name) <= 60:
        raise NoName
    if not answer:  # the name was sent alone, to begin with or because a proof was asked for in between
        raise NoAnswer
    asked = _asked(account.sign_in, "create")
    try:
        if asked is None:
            raise WrongKey
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=asked[0], expected_rp_id=site.host, expected_origin=site.origin
        )
    except (WrongKey, *REFUSED) as error:
        _refused(account, STALE if asked is None else WRONG)
        raise WrongKey from error
    if len(made.credential_id) > LONGEST_ID:
        raise WrongKey
    with db.atomic():
        _hold(account)
        if Passkey.select().where(Passkey.account == account.id).count() >= MOST:
            raise TooMany
        kept = {
            "uuid": uuid.uuid4(),
            "account": account.id,
            "name": name,
            "credential_id": made.credential_id,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "transports": _ways(answer),
            "backed_up": made.credential_backed_up,
            "created_at": clock.now(),
        }
        Passkey.insert(**kept).on_conflict_ignore().execute()
        key: Passkey | None = Passkey.get_or_none(Passkey.uuid == kept["uuid"])
        if key is None:  # another has it, or a second click
            raise KeyTaken
        record(Act.PASSKEY_ADDED, account, by=account, uuid=str(key.uuid))
    return key


def _hold(account: Account) -> None:
    """Keep others who add to this account waiting until the transaction is over."""
    Account.update(version=Account.version).where(Account.id == account.id).execute()


def _ways(answer: str) -> str:
    """How the key is reached, of the ways known."""
    told = json.loads(answer)["response"].get("transports")
    known = [way.value for way in AuthenticatorTransport]
    return ",".join(way for way in known if isinstance(told, list) and way in told)


def prove(row: SignIn, answer: str, site: Site) -> Passkey:
    """The key of the session's person that has answered its question, used up. Raises WrongKey.

    No wait runs here: a signature cannot be guessed, and who guesses at the person's codes must not keep the
    person's key out.
    """
    asked = _asked(row, "get")
    if asked is None:
        _refused(row.account, STALE)
        raise WrongKey
    key = _named(answer)
    if key is None or key.account_id != row.account_id or not _good(key, answer, asked, site):
        _refused(row.account, WRONG)
        raise WrongKey
    return key


def prove_to_nobody(sealed: str, answer: str, site: Site) -> Passkey | None:
    """The key that has answered `question_to_anybody`, used up; None when there is none such."""
    try:
        asked = _opened(b"anybody", "get", base64.b64decode(sealed, validate=True))
    except ValueError:
        return None
    key = _named(answer) if asked else None
    if asked is None or key is None or not _good(key, answer, asked, site):
        return None
    return key


def _named(answer: str) -> Passkey | None:
    """The key that the answer says it is from."""
    try:
        named = parse_authentication_credential_json(answer).raw_id
    except REFUSED:
        return None
    key: Passkey | None = Passkey.get_or_none(Passkey.credential_id == named)
    return key


def _good(key: Passkey, answer: str, asked: tuple[bytes, dt.datetime], site: Site) -> bool:
    """Is it signed by the key, here and now? If so, used up: no other answer to a question from before this instant
    is good any more, and a counter that does not rise is a copy's."""
    challenge, asked_at = asked
    try:
        told = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=0,  # looked at below, in the statement
        )
    except REFUSED:
        return False
    count = told.new_sign_count
    risen = (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (count == 0))
    unused = Passkey.used_at.is_null() | (Passkey.used_at < asked_at)
    used = (
        Passkey.update(sign_count=count, used_at=clock.now(), backed_up=told.credential_backed_up)
        .where(Passkey.id == key.id, risen, unused)
        .execute()
    )
    if not used and count and count <= key.sign_count:
        _refused(key.account, COPIED)
    return bool(used)


@db.atomic()
def _refused(account: Account, reason: str) -> None:
    record(Act.PASSKEY_REFUSED, account, by=account, reason=reason)


@db.atomic()
def remove(key: Passkey, *, by: Account) -> None:
    """The key opens nothing from now on; every other session of the person ends. The page wants a recent proof.

    Raises Conflict when it is gone.
    """
    if not Passkey.delete().where(Passkey.id == key.id, Passkey.account == by.id).execute():
        raise Conflict
    ended = sessions.end(SignIn.account == by.id, SignIn.id != by.sign_in.id)
    record(Act.PASSKEY_REMOVED, by, by=by, uuid=str(key.uuid), sessions_ended=ended)
