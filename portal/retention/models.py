"""The sweeps, and the protocol of what was deleted."""

import datetime as dt
import enum
import functools
import json
import operator
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.db import BaseModel, PublicModel, UtcField
from portal.recordings.models import Recording

KEY_BACKUP_DAYS = 7
"""A backup copy of the keystore lives this long at most (README, Backups): then a destroyed key is gone everywhere."""


class Sweep(BaseModel):
    """The last run of each of the worker's sweeps: what the dead-man check looks at."""

    name = peewee.CharField(unique=True)
    """'purge' and its parts 'words' and 'returned', 'inbox', 'render'."""
    started_at = UtcField(null=True)
    good_at = UtcField(null=True)
    """End of the last run without a fault."""
    fault = peewee.CharField(default="")
    """Kind of the last fault, empty when the last run was good."""


class Kind(enum.StrEnum):
    """What a line of the protocol is about; also the log's word for it."""

    RECORDING = "recording"
    QUARANTINED = "quarantined"


class Rule(enum.StrEnum):
    """Why it was deleted, ending in the rule's version: a changed rule is a new value, old lines keep theirs."""

    RETENTION = "retention:3-months:1"
    QUARANTINE = "quarantine:3-months:1"
    DISCARD = "quarantine:discarded:1"
    ERASURE = "erasure:article-17:1"
    CONSENT = "consent:withdrawn:1"
    """Kept past its date on a consent that was withdrawn or has ended."""


class Result(enum.StrEnum):
    CLAIMED = "claimed"
    PURGED = "purged"
    FAILED = "failed"
    """Claimed, not finished: retried at every sweep, never called done."""


class PurgeLine(PublicModel):
    """One deletion in the protocol: identifiers and times, no personal data. Never deleted."""

    kind = peewee.CharField()
    """A code of `Kind`."""
    subject = peewee.UUIDField(unique=True)
    queue_id = peewee.IntegerField(null=True)
    rule = peewee.CharField()
    """A code of `Rule`."""
    due_at = UtcField()
    claimed_at = UtcField(default=clock.now)
    key_destroyed_at = UtcField(null=True)
    """None until then, and for a quarantined file that was never sealed."""
    purged_at = UtcField(null=True, index=True)
    result = peewee.CharField(default=Result.CLAIMED)
    failure = peewee.CharField(default="")
    """Kind of the last failure (an errno name), empty when there was none; stays when it went well later."""
    attempts = peewee.IntegerField(default=0)

    @property
    def key_gone_by(self) -> dt.datetime | None:
        """When the last backup copy of the key is gone; None while there is one, or never was."""
        at: Any = self.key_destroyed_at
        return at + dt.timedelta(days=KEY_BACKUP_DAYS) if at else None

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """A manager: the lines of the queues granted. The others who may read protocols: every line."""
        if not user.may(Permission.RETENTION_READ):
            return cls.select().where(cls.id.is_null())
        if user.roles & {Role.CONTROLLER, Role.DPO, Role.ADMIN}:
            return cls.select()
        return cls.select().where(cls.queue_id.in_(sorted(user.queues_for(Permission.RETENTION_READ))))


def _of_own_queues(model: type[BaseModel], user: Account, doing: Permission) -> peewee.ModelSelect:
    """The rows whose recording is of a queue where `user` may do that; its tombstone too."""
    own = Recording.of_queues(user.queues_for(doing))
    return model.select(model, Recording).join(Recording).where(own)


def _nothing(model: type[BaseModel]) -> peewee.ModelSelect:
    return model.select(model, Recording).join(Recording).where(model.id.is_null())


class ThreatKind(enum.StrEnum):
    ADVISER = "adviser"
    """Against the adviser or those close to the adviser."""
    STAFF = "staff"
    """Against other staff or an elected official."""
    OTHERS = "others"
    PLACE = "place"
    """Against a building: bomb, fire."""
    SELF = "self"
    """The caller means to harm themselves."""
    HARASSMENT = "harassment"
    OTHER = "other"


class Safety(enum.StrEnum):
    """How the one who reports is, asked with the report."""

    SAFE = "safe"
    CONTACT = "contact"
    """Wants to be contacted by a manager."""
    UNSAFE = "unsafe"
    """Does not feel safe now."""


class ThreatState(enum.StrEnum):
    REPORTED = "reported"
    HELD = "held"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"
    """The call was deleted before anyone decided."""


class Threat(PublicModel):
    """A report that a call is a threat call, and what a manager decided. One waits per call at a time.

    What was typed is emptied when the call is deleted; the row stays, with its codes and times.
    """

    recording = peewee.ForeignKeyField(Recording, backref="threats", on_delete="RESTRICT")
    kind = peewee.CharField()
    """A code of `ThreatKind`."""
    words = peewee.TextField(default="")
    """What was said, in the reporter's words."""
    safety = peewee.CharField()
    """A code of `Safety`."""
    safety_words = peewee.TextField(default="")
    reported_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    reported_at = UtcField(default=clock.now)
    state = peewee.CharField(default=ThreatState.REPORTED)
    waits = peewee.BooleanField(null=True, default=True)
    """True while REPORTED, else None: unique with the recording."""
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)
    reason = peewee.TextField(default="")
    """Why it is not held; why it is held stands on the hold."""

    class Meta:
        indexes = ((("recording", "waits"), True), (("state", "reported_at"), False))

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """A manager: those of the queues granted. An adviser: the own ones. The data protection officer: all."""
        if Role.DPO in user.roles:
            return cls.select(cls, Recording).join(Recording)
        decides = Recording.of_queues(user.queues_for(Permission.RETENTION_HOLD))
        own = _of_own_queues(cls, user, Permission.RETENTION_REPORT)
        return own.where(decides | (cls.reported_by == user.id))

    @classmethod
    def within_reach_of(cls, user: Account) -> peewee.ModelSelect:
        """Those that `user` may decide on, decided or not: of the own queues."""
        return _of_own_queues(cls, user, Permission.RETENTION_HOLD)


class HoldState(enum.StrEnum):
    PLACED = "placed"
    """The call is kept from this moment; its bytes are not yet in the threat archive alone."""
    STORED = "stored"
    RELEASED = "released"


class Hold(PublicModel):
    """A threat hold: the call is stored separately until a manager releases it (register §3).

    One stands per call at a time. What was typed is emptied when the call is deleted.
    """

    recording = peewee.ForeignKeyField(Recording, backref="hold_rows", on_delete="RESTRICT")
    threat = peewee.ForeignKeyField(Threat, null=True, backref="held_by", on_delete="RESTRICT")
    placed_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    placed_at = UtcField(default=clock.now)
    reason = peewee.TextField(default="")
    action_ahead = peewee.TextField(default="")
    """For which further action it is kept."""
    review_on = peewee.DateField()
    """The day, in Helsinki, by which another manager renews it or one releases it."""
    state = peewee.CharField(default=HoldState.PLACED)
    moved_at = UtcField(null=True)
    """When the register began to read it from the threat archive."""
    cleared_at = UtcField(null=True, index=True)
    """When its bytes lay in one store alone. None: the sweep still has something to do."""
    renewed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """The last one who renewed it."""
    released_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    released_at = UtcField(null=True)
    release_reason = peewee.TextField(default="")
    escalated_on = peewee.DateField(null=True)
    """The last day on which its missed review was escalated."""
    transfers = peewee.IntegerField(default=0)
    """How many transfers are proposed or approved and not ended; while any is, it is not released."""

    class Meta:
        indexes = ((("state", "review_on"), False),)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """A manager: those of the queues granted. The data protection officer: all."""
        if Role.DPO in user.roles:
            return cls.select(cls, Recording).join(Recording)
        return cls.within_reach_of(user)

    @classmethod
    def within_reach_of(cls, user: Account) -> peewee.ModelSelect:
        """Those that `user` may renew, release and transfer: of the own queues."""
        return _of_own_queues(cls, user, Permission.RETENTION_HOLD)

    @property
    def stands(self) -> bool:
        return self.state != HoldState.RELEASED


class HoldRenewal(BaseModel):
    hold = peewee.ForeignKeyField(Hold, backref="renewals", on_delete="RESTRICT")
    by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    at = UtcField(default=clock.now)
    reason = peewee.TextField(default="")
    review_before = peewee.DateField()
    review_on = peewee.DateField()


class Freeze(PublicModel):
    """A deletion block (raderingsspärr) on one call because of one case (register §3)."""

    recording = peewee.ForeignKeyField(Recording, backref="freeze_rows", on_delete="RESTRICT")
    because_kind = peewee.CharField()
    """What kind of row the case is: its class name in lower case, as in the log."""
    because = peewee.UUIDField(index=True)
    """The case's uuid."""
    from_at = UtcField()
    """From when it counts: the receipt of the request, at or before `placed_at`."""
    placed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    placed_at = UtcField(default=clock.now)
    lifts_on = peewee.DateField(null=True, index=True)
    """The day, in Helsinki, at whose beginning it lifts by itself; None: not yet known."""
    lifted_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None when the day had come."""
    lifted_at = UtcField(null=True)
    stands = peewee.BooleanField(null=True, default=True)
    """True until lifted, then None: unique with recording and case."""

    class Meta:
        indexes = ((("recording", "because", "stands"), True),)


class TransferState(enum.StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"


class Basis(enum.StrEnum):
    """The law by which the police may have it."""

    POLICE_ACT = "police_act"
    """Polislagen 872/2011, 4 kap. 2–3 §."""
    INVESTIGATION = "investigation"
    """Tvångsmedelslagen 806/2011, 7 and 8 kap.: seizure, order to produce."""
    REPORTED = "reported"
    """The city itself reports an offence and encloses its evidence (dataskyddslagen 1050/2018, 7 §)."""
    STATUTE = "statute"
    """Another authority has a right by law to get it; the scope names the provision."""
    CONSENT = "consent"
    """The person consents to it (GDPR 6(1)(a)); `consent` is set."""


class Channel(enum.StrEnum):
    IN_PERSON = "in_person"
    SECURE_MAIL = "secure_mail"
    POLICE_SERVICE = "police_service"
    """The police's own service for receiving files."""


class Transfer(PublicModel):
    """A call handed to the police or to somebody else who may have it: a disclosure record (register §4, §5). The only
    one there is: with a hold for a threat call, without for any other, which is then frozen for it while it is open.

    The record outlives the call: the one whose call it was has a right to know the recipient (GDPR 15(1)(c)).
    Purpose, scope and reasons, which may describe people, are emptied with the call.
    """

    hold = peewee.ForeignKeyField(Hold, null=True, backref="transfer_rows", on_delete="RESTRICT")
    recording = peewee.ForeignKeyField(Recording, backref="transfers", on_delete="RESTRICT")
    authority = peewee.CharField()
    """Police department and unit, and who there asks."""
    reference = peewee.CharField(default="")
    """The authority's own case number."""
    asked_on = peewee.DateField()
    """The date of the written request, or of the city's own report."""
    basis = peewee.CharField()
    """A code of `Basis`."""
    purpose = peewee.TextField(default="")
    scope = peewee.TextField(default="")
    channel = peewee.CharField()
    """A code of `Channel`."""
    state = peewee.CharField(default=TransferState.PROPOSED, index=True)
    proposed_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    proposed_at = UtcField(default=clock.now)
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """The other person, who approved or refused."""
    decided_at = UtcField(null=True)
    decision_reason = peewee.TextField(default="")
    ended_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """Who handed it over, or withdrew it."""
    ended_at = UtcField(null=True)
    left_size = peewee.BigIntegerField(null=True)
    """Bytes of the sound that left: whole and unaltered, or with the passages of `silent` muted; None when nothing
    left."""
    left_how = peewee.TextField(default="")
    consent = peewee.UUIDField(null=True)
    """The consent it rests on, when the basis is one."""
    address = peewee.TextField(default="")
    """Of the recipient, lines: where a notice (GDPR 19) is sent."""
    language = peewee.CharField(default="sv")
    """Of what is written to the recipient."""
    silent = peewee.TextField(default="")
    """The passages that are not handed over, JSON: [[start_ms, end_ms], …] in order; '': the sound is given whole."""

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Those who decide disclosures and the data protection officer: all. A manager: of the queues granted. A clerk:
        those of calls that no hold keeps, and of others what has left: its recipient is told of changes."""
        chosen = cls.select(cls, Recording).join(Recording)
        if Role.DPO in user.roles or user.may(Permission.RETENTION_DISCLOSE):
            return chosen
        reach = []
        if user.may(Permission.RETENTION_HOLD):
            reach.append(Recording.of_queues(user.queues_for(Permission.RETENTION_HOLD)))
        if user.may(Permission.REGISTER_DISCLOSE):
            reach.append(cls.hold.is_null() | (cls.state == TransferState.HANDED_OVER))
        return chosen.where(functools.reduce(operator.or_, reach)) if reach else _nothing(cls)

    @property
    def muted(self) -> list[tuple[int, int]]:
        """The passages that are not handed over, in milliseconds from and up to."""
        return [(start, end) for start, end in json.loads(str(self.silent) or "[]")]
