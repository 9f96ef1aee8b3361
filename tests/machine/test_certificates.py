"""The doctor's look at certificates: as they lie, as they are served, and of the seal."""

import contextlib
import dataclasses
import datetime as dt
import http.server
import ssl
import threading
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal import certificate, clock, config
from portal.machine import certificates
from portal.machine.told import Level
from tests.documents import authority

NAME = "samtal.example.fi"
PKCS8, OLD = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL


class Files:
    """A certificate and its key, as a city has them."""

    def __init__(self, settings, folder) -> None:
        self.certificate, self.key = folder / "chain.pem", folder / "key.pem"
        config.use(
            dataclasses.replace(
                settings, tls_cert=self.certificate, tls_key=self.key, trusted_hosts=(NAME, "localhost", "127.0.0.1")
            )
        )
        self.write()

    def write(self, *, days: int = 200, starts: int = -1, name: str = NAME, form: PrivateFormat = PKCS8) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = clock.now()
        held = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=starts))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self.private, hashes.SHA256())
        )
        self.certificate.write_bytes(held.public_bytes(Encoding.PEM))
        self.key.write_bytes(self.private.private_bytes(Encoding.PEM, form, NoEncryption()))


@pytest.fixture
def files(settings, tmp_path) -> Files:
    return Files(settings, tmp_path)


def levels(looked) -> list[tuple[Level, str]]:
    return [(line.level, line.says) for line in looked]


def test_a_good_one_is_good(files):
    ((level, says),) = levels(certificates.tls())
    assert (level, says.startswith("valid until")) == (Level.GOOD, True)


@pytest.mark.parametrize(
    ("days", "level", "word"),
    [(31, Level.GOOD, "valid"), (29, Level.LOOK, "ends"), (0, Level.MEND, "ended"), (-3, Level.MEND, "ended")],
)
def test_one_that_ends_soon_or_has_ended_is_told(files, days, level, word):
    files.write(days=days, starts=-40)
    ((found, says),) = levels(certificates.tls())
    assert (found, says.split()[0]) == (level, word)


def test_one_that_is_not_valid_yet_is_told(files):
    files.write(starts=2)
    assert [level for level, _ in levels(certificates.tls())] == [Level.MEND]


def test_a_key_that_is_another_ones_unreadable_or_in_another_form_is_told(files):
    kept = files.certificate.read_bytes()
    files.write()
    files.certificate.write_bytes(kept)
    assert (Level.MEND, "its key is another one's") in levels(certificates.tls())
    files.write(form=OLD)
    assert (Level.MEND, "its key is not in PKCS#8") in levels(certificates.tls())
    files.key.write_bytes(b"none")
    assert (Level.MEND, "its key cannot be read") in levels(certificates.tls())
    files.certificate.write_bytes(b"none")
    assert levels(certificates.tls()) == [(Level.MEND, "it cannot be read")]


def test_a_name_that_it_does_not_vouch_for_is_told_and_the_machines_own_need_none(files):
    files.write(name="other.example.fi")
    assert (Level.MEND, f"it does not vouch for {NAME}") in levels(certificates.tls())


@pytest.mark.parametrize("name", ["*.example.fi", "Samtal.Example.FI"])
def test_a_star_vouches_for_one_name_more_and_letters_are_alike(files, name):
    files.write(name=name)
    assert [level for level, _ in levels(certificates.tls())] == [Level.GOOD]


@pytest.mark.parametrize("name", ["*.fi", "*.samtal.example.fi", "example.fi", "s*.example.fi"])
def test_a_star_vouches_for_no_other_name(files, name):
    files.write(name=name)
    assert (Level.MEND, f"it does not vouch for {NAME}") in levels(certificates.tls())


def test_all_names_of_a_domain_want_a_star(files):
    config.use(dataclasses.replace(config.settings(), trusted_hosts=(".example.fi",)))
    assert (Level.MEND, "it does not vouch for .example.fi") in levels(certificates.tls())
    files.write(name="*.example.fi")
    assert [level for level, _ in levels(certificates.tls())] == [Level.GOOD]


def test_half_of_the_two_is_told(files):
    config.use(dataclasses.replace(config.settings(), tls_key=None))
    assert [level for level, _ in levels(certificates.tls())] == [Level.MEND]


def test_the_local_one_is_told_before_and_after_it_is_made(settings):
    assert [level for level, _ in levels(certificates.tls())] == [Level.LOOK]
    certificate.ensure(settings)
    ((level, says),) = levels(certificates.tls())
    assert (level, says.startswith("a local one, valid until")) == (Level.GOOD, True)


# As it is served


class Answers(http.server.BaseHTTPRequestHandler):
    status = 200
    hosts: tuple[str, ...] = ()

    def do_GET(self) -> None:
        if self.server.hosts and self.headers["Host"] not in self.server.hosts:
            self.server.status = 400
        self.send_response(self.server.status if self.path == "/retention/alive" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(files: Files, *, status: int = 200, host: str = "127.0.0.1") -> Iterator[None]:
    """Something answers at the portal's address with the certificate that lies there now."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # a call that only looks at the certificate is hung up
    server.status, server.hosts = status, (NAME,)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    config.use(dataclasses.replace(config.settings(), host=host, port=server.server_address[1]))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "level"), [(200, Level.GOOD), (503, Level.LOOK), (400, Level.MEND), (404, Level.MEND), (502, Level.MEND)]
)
def test_what_it_answers_of_deletion_is_told(files, status, level):
    with serving(files, status=status):
        ((found, says),) = levels(certificates.served())
    assert (found, str(status) in says) == (level, True)


def test_where_it_listens_everywhere_this_machine_is_asked(files):
    with serving(files, host="0.0.0.0"):
        assert [level for level, _ in levels(certificates.served())] == [Level.GOOD]


def test_a_certificate_that_was_renewed_and_is_not_served_yet_is_told(files):
    with serving(files):
        files.write()
        assert [level for level, _ in levels(certificates.served())] == [Level.LOOK, Level.GOOD]


def test_a_web_that_does_not_answer_has_to_be_mended(files):
    with serving(files):
        pass
    ((level, says),) = levels(certificates.served())
    assert (level, f"127.0.0.1:{config.settings().port}" in says) == (Level.MEND, True)


# Of the seal


@pytest.mark.parametrize(("days", "level"), [(None, Level.GOOD), (90, Level.GOOD), (59, Level.LOOK), (-1, Level.MEND)])
def test_the_seals_certificate_is_looked_at_as_at_a_start(settings, tmp_path, days, level):
    if days is not None:
        life = dt.timedelta(days=300 + days)
        made = authority.make("Brev", start=clock.now() - dt.timedelta(days=300), life=life)
        archive = authority.archive(tmp_path, made, passphrase=None)
        config.use(dataclasses.replace(settings, seal_certificate=archive))
    ((found, _),) = levels(certificates.seals())
    assert found == level


def test_a_seal_whose_file_is_gone_has_to_be_mended(settings, tmp_path):
    config.use(dataclasses.replace(settings, seal_certificate=tmp_path / "none.p12"))
    assert [level for level, _ in levels(certificates.seals())] == [Level.MEND]
