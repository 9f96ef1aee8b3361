"""What a person demands of the register beyond seeing it, one thing at a time; what leaves apart from the answer; and
complaints of the answer."""

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases.codes import SendingState
from portal.cases.models import Case, CaseCall, CaseRight
from portal.db import PublicModel, UtcField


class Claim(PublicModel):
    """One thing demanded under one right (yrkande): an entry of a call is wrong, a call is to be erased, … Everything
    typed is emptied with the case file (the row goes)."""

    right = peewee.ForeignKeyField(CaseRight, backref="claims", on_delete="CASCADE")
    call = peewee.ForeignKeyField(CaseCall, null=True, backref="claims", on_delete="CASCADE")
    """None: about a fact of a case."""
    entry = peewee.CharField()
    """A code of `Disputed`."""
    note = peewee.UUIDField(null=True)
    """The note, or the review, when the entry is one."""
    fact = peewee.CharField(default="")
    """The column of a case, for FACT."""
    start_ms = peewee.IntegerField(null=True)
    end_ms = peewee.IntegerField(null=True)
    """Of a PASSAGE; up to and without."""
    disputed = peewee.TextField(default="")
    """The entry verbatim, as it stood when the claim was noted: the certificate quotes it."""
    demanded = peewee.TextField(default="")
    """The change, verbatim, as the person demands it."""
    added_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    added_at = UtcField(default=clock.now)
    # What is decided
    decision = peewee.CharField(null=True)
    """A code of `ClaimDecision`."""
    value = peewee.TextField(default="")
    """The new value, when CORRECTED: a text, or the code or uuid of what is chosen."""
    statement = peewee.TextField(default="")
    """What is attached, when COMPLETED; also beside a refusal."""
    ground = peewee.CharField(default="")
    """Why it is granted: a code of `ErasureGround` or of `retention.restriction_models.RestrictionGround`."""
    refusal = peewee.CharField(default="")
    """The provision it is refused by: a code of `RefusalGround`."""
    reasons = peewee.TextField(default="")
    """Of a refusal, for this very case."""
    phrase = peewee.CharField(default="")
    """Which offered phrase the reasons began as; '' none. Reasons that still are the phrase are not proposed."""
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    changed_at = UtcField(default=clock.now)
    # What came of it
    carried_at = UtcField(null=True)
    """When it was done in the register."""
    carried_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    waits = peewee.CharField(default="")
    """Why it is not done yet, as a code of `carrying.Wait`; '' when nothing hinders."""

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        chosen = cls.select(cls, CaseRight, Case).join(CaseRight).join(Case)
        return chosen if user.may(Permission.CASES_READ) else chosen.where(cls.id.is_null())


class Sending(PublicModel):
    """A letter to the person that leaves apart from the answer: what was erased when, that a restriction will be
    lifted. No case closes while one waits."""

    case = peewee.ForeignKeyField(Case, backref="sendings", on_delete="CASCADE")
    letter = peewee.UUIDField(unique=True)
    """The document's uuid."""
    right = peewee.CharField(default="")
    state = peewee.CharField(default=SendingState.WAITING)
    ordered_at = UtcField(default=clock.now)
    sent_on = peewee.DateField(null=True)
    sent_how = peewee.CharField(default="")
    """A code of `words.DISPATCHES`."""
    sent_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")


class Complaint(PublicModel):
    """The answer lies with the ombudsman or a court."""

    case = peewee.ForeignKeyField(Case, backref="complaints", on_delete="CASCADE")
    round = peewee.IntegerField(default=1)
    """Of the answer that is complained of."""
    body = peewee.CharField()
    """A code of `Body`."""
    body_words = peewee.CharField(default="")
    """Which one."""
    reference = peewee.CharField(default="")
    """Its own case number."""
    received_on = peewee.DateField()
    """The day the city got to know."""
    asks = peewee.TextField(default="")
    """What it wants of the city, and by when."""
    answer_by = peewee.DateField(null=True)
    noted_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    noted_at = UtcField(default=clock.now)
    result = peewee.CharField(null=True)
    """A code of `Result`; None while it lies there."""
    decided_on = peewee.DateField(null=True)
    words = peewee.TextField(default="")
    """What was decided."""
    overturned = peewee.CharField(default="")
    """Codes of the rights that are to be answered anew, with commas between."""
    due_on = peewee.DateField(null=True)
    """By when, when the decision says so."""
    ended_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    ended_at = UtcField(null=True)
