"""What the paper of the privacy description says."""

import dataclasses

from portal.documents.facts import Facts


@dataclasses.dataclass(frozen=True, kw_only=True)
class DescribedPoint:
    title: str
    text: str
    """An empty line parts paragraphs."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PrivacyDescription(Facts):
    """One published version (GDPR 13, 14)."""

    version: int
    valid_from: str
    points: list[DescribedPoint]
    """All twenty, in order."""
