"""What is unusual in a person's listens of one day, beside what that person and the others usually do.

Each pattern is a function of a `Window` alone and names the listens it is about, with the figures that explain them.
It says that something is worth a question, never that it was wrong. A listen is *bare* when nothing the person did
tells what it was for: no note or other work on the call, no request that the call belongs to, no consent to it.
"""

import dataclasses
import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from portal import clock
from portal.oversight.models import Pattern
from portal.oversight.windows import FEWEST_DAYS, FEWEST_PEERS, HISTORY, NEW_RIGHT, Heard, Limits, Window

WEEK = dt.timedelta(days=7)
HIGH = 0.9
BEYOND = 1.5
"""A day is unusual only if it is so much more than the person's busy days (the share HIGH of them has less)."""
WEEKLY = 1.3
"""A week is unusual from so many times the least that a day is."""
STEADIER = 0.6
"""Weeks differ less from each other than days do: so much of the times that make a day unusual."""
FEWEST_WEEKS = 2
IN_A_WEEK = "week"
NIGHT = (22, 6)
"""From ten in the evening to six in the morning."""
WEIGHTS = {"night": 3, "weekend": 2, "evening": 1}
"""Outside working hours: one listen at night is worth a question, one on a working day's evening is not."""
OUTSIDE_DAY, OUTSIDE_FORTNIGHT = 2, 3
"""So much together in a day, or in fourteen."""
USED_TO = 3
"""On so many days before those fourteen the person has listened at such hours: then it is how they work."""
CALLED = 0.5
"""What a listen weighs to the calls of somebody whom the listener has just answered."""
CALLED_BACK = 2
"""So many earlier calls of a colleague who calls again are heard to know what it is about."""
RARELY = 50
"""A queue is foreign when at most one of so many earlier listens was to it, or when the week has more than all those
before."""
KNOWN = 10
"""Listens that it takes to say which queues somebody works with."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    pattern: Pattern
    heard: tuple[Heard, ...]
    facts: dict[str, Any]
    """Codes and counts for `pattern_words`."""
    about: str = ""
    """What it is about besides the person: the pseudonym of one number, or the key of a queue."""


def _finding(pattern: Pattern, window: Window, heard: Sequence[Heard], about: str = "") -> Finding:
    return Finding(pattern=pattern, heard=tuple(heard), facts=FACTS[pattern](window, heard), about=about)


def many(window: Window) -> list[Finding]:
    """Many more bare listens in a day, or else in seven days, than the person usually has: by `many_times`, beyond the
    busy ones, and more than a time in which everybody hears more explains."""
    limits = window.limits
    bare = [h for h in window.fresh(Pattern.MANY, window.of_day()) if h.apart]
    if not bare:
        return []
    busy = window.peers.busy(window.day, but=window.person)

    def beyond(least: float, times: float, usual: float | None, high: float | None) -> float:
        """From how many on it is unusual; while nothing is known of anybody, from many times the least."""
        if usual is None or high is None:
            return limits.many_times * least
        return max(least, busy * times * max(usual, 1.0), busy * BEYOND * high)

    if len(bare) >= beyond(limits.many_least, limits.many_times, *_usual(window)):
        return [_finding(Pattern.MANY, window, bare)]
    week = _busy_days(window)
    least, times = WEEKLY * limits.many_least, STEADIER * limits.many_times
    if not window.is_new and len(week) >= beyond(least, times, *_usual_week(window)):
        return [_finding(Pattern.MANY, window, week, IN_A_WEEK)]
    return []


def _busy_days(window: Window) -> list[Heard]:
    """The bare listens of those of the seven days that have twice as many as usual."""
    week = [h for h in window.fresh(Pattern.MANY, window.within(7)) if h.apart]
    days, usual = Counter(h.at.date() for h in week), _usual(window)[0] or 0
    return [h for h in week if days[h.at.date()] >= 2 * max(usual, 1)]


def _usual(window: Window) -> tuple[float | None, float | None]:
    """How many bare listens on a usual and on a busy day with any; for somebody new, what the others hear."""
    days = _days(window)
    if len(days) < FEWEST_DAYS:
        usual = window.peers.usual(window.day, but=window.person)
        return usual, usual
    counts = sorted(days.values())
    return statistics.median(counts), counts[int(HIGH * (len(counts) - 1))]


def _usual_week(window: Window) -> tuple[float | None, float | None]:
    """How many bare listens in a usual and in the busiest of the weeks before these seven days."""
    weeks = [0] * (HISTORY.days // 7 - 1)
    for h in window.heard:
        ago = (window.day - h.at.date()).days // 7
        if 1 <= ago <= len(weeks) and h.apart:
            weeks[ago - 1] += 1
    known = [n for n in weeks if n]  # a holiday is no week
    if len(known) >= FEWEST_WEEKS:
        return statistics.median(known), max(known)
    daily = window.peers.usual(window.day, but=window.person)
    usual = None if daily is None else 5 * daily
    return usual, usual


def _days(window: Window) -> Counter[dt.date]:
    """Bare listens on each earlier day with any listens."""
    days = Counter({h.at.date(): 0 for h in window.earlier()})
    days.update(h.at.date() for h in window.earlier() if h.apart)
    return days


def _many_facts(window: Window, heard: Sequence[Heard]) -> dict[str, Any]:
    if heard[0].at.date() != heard[-1].at.date():
        usual, _ = _usual_week(window)
        return {"bare": len(heard), "usual": round(usual or 0), "days": len({h.at.date() for h in heard})}
    usual, _ = _usual(window)
    known = len(_days(window)) >= FEWEST_DAYS
    facts = {"all": len(window.of_day()), "bare": len(heard), "usual": round(usual or 0), "known": known}
    others = window.peers.of(window.day, but=window.person)
    return facts | ({"others": round(statistics.median(others))} if len(others) >= FEWEST_PEERS else {})


def same_number(window: Window) -> list[Finding]:
    """The calls of one number heard bare again and again, though others took them: `same_number` times within eight
    weeks, or one less within a week."""
    by_number: dict[str, list[Heard]] = defaultdict(list)
    for h in window.fresh(Pattern.SAME_NUMBER, window.heard):
        if h.number and h.bare and not h.took and not h.own:
            by_number[h.number].append(h)
    week = window.day - WEEK
    found = []
    for number, heard in by_number.items():
        if heard[-1].at.date() != window.day:
            continue
        every, lately = (
            sum(1 if h.apart else CALLED for h in some) for some in (heard, [h for h in heard if h.at.date() > week])
        )
        if every >= window.limits.same_number or lately >= window.limits.same_number - 1:
            found.append(_finding(Pattern.SAME_NUMBER, window, heard, number))
    return found


def _same_number_facts(_: Window, heard: Sequence[Heard]) -> dict[str, Any]:
    return {"listens": len(heard), "days": len({h.at.date() for h in heard}), "queues": len({h.queue for h in heard})}


def own_number(window: Window) -> list[Finding]:
    """A call from a number of the listener's own; a request does not explain it, one does not handle one's own."""
    heard = window.fresh(Pattern.OWN_NUMBER, (h for h in window.of_day() if h.own))
    return [_finding(Pattern.OWN_NUMBER, window, heard)] if heard else []


def _own_number_facts(_: Window, heard: Sequence[Heard]) -> dict[str, Any]:
    return {"listens": len(heard), "case": sum(h.case for h in heard), "took": sum(h.took for h in heard)}


def colleague(window: Window) -> list[Finding]:
    """A call from a colleague's number, unless heard for that colleague's request or taken by the listener. Who took
    another call of theirs may hear a call or two of before."""
    theirs = (h for h in window.of_day() if h.colleague and not h.case and not h.took)
    by_number: dict[str, list[Heard]] = defaultdict(list)
    for h in window.fresh(Pattern.COLLEAGUE, theirs):
        by_number[h.number].append(h)
    return [
        _finding(Pattern.COLLEAGUE, window, heard, number)
        for number, heard in by_number.items()
        if any(not h.met for h in heard) or len(heard) > CALLED_BACK
    ]


def _colleague_facts(_: Window, heard: Sequence[Heard]) -> dict[str, Any]:
    return {"listens": len(heard), "noted": sum(h.worked for h in heard), "met": sum(h.met for h in heard)}


def kind_of_hour(at: dt.datetime, limits: Limits) -> str:
    """'night', 'weekend' or 'evening'; '' within working hours."""
    if at.hour >= NIGHT[0] or at.hour < NIGHT[1]:
        return "night"
    if not clock.is_working_day(at.date()):
        return "weekend"
    return "" if limits.opens <= at.hour < limits.closes else "evening"


def hours(window: Window) -> list[Finding]:
    """Bare listens outside working hours by somebody who was not at work then: took no calls around that time, and does
    not otherwise listen at such hours."""

    fortnight = window.within(14)
    long_ago = window.heard[: len(window.heard) - len(fortnight)]
    used = Counter(kind for kind, _ in {(kind, h.at.date()) for h, kind in _outside(window, long_ago) if not h.duty})
    candidates = [
        (h, kind)
        for h, kind in _outside(window, window.fresh(Pattern.HOURS, fortnight))
        if h.bare and not h.duty and used[kind] < USED_TO
    ]
    today = [(h, kind) for h, kind in candidates if h.at.date() == window.day]
    if not today:
        return []
    of_day, of_all = (sum(WEIGHTS[kind] for _, kind in chosen) for chosen in (today, candidates))
    if of_day < OUTSIDE_DAY and of_all < OUTSIDE_FORTNIGHT:
        return []
    chosen = candidates if of_day < OUTSIDE_DAY else today
    return [_finding(Pattern.HOURS, window, [h for h, _ in chosen])]


def _outside(window: Window, heard: Iterable[Heard]) -> list[tuple[Heard, str]]:
    kinds = ((h, kind_of_hour(h.at, window.limits)) for h in heard)
    return [(h, kind) for h, kind in kinds if kind]


def _hours_facts(window: Window, heard: Sequence[Heard]) -> dict[str, Any]:
    first = heard[0].at.date()
    earlier = {h.at.date() for h, _ in _outside(window, window.heard) if h.at.date() < first}
    return {
        "listens": len(heard),
        **Counter(kind for _, kind in _outside(window, heard)),
        "opens": window.limits.opens,
        "closes": window.limits.closes,
        "earlier": len(earlier),
    }


def queue(window: Window) -> list[Finding]:
    """Bare listens within a week to a queue whose calls the person neither takes nor otherwise hears, and that no right
    was just granted for."""
    before = _before_the_week(window)
    if len(before) < KNOWN:
        return []
    usual = Counter(h.queue for h in before if not h.met)
    by_queue: dict[int, list[Heard]] = defaultdict(list)
    for h in window.fresh(Pattern.QUEUE, window.within(7)):
        if h.queue is not None and h.apart:
            by_queue[h.queue].append(h)
    found = []
    for key, heard in by_queue.items():
        new = window.since.get(key) is not None and window.since[key] > window.day - NEW_RIGHT
        rare = usual[key] <= len(before) // RARELY or len(heard) >= max(
            BEYOND * usual[key], 2 * window.limits.other_queue
        )
        foreign = rare and not window.took.get(key)
        if foreign and not new and heard[-1].at.date() == window.day and len(heard) >= window.limits.other_queue:
            found.append(_finding(Pattern.QUEUE, window, heard, str(key)))
    return found


def _before_the_week(window: Window) -> list[Heard]:
    return [h for h in window.heard if h.at.date() <= window.day - WEEK]


def _queue_facts(window: Window, heard: Sequence[Heard]) -> dict[str, Any]:
    key, before = heard[0].queue, _before_the_week(window)
    usual = sum(h.queue == key and not h.met for h in before)
    return {"listens": len(heard), "queue": key, "earlier": usual, "of": len(before)}


PATTERNS: tuple[Callable[[Window], list[Finding]], ...] = (many, same_number, own_number, colleague, hours, queue)
FACTS: dict[Pattern, Callable[[Window, Sequence[Heard]], dict[str, Any]]] = {
    Pattern.MANY: _many_facts,
    Pattern.SAME_NUMBER: _same_number_facts,
    Pattern.OWN_NUMBER: _own_number_facts,
    Pattern.COLLEAGUE: _colleague_facts,
    Pattern.HOURS: _hours_facts,
    Pattern.QUEUE: _queue_facts,
}


def find(window: Window) -> list[Finding]:
    """Everything unusual that the last day of the window shows."""
    return [finding for pattern in PATTERNS for finding in pattern(window)]


def together(finding: Finding, window: Window, entries: Collection[int]) -> Finding:
    """The same with the listens that were found before, as far back as the window goes."""
    known = {h.entry for h in finding.heard}.union(entries)
    heard = [h for h in window.heard if h.entry in known]
    return _finding(finding.pattern, window, heard, finding.about)
