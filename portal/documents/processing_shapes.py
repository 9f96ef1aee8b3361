"""What the record of processing activities says (GDPR 30(1))."""

import dataclasses

from portal.documents.facts import Facts


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecordRow:
    label: str
    lines: list[str]
    """One or more, each by itself."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecordSection:
    letter: str
    """Of article 30(1): 'a' to 'g'."""
    title: str
    rows: list[RecordRow]
    """What the portal does, from its settings, rights and register."""
    described: list[RecordRow]
    """What the privacy description in force says of it, point by point; none: no description is in force."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProcessingRecord(Facts):
    at: str
    """The moment it is as of."""
    description_version: int | None
    """None: no privacy description is in force, and the record is of the portal alone."""
    description_from: str | None
    contradictions: int
    """Between that description and what the portal does."""
    sections: list[RecordSection]
    """All seven, in the article's order."""
