"""Incidents for the browser to look at: one in each state, with the longest that may be typed."""

import datetime as dt

from portal import clock
from portal.incidents import actions, paperwork
from portal.incidents.models import Answer, Incident, Loss, Risk
from tests.people import People

PAPER = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def fill(people: People, *, word: str, words: str) -> list[str]:
    """The addresses of their pages."""
    dpo, now = people.dpo, clock.now()

    def report(hours: int) -> Incident:
        known = now - dt.timedelta(hours=hours)
        facts = {"happened": words[:1500], "concerns": word, "measures": words[:300]}
        return actions.report(known_at=known, **facts, by=people.adviser)

    def assessed(hours: int, risk: Risk) -> Incident:
        led = actions.lead(report(hours), by=dpo)
        said = {"risk_reasons": words[:400], "effects": word, "losses": list(Loss), "persons": 1200}
        return actions.assess(led, risk=risk, **said, by=dpo)

    def decided(hours: int, risk: Risk, answer: Answer) -> Incident:
        return actions.decide(
            assessed(hours, risk), notify=answer, people=answer, reasons=words[:300], by=people.decider
        )

    opened, late = report(2), assessed(100, Risk.HIGH)
    paperwork.add(late, word[:110] + ".pdf", PAPER, by=dpo)
    waiting = decided(90, Risk.RISK, Answer.YES)
    closed = actions.close(decided(200, Risk.NONE, Answer.NO), lessons=words[:200], by=dpo)
    return [f"/incidents/{row.uuid}" for row in (opened, late, waiting, closed)] + ["/incidents/?all=1"]
