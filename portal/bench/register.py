"""A throw-away register with many calls and no sound, in the proportions of a customer service."""

import contextlib
import dataclasses
import datetime as dt
import itertools
import os
import random
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal import clock, config
from portal.accounts import sessions
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.accounts.permissions import Role
from portal.db import PRAGMAS, db
from portal.queues.models import Queue
from portal.recordings import actions
from portal.recordings.models import SEQUENCE_BITS, Direction, Note, Playable, Recording, Told
from portal.start import prepare

DAYS = 89  # all of them still within the three months, whichever months they are
ADVISERS = 30
QUEUES = (
    ("0195202001", "Småbarnspedagogik", "Varhaiskasvatus", 30),
    ("0195202002", "Tekniska servicen", "Tekniset palvelut", 25),
    ("0195202003", "Äldreomsorg", "Vanhuspalvelut", 18),
    ("0195202004", "Bildningstjänster", "Sivistyspalvelut", 14),
    ("0195202005", "Byggnadstillsyn", "Rakennusvalvonta", 10),
    ("0195202006", "Kompassen", "Kompassi", 3),
)

# What callers ask about; the earlier in the list, the more often (Zipf)
STEMS = """
daghem päiväkoti ansökan hakemus bygglov rakennuslupa avgift maksu plats paikka hemvård kotihoito skolskjuts
koulukuljetus vatten vesi faktura lasku parkering pysäköinti tid aika besvär valitus möte tapaaminen blankett
lomake förskola esikoulu äldreboende hoivakoti trygghetstelefon turvapuhelin avlopp viemäri avfall jäte väg tie
snöröjning lumityö gatubelysning katuvalo tomt tontti hyra vuokra granne naapuri buller melu barn lapsi lärare
opettaja eftermiddagsvård iltapäivähoito simhall uimahalli bibliotek kirjasto kö jono beslut päätös ändring muutos
återuppringning takaisinsoitto ärende asia karta kartta ritning piirustus intyg todistus flytt muutto färdtjänst
kuljetuspalvelu måltid ateria matkort specialdiet erityisruokavalio allergi kläder öppettider aukioloaika
"""
JOINTS = (
    "ny gammal akut extra vår höst sommar vinter uusi vanha kesä talvi syys lisä under över sär del etu ala ylä väli"
)
ENDINGS = ("", "en", "er", "na", "s", "n", "lla", "ssa", "sta", "ta", "t", "in", "ssä", "llä")


class Words:
    """Draws words with Zipf's frequencies from some 20,000 Swedish and Finnish forms."""

    def __init__(self, chance: random.Random) -> None:
        stems, joints = STEMS.split(), ["", *JOINTS.split()]
        self.forms = [joint + stem + ending for joint in joints for ending in ENDINGS for stem in stems]
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.forms))))
        self.chance = chance

    def draw(self, count: int) -> list[str]:
        return self.chance.choices(self.forms, cum_weights=self.weights, k=count)


class Register:
    """The people, queues and calls. `adviser` hears half of the queues, `everywhere` all of them."""

    def __init__(self, rows: int, seed: int = 2027) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (figures that can be repeated, no secret)
        self.words = Words(self.chance)
        self.numbers: list[str] = []
        self.queues = [Queue.create(number=q[0], name_sv=q[1], name_fi=q[2], tells_callers=True) for q in QUEUES]
        self.advisers = [
            self.person(f"adviser{n}", f"{first}{last}", [Role.ADVISER], [self.queues[n % len(QUEUES)]])
            for n, (first, last) in zip(
                range(ADVISERS),
                itertools.product(("Anna ", "Mikko ", "Åsa ", "Päivi ", "Karl "), NAMES),
                strict=False,
            )
        ]
        both = [Role.ADVISER, Role.MANAGER]
        self.adviser = self.person("manager", "Maria Chefberg", both, self.queues[1::2])
        self.everywhere = self.person("everywhere", "Matti Yläpää", both, self.queues)
        self.made = 0
        self.add(rows)

    def add(self, rows: int, *, until: dt.datetime | None = None) -> None:
        """So many calls more, evenly over the `DAYS` before `until` (None: now), with notes, and in the word index."""
        with db.atomic():
            self._calls(rows, until or clock.now())
        actions.reindex()

    def person(self, username: str, name: str, roles: list[Role], queues: list[Queue]) -> Account:
        account: Account = Account.create(username=username, name=name, password_hash="-", password_temporary=False)  # noqa: S106 (opens nothing)
        since, until = clock.now() - dt.timedelta(days=DAYS), clock.add_months(clock.now(), 12)
        for role in roles:
            grant = RoleGrant.create(account=account, role=role, begins_at=since, ends_at=until)
            QueueGrant.insert_many([{"grant": grant, "account": account, "queue": queue} for queue in queues]).execute()
        return account

    def token(self, account: Account) -> str:
        """The token of a fresh session, as a sign-in with both factors gives it."""
        with db.atomic():
            return sessions.open_session(account, sessions.FULL, "bench", proved_at=clock.now())[0]

    def _calls(self, rows: int, until: dt.datetime) -> None:
        start = until - dt.timedelta(days=DAYS)
        span = DAYS * 86_400_000
        moments = sorted(self.chance.randrange(span) for _ in range(rows))
        calls: list[dict[str, Any]] = []
        notes: list[dict[str, Any]] = []
        for n, offset in enumerate(moments, self.made):
            call = self._call(n, start + dt.timedelta(milliseconds=offset))
            calls.append(call)
            if self.chance.random() < 0.4:
                text = " ".join(self.words.draw(self.chance.choice((4, 8, 15, 30))))
                notes.append({"uuid": uuid.UUID(int=self.chance.getrandbits(128)), "recording": call["id"]})
                notes[-1] |= {"author": self.advisers[n % ADVISERS], "text": text, "created_at": call["ended_at"]}
            if len(calls) == 500 or n == self.made + rows - 1:
                Recording.insert_many(calls).execute()
                Note.insert_many(notes).execute() if notes else None
                calls, notes = [], []
        self.made += rows

    def _call(self, n: int, started_at: dt.datetime) -> dict[str, Any]:
        chance = self.chance
        place = chance.choices(range(len(QUEUES)), [q[3] for q in QUEUES])[0]
        seconds = min(int(chance.lognormvariate(5, 1)) + 3, 7200)
        ended_at = started_at + dt.timedelta(seconds=seconds)
        number = f"+35840{chance.randrange(10**7):07}" if chance.random() < 0.95 else None
        if number:
            self.numbers.append(number)
        return {
            "id": (int(started_at.timestamp()) << SEQUENCE_BITS) + n % 1000,
            "uuid": uuid.UUID(int=chance.getrandbits(128), version=4),
            "source": "freepbx",
            "source_key": f"{n:032x}",
            "content_key": f"{n:032x}",
            "started_at": started_at,
            "ended_at": ended_at,
            "duration_ms": seconds * 1000,
            "expires_at": clock.expiry(ended_at),
            "received_at": ended_at,
            "queue": self.queues[place],
            "direction": chance.choices(list(Direction), [85, 12, 3])[0],
            "number": number,
            "extension": str(200 + n % ADVISERS),
            "adviser": self.advisers[(n * 7 % (ADVISERS // len(QUEUES))) * len(QUEUES) + place],
            "told": chance.choices(list(Told), [92, 5, 3])[0],
            "conversation": f"{n:016x}",
            "subject": " ".join(self.words.draw(chance.choice((1, 2, 3, 5)))).capitalize(),
            "original_format": "wav/pcm_alaw",
            "original_size": seconds * 16000,
            "original_sha256": f"{n:064x}",
            "channels": 2,
            "speakers": "adviser,caller",
            "playable": chance.choices(list(Playable), [1, 96, 1, 2])[0],
            "playable_type": "audio/wav",
            "playable_part": "original",
        }


NAMES = ("Testström", "Mallimäki", "Provberg", "Koeaho", "Övningsson", "Harjula")


@contextlib.contextmanager
def throw_away(rows: int) -> Iterator[tuple[config.Settings, Register]]:
    """The register in a folder of its own, bound to this process; the folder is gone afterwards. Who asks for its
    pages is not asked to prove anew who it is: a session of a bench is older than any person's."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        settings = dataclasses.replace(config.load(Path(folder)), proof_minutes=24 * 60)
        prepare(settings)
        try:
            yield settings, Register(rows)
        finally:
            db.close()


@contextlib.contextmanager
def unsynced() -> Iterator[None]:
    """Nothing in here waits for the disk."""
    synced: Any = os.fsync
    setattr(os, "fsync", lambda handle: None)  # noqa: B010 a plain assignment is an error to mypy
    db.execute_sql("PRAGMA synchronous = off")
    try:
        yield
    finally:
        setattr(os, "fsync", synced)  # noqa: B010 as above
        db.execute_sql(f"PRAGMA synchronous = {PRAGMAS['synchronous']}")
