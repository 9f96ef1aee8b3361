"""How a review of user rights went: every right with what was answered, by whom."""

import datetime as dt

from portal import clock
from portal.accounts.words import ROLE_NAMES
from portal.documents.models import Document
from portal.documents.review_shapes import Reviewed, RightsReview
from portal.language import translator
from portal.rights import review as reviewing
from portal.rights import review_reading, review_words
from portal.rights.models import Verdict


def review(document: Document) -> RightsReview:
    under, say = reviewing.named(document.owner_key), translator(document.language)
    counts = reviewing.tally(under)
    return RightsReview(
        year=under.year,
        quarter=under.quarter,
        opened_on=_day(under.opened_at) or "",
        due_on=under.due_on.isoformat(),
        closed_on=_day(under.closed_at),
        total=sum(counts.values()),
        confirmed=counts[Verdict.CONFIRMED],
        ended=counts[Verdict.ENDED],
        lapsed=counts[Verdict.LAPSED],
        gone=counts[Verdict.GONE],
        lines=[
            Reviewed(
                person=row.person.name,
                unit=row.person.unit.name(document.language) if row.person.unit is not None else "",
                role=say(ROLE_NAMES[row.line.right.role]),
                queues=[queue.name(document.language) for queue in row.queues],
                last_on=row.line.right.last_on.isoformat(),
                signed_in_on=_day(row.line.signed_in_at),
                listened_on=_day(row.line.listened_at),
                unused=row.unused,
                verdict=row.line.verdict or "",
                verdict_words=say(review_words.VERDICTS[row.line.verdict]) if row.line.verdict else "",
                by=row.answered_by,
                answered_on=_day(row.line.at),
                reason=row.line.reason,
            )
            for row in review_reading.rows(under, by=None)
        ],
    )


def _day(moment: dt.datetime | None) -> str | None:
    return clock.local(moment).date().isoformat() if moment is not None else None
