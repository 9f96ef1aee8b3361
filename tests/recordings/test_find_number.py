"""A number is found however it is written, whole or by its end."""

import pytest

from portal.recordings import search
from portal.recordings.search import Number
from tests.recordings.finding import call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.parametrize(
    "typed",
    [
        "040-123 4567",
        "0401234567",
        "040 123 4567",
        "(040) 1234567",
        "040/1234567",
        "040.123.4567",
        "+358 40 123 4567",
        "+358401234567",
        "+358 (0)40 123 4567",
        "00358401234567",
        "00 358 40 123 45 67",
        "358401234567",
        "tel:+358401234567",
        "040\u00a0123\u20134567",  # no-break space, en dash
        "０４０１２３４５６７",  # full-width digits
        "401234567",
        "1234567",
        "4567",
        "567",
    ],
)
def test_a_number_is_found_written_as(as_, people, typed):
    row = call(people.daycare, number="+358401234567")
    call(people.daycare, number="+358401234568")
    call(people.daycare, number="+3584012345670")
    call(people.daycare, number=None)
    assert found(as_(people.adviser), {"number": typed}) == ids(row)


def test_an_ending_finds_every_number_with_it(as_, people):
    rows = [call(people.daycare, number=n) for n in ("+358501112222", "+46812222", "+35819520222", "2222")]
    assert set(found(as_(people.adviser), "number=2222")) == set(ids(rows[0], rows[1], rows[3]))


def test_a_whole_foreign_number_is_not_an_ending(as_, people):
    row = call(people.daycare, number="+46812345678")
    call(people.daycare, number="+99946812345678")
    assert found(as_(people.adviser), {"number": "+46 8 123 456 78"}) == ids(row)


def test_a_number_that_no_telephone_has_is_found_as_delivered(as_, people):
    row = call(people.daycare, number="201")
    assert found(as_(people.adviser), "number=201") == ids(row)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0401234567", Number("+358401234567", "0401234567")),
        ("+358401234567", Number("+358401234567", None)),
        ("4567", Number(None, "4567")),
        ("+4567", Number(None, "4567")),
        ("004567", Number(None, "4567")),
    ],
)
def test_a_number_is_read_as_whole_or_ending(settings, typed, read):
    assert search.number(typed) == read


@pytest.mark.parametrize("typed", ["0401234567 OR 1", "n765*", "040\x001234567", "'0401234567'", "0" * 21, "١٢٣٤"])
def test_a_number_is_refused_when_it_is_none(settings, typed):
    with pytest.raises((search.NotANumber, search.TooFewDigits)):
        search.number(typed)
