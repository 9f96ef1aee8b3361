"""The named people of the tests, and the queues they work at."""

import datetime as dt
import functools

import pyotp

from portal import clock, db
from portal.accounts import passwords, sessions
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.accounts.permissions import Role
from portal.queues.models import Queue
from portal.vault import box

PASSWORD = "hallon-och-kardemumma-7"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@functools.cache
def password_hash() -> str:
    """Of PASSWORD; once for all people."""
    return passwords.hashed(PASSWORD)


def queue(number: str, name_sv: str, name_fi: str, tells: bool = True) -> Queue:
    return Queue.create(number=number, name_sv=name_sv, name_fi=name_fi, tells_callers=tells)


EVER = dt.datetime(2100, 1, 1, tzinfo=clock.UTC)


def grant(account: Account, role: Role, queues=(), *, until: dt.datetime = EVER) -> RoleGrant:
    """A right in force, without the decision behind it."""
    since = dt.datetime(2000, 1, 1, tzinfo=clock.UTC)
    row = RoleGrant.create(account=account, role=role, begins_at=since, ends_at=until)
    if queues:
        QueueGrant.insert_many([{"grant": row, "account": account, "queue": q} for q in queues]).execute()
    return row


def person(username: str, name: str, *roles: Role, queues=(), language="sv", extension=None) -> Account:
    account = Account(
        username=username,
        name=name,
        language=language,
        extension=extension,
        password_hash=password_hash(),
        password_temporary=False,
    )
    account.totp_sealed = box.seal("totp", account.uuid.bytes, TOTP.encode())
    account.save(force_insert=True)
    for role in roles:
        grant(account, role, queues)
    return Account.get_by_id(account.id)


def code() -> str:
    """A TOTP code for now (by the portal's clock)."""
    return pyotp.TOTP(TOTP).at(clock.now())


class People:
    """`people.adviser` hears day care, `people.manager` day care and technical service; an outsider
    is an adviser of another queue. Made on first use."""

    def __init__(self) -> None:
        with db.db.atomic():  # most tests begin with them: one commit
            self._make()

    def _make(self) -> None:
        self.daycare = queue("2001", "Småbarnspedagogik", "Varhaiskasvatus")
        self.technical = queue("2002", "Tekniska servicen", "Tekniset palvelut")
        self.elderly = queue("2003", "Äldreomsorg", "Vanhuspalvelut", tells=False)
        both = (self.daycare, self.technical)
        self.adviser = person("karin", "Karin Testström", Role.ADVISER, queues=(self.daycare,), extension="201")
        self.manager = person("maria", "Maria Chefberg", Role.MANAGER, queues=both, extension="301")
        self.second_manager = person("mikko", "Mikko Esihenkilö", Role.MANAGER, queues=both, language="fi")
        self.clerk = person("kerstin", "Kerstin Handström", Role.CLERK, queues=(*both, self.elderly))
        self.decider = person("dag", "Dag Beslutman", Role.CONTROLLER)
        self.dpo = person("disa", "Disa Ombudslund", Role.DPO)
        self.admin = person("arvo", "Arvo Ylläpitäjä", Role.ADMIN, language="fi")
        self.outsider = person("olli", "Olli Ulkopuolinen", Role.ADVISER, queues=(self.elderly,), language="fi")

    @functools.cached_property
    def delegate(self) -> Account:
        """A second one who decides."""
        return person("doris", "Doris Delegatkulla", Role.CONTROLLER)


def cookie_token(account: Account) -> str:
    """The token of a fresh, fully signed-in session, its second factor just proven."""
    return sessions.open_session(account, sessions.FULL, device="test", proved_at=clock.now())[0]
