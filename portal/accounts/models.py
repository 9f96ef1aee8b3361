"""People, their roles and queues, how they prove who they are, and their sessions."""

from functools import cached_property

import peewee

from portal import clock
from portal.accounts.permissions import TABLE, Permission, Role
from portal.db import BaseModel, Prepared, PublicModel, UtcField, slot
from portal.queues.models import Queue


class Account(PublicModel):
    is_authenticated = True
    is_anonymous = False
    sign_in: "SignIn"
    """The session this request runs in; set by `sessions.resume`."""

    username = peewee.CharField(unique=True)
    """Lower case; what is typed at sign-in."""
    name = peewee.CharField()
    language = peewee.CharField(default="sv")
    extension = peewee.CharField(null=True, unique=True)
    """The adviser's extension in the telephone system: says whose call a recording is."""
    password_hash = peewee.CharField()
    password_temporary = peewee.BooleanField(default=True)
    """Set by the administrator: must be changed at the next sign-in."""
    totp_sealed = peewee.BlobField(null=True)
    """The TOTP secret, sealed with `vault.box` for this account's uuid; None until enrolled."""
    totp_last_step = peewee.BigIntegerField(default=0)
    """The last time step accepted; only a later one is accepted again (RFC 6238 §5.2)."""
    created_at = UtcField(default=clock.now)
    closed_at = UtcField(null=True)
    version = peewee.IntegerField(default=0)
    """Raised by every change of what the administrator's form shows; a form that saw an older one is refused."""

    @classmethod
    def visible_to(cls, user: "Account") -> peewee.ModelSelect:
        """Everybody for those who manage accounts, oneself for others."""
        if user.may(Permission.ACCOUNTS_MANAGE):
            return cls.select()
        return cls.select().where(cls.id == user.id)

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(role) for (role,) in _ROLES(account=self.id))

    @cached_property
    def queue_ids(self) -> frozenset[int]:
        """Keys of the queues whose calls this person may find."""
        return frozenset(key for (key,) in _QUEUES(account=self.id))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Those of the roles; one's own account also without any role."""
        return frozenset({Permission.ACCOUNTS_SELF}).union(*(TABLE[role] for role in self.roles))

    def may(self, permission: Permission) -> bool:
        return self.closed_at is None and permission in self.permissions


class RoleGrant(BaseModel):
    account = peewee.ForeignKeyField(Account, backref="role_grants", on_delete="CASCADE")
    role = peewee.CharField()

    class Meta:
        indexes = ((("account", "role"), True),)


class QueueGrant(BaseModel):
    account = peewee.ForeignKeyField(Account, backref="queue_grants", on_delete="CASCADE")
    queue = peewee.ForeignKeyField(Queue, on_delete="CASCADE")

    class Meta:
        indexes = ((("account", "queue"), True),)


_ROLES = Prepared(lambda: RoleGrant.select(RoleGrant.role).where(RoleGrant.account == slot("account", Account.id)))
_QUEUES = Prepared(
    lambda: QueueGrant.select(QueueGrant.queue_id).where(QueueGrant.account == slot("account", Account.id))
)


class RecoveryCode(BaseModel):
    account = peewee.ForeignKeyField(Account, backref="recovery_codes", on_delete="CASCADE")
    code_hash = peewee.CharField()
    used_at = UtcField(null=True)


class SignIn(PublicModel):
    """A server-side session. `stage` is 'password' until the second factor is proven, 'renewal' while
    a temporary password waits to be changed, then 'full'. Each rise is a new row with a new token."""

    account = peewee.ForeignKeyField(Account, backref="sign_ins", on_delete="CASCADE")
    token_hash = peewee.CharField(unique=True)
    """SHA-256 of the random token the cookie carries: a read of the database opens no session."""
    stage = peewee.CharField()
    created_at = UtcField(default=clock.now)
    seen_at = UtcField(default=clock.now)
    ended_at = UtcField(null=True)
    device = peewee.CharField(default="")
    """Browser and system in a few words, from the User-Agent, for the person's own list."""
    enrolling_sealed = peewee.BlobField(null=True)
    """The TOTP secret shown in this session and not yet confirmed; sealed as `Account.totp_sealed`."""

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Everybody's for those who manage accounts, one's own for others."""
        return cls.select(cls, Account).join(Account).where(Account.id.in_(Account.visible_to(user).select(Account.id)))


class Throttle(BaseModel):
    """Failures not yet forgotten, per pseudonym of a user name, an account or a source address."""

    key = peewee.CharField(unique=True)
    failures = peewee.IntegerField(default=0)
    last_at = UtcField(default=clock.now)
    """The instant up to which forgetting has been counted."""
    open_at = UtcField(default=clock.now)
    """No attempt is looked at before this instant."""
    refused = peewee.IntegerField(default=0)
    """Attempts turned away unlooked at since the last failure."""
