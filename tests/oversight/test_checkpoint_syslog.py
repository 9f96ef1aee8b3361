"""The signed heads of the log go to a syslog server as well: in frames of their own, and late rather than never."""

import contextlib
import dataclasses
import socket
import ssl
import threading

import pytest

from portal import certificate, config
from portal.audit.verifier import Line
from portal.oversight import checkpoints
from tests.oversight.test_checkpoints import lines


class Server:
    """Takes what is sent, connection by connection."""

    def __init__(self, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, parting: bool = False) -> None:
        self.taken: list[bytes] = []
        self.refused = 0
        """Connections that came to no agreement."""
        self._tls, self._parting, self._over = tls, parting, False
        self._socket = socket.create_server((host, 0))
        self.place = f"{'tls:' if tls else ''}{host}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._over:
                connection.close()
                return
            with connection:
                try:
                    self._take(connection)
                except OSError:
                    self.refused += 1

    def _take(self, connection: socket.socket) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as sent:
            self.taken.append(sent.read())
            if self._parting and isinstance(connection, ssl.SSLSocket):
                connection.unwrap()

    def close(self) -> None:
        self._over = True
        socket.create_connection(self._socket.getsockname()).close()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def server():
    opened = Server()
    yield opened
    opened.close()


def messages(received: bytes) -> list[bytes]:
    """Out of their frames: length, space, message (RFC 6587)."""
    found = []
    while received:
        size, _, received = received.partition(b" ")
        found.append(received[: int(size)])
        received = received[int(size) :]
    return found


def test_each_line_goes_to_the_syslog_server_in_a_frame_of_its_own(settings, server):
    config.use(dataclasses.replace(settings, checkpoint_syslog=server.place))
    checkpoints.sign()
    checkpoints.sign()
    (first,), (second,) = map(messages, server.taken)
    for message, line in zip((first, second), lines(), strict=True):
        assert message.startswith(b"<85>1 20")
        assert b" portal - checkpoint - checkpoint v=1 seq=" in message
        assert Line.parse(message.decode()) == line


def test_what_a_server_missed_it_gets_when_it_is_back(settings, server):
    checkpoints.sign()
    config.use(dataclasses.replace(settings, checkpoint_syslog="127.0.0.1:1"))
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            checkpoints.sign()
    assert [line.seq for line in lines()] == [1, 2, 3, 4], "the file waits for nobody"
    config.use(dataclasses.replace(settings, checkpoint_syslog=server.place))
    checkpoints.sign()
    (taken,) = server.taken
    assert [Line.parse(message.decode()) for message in messages(taken)] == lines()[1:]


@pytest.fixture
def certified(settings) -> ssl.SSLContext:
    made = certificate.ensure(settings)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    return context


@pytest.mark.parametrize("parting", [True, False], ids=["says that it closes", "just closes"])
def test_over_tls_they_go_to_a_server_that_the_machine_trusts(settings, certified, parting, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(settings.tls / "ca.pem"))
    with contextlib.closing(Server(host="localhost", tls=certified, parting=parting)) as server:
        config.use(dataclasses.replace(settings, checkpoint_syslog=server.place))
        checkpoints.sign()
        checkpoints.sign()
    assert [Line.parse(message.decode()) for taken in server.taken for message in messages(taken)] == lines()
    assert server.refused == 0


@pytest.mark.parametrize(
    ("host", "trusted"), [("localhost", False), ("127.0.0.2", True)], ids=["unknown", "another name"]
)
def test_a_server_that_cannot_prove_its_name_gets_no_line(settings, certified, host, trusted, monkeypatch):
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(settings.tls / "ca.pem"))
    with contextlib.closing(Server(host=host, tls=certified)) as server:
        config.use(dataclasses.replace(settings, checkpoint_syslog=server.place))
        with pytest.raises(ssl.SSLCertVerificationError):
            checkpoints.sign()
    assert b"".join(server.taken) == b""


def test_the_setting_of_the_server_is_looked_at_when_it_is_read(tmp_path, monkeypatch):
    for good in ("", "local", "log.example.fi:6514", "[::1]:514", "tls:log.example.fi:6514", "tls:[::1]:6514"):
        monkeypatch.setenv("PORTAL_CHECKPOINT_SYSLOG", good)
        assert config.load(tmp_path).checkpoint_syslog == good
    for bad in ("log.example.fi", "a b:514", "local ", "tls:log.example.fi"):
        monkeypatch.setenv("PORTAL_CHECKPOINT_SYSLOG", bad)
        with pytest.raises(config.ConfigError):
            config.load(tmp_path)
