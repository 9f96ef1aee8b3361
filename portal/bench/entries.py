"""A log of a year's use, in the proportions of a customer service and with a whole chain."""

import datetime as dt
import json
import random
import uuid
from typing import Any

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.bench.register import Register
from portal.db import Insertion, db
from portal.recordings.models import Purpose, Recording

DAYS = 365
SHARES = {
    Act.SEARCHED: 30,
    Act.VIEWED: 24,
    Act.LISTEN_OPENED: 16,
    Act.PLAYED: 16,
    Act.NOTED: 6,
    Act.SIGNED_IN: 3,
    Act.PASSWORD_ACCEPTED: 3,
    Act.PURGED: 2,
}
PURPOSES = {Purpose.QUALITY: 70, Purpose.SAFETY: 12, Purpose.REQUEST: 18}
WORK = (0.3, 0.1, 0.1, 0.1, 0.2, 0.7, 3, 22, 60, 90, 100, 90, 70, 95, 100, 90, 60, 12, 4, 3, 2, 1.5, 1, 0.5)
"""How much is done in each hour of the day."""
STEP = 20_000
"""Entries of one transaction."""


class Log:
    """Appends `rows` entries before now, evenly over the working hours of `DAYS`."""

    def __init__(self, register: Register, rows: int, seed: int = 2027) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (figures that can be repeated, no secret)
        self._people = [(a.uuid, a.id) for a in (*register.advisers, register.adviser, register.everywhere)]
        known = Recording.select(Recording.uuid, Recording.queue_id).order_by(Recording.id.desc()).limit(50_000)
        self._calls = list(known.tuples())
        self._append = Insertion(Entry)
        number, self._previous = self._newest()
        moments = self._moments(rows)
        for begin in range(0, rows, STEP):
            with db.atomic():
                for at in moments[begin : begin + STEP]:
                    number += 1
                    self._entry(number, at)

    def _newest(self) -> tuple[int, str]:
        row = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1).tuples().first()
        return row or (0, chain.GENESIS)

    def _moments(self, rows: int) -> list[int]:
        """Milliseconds, in the order of time."""
        chance, first = self._chance, clock.day_start(clock.today() - dt.timedelta(days=DAYS))
        days = chance.choices(range(DAYS), [1 if n % 7 < 5 else 0.04 for n in range(DAYS)], k=rows)
        hours = chance.choices(range(24), WORK, k=rows)
        start = round(first.timestamp() * 1000)
        return sorted(
            start + day * 86_400_000 + hour * 3_600_000 + chance.randrange(3_600_000)
            for day, hour in zip(days, hours, strict=True)
        )

    def _entry(self, number: int, at: int) -> None:
        chance = self._chance
        act = chance.choices(list(SHARES), list(SHARES.values()))[0]
        person = None if act == Act.PURGED else chance.choice(self._people)[0]
        call, queue = chance.choice(self._calls) if act not in (Act.SIGNED_IN, Act.PASSWORD_ACCEPTED) else (None, None)
        heard = act in (Act.PLAYED, Act.LISTEN_OPENED)
        purpose = str(chance.choices(list(PURPOSES), list(PURPOSES.values()))[0]) if heard else ""
        row: dict[str, Any] = {
            "id": number,
            "at": at,
            "act": str(act),
            "by": person.hex if person else None,
            "subject_kind": "recording" if call else "",
            "subject": call.hex if call else None,
            "queue_id": queue,
            "purpose": purpose,
            "reference": f"BOR/{chance.randrange(900)}/2026" if purpose == Purpose.REQUEST else "",
            "detail": json.dumps(self._detail(act), sort_keys=True, separators=(",", ":")),
            "previous": self._previous,
        }
        self._previous = chain.digest(row)
        moment = dt.datetime.fromtimestamp(at / 1000, clock.UTC)
        self._append(Entry(**row | {"at": moment, "by": person, "subject": call, "hash": self._previous}))

    def _detail(self, act: Act) -> dict[str, Any]:
        chance = self._chance
        if act in (Act.PLAYED, Act.LISTEN_OPENED):
            return {"listen": uuid.UUID(int=chance.getrandbits(128)).hex}
        if act == Act.SEARCHED:
            return {"filters": ["words", "queue"], "hits": chance.randrange(400), "page": "newest"}
        if act == Act.PURGED:
            return {"rule": "retention:3-months:1"}
        return {}
