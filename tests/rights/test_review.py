"""The quarterly review: opened by the calendar, answered by whoever answers for the person, and what nobody confirmed
lapses."""

import datetime as dt
import json
import re

import pytest

from portal import clock
from portal.accounts import staff, units
from portal.accounts.models import Account, UnitHead
from portal.accounts.permissions import Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.personal_codes import PersonalCode
from portal.db import db
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import NotFound
from portal.retention import watch
from portal.rights import command, ending, review, review_reading
from portal.rights.models import End, Review, ReviewLine, State, Verdict
from tests.people import person
from tests.rights.asked import fresh

BEFORE = dt.datetime(2026, 7, 20, 9, 0, tzinfo=dt.UTC)
OPENS = dt.datetime(2026, 10, 1, 6, 0, tzinfo=dt.UTC)
"""A Thursday."""
DUE = dt.date(2026, 10, 31)
WORDS = "zqarbetar i skolornas kansli nu"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time


@pytest.fixture
def house(people):
    """Two advisers in a unit that the manager heads; the manager works there too."""
    with clock.frozen(BEFORE):
        Account.update(created_at=BEFORE).execute()
        unit = units.make(code="KOMP", name_sv="Kompassen", name_fi="Kompassi", by=people.admin)
        people.eva = person("eva", "Eva Arbetsvik")
        people.stig = person("stig", "Stig Vilar")
        people.boss = person("berit", "Berit Svarar")
        for one in (people.eva, people.stig, people.boss):
            staff.move(one, unit, by=people.admin)
        rights = {}
        for one, role in (("eva", Role.ADVISER), ("stig", Role.ADVISER), ("boss", Role.MANAGER)):
            account = Account.get_by_id(getattr(people, one).id)
            setattr(people, one, account)
            rights[one] = command.by_command(account, role=role, queues=[people.daycare])
        rights["dag"] = command.by_command(people.decider, role=Role.CONTROLLER)
        people.unit, people.rights = unit, rights
        facts = {"code": "KOMP", "name_sv": "Kompassen", "name_fi": "Kompassi", "active": True}
        units.change(unit, seen=0, heads=[people.boss], **facts, by=people.admin)
    return people


def at(day: dt.date, hour: int = 9):
    return clock.frozen(clock.day_start(day) + dt.timedelta(hours=hour))


@pytest.fixture
def opened(house):
    with clock.frozen(OPENS):
        house.boss = Account.get_by_id(house.boss.id)
        house.review = review.open_due()
        house.lines = {one: ReviewLine.get(ReviewLine.right == right.id) for one, right in house.rights.items()}
        yield house


def entries(act: str) -> list[dict]:
    rows = Entry.select(Entry.detail).where(Entry.act == act).order_by(Entry.id)
    return [json.loads(detail) for (detail,) in rows.tuples()]


def names(lines) -> list[str]:
    return [line.right.account.name.split()[0] for line in lines]


def test_a_review_opens_once_on_the_first_working_day_of_a_quarter(house):
    for moment in (dt.date(2026, 9, 30), dt.date(2026, 8, 3)):
        with at(moment):
            assert review.open_due() is None, "the register is younger than that quarter"
    with clock.frozen(OPENS):
        made = review.open_due()
        assert (made.year, made.quarter, made.due_on) == (2026, 4, DUE)
        assert review.open_due() is None
    assert entries("rights:review_opened") == [{"quarter": "2026-4", "rights": 4, "last_on": "2026-10-31"}]
    with at(dt.date(2027, 1, 3)):  # New Year's Day was a Friday
        assert review.open_due() is None
    with at(dt.date(2027, 1, 4)):
        assert review.open_due().quarter == 1


def test_a_review_lists_what_is_in_force_with_the_last_sign_in_and_the_last_listen(house):
    with clock.frozen(OPENS):
        ending.end(house.rights["stig"], reason=WORDS, by=house.decider)
        for act, days in ((Act.SIGNED_IN, 9), (Act.SIGNED_IN, 3), (Act.PLAYED, 5), (Act.SIGNED_OUT, 1)):
            with clock.frozen(OPENS - dt.timedelta(days=days)), db.atomic():
                record(act, house.eva, by=house.eva)
        made = review.open_due()
        lines = {line.right_id: line for line in ReviewLine.select().where(ReviewLine.review == made.id)}
    assert set(lines) == {house.rights[one].id for one in ("eva", "boss", "dag")}
    eva, boss = lines[house.rights["eva"].id], lines[house.rights["boss"].id]
    assert eva.signed_in_at == OPENS - dt.timedelta(days=3)
    assert eva.listened_at == OPENS - dt.timedelta(days=5)
    assert (boss.signed_in_at, boss.listened_at) == (None, None)


def test_a_head_answers_for_the_unit_and_a_controller_for_the_head(opened, as_):
    assert names(review_reading.of(opened.boss)) == ["Eva", "Stig"]
    assert names(review_reading.of(opened.decider)) == ["Berit"], "the head's own; never the controller's own"
    assert review_reading.of(opened.manager) == [], "a manager who heads no unit"
    assert names(review_reading.of(opened.delegate)) == ["Berit", "Dag"]
    waiting = review_reading.waiting(opened.boss)
    assert (waiting.mine, waiting.alone, waiting.review.due_on) == (2, 0, DUE)
    assert (
        f"a{opened.lines['dag'].uuid.hex}-" not in as_(opened.decider).get(f"/rights/reviews/{opened.review.uuid}").text
    )
    # a second head does not answer for the first, nor a head for a role of the whole register
    UnitHead.create(unit=opened.unit, account=opened.manager)
    staff.move(opened.decider, opened.unit, by=opened.admin)
    assert names(review_reading.of(opened.manager)) == ["Eva", "Stig"]
    UnitHead.delete().where(UnitHead.account == opened.manager.id).execute()
    # without a head who may answer, the unit's people are the controllers'
    ending.end(opened.rights["boss"], reason=WORDS, by=opened.decider)
    assert names(review_reading.of(opened.decider)) == ["Eva", "Stig"]


def test_what_is_confirmed_stays_what_is_ended_ends_at_once_and_both_are_in_the_log(opened):
    lines = opened.lines
    review.confirm(lines["eva"], by=opened.boss)
    review.end(lines["stig"], reason=WORDS, by=opened.boss)
    assert fresh(opened.rights["eva"]).state == State.GRANTED
    ended = fresh(opened.rights["stig"])
    assert (ended.state, ended.end, ended.end_reason, ended.ended_at) == (State.ENDED, End.REVIEW, WORDS, OPENS)
    assert Account.get_by_id(opened.stig.id).roles == frozenset()
    assert entries("rights:review_confirmed") == [{"quarter": "2026-4"}]
    assert [entry["right_end"] for entry in entries("rights:ended")] == ["review"]
    row = fresh(lines["stig"])
    assert (row.verdict, row.by, row.at, row.reason) == (Verdict.ENDED, opened.boss, OPENS, WORDS)
    for again in (review.confirm, review.end):
        for line in ("eva", "stig"):
            with pytest.raises(review.NoLonger):
                again(lines[line], reason=WORDS, by=opened.boss)
    assert names(review_reading.of(opened.boss)) == []
    assert review_reading.waiting(opened.boss) is None


def test_an_answer_is_refused_with_the_reason(opened):
    lines = opened.lines
    for line, by, error in (
        ("boss", opened.boss, review.OwnRight),
        ("dag", opened.decider, review.OwnRight),
        ("eva", opened.manager, review.NotYours),
        ("eva", opened.eva, review.OwnRight),
        ("eva", opened.stig, review.NotYours),
        ("eva", opened.admin, review.NotYours),
        ("dag", opened.boss, review.NotYours),
    ):
        for act in (review.confirm, review.end):
            with pytest.raises(error):
                act(lines[line], reason=WORDS, by=by)
    with pytest.raises(review.ReasonNeeded):
        review.end(lines["eva"], reason=" nej ", by=opened.boss)
    for act in (review.confirm, review.end):
        with pytest.raises(PersonalCode):
            act(lines["eva"], reason="hör till 131052-308T", by=opened.boss)
    with pytest.raises(NotFound):
        review.line(lines["eva"].uuid, by=opened.stig)
    assert not ReviewLine.select().where(ReviewLine.verdict.is_null(False)).exists()
    review.confirm(lines["eva"], by=opened.decider)  # in the head's place
    assert fresh(lines["eva"]).by == opened.decider
    with at(DUE, 23):
        review.confirm(lines["stig"], by=opened.boss)
    with at(DUE + dt.timedelta(days=1), 0), pytest.raises(review.Over):
        review.confirm(lines["boss"], by=opened.decider)


def test_a_right_that_was_not_used_for_a_quarter_takes_a_reason_to_keep(house):
    with clock.frozen(OPENS), db.atomic():
        record(Act.SIGNED_IN, house.eva, by=house.eva)
    with at(dt.date(2027, 1, 4)):
        review.open_due()
        eva, stig = (ReviewLine.get(ReviewLine.right == house.rights[one].id) for one in ("eva", "stig"))
        boss = Account.get_by_id(house.boss.id)
        assert (review.is_unused(eva), review.is_unused(stig)) == (True, True)
        with pytest.raises(review.UnusedReasonNeeded):
            review.confirm(stig, reason="ja", by=boss)
        review.confirm(stig, reason="Vikarierar under semestrarna", by=boss)
        assert fresh(stig).verdict == Verdict.CONFIRMED
    with clock.frozen(dt.datetime(2026, 10, 6, tzinfo=dt.UTC)):  # the rights are eleven weeks old
        review.open_due()
        assert not review.is_unused(ReviewLine.get(ReviewLine.review == Review.get(Review.quarter == 4).id))


def test_what_nobody_confirmed_lapses_when_the_last_day_is_over(opened):
    review.confirm(opened.lines["eva"], by=opened.boss)
    with clock.frozen(OPENS):
        ending.end(opened.rights["boss"], reason=WORDS, by=opened.decider)
    with at(DUE, 23):
        assert review.close_due() == 0
        assert Account.get_by_id(opened.stig.id).roles == {Role.ADVISER}
    with at(DUE + dt.timedelta(days=1), 0):
        assert review.close_due() == 1
        assert review.close_due() == 0
        assert Account.get_by_id(opened.stig.id).roles == frozenset()
        assert Account.get_by_id(opened.eva.id).roles == {Role.ADVISER}
        found = {one: fresh(line).verdict for one, line in opened.lines.items()}
    lapsed = fresh(opened.rights["stig"])
    assert (lapsed.state, lapsed.end, lapsed.ended_by) == (State.ENDED, End.LAPSED, None)
    assert found == {"eva": "confirmed", "stig": "lapsed", "boss": "gone", "dag": "lapsed"}
    closed = [{"quarter": "2026-4", "rights": 4, "rights_confirmed": 1, "rights_ended": 0, "rights_lapsed": 2}]
    assert entries("rights:review_closed") == closed
    papers = Document.select(Document.kind, Document.owner_key, Document.language, Document.state)
    assert sorted(papers.tuples()) == [("rights-review", "2026-4", language, "ordered") for language in ("fi", "sv")]


def test_the_page_of_its_protocol_leads_back_to_the_reviews(opened, as_):
    with at(DUE + dt.timedelta(days=1), 0):
        assert review.close_due() == 1
        paper = Document.get(Document.kind == Kind.RIGHTS_REVIEW)
        page = as_(opened.dpo).get(f"/documents/{paper.uuid}").text
    assert '<p class="back"><a href="/rights/reviews">' in page


def test_a_right_whose_time_ran_out_is_answered_no_more_and_did_not_lapse(opened):
    """Whether or not a sweep has noted that it ended."""
    right = command.by_command(opened.outsider, role=Role.ADVISER, queues=[opened.elderly], days=9)
    line = ReviewLine.create(review=opened.review, right=right)
    with at(dt.date(2026, 10, 9), 23):
        assert names(review_reading.of(opened.delegate)) == ["Berit", "Dag", "Olli"]
    with at(dt.date(2026, 10, 10), 0):
        assert names(review_reading.of(opened.delegate)) == ["Berit", "Dag"]
        with pytest.raises(review.NoLonger):
            review.confirm(line, by=opened.delegate)
    with at(DUE + dt.timedelta(days=1)):
        review.close_due()
    assert (fresh(line).verdict, fresh(right).state) == (Verdict.GONE, State.GRANTED)


def test_a_lone_controller_is_told_that_nobody_can_answer(opened, as_):
    assert review_reading.waiting(opened.decider).alone == 1
    page = as_(opened.decider).get("/incidents/").text
    assert "Ingen annan kan granska din egen rättighet" in page
    assert "Ingen kan granska de här rättigheterna" in as_(opened.dpo).get(f"/rights/reviews/{opened.review.uuid}").text
    command.by_command(opened.delegate, role=Role.CONTROLLER)
    assert review_reading.waiting(opened.decider).alone == 0


def test_nothing_lapses_while_the_clock_is_doubted(opened, monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    with at(DUE + dt.timedelta(days=1)):
        assert review.tend() == (0, 0)
        monkeypatch.setattr(watch, "doubts_clock", lambda: False)
        assert review.tend() == (0, 1)


def test_the_pages_of_a_review(opened, as_):
    page, lines = f"/rights/reviews/{opened.review.uuid}", opened.lines

    def answer(client, line, verdict, reason=""):
        name = f"a{lines[line].uuid.hex}-"
        return client.submit(f"{page}/lines/{lines[line].uuid}", {name + "verdict": verdict, name + "reason": reason})

    head = as_(opened.boss)
    assert "2 användarrättigheter väntar på att du" in head.get("/incidents/").text
    shown = head.get(page).text
    assert {"Eva Arbetsvik</th>", "Stig Vilar</th>"} <= set(re.findall("[A-Z][a-z]+ [A-Z][a-z]+</th>", shown))
    assert "Dag Beslutman</th>" not in shown
    assert answer(head, "eva", "confirmed").status_code == 303
    refused = answer(head, "stig", "ended", "nej")
    assert refused.status_code == 422
    assert "minst 10 tecken" in refused.text
    assert answer(head, "stig", "lapsed", WORDS).status_code == 422
    assert answer(head, "stig", "ended", WORDS).status_code == 303
    assert answer(head, "stig", "ended", WORDS).status_code == 409
    assert answer(head, "boss", "confirmed").status_code == 422
    assert fresh(lines["boss"]).verdict is None
    assert answer(as_(opened.manager), "eva", "confirmed").status_code == 404
    assert answer(as_(opened.dpo), "eva", "confirmed").status_code == 403
    assert answer(as_(opened.eva), "eva", "confirmed").status_code == 403
    assert answer(as_(opened.decider), "boss", "confirmed").status_code == 303
    whole = as_(opened.dpo).get(page).text
    for words in (WORDS, "avslutad", "Berit Svarar, 1.10.2026", "väntar"):
        assert words in whole
    own = as_(opened.eva).get(page).text
    assert "Eva Arbetsvik</th>" in own
    assert "Stig" not in own
    assert "4/2026" in as_(opened.eva).get("/rights/reviews").text
    assert as_(opened.dpo).get(f"/rights/reviews/{opened.dpo.uuid}").status_code == 404
    assert entries("rights:listed")[-1]["quarter"] == "2026-4"
