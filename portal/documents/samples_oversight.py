"""The papers of oversight with invented data: short, long, and odd on purpose."""

import datetime as dt
import hashlib
from typing import Any

from portal import clock
from portal.documents.case_shapes import Consultation
from portal.documents.facts import Check, Checkpoint, Count, Person
from portal.documents.kinds import Kind
from portal.documents.oversight_shapes import CallerExtract, HeardCall, Listener, LogMonth
from portal.documents.samples_odd import LONG_WORD, MARKUP, ODD_NAME, ODD_RECIPIENT, ODD_WORDS, QUEUES, iso

_WORDS: dict[str, dict[str, Any]] = {
    "sv": {
        "acts": (
            *("Lyssnade på ett samtal", "Öppnade ett samtals uppgifter", "Sökte samtal", "Skrev en anteckning"),
            *("Loggade in", "Loggade ut", "Gallrade en inspelning", "Läste loggen", "Bytte språk", "Läste en begäran"),
        ),
        "noted": (
            *(
                "Nekades tillträde till en sida",
                "Inloggningen misslyckades",
                "NÖDLÄGE: gav en användarrättighet genast",
            ),
            *("Laddade ner loggen", "Gjorde ett utdrag ur loggen om en anställd", "Kontrollerade hela loggen"),
        ),
        "purposes": ("Tjänstens kvalitet", "Kundrådgivarnas säkerhet", "Begäran"),
        "why": ("tjänstens kvalitet", "handläggning av en begäran enligt dataskyddsförordningen"),
        "remark": "Sammandraget är genomgånget. De två nekade tillträdena gällde en person som bytte uppgifter.",
        "officer": "dataskyddsombud",
        "recipient": ["Anna Exempel", "Modellgatan 1 A 2", "06100 BORGÅ"],
    },
    "fi": {
        "acts": (
            *("Kuunteli puhelun", "Avasi puhelun tiedot", "Haki puheluita", "Kirjoitti merkinnän"),
            *("Kirjautui sisään", "Kirjautui ulos", "Hävitti nauhoitteen", "Luki lokia", "Vaihtoi kielen"),
            "Luki pyynnön",
        ),
        "noted": (
            *("Pääsy sivulle estettiin", "Kirjautuminen epäonnistui", "HÄTÄTILANNE: antoi käyttöoikeuden heti"),
            *("Vei lokin tiedostoon", "Teki lokiotteen työntekijästä", "Tarkisti koko lokin"),
        ),
        "purposes": ("Palvelun laatu", "Asiakasneuvojien turvallisuus", "Pyyntö"),
        "why": ("palvelun laatu", "tietosuoja-asetuksen mukaisen pyynnön käsittely"),
        "remark": "Yhteenveto on käyty läpi. Kaksi estettyä pääsyä koski henkilöä, jonka tehtävät vaihtuivat.",
        "officer": "tietosuojavastaava",
        "recipient": ["Anna Esimerkki", "Mallikatu 1 A 2", "06100 PORVOO"],
    },
}
_PEOPLE = ("Karin Östernäs", "Juha Koskenlahti", "Maria Lillsjö", "Kerstin Tallberg-Ahl", "Mikko Rantala")
_HEAD = hashlib.sha256(b"sample").hexdigest()
_FIRST = dt.date(2026, 10, 1)


def _rows(names: list[str], size: str) -> list[Listener]:
    rows = []
    for n, name in enumerate(names):
        counts = [1_200 - 37 * n if size == "long" else 7, n % 4, n % 3]
        rows.append(Listener(name=name, counts=counts, total=sum(counts)))
    return rows


def _month(language: str, size: str) -> LogMonth:
    say, odd = _WORDS[language], size == "odd"
    names = {
        "short": list(_PEOPLE[:2]),
        "long": [f"{_PEOPLE[n % 5]} {'ABCDEFG'[n // 5]}" for n in range(32)],
        "odd": [ODD_NAME, MARKUP, LONG_WORD],
    }[size]
    people, queues = _rows(names, size), _rows(list(QUEUES[language][: 1 if size == "short" else 6]), size)
    acts = [Count(words=words, count=9_000 // (n + 1)) for n, words in enumerate(say["acts"])]
    if size == "long":
        acts += [Count(words=f"{words} {n}", count=40 - n) for n in range(4) for words in say["acts"]]
    if odd:
        acts.append(Count(words=LONG_WORD, count=1))
    checkpoint = None if odd else Checkpoint(entries=191_764, head=_HEAD)
    return LogMonth(
        month="2026-10",
        start=iso(_FIRST, 0),
        end=clock.day_start(dt.date(2026, 11, 1)).isoformat(),
        total=sum(act.count for act in acts),
        acts=acts,
        noted=[Count(words=words, count=n * n % 5) for n, words in enumerate(say["noted"])],
        listens=sum(row.total for row in people),
        purposes=[
            Count(words=words, count=sum(row.counts[n] for row in people)) for n, words in enumerate(say["purposes"])
        ],
        people=people,
        queues=queues,
        hours=[0] * 6 + [n * n % 97 + 3 for n in range(14)] + [0] * 4,
        before=None if odd else Checkpoint(entries=120_011, head=_HEAD[::-1]),
        checkpoint=checkpoint,
        fingerprint="" if odd else "3F2A 91BC 04D7 E5C1 77A0 19DE",
        check={
            "short": None,
            "long": Check(at=iso(dt.date(2026, 11, 2), 8_000), whole=True, entries=191_764),
            "odd": Check(at=iso(dt.date(2026, 11, 2), 8_000), whole=False, entries=184_000),
        }[size],
        remark={"short": "", "long": say["remark"], "odd": f"{ODD_WORDS}\n\n{LONG_WORD}"}[size],
        responsible=None
        if size == "short"
        else Person(name=ODD_NAME if odd else "Disa Rönnholm", title=say["officer"]),
        approved_on=None if size == "short" else "2026-11-02",
    )


def _caller(language: str, size: str) -> CallerExtract:
    say, odd = _WORDS[language], size == "odd"
    count = {"short": 2, "long": 40, "odd": 0}[size]
    consultations = [
        Consultation(call=1 + n % count, on=f"2026-10-{1 + n % 28:02}", purpose=say["why"][n % 2], times=1 + n % 3)
        for n in range({"short": 3, "long": 60, "odd": 0}[size])
    ]
    return CallerExtract(
        recipient=[] if size == "long" else ODD_RECIPIENT if odd else say["recipient"],
        case="" if size == "short" else f"BOR/{LONG_WORD[:30]}" if odd else "BOR/12/2026",
        ending="" if odd else "4567",
        calls=[
            HeardCall(
                number=1 + n,
                at=iso(_FIRST + dt.timedelta(days=n % 28), 30_000 + 61 * n),
                queue=QUEUES[language][n % 6],
                times=sum(one.times for one in consultations if one.call == 1 + n),
            )
            for n in range(count)
        ],
        consultations=sorted(consultations, key=lambda one: (one.call, one.on)),
        as_of="2026-11-02",
        kept_from="2026-08-02",
        remark=ODD_WORDS if odd else "",
        responsible=None
        if size == "short"
        else Person(name=ODD_NAME if odd else "Disa Rönnholm", title=say["officer"]),
    )


FACTS = {Kind.LOG_MONTH: _month, Kind.CALLER_EXTRACT: _caller}
