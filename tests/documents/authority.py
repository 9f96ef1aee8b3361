"""An invented authority with certificates of every kind, and a small PDF to seal."""

import datetime as dt
import functools
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID

from portal import clock

PASSPHRASE = "smultron på Kråkö"
YEAR = dt.timedelta(days=365)


class Held(NamedTuple):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def make(
    name: str,
    *,
    issuer: Held | None = None,
    authority: bool = False,
    key=None,
    start: dt.datetime | None = None,
    life: dt.timedelta = 2 * YEAR,
    usage: bool | None = True,
) -> Held:
    """A certificate. `usage` False: for key exchange only; None: does not say."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    start = start or clock.now() - dt.timedelta(days=1)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FI"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Exempelstad"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage is not None:
        signs = usage and not authority
        builder = builder.add_extension(
            x509.KeyUsage(
                digital_signature=signs,
                content_commitment=signs,
                key_encipherment=not usage,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    if issuer:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    return Held(builder.sign((issuer or Held(None, key)).key, hashes.SHA256()), key)


class Chain(NamedTuple):
    root: Held
    between: Held
    city: Held


def _chain() -> Chain:
    root = make("Rot", authority=True, start=clock.now() - YEAR, life=20 * YEAR)
    between = make("Mellanled", issuer=root, authority=True, start=clock.now() - YEAR, life=10 * YEAR)
    return Chain(root, between, make("Stämpel", issuer=between))


_CHAIN = _chain()  # when the clock runs: no test that stops it decides from when they are valid


def chain() -> Chain:
    """Root, an authority between, and the city's seal, valid from a day ago for two years."""
    return _CHAIN


def archive(folder: Path, held: Held, *others: Held, passphrase: str | None = PASSPHRASE, name="seal.p12") -> Path:
    """PKCS#12 with the key, as a certificate authority delivers it."""
    guard = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path = folder / name
    extra = [other.certificate for other in others]
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", held.key, held.certificate, extra, guard))
    return path


def roots_file(folder: Path, *held: Held, name="roots.pem") -> Path:
    path = folder / name
    path.write_bytes(b"".join(one.pem for one in held))
    return path


@functools.cache
def letter() -> bytes:
    """One page, one word, cross-reference table and all."""
    stream = b"BT /F1 12 Tf 72 720 Td (Beslut) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R/ID[<%s><%s>]>>\n" % (len(objects) + 1, b"a" * 32, b"a" * 32)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)
