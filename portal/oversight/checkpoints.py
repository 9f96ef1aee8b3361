"""Signed heads of the log, each minute, to where the portal's administrator cannot reach: `audit.verifier` says what
they prove.

The key belongs to the worker, or to a user of its own (`portal audit sign`), never to the web. Beside it lies the last
line that was signed: it says what comes next, and whether the file still ends with it.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from portal import clock, config
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.verifier import CLOCK, GENESIS, Line, Log, claim, encoded, key_id
from portal.db import db
from portal.retention import sweeps
from portal.vault import durable

LONGEST = 512
"""Bytes of a line, and more."""
AT_ONCE = 1000
"""Lines sent in one go to a syslog server that could not be reached for a while."""
ANSWER_SECONDS = 5.0
FACILITY = 85
"""authpriv.notice (RFC 5424 §6.2.1)."""
LATE = 10
"""Intervals after which whoever signs counts as dead."""


class NoKey(Exception):
    """The key is missing, or is no Ed25519 key."""


class KeyOpen(Exception):
    """Others than its owner may read the key."""


class NotOurs(Exception):
    """The key belongs to another user."""


class KeyThere(Exception):
    """There is a key, or a file of lines that one has signed."""


AMISS = (NoKey, KeyOpen, NotOurs)


class Signed(NamedTuple):
    line: Line
    altered: bool
    """The file did not end with the line that was signed before."""
    set_back: bool
    """The clock shows an earlier time than at the line before: until it is past that, a check finds a fault."""


class Standing(NamedTuple):
    """Does anybody still sign?"""

    good_at: dt.datetime | None
    """The last good round; None: there was none."""
    silent: bool
    """None for LATE intervals."""


def make_key(*, again: bool = False) -> Ed25519PublicKey:
    """A new key. Raises KeyThere; `again`: the old one is lost, and its lines stay what they are."""
    settings = config.settings()
    if settings.checkpoint_key.exists() or (settings.checkpoint_file.exists() and not again):
        raise KeyThere
    key = Ed25519PrivateKey.generate()
    durable.remove(_last_file())
    with durable.new_file(settings.checkpoint_key) as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key.public_key()


def prepare() -> None:
    """A key where there has never been one. A lost one is not replaced in silence: nor is one that others keep."""
    with contextlib.suppress(KeyThere, PermissionError):
        make_key()


def public_key() -> Ed25519PublicKey:
    """Raises NoKey, KeyOpen, NotOurs."""
    with _key() as key:
        assert key is not None
        return key.public_key()


def sign() -> Signed | None:
    """Sign the head of the log as it is now; the line is durable on return, in the file and beside the key.

    None when another process is at it. Raises NoKey, KeyOpen, NotOurs, sqlite3.Error, and OSError when the file or the
    syslog server cannot be reached: then the line is delivered at the next call.
    """
    settings = config.settings()
    with _key(alone=True) as key:
        if key is None:
            return None
        name = key_id(key.public_key())
        before, sent = _state(name)
        altered = before is not None and not _deliver(before)
        with contextlib.closing(Log(settings.database)) as log:
            entries, head = log.head()
        claimed = claim(
            seq=before.seq + 1 if before else 1,
            at=clock.now(),
            entries=entries,
            head=head,
            previous=before.digest if before else GENESIS,
            key=name,
        )
        line = Line.parse(f"{claimed} sig={encoded(key.sign(claimed.encode()))}")
        assert line is not None
        _note(line, sent)
        _append(line)
        _note(line, _send(line, sent, settings.checkpoint_syslog))
    return Signed(line, altered, before is not None and line.at < before.at - CLOCK * 1000)


def sign_due() -> None:
    """A round of the worker's. Where the key is another user's, it looks whether that one is alive."""
    with sweeps.running("checkpoints") as run:
        try:
            done = sign()
        except NotOurs:
            run.fault = "" if _is_signed_lately() else "SignerSilent"
            return
        if done is not None and done.set_back:
            run.fault = "ClockBack"
        if done is not None and done.altered:
            run.fault = "LinesAltered"
            with db.atomic():
                record(Act.CHECKPOINTS_ALTERED, checkpoint_line=done.line.seq)


def standing() -> Standing:
    """For the status and the officer's page: whoever keeps the head from being signed is not to go unseen until
    somebody checks the log. A log in which nothing is as old as that may never have been signed."""
    trace, now = sweeps.last("checkpoints"), clock.now()
    limit = now - dt.timedelta(seconds=LATE * config.settings().checkpoint_seconds)
    if trace is not None and trace.good_at is not None:
        return Standing(trace.good_at, not limit <= trace.good_at <= now)
    return Standing(None, Entry.select().where(Entry.id == 1, Entry.at < limit).exists())


def is_webs() -> bool:
    """Could the web read the key? It runs as the user to whom the key of the cookies belongs. False as well where this
    process may not know."""
    settings = config.settings()
    try:
        key, web = settings.checkpoint_key.stat(), settings.web_key.stat()
    except OSError:
        return False
    return web.st_uid in (0, key.st_uid) or bool(key.st_mode & 0o077)


@contextlib.contextmanager
def _key(*, alone: bool = False) -> Iterator[Ed25519PrivateKey | None]:
    """The key; with `alone`, for one process at a time, None for the others."""
    path = config.settings().checkpoint_key
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except PermissionError as error:
        raise NotOurs from error
    except FileNotFoundError as error:
        raise NoKey from error
    with os.fdopen(handle, "rb") as file:
        if os.fstat(handle).st_mode & 0o077:
            raise KeyOpen
        try:
            key = load_pem_private_key(file.read(), None)
        except (ValueError, TypeError) as error:
            raise NoKey from error
        if not isinstance(key, Ed25519PrivateKey):
            raise NoKey
        try:
            fcntl.flock(file, (fcntl.LOCK_EX | fcntl.LOCK_NB) if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            yield None
        else:
            yield key


def _last_file() -> Path:
    return config.settings().checkpoint_key.with_suffix(".last")


def _state(key: str) -> tuple[Line | None, int]:
    """The last line that was signed with `key`, and the number of the last that the syslog server has."""
    try:
        told = json.loads(_last_file().read_text())
    except FileNotFoundError:
        return None, 0
    line = Line.parse(told["line"])
    if line is None or line.key != key:
        raise NoKey  # another key was put in the place of the one that signed
    return line, told["sent"]


def _note(line: Line, sent: int) -> None:
    with durable.new_file(_last_file()) as file:
        file.write(json.dumps({"line": line.text, "sent": sent}).encode())


def _deliver(line: Line) -> bool:
    """See that the file ends with `line`, which may not have got there; False when its end is another."""
    there = _end(1)
    last = there[-1] if there else None
    if last is not None and last.text == line.text:
        return True
    if (last.digest if last else GENESIS) != line.previous:
        return False
    _append(line)
    return True


def _end(count: int) -> list[Line]:
    """The last lines of the file, `count` at the least if there are so many."""
    try:
        with open(config.settings().checkpoint_file, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - (count + 1) * LONGEST))
            texts = file.read().decode("ascii", "replace").split("\n")
    except FileNotFoundError:
        return []
    return [line for line in map(Line.parse, texts) if line is not None]


def _append(line: Line) -> None:
    path = config.settings().checkpoint_file
    fresh = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "ab") as file:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":  # a disk that was full: what is torn stays, alone
            file.write(b"\n")
        file.write(line.text.encode() + b"\n")
        file.flush()
        os.fsync(handle)
    if fresh:
        durable.sync_folder(path.parent)


def _send(line: Line, sent: int, to: str) -> int:
    """To the syslog server, what it does not have yet; returns the number of the last that it has. Raises OSError."""
    if not to:
        return line.seq
    waiting = [one for one in _end(line.seq - sent) if sent < one.seq <= line.seq and one.key == line.key][:AT_ONCE]
    if not waiting:
        return sent
    if to == "local":
        with _local() as log:
            for one in waiting:
                log.send(f"<{FACILITY}>portal: {one.text}".encode())
        return waiting[-1].seq
    with _line_to(to) as server:
        server.sendall(b"".join(map(_framed, waiting)))
        if isinstance(server, ssl.SSLSocket):
            with contextlib.suppress(ssl.SSLEOFError):  # many close without saying so
                server.unwrap()
        else:
            server.shutdown(socket.SHUT_WR)
            while server.recv(LONGEST):  # it closes when it has read all
                pass
    return waiting[-1].seq


def reach(place: str) -> None:
    """Is there a syslog server, for the setting `checkpoint_syslog`? Nothing is sent. Raises OSError."""
    with _local() if place == "local" else _line_to(place):
        pass


@contextlib.contextmanager
def _local() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.connect("/dev/log")
        yield log


@contextlib.contextmanager
def _line_to(place: str) -> Iterator[socket.socket]:
    """'tls:' before it: to a server whose certificate this machine trusts for that name, and to no other."""
    over_tls = place.startswith("tls:")
    host, _, port = place.removeprefix("tls:").rpartition(":")
    host = host.strip("[]")
    with socket.create_connection((host, int(port)), ANSWER_SECONDS) as plain:
        if not over_tls:
            yield plain
            return
        with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as sealed:
            yield sealed


def _framed(line: Line) -> bytes:
    """RFC 5424, in the frame of RFC 6587 §3.4.1 and RFC 5425 §4.3."""
    moment = line.text.split(" at=")[1].split(" ")[0]
    message = f"<{FACILITY}>1 {moment} {socket.gethostname() or '-'} portal - checkpoint - {line.text}".encode()
    return f"{len(message)} ".encode() + message


def _is_signed_lately() -> bool:
    there = _end(1)
    age = clock.now().timestamp() - there[-1].at / 1000 if there else float("inf")
    return age <= LATE * config.settings().checkpoint_seconds
