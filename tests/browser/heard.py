"""What the officer looks at: listens at all hours by several people, a month's summary, and the two extracts."""

import datetime as dt

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.documents import actions as documents
from portal.documents.kinds import Kind
from portal.oversight import extracts, listens
from portal.recordings.models import Purpose, Recording
from tests.people import People


def fill(people: People, recording: Recording, *, words: str) -> list[str]:
    """The addresses of their pages."""
    now, who = clock.now(), (people.adviser, people.manager, people.clerk, people.outsider)
    for n in range(60):
        with clock.frozen(now - dt.timedelta(minutes=20 * (60 - n))), db.atomic():
            purpose = list(Purpose)[n % len(Purpose)]
            reference = "BST/77/2026" if purpose == Purpose.REQUEST else ""
            record(Act.PLAYED, recording, by=who[n % 4 if n % 7 else 0], purpose=purpose, reference=reference)
    listens.count_due()
    today, dpo = clock.today(), people.dpo
    month = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    reason = {"ground": "suspicion", "words": words[:900], "language": "sv", "by": dpo}
    papers = [
        documents.draft_month(month, language="sv", by=None, kind=Kind.LOG_MONTH),
        documents.draft_month(month, language="fi", by=None, kind=Kind.LOG_MONTH),
        extracts.for_caller(recording.number or "", language="fi", case="BST/77/2026", by=dpo),
        extracts.of_employee(people.adviser, first=today - dt.timedelta(days=9), last=today, **reason),
    ]
    return [
        *(f"/documents/{paper.uuid}" for paper in papers),
        f"/oversight/months/{month:%Y-%m}",
        f"/oversight/extracts?person={people.adviser.uuid}",
    ]
