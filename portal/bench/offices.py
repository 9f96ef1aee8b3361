"""Who answers for the register, and what stands behind their pages: rights as decisions, a review, units, figures."""

import datetime as dt
import random

import peewee

from portal import clock
from portal.accounts.models import Account, QueueGrant, RoleGrant, Unit, UnitHead
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.bench.register import Register
from portal.db import db
from portal.queues.announcement_models import Announcement
from portal.register import contradictions, descriptions
from portal.register.counting import What
from portal.register.figure_models import DayFigure, DaySettled
from portal.rights import review
from portal.rights.models import End, Right, RightQueue, State

DAYS = 365
BEFORE = 5
"""Rights that each person had earlier."""


class Offices:
    """The people, and a year of decisions and figures."""

    def __init__(self, register: Register, seed: int = 2027) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (figures that can be repeated, no secret)
        self.dpo = register.person("officer", "Disa Ombudslund", [Role.DPO], [])
        self.decider = register.person("director", "Dag Beslutman", [Role.CONTROLLER], [])
        self.admin = register.person("keeper", "Arvo Ylläpitäjä", [Role.ADMIN], [])
        self.rights: list[Right] = []
        with db.atomic():
            self._units(register)
            for grant in list(RoleGrant.select()):
                self._decided(grant)
            self._announcements(register)
            self._figures(register)
        self._description(register)
        review.open_due()

    def entries(self) -> int:
        """How long the log is."""
        return Entry.select(peewee.fn.MAX(Entry.id)).scalar() or 0

    def _announcements(self, register: Register) -> None:
        for queue in register.queues:
            for version in range(1, 5):
                since = clock.now() - dt.timedelta(days=400 - 90 * version)
                texts = {"text_sv": "Samtalet spelas in.", "text_fi": "Puhelu nauhoitetaan."}
                Announcement.create(queue=queue, version=version, valid_from=since, made_by=self.decider, **texts)

    def _description(self, register: Register) -> None:
        """Written by one, approved by another, with an answer to whatever the portal finds in it."""
        writer = register.person("writer", "Kerstin Handström", [Role.CLERK], register.queues)
        draft = descriptions.draft(by=writer)
        proposed = descriptions.propose(draft, seen=draft.seen, by=writer)
        found = contradictions.of(descriptions.content(proposed))
        answers = {one.key: "Stämmer så här i ett register som kastas." for one in found}
        today = clock.today()
        descriptions.publish(proposed, valid_from=today, answers=answers, seen=proposed.seen, by=self.decider)

    def _units(self, register: Register) -> None:
        units = [
            Unit.create(code=f"E{n:02}", name_sv=f"Enhet {n}", name_fi=f"Yksikkö {n}")
            for n in range(len(register.queues))
        ]
        for n, account in enumerate(register.advisers):
            Account.update(unit=units[n % len(units)]).where(Account.id == account.id).execute()
        for unit in units:
            UnitHead.create(unit=unit, account=register.adviser)

    def _decided(self, grant: RoleGrant) -> None:
        """The decision behind what is in force, and those before it."""
        queues = [row.queue_id for row in QueueGrant.select().where(QueueGrant.grant == grant.id)]
        asked = {
            "account": grant.account_id,
            "role": grant.role,
            "reason": "Arbetar i telefontjänsten.",
            "waits": None,
            "asked_by": self.admin,
            "decided_by": self.decider,
        }
        for n in range(BEFORE, 0, -1):
            begins = grant.begins_at - dt.timedelta(days=60 * n)
            ends = begins + dt.timedelta(days=59)
            over = {"state": State.ENDED, "end": End.TIME, "ended_at": ends}
            self._right(queues, begins, ends, **asked, **over)
        right = self._right(queues, grant.begins_at, grant.ends_at, state=State.GRANTED, **asked)
        RoleGrant.update(right=right.uuid).where(RoleGrant.id == grant.id).execute()
        self.rights.append(right)

    def _right(self, queues: list[int], begins: dt.datetime, ends: dt.datetime, **facts: object) -> Right:
        days = {"first_on": clock.local(begins).date(), "last_on": clock.local(ends).date()}
        made: Right = Right.create(begins_at=begins, ends_at=ends, asked_at=begins, decided_at=begins, **days, **facts)
        RightQueue.insert_many([{"right": made, "queue": queue} for queue in queues]).execute() if queues else None
        return made

    def _figures(self, register: Register) -> None:
        today, chance = clock.today(), self._chance
        rows, days = [], []
        for back in range(1, DAYS + 1):
            day = today - dt.timedelta(days=back)
            days.append({"day": day, "counted_at": clock.now(), "settled": True})
            for queue in register.queues:
                for what, codes in OF.items():
                    for code in codes:
                        rows.append((day, queue.id, what, code, chance.randrange(40), chance.randrange(4000)))
        fields = (
            *(DayFigure.day, DayFigure.queue_id, DayFigure.what, DayFigure.of),
            *(DayFigure.count, DayFigure.total),
        )
        for chunk in peewee.chunked(rows, 2000):
            DayFigure.insert_many(list(chunk), fields=fields).execute()
        for settled in peewee.chunked(days, 500):
            DaySettled.insert_many(list(settled)).execute()


OF: dict[What, tuple[str, ...]] = {
    What.CALLS: ("yes", "no", "unknown"),
    What.LISTENS: ("quality", "safety", "request"),
    What.REQUESTS: ("access", "erasure"),
    What.HOLDS: ("placed", "lifted"),
    What.DELETIONS: ("retention:3-months:1",),
}
