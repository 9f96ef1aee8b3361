"""The paper of a review of user rights with invented data: short, long, and odd on purpose."""

import datetime as dt
from typing import Any

from portal.documents.kinds import Kind
from portal.documents.review_shapes import Reviewed, RightsReview
from portal.documents.samples_odd import LONG_WORD, MARKUP, ODD_NAME, ODD_WORDS, QUEUES

_WORDS: dict[str, dict[str, Any]] = {
    "sv": {
        "verdicts": {
            "confirmed": "bekräftad",
            "ended": "avslutad",
            "lapsed": "förfallen",
            "gone": "upphörde före svaret",
        },
        "roles": ("kundrådgivare", "chef", "handläggare", "beslutsfattare"),
        "units": ("Kundservice", "Bildning", "Social- och hälsovårdens rådgivning"),
        "ended": "Personen arbetar inte längre med telefontjänsten, utan i skolornas kansli.",
        "confirmed": "Vikarierar under semestrarna och hör samtal då.",
    },
    "fi": {
        "verdicts": {
            "confirmed": "vahvistettu",
            "ended": "päätetty",
            "lapsed": "rauennut",
            "gone": "päättyi ennen vastausta",
        },
        "roles": ("asiakasneuvoja", "esihenkilö", "käsittelijä", "päättäjä"),
        "units": ("Asiakaspalvelu", "Sivistys", "Sosiaali- ja terveydenhuollon neuvonta"),
        "ended": "Henkilö ei enää työskentele puhelinpalvelussa vaan koulujen toimistossa.",
        "confirmed": "Toimii lomien sijaisena ja kuuntelee puheluita silloin.",
    },
}
_PEOPLE = ("Karin Östernäs", "Juha Koskenlahti", "Maria Lillsjö", "Kerstin Tallberg-Ahl", "Mikko Rantala")


def _line(language: str, n: int, *, odd: bool) -> Reviewed:
    words = _WORDS[language]
    verdict = ("confirmed", "confirmed", "ended", "confirmed", "lapsed", "confirmed", "gone")[n % 7]
    person = (ODD_NAME, MARKUP, LONG_WORD)[n % 3] if odd else _PEOPLE[n % 5]
    by = "Viveka Söderström-Mäkeläinen" if verdict in ("confirmed", "ended") else ""
    reason = ODD_WORDS if odd else words.get(verdict, "") if n % 3 != 1 else ""
    return Reviewed(
        person=person,
        unit=words["units"][n % 3],
        role=words["roles"][n % 4],
        queues=list(QUEUES[language][: n % 6]) if n % 4 != 3 else [],
        last_on=dt.date(2027, 1 + n % 9, 28).isoformat(),
        signed_in_on=None if n % 11 == 9 else dt.date(2026, 9, 1 + n % 28).isoformat(),
        listened_on=None if n % 4 == 3 else dt.date(2026, 8, 1 + n % 28).isoformat(),
        unused=n % 11 == 9,
        verdict=verdict,
        verdict_words=words["verdicts"][verdict],
        by=by,
        answered_on=dt.date(2026, 10, 5 + n % 20).isoformat(),
        reason=reason,
    )


def _review(language: str, size: str) -> RightsReview:
    count = {"short": 2, "long": 150, "odd": 7}[size]
    lines = [_line(language, n, odd=size == "odd") for n in range(count)]
    counts = {verdict: len([line for line in lines if line.verdict == verdict]) for verdict in _WORDS["sv"]["verdicts"]}
    return RightsReview(
        year=2026,
        quarter=4,
        opened_on="2026-10-01",
        due_on="2026-10-31",
        closed_on="2026-11-02",
        total=count,
        lines=lines,
        **counts,
    )


FACTS = {Kind.RIGHTS_REVIEW: _review}
