"""What the worker is told to look at. The register's rows are the jobs; the queue only says "look now",
so a message lost (it is delivered at most once) costs one interval, never a recording."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Protocol

from huey import SqliteHuey
from huey.serializer import SignedSerializer
from huey.storage import SqliteStorage

from portal import config
from portal.vault import box


class QueueFile(SqliteStorage):
    """In the data folder of this process's settings, opened at the first use."""

    def _create_connection(self) -> Any:
        self.filename = str(config.settings().queue_database)
        return super()._create_connection()


class Signer(SignedSerializer):
    """Signs with the web key, read at the first use: what another hand wrote into the queue's
    file is never unpickled."""

    def __init__(self) -> None:
        super().__init__(secret="not used")  # noqa: S106 signing is overridden below

    def _signature(self, message: bytes) -> bytes:
        return hmac.new(box.web("queue"), message, hashlib.sha256).hexdigest().encode()


huey = SqliteHuey(
    "portal", storage_class=QueueFile, filename="", create_tables=False, results=False, serializer=Signer()
)


class Look(Protocol):
    """Something that the worker does; called, it is told to."""

    task_class: type

    def __call__(self) -> object: ...


def look(act: Callable[[], None]) -> Look:
    """Mark what the worker does."""
    told: Look = huey.task()(act)
    return told
