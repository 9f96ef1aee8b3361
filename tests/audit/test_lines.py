"""Entries in words: names for ids, words for codes, old and new of what was changed."""

import pytest
from flask_login import login_user

from portal.audit import lines
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db


@pytest.fixture
def told(app, people):
    """The line that an act becomes for the data protection officer, in Swedish or Finnish."""

    def tell(act, subject=None, **kwargs):
        with db.atomic():
            entry = record(act, subject, **kwargs)
        with app.test_request_context("/audit/", base_url="https://localhost"):
            login_user(people.dpo)
            return lines.of([entry])[0]

    return tell


def test_rights_are_told_in_words_with_the_queues_by_name(told, people):
    line = told(
        Act.ACCOUNT_CHANGED,
        people.adviser,
        by=people.admin,
        facts=["name", "extension"],
        roles=["adviser", "manager"],
        roles_before=["adviser"],
        queues=[str(people.daycare.uuid)],
    )
    assert (line.who, line.about) == ("Arvo Ylläpitäjä", "Karin Testström")
    assert line.details == [
        ("Ändrat", "namn, anknytning"),
        ("Servicenumren", "Småbarnspedagogik"),
        ("Roller", "kundrådgivare, chef"),
        ("Roller före", "kundrådgivare"),
    ]


def test_a_changed_service_number_shows_old_and_new(told, people):
    line = told(
        Act.QUEUE_CHANGED,
        people.daycare,
        by=people.admin,
        queue_id=people.daycare.id,
        changed={"name_sv": ["Dagvård", "Småbarnspedagogik"], "tells_callers": [False, True]},
    )
    assert line.details == [
        ("Namn på svenska", "Dagvård → Småbarnspedagogik"),
        ("Informerar den som ringer", "nej → ja"),
    ]
    assert line.queue == "Småbarnspedagogik"


def test_a_search_shows_its_conditions_and_no_more_of_words_than_their_codes(told, people):
    line = told(
        Act.SEARCHED,
        by=people.adviser,
        filters=["words", "first"],
        queues=[people.daycare.id, people.technical.id],
        hits=1234,
        first="2026-11-01",
        words=["0123456789abcdef0123456789abcdef"],
        adviser=people.adviser.uuid.hex,
        told="unknown",
    )
    assert dict(line.details) == {
        "Kundrådgivare": "Karin Testström",
        "Villkor": "Ord, Från",
        "Från": "1.11.2026",
        "Träffar": "1\u00a0234",
        "Servicenumren": "Småbarnspedagogik, Tekniska servicen",
        "Informerad om inspelningen": "uppgift saknas",
        "Ord (koder)": "01234567",
    }


def test_what_was_asked_of_the_log_is_told(told, people):
    asked = {"person": people.adviser.uuid.hex, "act": "recordings:played", "queue": people.daycare.id}
    line = told(Act.LOG_READ, by=people.dpo, asked=asked, page="older", rows=50)
    assert line.details == [
        ("Händelse", "Lyssnade på ett samtal"),
        ("Person", "Karin Testström"),
        ("Servicenummer", "Småbarnspedagogik"),
        ("Blad", "äldre"),
        ("Rader", "50"),
    ]


def test_a_failed_sign_in_has_nobody_and_the_worker_is_the_system(told, people):
    assert told(Act.SIGN_IN_FAILED, reason="unknown").who == "Inte inloggad"
    assert told(Act.PURGED).who == "Systemet"


def test_a_size_is_told_in_bytes_people_read(told, people):
    assert told(Act.QUARANTINED, size=2_500_000, reason="too_large").details == [
        ("Orsak", "för stor"),
        ("Storlek", "2,5\u00a0MB"),
    ]


def test_an_unknown_key_is_shown_as_it_is(told, people):
    assert told(Act.PURGED, surprise=3).details == [("surprise", "3")]


def test_a_page_of_lines_costs_a_handful_of_queries(app, people):
    from tests.calls import recording

    row = recording(people.daycare)
    with db.atomic():
        entries = [record(Act.VIEWED, row, by=people.adviser, person=people.clerk.uuid.hex) for _ in range(50)]
    asked = []
    plain = db.execute_sql
    with app.test_request_context("/audit/", base_url="https://localhost"):
        login_user(people.manager)
        assert people.manager.may("audit:read")
        try:
            db.execute_sql = lambda *args, **kwargs: (asked.append(args[0]), plain(*args, **kwargs))[1]
            lines.of(entries)
        finally:
            db.execute_sql = plain
    assert len(asked) <= 6, asked


def test_an_instant_is_told_as_people_write_it(told):
    line = told(Act.INCIDENT_OPENED, known_at="2026-11-24T07:05:00+00:00")
    assert line.details == [("Staden fick veta", "24.11.2026 kl.\u00a09.05")]


def test_a_code_that_is_also_a_word_of_swedish_is_told_in_finnish(told, people):
    people.dpo.language = "fi"
    people.dpo.save()
    assert told(Act.INCIDENT_ASSESSED, risk="risk").details == [("Riski", "riski")]


def test_bytes_are_called_as_the_reader_calls_them(told, people):
    people.dpo.language = "fi"
    people.dpo.save()
    assert told(Act.QUARANTINED, size=2_500_000).details == [("Koko", "2,5\u00a0Mt")]
