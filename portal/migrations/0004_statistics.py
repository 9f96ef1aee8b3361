"""What the planner knows of the recordings' indexes: a big register's proportions, fixed.

Without statistics SQLite takes the state's index for the most selective one, where in truth all but
a few rows are live, and a page of 50 calls reads the whole register. Rows written here rather than
by ANALYZE keep every plan the same from the first day on (sqlite.org/lang_analyze.html, "Fixed
Results Of ANALYZE"). Each figure: rows in all, then rows per value of the first column, of the first two.
"""

import peewee

STATISTICS = {
    "recording_state_expires_at": "1000000 300000 2",
    "recording_expires_at": "1000000 2",
    "recording_queue_id": "1000000 50000",
    "recording_queue_id_adviser_id": "1000000 50000 3000",
    "recording_adviser_id": "1000000 5000",
    "recording_number": "1000000 4",
    "recording_conversation": "1000000 2",
    "recording_content_key": "1000000 1",
    "recording_playable_render_attempts": "1000000 1000 500",
}


def up(migrator, db):
    if not isinstance(db, peewee.SqliteDatabase):
        return
    db.execute_sql("ANALYZE sqlite_master")  # makes the table of statistics
    for index, figures in STATISTICS.items():
        db.execute_sql("INSERT INTO sqlite_stat1(tbl, idx, stat) VALUES ('recording', ?, ?)", (index, figures))
    db.execute_sql("ANALYZE sqlite_master")  # reads it again in this connection


def down(migrator, db):
    if isinstance(db, peewee.SqliteDatabase):
        db.execute_sql("DELETE FROM sqlite_stat1 WHERE tbl = 'recording'")
        db.execute_sql("ANALYZE sqlite_master")
