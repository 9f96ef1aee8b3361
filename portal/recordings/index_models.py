"""How far the word index holds what the register does."""

import peewee

from portal.db import BaseModel


class IndexState(BaseModel):
    """One row."""

    rules = peewee.IntegerField()
    """The rules by which its entries are made (`recordings.index.RULES`); others are made anew."""
    below = peewee.BigIntegerField()
    """Calls with a lower key are yet to be entered; 0: none. The newest are entered first."""
