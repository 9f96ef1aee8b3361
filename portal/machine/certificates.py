"""The certificates: of the line to the browser, as it lies and as it is served, and of the seal on letters."""

import contextlib
import datetime as dt
import hashlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from portal import clock, config
from portal.certificate import RENEW
from portal.config import Settings
from portal.documents import seal
from portal.machine.told import Told, good, look, mend
from portal.retention.health import RENEWAL

ANSWER_SECONDS = 5.0
ALIVE = "/retention/alive"
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 what is asked where a server listens everywhere
PKCS8 = b"-----BEGIN %s-----" % b"PRIVATE KEY"


def _files(settings: Settings) -> tuple[Path, Path]:
    return settings.tls_cert or settings.tls / "server.pem", settings.tls_key or settings.tls / "server.key"


def tls() -> Iterator[Told]:
    settings = config.settings()
    certificate, key = _files(settings)
    if bool(settings.tls_cert) != bool(settings.tls_key):
        yield mend("certificate", "`tls_cert` and `tls_key` belong together", "set both, or neither")
        return
    if not settings.tls_cert and not certificate.exists():
        yield look("certificate", "none yet: `portal serve` makes a local one", "a city should use its own: `tls_cert`")
        return
    try:
        held = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except (OSError, ValueError):
        yield mend("certificate", "it cannot be read", f"put a PEM chain at {certificate}")
        return
    yield from _key(held, key)
    yield from _days(held, local=not settings.tls_cert)
    names = _names(held)
    lacking = [name for name in sorted(settings.trusted_hosts) if not (_is_own(name) or _is_vouched(name, names))]
    if settings.tls_cert and lacking:
        yield mend("certificate", f"it does not vouch for {', '.join(lacking)}", "order one that does")


def _key(held: x509.Certificate, path: Path) -> Iterator[Told]:
    try:
        pem = path.read_bytes()
        fits = serialization.load_pem_private_key(pem, None).public_key() == held.public_key()
    except (OSError, ValueError, TypeError):
        yield mend("certificate", "its key cannot be read", f"put it at {path}: PEM, PKCS#8, without a passphrase")
        return
    if PKCS8 not in pem:
        yield mend("certificate", "its key is not in PKCS#8", f"openssl pkcs8 -topk8 -nocrypt -in {path} -out NEW")
    if not fits:
        yield mend("certificate", "its key is another one's", "put the two that belong together")


def _days(held: x509.Certificate, *, local: bool) -> Iterator[Told]:
    left, ends = held.not_valid_after_utc - clock.now(), held.not_valid_after_utc.date()
    renew = "restart `portal serve`, which makes another" if local else "renew it, and restart `portal serve`"
    if held.not_valid_before_utc > clock.now():
        yield mend("certificate", f"not valid before {held.not_valid_before_utc.date()}", "is the clock right?")
    elif left <= dt.timedelta():
        yield mend("certificate", f"ended {ends}", renew)
    elif left < RENEW:
        yield look("certificate", f"ends {ends}", renew)
    else:
        yield good("certificate", f"{'a local one, ' if local else ''}valid until {ends}")


def _names(held: x509.Certificate) -> list[str]:
    try:
        named = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    numbers = map(str, named.get_values_for_type(x509.IPAddress))
    return [*map(str.lower, named.get_values_for_type(x509.DNSName)), *numbers]


def _is_vouched(name: str, names: list[str]) -> bool:
    """A star stands for the first part of a name, whole (RFC 9525, 6.3)."""
    name = name.lower()
    return name in names or f"*.{name.partition('.')[2]}" in names


def _is_own(name: str) -> bool:
    """A name by which only this machine asks itself: no certificate of an authority has it."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost"


def served() -> Iterator[Told]:
    """What answers at the portal's address: with which certificate, and what it says of deletion."""
    settings = config.settings()
    address = ANYWHERE.get(settings.host, settings.host), settings.port
    where = f"{address[0]}:{address[1]}"
    try:
        with socket.create_connection(address, ANSWER_SECONDS) as plain, _trusting().wrap_socket(plain) as line:
            shown = hashlib.sha256(line.getpeercert(binary_form=True) or b"").digest()
    except OSError:
        yield mend(
            "web", f"nothing answers at {where} as the portal does", "start `portal serve`, or read why it ended"
        )
        return
    try:
        held = x509.load_pem_x509_certificates(_files(settings)[0].read_bytes())[0]
        lies = hashlib.sha256(held.public_bytes(serialization.Encoding.DER)).digest()
    except (OSError, ValueError):
        lies = shown  # told of by the look at the file
    if shown != lies:
        yield look("web", "it serves another certificate than the file has now", "restart `portal serve`")
    yield from _answer(settings, address)


def _trusting() -> ssl.SSLContext:
    """Which certificate it is is what is asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _answer(settings: Settings, address: tuple[str, int]) -> Iterator[Told]:
    line = http.client.HTTPSConnection(*address, timeout=ANSWER_SECONDS, context=_trusting())
    try:
        line.request("GET", ALIVE, headers={"Host": settings.trusted_hosts[0].lstrip(".")})
        answer = line.getresponse()
        says = f"{ALIVE} answers {answer.status}"
    except (OSError, http.client.HTTPException):
        yield mend("web", "it takes the call and does not answer", "read what `portal serve` prints; restart it")
        return
    finally:
        line.close()
    if answer.status == http.HTTPStatus.OK:
        yield good("web", says)
    elif answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        yield look("web", f"{says}: deletion is not alive, or waits for an answer", "`portal status`")
    else:
        yield mend("web", says, "is it the portal that listens there, and its name in `trusted_hosts`?")


def seals() -> Iterator[Told]:
    settings = config.settings()
    try:
        seal.check(settings)
        sealer = seal.sealer(settings)
    except seal.SealFault as error:
        yield mend("seal", str(error), "see Seals on letters in the README")
        return
    if sealer is None:
        yield good("seal", "letters carry none")
    elif sealer.not_after - clock.now() < RENEWAL:
        yield look("seal", f"its certificate ends {sealer.not_after.date()}", "order the next one now")
    else:
        yield good("seal", f"its certificate is valid until {sealer.not_after.date()}")
