"""Sound leaves for who may hear it and stated why, and each time the log says so: over ten thousand requests of all
kinds, by people who may and people who may not, the listens that gave sound are the rows of the log, one each."""

import collections
import random
import uuid

import pytest

from portal import clock
from portal.accounts.models import SignIn
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings.models import Listen
from tests import calls
from tests.cases import selected
from tests.register import consented

REQUESTS = 10_000
CALLS = 12
SEED = 20261130
RANGES = (
    "bytes=0-",
    "bytes=0-99",
    "bytes=500-9000",
    "bytes=-800",
    "bytes=99999999-",
    "bytes=5-1",
    "bytes=0-1,5-9",
    "hm",
)
"""Of the whole, from it, to its end, and what is none."""
SITES = ("same-origin", "same-origin", "same-origin", "none", "cross-site", "same-site", None)


class Hearing:
    """Everybody asks for the sound of everything, at random."""

    def __init__(self, app, as_, people) -> None:
        self.dice = random.Random(SEED)
        self.people = {
            name: (account, as_(account))
            for name, account in {
                "adviser": people.adviser,
                "manager": people.manager,
                "second manager": people.second_manager,
                "clerk": people.clerk,
                "outsider": people.outsider,
                "dpo": people.dpo,
                "admin": people.admin,
            }.items()
        }
        self.nobody = app.test_client()
        self.calls = [
            calls.recording((people.daycare, people.elderly)[n % 2], adviser=people.adviser) for n in range(CALLS)
        ]
        self.cases = [selected.call(people, selected.case(people)) for _ in range(1)]
        self.trained = consented.call(people)
        consented.give(people, self.trained)
        self.addresses: list[tuple[str, str]] = []
        """Of every listen that was opened, and by whom."""
        self.heard: set[str] = set()
        """Keys of the listens that gave sound."""
        self.answers: collections.Counter[tuple[int, bool]] = collections.Counter()
        """Status, and whether it was sound."""

    def open(self) -> None:
        name = self.dice.choice(list(self.people))
        _, client = self.people[name]
        kind = self.dice.random()
        before = Listen.select().count()
        if kind < 0.1:
            call = self.cases[0]
            base = f"/cases/{call.case.uuid}/calls/{call.uuid}"
            answer = client.submit(f"{base}/listens")
        elif kind < 0.2:
            base = f"/register/training/{self.trained.uuid}"
            answer = client.submit(f"{base}/listens")
        else:
            base = f"/recordings/{self.dice.choice(self.calls).uuid}"
            purpose = self.dice.choice(("quality", "quality", "request", "training", ""))
            answer = client.submit(f"{base}/listens", {"purpose": purpose, "reference": "BS/1/2026"})
        if Listen.select().count() > before:
            assert answer.status_code == 303
            newest = Listen.select().order_by(Listen.id.desc()).get()
            self.addresses.append((f"{base}/listens/{newest.uuid}/audio", name))

    def ask(self) -> None:
        address, opener = self.address()
        name = opener if self.dice.random() < 0.6 else self.dice.choice([*self.people, "nobody"])
        client = self.nobody if name == "nobody" else self.people[name][1]
        headers = {"Range": self.dice.choice(RANGES)} if self.dice.random() < 0.9 else {}
        if site := self.dice.choice(SITES):
            headers["Sec-Fetch-Site"] = site
        method = self.dice.choice(("GET",) * 9 + ("HEAD",))
        answer = client.open(address, method=method, headers=headers)
        body = answer.get_data()
        sound = answer.mimetype.startswith("audio/") and bool(body)
        self.answers[answer.status_code, sound] += 1
        if not sound:
            return
        key = address.split("/")[-2]
        assert (answer.status_code, method) in ((200, "GET"), (206, "GET")), f"{method} {answer.status_code}"
        assert headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none"), "sound for another site"
        listen = Listen.get(Listen.uuid == uuid.UUID(key))
        assert name != "nobody", "sound for nobody"
        assert listen.account_id == self.people[name][0].id, f"{name} hears a listen of somebody else"
        self.heard.add(listen.uuid.hex)

    def address(self) -> tuple[str, str]:
        """Of a listen, and who opened it: mostly a recent one, now and then of another call, or of none."""
        if not self.addresses or self.dice.random() < 0.05:
            return f"/recordings/{self.dice.choice(self.calls).uuid}/listens/{uuid.uuid4()}/audio", "adviser"
        address, opener = self.dice.choice(self.addresses[-30:])
        if self.dice.random() < 0.1:
            address = f"/recordings/{self.dice.choice(self.calls).uuid}/listens/{address.split('/')[-2]}/audio"
        return address, opener

    def sign_in_again(self) -> None:
        """Somebody's session ends, and with it what they had open."""
        name = self.dice.choice(list(self.people))
        account, client = self.people[name]
        SignIn.update(ended_at=account.created_at).where(SignIn.account == account.id).execute()
        client.sign_in(account)


@pytest.fixture
def hearing(app, as_, people):
    with clock.frozen(consented.NOW):
        yield Hearing(app, as_, people)


def test_the_listens_that_gave_sound_over_ten_thousand_requests_are_the_rows_of_the_log(hearing):
    for n in range(REQUESTS):
        if n % 40 == 0:
            hearing.open()
        if n % 500 == 499:
            hearing.sign_in_again()
        hearing.ask()
    assert sum(hearing.answers.values()) == REQUESTS
    rows = [entry.told["listen"] for entry in Entry.select().where(Entry.act == Act.PLAYED)]
    assert sorted(rows) == sorted(hearing.heard), "the log and what was heard are not the same"
    begun = {row.uuid.hex for row in Listen.select().where(Listen.started_at.is_null(False))}
    assert begun == hearing.heard
    told = hearing.answers
    assert len(hearing.heard) > 40, f"hardly anything was heard: {told}"
    assert sum(count for (_, sound), count in told.items() if sound) > 500, told
    assert {status for status, _ in told} >= {200, 206, 303, 403, 404, 416}, told


def test_every_way_to_hear_was_gone(hearing):
    """The run above means little unless each of the three kinds of listen gives sound."""
    for base, by, form in (
        (f"/recordings/{hearing.calls[0].uuid}", "adviser", {"purpose": "quality"}),
        (f"/register/training/{hearing.trained.uuid}", "manager", {}),
        (f"/cases/{hearing.cases[0].case.uuid}/calls/{hearing.cases[0].uuid}", "clerk", {}),
    ):
        client = hearing.people[by][1]
        assert client.submit(f"{base}/listens", form).status_code == 303
        key = Listen.select().order_by(Listen.id.desc()).get().uuid
        answer = client.get(f"{base}/listens/{key}/audio", headers={"Range": "bytes=0-99"})
        assert (answer.status_code, len(answer.data)) == (206, 100), base
