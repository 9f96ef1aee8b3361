"""Roles × routes × methods × what is one's own, another's and nobody's: nobody gets what is not theirs, and an object
of somebody else's looks like one that is not there.

What each role may use is in `roles.txt` beside this file: `python -m tests.security.test_matrix` renews it after a
change that is meant.
"""

import collections
import itertools
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from portal.accounts.models import SignIn
from portal.accounts.permissions import TABLE, WITHOUT_ROLE, Permission
from portal.audit.acts import Act
from tests.security.cells import Cell, Objects, Route, goes_with, is_strange, is_strange_paper, routes
from tests.security.city import City, Visitor, in_use, undone, writes

ROLES = Path(__file__).with_name("roles.txt")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")
FEW = 3
"""Cells of a kind that are tried of each route."""
MANY = 120
"""Cells among which one's own is looked for."""

NEVER_REACHED = {
    "GET /accounts/me/enrolment/qr.svg": "a picture for the session alone in which an app is being enrolled",
    "POST /oversight/listens/question": "which listen it asks about is sent with it, not in its address",
}
"""Routes of objects of which no insider reaches any in this city, and why."""
REPEATED = re.compile(
    r'(name="csrf_token" value="|X-CSRFToken": "|nonce=")[^"]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)
"""What differs between two answers that are alike: tokens of the answer, and the address that was asked for."""


def permissions() -> list[str]:
    """`permission role role …`, one a line."""
    lines = []
    for permission in sorted(Permission):
        holders = [role for role in sorted(TABLE) if permission in TABLE[role]]
        lines.append(" ".join((permission, *holders, *(["everybody"] if permission in WITHOUT_ROLE else []))))
    return lines


class Seen:
    """An answer, as far as somebody who asks could tell it from another."""

    def __init__(self, answer: Any) -> None:
        self.status = answer.status_code
        self.type = answer.mimetype
        self.size = answer.content_length if self.status < 300 else 0
        self.body = REPEATED.sub(r"\1", answer.get_data(as_text=True)) if self.status >= 300 else "given"
        self.headers = {
            name: REPEATED.sub(r"\1", value)
            for name, value in answer.headers.items()
            if name not in ("Set-Cookie", "Content-Length", "Content-Security-Policy", "Date")
        }
        answer.close()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.status, self.body))

    def __repr__(self) -> str:
        return f"{self.status} {self.type}"


def ask(visitor: Visitor, method: str, address: str) -> Seen:
    return Seen(visitor.ask(method, address))


@pytest.fixture(scope="module")
def all_routes(portal) -> list[Route]:
    return [route for route in routes(portal) if route.endpoint != "static"]


@pytest.fixture(scope="module")
def objects(city: City) -> Objects:
    return Objects()


def visitors(city: City, portal) -> dict[str, Visitor]:
    return {name: city.visitor(portal, account) for name, account in city.people.items()}


def spread(cells: list[Any], most: int, turn: int = 0) -> list[Any]:
    """As many of them, from the first to the last; others at another turn."""
    step = max(1, len(cells) // most)
    return cells[turn % step :: step][:most]


def test_what_each_role_may_use_is_that_of_the_kept_list():
    then, now = set(ROLES.read_text().splitlines()), set(permissions())
    told = [f"- {line}" for line in sorted(then - now)] + [f"+ {line}" for line in sorted(now - then)]
    assert not told, "\n".join(
        ["What roles may has changed. If that is meant: python -m tests.security.test_matrix", *told]
    )


def test_a_role_without_the_permission_gets_the_same_refusal_by_every_method_whatever_it_asks_about(
    city, portal, all_routes, objects, monkeypatch
):
    found, asked = [], 0
    signed_in = visitors(city, portal)
    for name in (*city.insiders, "without a right"):
        for route in all_routes:
            if route.for_(city.people[name]):
                continue
            cells = [*spread(objects.cells(route), FEW), objects.nothing(route)]
            for method in sorted(route.methods):
                answers = {}
                for cell in cells[:1] if method == "HEAD" else cells:
                    with writes(monkeypatch) as written:
                        answers[cell.address] = ask(signed_in[name], method, cell.address)
                    asked += 1
                    if others := _besides_the_refusal(written):
                        found.append(f"{name} {method} {cell.address} writes {others}")
                if {answer.status for answer in answers.values()} != {403} or len(set(answers.values())) != 1:
                    found.append(f"{name} {method} {route.rule}: {answers}")
    assert not found, "\n".join(found[:40])
    assert asked > 3000, "so few cells are no matrix"


def _besides_the_refusal(written: list[tuple[str, list[Any]]]) -> list[str]:
    """What a refused request wrote but for the entry that says so, and that the session was in use."""
    other = []
    for sql, values in written:
        refusal = 'INTO "audit_entry"' in sql and Act.DENIED in values
        if not refusal and not in_use(sql):
            other.append(sql[:80])
    return other if sum('INTO "audit_entry"' in sql for sql, _ in written) == 1 else [*other, "no single entry"]


def test_what_is_anothers_looks_like_what_is_not_there(city, portal, all_routes, objects, monkeypatch):
    """With the permission: by each method, objects out of reach, and objects that are there under another's address."""
    found, asked = [], collections.Counter()
    signed_in = visitors(city, portal)
    for name, account in city.people.items():
        for route in all_routes:
            if not route.named or not route.for_(account) or route.demand == "public":
                continue
            strange = _strange(objects, route, account)
            if not strange:
                continue
            absent: dict[Any, Seen] = {}
            for method, (cell, place) in itertools.product(sorted(route.methods), strange):
                if method == "HEAD" and cell is not strange[0][0]:
                    continue
                before = (method, cell.rows[:place])
                if before not in absent:
                    absent[before] = ask(signed_in[name], method, objects.absent(route, cell.rows, place).address)
                nothing = absent[before]
                with writes(monkeypatch) as written, undone():
                    something = ask(signed_in[name], method, cell.address)
                asked[route.endpoint] += 1
                if something != nothing or something.status not in (404, LEADS_ON.get(route.endpoint)):
                    found.append(f"{name} {method} {cell.address}: {something}, and {nothing} where nothing is")
                if other := [sql[:80] for sql, _ in written if not in_use(sql)]:
                    found.append(f"{name} {method} {cell.address} writes {other}")
    assert not found, "\n".join(found[:40])
    assert sum(asked.values()) > 1500, "so few cells are no matrix"
    assert len(asked) > 100, f"only {len(asked)} routes had something strange"


LEADS_ON = {"recordings.listen": 303}
"""Whoever reaches a call is led from the address of anybody's listen, or of none, to the call itself."""


def _strange(objects: Objects, route: Route, account: Any) -> list[tuple[Cell, int]]:
    """Addresses with something at one place that the account must not reach there, and the place."""
    found, papers = [], route.rule.startswith("/documents/")
    for cell in objects.cells(route):
        for place, row in enumerate(cell.rows):
            if not row or (place and goes_with(cell.rows[place - 1], row)):
                continue
            if is_strange(row, account) or (papers and is_strange_paper(row, account)):
                found.append((cell, place))
                break
    return spread(found, FEW, account.id) + spread(list(itertools.islice(objects.strays(route), MANY)), FEW, account.id)


def test_what_is_ones_own_opens(city, portal, all_routes, objects):
    """The other half: a matrix whose every cell is a refusal would say nothing of the first half."""
    opened: set[str] = set()
    faults = []
    signed_in = visitors(city, portal)
    for name, account in city.insiders.items():
        for route in all_routes:
            left = {method for method in route.methods - {"HEAD"} if f"{method} {route.rule}" not in opened}
            if not left or not route.for_(account) or route.demand == "public":
                continue
            reached = [
                cell for cell in objects.cells(route) if not any(is_strange(row, account) for row in cell.rows if row)
            ]
            for method in sorted(left):
                for cell in spread(reached, MANY):
                    with undone():
                        answer = ask(signed_in[name], method, cell.address)
                    if answer.status >= 500 and "/preview" not in cell.address:
                        faults.append(f"{name} {method} {cell.address}: {answer}")
                    if answer.status not in (403, 404):
                        opened.add(f"{method} {route.rule}")
                        break
    assert not faults, "\n".join(faults[:40])
    closed = {
        f"{method} {route.rule}"
        for route in all_routes
        if route.demand != "public"
        for method in route.methods - {"HEAD"}
        if f"{method} {route.rule}" not in opened
    }
    assert closed == set(NEVER_REACHED), "\n".join(sorted(closed ^ set(NEVER_REACHED)))


def test_a_grave_act_does_nothing_before_the_second_factor_is_proven_anew(
    city, portal, all_routes, objects, monkeypatch
):
    found, asked = [], 0
    for name, account in city.insiders.items():
        visitor = city.visitor(portal, account)
        SignIn.update(proved_at=None).where(SignIn.account == account.id).execute()
        for route in all_routes:
            if not route.proof or not route.for_(account):
                continue
            for cell in spread(objects.cells(route), FEW):
                for method in sorted(route.methods):
                    with writes(monkeypatch) as written:
                        answer = ask(visitor, method, cell.address)
                    asked += 1
                    question = "accounts/prove" in answer.headers.get("Location", "") or "proof_code" in answer.body
                    other = [sql[:80] for sql, _ in written if not in_use(sql)]
                    if answer.status not in (303, 403) or not question or other:
                        found.append(f"{name} {method} {cell.address}: {answer} {other}")
    assert not found, "\n".join(found[:40])
    assert asked > 100


class Look(NamedTuple):
    """What somebody who fetched a page or a file got, and what was written meanwhile."""

    where: str
    status: int
    type: str
    name: str | None
    """Of the file."""
    text: str
    written: list[str]


@pytest.fixture(scope="module")
def looks(city, portal, all_routes, objects) -> list[Look]:
    """Every page and file, by each insider who may."""
    found = []
    for who, account in city.insiders.items():
        visitor = city.visitor(portal, account)
        for route in all_routes:
            if "GET" not in route.methods or not route.for_(account) or route.demand == "public":
                continue
            for cell in spread(objects.cells(route), FEW):
                with pytest.MonkeyPatch.context() as patch, undone(), writes(patch) as written:
                    answer = visitor.ask("GET", cell.address)
                    text = answer.text if answer.mimetype == "text/html" else ""
                    named = answer.headers.get("Content-Disposition")
                    statements = [sql for sql, _ in written]
                    where = f"{who} {cell.address}"
                    found.append(Look(where, answer.status_code, answer.content_type, named, text, statements))
                    answer.close()
    return found


READS: dict[str, set[str]] = {
    "audit_entry": {"INSERT"},
    "sign_in": {"UPDATE"},
    "reading": {"INSERT"},
    "saved_search": {"UPDATE"},
    "listen": {"UPDATE"},
}
"""Tables that may change when something is only fetched, and how: that somebody looked or heard, and when."""
STATEMENT = re.compile(r'(INSERT|UPDATE|DELETE|REPLACE)\b[^"]*"(\w+)"')
NAMED = re.compile(r'(?:attachment|inline); filename="[A-Za-z0-9._-]+"')


def test_what_is_fetched_changes_nothing_but_the_log(looks):
    """A link, a picture or a page that is opened again does nothing: acts are sent."""
    found: collections.Counter[str] = collections.Counter()
    for look in looks:
        for sql in look.written:
            how, table = STATEMENT.match(sql).groups()
            if how not in READS.get(table, set()):
                found[f"{re.sub('[0-9a-f-]{36}', '*', look.where)}: {how} {table}"] += 1
    assert not found, "\n".join(sorted(found))


def test_pages_have_the_way_out_and_files_a_plain_name(looks):
    pages = [look for look in looks if look.status == 200 and '<header class="top">' in look.text]
    assert not [look.where for look in pages if 'action="/accounts/sign-out"' not in look.text]
    assert len(pages) > 150
    files = [look for look in looks if look.name is not None]
    assert not [f"{look.where}: {look.name}" for look in files if not NAMED.fullmatch(look.name)]
    assert len(files) > 10
    texts = [look for look in looks if look.type.startswith("text/")]
    assert not [look.where for look in texts if not look.type.endswith("charset=utf-8")]


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_gets_nothing(city, portal, all_routes, objects, monkeypatch):
    found, nobody = [], Visitor(portal)
    for route in all_routes:
        if route.demand == "public":
            continue
        cell = next(iter(objects.cells(route)), objects.nothing(route))
        for method in sorted(route.methods):
            with writes(monkeypatch) as written:
                plain = ask(nobody, method, cell.address)
                part = nobody.ask(method, cell.address, headers={"HX-Request": "true"})
            led = plain.headers.get("Location", "").startswith("/accounts/sign-in")
            if plain.status != 303 or not led or written:
                found.append(f"{method} {cell.address}: {plain} {written}")
            if part.status_code != 401 or part.get_data():
                found.append(f"{method} {cell.address} as a part of a page: {part.status_code}")
    assert not found, "\n".join(found[:40])


def test_no_route_listens_to_a_method_that_it_is_not_listed_with(city, portal, all_routes, objects):
    found = []
    allowed = collections.defaultdict(set)
    for route in all_routes:
        allowed[route.rule] |= route.methods
    admin = city.visitor(portal, city.people["admin"])
    for rule, methods in sorted(allowed.items()):
        route = next(route for route in all_routes if route.rule == rule)
        address = next(iter(objects.cells(route)), objects.nothing(route)).address
        for method in METHODS:
            if method not in methods and (answer := ask(admin, method, address)).status != 405:
                found.append(f"{method} {address}: {answer}")
        if (answer := ask(admin, "OPTIONS", address)).status != 403 and (answer.status, answer.size) != (200, 0):
            found.append(f"OPTIONS {address}: {answer}")
    assert not found, "\n".join(found[:40])


if __name__ == "__main__":
    ROLES.write_text("\n".join(permissions()) + "\n")
