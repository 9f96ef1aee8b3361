"""Every kind of document in both languages with invented data: short, long, and odd on purpose.

Names, numbers and service lines are made up. The same data at every call, so the same bytes.
"""

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

from portal import clock
from portal.documents import (
    facts,
    samples_cases,
    samples_description,
    samples_oversight,
    samples_processing,
    samples_review,
    samples_rights,
    stationery,
)
from portal.documents.kinds import Kind
from portal.documents.order import Order
from portal.documents.samples_odd import (
    DATED,
    LONG_WORD,
    MARKUP,
    ODD_NAME,
    ODD_RECIPIENT,
    ODD_WORDS,
    QUEUES,
    SPACE,
    identifier,
    iso,
)
from portal.language import LANGUAGES

SIZES = ("short", "long", "odd")


@dataclasses.dataclass(frozen=True)
class Sample:
    name: str
    """'purge-day-sv-short': also the file's."""
    size: str
    order: Order


def every(kinds: tuple[Kind, ...] = tuple(Kind)) -> Iterator[Sample]:
    for kind in kinds:
        for language in LANGUAGES:
            for size in SIZES:
                yield of(kind, language, size)


def of(kind: Kind, language: str, size: str, *, draft: bool = False) -> Sample:
    name = f"{kind}-{language}-{size}"
    order = Order(
        kind=kind,
        language=language,
        id=uuid.uuid5(SPACE, name),
        dated=DATED,
        facts=_FACTS[kind](language, size).plain(),
        stationery=stationery.defaults(language) if size == "short" else _full(language),
        corrects=_CORRECTS[language] if size == "odd" else "",
        draft=draft,
    )
    return Sample(name, size, order)


_CORRECTS = {
    "sv": f"dokument {uuid.uuid5(SPACE, 'corrected')} av den 1.11.2026",
    "fi": f"asiakirja {uuid.uuid5(SPACE, 'corrected')}, päivätty 1.11.2026",
}


_APPEAL = {
    "sv": "Här står besvärsanvisningen, när den är påslagen för brevslaget: vart man vänder sig, inom vilken tid, och "
    "vad besvärsskriften ska innehålla.",
    "fi": "Tässä on valitusosoitus, kun se on otettu käyttöön tälle kirjelajille: mihin valitetaan, missä ajassa ja "
    "mitä valituskirjelmässä on oltava.",
}


def _full(language: str) -> dict[str, Any]:
    """A stationery in which everything is filled in."""
    sv = language == "sv"
    chosen = stationery.defaults(language)
    return chosen | {
        "phone": "000 123 4500",
        "web": "exempelstad.example" if sv else "esimerkkila.example",
        "business_id": "0000000-0",
        "contact": {
            "name": "Viveka Söderström-Mäkeläinen",
            "title": "kontakt- och kommunikationsdirektör" if sv else "yhteys- ja viestintäjohtaja",
            "phone": "000 123 4567",
            "email": "viveka.soderstrom-makelainen@exempelstad.example",
        },
        "officer": chosen["officer"] | {"name": "Disa Rönnholm"},
        "signer": chosen["signer"] | {"name": "Viveka Söderström-Mäkeläinen"},
        "appeal": {
            kind: [_APPEAL[language]]
            for kind in (Kind.SPECIMEN, Kind.CASE_PARTIAL, Kind.CASE_REFUSAL, Kind.CASE_CERTIFICATE)
        },
    }


_RULES = {
    "sv": {
        "retention:3-months:1": "Lagringstid 3 månader från samtalets slut",
        "quarantine:3-months:1": "Lagringstid 3 månader för filer i karantän",
        "quarantine:discarded:1": "Fil i karantän kasserad av systemadministratören",
    },
    "fi": {
        "retention:3-months:1": "Säilytysaika 3 kuukautta puhelun päättymisestä",
        "quarantine:3-months:1": "Säilytysaika 3 kuukautta karanteenissa oleville tiedostoille",
        "quarantine:discarded:1": "Pääkäyttäjän hylkäämä karanteenitiedosto",
    },
}
_KINDS = {"sv": ("Inspelning", "Fil i karantän"), "fi": ("Nauhoite", "Karanteenissa oleva tiedosto")}
_WHY = {"sv": "Disken kunde inte läsas eller skrivas", "fi": "Levyä ei voitu lukea tai kirjoittaa"}
_REMARK = {
    "sv": "Protokollet har granskats mot servicenumrens samtalsstatistik. Antalet stämmer överens.\n\n"
    "Den fil som hölls kvar raderades följande dag, när disken hade bytts.",
    "fi": "Pöytäkirja on tarkastettu palvelunumeroiden puhelutilastoa vasten. Määrät täsmäävät.\n\n"
    "Poistamatta jäänyt tiedosto poistettiin seuraavana päivänä, kun levy oli vaihdettu.",
}
_HEAD = hashlib.sha256(b"sample").hexdigest()
_DAY = dt.date(2026, 10, 25)
"""25 hours long: summer time ends."""


def _rules(language: str, codes: list[str]) -> list[facts.Rule]:
    words = _RULES[language]
    return [facts.Rule(code=code, words=words[code], count=codes.count(code)) for code in words if code in codes]


def _held(language: str, size: str, day: dt.date) -> list[facts.HeldBack]:
    if size == "short":
        return []
    recording, file = _KINDS[language]
    count = 3 if size == "long" else 1
    return [
        facts.HeldBack(
            id=identifier("held", day, n),
            kind=file if n else recording,
            why=_WHY[language],
            since=iso(day, 3600 * (n + 2)),
        )
        for n in range(count)
    ]


def _responsible(language: str, size: str) -> facts.Person | None:
    if size == "short":
        return None
    return facts.Person(
        name=ODD_NAME if size == "odd" else "Dag Enebacka", title=stationery.defaults(language)["signer"]["title"]
    )


def _purge_day(language: str, size: str) -> facts.PurgeDay:
    count = {"short": 4, "long": 340, "odd": 0}[size]
    recording, file = _KINDS[language]
    codes = list(_RULES[language])
    lines = []
    for n in range(count):
        rule = codes[0] if size == "short" or n % 29 else codes[1 + n // 29 % 2]
        sealed = rule == codes[0]
        due = clock.day_start(_DAY) + dt.timedelta(seconds=30_000 + 97 * n)
        lines.append(
            facts.Deletion(
                id=identifier("line", n),
                kind=recording if sealed else file,
                queue=QUEUES[language][n % 6] if sealed else "",
                rule=rule,
                due_at=due.isoformat(),
                key_destroyed_at=(due + dt.timedelta(seconds=20)).isoformat() if sealed else None,
                purged_at=(due + dt.timedelta(seconds=21)).isoformat(),
            )
        )
    destroyed = [line.key_destroyed_at for line in lines if line.key_destroyed_at]
    gone_by = dt.datetime.fromisoformat(destroyed[-1]) + dt.timedelta(days=7) if destroyed else None
    return facts.PurgeDay(
        day=_DAY.isoformat(),
        start=iso(_DAY, 0),
        end=clock.day_start(_DAY + dt.timedelta(days=1)).isoformat(),
        total=count,
        rules=_rules(language, [line.rule for line in lines]),
        held_back=_held(language, size, _DAY),
        lines=lines,
        keys_gone_by=gone_by.isoformat() if gone_by else None,
        checkpoint=None if size == "odd" else facts.Checkpoint(entries=184_220, head=_HEAD),
        remark={"short": "", "long": _REMARK[language], "odd": f"{ODD_WORDS}\n\n{LONG_WORD}\n{ODD_NAME}"}[size],
        responsible=_responsible(language, size),
    )


def _purge_month(language: str, size: str) -> facts.PurgeMonth:
    first = dt.date(2026, 10, 1)
    per_day = {"short": 2, "long": 160, "odd": 1}[size]
    days, annex, codes = [], [], []
    known = list(_RULES[language])
    for n in range(31):
        day = first + dt.timedelta(days=n)
        total = 0 if day.weekday() == 6 or (size != "long" and n % 7) else per_day + n * 7 % 40 * (size == "long")
        days.append(facts.DayCount(day=day.isoformat(), total=total, failed=3 if size == "long" and n == 24 else 0))
        codes += [known[0]] * (total - total // 40) + [known[1 + n % 2]] * (total // 40)
        if total:
            annex.append(facts.DayIds(day=day.isoformat(), ids=[identifier("month", n, m) for m in range(total)]))
    last = first + dt.timedelta(days=30)
    return facts.PurgeMonth(
        month="2026-10",
        start=iso(first, 0),
        end=clock.day_start(last + dt.timedelta(days=1)).isoformat(),
        total=sum(day.total for day in days),
        days=days,
        rules=_rules(language, codes),
        held_back=_held(language, size, dt.date(2026, 10, 25)),
        annex=annex,
        keys_gone_by=iso(last + dt.timedelta(days=7), 50_000),
        checkpoint=facts.Checkpoint(entries=191_764, head=_HEAD),
        remark={"short": "", "long": _REMARK[language], "odd": f"{ODD_WORDS}\n\n{LONG_WORD}"}[size],
        responsible=_responsible(language, size),
        approved_on=None if size == "short" else "2026-11-02",
    )


_LOG = {
    "sv": {
        "asked": [("Händelse", "Samtal"), ("Servicenummer", "Småbarnspedagogik")],
        "acts": ("Lyssnade på ett samtal", "Öppnade ett samtals uppgifter", "Sökte samtal", "Skrev en anteckning"),
        "purposes": ("Tjänstens kvalitet", "Kundrådgivarnas säkerhet", "Begäran"),
        "call": "Samtal {}.10.2026 kl. {}.{:02}",
        "details": [("Ändamål", "Tjänstens kvalitet"), ("Träffar", "12"), ("Sida", "nyaste")],
        "recipient": ["Disa Rönnholm", "Stadsjuristen", "Borgå stad", "Stadshusgatan 9", "06100 BORGÅ"],
    },
    "fi": {
        "asked": [("Tapahtuma", "Puhelut"), ("Palvelunumero", "Varhaiskasvatus")],
        "acts": ("Kuunteli puhelun", "Avasi puhelun tiedot", "Haki puheluita", "Kirjoitti merkinnän"),
        "purposes": ("Palvelun laatu", "Asiakasneuvojien turvallisuus", "Pyyntö"),
        "call": "Puhelu {}.10.2026 klo {}.{:02}",
        "details": [("Käsittelyn tarkoitus", "Palvelun laatu"), ("Osumia", "12"), ("Sivu", "uusimmat")],
        "recipient": ["Disa Rönnholm", "Kaupunginlakimies", "Porvoon kaupunki", "Raatihuoneenkatu 9", "06100 PORVOO"],
    },
}
_STAFF = ("Karin Östernäs", "Juha Koskenlahti", "Maria Lillsjö", "Kerstin Tallberg-Ahl")


def _log_extract(language: str, size: str) -> facts.LogExtract:
    words: dict[str, Any] = _LOG[language]
    count = {"short": 6, "long": 420, "odd": 3}[size]
    staff = (ODD_NAME, LONG_WORD, MARKUP) if size == "odd" else _STAFF
    details = [facts.Condition(label=label, value=value) for label, value in words["details"]]
    if size == "odd":
        details += [facts.Condition(label=LONG_WORD, value=LONG_WORD), facts.Condition(label="x", value=ODD_WORDS)]
    lines = []
    for n in range(count):
        day = dt.date(2026, 10, 1 + n % 28)
        reference = (
            f"DNR/{1000 + n}/{LONG_WORD[:60]}" if size == "odd" else f"PRS/{1000 + n}/2026" if n % 9 == 8 else ""
        )
        lines.append(
            facts.LogLine(
                number=184_220 + n,
                at=iso(dt.date(2026, 10, 1), 25_000 + n * (2_300_000 // count)),
                who=staff[n % len(staff)],
                what=words["acts"][n % 4],
                about=words["call"].format(day.day, 8 + n % 8, n % 60) if n % 4 != 2 else "",
                queue=QUEUES[language][0] if n % 4 != 2 else "",
                purpose=words["purposes"][n % 3] if n % 4 == 0 else "",
                reference=reference,
                details=details[: n % 4] if size != "odd" else details,
            )
        )
    return facts.LogExtract(
        first="2026-10-01",
        last="2026-10-31",
        recipient=[] if size == "short" else words["recipient"] if size == "long" else ODD_RECIPIENT,
        asked=[facts.Condition(label=label, value=value) for label, value in words["asked"]] if size != "short" else [],
        total=count if size != "odd" else 12_345,
        acts=_counts([line.what for line in lines]),
        people=_counts([line.who for line in lines]),
        lines=lines,
        capped=size == "odd",
        checkpoint=facts.Checkpoint(entries=191_764, head=_HEAD),
        check={
            "short": None,
            "long": facts.Check(at=iso(dt.date(2026, 11, 2), 8_000), whole=True, entries=191_764),
            "odd": facts.Check(at=iso(dt.date(2026, 11, 2), 8_000), whole=False, entries=184_000),
        }[size],
        remark=ODD_WORDS if size == "odd" else "",
    )


def _counts(found: list[str]) -> list[facts.Count]:
    counted = [facts.Count(words=words, count=found.count(words)) for words in dict.fromkeys(found)]
    return sorted(counted, key=lambda one: -one.count)


_BODY = {
    "sv": [
        "Det här är ett provbrev. Det visar stadens huvud, adressfältet, tabellen, kontaktuppgifterna och slutet "
        "av ett brev så som invånaren får dem. Vik brevet i tre delar och lägg det i ett fönsterkuvert: adressen "
        "ska synas hel i fönstret, och inget annat.",
        "Kontrollera stadens namn, enhetens adress, kontaktpersonen, dataskyddsombudet och rättsmedlen. Är något fel "
        "ändras det i stadens uppgifter för brev, inte i det enskilda brevet.",
    ],
    "fi": [
        "Tämä on koekirje. Siinä näkyvät kaupungin tunnus, osoitekenttä, taulukko, yhteystiedot ja kirjeen loppuosa "
        "sellaisina kuin asukas ne saa. Taita kirje kolmeen osaan ja pane se ikkunakuoreen: osoitteen on näyttävä "
        "ikkunassa kokonaan, eikä mitään muuta.",
        "Tarkista kaupungin nimi, yksikön osoite, yhteyshenkilö, tietosuojavastaava ja oikeussuojakeinot. Jos jokin on "
        "väärin, se korjataan kaupungin kirjetietoihin, ei yksittäiseen kirjeeseen.",
    ],
}
_TABLE: dict[str, tuple[str, list[str], list[str]]] = {
    "sv": (
        "Samtal i perioden",
        ["Datum", "Kl.", "Längd", "Servicenummer", "Ärende", "Raderas"],
        [
            "Förfrågan om bygglov",
            "Ansökan om skolskjuts",
            "Parkeringstillstånd för boende",
            "Avgift för småbarnspedagogik",
        ],
    ),
    "fi": (
        "Ajanjakson puhelut",
        ["Päivä", "Klo", "Kesto", "Palvelunumero", "Asia", "Poistetaan"],
        [
            "Rakennuslupaa koskeva kysely",
            "Koulukuljetuksen hakeminen",
            "Asukaspysäköintitunnus",
            "Varhaiskasvatusmaksu",
        ],
    ),
}


def _specimen(language: str, size: str) -> facts.Specimen:
    sv = language == "sv"
    caption, head, matters = _TABLE[language]
    rows = [
        [
            f"{1 + n % 28}.8.2026",
            f"{8 + n % 8}.{n * 7 % 60:02}",
            f"{1 + n % 30}:{n * 13 % 60:02}",
            QUEUES[language][n % 6],
            matters[n % 4],
            f"{1 + n % 28}.11.2026",
        ]
        for n in range({"short": 3, "long": 60, "odd": 2}[size])
    ]
    if size == "odd":
        rows.append([LONG_WORD, "", MARKUP, ODD_NAME, ODD_WORDS, "–"])
    plain = ["Annika Šarkić-Öberg", "Södra Åkerbrogatan 12 B 34", "06100 BORGÅ"]
    return facts.Specimen(
        recipient=ODD_RECIPIENT if size == "odd" else plain,
        subject={
            "short": "Provbrev" if sv else "Koekirje",
            "long": "Provbrev om rätt att ta del av samtalsinspelningar"
            if sv
            else "Koekirje puhelunauhoitteita koskevasta tarkastusoikeudesta",
            "odd": f"{ODD_NAME} {MARKUP}",
        }[size],
        request_on=None if size == "short" else "2026-10-08",
        received_on=None if size == "short" else "2026-10-09",
        case="" if size == "short" else "PRS/1234/2026" if size == "long" else "PRS/1234567890/00.04.01/2026",
        paragraphs={"short": _BODY[language], "long": _BODY[language] * 5, "odd": [ODD_WORDS, LONG_WORD, ODD_NAME]}[
            size
        ],
        table=facts.Table(caption=caption, head=head, rows=rows),
    )


_FACTS = {
    Kind.PURGE_DAY: _purge_day,
    Kind.PURGE_MONTH: _purge_month,
    Kind.LOG_EXTRACT: _log_extract,
    Kind.SPECIMEN: _specimen,
    **samples_cases.FACTS,
    **samples_rights.FACTS,
    **samples_review.FACTS,
    **samples_description.FACTS,
    **samples_processing.FACTS,
    **samples_oversight.FACTS,
}
