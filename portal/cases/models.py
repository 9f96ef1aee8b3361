"""A resident's request (ärende) from receipt to the end of its file: who asks, for what, which calls, what was
decided of each, what went out (register §4).

What people typed, and whatever tells who someone is, is emptied when the file is purged; numbers, codes, times and
members of staff stay as the register line without content.
"""

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases.codes import Capacity, CopyState, Delivery, Ground, Identity, Regime, State
from portal.db import BaseModel, PublicModel, UtcField
from portal.queues.models import Queue
from portal.recordings.models import Recording


class Case(PublicModel):
    # The file
    year = peewee.IntegerField()
    serial = peewee.IntegerField()
    number = peewee.CharField(unique=True)
    """As letters and listens name it: 'BS/12/2026'."""
    registry_number = peewee.CharField(default="")
    """The city's own diarienummer, when there is one."""
    state = peewee.CharField(default=State.RECEIVED, index=True)
    outcome = peewee.CharField(null=True)
    """A code of `Outcome`, from the proposal on."""
    version = peewee.IntegerField(default=1)
    """Grows with every change of what a form fills in: a form made from an older one is refused."""
    handler = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    registered_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    registered_at = UtcField(default=clock.now)
    # The request
    received_on = peewee.DateField()
    """The day it reached the city, wherever (GDPR 12(3))."""
    received_where = peewee.CharField(default="")
    requested_on = peewee.DateField(null=True)
    """The date on the request itself, when it has one."""
    channel = peewee.CharField()
    regime = peewee.CharField(default=Regime.DATA_PROTECTION)
    language = peewee.CharField()
    """'sv' or 'fi': of every letter."""
    capacity = peewee.CharField(default=Capacity.SELF)
    name = peewee.CharField(default="")
    """The one whose data it is."""
    agent = peewee.CharField(default="")
    """Who acts for them, by name; '' when nobody does."""
    authority = peewee.TextField(default="")
    """What shows that the agent may: 'fullmakt 3.9.2026'. The paper itself is not kept."""
    address = peewee.TextField(default="")
    """Lines of the window below the name, of the one who gets the letters."""
    email = peewee.CharField(default="")
    phone = peewee.CharField(default="")
    asks = peewee.TextField(default="")
    """What is asked for, in the person's own words."""
    called_from = peewee.DateField(null=True)
    called_to = peewee.DateField(null=True)
    """The period in which they called, both days included; None: they do not say."""
    called_words = peewee.CharField(default="")
    """When they called, in their words."""
    delivery = peewee.CharField(default=Delivery.ENCRYPTED)
    # Its clock (`deadlines`): the days as last reckoned
    due_on = peewee.DateField(index=True)
    """The last day by law."""
    working_on = peewee.DateField()
    """The city's promise: 28 days."""
    internal_on = peewee.DateField()
    """By which a proposal should lie with the decider."""
    paused_on = peewee.DateField(null=True)
    """The day proof of identity was asked for."""
    resumed_on = peewee.DateField(null=True)
    """The day it came, or the doubt was given up."""
    extended_on = peewee.DateField(null=True)
    """The day the one extension was decided."""
    extension_reason = peewee.TextField(default="")
    extension_state = peewee.CharField(default="")
    """'' · 'proposed' · 'approved' · 'refused'."""
    extension_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """Who proposed it."""
    extension_decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    reminded = peewee.CharField(default="")
    """The last reminder that was given, as a code of `reminders`."""
    late_reason = peewee.TextField(default="")
    """Why the answer left after the last day; no late answer leaves without."""
    # Identity
    identity = peewee.CharField(default=Identity.UNPROVEN)
    identity_method = peewee.CharField(default="")
    """A code of the setting `case_identity_methods`."""
    identity_on = peewee.DateField(null=True)
    identity_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    identity_doubt = peewee.TextField(default="")
    """Why it is in doubt."""
    identity_asks = peewee.TextField(default="")
    """What is asked for, as the letter says it."""
    # The answer
    reasons = peewee.TextField(default="")
    """The free text of the answer; frozen from the proposal on."""
    proposed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    proposed_at = UtcField(null=True)
    opinion = peewee.TextField(default="")
    """The data protection officer's, on 34 §."""
    opinion_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    opinion_at = UtcField(null=True)
    approved_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    approved_at = UtcField(null=True)
    dispatched_on = peewee.DateField(null=True)
    dispatched_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    dispatched_how = peewee.CharField(default="")
    """'post', 'secure_mail', 'desk', 'e_service'."""
    lifts_on = peewee.DateField(null=True)
    """The day on which what is frozen for it is let go, as the letter prints it."""
    round = peewee.IntegerField(default=1)
    """Of its answer: grows when an overturned refusal reopens it, so that each answer has letters of its own."""
    reopened_on = peewee.DateField(null=True)
    reopened_due_on = peewee.DateField(null=True)
    """The day that the ombudsman or the court set for the new answer; None: without delay, as from a new receipt."""
    complaint_to = peewee.CharField(default="")
    complaint_on = peewee.DateField(null=True)
    transferred_to = peewee.CharField(default="")
    closed_at = UtcField(null=True)
    closed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None: the day had come."""
    purge_on = peewee.DateField(null=True, index=True)
    """The day the file is emptied, from the closing on."""
    purged_at = UtcField(null=True)

    class Meta:
        indexes = ((("year", "serial"), True), (("state", "due_on"), False), (("handler", "state"), False))

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Clerks, those who decide and the data protection officer: all. A case is acted on by its handler."""
        chosen = cls.select()
        return chosen if user.may(Permission.CASES_READ) else chosen.where(cls.id.is_null())

    @property
    def recipient(self) -> list[str]:
        """Lines of the window: the agent gets the letters when there is one."""
        lines: list[str] = [self.agent or self.name, *str(self.address).splitlines()]
        return [line for line in lines if line.strip()]


class CaseRight(BaseModel):
    """A sub-case: one right that is invoked."""

    case = peewee.ForeignKeyField(Case, backref="rights", on_delete="CASCADE")
    right = peewee.CharField()
    """A code of `RightKind`."""
    outcome = peewee.CharField(null=True)
    """Of this right; the case's own is that of the whole answer."""
    words = peewee.TextField(default="")
    """Why, for a right that the sound does not answer."""
    round = peewee.IntegerField(default=1)
    """The round of the case's answers in which it is answered (`Case.round`): one that was answered before is not
    answered again."""

    class Meta:
        indexes = ((("case", "right"), True),)


class CallerNumber(BaseModel):
    """A telephone number that the person calls from, E.164."""

    case = peewee.ForeignKeyField(Case, backref="numbers", on_delete="CASCADE")
    number = peewee.CharField()

    class Meta:
        indexes = ((("case", "number"), True),)


class Step(BaseModel):
    """A line of the timeline. The log proves; this tells."""

    case = peewee.ForeignKeyField(Case, backref="steps", on_delete="CASCADE")
    at = UtcField(default=clock.now)
    by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None: the worker."""
    what = peewee.CharField()
    """A code of `steps.What`."""
    words = peewee.TextField(default="")
    """What the person wrote; emptied with the file."""
    day = peewee.DateField(null=True)


class SearchRun(BaseModel):
    """One search for the case: the answer says what was searched."""

    case = peewee.ForeignKeyField(Case, backref="searches", on_delete="CASCADE")
    at = UtcField(default=clock.now)
    by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None: the worker, for what came in late."""
    numbers = peewee.TextField(default="")
    """E.164 with commas between; emptied with the file."""
    first = peewee.DateField()
    last = peewee.DateField()
    queue = peewee.ForeignKeyField(Queue, null=True, on_delete="RESTRICT")
    time_from = peewee.TimeField(null=True)
    time_to = peewee.TimeField(null=True)
    found = peewee.IntegerField()
    added = peewee.IntegerField()


class Attachment(PublicModel):
    """A paper that belongs to the request: sealed in the vault under its uuid."""

    case = peewee.ForeignKeyField(Case, backref="attachments", on_delete="CASCADE")
    name = peewee.CharField(default="")
    """As the clerk calls it."""
    media_type = peewee.CharField()
    size = peewee.IntegerField()
    sha256 = peewee.CharField()
    added_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    added_at = UtcField(default=clock.now)
    direction = peewee.CharField(default="")
    """'' a paper of the request; 'in' or 'out': to or from the body that a complaint lies with."""
    complaint = peewee.UUIDField(null=True)
    """That complaint's uuid."""
    standing = peewee.CharField(default="sealing")
    """'sealing' → 'kept' → 'going' → the row is deleted: what is in the vault always has a row."""


class CaseCall(PublicModel):
    """A call that may concern the case, frozen for it."""

    case = peewee.ForeignKeyField(Case, backref="calls", on_delete="CASCADE")
    recording = peewee.ForeignKeyField(Recording, backref="case_calls", on_delete="RESTRICT")
    found_by = peewee.CharField()
    """'number', 'period', 'hand', or 'late' for what came in after the registration."""
    added_at = UtcField(default=clock.now)
    concerns = peewee.CharField(null=True)
    """A code of `Concerns`; None: not yet judged."""
    judged_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    judged_at = UtcField(null=True)
    decision = peewee.CharField(null=True)
    """A code of `Decision`, for a call that concerns the person."""
    ground = peewee.CharField(default="")
    """A code of `Ground`, for TRANSCRIPT and WITHHELD; MUTED has it on each passage."""
    interest = peewee.TextField(default="")
    """Whose."""
    harm = peewee.TextField(default="")
    milder = peewee.TextField(default="")
    """Milder means that were tried, and why they do not do."""
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    changed_at = UtcField(default=clock.now)
    """When decision, passages or transcript last changed: who approves has heard or read it after that."""

    class Meta:
        indexes = ((("case", "recording"), True),)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        chosen = cls.select(cls, Case, Recording).join(Case).switch(cls).join(Recording)
        return chosen if user.may(Permission.CASES_READ) else chosen.where(cls.id.is_null())


class Passage(BaseModel):
    """A stretch that is silent in what is given."""

    call = peewee.ForeignKeyField(CaseCall, backref="passages", on_delete="CASCADE")
    start_ms = peewee.IntegerField()
    end_ms = peewee.IntegerField()
    """Up to and without."""
    ground = peewee.CharField(default=Ground.OTHERS)
    interest = peewee.TextField(default="")
    harm = peewee.TextField(default="")
    milder = peewee.TextField(default="")


class Line(BaseModel):
    """A line of the word-for-word transcript."""

    call = peewee.ForeignKeyField(CaseCall, backref="lines", on_delete="CASCADE")
    at_ms = peewee.IntegerField()
    speaker = peewee.CharField()
    """'caller', 'adviser', 'other'."""
    text = peewee.TextField()


class Reading(BaseModel):
    """Someone opened the page of a call of a case."""

    call = peewee.ForeignKeyField(CaseCall, backref="readings", on_delete="CASCADE")
    account = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    at = UtcField(default=clock.now)

    class Meta:
        indexes = ((("call", "account", "at"), False),)


class Copy(PublicModel):
    """The sound that is handed over: made by the worker, sealed in the vault under its uuid, gone after 30 days."""

    case = peewee.ForeignKeyField(Case, backref="copies", on_delete="CASCADE")
    delivery = peewee.CharField()
    state = peewee.CharField(default=CopyState.ORDERED, index=True)
    ordered_at = UtcField(default=clock.now)
    attempts = peewee.IntegerField(default=0)
    failure = peewee.CharField(default="")
    made_at = UtcField(null=True)
    size = peewee.BigIntegerField(null=True)
    sha256 = peewee.CharField(null=True)
    files = peewee.IntegerField(default=0)
    password_sealed = peewee.BlobField(null=True)
    """Until it has been shown."""
    password_shown_at = UtcField(null=True)
    goes_on = peewee.DateField(null=True)
    """The day it is deleted."""
    handed_on = peewee.DateField(null=True)
    handed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    handed_to = peewee.CharField(default="")
    handed_how = peewee.TextField(default="")
    identity_seen = peewee.CharField(default="")
    """A code of the setting `case_identity_methods`."""
    gone_at = UtcField(null=True)
