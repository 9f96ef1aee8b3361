"""A number is found however it is written, whole or by any part of it from three digits on."""

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from portal import clock
from portal.db import db
from portal.recordings import search
from portal.recordings.search import Number
from tests.recordings.finding import NOON, call, found, ids

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
    ],
)
def test_a_whole_number_is_found_alone_written_as(as_, people, typed):
    row = call(people.daycare, number="+358401234567")
    call(people.daycare, number="+358401234568")
    call(people.daycare, number="+3584012345670")
    call(people.daycare, number=None)
    assert found(as_(people.adviser), {"number": typed}) == ids(row)


PARTS = ["040", "0401", "040 123", "35840", "+358 40", "00358401", "4012", "123", "567", "4567", "401234", "3456"]
LONG_PARTS = ["1234567", "04012345", "+35840123456", "35840123456", "40123456", "01234567"]


def test_any_part_finds_every_number_with_it_in_national_or_international_writing(as_, people):
    rows = [call(people.daycare, number=n) for n in ("+358401234567", "+3584012345678", "+46401234567")]
    far = call(people.daycare, number="+358509998887")
    near = call(people.daycare, number="+358402345679")
    client = as_(people.adviser)
    for part in PARTS + LONG_PARTS:
        seen = set(found(client, {"number": part}))
        digits = part.removeprefix("+").removeprefix("00").replace(" ", "")
        expected = {str(row.uuid) for row in (*rows, far, near) if part_of(digits, row.number)}
        assert seen == expected, part
    assert set(found(client, {"number": "0401234"})) == set(ids(*rows[:2])), "in Sweden it is not written so"


def part_of(digits: str, number: str) -> bool:
    return digits in number or (number.startswith("+358") and digits in "0" + number[4:])


def test_the_first_three_digits_already_find(as_, people):
    row = call(people.daycare, number="+358401234567")
    client = as_(people.adviser)
    for end in range(3, 11):
        assert found(client, {"number": "0401234567"[:end]}) == ids(row)


@rounds(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.text("17", min_size=3, max_size=12), max_size=6),
    parts=st.lists(st.text("17", min_size=3, max_size=12), min_size=1, max_size=6),
)
@example(numbers=["777777717777777"], parts=["77777777", "7777777177"])
def test_digits_that_come_again_and_again_are_found_only_in_a_row(people, numbers, parts):
    with db.atomic() as transaction, clock.frozen(NOON):
        rows = [call(people.daycare, number=f"+999{number}") for number in numbers]
        for part in parts:
            query = search.Query(number=Number(None, part))
            page = search.find(query, by=people.adviser)
            expected = {row.uuid for row in rows if part in row.number}
            assert {row.uuid for row in page.rows} == expected
            assert page.hits == len(expected)
            assert search.answering(query, [row.id for row in rows], by=people.adviser) == {
                row.id for row in rows if row.uuid in expected
            }
        transaction.rollback()


def test_a_whole_number_is_whole_also_for_whoever_may_not_see_the_queue_it_called(as_, people):
    call(people.elderly, number="+3584012345")
    longer = call(people.daycare, number="+358401234567")
    client = as_(people.adviser)
    assert found(client, {"number": "+358 40 123 45"}) == ids(longer), (
        "that there is such a number is not theirs to know"
    )


def test_a_number_that_no_telephone_has_is_found_as_delivered(as_, people):
    row = call(people.daycare, number="201")
    assert found(as_(people.adviser), "number=201") == ids(row)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0401234567", Number("+358401234567", "0401234567")),
        ("+358401234567", Number("+358401234567", "358401234567")),
        ("+358 (0)40 12", Number(None, "3584012")),
        ("040", Number(None, "040")),
        ("4567", Number(None, "4567")),
        ("+4567", Number(None, "4567")),
        ("004567", Number(None, "4567")),
        ("0045", Number(None, "0045")),
    ],
)
def test_a_number_is_read_as_a_part_and_as_a_whole_one(settings, typed, read):
    assert search.number(typed) == read


@pytest.mark.parametrize(
    "typed", ["04", "+45", "+1", ".", "0401234567 OR 1", "n765*", "040\x001234567", "'0401234567'", "0" * 21, "١٢٣٤"]
)
def test_a_number_is_refused_when_it_is_none(settings, typed):
    with pytest.raises((search.NotANumber, search.TooFewDigits)):
        search.number(typed)
