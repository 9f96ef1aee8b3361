"""A personal data breach: told of by anybody, led by the officer, decided by another, within 72 hours or with why."""

import datetime as dt
import io

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.cases.personal_codes import PersonalCode
from portal.errors import Denied, NotFound
from portal.incidents import actions, paperwork, purging, reading, refusals
from portal.incidents.models import Answer, Incident, IncidentPaper, IncidentStep, Loss, Risk, State
from portal.retention import owners, watch
from portal.vault import keystore, objects
from tests.people import person

NOW = dt.datetime(2026, 9, 14, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WORDS = "zqfel person fick lyssna på ett samtal"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's years pass in no time
    with clock.frozen(NOW):
        yield


def report(by, **more) -> Incident:
    return actions.report(**{"known_at": NOW - HOUR, "happened": WORDS, **more}, by=by)


def led(people) -> Incident:
    return actions.lead(report(people.adviser), by=people.dpo)


def assessed(people, risk=Risk.RISK) -> Incident:
    return actions.assess(led(people), risk=risk, risk_reasons=WORDS, losses=[Loss.SECRECY], persons=3, by=people.dpo)


def decided(people, notify=Answer.YES, tell=Answer.NO, **more) -> Incident:
    return actions.decide(assessed(people, **more), notify=notify, people=tell, reasons=WORDS, by=people.decider)


def acts() -> list[str]:
    own = Entry.select(Entry.act).where(Entry.subject_kind == "incident").order_by(Entry.id)
    return [act.split(":")[1] for (act,) in own.tuples()]


def told(incident) -> list[str]:
    rows = IncidentStep.select(IncidentStep.what).where(IncidentStep.incident == incident.id).order_by(IncidentStep.id)
    return [what for (what,) in rows.tuples()]


def fresh(row):
    return type(row).get_by_id(row.id)


def test_an_incident_goes_from_the_report_to_its_end_and_each_step_is_in_the_log(people):
    made = decided(people, tell=Answer.YES)
    assert (made.number, made.due_at) == ("PI/1/2026", NOW + 71 * HOUR)
    with pytest.raises(refusals.NotDone):
        actions.close(made, lessons=WORDS, by=people.dpo)
    actions.notified(made, at=NOW, how="elektronisk anmälan 77/26", by=people.dpo)
    assert not fresh(made).runs
    with pytest.raises(refusals.NotDone):
        actions.close(fresh(made), lessons=WORDS, by=people.dpo)
    actions.told(made, on=clock.today(), how="per brev till alla tre", by=people.dpo)
    actions.note(made, words="ombudsmannen ringde", by=people.adviser)
    closed = actions.close(fresh(made), lessons=WORDS, by=people.dpo)
    assert (closed.state, closed.purge_on) == (State.CLOSED, dt.date(2031, 9, 14))
    expected = ["opened", "led", "assessed", "decided", "notified", "people_told", "noted", "closed"]
    assert acts() == expected
    assert told(made) == ["opened", "led", "assessed", "decided", "notified", "told", "noted", "closed"]
    with pytest.raises(refusals.NotNow):
        actions.note(made, words=WORDS, by=people.dpo)
    again = actions.reopen(closed, words="Det fanns en fil till.", by=people.dpo)
    assert (again.state, again.purge_on) == (State.LED, None)


def test_the_clock_runs_from_when_the_city_knew_until_it_is_notified_or_need_not_be(people):
    made = assessed(people)
    assert reading.pressing(people.dpo) == [made]
    assert reading.pressing(people.decider) == [made]
    assert reading.pressing(people.adviser) == [], "whoever told of it is not pressed"
    no = actions.decide(made, notify=Answer.NO, people=Answer.NO, reasons=WORDS, by=people.decider)
    assert reading.pressing(people.dpo) == []
    yes = actions.decide(no, notify=Answer.YES, people=Answer.NO, reasons=WORDS, by=people.decider)
    assert reading.pressing(people.dpo) == [yes]
    with clock.frozen(NOW + 72 * HOUR):
        with pytest.raises(refusals.LateReasonNeeded):
            actions.notified(yes, at=clock.now(), how="77/26", by=people.dpo)
        done = actions.notified(yes, at=NOW + 71 * HOUR, how="77/26", late_reasons=WORDS, by=people.dpo)
        assert done.late_reasons == "", "in time to the minute"
        with pytest.raises(refusals.NotNow):
            actions.notified(done, at=clock.now(), how="77/26", late_reasons=WORDS, by=people.dpo)
        with pytest.raises(refusals.NotNow):
            actions.decide(done, notify=Answer.NO, people=Answer.NO, reasons=WORDS, by=people.decider)


def test_the_officer_never_decides_and_who_decides_has_not_assessed(people):
    made = assessed(people)
    both = person("bo", "Bo Bådadera", Role.DPO, Role.CONTROLLER)
    with pytest.raises(Denied):
        actions.decide(made, notify=Answer.YES, people=Answer.NO, reasons=WORDS, by=people.dpo)
    actions.lead(made, by=both)
    actions.assess(fresh(made), risk=Risk.NONE, risk_reasons=WORDS, losses=[Loss.ACCESS], by=both)
    with pytest.raises(refusals.OwnAssessment):
        actions.decide(fresh(made), notify=Answer.NO, people=Answer.NO, reasons=WORDS, by=both)
    actions.lead(fresh(made), by=people.dpo)
    with pytest.raises(refusals.OwnAssessment):
        actions.decide(fresh(made), notify=Answer.NO, people=Answer.NO, reasons=WORDS, by=both)


def test_a_decision_falls_when_the_risk_is_assessed_anew(people):
    made = decided(people, notify=Answer.NO)
    row = actions.assess(made, risk=Risk.HIGH, risk_reasons=WORDS, losses=[Loss.SECRECY, Loss.ACCESS], by=people.dpo)
    assert (row.state, row.notify, row.decided_by, row.losses) == (State.ASSESSED, "", None, "secrecy,access")
    assert reading.pressing(people.dpo) == [row]
    with pytest.raises(refusals.HighRiskTold):
        actions.decide(row, notify=Answer.YES, people=Answer.NO, reasons=WORDS, by=people.decider)
    why = WORDS + " (artikel 34.3 a: filen var krypterad)"
    assert actions.decide(row, notify=Answer.YES, people=Answer.NO, reasons=why, by=people.decider).tell == Answer.NO


def test_each_act_is_refused_to_who_may_not_and_when_it_is_not_time(people):
    made = report(people.adviser)
    for act, by, error in (
        (lambda by: actions.lead(made, by=by), people.adviser, Denied),
        (lambda by: actions.lead(made, by=by), people.decider, Denied),
        (lambda by: actions.lead(made, by=by), people.manager, NotFound),
        (lambda by: actions.note(made, words=WORDS, by=by), people.manager, NotFound),
        (lambda by: actions.view(actions.get(made.uuid, by=by), by=by), people.clerk, NotFound),
        (lambda by: actions.assess(made, risk="risk", risk_reasons=WORDS, losses=["access"], by=by), people.dpo, None),
        (lambda by: actions.close(made, lessons=WORDS, by=by), people.dpo, None),
        (lambda by: actions.reopen(made, words=WORDS, by=by), people.dpo, None),
        (lambda by: actions.notified(made, at=NOW, how="x", by=by), people.dpo, None),
        (lambda by: actions.told(made, on=clock.today(), how=WORDS, by=by), people.dpo, None),
    ):
        with pytest.raises(error or refusals.NotNow):
            act(by)
    assert acts() == ["opened"]
    actions.lead(made, by=people.dpo)
    with pytest.raises(refusals.NotNow):
        actions.lead(fresh(made), by=people.dpo)
    with pytest.raises(refusals.NotNow):
        actions.decide(fresh(made), notify=Answer.NO, people=Answer.NO, reasons=WORDS, by=people.decider)
    row = fresh(made)
    for error, typed in (
        (refusals.RiskNeeded, {"risk": "some"}),
        (refusals.LossNeeded, {"losses": ["time"]}),
        (refusals.WordsNeeded, {"risk_reasons": "zq"}),
        (refusals.IncidentChanged, {"version": 1}),
        (PersonalCode, {"effects": "131052-308T"}),
    ):
        values = {"risk": Risk.RISK, "risk_reasons": WORDS, "losses": [Loss.SECRECY], **typed}
        with pytest.raises(error):
            actions.assess(row, **values, by=people.dpo)
    for error, at in ((refusals.KnownNeeded, None), (refusals.KnownLater, NOW + HOUR)):
        with pytest.raises(error):
            report(people.clerk, known_at=at)
        with pytest.raises(error):
            actions.change(row, known_at=at, happened=WORDS, concerns="", measures="", by=people.dpo)
    ready = decided(people, tell=Answer.YES)
    with pytest.raises(refusals.BeforeKnown):
        actions.notified(ready, at=NOW - 2 * HOUR, how="77", by=people.dpo)
    with pytest.raises(refusals.BeforeKnown):
        actions.told(ready, on=dt.date(2026, 9, 13), how=WORDS, by=people.dpo)


def test_what_stood_before_a_change_stays_in_the_timeline(people):
    made = led(people)
    facts = {"known_at": NOW - HOUR, "happened": "zqdet var en annan fil än så", "concerns": "", "measures": ""}
    row = actions.change(made, **facts, by=people.dpo)
    assert row.happened == facts["happened"]
    assert IncidentStep.select().order_by(IncidentStep.id.desc()).get().words == WORDS
    assert actions.change(row, **facts, by=people.dpo).version == row.version, "nothing new is nothing done"


def test_it_is_deleted_when_its_years_are_over_and_not_before(people):
    made = decided(people, notify=Answer.NO)
    actions.close(made, lessons=WORDS, by=people.dpo)
    other = report(people.clerk)
    with clock.frozen(dt.datetime(2031, 9, 13, 20, 0, tzinfo=dt.UTC)):
        assert purging.purge_due() == 0
    with clock.frozen(dt.datetime(2031, 9, 14, 9, 0, tzinfo=dt.UTC)):
        assert purging.purge_due() == 1
        assert purging.purge_due() == 0
    assert [row.id for row in Incident.select()] == [other.id]
    assert not IncidentStep.select().where(IncidentStep.incident == made.id).exists()
    assert acts()[-1] == "deleted"


def test_its_papers_are_sealed_read_with_a_row_in_the_log_and_go_with_it(people, as_, monkeypatch):
    made = led(people)
    adviser, path = as_(people.adviser), f"/incidents/{made.uuid}/papers"
    big = b"%PDF-1.7 zqhemligt" + bytes(200_000)
    assert adviser.submit(path, {"files": (io.BytesIO(big), "skarmbild.pdf")}).status_code == 303
    assert adviser.submit(path, {}).status_code == 422
    assert adviser.submit(path, {"files": (io.BytesIO(b"MZ"), "a.pdf")}).status_code == 422
    assert as_(people.manager).submit(path, {"files": (io.BytesIO(big), "a.pdf")}).status_code == 404
    (row,) = IncidentPaper.select()
    own = f"{path}/{row.uuid}"
    assert "skarmbild" in as_(people.dpo).get(f"/incidents/{made.uuid}").text
    assert as_(people.dpo).get(own).data == big
    assert as_(people.manager).get(own).status_code == 404
    assert acts()[-2:] == ["viewed", "paper_read"] or acts()[-1] == "paper_read"
    assert owners.of(row.uuid).standing == owners.Standing.KEPT
    assert b"zqhemligt" not in objects.path_of(row.uuid, owners.ATTACHMENT).read_bytes()
    closed = actions.assess(fresh(made), risk=Risk.NONE, risk_reasons=WORDS, losses=[Loss.ACCESS], by=people.dpo)
    closed = actions.decide(closed, notify=Answer.NO, people=Answer.NO, reasons=WORDS, by=people.decider)
    closed = actions.close(closed, lessons=WORDS, by=people.dpo)
    with pytest.raises(refusals.NotNow):
        paperwork.add(closed, "a.pdf", big, by=people.dpo)
    with clock.frozen(dt.datetime(2031, 9, 14, 9, 0, tzinfo=dt.UTC)):
        with monkeypatch.context() as patched:
            patched.setattr(keystore, "destroy", lambda *_, **more: (_ for _ in ()).throw(OSError(5, "io")))
            assert purging.purge_due() == 0
        assert fresh(made), "a paper that is still there keeps its row"
        assert purging.purge_due() == 1
    assert not keystore.exists(row.uuid)
    assert not objects.anything(row.uuid)
    assert not IncidentPaper.select().exists()


def test_whoever_told_of_it_sees_what_they_told_and_nothing_that_was_found_out(people, as_):
    made = actions.decide(
        assessed(people),
        notify=Answer.YES,
        people=Answer.NO,
        reasons="zqskälen för det som beslutades",
        by=people.decider,
    )
    own = paperwork.add(made, "egen.pdf", b"%PDF-1 a", by=people.adviser)
    other = paperwork.add(made, "annan.pdf", b"%PDF-1 b", by=people.dpo)
    actions.note(made, words="zqdet var rådgivaren själv", by=people.dpo)
    path, adviser = f"/incidents/{made.uuid}", as_(people.adviser)
    shown = adviser.get(path).text
    assert WORDS in shown
    assert "egen" in shown
    for word in ("zqskälen", "zqdet var", "annan", "Bedömd av"):
        assert word not in shown
        assert word in as_(people.dpo).get(path).text
    assert adviser.get(f"{path}/papers/{own.uuid}").status_code == 200
    assert adviser.get(f"{path}/papers/{other.uuid}").status_code == 404
    facts = {"known_at": NOW - HOUR, "happened": "zqen annan fil än så", "concerns": "", "measures": ""}
    actions.change(fresh(made), **facts, by=people.dpo)
    assert "zqen annan" not in adviser.get(path).text


def test_nothing_goes_by_a_clock_that_is_doubted(people, monkeypatch):
    actions.close(decided(people, notify=Answer.NO), lessons=WORDS, by=people.dpo)
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    with clock.frozen(dt.datetime(2036, 9, 14, 9, 0, tzinfo=dt.UTC)):
        assert purging.purge_due() == 0


def test_the_pages_carry_it_from_the_adviser_to_the_end(people, as_):
    adviser, dpo, decider = as_(people.adviser), as_(people.dpo), as_(people.decider)
    form = {"known_day": "14.9.2026", "known_time": "11.30", "happened": WORDS}
    assert "Inga öppna incidenter" in adviser.get("/incidents/").text
    assert adviser.submit("/incidents/new", {**form, "known_time": "25.00"}).status_code == 422
    assert adviser.submit("/incidents/new", {**form, "known_day": "15.9.2026"}).status_code == 422
    assert adviser.submit("/incidents/new", form).status_code == 303
    made = Incident.get()
    assert made.known_at == NOW - HOUR / 2, "as Helsinki's clocks showed it"
    path = f"/incidents/{made.uuid}"
    assert WORDS in adviser.get(path).text
    assert "Ta över ledningen" not in adviser.get(path).text
    for client in (dpo, decider):
        assert made.number in client.get("/documents/").text, "on every page of who leads and who decides"
    assert as_(people.manager).get(path).status_code == 404
    assert as_(people.manager).submit(path + "/notes", {"note": WORDS}).status_code == 404
    assert adviser.submit(path + "/lead").status_code == 403
    assert dpo.submit(path + "/lead").status_code == 303
    assess = {"version": 2, "losses": "secrecy", "risk": "high", "risk_reasons": WORDS}
    assert dpo.submit(path + "/assessment", {**assess, "risk": ""}).status_code == 422
    assert dpo.submit(path + "/assessment", {**assess, "version": 1}).status_code == 409
    assert dpo.submit(path + "/assessment", assess).status_code == 303
    assert dpo.submit(path + "/decision", {}).status_code == 403
    decide = {"version": 3, "notify": "yes", "people": "no", "reasons": WORDS}
    refused = decider.submit(path + "/decision", decide)
    assert (refused.status_code, "artikel 34.3" in refused.text) == (422, True)
    assert decider.submit(path + "/decision", {**decide, "people": "yes"}).status_code == 303
    when = {"notified_day": "14.9.2026", "notified_time": "12.00", "notified_how": "77/26"}
    assert dpo.submit(path + "/notification", {**when, "notified_time": "8.00"}).status_code == 422
    assert dpo.submit(path + "/notification", when).status_code == 303
    assert dpo.submit(path + "/people", {"told_on": "14.9.2026", "told_how": WORDS}).status_code == 303
    assert dpo.submit(path + "/notes", {"note": ""}).status_code == 422
    assert dpo.submit(path + "/closing", {"version": fresh(made).version, "lessons": WORDS}).status_code == 303
    assert "Raderas den" in dpo.get(path).text
    assert made.number not in dpo.get("/incidents/").text
    assert made.number in dpo.get("/incidents/?all=1").text
    assert dpo.submit(path + "/reopening", {"why": WORDS}).status_code == 303
