"""The log is append-only for the database too: no entry is changed, removed or put in between."""

import peewee

GUARDS = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry",
    # Also stops INSERT OR REPLACE, which deletes without firing the guard above.
    "audit_entry_in_order": (
        "BEFORE INSERT ON audit_entry WHEN NEW.id <> (SELECT COALESCE(MAX(id), 0) + 1 FROM audit_entry)"
    ),
}


def up(migrator, db):
    if isinstance(db, peewee.SqliteDatabase):
        for name, when in GUARDS.items():
            db.execute_sql(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END")


def down(migrator, db):
    if isinstance(db, peewee.SqliteDatabase):
        for name in GUARDS:
            db.execute_sql(f"DROP TRIGGER {name}")
