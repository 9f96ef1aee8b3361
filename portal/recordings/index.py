"""The word index over recordings (SQLite FTS5). The only module besides `db.py` that speaks SQLite."""

from portal.db import db

CREATE = """
CREATE VIRTUAL TABLE IF NOT EXISTS recording_index USING fts5(
    words, facets, prefix='2 3 4 5 6', tokenize="unicode61 remove_diacritics 0"
)
"""


def create() -> None:
    db.execute_sql(CREATE)


def put(recording) -> None:
    """Index a recording anew."""


def remove(key: int) -> None:
    """Forget a recording's words."""
