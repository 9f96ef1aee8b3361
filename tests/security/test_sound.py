"""Sound leaves for who may hear it and stated why, and each time the log says so: over ten thousand requests of all
kinds, by people who may and people who may not, the listens that gave sound are the rows of the log, one each."""

import collections
import dataclasses
import random
import uuid
from collections.abc import Iterable

import pytest

from portal import clock, playback, short_way
from portal.accounts.models import SignIn
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.models import Case
from portal.recordings.models import Listen, Recording
from tests import calls
from tests.cases import selected
from tests.register import consented
from tests.retention import kept

REQUESTS = 10_000
SOUNDS = 2_000
"""So many of them give sound, at least."""
SEED = 20261130
RECENT = 30
"""Listens that are asked for: the last that were opened, with those of them that are over."""
RANGES = (
    *("bytes=0-", "bytes=0-99", "bytes=500-9000", "bytes=-800", "bytes=200-"),
    *("bytes=5-1", "bytes=0-1,5-9", "hm"),
    "bytes=99999999-",
)
"""Of the whole, from it and to its end; what is none, so that the whole is given; and beyond the end."""
BEYOND = RANGES[-1]
SITES = (*("same-origin",) * 7, "none", "none", None, "cross-site", "same-site")
FOREIGN = ("cross-site", "same-site")


@dataclasses.dataclass(eq=False)
class Place:
    """Where a call is heard: in one's own queues, in the archive of threat calls, for a request, for training."""

    kind: str
    base: str
    call: Recording
    who: tuple[str, ...]
    """May hear it there."""
    purpose: str = ""
    shut: bool = False
    """Nobody may, for a while: it is restricted, not held any more, or somebody else's case."""


@dataclasses.dataclass(eq=False)
class Opened:
    key: uuid.UUID
    place: Place
    by: str
    over: bool = False
    """Its time is past, or its session ended."""


class Hearing:
    """Everybody asks for the sound of everything, at random."""

    def __init__(self, app, as_, people, monkeypatch) -> None:
        self.dice = random.Random(SEED)
        names = ("adviser", "manager", "second_manager", "clerk", "outsider", "dpo", "admin")
        self.people = {name: (getattr(people, name), as_(getattr(people, name))) for name in names}
        self.nobody = app.test_client()
        self.places = [*self._ordinary(people), *self._special(people)]
        self.opened: list[Opened] = []
        self.heard: set[str] = set()
        """Keys of the listens that gave sound."""
        self.sounds: collections.Counter[tuple[str, str]] = collections.Counter()
        """By the kind of place, and by the way: short, range, whole, or whole and so long that it flows."""
        self.silent: collections.Counter[tuple[str, int]] = collections.Counter()
        """By why, and with which status."""
        self.last = 0
        """The newest entry of the log that says that somebody listened."""
        self.short = False
        """The last range went the short way."""
        plain = short_way.ShortWay._piece

        def piece(*asked):
            found = plain(*asked)
            self.short = found is not None
            return found

        monkeypatch.setattr(short_way.ShortWay, "_piece", piece)

    @staticmethod
    def _ordinary(people) -> Iterable[Place]:
        """Short ones, and some that are longer than one piece."""
        for n in range(9):
            queue, who = ((people.daycare, ("adviser", "manager")), (people.elderly, ("outsider",)))[n % 3 == 2]
            call = calls.recording(queue, adviser=people.adviser, seconds=20.0 if n % 4 == 1 else 2.0)
            yield Place("call", f"/recordings/{call.uuid}", call, who, "quality")
            yield Place("call", f"/recordings/{call.uuid}", call, ("clerk",), "request")

    @staticmethod
    def _special(people) -> Iterable[Place]:
        for _ in range(2):
            call = calls.recording(people.daycare, adviser=people.adviser)
            kept.place(call, people.manager)
            Recording.update(expires_at=clock.now()).where(Recording.id == call.id).execute()
            yield Place("threat", f"/recordings/{call.uuid}", call, ("manager", "second_manager"), "safety")
        row = selected.call(people, selected.case(people))
        yield Place("case", f"/cases/{row.case.uuid}/calls/{row.uuid}", row.recording, ("clerk",))
        call = consented.call(people)
        consented.give(people, call)
        yield Place("training", f"/register/training/{call.uuid}", call, ("adviser", "manager", "second_manager"))

    def _place(self) -> Place:
        kind = self.dice.choice(("call", "call", "call", "threat", "case", "training"))
        return self.dice.choice([place for place in self.places if place.kind == kind])

    def open(self) -> None:
        place = self._place()
        name = self.dice.choice(place.who if self.dice.random() < 0.9 else [*self.people])
        sent = {"purpose": place.purpose, "reference": "BS/1/2026"} if place.purpose else {}
        answer = self.people[name][1].submit(f"{place.base}/listens", sent)
        newest = Listen.select().order_by(Listen.id.desc()).first()
        if newest is not None and (not self.opened or newest.uuid != self.opened[-1].key):
            assert answer.status_code == 303
            assert not place.shut, f"opened what is shut: {place.kind}"
            self.opened.append(Opened(newest.uuid, place, name))

    def ask(self) -> None:
        opened, base = self._address()
        name = opened.by if self.dice.random() < 0.85 else self.dice.choice([*self.people, "nobody"])
        client = self.nobody if name == "nobody" else self.people[name][1]
        headers = {"Range": self.dice.choice(RANGES)} if self.dice.random() < 0.9 else {}
        if site := self.dice.choice(SITES):
            headers["Sec-Fetch-Site"] = site
        method = "HEAD" if self.dice.random() < 0.08 else "GET"
        self.short = False
        with client.open(f"{base}/listens/{opened.key}/audio", method=method, headers=headers) as answer:
            body = answer.get_data()
        sound = answer.mimetype.startswith("audio/") and bool(body)
        why = self._why_not(opened, base, name, method, headers)
        about = f"{opened.place.kind}: {method} {headers}, {answer.status_code}, {why or 'theirs'}"
        assert sound is not bool(why), about
        assert self._told() == ([opened.key.hex] if sound and opened.key.hex not in self.heard else []), about
        if sound:
            assert answer.status_code in (200, 206), about
            flows = "flowing" if len(body) > playback.PIECE else "whole"
            way = flows if answer.status_code == 200 else "short" if self.short else "range"
            self.sounds[opened.place.kind, way] += 1
            self.heard.add(opened.key.hex)
        else:
            self.silent[why, answer.status_code] += 1

    def _address(self) -> tuple[Opened, str]:
        """A listen, and where it is asked for: mostly where it was opened, now and then elsewhere, or one of nobody."""
        if self.dice.random() < 0.03:
            place = self._place()
            return Opened(uuid.uuid4(), place, place.who[0], over=True), place.base
        opened = self.dice.choice(self.opened[-RECENT:])
        return opened, self._place().base if self.dice.random() < 0.06 else opened.place.base

    @staticmethod
    def _why_not(opened: Opened, base: str, name: str, method: str, headers: dict[str, str]) -> str:
        """Why no sound may leave; '' when it must."""
        if name != opened.by:
            return "somebody else's"
        if base != opened.place.base:
            return "of another call"
        if opened.over or opened.place.shut:
            return "over" if opened.over else "shut"
        if headers.get("Sec-Fetch-Site") in FOREIGN:
            return "for another site"
        if method == "HEAD":
            return "only its head"
        return "beyond its end" if headers.get("Range") == BEYOND else ""

    def _told(self) -> list[str]:
        """The listens of which the log has a row since it was last asked."""
        rows = list(Entry.select().where(Entry.act == Act.PLAYED, Entry.id > self.last).order_by(Entry.id))
        self.last = rows[-1].id if rows else self.last
        return [row.told["listen"] for row in rows]

    def sign_in_again(self) -> None:
        """Somebody's session ends, and with it what they had open."""
        name = self.dice.choice([*self.people])
        account, client = self.people[name]
        SignIn.update(ended_at=account.created_at).where(SignIn.account == account.id).execute()
        client.sign_in(account)
        for opened in self.opened:
            opened.over |= opened.by == name

    def expire(self) -> None:
        """The time of one that is open is past."""
        opened = self.dice.choice(self.opened[-RECENT:])
        Listen.update(closes_at=clock.now()).where(Listen.uuid == opened.key).execute()
        opened.over = True

    def turn(self) -> None:
        """A call is shut to those who hear it, or what was shut is open again."""
        shut = [place for place in self.places if place.shut]
        place = shut[0] if len(shut) > 1 else self._place()
        place.shut = not place.shut
        if place.kind == "case":
            handler = self.people["dpo" if place.shut else "clerk"][0]
            Case.update(handler=handler).execute()
            return
        field = Recording.holds if place.kind == "threat" else Recording.restrictions
        value = int(place.shut is not (place.kind == "threat"))
        Recording.update({field: value}).where(Recording.id == place.call.id).execute()
        for other in self.places:
            if other.call == place.call:
                other.shut = place.shut


@pytest.fixture
def hearing(app, as_, people, monkeypatch):
    with clock.frozen(consented.NOW):
        yield Hearing(app, as_, people, monkeypatch)


def test_the_listens_that_gave_sound_over_ten_thousand_requests_are_the_rows_of_the_log(hearing):
    for n in range(REQUESTS):
        if n % 12 == 0:
            hearing.open()
        if n % 50 == 49:
            hearing.expire()
        if n % 150 == 149:
            hearing.turn()
        if n % 500 == 499:
            hearing.sign_in_again()
        hearing.ask()
    sounds, silent = hearing.sounds, hearing.silent
    assert sounds.total() + silent.total() == REQUESTS
    rows = [entry.told["listen"] for entry in Entry.select().where(Entry.act == Act.PLAYED)]
    assert sorted(rows) == sorted(hearing.heard), "the log and what was heard are not the same"
    begun = {row.uuid.hex for row in Listen.select().where(Listen.started_at.is_null(False))}
    assert begun == hearing.heard
    assert sounds.total() >= SOUNDS, sounds
    assert len(hearing.heard) >= 200, f"one listen is heard over and over: {len(hearing.heard)}"
    ways = [(kind, way) for kind in ("call", "threat", "case", "training") for way in ("range", "whole")]
    ways += [("call", "short"), ("threat", "short"), ("call", "flowing")]
    assert {way for way, times in sounds.items() if times >= 20} == set(ways), sounds
    whys: collections.Counter[str] = collections.Counter()
    for (why, _), times in silent.items():
        whys[why] += times
    reasons = ("somebody else's", "of another call", "over", "shut", "for another site", "only its head")
    assert {why for why, times in whys.items() if times >= 100} == {*reasons, "beyond its end"}, silent
    assert {status for _, status in silent} == {200, 303, 403, 404, 416}, silent


def test_every_way_to_hear_was_gone(hearing):
    """The run above means little unless each kind of listen gives sound, and a shut one none."""
    for place in hearing.places:
        client = hearing.people[place.who[0]][1]
        sent = {"purpose": place.purpose, "reference": "BS/1/2026"} if place.purpose else {}
        assert client.submit(f"{place.base}/listens", sent).status_code == 303, place.kind
        key = Listen.select().order_by(Listen.id.desc()).get().uuid
        answer = client.get(f"{place.base}/listens/{key}/audio", headers={"Range": "bytes=0-99"})
        assert (answer.status_code, len(answer.data)) == (206, 100), place.kind
