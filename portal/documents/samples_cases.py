"""The letters of a resident's request with invented data: a plain one, a long one, and one that is odd on purpose."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from portal.documents import case_shapes as shapes
from portal.documents.facts import Facts, Person
from portal.documents.kinds import Kind
from portal.documents.samples_odd import LONG_WORD, MARKUP, ODD_NAME, ODD_RECIPIENT, ODD_WORDS, QUEUES, iso

_RECIPIENT = ["Annika Šarkić-Öberg", "Södra Åkerbrogatan 12 B 34", "06100 BORGÅ"]
_ODD = f"{ODD_WORDS}\n\n{LONG_WORD}\n{ODD_NAME}"

_WORDS: dict[str, dict[str, Any]] = {
    "sv": {
        "access": "Insyn (artikel 15)",
        "erasure": "Radering (artikel 17)",
        "granted": "Beviljad",
        "refused": "Vägrad",
        "nothing": "Inga uppgifter",
        "decides": "beslutsfattare",
        "where": "Kompassen",
        "behalf": "Elis Šarkić",
        "asks": "Jag ringde tre gånger i september om min fars hemvård. Skicka mig inspelningarna, tack.",
        "called": "på förmiddagarna",
        "reasons": "Samtalen handlar om din fars vård, och du har rätt att höra dem. I det andra samtalet nämner "
        "kundrådgivaren en grannes sjukdom. Grannen kan kännas igen på adressen, och det är inte nödvändigt för dig "
        "att höra det. Bara de femton sekunder där saken nämns är tystade.",
        "interest": "Grannen, som kan kännas igen på adressen",
        "harm": "Uppgifter om grannens sjukdom blir kända i huset",
        "milder": "Att tysta bara namnet räcker inte, för adressen pekar ut samma person",
        "erasing": "Samtalen behövs för svaret på din begäran om insyn och raderas när lagringstiden är slut.",
        "doubt": "Begäran kom från en e-postadress som vi inte känner till, och två personer i Borgå har samma namn.",
        "proof": "Logga in med bankkoder eller mobilcertifikat i stadens e-tjänst, eller kom till disken på Kompassen.",
        "methods": [
            "Identifiera dig elektroniskt, med bankkoder eller mobilcertifikat.",
            "Kom till disken och visa vem du är.",
        ],
        "reason": "Du har bett om 38 samtal under tre månader. Vi måste lyssna på vart och ett, för flera av dem "
        "handlar också om andra personer.",
        "to": "Helsingfors stad, registratorskontoret",
        "transferred": "Samtalen du beskriver gick till Helsingfors stads nummer, och den staden ansvarar för dem.",
        "derivation": [
            ("2026-10-09", "Begäran kom till staden. Mottagningsdagen räknas inte."),
            ("2026-11-09", "En kalendermånad från mottagandet (dataskyddsförordningen artikel 12.3)."),
            ("2026-11-09", "Sista dagen enligt lag."),
        ],
        "authority": "Östra Nylands polisinrättning, förundersökningen",
        "basis": "Tvångsmedelslagen 7 eller 8 kap.: förundersökning",
        "purposes": ("tjänstens kvalitet", "kundrådgivarnas säkerhet"),
        "speakers": ("Kundrådgivaren", "Den som ringde"),
        "lines": ("Borgå stad, god dag.", "Hej, jag ringer om min fars hemvård och undrar när någon kommer."),
        "note": "Ringde om hemvården, återkommer på måndag.",
    },
    "fi": {
        "access": "Tarkastusoikeus (15 artikla)",
        "erasure": "Poistaminen (17 artikla)",
        "granted": "Myönnetty",
        "refused": "Evätty",
        "nothing": "Ei tietoja",
        "decides": "päättäjä",
        "where": "Kompassi",
        "behalf": "Elis Šarkić",
        "asks": "Soitin syyskuussa kolme kertaa isäni kotihoidosta. Pyydän lähettämään minulle nauhoitteet.",
        "called": "aamupäivisin",
        "reasons": "Puhelut koskevat isäsi hoitoa, ja sinulla on oikeus kuulla ne. Toisessa puhelussa asiakasneuvoja "
        "mainitsee naapurin sairauden. Naapuri on tunnistettavissa osoitteesta, eikä sinun ole tarpeen kuulla asiaa. "
        "Vain ne viisitoista sekuntia, joissa asia mainitaan, on vaiennettu.",
        "interest": "Naapurin, joka on tunnistettavissa osoitteesta",
        "harm": "Tieto naapurin sairaudesta leviäisi talossa",
        "milder": "Pelkän nimen vaientaminen ei riitä, koska osoite osoittaa saman henkilön",
        "erasing": "Puheluja tarvitaan tarkastuspyyntösi käsittelyyn, ja ne poistetaan säilytysajan päätyttyä.",
        "doubt": "Pyyntö tuli sähköpostiosoitteesta, jota emme tunne, ja Porvoossa on kaksi samannimistä henkilöä.",
        "proof": "Tunnistaudu kaupungin sähköisessä asioinnissa pankkitunnuksilla tai mobiilivarmenteella tai käy "
        "Kompassin palvelupisteessä.",
        "methods": [
            "Tunnistaudu sähköisesti pankkitunnuksilla.",
            "Tule palvelupisteeseen osoittamaan henkilöllisyytesi.",
        ],
        "reason": "Olet pyytänyt 38 puhelua kolmen kuukauden ajalta. Jokainen niistä on kuunneltava, koska useat "
        "koskevat myös muita henkilöitä.",
        "to": "Helsingin kaupunki, kirjaamo",
        "transferred": "Kuvaamasi puhelut soitettiin Helsingin kaupungin numeroon, ja ne ovat sen vastuulla.",
        "derivation": [
            ("2026-10-09", "Pyyntö saapui kaupungille. Saapumispäivää ei lasketa mukaan."),
            ("2026-11-09", "Yksi kalenterikuukausi saapumisesta (tietosuoja-asetuksen 12 artiklan 3 kohta)."),
            ("2026-11-09", "Lain mukainen viimeinen päivä."),
        ],
        "authority": "Itä-Uudenmaan poliisilaitos, esitutkinta",
        "basis": "Pakkokeinolain 7 tai 8 luku: esitutkinta",
        "purposes": ("palvelun laatu", "asiakasneuvojien turvallisuus"),
        "speakers": ("Asiakasneuvoja", "Soittaja"),
        "lines": ("Porvoon kaupunki, hyvää päivää.", "Hei, soitan isäni kotihoidosta ja kysyn, milloin joku tulee."),
        "note": "Soitti kotihoidosta, palaa asiaan maanantaina.",
    },
}


def common(language: str, size: str) -> dict[str, Any]:
    say = _WORDS[language]
    rights = [shapes.Invoked(right="access", words=say["access"], outcome=say["granted"], answered="here")]
    if size != "short":
        rights.append(
            shapes.Invoked(
                right="erasure",
                words=say["erasure"],
                outcome=say["refused"],
                answered="apart",
                reasons=say["erasing"] if size == "long" else _ODD,
            )
        )
    return {
        "recipient": ODD_RECIPIENT if size == "odd" else _RECIPIENT,
        "case": {"short": "BS/12/2026", "long": "BS/1234/2026", "odd": "BS/1234567890/2026"}[size],
        "registry_number": "" if size == "short" else "PRS/4711/00.04.01/2026",
        "on_behalf_of": {"short": "", "long": say["behalf"], "odd": ODD_NAME}[size],
        "guardian": size == "long",
        "request_on": "2026-10-08" if size != "odd" else None,
        "received_on": "2026-10-09",
        "received_where": say["where"] if size != "odd" else MARKUP,
        "rights": rights,
        "data_protection": True,
        "public_access": size == "long",
        "handler": "Kerstin Tallberg-Ahl" if size != "odd" else ODD_NAME,
        "responsible": None if size == "short" else Person(name="Dag Enebacka", title=say["decides"]),
    }


def _receipt(language: str, size: str) -> Facts:
    say = _WORDS[language]
    return shapes.CaseReceipt(
        **common(language, size),
        asks=_typed(say["asks"], size),
        numbers={"short": ["••• •••• 567"], "long": ["••• •••• 567"] * 9, "odd": []}[size],
        called_from="2026-09-01" if size != "odd" else None,
        called_to="2026-09-30" if size == "short" else None,
        called_words={"short": "", "long": say["called"], "odd": LONG_WORD}[size],
        delivery={"short": "encrypted", "long": "desk", "odd": "secure_mail"}[size],
        due_on="2026-11-09",
        working_on="2026-11-06",
        derivation=[shapes.Reckoned(day=day, words=words) for day, words in say["derivation"]],
        identity_open=size != "short",
    )


def _identity(language: str, size: str) -> Facts:
    say = _WORDS[language]
    return shapes.CaseIdentity(
        **common(language, size),
        doubt=_typed(say["doubt"], size),
        asks=_typed(say["proof"], size),
        methods=say["methods"],
        paused_on="2026-10-12",
        reply_by="2026-11-11",
        due_before="2026-11-09",
    )


def _extension(language: str, size: str) -> Facts:
    words = _typed(_WORDS[language]["reason"], size)
    return shapes.CaseExtension(**common(language, size), reason=words, due_before="2026-11-09", due_on="2027-01-11")


def _closing(language: str, size: str) -> Facts:
    words = _ODD if size == "odd" else ""
    return shapes.CaseEnd(**common(language, size), words=words, to="", lifts_on="2026-11-16")


def _transfer(language: str, size: str) -> Facts:
    say = _WORDS[language]
    return shapes.CaseEnd(
        **common(language, size),
        words=_typed(say["transferred"], size),
        to=say["to"] if size != "odd" else LONG_WORD,
        lifts_on="2026-11-16",
    )


def _typed(words: str, size: str) -> str:
    return {"short": words, "long": f"{words}\n\n{words} {words}", "odd": _ODD}[size]


_DECISIONS = {
    Kind.CASE_ACCESS: ("whole",),
    Kind.CASE_PARTIAL: ("whole", "muted", "withheld", "transcript"),
    Kind.CASE_REFUSAL: ("withheld",),
}
_COUNTS = {"short": 3, "long": 14, "odd": 4}


def _call(language: str, size: str, number: int, decision: str) -> shapes.Call:
    say, odd = _WORDS[language], size == "odd"
    day = dt.date(2026, 9, 1) + dt.timedelta(days=number)
    why = {name: _ODD if odd else say[name] for name in ("interest", "harm", "milder")}
    without = decision in ("withheld", "transcript")
    sound = decision in ("whole", "muted")
    lines = 60 if size == "long" and number == 4 else 3
    noted = shapes.Noted(
        on=day.isoformat(),
        text=ODD_WORDS if odd else say["note"],
        at="1:02:03,25" if odd else "",
        kind=LONG_WORD if odd else "",
    )
    return shapes.Call(
        number=number,
        at=iso(day, 30_000 + 777 * number),
        duration_ms=67_000 * number + 3_000,
        line=QUEUES[language][number % 6] if not odd else LONG_WORD[:60],
        direction=("in", "out", "internal", "")[number % 4] if odd else "in",
        decision=decision,
        deleted_on="2026-12-02",
        held_until="2027-02-01" if odd and number == 2 else None,
        file=f"samtal-{number}-{day.isoformat()}-0832.wav" if sound else "",
        **({"ground": "34_1_2" if odd else "15_4"} if without else {}),
        **(why if without and not odd else {}),
        silent=[
            shapes.Silent(start_ms=70_000 + 20_000 * n, end_ms=85_000 + 20_000 * n, ground="15_4", **why)
            for n in range({"short": 1, "long": 2, "odd": 1}[size])
        ]
        if decision == "muted"
        else [],
        spoken=[
            shapes.Spoken(
                at_ms=4_200 * n,
                speaker=say["speakers"][n % 2],
                text=ODD_WORDS if odd else say["lines"][n % 2],
            )
            for n in range(lines)
        ]
        if decision == "transcript"
        else [],
        notes=[noted] if decision == "whole" and size != "short" and number % 3 == 1 else [],
        other_notes=1 if decision == "muted" and size != "short" else 0,
    )


def _answer(kind: Kind) -> Callable[[str, str], Facts]:
    def made(language: str, size: str) -> Facts:
        say = _WORDS[language]
        decisions = _DECISIONS.get(kind, ())
        # The odd refusal is of one whose identity is not proven: it tells of no call
        count = 0 if not decisions or (kind == Kind.CASE_REFUSAL and size == "odd") else _COUNTS[size]
        calls = [_call(language, size, n, decisions[(n - 1) % len(decisions)]) for n in range(1, count + 1)]
        told = size != "short" and bool(calls)
        outcome = _outcome(kind, size)
        return shapes.CaseAnswer(
            **common(language, size) | {"rights": _answered(language, size, outcome)},
            outcome=outcome,
            asks=_typed(say["asks"], size),
            called_from="2026-06-01" if size == "long" else "2026-09-01" if size == "short" else None,
            called_to="2026-09-30" if size != "odd" else None,
            called_words=say["called"] if size == "long" else "",
            reasons=_reasons(kind, language, size),
            searches=[
                shapes.Search(
                    on="2026-10-12",
                    numbers=["••• •••• 567", "+•• •• ••• •• 12"][: n + 1] if n < 2 else [],
                    first="2026-08-01",
                    last="2026-10-09",
                    hours="8.00–12.00" if n else "",
                    queue=QUEUES[language][n] if n else "",
                )
                for n in range({"short": 1, "long": 4, "odd": 2}[size])
            ]
            if count or kind == Kind.CASE_NONE
            else [],
            calls=calls,
            sealed=["34_1_1", "34_1_2", "34_1_3"] if size == "long" and kind == Kind.CASE_PARTIAL else [],
            recipients=[
                shapes.Recipient(call=2, authority=say["authority"], on="2026-09-30", basis=say["basis"])
                for _ in range(2)
            ]
            if told
            else [],
            consultations=[
                shapes.Consultation(
                    call=1 + n % len(calls), on="2026-10-14", purpose=say["purposes"][n % 2], times=1 + n % 3
                )
                for n in range({"short": 2, "long": 40, "odd": 0}[size])
            ]
            if calls
            else [],
            delivery={"short": "encrypted", "long": "desk", "odd": "secure_mail"}[size],
            copy_days=30,
            kept_from="2026-07-09",
            deleted={"short": "none", "long": "some", "odd": "unknown"}[size],
            lifts_on="2026-11-16" if kind in (Kind.CASE_ACCESS, Kind.CASE_NONE) else "2026-12-02",
            identity_asked_on="2026-10-12" if size == "odd" else None,
            identity_reply_by="2026-11-11" if size == "odd" else None,
            opinion=size == "long",
        )

    return made


def _answered(language: str, size: str, outcome: str) -> list[shapes.Invoked]:
    """That nothing was found answers every right; that the identity is not proven is said of the whole request."""
    rights: list[shapes.Invoked] = common(language, size)["rights"]
    if outcome == "identity_unproven":
        return [dataclasses.replace(right, answered="") for right in rights]
    if outcome in ("none_found", "deleted_before"):
        return [dataclasses.replace(right, answered="here", outcome=_WORDS[language]["nothing"]) for right in rights]
    return rights


def _reasons(kind: Kind, language: str, size: str) -> str:
    said = kind in (Kind.CASE_PARTIAL, Kind.CASE_REFUSAL) or (kind == Kind.CASE_ACCESS and size == "long")
    return _ODD if size == "odd" else _WORDS[language]["reasons"] if said else ""


def _outcome(kind: Kind, size: str) -> str:
    odd = {Kind.CASE_REFUSAL: "identity_unproven", Kind.CASE_NONE: "deleted_before"}
    if size == "odd" and kind in odd:
        return odd[kind]
    return {
        Kind.CASE_ACCESS: "granted",
        Kind.CASE_PARTIAL: "partial",
        Kind.CASE_REFUSAL: "refused",
        Kind.CASE_NONE: "none_found",
    }[kind]


FACTS: dict[Kind, Callable[[str, str], Facts]] = {
    Kind.CASE_RECEIPT: _receipt,
    Kind.CASE_IDENTITY: _identity,
    Kind.CASE_EXTENSION: _extension,
    Kind.CASE_CLOSING: _closing,
    Kind.CASE_TRANSFER: _transfer,
    **{kind: _answer(kind) for kind in (Kind.CASE_ACCESS, Kind.CASE_NONE, Kind.CASE_PARTIAL, Kind.CASE_REFUSAL)},
}
