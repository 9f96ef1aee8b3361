"""Rights asked for and decided, for the tests of what becomes of them."""

import datetime as dt

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.rights import asking, emergency, granting
from portal.rights.models import Right
from tests.people import People

NOW = dt.datetime(2026, 9, 14, 9, 0, tzinfo=dt.UTC)
WORDS = "zqsvarar i telefonen för skolorna i höst"
DAY = dt.timedelta(days=1)


def ask(people: People, account: Account | None = None, *, by: Account | None = None, **more) -> Right:
    """The manager asks that the adviser may hear the technical service for a month."""
    facts = {
        "role": Role.ADVISER,
        "queues": [people.technical],
        "reason": WORDS,
        "first_on": clock.today(),
        "last_on": clock.today() + 30 * DAY,
        **more,
    }
    return asking.ask(account or people.adviser, **facts, by=by or people.manager)


def granted(people: People, account: Account | None = None, *, by: Account | None = None, **more) -> Right:
    return granting.grant(ask(people, account, **more), by=by or people.decider)


def given(people: People, account: Account | None = None, *, by: Account | None = None, **more) -> Right:
    """In an emergency."""
    facts = {"role": Role.ADVISER, "queues": [people.technical], "reason": WORDS, "hours": 8, **more}
    return emergency.give(account or people.adviser, **facts, by=by or people.manager)


def acts() -> list[str]:
    """What the log says was done with rights, without the reading of them."""
    rows = Entry.select(Entry.act).where(Entry.act.startswith("rights:")).order_by(Entry.id)
    return [act.split(":")[1] for (act,) in rows.tuples() if act not in ("rights:viewed", "rights:listed")]


def fresh(row):
    return type(row).get_by_id(row.id)
