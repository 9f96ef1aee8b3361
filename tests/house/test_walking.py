"""Who walks a query may write for each row of it, whatever others write meanwhile."""

import contextlib
import sqlite3

from portal.accounts.models import Account
from portal.db import db
from tests.people import People


def test_a_row_is_written_for_each_row_of_a_query_while_others_write_too(settings, people: People):
    with contextlib.closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
        walked = 0
        for account in Account.select().order_by(Account.id):
            other.execute("UPDATE account SET name = name || '.'")
            with db.atomic():
                walked += Account.update(language="fi").where(Account.id == account.id).execute()
    assert walked == Account.select().count() > 2
