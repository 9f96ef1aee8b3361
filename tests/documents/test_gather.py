"""What the gatherers read out of the register: what its pages say, as of the right moment, in the right language."""

import datetime as dt
import uuid

import pytest

from portal import clock, db
from portal.audit import actions as audit
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import Question
from portal.documents import actions, composing, facts_log, months_due, setting
from portal.documents.models import Document, State
from portal.documents.press import Press
from portal.retention import months, protocol
from portal.retention.models import PurgeLine
from tests.calls import recording
from tests.documents import chosen, made


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(made.NOW):
        yield


def noted(act: Act, *, by=None, subject=None, **detail) -> Entry:
    with db.db.atomic():
        return audit.record(act, subject, by=by, **detail)


def facts(document: Document) -> dict:
    return composing.compose(made.fresh(document)).facts


def day(people, which=made.DAY, language="sv") -> dict:
    return facts(actions.order_day(which, language=language, by=people.dpo))


def test_a_day_says_what_its_page_says(people):
    made.october(people)
    found, shown = day(people), protocol.of(made.DAY, people.dpo)
    assert (found["total"], [line["id"] for line in found["lines"]]) == (
        shown.total,
        [str(line.subject) for line in protocol.lines(made.DAY, people.dpo)],
    )
    assert found["rules"] == [
        {"code": "retention:3-months:1", "words": "Lagringstid 3 månader från samtalets slut", "count": 3}
    ]
    assert found["keys_gone_by"] == shown.keys_gone_by.isoformat()
    assert (found["start"], found["end"]) == (shown.start.isoformat(), shown.end.isoformat())
    assert {line["queue"] for line in found["lines"]} == {"Småbarnspedagogik"}


def test_a_day_that_is_25_hours_long_holds_its_last_hour(people):
    long_day = dt.date(2026, 10, 25)
    line = made.deleted(clock.day_start(long_day) + dt.timedelta(hours=24, minutes=30))
    assert [each["id"] for each in day(people, long_day)["lines"]] == [str(line.subject)]


def test_words_are_in_the_documents_language_whoever_orders_it(people):
    made.october(people)
    found = day(people, language="fi")
    assert {line["queue"] for line in found["lines"]} == {"Varhaiskasvatus"}
    assert found["rules"][0]["words"] != "Lagringstid 3 månader från samtalets slut"


def test_what_held_a_deletion_back_is_what_was_known_when_the_day_ended(people):
    made.october(people)
    line = PurgeLine.get(PurgeLine.failure == "EIO")
    end = protocol.bounds(made.DAY)[1]

    class Subject:
        uuid = line.subject

    for moment, failure in ((end - dt.timedelta(hours=2), "EROFS"), (end + dt.timedelta(hours=2), "EIO")):
        with clock.frozen(moment):
            noted(Act.PURGE_FAILED, subject=Subject(), failure=failure)
    found = day(people)
    PurgeLine.update(purged_at=clock.now(), failure="EACCES").where(PurgeLine.id == line.id).execute()
    assert facts(Document.get())["held_back"] == found["held_back"], "as of the day, whatever came later"
    (held,) = found["held_back"]
    assert held["id"] == str(line.subject)
    assert held["why"] == "Disken är skrivskyddad"
    assert held["since"] == line.claimed_at.isoformat()


def test_one_that_was_under_way_at_midnight_says_so(people):
    end = protocol.bounds(made.DAY)[1]
    line = made.deleted(end + dt.timedelta(milliseconds=500))
    (held,) = day(people)["held_back"]
    assert (held["id"], held["why"]) == (str(line.subject), "Påbörjad, inte slutförd")


def test_the_checkpoint_is_the_logs_last_entry_before_the_day_ended(people):
    start, end = protocol.bounds(made.DAY)
    with clock.frozen(start + dt.timedelta(hours=1)):
        last = noted(Act.LOG_READ, by=people.dpo)
    with clock.frozen(end):
        noted(Act.LOG_READ, by=people.dpo)
    assert day(people)["checkpoint"] == {"entries": last.id, "head": last.hash}


def test_a_month_is_the_sum_of_its_days(people):
    lines = made.october(people)
    found = facts(actions.draft_month(made.MONTH, language="sv", by=None))
    assert found["total"] == len(lines) == sum(each["total"] for each in found["days"])
    assert len(found["days"]) == 31
    assert [each["day"] for each in found["annex"]] == ["2026-10-01", "2026-10-14"]
    assert sorted(key for each in found["annex"] for key in each["ids"]) == sorted(str(x.subject) for x in lines)
    for each in months.of(made.MONTH).days:
        shown = protocol.of(each.day, people.dpo)
        assert (each.total, each.held_back) == (shown.total, shown.total_held_back)


def test_a_month_names_who_locked_it_and_when(people):
    document = actions.draft_month(made.MONTH, language="sv", by=None)
    assert (facts(document)["responsible"], facts(document)["approved_on"]) == (None, None)
    actions.lock(document, {"remark": "Granskat."}, earlier=document.version, by=people.decider)
    found = facts(document)
    assert found["responsible"]["name"] == people.decider.name
    assert found["approved_on"] == "2026-11-02"
    assert found["remark"] == "Granskat."


def test_an_extract_holds_what_was_asked_for_and_no_later_entry(people):
    call = recording(people.daycare, adviser=people.adviser)
    noted(Act.VIEWED, by=people.adviser, subject=call)
    played = noted(Act.PLAYED, by=people.adviser, subject=call, listen=uuid.uuid4().hex)
    noted(Act.LOG_READ, by=people.dpo)
    document = actions.draft_extract(Question(act="recordings"), language="sv", by=people.dpo)
    noted(Act.PLAYED, by=people.adviser, subject=call)
    found = facts(document)
    assert found["total"] == 2
    assert [line["what"] for line in found["lines"]] == ["Öppnade ett samtals uppgifter", "Lyssnade på ett samtal"]
    assert {line["who"] for line in found["lines"]} == {people.adviser.name}
    assert found["lines"][1]["number"] == played.id
    assert found["lines"][1]["about"].startswith("Samtal 2.11.2026 kl.")
    assert found["lines"][1]["queue"] == "Småbarnspedagogik"
    assert found["people"] == [{"words": people.adviser.name, "count": 2}]
    assert sorted(each["count"] for each in found["acts"]) == [1, 1]
    assert found["asked"] == [{"label": "Händelse", "value": "Samtal"}]
    assert found["check"] is None


def test_an_extract_is_of_the_whole_log_also_when_its_orderer_is_no_officer_any_more(people):
    from portal.accounts.models import Account, RoleGrant

    noted(Act.LOG_READ, by=people.dpo)
    document = actions.draft_extract(Question(), language="sv", by=people.dpo)
    actions.lock(document, {"recipient": [], "remark": ""}, earlier=document.version, by=people.dpo)
    RoleGrant.delete().execute()
    Account.update(closed_at=clock.now()).execute()
    assert facts(document)["total"] == 1


def test_the_last_check_of_the_log_is_told_as_of_the_order(people):
    noted(Act.LOG_READ, by=people.dpo)
    audit.verify(by=people.dpo)
    document = actions.draft_extract(Question(), language="sv", by=people.dpo)
    noted(Act.LOG_VERIFIED, by=people.dpo, whole=False, entries=1)
    found = facts(document)
    assert (found["check"]["whole"], found["check"]["entries"]) == (True, 1)


def test_more_lines_than_are_printed_are_counted_and_the_newest_shown(people, monkeypatch):
    monkeypatch.setattr(facts_log, "LOG_LINES_MOST", 3)
    for _ in range(5):
        last = noted(Act.LOG_READ, by=people.dpo)
    found = facts(actions.draft_extract(Question(), language="sv", by=people.dpo))
    assert (found["total"], found["capped"], len(found["lines"])) == (5, True, 3)
    assert found["lines"][-1]["number"] == last.id
    assert sum(each["count"] for each in found["people"]) == 5


def test_an_extract_reads_in_finnish(people):
    noted(Act.PLAYED, by=people.adviser)
    noted(Act.SIGN_IN_FAILED, reason="password")
    found = facts(actions.draft_extract(Question(), language="fi", by=people.dpo))
    assert "Lyssnade på ett samtal" not in [line["what"] for line in found["lines"]]
    assert found["lines"][1]["who"] != "Inte inloggad"


def test_a_question_comes_back_from_its_codes():
    asked = Question(
        person=uuid.uuid4(), act="audit", kind="recording", subject=uuid.uuid4(), queue_id=2, purpose="quality",
        first=made.DAY, last=made.DAY,
    )  # fmt: skip
    for question in (asked, Question(), Question(person="system")):
        assert Question.of_codes(question.codes()) == question


def test_the_real_press_sets_every_kind_in_both_languages(people):
    made.october(people)
    noted(Act.PLAYED, by=people.adviser)
    for language in ("sv", "fi"):
        actions.order_day(made.DAY, language=language, by=people.dpo)
        for document, typed, by in (
            (actions.draft_month(made.MONTH, language=language, by=None), {"remark": "Å"}, people.decider),
            (
                actions.draft_extract(Question(), language=language, by=people.dpo),
                {"recipient": ["Disa"], "remark": ""},
                people.dpo,
            ),
            (made.specimen(people, language), made.SPECIMEN, people.decider),
        ):
            actions.lock(document, typed, earlier=document.version, by=by)
    summary = setting.make_due()
    assert (summary.locked, summary.failed) == (8, 0)
    for document in Document.select():
        assert document.state == State.LOCKED
        assert document.pages >= 1
    assert {d.kind for d in Document.select()} == set(chosen.OTHERS), "a case's letters: tests/cases"


def test_the_same_order_is_set_to_the_same_bytes(people):
    order = composing.compose(made.ordered(people))
    with Press() as one, Press() as other:
        assert one.set(order).pdf == other.set(order).pdf


def test_the_schedules_name_is_the_persons(people):
    assert actions.draft_month(made.MONTH, language="sv", by=people.decider).once == months_due.once(made.MONTH, "sv")
