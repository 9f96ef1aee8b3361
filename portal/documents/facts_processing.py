"""What the paper of the record of processing activities says: what was gathered when it was ordered."""

import json
from typing import Any

from portal.documents.models import Document
from portal.documents.processing_shapes import ProcessingRecord, RecordRow, RecordSection


def record(document: Document) -> ProcessingRecord:
    kept = json.loads(document.content)["record"]
    sections = [
        RecordSection(
            letter=one["letter"], title=one["title"], rows=_rows(one["rows"]), described=_rows(one["described"])
        )
        for one in kept.pop("sections")
    ]
    return ProcessingRecord(**kept, sections=sections)


def _rows(kept: list[dict[str, Any]]) -> list[RecordRow]:
    return [RecordRow(**row) for row in kept]
