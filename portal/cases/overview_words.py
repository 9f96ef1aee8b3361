"""What people read on the overview and the work list for what comes next, the parts of a case and its facts."""

from typing import NamedTuple

from portal.cases.overview import Next
from portal.language import N_


class Say(NamedTuple):
    text: str
    link: str = ""
    endpoint: str = ""
    place: str = ""
    """Where on that page."""


NEXT: dict[str, Say] = {
    Next.SEARCH: Say(
        N_("Inga samtal har sökts ännu: varken nummer eller period är känd. Sök, eller be personen komplettera."),
        N_("Sök samtal"),
        "cases.calls",
    ),
    Next.JUDGE: Say(
        N_("Bedöm om samtalen gäller personen. Kvar att bedöma: %(num)s."), N_("Till samtalen"), "cases.calls"
    ),
    Next.UNCLEAR: Say(
        N_("Avgör om de oklara samtalen gäller personen. Oklara: %(num)s."), N_("Till samtalen"), "cases.calls"
    ),
    Next.DECIDE: Say(N_("Avgör hur samtalen ges. Kvar att avgöra: %(num)s."), N_("Till samtalen"), "cases.calls"),
    Next.CONSENT: Say(
        N_("Återkalla samtycket, eller anteckna att det inte finns något."), N_("Till samtyckena"), "cases.consents"
    ),
    Next.CLAIMS: Say(N_("Anteckna och avgör vad personen yrkar. Kvar: %(num)s."), N_("Till yrkandena"), "cases.claims"),
    Next.IDENTITY: Say(
        N_("Anteckna hur personens identitet är styrkt, eller be om styrkt identitet om den är oklar."),
        N_("Till identiteten"),
        "cases.time",
        "identity-title",
    ),
    Next.IDENTITY_AWAITED: Say(
        N_("Personen har ombetts styrka sin identitet. Klockan står tills svaret kommer."),
        N_("Till identiteten"),
        "cases.time",
        "identity-title",
    ),
    Next.COMPLETION_AWAITED: Say(
        N_("Personen har ombetts komplettera begäran. Klockan går hela tiden."), N_("Till tiden"), "cases.time"
    ),
    Next.PROPOSE: Say(N_("Allt är bedömt och avgjort. Föreslå ett svar."), N_("Till svaret"), "cases.answer"),
    Next.APPROVE: Say(N_("Svaret är föreslaget och väntar på att godkännas."), N_("Till svaret"), "cases.answer"),
    Next.LETTER: Say(N_("Svaret är godkänt och brevet görs i ordning."), N_("Till avslutet"), "cases.ending"),
    Next.DISPATCH: Say(N_("Skicka svaret och anteckna att det är skickat."), N_("Till avslutet"), "cases.ending"),
    Next.HAND_OVER: Say(N_("Lämna över ljudkopian."), N_("Till ljudkopian"), "cases.copies"),
    Next.CARRY: Say(
        N_(
            "Svaret är skickat. Allt som beslutades är inte gjort än: det sker av sig självt när det som hindrar är "
            "borta."
        ),
        N_("Till verkställigheten"),
        "cases.carrying",
    ),
    Next.SEND: Say(
        N_("Svaret är skickat. Ett brev som berättar vad som gjordes sedan väntar på att skickas."),
        N_("Till avslutet"),
        "cases.ending",
    ),
    Next.NOTICE: Say(
        N_("Svaret är skickat. En mottagare av ett samtal ska underrättas om det som gjordes."),
        N_("Till avslutet"),
        "cases.ending",
    ),
    Next.LIFTS: Say(
        N_("Svaret är skickat. Spärren hävs %(day)s och begäran avslutas då av sig själv."),
        N_("Till avslutet"),
        "cases.ending",
    ),
    Next.COMPLAINT: Say(
        N_("Ett klagomål pågår. Spärrarna står kvar tills det är avgjort."), N_("Till klagomålen"), "cases.complaints"
    ),
    Next.CLOSED: Say(N_("Begäran är avslutad. Akten gallras %(day)s.")),
    Next.PURGED: Say(N_("Akten är gallrad. Bara registerraden finns kvar.")),
}

TABS = (
    ("cases.show", N_("Översikt")),
    ("cases.time", N_("Tid och identitet")),
    ("cases.calls", N_("Samtal")),
    ("cases.claims", N_("Yrkanden")),
    ("cases.restrictions", N_("Begränsningar")),
    ("cases.consents", N_("Samtycken")),
    ("cases.answer", N_("Svar")),
    ("cases.copies", N_("Ljudkopia")),
    ("cases.carrying", N_("Verkställighet")),
    ("cases.ending", N_("Avslut")),
    ("cases.complaints", N_("Klagomål")),
    ("cases.log", N_("Logg")),
)
"""The parts of a case, in the order of the work; those that are there are shown."""

FACTS: dict[str, str] = {
    "received_on": N_("Mottagen i staden den"),
    "received_where": N_("Var i staden den togs emot"),
    "requested_on": N_("Begäran är daterad den"),
    "registry_number": N_("Stadens diarienummer"),
    "channel": N_("Hur den kom"),
    "language": N_("Handläggningsspråk"),
    "regime": N_("Lagstiftning"),
    "capacity": N_("Vem som begär"),
    "name": N_("Namn"),
    "agent": N_("Ombudets eller vårdnadshavarens namn"),
    "authority": N_("Vad som visar rätten att agera"),
    "address": N_("Adress"),
    "email": N_("E-post"),
    "phone": N_("Telefon för kontakt"),
    "numbers": N_("Nummer som personen ringer från"),
    "asks": N_("Vad som begärs, med personens egna ord"),
    "called_from": N_("Periodens första dag"),
    "called_to": N_("Periodens sista dag"),
    "called_words": N_("När personen ringde, med egna ord"),
    "rights": N_("Rättigheter som åberopas"),
    "delivery": N_("Hur ljudet lämnas över"),
}
"""The facts, as a form and the timeline name them."""

LANGUAGES = {"sv": N_("Svenska"), "fi": N_("Finska")}
