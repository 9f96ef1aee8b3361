"""The demo's staff keep searches that find their own."""

from portal.demo import searches
from portal.recordings import saved
from portal.recordings.saved_models import SavedSearch
from tests.people import People


def test_whoever_looks_for_calls_keeps_a_few(people: People):
    accounts = (people.adviser, people.second_manager, people.dpo)
    searches.tell()
    assert [len(saved.names(account)) for account in accounts] == [3, 3, 0]
    assert "bussi" not in "".join(row.asked for row in SavedSearch.select())
