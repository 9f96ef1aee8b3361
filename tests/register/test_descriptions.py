"""The privacy description from draft to publication: who may do what, what is written, what the log says."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.cases.personal_codes import PersonalCode
from portal.documents.kinds import Kind
from portal.documents.models import Document, State
from portal.errors import Denied, NotFound
from portal.language import LANGUAGES
from portal.register import comparing, contradictions, descriptions
from portal.register.description_models import Description, DescriptionState
from portal.register.points import CODES, POINTS
from tests.cases.made import fresh
from tests.recordings.hearing import acts
from tests.register.described import REASON, answers, changed, drafted, proposed, published

SAID = {"told": {"sv": "Den som ringer får veta det.", "fi": "Soittajalle kerrotaan se."}}


@pytest.fixture(autouse=True)
def told(people):
    """Every line in use tells its callers: nothing contradicts the default text."""
    people.elderly.tells_callers = True
    people.elderly.save()


def test_a_register_has_twenty_points_and_the_first_draft_says_something_true_of_each(people):
    row = drafted(people)
    texts = descriptions.content(row)
    assert len(POINTS) == len(texts) == 20
    assert not descriptions.lacking(row)
    assert not contradictions.of(texts)
    assert not [text for both in texts.values() for text in both.values() if "{" in text or "\u00a0" in text]
    assert (row.state, row.made_by_id, row.changed_by_id) == ("draft", people.clerk.id, people.clerk.id)
    assert acts(Act.DESCRIPTION_DRAFTED)[-1].by == people.clerk.uuid
    with pytest.raises(descriptions.UnderWay):
        descriptions.draft(by=people.decider)


@pytest.mark.parametrize("who", ["adviser", "manager", "dpo", "admin"])
def test_only_those_who_write_it_write_and_only_those_who_decide_publish(people, who):
    by, row = getattr(people, who), proposed(people)
    how = {"seen": row.seen, "by": by}
    for act in (
        lambda: descriptions.draft(by=by),
        lambda: descriptions.change(row, SAID, **how),
        lambda: descriptions.propose(row, **how),
        lambda: descriptions.drop(row, **how),
        lambda: descriptions.give_back(row, words=REASON, **how),
        lambda: descriptions.publish(row, valid_from=clock.today(), answers={}, **how),
        lambda: descriptions.publish(row, valid_from=clock.today(), answers={}, seen=row.seen, by=people.clerk),
    ):
        with pytest.raises(Denied):
            act()
    assert fresh(row).seen == row.seen
    if who != "dpo":  # who oversees it
        with pytest.raises(NotFound):
            descriptions.get(row.uuid, by=by)


def test_a_change_is_kept_with_its_points_in_the_log_and_one_that_saw_an_older_text_is_refused(people):
    row = drafted(people)
    now = descriptions.change(row, SAID, seen=row.seen, by=people.decider)
    assert descriptions.content(now)["told"] == SAID["told"]
    assert descriptions.content(now)["storage"] == descriptions.content(row)["storage"]
    assert now.changed_by_id == people.decider.id
    assert json.loads(acts(Act.DESCRIPTION_CHANGED)[-1].detail)["points"] == ["told"]
    assert descriptions.change(now, SAID, seen=now.seen, by=people.clerk).changed_by_id == people.decider.id
    with pytest.raises(descriptions.DescriptionChanged):
        descriptions.change(row, {"name": SAID["told"]}, seen=row.seen, by=people.clerk)
    with pytest.raises(PersonalCode):
        descriptions.change(now, {"name": {"sv": "Ring 010101-123N."}}, seen=now.seen, by=people.clerk)
    with pytest.raises(descriptions.TextTooLong):
        descriptions.change(now, {"name": {"sv": "a" * 4001}}, seen=now.seen, by=people.clerk)
    assert len(acts(Act.DESCRIPTION_CHANGED)) == 1


def test_a_proposal_has_every_text_and_is_not_changed_until_it_is_returned(people):
    row = changed(people, {"basis": {"fi": "–"}})
    with pytest.raises(descriptions.TextsMissing) as refused:
        descriptions.propose(row, seen=row.seen, by=people.clerk)
    assert refused.value.params["points"] == ["basis"]
    row = descriptions.change(row, {"basis": {"fi": "Yleistä etua koskeva tehtävä."}}, seen=row.seen, by=people.clerk)
    asked = descriptions.propose(row, seen=row.seen, by=people.clerk)
    with pytest.raises(descriptions.DescriptionChanged):
        descriptions.change(asked, SAID, seen=asked.seen, by=people.decider)
    with pytest.raises(descriptions.DescriptionChanged):
        descriptions.propose(row, seen=row.seen, by=people.clerk)
    with pytest.raises(descriptions.WordsNeeded):
        descriptions.give_back(asked, words="Nej.", seen=asked.seen, by=people.decider)
    back = descriptions.give_back(asked, words=REASON, seen=asked.seen, by=people.decider)
    assert (back.state, back.proposed_by, back.returned_words) == ("draft", None, REASON)
    with pytest.raises(descriptions.DescriptionChanged):
        descriptions.give_back(asked, words=REASON, seen=asked.seen, by=people.decider)
    assert [row.by for row in (acts(Act.DESCRIPTION_PROPOSED)[-1], acts(Act.DESCRIPTION_RETURNED)[-1])] == [
        people.clerk.uuid,
        people.decider.uuid,
    ]
    again = descriptions.propose(back, seen=back.seen, by=people.decider)
    assert again.returned_words == ""
    with pytest.raises(Denied):
        descriptions.give_back(again, words=REASON, seen=again.seen, by=people.clerk)
    descriptions.give_back(again, words=REASON, seen=again.seen, by=people.decider)  # who proposed it, or may publish


def test_neither_who_proposed_it_nor_who_wrote_in_it_last_approves_it(people):
    row = changed(people, SAID, by=people.decider)
    asked = descriptions.propose(row, seen=row.seen, by=people.clerk)
    how = {"valid_from": clock.today(), "answers": answers(asked), "seen": asked.seen}
    with pytest.raises(descriptions.OwnDescription):
        descriptions.publish(asked, **how, by=people.decider)
    stale = Description(**{**asked.__data__, "changed_by": people.clerk.id})  # as it was before the decider wrote
    with pytest.raises(descriptions.DescriptionChanged):
        descriptions.publish(stale, **how, by=people.decider)
    done = descriptions.publish(asked, **how, by=people.delegate)
    assert (done.version, done.approved_by_id) == (1, people.delegate.id)


def test_what_is_published_is_numbered_ordered_as_pdf_and_logged_and_is_never_changed(people):
    done = published(people, SAID)
    entry = acts(Act.DESCRIPTION_PUBLISHED)[-1]
    said = {"version": 1, "valid_from": clock.today().isoformat(), "contradictions": 0}
    assert (entry.by, entry.subject, json.loads(entry.detail)) == (people.decider.uuid, done.uuid, said)
    papers = list(Document.select().where(Document.owner_key == done.uuid.hex))
    assert {(row.kind, row.language, row.state) for row in papers} == {
        (Kind.PRIVACY_DESCRIPTION, language, State.ORDERED) for language in LANGUAGES
    }
    assert descriptions.current() == done
    for act in (
        lambda: descriptions.change(done, {"name": SAID["told"]}, seen=done.seen, by=people.clerk),
        lambda: descriptions.drop(done, seen=done.seen, by=people.clerk),
        lambda: descriptions.propose(done, seen=done.seen, by=people.clerk),
        lambda: descriptions.publish(done, valid_from=clock.today(), answers={}, seen=done.seen, by=people.delegate),
    ):
        with pytest.raises(descriptions.DescriptionChanged):
            act()
    following = drafted(people)
    assert descriptions.content(following) == descriptions.content(done)


def test_a_version_is_in_force_from_its_day_and_never_before_the_one_it_follows(people):
    today = clock.today()
    first = published(people)
    second = published(people, SAID, valid_from=today + dt.timedelta(days=10))
    assert descriptions.current() == first
    assert descriptions.coming() == second
    assert descriptions.current(today + dt.timedelta(days=9)) == first
    assert descriptions.current(today + dt.timedelta(days=10)) == second
    assert descriptions.current(today - dt.timedelta(days=1)) is None
    assert descriptions.before(second) == first
    third = proposed(people)
    how = {"answers": {}, "seen": third.seen, "by": people.decider}
    with pytest.raises(descriptions.ValidBefore):
        descriptions.publish(third, valid_from=today + dt.timedelta(days=9), **how)
    with pytest.raises(descriptions.ValidPast):
        descriptions.publish(third, valid_from=today - dt.timedelta(days=1), **how)
    with pytest.raises(descriptions.ValidFar):
        descriptions.publish(third, valid_from=today.replace(year=today.year + 35), **how)
    assert [row.version for row in descriptions.published()] == [2, 1]


def test_each_contradiction_is_answered_by_the_one_who_approves_and_the_answer_stays(people):
    row = proposed(people, {"storage": {"sv": "Samtalen raderas efter 6 månader. Hotsamtal finns längre."}})
    found = contradictions.of(descriptions.content(row))
    assert [one.key for one in found] == ["storage-time_6_month-sv", "storage-months-sv", "storage-times_differ"]
    how = {"valid_from": clock.today(), "seen": row.seen, "by": people.decider}
    with pytest.raises(descriptions.ReasonsNeeded) as refused:
        descriptions.publish(row, answers={found[0].key: REASON, found[1].key: "kort"}, **how)
    assert refused.value.params["keys"] == [found[1].key, found[2].key]
    with pytest.raises(PersonalCode):
        descriptions.publish(row, answers=dict.fromkeys([one.key for one in found], "010101-123N, 010101-123N"), **how)
    assert fresh(row).state == DescriptionState.PROPOSED
    done = descriptions.publish(row, answers=answers(row), **how)
    assert [(one["key"], one["sv"], one["reason"]) for one in descriptions.answered(done)] == [
        (one.key, one.words, REASON) for one in found
    ]
    assert json.loads(acts(Act.DESCRIPTION_PUBLISHED)[-1].detail)["contradictions"] == 3


def test_a_contradiction_that_came_after_the_page_was_shown_is_to_be_answered_too(people):
    row = proposed(people)
    people.elderly.tells_callers = False
    people.elderly.save()
    with pytest.raises(descriptions.ReasonsNeeded) as refused:
        descriptions.publish(row, valid_from=clock.today(), answers={}, seen=row.seen, by=people.decider)
    assert refused.value.params["keys"] == ["told-untold_2003-sv", "told-untold_2003-fi"]


def test_a_draft_that_is_dropped_leaves_no_words_and_room_for_another(people):
    row = changed(people, SAID)
    descriptions.drop(row, seen=row.seen, by=people.decider)
    gone = fresh(row)
    assert (gone.state, gone.content, gone.under_way) == ("dropped", "{}", None)
    assert acts(Act.DESCRIPTION_DROPPED)[-1].by == people.decider.uuid
    with pytest.raises(descriptions.DescriptionChanged):
        descriptions.drop(row, seen=row.seen, by=people.clerk)
    assert drafted(people).state == "draft"


def test_versions_are_compared_word_by_word(people):
    before = descriptions.content(published(people))
    now = {code: dict(both) for code, both in before.items()}
    now["told"]["sv"] = before["told"]["sv"].replace("i början av", "innan") + " Det är allt."
    (change,) = comparing.changes(before, now)
    assert (change.point, change.language) == ("told", "sv")
    assert [(kind, text.strip()) for kind, text in change.parts if kind != "same"] == [
        ("gone", "i början av"),
        ("new", "innan"),
        ("gone", "staden."),
        ("new", "staden. Det är allt."),
    ]
    assert "".join(text for kind, text in change.parts if kind != "new") == before["told"]["sv"]
    assert "".join(text for kind, text in change.parts if kind != "gone") == now["told"]["sv"]
    assert set(now) == set(CODES)
