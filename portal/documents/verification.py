"""Whether a file is what left the city: by its seal, by the register, or by both.

Nothing is fetched: no revocation list, no time stamp, no certificate. The roots are given. The time of a seal is
what the sealing machine said.
"""

import dataclasses
import datetime as dt
import enum
import hashlib
import io
import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.documents import seal
from portal.documents.models import Document, State

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

LARGEST = 64 * 1024 * 1024
"""Bytes. No letter of ours comes near; what is larger is not opened."""
HEX = re.compile(rb"<(?:[0-9a-f]*|[0-9A-F]*)>")


class Verdict(enum.Enum):
    """The value is the exit code of `portal document verify`."""

    GENUINE = 0
    """The seal holds and leads to a root, or the register knows these very bytes; and nothing speaks against it."""
    REFUSED = 1
    """Altered, added to, sealed by somebody not trusted, or with a certificate that was not valid."""
    UNPROVEN = 3
    """Nothing speaks against it, and nothing for it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seal:
    sealed_by: str
    """Subject, RFC 4514."""
    issuer: str
    certificate: str
    """SHA-256 fingerprint, hex."""
    sealed_at: dt.datetime | None
    """Aware; by the sealing machine's clock."""
    intact: bool
    """Every byte that the seal covers is as it was."""
    whole: bool
    """It covers the file from its first byte to its last."""
    covered: int
    """Bytes, from the start of the file to where the seal's reach ends."""
    trusted: bool | None
    """It leads to one of the roots; None when no roots are given."""
    valid_then: bool
    """The certificate was valid at `sealed_at`."""

    @property
    def good(self) -> bool:
        return self.intact and self.whole and self.valid_then and self.trusted is not False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Registered:
    id: str
    kind: str
    locked_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    size: int
    sha256: str
    seals: tuple[Seal, ...]
    fault: str
    """Why a seal that is or was in the file cannot be read, as a code; '' when all could be read."""
    registered: Registered | None
    register_asked: bool

    @property
    def verdict(self) -> Verdict:
        if self.fault or not all(one.good for one in self.seals):
            return Verdict.REFUSED
        if self.registered or (self.seals and all(one.trusted for one in self.seals)):
            return Verdict.GENUINE
        return Verdict.UNPROVEN


def verify(pdf: bytes, roots: Sequence[x509.Certificate] | None, *, register: bool) -> Finding:
    """Look at `pdf`, which may come from anyone. `roots` None: no trust is judged. `register`: it is open, ask it."""
    digest = hashlib.sha256(pdf).hexdigest()
    seals, fault = _seals(pdf, roots)
    return Finding(
        size=len(pdf),
        sha256=digest,
        seals=seals,
        fault=fault,
        registered=registered(digest) if register else None,
        register_asked=register,
    )


def registered(sha256: str) -> Registered | None:
    """The locked document with these bytes."""
    found = Document.get_or_none((Document.sha256 == sha256) & (Document.state == State.LOCKED))
    return found and Registered(id=str(found.uuid), kind=found.kind, locked_at=found.locked_at)


def _seals(pdf: bytes, roots: Sequence[x509.Certificate] | None) -> tuple[tuple[Seal, ...], str]:
    traces = b"/ByteRange" in pdf or b"ETSI.CAdES" in pdf
    if len(pdf) > LARGEST:
        return (), "TooLarge" if traces else ""
    if not traces and b"/Sig" not in pdf and not pdf.startswith(b"%PDF-"):
        return (), ""
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it says the same again, with a traceback
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        found = list(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures)
        seals = tuple(_judged(one, pdf, roots) for one in found)
    except Exception:  # a parser over hostile bytes: whatever it trips on, the file is not read
        return (), "Unreadable" if traces else ""
    return seals, "Hidden" if traces and not seals else ""


def _judged(found: "EmbeddedPdfSignature", pdf: bytes, roots: Sequence[x509.Certificate] | None) -> Seal:
    certificate = x509.load_der_x509_certificate(found.signer_cert.dump())
    who = seal.describe(certificate)
    moment = found.self_reported_timestamp
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    holds, trusted = _proved(found, moment, who, roots)
    reach = _reach(found, pdf)
    return Seal(
        sealed_by=who.subject,
        issuer=who.issuer,
        certificate=who.fingerprint,
        sealed_at=moment,
        intact=holds and reach is not None,
        whole=reach == len(pdf),
        covered=reach or 0,
        trusted=None if roots is None else trusted,
        valid_then=moment is not None and who.not_before <= moment <= who.not_after,
    )


def _proved(
    found: "EmbeddedPdfSignature",
    moment: dt.datetime | None,
    who: seal.Sealer,
    roots: Sequence[x509.Certificate] | None,
) -> tuple[bool, bool]:
    """Whether hash and signature hold, and whether the certificate leads to a root.

    The way to the root is judged at the time of sealing, or at the nearest moment the certificate was valid: that
    it was not is a finding of its own.
    """
    from asn1crypto import x509 as asn1
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    asked = max(who.not_before, min(moment or who.not_after, who.not_after))
    context = ValidationContext(
        trust_roots=[asn1.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots or ()],
        other_certs=found.other_embedded_certs,
        moment=asked,
        best_signature_time=asked,
        allow_fetching=False,
        retroactive_revinfo=True,
    )
    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    status = validate_pdf_signature(found, context, key_usage_settings=usage, skip_diff=True)
    return bool(status.intact and status.valid), bool(status.trusted)


def _reach(found: "EmbeddedPdfSignature", pdf: bytes) -> int | None:
    """Where the bytes that the seal covers end; None when something other than the seal stands in its room.

    A signature cannot cover the room it stands in: bytes hidden there, or changed where no reader looks, would
    pass every check of hash and signature.
    """
    numbers = [int(number) for number in found.byte_range]
    if len(numbers) != 4:
        return None
    start, length, second, rest = numbers
    room = pdf[length:second]
    if start != 0 or rest < 0 or not length < second <= second + rest <= len(pdf) or not HEX.fullmatch(room):
        return None
    try:
        content = bytes.fromhex(room[1:-1].decode("ascii"))
        end = seal.der_length(content)
    except ValueError:
        return None
    if content != found.pkcs7_content or content[end:].strip(b"\0") or not _plain(found, content[:end]):
        return None
    return second + rest


def _plain(found: "EmbeddedPdfSignature", content: bytes) -> bool:
    """The few parts that no signature covers are as every sealer writes them (RFC 5652 §5.1, §5.3; X.690 §10.1)."""
    from asn1crypto import cms, core

    data: Any = found.signed_data
    info = found.signer_info
    named = [one.dump() for one in data["digest_algorithms"]]
    version = "v1" if info["sid"].name == "issuer_and_serial_number" else "v3"
    signatures = [one["signature_value"] for one in (found.signer_cert, *found.other_embedded_certs)]
    return (
        cms.ContentInfo.load(content).dump(force=True) == content
        and data["version"].native == "v1"
        and info["version"].native == version
        and named == [info["digest_algorithm"].dump()]
        and all(core.OctetBitString(one.native).dump() == one.dump() for one in signatures)
    )
