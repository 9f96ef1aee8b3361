"""Who listened to a recording."""

import datetime as dt

from portal import clock
from portal.accounts import names
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.listens import Heard, who_listened
from portal.db import db
from tests.calls import recording

NOON = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)


def play(row, by, moment, purpose="quality", reference=""):
    with clock.frozen(moment), db.atomic():
        record(Act.PLAYED, row, by=by, purpose=purpose, reference=reference)


def test_listens_come_newest_first_with_purpose_and_case_number(people):
    row = recording(people.daycare)
    play(row, people.adviser, NOON)
    play(row, people.clerk, NOON + dt.timedelta(hours=1), "request", "BST/12/2026")
    assert who_listened(row) == [
        Heard(NOON + dt.timedelta(hours=1), people.clerk.uuid, "request", "BST/12/2026"),
        Heard(NOON, people.adviser.uuid, "quality", ""),
    ]


def test_listens_to_another_call_and_other_acts_are_left_out(people):
    row, other = recording(people.daycare), recording(people.daycare)
    play(other, people.adviser, NOON)
    with db.atomic():
        record(Act.LISTEN_OPENED, row, by=people.adviser, purpose="quality")
        record(Act.VIEWED, row, by=people.adviser)
    assert who_listened(row) == []


def test_names_are_found_for_closed_accounts_and_none_for_the_unknown(people):
    people.adviser.closed_at = clock.now()
    people.adviser.save()
    wanted = [people.adviser.uuid, None, recording(people.daycare).uuid]
    assert names.of(wanted) == {people.adviser.uuid: "Karin Testström"}
    assert names.of([None]) == {}
