"""Reaching into the log behind the portal's back, as someone with the database file could."""

from typing import Any

from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db


def fill(count: int, by: Any = None) -> None:
    """`count` entries, each in a transaction of its own."""
    for number in range(count):
        with db.atomic():
            record(Act.SEARCHED, by=by, hits=number)


def unguard() -> None:
    """Take away the database's own guards: the chain must stand without them."""
    names = db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    for (name,) in names.fetchall():
        db.execute_sql(f"DROP TRIGGER {name}")


def overwrite(number: int, column: str, value: Any) -> None:
    """Change one column of one entry."""
    done = db.execute_sql(f'UPDATE audit_entry SET "{column}" = ? WHERE id = ?', (value, number))
    assert done.rowcount == 1


def rehash(number: int) -> None:
    """Make the entry's own hash fit what it now says."""
    overwrite(number, "hash", chain.digest(chain.covered(Entry.get_by_id(number))))


def remove(number: int) -> None:
    assert db.execute_sql("DELETE FROM audit_entry WHERE id = ?", (number,)).rowcount == 1
