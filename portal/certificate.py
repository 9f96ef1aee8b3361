"""A certificate for HTTPS where none is given: a local authority, kept in the data folder, that can
vouch for this machine's names only."""

import datetime as dt
import ipaddress
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal import clock
from portal.config import Settings
from portal.vault import durable

AUTHORITY_LIFE = dt.timedelta(days=3650)
LIFE = dt.timedelta(days=365)
"""Mozilla's configuration "intermediate" allows 366."""
RENEW = dt.timedelta(days=30)
"""Made anew at the start when less than this is left."""

Key = ec.EllipticCurvePrivateKey


class Certificate(NamedTuple):
    certificate: Path
    key: Path
    authority: Path | None
    """What a browser must trust; None when the certificate was given in the settings."""


class _Issuer(NamedTuple):
    certificate: x509.Certificate
    key: Key


def ensure(settings: Settings) -> Certificate:
    """The certificate to serve with: the one the settings name, else the local one, made or renewed.

    The authority stays until it nears its end or the machine's names change; then it must be
    trusted anew. Keys are files of mode 0600.
    """
    if settings.tls_cert and settings.tls_key:
        return Certificate(settings.tls_cert, settings.tls_key, None)
    names = _names(settings.trusted_hosts)
    folder = settings.tls
    durable.make_folder(folder)
    made = Certificate(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    issuer = _load(folder / "ca.pem", folder / "ca.key")
    if issuer is None or _left(issuer.certificate) < LIFE + RENEW or not _permits(issuer.certificate, names):
        issuer = _issue_authority(names)
        _write(folder / "ca.key", issuer.key)
        _write(folder / "ca.pem", issuer.certificate)
    served = _load(made.certificate, made.key)
    if (
        served is None
        or _left(served.certificate) < RENEW
        or served.certificate.issuer != issuer.certificate.subject
        or not set(names) <= set(_covered(served.certificate))
    ):
        served = _issue(names, issuer)
        _write(made.key, served.key)
        _write(made.certificate, served.certificate, issuer.certificate)
    return made


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    wanted = dict.fromkeys(["localhost", "127.0.0.1", socket.gethostname().lower(), *hosts])
    return [_name(host) for host in wanted if host and not host.startswith(".")]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _constraint(name: x509.GeneralName) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_network(name.value)) if isinstance(name, x509.IPAddress) else name


def _covered(certificate: x509.Certificate) -> list[x509.GeneralName]:
    return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _permits(authority: x509.Certificate, names: list[x509.GeneralName]) -> bool:
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return {_constraint(name) for name in names} <= set(constraints.permitted_subtrees or ())


def _left(certificate: x509.Certificate) -> dt.timedelta:
    return certificate.not_valid_after_utc - clock.now()


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, life: dt.timedelta) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))  # a browser whose clock is a little behind
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _issue_authority(names: list[x509.GeneralName]) -> _Issuer:
    """Constrained to `names` (RFC 5280 §4.2.1.10): who trusts it trusts it for nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"Portal local authority {x509.random_serial_number():x}"[:60])
    certificate = (
        _builder(subject, subject, key, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints([_constraint(name) for name in names], None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Issuer(certificate, key)


def _issue(names: list[x509.GeneralName], issuer: _Issuer) -> _Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    certificate = (
        _builder(_subject("localhost"), issuer.certificate.subject, key, LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(authority_id, critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    return _Issuer(certificate, key)


def _load(certificate: Path, key: Path) -> _Issuer | None:
    """The pair in these files; None when one is absent or they are not a pair."""
    try:
        loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError):
        return None
    if not isinstance(secret, ec.EllipticCurvePrivateKey) or loaded.public_key() != secret.public_key():
        return None
    return _Issuer(loaded, secret)


def _write(target: Path, *parts: Key | x509.Certificate) -> None:
    with durable.new_file(target) as file:
        for part in parts:
            if isinstance(part, x509.Certificate):
                file.write(part.public_bytes(Encoding.PEM))
            else:
                file.write(part.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
