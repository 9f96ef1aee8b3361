"""What was unusual, in sentences with the figures of the one case."""

import json
from typing import Any

from flask_babel import gettext, ngettext

from portal import clock, formats
from portal.oversight.models import Observation, Pattern
from portal.queues.models import Queue
from portal.web import language


def explain(observation: Observation) -> list[str]:
    """What was heard, what is usual, and what might explain it; never a verdict."""
    facts: dict[str, Any] = json.loads(observation.facts)
    name = observation.person.name
    return [sentence for sentence in SENTENCES[Pattern(observation.pattern)](observation, facts, name) if sentence]


def _many(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    if "days" in facts:
        return [
            ngettext(
                "%(name)s hörde %(num)s samtal på %(days)s dagar (%(first)s–%(last)s) som andra hade svarat på, utan "
                "att anteckna något och utan ett ärende som de hör till.",
                "%(name)s hörde %(num)s samtal på %(days)s dagar (%(first)s–%(last)s) som andra hade svarat på, utan "
                "att anteckna något och utan ett ärende som de hör till.",
                facts["bare"],
                name=name,
                days=facts["days"],
                first=formats.date(observation.first_at),
                last=formats.date(observation.last_at),
            ),
            gettext("På en vanlig vecka är de %(usual)s.", usual=facts["usual"]),
        ]
    return [
        ngettext(
            "%(name)s hörde %(num)s samtal den %(day)s som andra hade svarat på, utan att anteckna något och utan ett "
            "ärende som de hör till.",
            "%(name)s hörde %(num)s samtal den %(day)s som andra hade svarat på, utan att anteckna något och utan ett "
            "ärende som de hör till.",
            facts["bare"],
            name=name,
            day=formats.date(observation.first_at),
        ),
        gettext("På en vanlig dag är de %(usual)s.", usual=facts["usual"])
        if facts["known"]
        else gettext(
            "Vad som är vanligt för personen är inte känt än; för andra är det %(usual)s.", usual=facts["usual"]
        ),
        ngettext(
            "Sammanlagt lyssnade personen den dagen på %(num)s samtal.",
            "Sammanlagt lyssnade personen den dagen på %(num)s samtal.",
            facts["all"],
        ),
        gettext("Andra som lyssnade då hörde oftast omkring %(others)s.", others=facts["others"])
        if "others" in facts
        else "",
    ]


def _same_number(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    return [
        ngettext(
            "%(name)s lyssnade %(num)s gång på samtal från ett och samma nummer, som andra hade svarat på, utan att "
            "anteckna något och utan ett ärende som de hör till.",
            "%(name)s lyssnade %(num)s gånger på samtal från ett och samma nummer, som andra hade svarat på, utan att "
            "anteckna något och utan ett ärende som de hör till.",
            facts["listens"],
            name=name,
        ),
        ngettext("Det skedde på %(num)s dag.", "Det skedde på %(num)s olika dagar.", facts["days"]),
        ngettext(
            "Samtalen gällde %(num)s servicenummer.", "Samtalen gällde %(num)s olika servicenummer.", facts["queues"]
        )
        if facts["queues"] > 1
        else "",
    ]


def _own_number(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    return [
        ngettext(
            "%(name)s lyssnade %(num)s gång på samtal från ett nummer som är personens eget.",
            "%(name)s lyssnade %(num)s gånger på samtal från ett nummer som är personens eget.",
            facts["listens"],
            name=name,
        ),
        gettext("Som ändamål angavs ett ärende som samtalet hör till. Ingen handlägger sin egen begäran.")
        if facts["case"]
        else "",
    ]


def _colleague(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    return [
        ngettext(
            "%(name)s lyssnade %(num)s gång på samtal från ett nummer som är en kollegas eget.",
            "%(name)s lyssnade %(num)s gånger på samtal från ett nummer som är en kollegas eget.",
            facts["listens"],
            name=name,
        ),
        gettext("Ingen begäran av kollegan förklarar det, och någon annan hade svarat."),
        ngettext(
            "Om %(num)s av dem antecknade personen något.",
            "Om %(num)s av dem antecknade personen något.",
            facts["noted"],
        )
        if facts["noted"]
        else "",
        gettext("Samma dag hade personen svarat på ett samtal från numret.") if facts["met"] else "",
    ]


def _hours(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    night, weekend, evening = (facts.get(code, 0) for code in ("night", "weekend", "evening"))
    parts = [
        ngettext("%(num)s på natten", "%(num)s på natten", night) if night else "",
        ngettext("%(num)s på en ledig dag", "%(num)s på lediga dagar", weekend) if weekend else "",
        gettext("%(count)s tidigt på morgonen eller på kvällen", count=evening) if evening else "",
    ]
    first, last = formats.moment(observation.first_at), formats.moment(observation.last_at)
    return [
        ngettext(
            "%(name)s lyssnade på %(num)s samtal utanför arbetstid, utan att anteckna något och utan ett ärende som "
            "de hör till: %(parts)s.",
            "%(name)s lyssnade på %(num)s samtal utanför arbetstid, utan att anteckna något och utan ett ärende som "
            "de hör till: %(parts)s.",
            facts["listens"],
            name=name,
            parts=", ".join(part for part in parts if part),
        ),
        gettext("Det första hördes %(first)s, det sista %(last)s.", first=first, last=last)
        if first != last
        else gettext("Det hördes %(at)s.", at=first),
        gettext("Personen svarade inte själv på samtal vid den tiden."),
        gettext(
            "Arbetstiden är vardagar %(opens)s–%(closes)s.",
            opens=f"{facts['opens']}.00",
            closes=f"{facts['closes']}.00",
        ),
        ngettext(
            "Under de åtta veckorna dessförinnan lyssnade personen utanför arbetstid på %(num)s dag.",
            "Under de åtta veckorna dessförinnan lyssnade personen utanför arbetstid på %(num)s dagar.",
            facts["earlier"],
        )
        if facts["earlier"]
        else gettext("Under de åtta veckorna dessförinnan lyssnade personen aldrig utanför arbetstid."),
    ]


def _queue(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    queue = Queue.get_or_none(Queue.id == facts["queue"])
    return [
        ngettext(
            "%(name)s lyssnade på %(num)s samtal till %(queue)s, utan att anteckna något och utan ett ärende som "
            "de hör till.",
            "%(name)s lyssnade på %(num)s samtal till %(queue)s, utan att anteckna något och utan ett ärende som "
            "de hör till.",
            facts["listens"],
            name=name,
            queue=queue.name(language()) if queue else "–",
        ),
        gettext(
            "Av personens %(of)s lyssningar under sju veckor dessförinnan gällde %(earlier)s det servicenumret, och "
            "personen har inte svarat på samtal dit.",
            of=facts["of"],
            earlier=facts["earlier"],
        ),
    ]


def _one(observation: Observation, facts: dict[str, Any], name: str) -> list[str]:
    at = formats.moment(observation.first_at)
    return [
        gettext("%(name)s lyssnade på ett samtal %(at)s.", name=name, at=at),
        gettext("Portalen har inte sett något ovanligt i det: ett dataskyddsombud har valt lyssningen i loggen."),
    ]


SENTENCES = {
    Pattern.MANY: _many,
    Pattern.SAME_NUMBER: _same_number,
    Pattern.OWN_NUMBER: _own_number,
    Pattern.COLLEAGUE: _colleague,
    Pattern.HOURS: _hours,
    Pattern.QUEUE: _queue,
    Pattern.ONE: _one,
}


def period(observation: Observation) -> str:
    """The days its listens lie in."""
    first, last = (clock.local(at).date() for at in (observation.first_at, observation.last_at))
    return formats.date(first) if first == last else f"{formats.date(first)}–{formats.date(last)}"
