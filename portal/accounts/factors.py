"""The second factor: a TOTP code from the person's app (RFC 6238), or one of ten recovery codes."""

import datetime as dt
import enum
import io
import re
import secrets

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

from portal import clock
from portal.accounts.models import Account, RecoveryCode
from portal.vault import box

ISSUER = "Samtalsregistret"
WINDOW = 1
"""Steps of 30 s before and after the present that are accepted: telephones' clocks drift."""
CODES = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: five bits a character, none that looks like another."""
LENGTH = 16
MISREAD = str.maketrans("OIL", "011")


class Proof(enum.StrEnum):
    TOTP = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"


def new_secret() -> str:
    """160 random bits, base 32 (RFC 4226 §4)."""
    return pyotp.random_base32(32)


def seal(account: Account, secret: str) -> bytes:
    return box.seal("totp", account.uuid.bytes, secret.encode())


def unseal(account: Account, sealed: bytes) -> str:
    return box.unseal("totp", account.uuid.bytes, sealed).decode()


def qr(account: Account, secret: str) -> bytes:
    """The secret as a QR code that authenticator apps read, SVG."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)
    out = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return out.getvalue()


def step_of(secret: str, typed: str) -> int | None:
    """The time step, of those accepted now, whose code `typed` is."""
    digits = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    try:
        step: int = pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=clock.now(), valid_window=WINDOW)
    except OTPVerificationError:
        return None
    return step


def accept(account: Account, typed: str) -> Proof | None:
    """Use `typed` up if it is good: a code of a later step than the last one accepted, or an unused
    recovery code. The guarded updates let one of several simultaneous uses through. Call inside
    the transaction of what the proof is for."""
    if account.totp_sealed is None:
        return None
    step = step_of(unseal(account, account.totp_sealed), typed)
    if step is not None:
        taken = (
            Account.update(totp_last_step=step)
            .where(
                Account.id == account.id,
                Account.totp_sealed == account.totp_sealed,
                Account.totp_last_step < step,
                Account.closed_at.is_null(),
            )
            .execute()
        )
        return Proof.TOTP if taken else None
    code = _plain(typed)
    if len(code) != LENGTH:
        return None
    used = (
        RecoveryCode.update(used_at=clock.now())
        .where(
            RecoveryCode.account == account.id,
            RecoveryCode.code_hash == _hashed(account, code),
            RecoveryCode.used_at.is_null(),
        )
        .execute()
    )
    return Proof.RECOVERY if used else None


def _plain(typed: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(MISREAD)


def _hashed(account: Account, code: str) -> str:
    # 80 random bits under a key of the vault: nothing for a slow hash to add
    return box.pseudonym("recovery", f"{account.uuid.hex}:{code}")


def new_codes(account: Account) -> list[str]:
    """Ten fresh recovery codes in place of all earlier ones; only their hashes are kept. Call
    inside the transaction of the act."""
    plain = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]
    RecoveryCode.delete().where(RecoveryCode.account == account.id).execute()
    RecoveryCode.insert_many([{"account": account.id, "code_hash": _hashed(account, code)} for code in plain]).execute()
    return [in_groups(code) for code in plain]


def codes_left(account: Account) -> int:
    count: int = RecoveryCode.select().where(RecoveryCode.account == account.id, RecoveryCode.used_at.is_null()).count()
    return count


def last_code_used(account: Account) -> dt.datetime | None:
    """When one of the recovery codes there are was last used."""
    own = (RecoveryCode.account == account.id) & RecoveryCode.used_at.is_null(False)
    used = RecoveryCode.select(RecoveryCode.used_at).where(own).order_by(RecoveryCode.used_at.desc())
    moment: dt.datetime | None = used.limit(1).scalar()
    return moment


def in_groups(code: str) -> str:
    """Four and four, as people read and type."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
