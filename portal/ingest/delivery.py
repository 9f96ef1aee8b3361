"""One delivered file on its way in: which format it is, and the calls it holds."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Self

from portal import clock
from portal.accounts.models import Account
from portal.ingest import call_details, freepbx, quarantine, registration, vcon
from portal.ingest.call import Call, Refused, Wait
from portal.ingest.content import Content
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.ingest.registration import Outcome
from portal.recordings.models import Recording
from portal.vault import objects

CSV = "csv"

LONGEST_CALL = dt.timedelta(days=1)
"""After so long a call has ended, and its call detail record has come or never will."""


def source_of(name: str) -> str:
    """The format a file is read as, by its ending; what it holds is seen later."""
    ending = name.rpartition(".")[2].lower()
    if ending == CSV:
        return CSV
    return vcon.SOURCE if ending in vcon.ENDINGS else freepbx.SOURCE


class Delivery:
    """`with Delivery(name, content) as delivery: delivery.take(…)`; closes what it opened."""

    def __init__(self, name: str, content: Content, past: Iterable[dict[str, object]] = ()) -> None:
        """`past`: call details that are not kept any more, and may tell of what is delivered late."""
        self.name, self.content, self.source = name, content, source_of(name)
        self._past = past
        self.started_at: dt.datetime | None = None
        """As far as it is known: what is refused keeps the call's own date."""
        self.beside: dict[str, Content] = {}
        """Files that belong to it, by their place relative to it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def close(self) -> None:
        for content in (self.content, *self.beside.values()):
            content.close()

    def take(
        self,
        collect: Callable[[vcon.Document], dict[str, Content]],
        *,
        patient: bool = False,
        quarantined: Quarantined | None = None,
        by: Account | None = None,
    ) -> list[tuple[Outcome, Recording | Quarantined]]:
        """Register what it holds. `collect` opens the files a vCon points at.

        Raises Wait when `patient` and something is still to come, and as `registration.take`.
        """
        try:
            calls = self._calls(collect, patient)
        except Wait:
            before = self._taken_before() if quarantined is None else None
            if before is not None:
                return [(Outcome.DUPLICATE, before)]
            if patient:
                raise
            raise Refused(Reason.REMOTE, "missing") from None
        return list(registration.take(calls, quarantined=quarantined, by=by))

    def _calls(self, collect: Callable[[vcon.Document], dict[str, Content]], patient: bool) -> list[Call]:
        if self.source == vcon.SOURCE:
            document = vcon.read(self.content)
            self._document = document
            self.started_at = min(filter(None, (vcon.start(d) for _, d in document.recordings)), default=None)
            self.beside = collect(document)
            return vcon.calls(document, self.beside)
        name = freepbx.parse(self.name)
        if name is None:
            raise Refused(Reason.BAD_NAME)
        self.started_at = name.started_at
        if patient and self._is_early(name):
            raise Wait
        return [freepbx.call(name, self.content, self._past)]

    def sound(self, *, patient: bool = False) -> Call | None:
        """The call of a sound file that a telephone system named, as far as it is known now; None for anything else,
        and when `patient` and its call detail record is still to come."""
        name = freepbx.parse(self.name) if self.source == freepbx.SOURCE else None
        if name is None or (patient and self._is_early(name)):
            return None
        self.started_at = name.started_at
        return freepbx.call(name, self.content, self._past)

    @staticmethod
    def _is_early(name: freepbx.Name) -> bool:
        return clock.now() - name.started_at < LONGEST_CALL and freepbx.detail_of(name) is None

    def _taken_before(self) -> Recording | Quarantined | None:
        """What an import that was cut off made of this vCon before its files were removed: the last
        recording when all are there, or its row in quarantine."""
        if self.source != vcon.SOURCE:
            return None
        ids = [f"{self._document.id}#{number}" for number, _ in self._document.recordings]
        keys = [registration.source_key(vcon.SOURCE, one) for one in ids]
        known = list(Recording.select().where(Recording.source_key.in_(keys)))
        if len(known) == len(keys):
            last: Recording = known[-1]
            return last
        row: Quarantined | None = Quarantined.get_or_none(
            Quarantined.content_key == registration.content_key(self._document.digest),
            Quarantined.name == self.name,
            Quarantined.state == QuarantineState.WAITING,
            Quarantined.sealed,
        )
        return row

    def refuse(self, refused: Refused, *, standing: Quarantined | None = None) -> tuple[bool, Quarantined]:
        """Put it into quarantine with all that belongs to it; as `quarantine.put`."""
        return quarantine.put(
            self.name,
            self.content,
            refused,
            source=self.source,
            started_at=self.started_at,
            beside=list(self.beside.values()),
            standing=standing,
        )


def beside_sealed(subject: uuid.UUID) -> Callable[[vcon.Document], dict[str, Content]]:
    """The files of a vCon in quarantine. What was missing then is missing now."""

    def collect(document: vcon.Document) -> dict[str, Content]:
        names = document.beside
        if not all(objects.exists(subject, quarantine.part_beside(number)) for number in range(len(names))):
            raise Wait
        return {name: Content.sealed(subject, quarantine.part_beside(n)) for n, name in enumerate(names)}

    return collect


def read_rows(content: Content, *, whole: bool) -> call_details.Rows:
    """The rows of a CSV. Raises Refused when it holds no call details."""
    if content.size > call_details.LARGEST:
        raise Refused(Reason.TOO_LARGE)
    try:
        return call_details.read(content.read() if whole else content.snapshot(), whole=whole)
    except call_details.NotCallDetails as error:
        raise Refused(Reason.NOT_AUDIO, CSV) from error
