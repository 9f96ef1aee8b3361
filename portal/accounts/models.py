"""People, their roles and queues, how they prove who they are, and their sessions."""

from functools import cached_property

import peewee

from portal import clock
from portal.accounts.permissions import TABLE, WITHOUT_ROLE, Permission, Role
from portal.db import BaseModel, Prepared, PublicModel, UtcField, slot
from portal.queues.models import Queue


class Unit(PublicModel):
    """A unit of the city's organisation. Leaving it ends the rights one had in it (`rights.ending`)."""

    code = peewee.CharField(unique=True)
    """As the list of staff names it, e.g. 'KOMP'."""
    name_sv = peewee.CharField()
    name_fi = peewee.CharField()
    active = peewee.BooleanField(default=True)
    version = peewee.IntegerField(default=0)

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_sv


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
    unit = peewee.ForeignKeyField(Unit, null=True, backref="people", on_delete="RESTRICT")
    """Where the person works now."""
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
        """Those of the rights that are in force at this instant."""
        return frozenset(Role(role) for (role,) in _ROLES(account=self.id, now=clock.now()))

    @cached_property
    def _scopes(self) -> list[tuple[Role, int]]:
        """Each role in force, with each queue it was granted for."""
        return [(Role(role), queue) for role, queue in _QUEUES(account=self.id, now=clock.now())]

    @cached_property
    def queue_ids(self) -> frozenset[int]:
        """Keys of all queues that any right in force is for: to show and to name. What one may do with their calls
        is `queues_for`."""
        return frozenset(queue for _, queue in self._scopes)

    def queues_for(self, *permissions: Permission) -> frozenset[int]:
        """Keys of the queues where the person may do all of this: only those of rights whose role may. A manager of
        one queue who is an adviser in another manages only the one."""
        wanted = set(permissions)
        return frozenset(queue for role, queue in self._scopes if wanted <= TABLE[role])

    def queues_as(self, *roles: Role) -> frozenset[int]:
        """Keys of the queues where the person has one of these roles."""
        return frozenset(queue for role, queue in self._scopes if role in roles)

    def roles_in(self, queue: int | None) -> frozenset[Role]:
        """The roles the person has in one queue."""
        return frozenset(role for role, granted in self._scopes if granted == queue)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Those of the roles; one's own account and rights also without any role."""
        return WITHOUT_ROLE.union(*(TABLE[role] for role in self.roles))

    def may(self, permission: Permission) -> bool:
        return self.closed_at is None and permission in self.permissions

    def may_in(self, queue: int | None, permission: Permission) -> bool:
        """May the person do this with the calls of one queue?"""
        return self.closed_at is None and queue in self.queues_for(permission)


class UnitHead(BaseModel):
    """Who answers for the people of a unit: confirms or ends their rights at each review."""

    unit = peewee.ForeignKeyField(Unit, backref="heads", on_delete="CASCADE")
    account = peewee.ForeignKeyField(Account, backref="heads_of", on_delete="CASCADE")

    class Meta:
        indexes = ((("unit", "account"), True),)


class AccountNumber(BaseModel):
    """A telephone number of the person's own, in E.164: so that a listen to one's own or a colleague's call is seen."""

    account = peewee.ForeignKeyField(Account, backref="numbers", on_delete="CASCADE")
    number = peewee.CharField(index=True)

    class Meta:
        indexes = ((("account", "number"), True),)


class RoleGrant(BaseModel):
    """A right in force from one instant up to another: what is asked at every request. The decision that gave it,
    with its reasons, is `rights.models.Right`; nothing but `rights.effect` writes here."""

    account = peewee.ForeignKeyField(Account, backref="role_grants", on_delete="CASCADE")
    role = peewee.CharField()
    right = peewee.UUIDField(null=True, unique=True)
    """The uuid of the decision."""
    begins_at = UtcField()
    ends_at = UtcField(index=True)
    """From this instant on it gives nothing, whether or not anybody has looked at it since."""
    ended = peewee.BooleanField(default=False)
    """The end has come and is noted: a clock that is set back gives nothing again."""

    class Meta:
        indexes = ((("account", "ends_at"), False),)

    @classmethod
    def in_force(cls, moment: object) -> peewee.Expression:
        """As a condition; `moment` may be a slot of a prepared query."""
        return (cls.begins_at <= moment) & cls.lasting(moment)

    @classmethod
    def lasting(cls, moment: object) -> peewee.Expression:
        """In force at `moment`, or to be."""
        return (cls.ends_at > moment) & (cls.ended == False)  # noqa: E712 SQL


class QueueGrant(BaseModel):
    """A queue that a right is for."""

    grant = peewee.ForeignKeyField(RoleGrant, backref="queue_grants", on_delete="CASCADE")
    account = peewee.ForeignKeyField(Account, backref="queue_grants", on_delete="CASCADE")
    """The same as the grant's: what a range of sound asks is one join shorter."""
    queue = peewee.ForeignKeyField(Queue, on_delete="CASCADE")

    class Meta:
        indexes = ((("grant", "queue"), True),)


_ROLES = Prepared(
    lambda: (
        RoleGrant.select(RoleGrant.role)
        .where(RoleGrant.account == slot("account", Account.id), RoleGrant.in_force(slot("now", RoleGrant.ends_at)))
        .distinct()
    )
)
_QUEUES = Prepared(
    lambda: (
        QueueGrant.select(RoleGrant.role, QueueGrant.queue_id)
        .join(RoleGrant)
        .where(RoleGrant.account == slot("account", Account.id), RoleGrant.in_force(slot("now", RoleGrant.ends_at)))
        .distinct()
    )
)


class RecoveryCode(BaseModel):
    account = peewee.ForeignKeyField(Account, backref="recovery_codes", on_delete="CASCADE")
    code_hash = peewee.CharField()
    used_at = UtcField(null=True)


class Passkey(PublicModel):
    """A passkey or security key of a person (WebAuthn level 3): a second factor that no look-alike page can use."""

    account = peewee.ForeignKeyField(Account, backref="passkeys", on_delete="CASCADE")
    name = peewee.CharField()
    """What the person calls it."""
    credential_id = peewee.BlobField(unique=True)
    public_key = peewee.BlobField()
    """COSE key (RFC 9052)."""
    sign_count = peewee.BigIntegerField(default=0)
    """The greatest seen. One that is not greater, but for nought on both sides, is a copy of the key."""
    transports = peewee.CharField(default="")
    """Comma-separated, as the browser told: 'usb,nfc', 'internal'."""
    backed_up = peewee.BooleanField(default=False)
    """Held by more than one device of the person's."""
    created_at = UtcField(default=clock.now)
    used_at = UtcField(null=True)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """One's own alone."""
        return cls.select().where(cls.account == user.id)


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
    challenge_sealed = peewee.BlobField(null=True)
    """The WebAuthn challenge given to this session and not yet answered, with what it is for and until when; used up
    by the first answer."""
    proved_at = UtcField(null=True)
    """When the person last proved a second factor in this session: grave acts want it to be recent."""

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
