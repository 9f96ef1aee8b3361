"""The letters of the rights beyond access, the notice and the record with invented data: plain, long, and odd on
purpose."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from portal.documents import rights_shapes as shapes
from portal.documents.case_shapes import Invoked
from portal.documents.facts import Facts, Person
from portal.documents.kinds import Kind
from portal.documents.samples_cases import common
from portal.documents.samples_odd import LONG_WORD, MARKUP, ODD_NAME, ODD_RECIPIENT, ODD_WORDS, QUEUES, identifier, iso

_ODD = f"{ODD_WORDS}\n\n{LONG_WORD}\n{ODD_NAME}"

_WORDS: dict[str, dict[str, Any]] = {
    "sv": {
        "rectification": "Rättelse (artikel 16)",
        "erasure": "Radering (artikel 17)",
        "restriction": "Begränsning (artikel 18)",
        "objection": "Invändning (artikel 21)",
        "withdrawal": "Återkallat samtycke (artikel 7.3)",
        "outcomes": {"granted": "Beviljad", "partial": "Delvis beviljad", "refused": "Vägrad"},
        "asks": "I samtalet den 3 september står det att jag ringde om fel sak. Ändra det, tack.",
        "what": {
            "subject": "Ämne",
            "note": "Anteckning",
            "speech": "Det som sägs i samtalet",
            "number": "Telefonnummer",
            "call": "Hela samtalet",
            "passage": "Ett avsnitt av samtalet",
        },
        "disputed": "Klagomål om skolskjuts",
        "demanded": "Det ska stå att jag ringde om min fars hemvård. Jag har aldrig klagat på skolskjutsen.",
        "value": "Fråga om hemvård",
        "note": "Den som ringde var upprörd och ville inte uppge sitt namn.",
        "note_demanded": "Ta bort att jag skulle ha varit upprörd. Jag var lugn hela tiden.",
        "statement": "Jag var inte upprörd. Jag talade högt för att linjen brusade.",
        "reasons": "Vi har lyssnat på samtalet. Den som ringer höjer rösten vid två tillfällen och säger själv att hon "
        "är arg. Anteckningen beskriver det på ett sakligt sätt och är skriven samma dag av den som tog emot samtalet. "
        "Uppgiften är inte felaktig.",
        "erase": "Radera samtalet genast, jag vill inte att någon hör det.",
        "erase_reasons": "Samtalet är fem veckor gammalt och behövs ännu för kundrådgivarnas säkerhet: det har "
        "anmälts som hotsamtal, och anmälan behandlas.",
        "whole": "Utredningen gjordes av två personer, som båda har lyssnat på samtalet.",
        "authority": "Östra Nylands polisinrättning, förundersökningen",
        "impossible": "föreningen är upplöst",
        "why": "Utredningen är klar: uppgiften är rättad, och det finns inget mer att kontrollera.",
        "purpose": "Utbildning av kundrådgivare",
        "how": "brev",
        "basis": "Tvångsmedelslagen 7 eller 8 kap.: förundersökning",
        "channel": "Personligen, på krypterat minne",
        "scope": "Hela samtalet med ljud, tid och nummer.",
        "task": "Förundersökning av olaga hot.",
        "decided": "Begäran är skriftlig, grunden är riktig och inget mer än samtalet lämnas.",
        "left": "Minnet överlämnades mot kvittering på polisstationen.",
        "states": {
            "proposed": "Väntar på beslut",
            "refused": "Avslaget",
            "handed_over": "Överlämnat",
        },
        "consent": "Utlämnande till någon som personen nämner, gavs den 1.9.2026",
        "decides": "beslutsfattare",
    },
    "fi": {
        "rectification": "Oikaiseminen (16 artikla)",
        "erasure": "Poistaminen (17 artikla)",
        "restriction": "Rajoittaminen (18 artikla)",
        "objection": "Vastustaminen (21 artikla)",
        "withdrawal": "Suostumuksen peruuttaminen (7 artiklan 3 kohta)",
        "outcomes": {"granted": "Myönnetty", "partial": "Myönnetty osittain", "refused": "Evätty"},
        "asks": "Puhelun 3. syyskuuta kohdalla lukee, että soitin aivan muusta asiasta. Pyydän korjaamaan tiedon.",
        "what": {
            "subject": "Aihe",
            "note": "Muistiinpano",
            "speech": "Puhelussa sanottu",
            "number": "Puhelinnumero",
            "call": "Koko puhelu",
            "passage": "Puhelun kohta",
        },
        "disputed": "Valitus koulukuljetuksesta",
        "demanded": "Aiheena on oltava isäni kotihoito. En ole koskaan valittanut koulukuljetuksesta.",
        "value": "Kysymys kotihoidosta",
        "note": "Soittaja oli kiihtynyt eikä halunnut kertoa nimeään.",
        "note_demanded": "Poistakaa väite, että olin kiihtynyt. Olin koko ajan rauhallinen.",
        "statement": "En ollut kiihtynyt. Puhuin kovalla äänellä, koska linja kohisi.",
        "reasons": "Olemme kuunnelleet puhelun. Soittaja korottaa ääntään kaksi kertaa ja sanoo itse olevansa "
        "vihainen. Muistiinpano kuvaa tätä asiallisesti, ja sen on kirjoittanut samana päivänä se, joka vastasi "
        "puheluun. Tieto ei ole virheellinen.",
        "erase": "Poistakaa puhelu heti, en halua, että kukaan kuulee sen.",
        "erase_reasons": "Puhelu on viiden viikon ikäinen, ja sitä tarvitaan vielä asiakasneuvojien turvallisuuden "
        "vuoksi: siitä on tehty ilmoitus uhkailupuheluna, ja ilmoituksen käsittely on kesken.",
        "whole": "Asian selvitti kaksi henkilöä, jotka molemmat ovat kuunnelleet puhelun.",
        "authority": "Itä-Uudenmaan poliisilaitos, esitutkinta",
        "impossible": "yhdistys on purettu",
        "why": "Asia on selvitetty: tieto on oikaistu, eikä tarkistettavaa enää ole.",
        "purpose": "Asiakasneuvojien koulutus",
        "how": "kirje",
        "basis": "Pakkokeinolain 7 tai 8 luku: esitutkinta",
        "channel": "Henkilökohtaisesti, salatulla muistilla",
        "scope": "Koko puhelu: ääni, aika ja numero.",
        "task": "Laittoman uhkauksen esitutkinta.",
        "decided": "Pyyntö on kirjallinen, peruste on oikea, eikä muuta kuin puhelu luovuteta.",
        "left": "Muisti luovutettiin kuittausta vastaan poliisiasemalla.",
        "states": {"proposed": "Odottaa päätöstä", "refused": "Hylätty", "handed_over": "Luovutettu"},
        "consent": "Luovuttaminen henkilön nimeämälle taholle, annettu 1.9.2026",
        "decides": "päättäjä",
    },
}


def _common(language: str, size: str, right: str, outcome: str) -> dict[str, Any]:
    say = _WORDS[language]
    invoked = Invoked(right=right, words=say[right], outcome=say["outcomes"][outcome], answered="apart")
    return common(language, size) | {"rights": [invoked]}


def _typed(words: str, size: str) -> str:
    return {"short": words, "long": f"{words}\n\n{words} {words}", "odd": _ODD}[size]


def _spot(language: str, size: str, number: int, *, gone: bool = False) -> shapes.Spot:
    day = dt.date(2026, 9, 1) + dt.timedelta(days=number)
    odd = size == "odd"
    return shapes.Spot(
        at=iso(day, 30_000 + 777 * number),
        duration_ms=0 if gone else 67_000 * number + 3_000,
        line=LONG_WORD[:60] if odd else QUEUES[language][number % 6],
        direction="" if gone else ("in", "out", "internal", "")[number % 4] if odd else "in",
    )


_GRANTING = {
    "rectification": (("subject", "corrected"), ("speech", "completed"), ("number", "corrected")),
    "erasure": (("call", "granted"), ("passage", "granted")),
    "restriction": (("call", "granted"),),
    "objection": (("call", "granted"),),
}
_REFUSING = {
    "rectification": ("note", "16"),
    "erasure": ("call", "17_3_e"),
    "restriction": ("call", "18_1"),
    "objection": ("call", "21_1"),
}
_GROUNDS = {"erasure": "17_1_d", "restriction": "18_1_c", "objection": "17_1_c"}
_COUNTS = {"short": 1, "long": 6, "odd": 3}


def _granted(language: str, size: str, number: int, right: str) -> shapes.Demand:
    say, odd = _WORDS[language], size == "odd"
    entry, decision = _GRANTING[right][(number - 1) % len(_GRANTING[right])]
    erased = decision == "granted" and right != "restriction"
    waits = odd and erased and number == 2
    corrected = decision == "corrected"
    return shapes.Demand(
        number=number,
        entry=entry,
        what=say["what"][entry],
        call=_spot(language, size, number, gone=erased and entry == "call" and not waits),
        start_ms=70_000 if entry == "passage" else None,
        end_ms=85_000 if entry == "passage" else None,
        disputed=("••• ••••567" if entry == "number" else _ODD if odd else say["disputed"]) if corrected else "",
        demanded=_typed(say["demanded"] if right == "rectification" else say["erase"], size),
        decision=decision,
        value=("••• ••••890" if entry == "number" else _ODD if odd else say["value"]) if corrected else "",
        statement=_ODD if odd and decision == "completed" else say["statement"] if decision == "completed" else "",
        papers=2 if decision == "completed" else 0,
        ground=_GROUNDS.get(right, ""),
        refusal="",
        reasons="",
        waits="access" if waits else "",
        done_at=None if waits else iso(dt.date(2026, 11, 2), 33_000),
        done_by="" if waits else ODD_NAME if odd else "Kerstin Tallberg-Ahl",
        gone_by=iso(dt.date(2026, 11, 9), 33_000) if erased and not waits else None,
    )


def _refused(language: str, size: str, number: int, right: str) -> shapes.Demand:
    say, odd = _WORDS[language], size == "odd"
    entry, provision = _REFUSING[right]
    about = right == "rectification"
    return shapes.Demand(
        number=number,
        entry=entry,
        what=say["what"][entry],
        call=_spot(language, size, number),
        start_ms=None,
        end_ms=None,
        disputed=(_ODD if odd else say["note"]) if about else "",
        demanded=_typed(say["note_demanded"] if about else say["erase"], size),
        decision="refused",
        value="",
        statement=_typed(say["statement"], size) if about and size != "short" else "",
        papers=1 if about and odd else 0,
        ground="",
        refusal=provision,
        reasons=_typed(say["reasons"] if about else say["erase_reasons"], size),
        waits="",
        done_at=None,
        done_by="",
        gone_by=None,
    )


def _ahead(language: str, size: str, number: int, grounds: list[str], lifts_on: str | None) -> shapes.Ahead:
    return shapes.Ahead(
        call=_spot(language, size, number),
        grounds=grounds,
        lifts_on=lifts_on,
        deleted_on="2026-12-02" if lifts_on or not grounds else None,
    )


def _informed(language: str, size: str) -> list[shapes.Informed]:
    say = _WORDS[language]
    states = {"short": (), "long": ("told", "waiting", "impossible"), "odd": ("impossible",)}[size]
    return [
        shapes.Informed(
            call=_spot(language, size, number),
            authority=ODD_NAME if size == "odd" else say["authority"],
            given_on="2026-09-30",
            state=state,
            told_on="2026-11-02" if state == "told" else None,
            reason=(MARKUP if size == "odd" else say["impossible"]) if state == "impossible" else "",
        )
        for number, state in enumerate(states, 1)
    ]


def _answer(kind: Kind) -> Callable[[str, str], Facts]:
    def made(language: str, size: str) -> Facts:
        say = _WORDS[language]
        right = _RIGHTS[kind][size]
        refused = kind == Kind.CASE_CERTIFICATE
        outcome = "refused" if refused else "granted" if size == "short" else "partial"
        count = _COUNTS[size]
        demands = [] if refused else [_granted(language, size, n, right) for n in range(1, count + 1)]
        more = range(len(demands) + 1, len(demands) + 1 + ({"short": 0, "long": 2, "odd": 1}[size] or refused))
        demands += [_refused(language, size, number, right) for number in more]
        locked = right == "restriction" and not refused
        left = [one.number for one in demands if right in ("rectification", "restriction") or one.decision == "refused"]
        calls = left[: 9 if size == "long" else 3]
        return shapes.RightAnswer(
            **_common(language, size, right, outcome),
            right=right,
            outcome=outcome,
            later=False,
            asks=_typed(say["asks"], size),
            reasons={"short": "", "long": say["whole"], "odd": _ODD}[size],
            demands=demands,
            ahead=[_ahead(language, size, n, *_ahead_of(right, n, locked)) for n in calls],
            informed=_informed(language, size),
            backup_days=7,
            lifts_on="2026-11-16" if outcome == "granted" else "2026-12-02",
        )

    return made


def _ahead_of(right: str, number: int, locked: bool) -> tuple[list[str], str | None]:
    """Why a call is restricted, and until when."""
    if right == "erasure":
        return [], None
    grounds = {"rectification": ["18_1_a"], "objection": ["18_1_d"], "restriction": ["18_1_c"]}[right]
    return (["18_1_a", "18_1_d"] if number == 2 else grounds), None if locked else "2026-12-02"


_RIGHTS = {
    Kind.CASE_CERTIFICATE: {"short": "rectification", "long": "rectification", "odd": "objection"},
    Kind.CASE_RECTIFIED: {"short": "rectification", "long": "rectification", "odd": "rectification"},
    Kind.CASE_ERASED: {"short": "erasure", "long": "erasure", "odd": "objection"},
    Kind.CASE_RESTRICTED: {"short": "restriction", "long": "restriction", "odd": "restriction"},
}


def _lifted(language: str, size: str) -> Facts:
    say = _WORDS[language]
    count = _COUNTS[size]
    return shapes.CaseLifted(
        **_common(language, size, "restriction", "granted"),
        day="2026-11-16",
        ahead=[
            _ahead(language, size, n, ["18_1_c"] if n % 2 else ["18_1_a", "18_1_d"], "2026-11-16")
            for n in range(1, count + 1)
        ],
        reasons=_typed(say["why"], size),
    )


def _consent(language: str, size: str) -> Facts:
    say = _WORDS[language]
    fates = {"short": (), "long": ("erased", "waits", "kept", "kept"), "odd": ("kept",)}[size]
    return shapes.CaseConsent(
        **_common(language, size, "withdrawal", "granted"),
        asks=_typed(say["asks"], size),
        reasons="" if size != "odd" else _ODD,
        consents=[
            shapes.Ended(
                purpose=MARKUP if size == "odd" else say["purpose"],
                version=3,
                given_on="2026-09-01",
                given_how=say["how"],
                withdrawn_at=iso(dt.date(2026, 11, 2), 30_000),
                withdrawn_by=ODD_NAME if size == "odd" else "Kerstin Tallberg-Ahl",
                calls=[
                    shapes.Freed(
                        call=_spot(language, size, number, gone=fate == "erased"),
                        fate=fate,
                        at=iso(dt.date(2026, 11, 2), 33_000) if fate == "erased" else None,
                        gone_by=iso(dt.date(2026, 11, 9), 33_000) if fate == "erased" else None,
                        until="2026-12-02" if fate == "kept" and number == 3 else None,
                    )
                    for number, fate in enumerate(fates, 1)
                ],
            )
            for _ in range({"short": 0, "long": 2, "odd": 1}[size])
        ],
        objection=False,
        informed=_informed(language, size),
    )


def _notice(language: str, size: str) -> Facts:
    say, odd = _WORDS[language], size == "odd"
    what = {"short": "erased", "long": "corrected", "odd": "completed"}[size]
    authority = ODD_NAME if odd else say["authority"]
    return shapes.RecipientNotice(
        recipient=ODD_RECIPIENT if odd else [authority, "Åkerbrogatan 1", "06100 BORGÅ"],
        case="" if odd else "BS/12/2026",
        reference="" if size == "short" else MARKUP if odd else "5530/R/4711/26",
        given_on="2026-09-30",
        call=_spot(language, size, 2, gone=what == "erased"),
        what=what,
        entry="subject" if what == "corrected" else "",
        entry_words=say["what"]["subject"] if what == "corrected" else "",
        before=say["disputed"] if what == "corrected" else "",
        after=say["value"] if what == "corrected" else "",
        ranges=[[70_000, 85_000]] if size == "short" and language == "fi" else [],
        statement=_ODD if odd else "",
        done_on="2026-11-02",
        grounds=[],
    )


def _record(language: str, size: str) -> Facts:
    say, odd = _WORDS[language], size == "odd"
    state = {"short": "proposed", "long": "handed_over", "odd": "refused"}[size]
    decided, over = state != "proposed", state == "handed_over"
    return shapes.DisclosureRecord(
        recording=identifier("disclosed", size),
        call=_spot(language, size, 2),
        held=size == "long",
        authority=ODD_NAME if odd else say["authority"],
        address=ODD_RECIPIENT[1:] if odd else ["Åkerbrogatan 1", "06100 BORGÅ"] if size == "long" else [],
        reference=LONG_WORD if odd else "5530/R/4711/26",
        asked_on="2026-09-28",
        basis=say["basis"],
        consent=say["consent"] if odd else "",
        purpose=_typed(say["task"], size),
        scope=_typed(say["scope"], size),
        silent=[[15_000, 20_500], [3_661_000, 3_700_250]] if odd else [],
        channel=say["channel"],
        state=state,
        state_words=say["states"][state],
        proposed_by=ODD_NAME if odd else "Kerstin Tallberg-Ahl",
        proposed_at=iso(dt.date(2026, 9, 28), 40_000),
        decided_by="Dag Enebacka" if decided else "",
        decided_at=iso(dt.date(2026, 9, 29), 36_000) if decided else None,
        decision_reason=_typed(say["decided"], size) if decided else "",
        ended_by="Kerstin Tallberg-Ahl" if over else "",
        ended_at=iso(dt.date(2026, 9, 30), 34_000) if over else None,
        left_size=1_234_567 if over else None,
        left_how=say["left"] if over else "",
        notices=_informed(language, size) if over else [],
        responsible=Person(name="Dag Enebacka", title=say["decides"]) if decided else None,
    )


FACTS: dict[Kind, Callable[[str, str], Facts]] = {
    **{kind: _answer(kind) for kind in _RIGHTS},
    Kind.CASE_LIFTED: _lifted,
    Kind.CASE_CONSENT: _consent,
    Kind.RECIPIENT_NOTICE: _notice,
    Kind.DISCLOSURE_RECORD: _record,
}
