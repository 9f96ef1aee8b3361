"""What people have demanded of the register beyond seeing it, what they consent to, who asks for a call, what went
wrong: so that none of the lists is empty."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases import claims, clockwork, intake, proposal, selection
from portal.cases.codes import (
    Channel,
    ClaimDecision,
    Concerns,
    Disputed,
    ErasureGround,
    RefusalGround,
    RightKind,
)
from portal.cases.models import Case, CaseCall, CaseRight
from portal.incidents import actions as incidents
from portal.incidents.models import Loss, Risk
from portal.recordings import errors
from portal.recordings.models import Playable, Recording
from portal.register import consents, disclosures, texts
from portal.register.models import ConsentPurpose
from portal.retention.models import Basis
from portal.retention.models import Channel as Way

ASKED = {
    RightKind.RECTIFICATION: "Det som har skrivits om mitt samtal stämmer inte. Rätta det.",
    RightKind.ERASURE: "Radera samtalet där jag berättade om min hälsa.",
    RightKind.OBJECTION: "Vastustan sitä, että puhelujani käytetään laadun seurantaan.",
}
WRONG = "Ämnet är fel. Jag ringde om en annan sak."
REFUSED = (
    "Ämnet återger vad som sades i samtalet: på inspelningen hörs att frågan gällde just det som står där. Det är "
    "alltså inte felaktigt, och ändras därför inte."
)
TEXT_SV = (
    "Jag samtycker till att inspelningen av mitt samtal används när nya kundrådgivare utbildas, också efter tre "
    "månader. Jag kan när som helst återkalla samtycket, och då upphör användningen genast."
)
TEXT_FI = (
    "Suostun siihen, että puheluni tallennetta käytetään uusien asiakasneuvojien koulutuksessa myös kolmen kuukauden "
    "jälkeen. Voin peruuttaa suostumukseni milloin tahansa, ja silloin käyttö loppuu heti."
)

ADDRESSES = {"sv": "Modellgatan 9\n06100 BORGÅ", "fi": "Mallikatu 3\n06100 PORVOO"}

Story = Callable[[str, Account], None]


def tell(people: Sequence[str]) -> None:
    """As many requests as there are callers for; the rest of an adviser's own calls."""
    clerk, manager, adviser, decider, officer = (
        Account.get(Account.username == name) for name in ("kerstin", "maria", "karin", "dag", "disa")
    )
    for story, number in zip(STORIES, people, strict=False):
        story(number, clerk)
    calls = _free(adviser)
    if (call := next(calls, None)) is not None:
        errors.report_error(call, entry=Disputed.SUBJECT, words="Fel ämne: samtalet gällde skolskjutsen.", by=adviser)
    if (call := next(calls, None)) is not None:
        _consent(call, decider, manager)
    if (call := next(calls, None)) is not None:
        _asked_for(call, clerk)
    _incident(adviser, officer)


def _free(adviser: Account) -> Iterator[Recording]:
    """Calls of the adviser's that no hold keeps and nothing restricts, the newest first, again from the beginning."""
    rows = Recording.select().where(
        *(Recording.adviser == adviser, Recording.queue.in_(sorted(adviser.queues_for(Permission.RECORDINGS_FIND)))),
        *(Recording.holds == 0, Recording.restrictions == 0),
        *(Recording.unexpired_at(clock.now()), Recording.playable.in_((Playable.READY, Playable.PENDING))),
    )
    return itertools.cycle(list(rows.order_by(Recording.id.desc()).limit(10)))


def _asking(number: str, by: Account, ago: int, name: str, right: RightKind, language: str = "sv") -> Case:
    case = intake.register(
        intake.Registration(
            received_on=clock.today() - dt.timedelta(days=ago),
            channel=Channel.LETTER,
            language=language,
            name=name,
            address=ADDRESSES[language],
            numbers=(number,),
            asks=ASKED[right],
            rights=(right,),
        ),
        by=by,
    )
    case = clockwork.prove_identity(case, "eid", clock.today(), by=by)
    for call in CaseCall.select().where(CaseCall.case == case.id):
        selection.judge(call, Concerns.YES, by=by)
    fresh: Case = Case.get_by_id(case.id)
    return fresh


def _of(case: Case) -> tuple[CaseRight, CaseCall]:
    right = CaseRight.get(CaseRight.case == case.id)
    return right, CaseCall.select().where(CaseCall.case == case.id).order_by(CaseCall.id).get()


def _contested(number: str, by: Account) -> None:
    """Noted, and the call is restricted while it is looked into."""
    case = _asking(number, by, 6, "Göran Påhitt", RightKind.RECTIFICATION)
    right, call = _of(case)
    claims.add(right, call=call, entry=Disputed.SUBJECT, demanded=WRONG, by=by)


def _refused(number: str, by: Account) -> None:
    """Its certificate waits for the decider."""
    case = _asking(number, by, 15, "Ulla Tänkvärd", RightKind.RECTIFICATION)
    right, call = _of(case)
    claim = claims.add(right, call=call, entry=Disputed.SUBJECT, demanded=WRONG, by=by)
    claims.decide(claim, ClaimDecision.REFUSED, refusal=RefusalGround.CORRECT, reasons=REFUSED, by=by)
    proposal.propose(case, by=by)


def _to_erase(number: str, by: Account) -> None:
    """An erasure ahead of its date waits for the decider."""
    case = _asking(number, by, 11, "Stig Inbillning", RightKind.ERASURE)
    right, call = _of(case)
    claim = claims.add(right, call=call, entry=Disputed.CALL, demanded="Radera hela samtalet.", by=by)
    claims.decide(claim, ClaimDecision.GRANTED, ground=ErasureGround.NEEDLESS, by=by)
    proposal.propose(case, by=by)


def _objects(number: str, by: Account) -> None:
    _asking(number, by, 3, "Tuula Keksitty", RightKind.OBJECTION, "fi")


STORIES: tuple[Story, ...] = (_contested, _to_erase, _objects, _refused)


def _consent(call: Recording, decider: Account, manager: Account) -> None:
    today = clock.today()
    wording = texts.make(
        ConsentPurpose.TRAINING, text_sv=TEXT_SV, text_fi=TEXT_FI, valid_from=today, seen=0, by=decider
    )
    given = consents.Given(
        text=wording,
        name="Rosa Modellén",
        number=call.number or "",
        language="sv",
        given_on=today,
        given_how="recording",
        how_words="Sägs i slutet av samtalet.",
    )
    consents.give(given, [call], by=manager)


def _asked_for(call: Recording, clerk: Account) -> None:
    disclosures.propose(
        call,
        authority="Folkpensionsanstalten, juridiska enheten",
        reference="FPA 12/400/2026",
        asked_on=clock.today(),
        basis=Basis.STATUTE,
        purpose="Utredning av ett ärende om hemvårdsstöd.",
        scope="Det som sägs om vårdtiden (folkpensionslagen 87 §).",
        channel=Way.SECURE_MAIL,
        address="Folkpensionsanstalten\nPB 450\n00056 FPA",
        by=clerk,
    )


def _incident(adviser: Account, officer: Account) -> None:
    known = clock.now() - dt.timedelta(hours=20)
    made = incidents.report(
        known_at=known,
        happened="En lista med telefonnummer skrevs ut och blev kvar i skrivaren i Kompassen.",
        concerns="Nummer till omkring tjugo invånare.",
        measures="Papperet är upphittat och förstört.",
        by=adviser,
    )
    incidents.assess(
        incidents.lead(made, by=officer),
        risk=Risk.RISK,
        risk_reasons="Papperet låg framme i fem timmar i ett utrymme dit också besökare kommer.",
        losses=[Loss.SECRECY],
        persons=20,
        effects="Någon kan ha fått veta vem som har ringt staden.",
        by=officer,
    )
