"""What the letters of a resident's request say, read from the case as it stands when the letter is ordered."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from portal import clock, config, spelling
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases import deadline_words, deadlines, outcomes, words
from portal.cases.codes import Capacity, Identity, Regime, RightKind
from portal.cases.models import CallerNumber, Case, CaseRight
from portal.documents import stationery
from portal.documents.case_shapes import CaseEnd, CaseExtension, CaseIdentity, CaseReceipt, Invoked, Reckoned
from portal.documents.facts import Person
from portal.documents.models import Document
from portal.language import N_, translator

Say = Callable[[str], str]

DECIDES = N_("beslutsfattare")
"""The title of one who decides on the controller's behalf."""

WAYS: dict[str, str] = {
    "eid": N_("Identifiera dig elektroniskt, med bankkoder eller mobilcertifikat."),
    "desk": N_("Kom till disken och visa vem du är."),
    "callback": N_("Be oss ringa upp dig på ett nummer som staden redan har."),
}
"""How one can prove who one is, as the letter proposes it: codes of the setting `case_identity_methods`. To be known
to the one who checks is nothing that can be proposed."""


def receipt(document: Document) -> CaseReceipt:
    case, say = of(document), translator(document.language)
    reckoned = deadlines.of(case, today=as_of(document))
    return CaseReceipt(
        **common(case, document, say),
        asks=case.asks,
        numbers=masked(case),
        called_from=iso(case.called_from),
        called_to=iso(case.called_to),
        called_words=case.called_words,
        delivery=case.delivery,
        due_on=reckoned.statutory.isoformat(),
        working_on=reckoned.working.isoformat(),
        derivation=[
            Reckoned(day=one.day.isoformat(), words=one.words)
            for one in deadline_words.said(reckoned.lines, say, only=deadline_words.THE_LAW_S)
        ],
        identity_open=case.identity in (Identity.UNPROVEN, Identity.ASKED),
    )


def identity(document: Document) -> CaseIdentity:
    case, say = of(document), translator(document.language)
    content = json.loads(document.content)
    asked_on = case.paused_on or as_of(document)
    reply_by = asked_on + dt.timedelta(days=config.settings().case_identity_days)
    return CaseIdentity(
        **common(case, document, say),
        doubt=content.get("doubt", case.identity_doubt),
        asks=content.get("asks", case.identity_asks),
        methods=[say(WAYS[code]) for code in config.settings().case_identity_methods if code in WAYS],
        paused_on=asked_on.isoformat(),
        reply_by=content.get("reply_by", reply_by.isoformat()),
        due_before=_without_pause(case, extended=case.extended_on is not None).isoformat(),
    )


def extension(document: Document) -> CaseExtension:
    case, say = of(document), translator(document.language)
    content = json.loads(document.content)
    days = {"regime": case.regime, "paused_on": case.paused_on, "resumed_on": case.resumed_on}
    before, after = (
        deadlines.reckon(deadlines.begins(case), extended=extended, today=as_of(document), **days).statutory
        for extended in (False, True)
    )
    return CaseExtension(
        **common(case, document, say, signer=case.extension_decided_by),
        reason=content.get("reason", case.extension_reason),
        due_before=content.get("due_before", before.isoformat()),
        due_on=content.get("due_on", after.isoformat()),
    )


def end(document: Document) -> CaseEnd:
    """A request that was withdrawn, or sent on."""
    case, say = of(document), translator(document.language)
    content = json.loads(document.content)
    return CaseEnd(
        **common(case, document, say),
        words=content.get("words", ""),
        to=content.get("to", case.transferred_to),
        lifts_on=lifting_day(case, as_of(document)).isoformat(),
    )


def of(document: Document) -> Case:
    """The case that the letter belongs to."""
    found: Case = Case.get(Case.uuid == document.owner_key)
    return found


def as_of(document: Document) -> dt.date:
    """The day on the paper."""
    return clock.local(document.ordered_at or clock.now()).date()


def common(case: Case, document: Document, say: Say, *, signer: Account | None = None) -> dict[str, Any]:
    """What every letter says (`CaseLetter`). `signer`: who decided, when somebody did."""
    return {
        "recipient": case.recipient,
        "case": case.number,
        "registry_number": case.registry_number,
        "on_behalf_of": case.name if case.agent else "",
        "guardian": case.capacity == Capacity.GUARDIAN,
        "request_on": iso(case.requested_on),
        "received_on": case.received_on.isoformat(),
        "received_where": case.received_where,
        "rights": [_invoked(right, case, say) for right in _rights(case)],
        "data_protection": case.regime != Regime.PUBLIC_ACCESS,
        "public_access": case.regime != Regime.DATA_PROTECTION,
        "handler": case.handler.name if case.handler is not None else "",
        "responsible": _signer(signer, document.language, say),
    }


def masked(case: Case) -> list[str]:
    """The person's numbers, but for the last digits hidden."""
    rows = CallerNumber.select(CallerNumber.number).where(CallerNumber.case == case.id).order_by(CallerNumber.id)
    return [spelling.phone_masked(number) for (number,) in rows.tuples()]


def lifting_day(case: Case, on: dt.date) -> dt.date:
    """From which day nothing is kept for the case, when the answer leaves on `on`."""
    return case.lifts_on if case.lifts_on is not None else outcomes.lifting_day(case, on)


def iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _without_pause(case: Case, *, extended: bool) -> dt.date:
    if case.reopened_due_on is not None:
        return case.reopened_due_on
    return deadlines.reckon(deadlines.begins(case), regime=case.regime, extended=extended).statutory


def _rights(case: Case) -> list[CaseRight]:
    return list(CaseRight.select().where(CaseRight.case == case.id).order_by(CaseRight.id))


def _invoked(right: CaseRight, case: Case, say: Say) -> Invoked:
    return Invoked(
        right=right.right,
        words=say(words.RIGHTS[right.right]),
        outcome=say(words.OUTCOMES[right.outcome]) if right.outcome else "",
        answered=_answered(right, case),
        reasons=right.words,
    )


def _answered(right: CaseRight, case: Case) -> str:
    """Where, seen from the letter of access or of the whole request."""
    if right.outcome is None or right.round != case.round or case.outcome in (*outcomes.CHOSEN, *outcomes.ASIDE):
        return ""
    return "here" if right.right == RightKind.ACCESS or right.outcome in outcomes.NOTHING else "apart"


def _signer(account: Account | None, language: str, say: Say) -> Person | None:
    """Who decided, by name; their title is the stationery's when they are the one it names. None: nobody decided."""
    if account is None or not account.may(Permission.CASES_DECIDE):
        return None
    signer = stationery.of(language)["signer"]
    return Person(name=account.name, title=signer["title"] if signer["name"] == account.name else say(DECIDES))
