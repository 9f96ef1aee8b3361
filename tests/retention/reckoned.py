"""What must be so of a call, reckoned beside the portal: plain Python with dates of its own.

It knows the rules of register §3 and nothing of the portal's columns. Each act says what must come of it, and
keeps it when it was done.
"""

import dataclasses
import datetime as dt
from typing import Any

from tests.faults import dates


class No(Exception):
    """The act must be refused; `kind` names the portal's error."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclasses.dataclass
class Held:
    placed_by: str
    review_on: dt.date
    renewed_by: str = ""
    escalated_on: dt.date | None = None


@dataclasses.dataclass
class Call:
    key: int
    uuid: Any
    sound: bytes
    ends: int
    date: int = 0
    state: str = "live"
    """'live', 'claimed' (its deletion began, and the disk refused) or 'gone'."""
    reported: bool = False
    hold: Held | None = None
    freezes: dict[int, dt.date | None] = dataclasses.field(default_factory=dict)
    """Case → the day on which it lifts by itself."""
    freed: int | None = None
    apart: bool = False
    """In the threat archive's own store."""
    unsettled: bool = False
    """A move was begun and could not be finished."""
    due: int = 0
    notes: int = 0
    acts: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self.date = dates.goes_at(self.ends)

    @property
    def kept(self) -> bool:
        return self.hold is not None or bool(self.freezes)

    def over(self, now: int) -> bool:
        return now >= self.date

    def due_since(self) -> int:
        return self.date if self.freed is None else max(self.date, self.freed)

    def seen(self, now: int) -> bool:
        """In the ordinary search."""
        return self.state == "live" and not self.over(now)

    # What is done with it

    def noted(self, now: int) -> None:
        if not self.seen(now):
            raise No("NotFound")
        self.notes += 1
        self.acts.append("noted")

    def report(self, now: int) -> None:
        if not self.seen(now):
            raise No("NotFound")
        if self.hold:
            raise No("AlreadyHeld")
        if self.reported:
            raise No("AlreadyReported")
        self.reported = True
        self.acts.append("threat_reported")

    def dismiss(self) -> None:
        if not self.reported:
            raise No("AlreadyDecided")
        self.reported = False
        self.acts.append("threat_dismissed")

    def decide_to_hold(self, now: int, by: str, review_on: dt.date, moved: bool) -> None:
        if not self.reported:
            raise No("AlreadyDecided")
        self._hold(now, by, review_on, moved)
        self.reported = False

    def place(self, now: int, by: str, review_on: dt.date, moved: bool) -> None:
        if self.reported:
            raise No("ReportWaits")
        self._hold(now, by, review_on, moved)

    def _hold(self, now: int, by: str, review_on: dt.date, moved: bool) -> None:
        if self.hold:
            raise No("AlreadyHeld")
        if not self.seen(now):
            raise No("TooLate")
        self.hold, self.freed = Held(by, review_on), None
        self.acts.append("hold_placed")
        if moved or self.apart:
            self.move()
        else:
            self.unsettled = True

    def move(self) -> None:
        """To the threat archive; back it never goes."""
        if self.hold and not self.apart:
            self.apart = True
            self.acts.append("hold_moved")

    def renew(self, by: str, review_on: dt.date) -> None:
        if self.hold is None:
            raise No("AlreadyReleased")
        if by == (self.hold.renewed_by or self.hold.placed_by):
            raise No("SamePerson")
        self.hold = Held(self.hold.placed_by, review_on, by)
        self.acts.append("hold_renewed")

    def then(self, now: int) -> str:
        return "kept" if not self.over(now) else "frozen" if self.freezes else "purged"

    def release(self, now: int) -> str:
        if self.hold is None:
            raise No("AlreadyReleased")
        then = self.then(now)
        self.hold, self.freed = None, now
        self.acts.append("hold_released")
        if then == "purged":
            self.claim()
            self.go()
        return then

    def freeze(self, case: int) -> bool:
        if self.state != "live":
            return False
        if case not in self.freezes:
            self.freezes[case], self.freed = None, None
            self.acts.append("freeze_placed")
        return True

    def lift(self, now: int, case: int) -> bool:
        if case not in self.freezes:
            return False
        del self.freezes[case]
        self.freed = now
        self.acts.append("freeze_lifted")
        return True

    def lifts_on(self, case: int, day: dt.date) -> bool:
        if case not in self.freezes:
            return False
        self.freezes[case] = day
        self.acts.append("freeze_lifts_on")
        return True

    def erase(self, now: int, case: int) -> None:
        if self.state != "live":
            raise No("Conflict")
        if self.hold or set(self.freezes) - {case}:
            raise No("KeptByOther")
        self.lift(now, case)
        self.state, self.due = "claimed", now
        self.acts.append("erasure_claimed")
        self.go()

    def tend(self, today: dt.date, now: int) -> tuple[int, int]:
        """What the worker's round does: how many freezes lift, and whether a missed review is told."""
        if self.state != "claimed":
            if self.state == "live" and self.unsettled:
                self.move()
            self.unsettled = False
        due = [case for case, day in self.freezes.items() if day is not None and day <= today]
        for case in due:
            self.lift(now, case)
        told = self.hold is not None and self.hold.review_on < today and self.hold.escalated_on != today
        if told:
            self.hold.escalated_on = today
            self.acts.append("hold_review_missed")
        return len(due), told

    def may_go(self, now: int) -> bool:
        return self.state == "live" and self.over(now) and not self.kept

    def claim(self) -> None:
        self.state, self.due = "claimed", self.due_since()
        self.acts.append("claimed")

    def refused(self) -> None:
        if "failed" not in self.acts:
            self.acts.append("failed")

    def go(self) -> None:
        if self.reported:
            self.acts.append("threat_lapsed")
        self.state, self.reported, self.notes = "gone", False, 0
        self.acts.append("purged")
