"""What the demo has given to others."""

from portal.demo import disclosures
from portal.recordings.models import Recording
from portal.register import disclosures as given
from portal.register import notices
from portal.retention.models import Transfer
from tests.calls import recording


def test_the_decider_and_the_clerk_each_find_something_to_do(people):
    disclosures.tell()
    assert not Transfer.select().exists(), "none there are is no fault"
    for _ in range(2):
        recording(people.daycare, adviser=people.adviser, subject="Bygglov")
    disclosures.tell()
    assert given.to_decide(by=people.decider) == 1
    assert notices.count(by=people.clerk) == 1
    assert sorted(state for (state,) in Transfer.select(Transfer.state).tuples()) == ["handed_over", "proposed"]
    assert Recording.select().where(Recording.subject == disclosures.SUBJECT).count() == 1
