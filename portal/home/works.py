"""The works that the first page shows, to whom, and what each asks of its room.

Whoever has two roles sees the works of both; what is nobody's work is not asked for. Here are numbers, days and states,
no resident's name and no word that was written about a call: whoever wants to read those opens the list, where the
log knows of it. So that the page is looked at leaves no entry.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit import actions as audit
from portal.cases import lists as cases
from portal.cases import overview
from portal.documents import actions as documents
from portal.incidents import reading as incidents
from portal.ingest import arrivals, quarantine
from portal.jobs import actions as jobs
from portal.machine import standing
from portal.oversight import checkpoints, observations
from portal.oversight import overview as oversight
from portal.recordings import errors, heard, quality, quality_figures, saved
from portal.register import descriptions, disclosures, figures, notices, training
from portal.retention import health, lists
from portal.rights import reading as rights

FIRST = 5
"""How many of a list are shown; its number leads to the rest."""


class Work(NamedTuple):
    name: str
    """Of the template too: `home/_<name>.html`, which finds what was looked up as `found`."""
    for_: tuple[Permission, ...]
    """Whoever may do any of this."""
    look: Callable[[Account], Any]


def of(by: Account) -> dict[str, Any]:
    """What was found for each work of the person's, in the order of the page."""
    return {work.name: work.look(by) for work in WORKS if any(by.may(permission) for permission in work.for_)}


def _cases(by: Account) -> dict[str, Any]:
    """Those that `by` handles, with what comes next; for who handles none, all that are open."""
    handles = by.may(Permission.CASES_HANDLE)
    mine = cases.first(cases.Asked(whose="mine" if handles else ""), by, FIRST)
    return {
        "handles": handles,
        "first": mine,
        "next": overview.next_steps(mine.rows),
        "beside": cases.beside(by) if handles or by.may(Permission.CASES_DECIDE) else None,
    }


def _papers(by: Account) -> dict[str, Any]:
    return {"drafts": documents.waiting(by=by), "description": descriptions.to_approve(by=by)}


def _log(by: Account) -> dict[str, Any]:
    return {"checked": audit.last_check(by), "head": oversight.head(), "signing": checkpoints.standing()}


def _health(_: Account) -> dict[str, Any]:
    return {"report": health.recent_report(), "machine": health.lately(standing.look)}


def _arrivals(by: Account) -> dict[str, Any]:
    files = quarantine.newest(by, FIRST)
    return {"arrivals": arrivals.arrivals(by=by, quarantined=files.count), "files": files}


def _figures(by: Account) -> dict[str, Any]:
    month = figures.newest_month()
    sums = figures.sums(month)
    return {
        "month": month.first,
        "shown": figures.of_month(month, sums, user=by) if by.may(Permission.REGISTER_FIGURES) else None,
        "quality": quality_figures.of_month(month, sums, user=by) if by.may(Permission.RECORDINGS_REVIEW) else None,
    }


WORKS = (
    Work("find", (Permission.RECORDINGS_FIND,), saved.names),
    Work("approvals", (Permission.CASES_DECIDE,), lambda by: cases.approvals(by, FIRST)),
    Work("opinions", (Permission.CASES_ADVISE,), lambda by: cases.opinions(by, FIRST)),
    Work("cases", (Permission.CASES_READ,), _cases),
    Work("incidents", (Permission.INCIDENTS_READ,), incidents.listed),
    Work("observations", (Permission.OVERSIGHT_OBSERVE,), lambda by: observations.newest(by, FIRST)),
    Work("log", (Permission.OVERSIGHT_READ,), _log),
    Work("threats", (Permission.RETENTION_HELD,), lambda by: lists.first_reported(by=by, most=FIRST)),
    Work(
        "disclosures",
        (Permission.RETENTION_DISCLOSE, Permission.REGISTER_DISCLOSE, Permission.RETENTION_HOLD),
        lambda by: disclosures.first(by=by, most=FIRST),
    ),
    Work("notices", (Permission.REGISTER_NOTICE,), lambda by: notices.first(by=by, most=FIRST)),
    Work("papers", (Permission.REGISTER_PUBLISH, Permission.DOCUMENTS_APPROVE, Permission.OVERSIGHT_READ), _papers),
    Work("holds", (Permission.RETENTION_HELD,), lambda by: lists.first_held(by=by, most=FIRST)),
    Work(
        "asked_rights",
        (Permission.RIGHTS_GRANT,),
        lambda by: rights.first(rights.Asked(state=rights.WAITING), by=by, most=FIRST),
    ),
    Work("ending_rights", (Permission.RIGHTS_ASK,), lambda by: rights.first_ending(by=by, most=FIRST)),
    Work("health", (Permission.INGEST_MANAGE,), _health),
    Work("jobs", (Permission.INGEST_MANAGE,), lambda by: jobs.standing(by, FIRST)),
    Work("arrivals", (Permission.INGEST_MANAGE,), _arrivals),
    Work("errors", (Permission.RECORDINGS_CORRECT,), lambda by: errors.first(by=by, most=FIRST)),
    Work("heard", (Permission.RECORDINGS_LISTEN,), lambda by: heard.lately(by=by, most=FIRST)),
    Work("reports", (Permission.RETENTION_REPORT,), lambda by: lists.own_reports(by=by, most=FIRST)),
    Work("reviews", (Permission.RECORDINGS_NOTE,), lambda by: quality.of_mine(by=by, most=FIRST)),
    Work("training", (Permission.REGISTER_TRAINING,), lambda by: training.newest(by, FIRST)),
    Work("figures", (Permission.REGISTER_FIGURES, Permission.RECORDINGS_REVIEW), _figures),
)
