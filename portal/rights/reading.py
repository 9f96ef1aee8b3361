"""What is read of user rights: the list, one of them, what stands, what waits for whom and what ends soon."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account, UnitHead
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import Few, Prepared, db, few, slot
from portal.errors import NotFound
from portal.queues.models import Queue
from portal.rights import emergency
from portal.rights.models import SCOPED, Kind, Right, RightQueue, State

SHOWN = 100
"""Rows of the list; more are found by asking more narrowly, or in the file."""
EXPORT_MOST = 20_000

Asker = Account.alias()

NOW, WAITING, COMING, OVER = "now", "waiting", "coming", "over"
"""What the list may be asked for besides everything: in force at this instant, waiting, granted and not begun, no
longer."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """All conditions hold together; an empty one asks nothing."""

    words: str = ""
    """Parts of the person's name or user name."""
    role: str = ""
    queue: uuid.UUID | None = None
    state: str = ""
    """One of the four; '' is what waits, is in force or is to come."""
    soon: bool = False
    """Ends within `rights_reminder_days`."""

    def codes(self) -> dict[str, object]:
        """For the log: not whom it was about."""
        given = {"role": self.role, "queue": str(self.queue or ""), "right_state": self.state}
        return {name: value for name, value in given.items() if value} | ({"soon": True} if self.soon else {})


@dataclasses.dataclass(frozen=True)
class Row:
    right: Right
    queues: list[Queue]

    @property
    def over(self) -> bool:
        return self.right.state == State.GRANTED and self.right.ends_at <= clock.now()

    @property
    def coming(self) -> bool:
        return self.right.state == State.GRANTED and self.right.begins_at > clock.now()

    @property
    def in_force(self) -> bool:
        return self.right.state == State.GRANTED and not (self.over or self.coming)

    @property
    def soon(self) -> bool:
        return self.in_force and ends_soon(self.right)


def get(key: uuid.UUID, *, by: Account) -> Row:
    """The right that an address names, with its queues; that somebody else's was read is in the log. NotFound when
    absent or not theirs to see."""
    found: Right | None = Right.visible_to(by).where(Right.uuid == key).first()
    if found is None:
        raise NotFound
    if found.account_id != by.id:
        with db.atomic():
            record(Act.RIGHT_VIEWED, found, by=by, person=str(found.account.uuid), role=found.role)
    return rows([found])[0]


def listed(asked: Asked, *, by: Account, most: int = SHOWN, exported: bool = False) -> tuple[list[Row], int]:
    """The rights that answer, what waits first and then what ends first, at most `most`; and how many there are.
    Logged."""
    found = _chosen(asked, by)
    with db.atomic():
        count = found.count()
        told = {"asked": asked.codes(), "rows": min(count, most)} | ({"exported": True} if exported else {})
        record(Act.RIGHTS_LISTED, by=by, **told)
    chosen = found.select_extend(Asker).join_from(Right, Asker, peewee.JOIN.LEFT_OUTER, on=(Right.asked_by == Asker.id))
    waiting = peewee.Case(None, [(Right.state == State.ASKED, 0), (Right.state == State.GRANTED, 1)], 2)
    order = [Right.id.desc()] if asked.state == OVER else [waiting, Right.ends_at, Right.id]
    return rows(chosen.order_by(*order).limit(most)), count


def first(asked: Asked, *, by: Account, most: int) -> Few:
    """The rights that answer and end first; of so few no entry is written."""
    return few(_chosen(asked, by).order_by(Right.ends_at, Right.id), most)


def first_ending(*, by: Account, most: int) -> Few:
    """Of those that end soon the first, with `left`: has nobody asked for it anew?"""
    left = (Right.kind != Kind.EMERGENCY) & ~_followed() & ~_idle()
    chosen = _chosen(Asked(soon=True), by).select_extend(peewee.Case(None, [(left, 1)], 0).alias("left"))
    return few(chosen.order_by(Right.ends_at, Right.id), most)


def _chosen(asked: Asked, by: Account) -> peewee.ModelSelect:
    now, found = clock.now(), Right.visible_to(by)
    stands = (Right.state == State.GRANTED) & (Right.ends_at > now)
    states = {
        "": (Right.state == State.ASKED) | stands,
        NOW: stands & (Right.begins_at <= now),
        WAITING: Right.state == State.ASKED,
        COMING: stands & (Right.begins_at > now),
        OVER: (Right.state != State.ASKED) & ~stands,
    }
    found = found.where(states.get(asked.state, states[""]))
    if asked.soon:
        found = found.where(stands & (Right.begins_at <= now) & (Right.ends_at <= _soon(now)))
    if asked.role:
        found = found.where(Right.role == asked.role)
    if asked.queue is not None:
        named = RightQueue.select(RightQueue.right).join(Queue).where(Queue.uuid == asked.queue)
        found = found.where(Right.id.in_(named))
    if asked.words:
        found = found.where(Right.account.in_(_named(asked.words)))
    return found


def _named(words: str) -> list[int]:
    """Keys of the accounts whose names hold all the words. Compared here: SQL's own comparison knows upper and lower
    case only of a to z."""
    parts = words.casefold().split()
    names = Account.select(Account.id, Account.name, Account.username).tuples()
    return [key for key, name, user in names if all(part in f"{name} {user}".casefold() for part in parts)]


def heard(right: Right) -> int:
    """How many calls the person heard in the queues of the right while it was in force, as the log tells."""
    queues = [key for (key,) in RightQueue.select(RightQueue.queue_id).where(RightQueue.right == right.id).tuples()]
    until = min(right.ends_at, right.ended_at or right.ends_at)
    played = Entry.select().where(Entry.by == right.account.uuid, Entry.act == Act.PLAYED, Entry.queue_id.in_(queues))
    return int(played.where(Entry.at >= right.begins_at, Entry.at < until).count())


def rows(rights: Iterable[Right]) -> list[Row]:
    """Each with its queues, in one query for all."""
    found = list(rights)
    queues: dict[int, list[Queue]] = {}
    named = RightQueue.select(RightQueue, Queue).join(Queue).order_by(Queue.number)
    for at in range(0, len(found), 500):
        for link in named.where(RightQueue.right.in_([right.id for right in found[at : at + 500]])):
            queues.setdefault(link.right_id, []).append(link.queue)
    return [Row(right, queues.get(right.id, [])) for right in found]


def standing(account: Account | None = None) -> list[Row]:
    """Rights granted that have not ended, of one person or of everybody, those that end first first."""
    chosen = Right.select(Right, Account).join(Account, on=(Right.account == Account.id))
    chosen = chosen.where(Right.state == State.GRANTED, Right.ends_at > clock.now())
    if account is not None:
        chosen = chosen.where(Right.account == account.id)
    return rows(chosen.order_by(Right.ends_at, Right.id))


def own(account: Account) -> list[Row]:
    """All that a person has, has asked for or had; the newest first."""
    chosen = Right.select(Right, Account).join(Account, on=(Right.account == Account.id))
    return rows(chosen.where(Right.account == account.id).order_by(Right.id.desc()))


def ends_soon(right: Right) -> bool:
    """Is it time to ask for it anew? An emergency's is never: it is for hours."""
    return right.kind != Kind.EMERGENCY and right.ends_at <= _soon(clock.now())


def _soon(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=config.settings().rights_reminder_days)


@dataclasses.dataclass(frozen=True)
class Waits:
    """What waits for one person, for the top of every page."""

    decide: int
    """Asked for by others, for others: to be granted or refused."""
    ending: int
    """End soon, and nobody has asked for them anew."""
    emergencies: list[Right]
    """Given, and not looked at."""


def waits(by: Account, *, emergencies: bool = False) -> Waits:
    """`emergencies`: only those."""
    grants, oversees = by.may(Permission.RIGHTS_GRANT), by.may(Permission.OVERSIGHT_READ)
    return Waits(
        decide=_to_decide(by) if grants and not emergencies else 0,
        ending=_count_ending(by) if by.may(Permission.RIGHTS_ASK) and not emergencies else 0,
        emergencies=emergency.unseen() if grants or oversees else [],
    )


def _to_decide(by: Account) -> int:
    waiting = Right.select().where(Right.state == State.ASKED, Right.account != by.id, Right.asked_by != by.id)
    return int(waiting.count())


def _ending(by: Any, now: Any, soon: Any, *, grants: bool) -> peewee.ModelSelect:
    """The rights that end soon and are this person's to ask for anew: those they asked for, those of the people of the
    units they head, and for who grants also those that nobody asked for. Not those that have a successor. The values
    may be slots of a prepared query."""
    chosen = Right.select(Right, Account).join(Account, on=(Right.account == Account.id))
    due = (Right.ends_at > now) & (Right.ends_at <= soon) & (Right.kind != Kind.EMERGENCY)
    mine = (Right.asked_by == by) | Account.unit.in_(UnitHead.select(UnitHead.unit).where(UnitHead.account == by))
    if grants:
        mine |= Right.asked_by.is_null()
    return chosen.where(Right.state == State.GRANTED, due, mine, Account.closed_at.is_null(), ~_followed(), ~_idle())


def _prepared(*, grants: bool) -> Prepared:
    by, now, soon = slot("by", Right.asked_by), slot("now", Right.ends_at), slot("soon", Right.ends_at)
    return Prepared(lambda: _ending(by, now, soon, grants=grants).select(peewee.fn.COUNT(Right.id)))


_COUNT_ENDING = {grants: _prepared(grants=grants) for grants in (False, True)}


def _count_ending(by: Account) -> int:
    now = clock.now()
    found: int = _COUNT_ENDING[by.may(Permission.RIGHTS_GRANT)](by=by.id, now=now, soon=_soon(now))[0][0]
    return found


def ending(by: Account) -> list[Row]:
    """Those, with their queues; what ends first first."""
    now, grants = clock.now(), by.may(Permission.RIGHTS_GRANT)
    return rows(_ending(by.id, now, _soon(now), grants=grants).order_by(Right.ends_at, Right.id))


def is_followed(right: Right) -> bool:
    """Has the person the same role for longer, for all the queues of the right, or is that asked for?"""
    return bool(Right.select().where(Right.id == right.id, _followed()).exists())


def _followed() -> peewee.Expression:
    """The same of a row of `Right`, as a condition. A queue is compared by itself: the role for longer at another queue
    is no successor. A queue that is no longer in use needs none."""
    later, of_later, queue = Right.alias(), RightQueue.alias(), RightQueue.alias()
    same = (later.account == Right.account) & (later.role == Right.role) & (later.id != Right.id)
    lasts = (later.state == State.ASKED) | ((later.state == State.GRANTED) & (later.ends_at > Right.ends_at))
    chosen = later.select(later.id).where(same & lasts & (later.kind != Kind.EMERGENCY))
    with_queue = chosen.join(of_later, on=(of_later.right == later.id)).where(of_later.queue == queue.queue)
    without = _used(queue).where(~peewee.fn.EXISTS(with_queue))
    return peewee.fn.EXISTS(chosen) & ~peewee.fn.EXISTS(without)


def _idle() -> peewee.Expression:
    """None of the queues of a row of `Right` is in use any more: nobody can ask for it anew."""
    return Right.role.in_(SCOPED) & ~peewee.fn.EXISTS(_used(RightQueue.alias()))


def _used(queue: Any) -> peewee.ModelSelect:
    """Those of the queues of a row of `Right` that are in use; `queue` is an alias of RightQueue."""
    used = queue.queue.in_(Queue.select(Queue.id).where(Queue.active))
    return queue.select(queue.id).where(queue.right == Right.id, used)
