"""Neither the answer nor the time it takes tells whether a name is one of the register's."""

import random
import time

import pytest

from portal.accounts import passwords
from portal.accounts.models import Account
from tests.accounts.door import SIGN_IN
from tests.people import PASSWORD, person

TRIES, ROUNDS = 400, 4
LOW, HIGH = 0.45, 0.55
BAD = "wrong password entirely"


def auc(some: list[float], others: list[float]) -> float:
    """How often one of `some` is greater than one of `others`: 0.5 tells nothing, 0 and 1 everything."""
    wins = sum((a > b) + (a == b) / 2 for a in some for b in others)
    return wins / (len(some) * len(others))


def tried(app, name: str, source: int) -> float:
    """Seconds until the answer, of a browser that has its form already."""
    client = app.test_client()
    csrf = client.csrf()
    sent = {"username": name, "password": BAD, "csrf_token": csrf}
    begun = time.perf_counter()
    answer = client.post(
        SIGN_IN,
        data=sent,
        headers={"Referer": "https://localhost" + SIGN_IN},
        environ_overrides={"REMOTE_ADDR": f"198.51.{source // 250}.{source % 250}"},
    )
    took = time.perf_counter() - begun
    assert answer.status_code == 422
    return took


def test_four_hundred_tries_do_not_tell_a_name_that_is_there_from_one_that_is_not(app, people, strong_passwords):
    """Where chance has it that they seem to, as it does one time in twelve, they are asked for more: what is a
    difference grows clearer, and what is chance goes away."""
    there = [person(f"finns{i}", f"Finns Numrerad{i}").username for i in range(TRIES // 2)]
    Account.update(password_hash=passwords.hashed(PASSWORD)).execute()
    passwords.stand_in()  # as a portal that has run for a while
    tried(app, "warm", 0)
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(ROUNDS):
        order = [(name, True) for name in there] + [(f"saknas{turn}x{i}", False) for i in range(TRIES // 2)]
        random.Random(turn).shuffle(order)
        for source, (name, known) in enumerate(order):
            times[known].append(tried(app, name, turn * TRIES + source))
        if LOW <= auc(times[True], times[False]) <= HIGH:
            return
    pytest.fail(f"AUC {auc(times[True], times[False]):.3f} after {ROUNDS * TRIES} tries")


@pytest.mark.parametrize(("some", "others", "told"), [([1, 2], [1, 2], 0.5), ([3, 4], [1, 2], 1.0), ([1], [2], 0.0)])
def test_the_measure_tells_what_differs(some, others, told):
    assert auc(some, others) == told
