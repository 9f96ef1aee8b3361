"""How the days of a request were arrived at, in words: on the page and in the letters."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

from portal import clock
from portal.cases.deadlines import Derived, Urgency, Why, urgency
from portal.cases.models import Case
from portal.language import N_

WORDS: dict[Why, str] = {
    Why.RECEIVED: N_("Begäran kom till staden. Mottagningsdagen räknas inte."),
    Why.REOPENED: N_("Begäran öppnades på nytt efter ett avgörande. Tiden räknas från den dagen."),
    Why.ORDERED: N_("Dagen som avgörandet anger. Den flyttas inte."),
    Why.MONTH: N_("En kalendermånad från mottagandet (dataskyddsförordningen artikel 12.3)."),
    Why.MONTH_CLAMPED: N_(
        "En kalendermånad från mottagandet (dataskyddsförordningen artikel 12.3). Månaden har ingen dag med samma"
        " nummer, så det är dess sista."
    ),
    Why.THREE_MONTHS: N_("Förlängd tid: tre kalendermånader från mottagandet (dataskyddsförordningen artikel 12.3)."),
    Why.THREE_MONTHS_CLAMPED: N_(
        "Förlängd tid: tre kalendermånader från mottagandet (dataskyddsförordningen artikel 12.3). Månaden har ingen"
        " dag med samma nummer, så det är dess sista."
    ),
    Why.PUBLIC: N_("Två veckor från mottagandet (offentlighetslagen 14 §)."),
    Why.PUBLIC_EXTENDED: N_("Förlängd tid: en kalendermånad från mottagandet (offentlighetslagen 14 §)."),
    Why.PUBLIC_EXTENDED_CLAMPED: N_(
        "Förlängd tid: en kalendermånad från mottagandet (offentlighetslagen 14 §). Månaden har ingen dag med samma"
        " nummer, så det är dess sista."
    ),
    Why.EARLIER: N_("Begäran följer båda lagarna: den tidigare dagen gäller."),
    Why.PAUSED: N_("Bevis på identitet begärdes. Klockan stod från den här dagen."),
    Why.RESUMED: N_("Klockan gick igen. Den stod i %(days)s dagar."),
    Why.STANDING: N_("Klockan står ännu, hittills i %(days)s dagar. Den sista dagen flyttas lika långt."),
    Why.WITH_PAUSE: N_("Tiden som klockan stod läggs till: %(days)s dagar."),
    Why.WEEKEND: N_("Tiden skulle sluta på en lördag eller söndag. Den slutar på nästa vardag."),
    Why.HOLIDAY: N_("Tiden skulle sluta på en helgdag. Den slutar på nästa vardag."),
    Why.MIDSUMMER: N_("Tiden skulle sluta på midsommarafton. Den slutar på nästa vardag."),
    Why.CHRISTMAS_EVE: N_("Julafton räknas för säkerhets skull som en vanlig dag: tiden slutar då och inte senare."),
    Why.STATUTORY: N_("Sista dagen enligt lag."),
    Why.WORKING: N_("Stadens löfte: svar inom %(days)s dagar."),
    Why.WORKING_PAUSED: N_("Stadens löfte: svar inom %(days)s dagar, och tiden som klockan stod."),
    Why.WORKING_EXTENDED: N_("Stadens löfte: svar inom den förlängda tiden, utan att räkna med helger."),
    Why.WORKING_BY_LAW: N_("Stadens löfte: svar inom lagens tid, som är kortare än stadens egen, utan helger."),
    Why.INTERNAL: N_("Förslaget ska ligga hos beslutsfattaren, %(days)s dagar före stadens löfte."),
}

ONE_DAY: dict[Why, str] = {
    Why.RESUMED: N_("Klockan gick igen. Den stod i en dag."),
    Why.STANDING: N_("Klockan står ännu, hittills i en dag. Den sista dagen flyttas lika långt."),
    Why.WITH_PAUSE: N_("Tiden som klockan stod läggs till: en dag."),
    Why.INTERNAL: N_("Förslaget ska ligga hos beslutsfattaren, en dag före stadens löfte."),
}

NO_DAY: dict[Why, str] = {
    Why.RESUMED: N_("Klockan gick igen samma dag."),
    Why.STANDING: N_("Klockan står sedan i dag."),
    Why.INTERNAL: N_("Förslaget ska ligga hos beslutsfattaren samma dag som stadens löfte."),
}

THE_CITY_S = (Why.WORKING, Why.WORKING_PAUSED, Why.WORKING_EXTENDED, Why.WORKING_BY_LAW, Why.INTERNAL)
THE_LAW_S = tuple(why for why in Why if why not in THE_CITY_S)
"""What a letter says: the city's own planning is left out."""


class Said(NamedTuple):
    code: Why
    day: dt.date
    words: str


def said(lines: Iterable[Derived], translate: Callable[[str], str], *, only: Iterable[Why] = Why) -> list[Said]:
    """The lines in words. `translate`: gettext of the page, or `language.translator` of a letter. `only`: these."""
    wanted = set(only)
    return [Said(line.code, line.day, _words(line, translate)) for line in lines if line.code in wanted]


def _words(line: Derived, translate: Callable[[str], str]) -> str:
    by_count = {0: NO_DAY, 1: ONE_DAY}.get(line.days, {})
    text = by_count.get(line.code, WORDS[line.code])
    return translate(text).replace("%(days)s", str(line.days))


URGENCIES: dict[Urgency, str] = {
    Urgency.LATE: N_("Försenad"),
    Urgency.TODAY: N_("Sista dagen i dag"),
    Urgency.SOON: N_("Bråttom"),
    Urgency.WORKING: N_("Stadens egen dag förbi"),
    Urgency.OK: N_("I god tid"),
    Urgency.PAUSED: N_("Klockan står"),
    Urgency.ANSWERED: N_("Besvarad"),
}

TONES: dict[Urgency, str] = {
    Urgency.LATE: "error",
    Urgency.TODAY: "error",
    Urgency.SOON: "warning",
    Urgency.WORKING: "info",
    Urgency.OK: "success",
    Urgency.PAUSED: "neutral",
    Urgency.ANSWERED: "neutral",
}
"""Of the tag that shows it."""

_DAYS_LATE = N_("%(word)s: %(days)s dagar")
_DAY_LATE = N_("%(word)s: en dag")
_DAYS_LEFT = N_("%(word)s: %(days)s dagar kvar")
_DAY_LEFT = N_("%(word)s: en dag kvar")


def urgency_said(case: Case, translate: Callable[[str], str], today: dt.date | None = None) -> str:
    """How near the last day is: 'Bråttom: 4 dagar kvar'."""
    day = today or clock.today()
    how = urgency(case, day)
    word, days = translate(URGENCIES[how]), abs((case.due_on - day).days)
    if how == Urgency.LATE:
        text = _DAY_LATE if days == 1 else _DAYS_LATE
    elif how in (Urgency.SOON, Urgency.WORKING, Urgency.OK):
        text = _DAY_LEFT if days == 1 else _DAYS_LEFT
    else:
        return word
    return translate(text).replace("%(word)s", word).replace("%(days)s", str(days))
