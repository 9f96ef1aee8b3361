"""What is made silent in a call, and what was said in it word for word: what may be saved of both.

Pure: times are whole milliseconds from the beginning of the recording.
"""

from collections.abc import Sequence
from typing import NamedTuple

from portal.cases.codes import Ground
from portal.language import N_

PASSAGES_MOST = 60
LINES_MOST = 400
SHORTEST_MS = 200
"""Less than this is no word, but a slip of the hand."""
SPEAKERS = ("caller", "adviser", "other")


class PassageTyped(NamedTuple):
    start_ms: int
    end_ms: int
    """Up to and without."""
    ground: str
    interest: str
    harm: str
    milder: str


class LineTyped(NamedTuple):
    at_ms: int
    speaker: str
    text: str


class Fault(NamedTuple):
    """What is not in order, and where."""

    row: int
    """From 0."""
    field: str
    """As PassageTyped and LineTyped name it."""
    text: str


def passage_faults(passages: Sequence[PassageTyped], duration_ms: int) -> list[Fault]:
    """Everything that keeps the passages from being saved."""
    found = []
    for row, one in enumerate(passages):
        if one.start_ms >= duration_ms:
            found.append(Fault(row, "start_ms", N_("Början ligger efter samtalets slut.")))
        elif one.end_ms <= one.start_ms:
            found.append(Fault(row, "end_ms", N_("Slutet måste ligga efter början.")))
        elif one.end_ms > _rounded_up(duration_ms):
            found.append(Fault(row, "end_ms", N_("Slutet ligger efter samtalets slut.")))
        elif min(one.end_ms, duration_ms) - one.start_ms < SHORTEST_MS:
            found.append(Fault(row, "end_ms", N_("Avsnittet måste vara minst 0,2 sekunder.")))
        elif any(one.start_ms < other.end_ms and other.start_ms < one.end_ms for other in passages[:row]):
            found.append(Fault(row, "start_ms", N_("Avsnittet går in i ett annat. Slå ihop dem eller flytta gränsen.")))
        if one.ground not in set(Ground):
            found.append(Fault(row, "ground", N_("Välj en grund.")))
        found += [Fault(row, name, text) for name, text in reason_faults(one.interest, one.harm, one.milder)]
    return found


def reason_faults(interest: str, harm: str, milder: str) -> list[tuple[str, str]]:
    """What is lacking of the reasons why something is not given: the field, and what to do."""
    asked = (
        ("interest", interest, N_("Skriv vems intresse det gäller.")),
        ("harm", harm, N_("Skriv vilken skada det skulle göra.")),
        ("milder", milder, N_("Skriv vilka mildare sätt som har prövats.")),
    )
    return [(name, text) for name, typed, text in asked if not typed.strip()]


def line_faults(lines: Sequence[LineTyped], duration_ms: int) -> list[Fault]:
    """Everything that keeps the transcript from being saved."""
    found = []
    for row, one in enumerate(lines):
        if one.at_ms > duration_ms:
            found.append(Fault(row, "at_ms", N_("Tiden ligger efter samtalets slut.")))
        elif row and one.at_ms < lines[row - 1].at_ms:
            found.append(Fault(row, "at_ms", N_("Raden ligger före raden ovanför.")))
        if one.speaker not in SPEAKERS:
            found.append(Fault(row, "speaker", N_("Välj vem som talar.")))
        if not one.text.strip():
            found.append(Fault(row, "text", N_("Skriv vad som sägs.")))
    return found


def within(one: PassageTyped, duration_ms: int) -> PassageTyped:
    """The passage, ending where the call does when it was typed as the page shows the call's length."""
    return one._replace(end_ms=min(one.end_ms, duration_ms))


def _rounded_up(duration_ms: int) -> int:
    """The end as a page shows it, in whole seconds."""
    return -(-duration_ms // 1000) * 1000
