"""What residents have asked: so that the work list of requests is not empty, and each role finds something to do."""

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.cases import clockwork, decisions, ending, intake, proposal, selection
from portal.cases.codes import Capacity, Channel, Concerns, Decision, Ground
from portal.cases.models import Case, CaseCall
from portal.cases.passages import PassageTyped
from portal.demo import rights
from portal.demo.people import RESPONSIBLE
from portal.documents import setting
from portal.recordings.models import Playable, Recording, State

CLERK = "kerstin"
NEWEST = 2
UNKNOWN = "+358401110000"
"""A number that nobody has called from."""
SECONDS = 60
"""So long a letter is waited for, which the worker may be setting."""
LATE = "Begäran hade blivit liggande på en annan enhet, och kom till registratorskontoret först efter fyra veckor."
SHORTEST_MS = 15_000
"""A call that has a passage to be silent."""
NEIGHBOUR = {
    "interest": "En granne som nämns vid namn",
    "harm": "Avsnittet berättar om grannens sjukdom.",
    "milder": "Bara avsnittet tystas; att ändra rösten hjälper inte, för namnet sägs.",
}
REASONS = (
    "Samtalen ges, men på ett ställe är ljudet tystat. Där berättas om en annan persons hälsa, och den personen har "
    "inte gått med på att det lämnas ut."
)


def tell() -> None:
    """As many as there are callers for, by the clerk: one just came in, one is worked on, one waits for the decider,
    one for proof of identity, one has been granted and is late, one asks for longer time, one was taken back, one was
    answered too late."""
    by = Account.get(Account.username == CLERK)
    people = list(_callers())
    for story, number in zip(STORIES, people, strict=False):
        story(number, by)
    _answered_late(by)
    newest = Recording.select(Recording.number).order_by(Recording.id.desc()).limit(NEWEST).tuples()
    recent = {number for (number,) in newest}  # what is contested leaves the search: the newest calls stay in it
    rights.tell([number for number in reversed(people) if number not in recent] or people)


def _callers() -> Iterator[str]:
    """The numbers that called most often first, each with a call that can be heard."""
    heard = Recording.select(Recording.number).where(
        *(Recording.state == State.LIVE, Recording.number.is_null(False), Recording.expires_at > clock.now()),
        *(Recording.playable.in_((Playable.READY, Playable.PENDING)), Recording.duration_ms >= SHORTEST_MS),
    )
    often = heard.group_by(Recording.number).order_by(peewee.fn.COUNT(Recording.id).desc(), Recording.number)
    for (number,) in list(often.tuples()):
        yield number


def _registered(number: str, by: Account, ago: int, name: str, asks: str, **more: str) -> Case:
    """Received `ago` days ago."""
    facts: dict[str, Any] = {
        "received_on": clock.today() - dt.timedelta(days=ago),
        "channel": Channel.LETTER,
        "language": "sv",
        "name": name,
        "address": "Modellgatan 4 B 12\n06100 BORGÅ",
        "numbers": (number,),
        "asks": asks,
    }
    return intake.register(intake.Registration(**(facts | more)), by=by)


def _proven(case: Case, by: Account) -> Case:
    return clockwork.prove_identity(case, "eid", clock.today(), by=by)


def _judged(case: Case, by: Account) -> list[CaseCall]:
    calls = list(CaseCall.select().where(CaseCall.case == case.id).order_by(CaseCall.id))
    return [selection.judge(call, Concerns.YES, by=by) for call in calls]


def _just_came(number: str, by: Account) -> None:
    _registered(number, by, 0, "Anna Påhittinen", "Vad har ni spelat in när jag har ringt er?")


def _worked_on(number: str, by: Account) -> None:
    asks = "Jag ringde om min fars vård i höstas. Skicka mig inspelningarna, tack."
    case = _proven(_registered(number, by, 9, "Lars Modellberg", asks), by)
    _judged(case, by)


def _proposed(number: str, by: Account) -> None:
    """Somebody else's illness is told of: the decider hears the call first."""
    asks = "Jag vill ha en kopia av alla mina samtal."
    case = _proven(_registered(number, by, 20, "Siv Exempelsson", asks, channel=Channel.EMAIL), by)
    first, *others = _judged(case, by)
    decisions.decide(first, Decision.MUTED, by=by)
    decisions.set_passages(first, [PassageTyped(4_000, 8_500, Ground.OTHERS, **NEIGHBOUR)], by=by)
    for call in others:
        decisions.decide(call, Decision.WHOLE, by=by)
    proposal.propose(case, reasons=REASONS, by=by)


def _doubted(number: str, by: Account) -> None:
    case = _registered(
        number,
        by,
        4,
        "Pekka Keksilä",
        "Haluan tietää, mitä minusta on tallennettu.",
        language="fi",
        channel=Channel.EMAIL,
        address="Mallikatu 7\n06100 PORVOO",
    )
    clockwork.ask_identity(
        case,
        "Meddelandet kom från en adress som inte är känd, och numret hör till ett företag.",
        "Tunnistaudu kaupungin sähköisessä asioinnissa tai käy Kompassissa ja näytä henkilöllisyystodistus.",
        by=by,
    )


def _granted_late(number: str, by: Account) -> None:
    """Past its last day, and granted: what is left is to send it, and to say why it is late."""
    case = _proven(_registered(number, by, 40, "Maj-Britt Låtsas", "Ge mig inspelningen av vårt samtal."), by)
    for call in _judged(case, by):
        decisions.decide(call, Decision.WHOLE, by=by)
    proposal.approve(proposal.propose(case, by=by), by=by)


def _needs_longer(number: str, by: Account) -> None:
    case = _registered(
        number,
        by,
        16,
        "Elias Provling",
        "Allt om vår son.",
        capacity=Capacity.GUARDIAN,
        agent="Sonja Provling",
        authority="Vårdnadshavare enligt befolkningsregistret",
    )
    reason = "Samtalen är många och långa, och andra personer nämns i flera av dem."
    clockwork.propose_extension(_proven(case, by), reason, by=by)


def _taken_back(number: str, by: Account) -> None:
    case = _registered(number, by, 12, "Ritva Esimerkki", "Äänitteet, kiitos.", language="fi", channel=Channel.PHONE)
    ending.withdraw(case, words="Ringde och sade att saken är ordnad.", by=by)


def _answered_late(by: Account) -> None:
    """Nothing was found, and the answer left after its last day."""
    case = _proven(_registered(UNKNOWN, by, 44, "Stina Ickehittad", "Har ni spelat in mina samtal?"), by)
    decider = Account.get(Account.username == RESPONSIBLE)
    approved = proposal.approve(proposal.propose(case, by=by), by=decider)
    for _ in range(SECONDS):
        setting.make_due()
        if ending.is_set(approved):
            ending.dispatch(approved, on=clock.today(), how="post", late_reason=LATE, by=by)
            return
        time.sleep(1)


STORIES = (_just_came, _proposed, _worked_on, _doubted, _granted_late, _needs_longer, _taken_back)
