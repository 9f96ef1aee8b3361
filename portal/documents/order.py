"""What the press is asked to set: data only, and the same data give the same bytes."""

import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from portal.documents.kinds import Kind


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    kind: Kind
    language: str
    """'sv' or 'fi'."""
    id: uuid.UUID
    dated: dt.datetime
    """Aware; the date on the paper, and the PDF's own."""
    facts: dict[str, Any]
    """What the template says: JSON values only. Instants as ISO 8601 with offset, days as yyyy-mm-dd."""
    stationery: dict[str, Any]
    """The city's head, contacts and remedies in `language`, as `stationery.of` gives them."""
    corrects: str = ""
    """Id and date of the document that this one corrects, in words of the template's; '' when none."""
    draft: bool = False
    """Says UTKAST / LUONNOS on every page."""

    def canonical(self) -> bytes:
        """One spelling of all of it, for the digest and for the line to the typesetter."""
        plain = dataclasses.asdict(self) | {"id": str(self.id), "dated": self.dated.isoformat()}
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    def digest(self) -> str:
        """SHA-256 of the order, hex: what the foot prints, since no file can name its own hash."""
        return hashlib.sha256(self.canonical()).hexdigest()


@dataclasses.dataclass(frozen=True)
class Printed:
    pdf: bytes
    pages: int
