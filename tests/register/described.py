"""A privacy description in each of its states."""

import datetime as dt

from portal import clock
from portal.register import contradictions, descriptions
from portal.register.description_models import Description

REASON = "Meddelandet spelas in den här veckan."


def drafted(people) -> Description:
    return descriptions.draft(by=people.clerk)


def changed(people, texts, *, by=None) -> Description:
    """A draft with some texts of its own."""
    row = drafted(people)
    return descriptions.change(row, texts, seen=row.seen, by=by or people.clerk)


def proposed(people, texts=None) -> Description:
    row = changed(people, texts or {})
    return descriptions.propose(row, seen=row.seen, by=people.clerk)


def answers(row: Description) -> dict[str, str]:
    return {one.key: REASON for one in contradictions.of(descriptions.content(row))}


def published(people, texts=None, *, valid_from: dt.date | None = None) -> Description:
    row = proposed(people, texts)
    how = {"valid_from": valid_from or clock.today(), "answers": answers(row), "seen": row.seen}
    return descriptions.publish(row, **how, by=people.decider)
