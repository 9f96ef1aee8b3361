"""User rights for the browser to look at: one in each state, with the longest that may be typed."""

import datetime as dt

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.rights import asking, emergency, ending, granting, principles
from portal.rights.models import Right
from portal.rights.words import PRINCIPLES_FI, PRINCIPLES_SV
from tests.people import People, person

DAY = dt.timedelta(days=1)


def fill(people: People, *, word: str, words: str, name: str) -> list[str]:
    """The addresses of their pages. The people are their own: nobody else's rights change."""
    manager, decider, today = people.manager, people.decider, clock.today()
    both = [people.daycare, people.technical]
    long_, short = person("petra", name), person("pia", "Pia Nyanställd", language="fi")

    def ask(who: Account, role: Role, days: int, *, first: int = 0) -> Right:
        facts = {"queues": both, "reason": words[:900] + word, "first_on": today + first * DAY, "by": manager}
        return asking.ask(who, role=role, last_on=today + days * DAY, **facts)

    texts = {"text_sv": PRINCIPLES_SV, "text_fi": PRINCIPLES_FI}
    principles.make(**texts, valid_from=today, seen=0, by=decider)
    texts = {"text_sv": words[:900] + word, "text_fi": words[:900] + word}
    principles.make(**texts, valid_from=today + 60 * DAY, seen=1, by=decider)
    soon = granting.grant(ask(long_, Role.ADVISER, 9), reason=words[:900], by=decider)
    coming = granting.grant(ask(short, Role.ADVISER, 90, first=20), by=decider)
    refused = granting.refuse(ask(short, Role.MANAGER, 90), reason=word, by=decider)
    taken = asking.take_back(ask(short, Role.MANAGER, 90), by=manager)
    waiting = ask(long_, Role.MANAGER, 300)
    ended = granting.grant(ask(long_, Role.CLERK, 30), by=decider)
    ending.end(ended, reason=words[:900] + word, by=manager)
    given = {"role": Role.CLERK, "queues": both, "hours": 20, "by": manager}
    looked = emergency.seen(emergency.give(short, reason=words[:900], **given), words=word, by=decider)
    unseen = emergency.give(long_, reason=words[:900], **given)
    rows = (soon, coming, refused, taken, waiting, ended, looked, unseen)
    filters = ("state=over", "state=coming", "soon=y", "q=finnsinte")
    return [
        *(f"/rights/{row.uuid}" for row in rows),
        *(f"/rights/?{asked}" for asked in filters),
        f"/rights/new?renew={soon.uuid}",
    ]
