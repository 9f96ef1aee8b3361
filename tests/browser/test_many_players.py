"""Players that stop reading, as browsers do when they have buffered enough, do not stop the portal."""

import datetime as dt
import os
import socket
import ssl
import time
from urllib.parse import urlsplit

from portal import clock
from portal.accounts import sessions
from portal.recordings import listening
from portal.recordings.models import Purpose
from tests import calls
from tests.browser.conftest import House
from tests.people import cookie_token

PLAYERS = 30
"""More than all threads of the server."""


def test_thirty_paused_players_leave_the_portal_open_to_others(house: House):
    with house.open() as register:
        adviser = register.people.adviser
        row = calls.recording(
            register.people.daycare,
            started_at=clock.now() - dt.timedelta(hours=9),
            seconds=600,
            sound=calls.wav(calls.tone(1)) + os.urandom(9_600_000),
        )
        token = cookie_token(adviser)
        listen = listening.open_listen(row, purpose=Purpose.QUALITY, reference="", by=sessions.resume(token))
        signer = house.app.session_interface.get_signing_serializer(house.app)
        cookie = signer.dumps({"_user_id": token, "_fresh": True})
    address = urlsplit(house.url)
    wanted = (
        f"GET /recordings/{row.uuid}/listens/{listen.uuid}/audio HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Cookie: __Host-portal={cookie}\r\nRange: bytes=0-\r\n\r\n"
    )

    def line(room: int) -> ssl.SSLSocket:
        """A connection whose reader has `room` for so many bytes."""
        bare = socket.socket()
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        bare.settimeout(10)
        bare.connect((address.hostname, address.port))
        return ssl._create_unverified_context().wrap_socket(bare, server_hostname="localhost")

    lines = [line(2048) for _ in range(PLAYERS)]
    try:
        for paused in lines:
            paused.sendall(wanted.encode())
        for paused in lines:
            assert paused.recv(12) == b"HTTP/1.1 206"  # and reads no further
        time.sleep(0.5)
        for path in ("/accounts/sign-in", "/recordings/"):
            with line(1 << 20) as other:
                other.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
                assert other.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.1 303")
    finally:
        for paused in lines:
            paused.close()
