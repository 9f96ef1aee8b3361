"""The privacy description as it is published, with the words it has before anybody changes them: on paper, by both
standards, in both languages."""

import re

from portal.documents import composing
from portal.documents.models import Document
from portal.language import LANGUAGES, translator
from portal.register import descriptions
from portal.register.points import POINTS
from tests.documents import looked_at
from tests.register.described import published


def test_the_published_description_keeps_both_standards_and_says_every_point_in_its_language(
    people, real_press, verapdf
):
    row = published(people)
    texts = descriptions.content(row)
    for language in LANGUAGES:
        document = Document.get(Document.language == language, Document.owner_key == row.uuid.hex)
        pdf = real_press.set(composing.compose(document)).pdf
        assert not verapdf.faults(pdf)
        say, said = translator(language), re.sub(r"\s", "", looked_at.text(pdf))
        assert len(looked_at.structure(pdf, said=False).all("H2")) == len(POINTS)
        for n, point in enumerate(POINTS, 1):
            begins = f"{n}.{say(point.title)}{texts[point.code][language][:40]}"
            assert re.sub(r"\s", "", begins) in said, point.code
