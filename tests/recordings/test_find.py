"""Finding calls."""

import datetime as dt

from portal import clock
from tests import calls


def test_the_page_lists_the_newest_calls_of_own_queues(as_, people):
    calls.recording(people.daycare, subject="Köplats på daghem", adviser=people.adviser)
    answer = as_(people.adviser).get("/recordings/")
    assert answer.status_code == 200
    print(answer.text)
    assert "Köplats" in answer.text

def test_show(as_, people):
    r = calls.recording(people.daycare, subject="Köplats på daghem", adviser=people.adviser)
    answer = as_(people.adviser).get(f"/recordings/{r.uuid}")
    print(answer.text)
    assert answer.status_code == 200
