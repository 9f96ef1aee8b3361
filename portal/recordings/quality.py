"""The quality of a call, judged by someone who has heard it for that: a few questions (a setting), one review per
person and call.

It is a word about the service, and about how the adviser gave it. So the adviser reads what was said of the own calls
and by whom, other advisers do not, and what is counted of many reviews names nobody (`quality_figures`). A review goes
with its call; the comment may be about the caller too, so an answer to their request has it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import Few, db, few
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.recordings import actions
from portal.recordings.entries import COMMENT_MOST as COMMENT_MOST
from portal.recordings.models import Listen, Purpose, Recording
from portal.recordings.quality_models import Answer, QualityAnswer, QualityReview


class NotHeard(Invalid):
    text = N_("Lyssna först på samtalet med ändamålet Tjänstens kvalitet. Det som du inte har hört kan du inte bedöma.")


class OwnCall(Invalid):
    text = N_("Du svarade själv på samtalet. Någon annan bedömer det.")


class Unanswered(Invalid):
    text = N_("Svara på alla frågor. Välj Inte aktuellt när saken inte kom upp i samtalet.")


class PersonalCode(Invalid):
    text = N_("Skriv ingen personbeteckning i bedömningen.")


class Changed(Conflict):
    text = N_(
        "Din bedömning har sparats i ett annat fönster sedan du öppnade den. Ladda om sidan och se hur den är nu."
    )


class Question(NamedTuple):
    code: str
    sv: str
    fi: str

    def text(self, language: str) -> str:
        return self.fi if language == "fi" else self.sv


class Review(NamedTuple):
    """A review as it is shown."""

    row: QualityReview
    answers: dict[str, Answer]
    """By the question's code, in the order of the setting; what is asked no more last."""


def questions() -> tuple[Question, ...]:
    """What is asked now."""
    return tuple(
        Question(*config.named_parts("quality_questions", line)) for line in config.settings().quality_questions
    )


def may_review(recording: Recording, *, by: Account) -> bool:
    """Is the call one that `by` may judge, once it is heard? Nobody judges what they answered themselves."""
    return (
        by.may_in(recording.queue_id, Permission.RECORDINGS_REVIEW)
        and recording.adviser_id != by.id
        and not recording.over
    )


def reads(recording: Recording, *, by: Account) -> bool:
    """Does `by` see the call's reviews? The adviser who answered does, and those who review in its queue."""
    return bool(recording.adviser_id == by.id or by.may_in(recording.queue_id, Permission.RECORDINGS_REVIEW))


def heard(recording: Recording, *, by: Account) -> bool:
    """Has its sound left for `by` with the service's quality as the purpose?"""
    return bool(
        Listen.select()
        .where(
            Listen.recording == recording.id,
            Listen.account == by.id,
            Listen.purpose == Purpose.QUALITY,
            Listen.started_at.is_null(False),
        )
        .exists()
    )


@db.atomic()
def judge(
    recording: Recording, answers: Mapping[str, str], comment: str, *, earlier: int | None, by: Account
) -> QualityReview:
    """Save the review that `by` makes of the call; `earlier` is the version of the own one that it was made from, None
    for a first. Sent again as it stands already, nothing is done.

    Raises NotFound and Restricted as `actions.get` does, OwnCall, NotHeard, Unanswered, PersonalCode; Changed when
    another version stands by now.
    """
    recording = actions.get(recording.uuid, by=by, doing=Permission.RECORDINGS_REVIEW)
    if recording.adviser_id == by.id:
        raise OwnCall
    if not heard(recording, by=by):
        raise NotHeard
    given = _given(answers)
    if personal_codes.holds(comment):
        raise PersonalCode
    standing = own(recording, by=by)
    if standing is None:
        return _first(recording, given, comment, by=by)
    row = standing.row
    altered = {code for code, answer in given.items() if standing.answers.get(code) != answer}
    if not altered and comment == row.comment:
        return row
    changed = QualityReview.update(comment=comment, changed_at=clock.now(), version=QualityReview.version + 1).where(
        QualityReview.id == row.id, QualityReview.author == by.id, QualityReview.version == earlier
    )
    if changed.execute() != 1:
        raise Changed
    QualityAnswer.delete().where(QualityAnswer.review == row.id).execute()
    _answer(row, {**standing.answers, **given})
    told = {"assessment": row.uuid.hex, "answers": len(altered), "characters": len(comment)}
    record(Act.QUALITY_CHANGED, recording, by=by, **told)
    return QualityReview.get_by_id(row.id)


def _first(recording: Recording, given: Mapping[str, Answer], comment: str, *, by: Account) -> QualityReview:
    made: QualityReview = QualityReview.create(recording=recording, author=by, comment=comment)
    _answer(made, given)
    told = {"assessment": made.uuid.hex, "answers": len(given), "characters": len(comment)}
    record(Act.QUALITY_REVIEWED, recording, by=by, **told)
    return made


def _answer(review: QualityReview, given: Mapping[str, Answer]) -> None:
    rows = [{"review": review.id, "question": code, "answer": answer} for code, answer in given.items()]
    QualityAnswer.insert_many(rows).execute()


def _given(answers: Mapping[str, str]) -> dict[str, Answer]:
    """One of the answers to each question that is asked. Raises Unanswered."""
    try:
        return {question.code: Answer(answers[question.code]) for question in questions()}
    except (KeyError, ValueError) as error:
        raise Unanswered from error


def own(recording: Recording, *, by: Account) -> Review | None:
    """The review that `by` has made of the call."""
    return next(iter(_reviews(recording, QualityReview.author == by.id)), None)


def of(recording: Recording, *, by: Account) -> list[Review]:
    """The call's reviews with who made them, the oldest first; none for those who do not read them."""
    return _reviews(recording) if reads(recording, by=by) else []


def comments(recording: Recording) -> list[QualityReview]:
    """What was written in the reviews of the call, with the author: for whoever answers the caller's request."""
    rows = QualityReview.select(QualityReview, Account).join(Account).where(QualityReview.recording == recording.id)
    return list(rows.where(QualityReview.comment != "").order_by(QualityReview.id))


def _reviews(recording: Recording, *which: object) -> list[Review]:
    rows = (
        QualityReview.select(QualityReview, Account)
        .join(Account)
        .where(QualityReview.recording == recording.id, *which)
        .order_by(QualityReview.id)
    )
    places = {question.code: place for place, question in enumerate(questions())}
    found = []
    for row in rows:
        answers = QualityAnswer.select(QualityAnswer.question, QualityAnswer.answer).where(
            QualityAnswer.review == row.id
        )
        ordered = sorted(answers.tuples(), key=lambda one: (places.get(one[0], len(places)), one[0]))
        found.append(Review(row, {code: Answer(answer) for code, answer in ordered}))
    return found


class Reviewed(NamedTuple):
    """A review of one's own call, for the list of them."""

    recording: Recording
    reviewer: str
    at: dt.datetime
    changed_at: dt.datetime | None


MOST = 200


def of_mine(*, by: Account, most: int) -> Few:
    """The reviews (`Reviewed`) of the calls that `by` answered and still may find, the newest first."""
    mine = Recording.visible_to(by).select(Recording.id).where(Recording.adviser == by.id)
    rows = (
        QualityReview.select(QualityReview, Recording, Account)
        .join(Recording)
        .switch(QualityReview)
        .join(Account, on=(QualityReview.author == Account.id))
        .where(QualityReview.recording.in_(mine))
        .order_by(QualityReview.id.desc())
    )
    found = few(rows, most)
    reviews = [Reviewed(row.recording, row.author.name, row.created_at, row.changed_at) for row in found.rows]
    return Few(reviews, found.count)
