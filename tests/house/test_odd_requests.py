"""What a browser never sends is refused, and is no fault of the portal's."""

import pytest

from tests.calls import recording

BEYOND = "9" * 30
"""More than a column of the database holds."""


def test_a_page_that_asks_from_no_address_gets_its_list(as_, people):
    for current in ("http://[", "", "x" * 3000):
        headers = {"HX-Request": "true", "HX-Current-URL": current}
        assert as_(people.adviser).get("/recordings/", headers=headers).status_code == 200


@pytest.mark.parametrize("referrer", ["https://[", "https://[::1", "http://localhost/", "https://example.invalid/"])
def test_a_form_from_no_address_is_refused_as_a_foreign_one(as_, people, referrer):
    row = recording(people.daycare)
    path = f"/recordings/{row.uuid}/notes"
    assert as_(people.adviser).submit(path, {"note": "x"}, headers={"Referer": referrer}).status_code == 400


@pytest.mark.parametrize("version", [BEYOND, f"-{BEYOND}", "-1"])
def test_a_version_that_no_row_can_have_is_a_conflict(as_, people, version):
    client = as_(people.admin)
    facts = {"name": "Nytt Namn", "language": "sv", "version": version}
    names = {"number": "2001", "name_sv": "a", "name_fi": "b", "version": version}
    assert client.submit(f"/accounts/{people.outsider.uuid}", facts).status_code == 409
    assert client.submit(f"/accounts/{people.outsider.uuid}/password", {"version": version}).status_code == 409
    assert client.submit(f"/queues/{people.daycare.uuid}", names).status_code == 409


@pytest.mark.parametrize(
    "value", ["9" * 18, "9" * 19, BEYOND, f"-{BEYOND}", "%00", "%ff%fe", "%ED%A0%80", "1.1.0001", "31.12.9999"]
)
def test_odd_questions_are_answered_or_refused_and_never_a_fault(as_, people, value):
    for person, path, names in (
        (people.adviser, "/recordings/", "words number from to queue adviser direction length told flag before after"),
        (people.dpo, "/audit/", "from to person act kind queue purpose subject before after"),
        (people.admin, "/ingest/", "state reason before after"),
        (people.admin, "/retention/", "day until"),
        (people.admin, "/accounts/", "q role state"),
    ):
        client = as_(person)
        for name in names.split():
            assert client.get(f"{path}?{name}={value}").status_code < 500, (path, name)
