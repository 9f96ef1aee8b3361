"""What the paper of a published privacy description says."""

import uuid

from portal.documents.description_shapes import DescribedPoint, PrivacyDescription
from portal.documents.models import Document
from portal.language import translator
from portal.register import descriptions
from portal.register.description_models import Description
from portal.register.points import POINTS


def description(document: Document) -> PrivacyDescription:
    row: Description = Description.get(Description.uuid == uuid.UUID(document.owner_key))
    texts, say = descriptions.content(row), translator(document.language)
    return PrivacyDescription(
        version=row.version,
        valid_from=row.valid_from.isoformat(),
        points=[DescribedPoint(title=say(point.title), text=texts[point.code][document.language]) for point in POINTS],
    )
