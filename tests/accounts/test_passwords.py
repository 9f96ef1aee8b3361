"""Which passwords may be chosen."""

import time
import unicodedata

import argon2
import pytest

from portal.accounts import passwords
from tests.people import PASSWORD

NAMES = ("karin", "Karin Testström")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort-ord-12", passwords.TooShort),
        ("ä" * 11, passwords.TooShort),
        ("x" * 257, passwords.TooLong),
        ("a" * 40, passwords.Common),
        ("lösenord1234567", passwords.Common),
        ("Borgå2026Borgå", passwords.Common),
        ("B0rg4-2026-B0rg4!", passwords.Common),
        ("porvoo-kaupunki", passwords.Common),
        ("samtalsregistret2026", passwords.Common),
        ("Sommaren 2026 !!", passwords.Common),
        ("kesäkuu-heinäkuu", passwords.Common),
        ("salasana salasana", passwords.Common),
        ("qwertyuiop123456", passwords.Common),
        ("abcdefghijklmnop", passwords.Common),
        ("karintestström99", passwords.Common),
        ("TestströmKarin!!", passwords.Common),
        ("kallekalle1212", passwords.Guessable),
        ("1357924680135", passwords.Guessable),
        ("            ", passwords.Common),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password, why):
    with pytest.raises(why):
        passwords.check(password, names=NAMES)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "tre glada smurfar dansade",
        "korrekthästbatteri",
        "Karin gillar blåbär mest på tisdagar",
        "lumipallo ei sula helposti tammikuussa",
        "x7#kQ!p2Lw9z",
        "vem åt upp min gröna cykel?" * 4,
    ],
)
def test_a_long_phrase_or_a_random_one_may_be_chosen_without_composition_rules(password):
    passwords.check(password, names=NAMES)


def test_the_persons_own_name_counts_for_that_person_only():
    passwords.check("teststromkarinx!", names=("mikko", "Mikko Esihenkilö"))
    with pytest.raises(passwords.Weak):
        passwords.check("teststromkarinx!", names=NAMES)


def test_the_longest_password_is_judged_in_a_blink():
    for nasty in ("4@8$" * 64, "password" * 32, "aB3$" * 64, "qwerty asdfgh " * 18):
        started = time.process_time()
        with pytest.raises(passwords.Weak):
            passwords.check(nasty[: passwords.MOST], names=NAMES)
        assert time.process_time() - started < 2


def test_the_same_letters_written_otherwise_are_the_same_password():
    phrase = "blåbär på hösten äter älgen"
    kept = passwords.hashed(unicodedata.normalize("NFC", phrase))
    assert passwords.verify(kept, unicodedata.normalize("NFD", phrase))
    assert not passwords.verify(kept, phrase + "n")


def test_a_hash_costs_what_rfc_9106_asks_and_a_weaker_one_is_made_anew(strong_passwords):
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert passwords.verify(weak, PASSWORD)
    assert passwords.outdated(weak)
    for kept in (passwords.hashed(PASSWORD), passwords.stand_in()):
        cost = argon2.extract_parameters(kept)
        assert (cost.type, cost.time_cost, cost.parallelism) == (argon2.Type.ID, 3, 4)
        assert cost.memory_cost >= 64 * 1024
        assert not passwords.outdated(kept)
        assert passwords.verify(kept, PASSWORD) == (kept != passwords.stand_in())


def test_a_hash_is_argon2id_and_tells_the_password_to_nobody():
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert passwords.hashed(PASSWORD) != kept


def test_every_character_of_the_longest_password_counts():
    longest = "å" * passwords.MOST
    kept = passwords.hashed(longest)
    assert passwords.verify(kept, longest)
    assert not passwords.verify(kept, longest + "å")
    assert not passwords.verify(kept, longest[:-1])


def test_without_a_hash_no_password_is_right():
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify("not a hash", PASSWORD)


def test_temporary_passwords_are_strong_and_all_different():
    made = {passwords.temporary() for _ in range(200)}
    assert len(made) == 200
    for password in list(made)[:20]:
        passwords.check(password, names=NAMES)


def test_the_word_list_is_read_and_holds_the_city_in_both_languages():
    assert {"borgå", "porvoo", "lösenord", "salasana"} <= set(passwords.blocklist())
    assert not [word for word in passwords.blocklist() if "#" in word or not word.strip()]
