"""Quality reviews for the browser to look at: a call that two have judged, and twelve months of what reviews say."""

from portal import clock
from portal.db import db
from portal.recordings import quality
from portal.recordings.models import Listen, Recording
from portal.recordings.quality_models import Answer, QualityAnswer, QualityReview
from portal.register.counting import ADVISERS, What
from portal.register.figure_models import DayFigure, DaySettled
from tests.people import People

SPREAD = ((Answer.YES, 23), (Answer.PARTLY, 4), (Answer.NO, 2), (Answer.NOT_APPLICABLE, 3))


def fill(people: People, recording: Recording, *, words: str) -> list[str]:
    """The addresses of pages that no link leads to. Needs the settled days of `figures`."""
    codes = [question.code for question in quality.questions()]
    for author, answer in ((people.manager, Answer.PARTLY), (people.second_manager, Answer.NO)):
        row = QualityReview.create(recording=recording, author=author, comment=words[:600], changed_at=clock.now())
        for code in codes:
            QualityAnswer.create(review=row, question=code, answer=answer)
    months = sorted({day.replace(day=1) for (day,) in DaySettled.select(DaySettled.day).tuples()})
    rows = []
    for place, month in enumerate(months):
        for queue in (people.daycare.id, people.technical.id):
            few = 20 if place == 5 else 0
            for number, code in enumerate(codes):
                rows.append((month, queue, What.QUALITY, code + ADVISERS, 2 if place == 3 else 5))
                rows += [
                    (month, queue, What.QUALITY, f"{code}:{answer}", max(1, count - number * place - few))
                    for answer, count in SPREAD
                ]
    with db.atomic():
        DayFigure.insert_many(
            rows, fields=[DayFigure.day, DayFigure.queue_id, DayFigure.what, DayFigure.of, DayFigure.count]
        ).execute()
    heard = Listen.select().where(Listen.recording == recording.id, Listen.account == people.manager.id)
    return [f"/recordings/{recording.uuid}/review"] if heard.exists() else []
