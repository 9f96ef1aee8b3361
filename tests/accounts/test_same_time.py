"""Neither the answer nor the time it takes tells whether a name is one of the register's.

Tried in turn, one of each sort, in an order drawn anew each time: what the machine does meanwhile falls on all alike.
"""

import datetime as dt
import itertools
import os
import random
import re
import time
from collections.abc import Iterable

import pytest

from portal import clock
from portal.accounts import passwords, throttle
from portal.accounts.models import Account, Passkey, Throttle
from tests.accounts.authenticator import ASK_ANYBODY, added
from tests.accounts.door import SIGN_IN, first
from tests.people import PASSWORD, person

EACH, ROUNDS = 200, 4
"""Names of each sort: two sorts are told apart, if they are, by four hundred tries."""
LOW, HIGH = 0.45, 0.55
BAD = "wrong password entirely"
Times = dict[str, list[float]]


def auc(some: list[float], others: list[float]) -> float:
    """How often one of `some` is greater than one of `others`: 0.5 tells nothing, 0 and 1 everything."""
    wins = sum((a > b) + (a == b) / 2 for a in some for b in others)
    return wins / (len(some) * len(others))


def tried(app, name: str, source: int, status: int) -> float:
    """Seconds until the answer, of a browser that has its form already."""
    client = app.test_client()
    csrf = client.csrf()
    sent = {"username": name, "password": BAD, "csrf_token": csrf}
    begun = time.perf_counter()
    answer = client.post(
        SIGN_IN,
        data=sent,
        headers={"Referer": "https://localhost" + SIGN_IN},
        environ_overrides={"REMOTE_ADDR": f"198.{51 + source // 62_500}.{source // 250 % 250}.{source % 250}"},
    )
    took = time.perf_counter() - begun
    assert answer.status_code == status
    return took


def told_apart(app, names: dict[str, list[str]], status: int, pairs: Iterable[tuple[str, str]]) -> Times:
    """The times of each sort. Where chance has it that two seem to differ, as it does one time in twelve, all are tried
    once more, up to ROUNDS: what is a difference grows clearer, and what is chance goes away. Raises when it stays."""
    times: Times = {sort: [] for sort in names}
    chance, source = random.Random(7), itertools.count()
    for _ in range(ROUNDS):
        for number in range(EACH):
            for sort in chance.sample(sorted(names), len(names)):
                times[sort].append(tried(app, names[sort][number], next(source), status))
        seen = {pair: auc(times[pair[0]], times[pair[1]]) for pair in pairs}
        if all(LOW <= value <= HIGH for value in seen.values()):
            return times
    pytest.fail(f"told apart: {seen}, after {ROUNDS * EACH} tries of each")


def there(sort: str) -> list[str]:
    made = [person(f"{sort}{i}", f"Finns Numrerad{i}") for i in range(EACH)]
    if sort == "keyed":
        kept = {"name": "n", "public_key": b"", "sign_count": 0, "transports": "usb", "created_at": clock.now()}
        for account in made:
            Passkey.create(account=account.id, credential_id=os.urandom(32), **kept)
    if sort == "shut":
        Account.update(closed_at=clock.now()).where(Account.id.in_([account.id for account in made])).execute()
    return [account.username for account in made]


def test_tries_do_not_tell_a_name_that_is_there_from_one_that_is_not(app, people, strong_passwords):
    """Nor whether it holds a key, nor whether the account is closed."""
    names = {sort: there(sort) for sort in ("plain", "keyed", "shut")}
    names["absent"] = [f"absent{i}" for i in range(EACH)]
    Account.update(password_hash=passwords.hashed(PASSWORD)).execute()
    passwords.stand_in()  # as a portal that has run for a while
    tried(app, "warm", 0, 422)
    pairs = [("plain", "absent"), ("keyed", "absent"), ("shut", "absent"), ("keyed", "plain")]
    told_apart(app, names, 422, pairs)


@pytest.mark.parametrize("failures", [throttle.LIMITS["name"].free + 10, throttle.LIMITS["name"].cap])
def test_nor_do_they_when_the_name_must_wait_or_is_closed_to_passwords(app, people, failures):
    names = {"plain": there("plain"), "absent": [f"absent{i}" for i in range(EACH)]}
    now = clock.now()
    for name in (*names["plain"], *names["absent"]):
        key = throttle.keys(name=name)["name"]
        Throttle.create(key=key, failures=failures, last_at=now, open_at=now + dt.timedelta(minutes=15), refused=1)
    tried(app, names["plain"][0], 0, 429)
    told_apart(app, names, 429, [("plain", "absent")])


def test_the_question_to_a_key_names_none_whatever_name_is_sent_with_it(app, as_, people):
    """Of a person with keys, one without, and nobody."""
    added(as_(people.adviser))
    asked = []
    for name in ("karin", "maria", "nobody"):
        client = app.test_client()
        sent = {"username": name, "password": PASSWORD, "csrf_token": client.csrf()}
        answer = client.post(ASK_ANYBODY, data=sent, headers={"Referer": "https://localhost" + SIGN_IN})
        assert answer.status_code == 200
        options = answer.get_json()
        assert len(options.pop("challenge")) == 43
        asked.append(options)
    assert asked[0] == asked[1] == asked[2]
    assert not asked[0].get("allowCredentials")


def test_the_page_of_the_password_is_the_same_for_who_has_keys(app, as_, people):
    added(as_(people.adviser))
    said = []
    for name in ("karin", "maria", "nobody"):
        page = first(app.test_client(), name, BAD).get_data(as_text=True)
        said.append(re.sub(r'nonce="[^"]*"|"X-CSRFToken": "[^"]*"|<input[^>]*csrf_token[^>]*>', "", page))
    assert said[0].replace("karin", "") == said[1].replace("maria", "") == said[2].replace("nobody", "")


@pytest.mark.parametrize(("some", "others", "told"), [([1, 2], [1, 2], 0.5), ([3, 4], [1, 2], 1.0), ([1], [2], 0.0)])
def test_the_measure_tells_what_differs(some, others, told):
    assert auc(some, others) == told
