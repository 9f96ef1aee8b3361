"""Units, lists of staff and reviews of rights for the browser to look at, with the longest that may be typed."""

import datetime as dt
import itertools

from portal import clock
from portal.accounts import staff, units
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.documents import actions as documents
from portal.rights import command, review
from portal.rights.models import Review, ReviewLine, Right, Verdict
from tests.people import People, person

LIST = "användarnamn;namn;enhet;språk;anknytning;telefon;slutat;anställningsnummer och annat som inte läses\n"


def fill(people: People, *, word: str, words: str, name: str) -> list[str]:
    """The addresses of their pages. The manager heads the first unit; nobody heads the second."""
    admin = people.admin
    first = units.make(code="KOMPASSEN-OCH-ANNAT", name_sv=word[:100], name_fi=word[:100], by=admin)
    second = units.make(code="SKOL", name_sv="Skolorna", name_fi="Koulut", by=admin)
    facts = {"code": first.code, "name_sv": first.name_sv, "name_fi": first.name_fi, "active": True}
    units.change(first, seen=0, heads=[people.manager], **facts, by=admin)
    staffed = []
    for n, (username, unit) in enumerate((("staff.a", first), ("staff.b", first), ("staff.c", second))):
        made = person(username, (name, "Eva Arbetsvik", "Ulla Utanför")[n])
        staff.move(made, unit, by=admin)
        command.by_command(Account.get_by_id(made.id), role=Role.ADVISER, queues=[people.daycare, people.technical])
        staffed.append(made)
    staff.place(Account.get_by_id(staffed[0].id), seen=1, unit=first, numbers="040 1234567, +46 70 123 45 67", by=admin)
    command.by_command(people.decider, role=Role.CONTROLLER)
    over = review.begin(2026, 3)
    verdicts = (Verdict.CONFIRMED, Verdict.ENDED, Verdict.LAPSED, Verdict.GONE)
    for line, verdict in zip(over.lines, itertools.cycle(verdicts), strict=False):
        by = people.decider if verdict in (Verdict.CONFIRMED, Verdict.ENDED) else None
        said = {"verdict": verdict, "by": by, "at": clock.now(), "reason": words[:400] if by else ""}
        ReviewLine.update(**said).where(ReviewLine.id == line.id).execute()
    Review.update(closed_at=clock.now()).where(Review.id == over.id).execute()
    documents.order_review(review.name(over), language="sv")
    long_ago = clock.now() - dt.timedelta(days=400)
    Right.update(begins_at=long_ago, reason=words[:300]).where(Right.account == staffed[0].id).execute()
    under_way = review.begin(2026, 4)
    rows = f"staff.b;Eva Arbetsvik;SKOL;fi;990;040 1234568;;\nny.person;{name};SKOL;;;;;\nstaff.c;Ulla;SKOL;;;;ja;\n"
    draft = staff.read((LIST + rows + f"x;{word};FINNSINTE;;;;;\n").encode(), by=admin)
    unchanged = staff.read((LIST + "staff.c;Ulla Utanför;SKOL;;;;;\n").encode(), by=admin)
    return [
        *(f"/rights/reviews/{one.uuid}" for one in (over, under_way)),
        *(f"/accounts/staff/{one.uuid}" for one in (draft, unchanged)),
        *(f"/accounts/units/{one.uuid}" for one in (first, second)),
        *(f"/accounts/{one.uuid}/unit" for one in staffed[:1]),
    ]
