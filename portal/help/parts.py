"""What a help page is made of."""

import enum
from typing import NamedTuple


class Ask(enum.StrEnum):
    """Whom a person asks: those with a role, by its own word, or whoever answers for the unit."""

    HEAD = "head"
    MANAGER = "manager"
    CLERK = "clerk"
    CONTROLLER = "controller"
    DPO = "dpo"
    ADMIN = "admin"


class Why(NamedTuple):
    """Why something cannot be done: what people ask, the rule, and whom to ask on."""

    question: str
    rule: str
    ask: Ask | None = None


class Page(NamedTuple):
    """One task. Texts are Swedish, marked for the catalogue, and translated where they are shown."""

    title: str
    lead: str
    steps: tuple[str, ...]
    whys: tuple[Why, ...]
    of: tuple[str, ...]
    """The endpoints whose pages it explains; with `*` at the end all that begin so."""
    opens: tuple[tuple[str, str], ...]
    """The pages that it leads back to: endpoint and label, the first one the nearest."""
