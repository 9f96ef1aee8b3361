"""The demo's privacy description."""

from portal.demo import described
from portal.register import contradictions, descriptions


def test_everybody_reads_one_version_and_the_next_waits_for_one_who_approves(people):
    described.tell()
    current = descriptions.current()
    assert current is not None
    assert {one["reason"] for one in descriptions.answered(current)} == {described.STANDS}
    waiting = descriptions.under_way()
    assert waiting is not None
    assert not contradictions.of(descriptions.content(waiting))
    assert descriptions.to_approve(by=people.decider) == 1
