"""What the running server agrees to at the start of a connection."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import sys
import warnings
from collections.abc import Iterator

import pytest

from portal import db
from tests.demo.processes import until

OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
FORWARD = ("ECDHE-", "DHE-", "TLS_AES_", "TLS_CHACHA20_")
AEAD = ("GCM", "CHACHA20")


@pytest.fixture(scope="module")
def port(template, tmp_path_factory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("tls") / "data"
    shutil.copytree(template, folder)
    db.db.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        chosen = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", "from portal.cli import main; main()", "serve"],
        env={**os.environ, "PORTAL_DATA": str(folder), "PORTAL_PORT": str(chosen), "PORTAL_WORKERS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: server.poll() is not None or agreed(chosen))
        assert server.poll() is None
        yield chosen
    finally:
        server.terminate()
        server.wait(20)


def agreed(port: int, **limits) -> tuple[str, str] | None:
    """The version and the suite that the server takes from such a client; None when it takes none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(limits.get("ciphers", "ALL:@SECLEVEL=0"))
    if "version" in limits:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that old versions are not to be used is what is tested
            context.minimum_version = context.maximum_version = limits["version"]
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as tls,
        ):
            return tls.version() or "", (tls.cipher() or ("",))[0]
    except OSError:
        return None


def test_old_tls_is_refused_and_the_newest_preferred(port):
    assert agreed(port)[0] == "TLSv1.3"
    assert agreed(port, version=ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
    for version in OLD:
        assert agreed(port, version=version) is None, version


def test_every_suite_that_is_taken_has_forward_secrecy_and_aead(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    names = [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]
    taken = [name for name in names if agreed(port, version=ssl.TLSVersion.TLSv1_2, ciphers=f"{name}:@SECLEVEL=0")]
    assert taken, "no suite of TLS 1.2 at all"
    for name in taken:
        assert name.startswith(FORWARD), name
        assert any(word in name for word in AEAD), name


def test_a_line_without_tls_gets_no_answer(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        plain.sendall(b"GET /accounts/sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert not plain.recv(4096).startswith(b"HTTP/")


AFTER = b"aaaaaGET /retention/alive HTTP/1.1\r\nHost: localhost\r\n\r\n"
"""Five bytes, and what another reader of the same message would take for the next one."""


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Content-Length: 60"),
        ("Content-Length: 5, 60",),
        ("Content-Length: +5",),
        ("Content-Length: 5 5",),
        ("Content-Length : 5",),
        ("Content-Length:", " 5"),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked", "Content-Length: 5"),
    ],
    ids=" ".join,
)
def test_a_message_whose_end_could_be_seen_in_two_places_is_refused(port, lines):
    head = "\r\n".join(("POST /accounts/language HTTP/1.1", "Host: localhost", *lines, "", ""))
    answer = said(port, head.encode() + AFTER)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_messages_one_after_the_other_are_answered_one_by_one(port):
    """The test above means little unless a message of one length leaves the next one to be read."""
    head = "POST /accounts/language HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"
    assert said(port, head.encode() + AFTER).count(b"HTTP/1.1 ") == 2


def said(port: int, sent: bytes) -> bytes:
    """What the server says until it closes, or is silent for a while."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        tls.sendall(sent)
        tls.settimeout(1)
        with contextlib.suppress(OSError):
            while part := tls.recv(65536):
                answer += part
    return answer
