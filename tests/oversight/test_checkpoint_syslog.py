"""The signed heads of the log go to a syslog server as well: in frames of their own, and late rather than never."""

import dataclasses
import socket
import threading

import pytest

from portal import config
from portal.audit.verifier import Line
from portal.oversight import checkpoints
from tests.oversight.test_checkpoints import lines


class Server:
    """Takes what is sent, connection by connection."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection, connection.makefile("rb") as sent:
                received = sent.read()
                if received == b"end":
                    return
                self.taken.append(received)

    def close(self) -> None:
        with socket.create_connection(self._socket.getsockname()) as last:
            last.sendall(b"end")
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


def test_the_setting_of_the_server_is_looked_at_when_it_is_read(tmp_path, monkeypatch):
    for good in ("", "local", "log.example.fi:6514", "[::1]:514"):
        monkeypatch.setenv("PORTAL_CHECKPOINT_SYSLOG", good)
        assert config.load(tmp_path).checkpoint_syslog == good
    for bad in ("log.example.fi", "a b:514", "local "):
        monkeypatch.setenv("PORTAL_CHECKPOINT_SYSLOG", bad)
        with pytest.raises(config.ConfigError):
            config.load(tmp_path)
