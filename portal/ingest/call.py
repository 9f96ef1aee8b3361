"""What a source format makes of a delivered file."""

import dataclasses
import datetime as dt

from portal.ingest.content import Content
from portal.ingest.models import Reason
from portal.recordings.models import Direction


class Refused(Exception):
    """A delivery that cannot be taken: it goes to quarantine with this reason.

    `detail` is a short code that narrows it; no text from the file.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}:{detail}")
        self.reason, self.detail = reason, detail


class Wait(Exception):
    """Not yet: something that belongs to the delivery is still to come."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """One recording of a call, as the source tells it. Numbers are raw; nothing is checked yet."""

    source: str
    """'freepbx' or 'vcon'."""
    source_id: str
    """The same recording delivered again has the same; may hold a number, so it is kept as a pseudonym only."""
    content: Content
    started_at: dt.datetime
    length_ms: int | None = None
    """What the source says of the length; the sound decides where there is any."""
    lines: tuple[str, ...] = ()
    """Numbers that may be the service number, the likeliest first."""
    direction: Direction | None = None
    number: str | None = None
    """The other party's, as delivered."""
    extension: str | None = None
    """The adviser's."""
    told: bool | None = None
    """Whether the caller was told of the recording; None when the source does not say."""
    conversation: str | None = None
    subject: str = ""
    speakers: tuple[str, ...] | None = None
    """Who is on which channel, when the source tells: 'adviser', 'caller' or ''."""
