"""What an account may and proves itself by, as the ledger keeps it; what it has lost stays lost after a restore."""

import datetime as dt
import uuid
from typing import Any

from portal import clock
from portal.accounts import factors, passwords
from portal.accounts.models import Account, Passkey, QueueGrant, RecoveryCode, RoleGrant
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.queues.models import Queue
from portal.rights import ending
from portal.vault import box

ACTS = (
    Act.ACCOUNT_CHANGED,
    Act.ACCOUNT_CLOSED,
    Act.ACCOUNT_REOPENED,
    Act.PASSWORD_RESET,
    Act.PASSWORD_CHANGED,
    Act.SECOND_FACTOR_RESET,
    Act.SECOND_FACTOR_ENROLLED,
    Act.RECOVERY_CODE_USED,
    Act.RECOVERY_CODES_MADE,
    Act.PASSKEY_REMOVED,
)
"""Whatever an account has lost with them must stay lost. Sessions are not followed: a restore ends all."""

RIGHTS = (
    Act.RIGHT_GRANTED,
    Act.EMERGENCY_GIVEN,
    Act.RIGHT_GIVEN_BY_COMMAND,
    Act.RIGHT_ENDED,
)
"""The same of a right; the account is its holder."""


def of(account: Account) -> dict[str, Any]:
    """What it may and proves itself by; the proofs as pseudonyms that can only be compared."""
    row = Account.get_by_id(account.id)
    granted = RoleGrant.select().where(RoleGrant.account == row.id, RoleGrant.lasting(clock.now()))
    return {
        "closed": row.closed_at is not None,
        "rights": {ending.name_of(grant): round(grant.ends_at.timestamp() * 1000) for grant in granted},
        "password": _password(row),
        "factor": _factor(row),
        "codes": sorted(_code(code) for code in _unused(row)),
        "keys": sorted(_key(key) for key in row.passkeys),
    }


def _unused(account: Account) -> list[RecoveryCode]:
    return list(RecoveryCode.select().where(RecoveryCode.account == account.id, RecoveryCode.used_at.is_null()))


def _password(account: Account) -> str:
    return box.pseudonym("ledger:password", account.password_hash)


def _factor(account: Account) -> str:
    """Of the secret itself: how it is sealed changes with the root key."""
    if not account.totp_sealed:
        return ""
    try:
        return box.pseudonym("ledger:secret", factors.unseal(account, account.totp_sealed))
    except box.SealBroken:
        return _factor_as_sealed(account)


def _factor_as_sealed(account: Account) -> str:
    """As lines from before told it."""
    return box.pseudonym("ledger:factor", bytes(account.totp_sealed).hex()) if account.totp_sealed else ""


def _same_factor(account: Account, stood: str) -> bool:
    return stood in (_factor(account), _factor_as_sealed(account))


def _code(code: RecoveryCode) -> str:
    return box.pseudonym("ledger:code", code.code_hash)[:12]


def _key(key: Passkey) -> str:
    return box.pseudonym("ledger:passkey", bytes(key.credential_id).hex())[:12]


def take_again(account: Account, stands: dict[str, Any]) -> list[str]:
    """Take from the account whatever it has lost since; gives it nothing. Returns what was taken, as codes.

    A password that has been another since no longer opens anything, nor does a second factor: the
    administrator gives a temporary password.
    """
    hashed = ""
    # Without its second factor the old password alone would be enough to enrol a new one
    if _password(account) != stands["password"] or (
        account.totp_sealed and not _same_factor(account, stands["factor"])
    ):
        hashed = passwords.hashed(passwords.temporary())  # known to nobody
    with db.atomic():
        return _take_again(Account.get_by_id(account.id), stands, hashed)


def _take_again(row: Account, stands: dict[str, Any], hashed: str) -> list[str]:
    taken: list[str] = []
    values: dict[str, Any] = {}
    if stands["closed"] and row.closed_at is None:
        values["closed_at"], taken = clock.now(), [*taken, "account"]
    if "rights" in stands:
        ends = {name: dt.datetime.fromtimestamp(at / 1000, clock.UTC) for name, at in stands["rights"].items()}
    else:
        taken += _queues_again(row, stands["queues"])
        granted = RoleGrant.select().where(RoleGrant.account == row.id, RoleGrant.role.in_(stands["roles"]))
        ends = {ending.name_of(grant): grant.ends_at for grant in granted}
    if ending.take_again(row, ends):
        taken.append("rights")
    if hashed:
        values |= {"password_hash": hashed, "password_temporary": True}
        taken.append("password")
    if row.totp_sealed is not None and not _same_factor(row, stands["factor"]):
        values["totp_sealed"], taken = None, [*taken, "factor"]
    codes = [code.id for code in _unused(row) if _code(code) not in stands["codes"]]
    if codes:
        RecoveryCode.delete().where(RecoveryCode.id.in_(codes)).execute()
        taken.append("codes")
    kept = stands.get("keys")  # lines from before there were passkeys say nothing of them
    if lost := [] if kept is None else [key.id for key in row.passkeys if _key(key) not in kept]:
        Passkey.delete().where(Passkey.id.in_(lost)).execute()
        taken.append("keys")
    if values:
        Account.update(**values, version=Account.version + 1).where(Account.id == row.id).execute()
    if taken:
        record(Act.RIGHTS_TAKEN_AGAIN, row, taken=taken)
    return taken


def _queues_again(row: Account, kept: list[str]) -> list[str]:
    """As lines from before rights were decisions tell it: the roles and the queues, each for itself."""
    allowed = [uuid.UUID(queue) for queue in kept]
    lost = QueueGrant.delete().where(
        QueueGrant.account == row.id,
        QueueGrant.queue.not_in(Queue.select(Queue.id).where(Queue.uuid.in_(allowed))),
    )
    return ["queues"] if lost.execute() else []
