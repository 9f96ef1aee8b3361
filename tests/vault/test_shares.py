"""A key split among people: any two make it, one tells nothing, and nothing wrong passes for right."""

import collections
import itertools
import os

import pytest

from portal.vault import root, shares

FIPS_197 = [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x57, 0x02, 0xAE), (0x57, 0x04, 0x47), (0x57, 0x10, 0x07)]
"""Products in the field, section 4.2 of the standard."""
INVERSES = [(0x53, 0xCA), (0x02, 0x8D), (0x01, 0x01), (0xFF, 0x1C)]
"""By the same standard's substitution box."""


@pytest.mark.parametrize(("one", "other", "product"), FIPS_197)
def test_products_are_those_of_the_standard(one, other, product):
    assert shares.times(one, other) == shares.times(other, one) == product


@pytest.mark.parametrize(("one", "other"), INVERSES)
def test_inverses_are_those_of_the_standard(one, other):
    assert (shares.inverse(one), shares.inverse(other)) == (other, one)


def test_the_field_is_a_field():
    for one in range(256):
        row = {shares.times(one, other) for other in range(256)}
        assert row == (set(range(256)) if one else {0})
        assert shares.times(one, shares.inverse(one)) == (1 if one else 0)
    for a, b, c in itertools.product((0, 1, 2, 0x53, 0x80, 0xFF), repeat=3):
        assert shares.times(a, b ^ c) == shares.times(a, b) ^ shares.times(a, c)
        assert shares.times(a, shares.times(b, c)) == shares.times(shares.times(a, b), c)


def test_shares_are_the_values_of_the_polynomial(monkeypatch):
    """2 of 3, the coefficient 0x83 for each byte 0x57: 57 + 83 x at 1, 2, 3 (83·2 = 1d, 83·3 = 9e)."""
    monkeypatch.setattr(os, "urandom", lambda size: b"\x83" * size)
    made = shares.split(b"\x57" * 32, shares=3, needed=2)
    assert [share.values for share in made] == [
        bytes([0x57 ^ 0x83]) * 32,
        bytes([0x57 ^ 0x1D]) * 32,
        bytes([0x57 ^ 0x9E]) * 32,
    ]


def test_one_share_tells_nothing():
    """Whatever the secret byte, each value of a share comes from exactly one coefficient: all are as likely."""
    for number in (1, 2, 3, 255):
        for secret in range(256):
            seen = collections.Counter(shares._value((secret, random), number) for random in range(256))
            assert set(seen.values()) == {1}
            assert len(seen) == 256


@pytest.mark.parametrize(("count", "needed"), [(3, 2), (2, 2), (5, 3), (4, 4)])
def test_any_that_are_enough_make_the_key_in_any_order(count, needed):
    key = os.urandom(32)
    made = shares.split(key, shares=count, needed=needed)
    for some in itertools.permutations(made, needed):
        assert shares.join([shares.read(share.text()) for share in some]) == key
    assert shares.join(made) == key


def test_too_few_make_none():
    made = shares.split(os.urandom(32), shares=3, needed=2)
    for few in ([], made[:1], [made[0], made[0]]):
        with pytest.raises(shares.NotTogether):
            shares.join(few)


def test_shares_of_two_splits_of_the_same_key_make_none():
    key = os.urandom(32)
    one, other = (shares.split(key, shares=3, needed=2) for _ in range(2))
    with pytest.raises(shares.NotTogether, match="another key than the one they name"):
        shares.join([one[0], other[1]])


def test_shares_of_two_keys_make_none():
    one, other = (shares.split(os.urandom(32), shares=3, needed=2) for _ in range(2))
    with pytest.raises(shares.NotTogether, match="different keys"):
        shares.join([one[0], other[1]])


def test_a_share_is_read_as_hands_write_it():
    share = shares.split(os.urandom(32), shares=3, needed=2)[0]
    text = share.text()
    assert set(text) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
    spoken = text.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert shares.read(spoken) == share


def test_every_letter_that_is_read_wrong_is_told():
    text = shares.split(os.urandom(32), shares=3, needed=2)[0].text()
    for place, right in enumerate(text):
        for wrong in {"-": ""}.get(right, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"):
            if wrong == right:
                continue
            try:
                read = shares.read(text[:place] + wrong + text[place + 1 :])
            except shares.NotAShare:
                continue
            assert read.text() == text, "bits that are in no byte"


@pytest.mark.parametrize("text", ["", "x", "0" * 84, "abc def", "å" * 80, "=" * 80, "U" * 84])
def test_what_is_no_share_is_told(text):
    with pytest.raises(shares.NotAShare):
        shares.read(text)


@pytest.mark.parametrize(("count", "needed"), [(3, 1), (1, 1), (2, 3), (256, 2), (3, 0), (0, 0)])
def test_a_split_that_keeps_no_secret_is_refused(count, needed):
    with pytest.raises(ValueError, match="shares"):
        shares.split(os.urandom(32), shares=count, needed=needed)


def test_a_share_names_its_key():
    key = os.urandom(32)
    assert {share.of for share in shares.split(key, shares=3, needed=2)} == {root.id_of(key)}
