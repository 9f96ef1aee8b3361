"""The organisation's seal on a letter: an invisible PAdES signature (ETSI EN 319 142-1, level B-B).

The file that was set stays whole at the front of the sealed one; the seal is appended. It certifies the document
(DocMDP, no changes), so that a reader's PDF program complains of anything added later.

pyHanko takes a second and a half to import: only `seal` does it. Checking the settings at the start
and telling who sealed a file do without.
"""

import datetime as dt
import functools
import hashlib
import io
import re
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7, pkcs12

from portal import clock
from portal.config import ConfigError, Settings

FIELD = "Seal"
SMALLEST_RSA = 2048
"""Bits. ETSI TS 119 312 gives 1900 and more until the end of 2028; new keys should have 3072."""
DIGESTS = {256: "sha256", 384: "sha384", 521: "sha512"}
"""By the size of the curve (RFC 5656 §6.2.1); RSA takes SHA-256."""
PFX = re.compile(rb"\x30(?:[\x00-\x7f\x80]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", re.DOTALL)
"""How a PKCS#12 file begins (RFC 7292 §4): a sequence, version 3."""
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")


class SealFault(ConfigError):
    """The settings of the seal do not serve. `code` is for the register, the text for the operator; it holds no secret.

    SealMissing, SealUnreadable, SealPassphrase, SealKey, SealPurpose, SealNotYet, SealExpired, SealRoots.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class SealRefused(Exception):
    """This one file cannot be sealed."""


class Sealed(NamedTuple):
    pdf: bytes
    certificate: str
    """SHA-256 fingerprint of the certificate, hex; '' when none is configured: then `pdf` is as it came."""


class Sealer(NamedTuple):
    """Who seals, as the certificate says it."""

    name: str
    """The organisation; the common name where it names none."""
    subject: str
    """RFC 4514."""
    issuer: str
    """RFC 4514."""
    not_before: dt.datetime
    not_after: dt.datetime
    fingerprint: str
    """SHA-256, hex."""


class _Loaded(NamedTuple):
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    between: tuple[x509.Certificate, ...]
    """The authorities between the certificate and its root. The root is left out: a reader has it, or has no trust."""

    @property
    def digest(self) -> str:
        return DIGESTS[self.key.curve.key_size] if isinstance(self.key, ec.EllipticCurvePrivateKey) else "sha256"


def check(settings: Settings) -> None:
    """Refuse to start with a certificate that cannot seal now. Raises SealFault (a ConfigError).

    Also when the roots are named but the certificate does not lead to one of them: every letter would be
    called untrusted.
    """
    if settings.seal_roots:
        roots(settings.seal_roots)
    if settings.seal_certificate is None:
        if settings.seal_passphrase_file is not None:
            raise SealFault("SealMissing", "seal_passphrase_file is set but seal_certificate is not")
        return
    loaded = _loaded(settings)
    if settings.seal_roots and not _leads_to(loaded, roots(settings.seal_roots)):
        raise SealFault("SealRoots", "seal_certificate does not lead to any certificate in seal_roots")


def sealer(settings: Settings) -> Sealer | None:
    """Who would seal a letter now; None when no certificate is configured. Raises SealFault."""
    return describe(_loaded(settings).certificate) if settings.seal_certificate else None


def seal(pdf: bytes, settings: Settings) -> Sealed:
    """`pdf` with the organisation's seal, or as it is when no certificate is configured.

    The time in the seal is this machine's, by `portal.clock`; no time-stamping service is asked. Two seals on the
    same file differ. With a certificate configured the answer is always sealed: raises SealFault when the
    certificate does not serve, also when it has run out since the start, SealRefused when the file does not.
    """
    if settings.seal_certificate is None:
        return Sealed(pdf, "")
    loaded = _loaded(settings)
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    try:
        done = _sign(pdf, loaded)
    except (PdfError, SigningError, ValueError, KeyError, TypeError, IndexError) as error:
        raise SealRefused(type(error).__name__) from error
    if not done.startswith(pdf) or sealed_by(done) != describe(loaded.certificate):
        raise SealRefused("what came back is not the file with our seal on it")
    return Sealed(done, fingerprint(loaded.certificate))


def sealed_by(pdf: bytes) -> Sealer | None:
    """Who the seal that closes `pdf` says it is from; None when no seal reaches the end of the file.

    Reads, and proves nothing: for files from our own vault. `verification.verify` proves.
    """
    for room in map(spread, BYTE_RANGE.finditer(pdf)):
        if room[0] == 0 and room[2] + room[3] == len(pdf):
            break
    else:
        return None
    try:
        content = bytes.fromhex(pdf[room[1] + 1 : room[2] - 1].decode("ascii"))
        held = pkcs7.load_der_pkcs7_certificates(content[: der_length(content)])
    except ValueError:
        return None
    above = {one.issuer for one in held}
    lowest = [one for one in held if one.subject not in above or one.issuer == one.subject]
    return describe(lowest[0]) if lowest else None


def spread(found: re.Match[bytes]) -> tuple[int, int, int, int]:
    """The four numbers of a /ByteRange (ISO 32000-1 §12.8.1): where, how long, twice."""
    first, length, second, rest = (int(number) for number in found.groups())
    return first, length, second, rest


def der_length(content: bytes) -> int:
    """How long the DER value at the start of `content` is, its head included. Raises ValueError when there is none."""
    if len(content) < 2 or content[0] != 0x30 or content[1] == 0x80:
        raise ValueError("no DER sequence")
    if content[1] < 0x80:
        return 2 + content[1]
    size = content[1] & 0x7F
    return 2 + size + int.from_bytes(content[2 : 2 + size])


def describe(certificate: x509.Certificate) -> Sealer:
    subject = certificate.subject
    named = subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME) or subject.get_attributes_for_oid(
        x509.NameOID.COMMON_NAME
    )
    return Sealer(
        str(named[0].value) if named else subject.rfc4514_string(),
        subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        fingerprint(certificate),
    )


def fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def roots(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file of authorities. Raises SealFault when there is none."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise SealFault("SealRoots", "the file that seal_roots names cannot be read") from error
    except ValueError as error:
        raise SealFault("SealRoots", "the file that seal_roots names holds no PEM certificate") from error


def _loaded(settings: Settings) -> _Loaded:
    """The certificate, read once in a process, valid at this moment."""
    assert settings.seal_certificate is not None
    loaded = _load(settings.seal_certificate, settings.seal_passphrase_file)
    now = clock.now()
    if now < loaded.certificate.not_valid_before_utc:
        raise SealFault("SealNotYet", f"seal_certificate is not valid before {_day(loaded.certificate, 'before')}")
    if now > loaded.certificate.not_valid_after_utc:
        raise SealFault("SealExpired", f"seal_certificate expired on {_day(loaded.certificate, 'after')}")
    return loaded


def _day(certificate: x509.Certificate, end: str) -> str:
    moment = certificate.not_valid_before_utc if end == "before" else certificate.not_valid_after_utc
    return clock.local(moment).date().isoformat()


@functools.lru_cache(maxsize=2)
def _load(path: Path, passphrase_file: Path | None) -> _Loaded:
    try:
        archive = path.read_bytes()
    except OSError as error:
        raise SealFault("SealMissing", "the file that seal_certificate names cannot be read") from error
    if not PFX.match(archive):
        raise SealFault("SealUnreadable", "the file that seal_certificate names is not PKCS#12 (.p12, .pfx)")
    try:
        passphrase = passphrase_file.read_bytes().rstrip(b"\r\n") if passphrase_file else None
    except OSError as error:
        raise SealFault("SealMissing", "the file that seal_passphrase_file names cannot be read") from error
    try:
        held = pkcs12.load_pkcs12(archive, passphrase)
    except ValueError as error:
        raise SealFault(
            "SealPassphrase",
            "the passphrase in seal_passphrase_file does not open seal_certificate, or that file is damaged"
            if passphrase_file
            else "seal_certificate needs a passphrase: name its file in seal_passphrase_file",
        ) from error
    if held.cert is None or held.key is None:
        raise SealFault("SealKey", "seal_certificate holds no certificate with its private key")
    key = held.key
    _suits(key)
    certificate = held.cert.certificate
    if certificate.public_key() != key.public_key():
        raise SealFault("SealKey", "the private key in seal_certificate is not the certificate's")
    _may_seal(certificate)
    others = [extra.certificate for extra in held.additional_certs]
    between = tuple(other for other in others if other.issuer != other.subject and other != certificate)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return _Loaded(certificate, key, between)


def _suits(key: object) -> None:
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < SMALLEST_RSA:
            raise SealFault("SealKey", f"the RSA key in seal_certificate is shorter than {SMALLEST_RSA} bits")
    elif not isinstance(key, ec.EllipticCurvePrivateKey) or not key.curve.name.startswith("secp"):
        raise SealFault("SealKey", "the key in seal_certificate is neither RSA nor on a NIST curve")
    elif key.curve.key_size not in DIGESTS:
        raise SealFault("SealKey", "the key in seal_certificate is on another curve than P-256, P-384 and P-521")


def _may_seal(certificate: x509.Certificate) -> None:
    """RFC 5280 §4.2.1.3: a certificate for something else (a web server's key exchange, an authority) is refused."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not (usage.digital_signature or usage.content_commitment):
            raise SealFault("SealPurpose", "seal_certificate is not issued for signatures (key usage)")
    except x509.ExtensionNotFound:
        raise SealFault("SealPurpose", "seal_certificate does not say what it is for (key usage)") from None
    try:
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise SealFault("SealPurpose", "seal_certificate is an authority's own, not an organisation's")
    except x509.ExtensionNotFound:
        pass


def _leads_to(loaded: _Loaded, trusted: list[x509.Certificate]) -> bool:
    """Whether each is signed by the next, from the certificate to one of `trusted`."""
    here = loaded.certificate
    for _ in range(len(loaded.between) + 1):
        if any(_issued(here, root) for root in trusted):
            return True
        above = [other for other in loaded.between if _issued(here, other)]
        if not above:
            return False
        here = above[0]
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _sign(pdf: bytes, loaded: _Loaded) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

    meta = PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm=loaded.digest,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=False,
    )

    class Signer(PdfSigner):
        def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = clock.now()
            return session

    signer = Signer(meta, _signer(loaded), new_field_spec=SigFieldSpec(FIELD))
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


@functools.lru_cache(maxsize=2)
def _signer(loaded: _Loaded) -> Any:
    from asn1crypto import keys
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def plain(certificate: x509.Certificate) -> asn1.Certificate:
        return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))

    chain = [plain(other) for other in loaded.between]
    secret = loaded.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=plain(loaded.certificate),
        signing_key=keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore.from_certs(chain),  # type: ignore[no-untyped-call]  # pyhanko's
    )
