"""The cells of the matrix: for each route an address of what is one's own, of what is another's, and of nothing.

What a role may is read from the golden list and the one table; whose an object is, is said here, apart from the
queries of the portal that are to find out the same.
"""

import functools
import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import flask
import peewee

from portal import clock
from portal.accounts.models import Account, UnitHead
from portal.accounts.permissions import TABLE, WITHOUT_ROLE, Permission, Role
from portal.cases.claim_models import Claim
from portal.cases.codes import RightKind
from portal.cases.models import Case, CaseCall
from portal.config import QUESTIONS
from portal.documents.kinds import Owner
from portal.documents.models import Document
from portal.recordings.correction_models import Correction, Statement
from portal.recordings.models import Recording
from portal.recordings.series_models import Series
from portal.register.models import Consent, ConsentCall, Notice
from portal.retention.models import Transfer, TransferState
from portal.schema import MODELS
from tests.house.routes import GOLDEN
from tests.house.test_restricted import AT_A_CALL, OF, PLAIN
from tests.security.city import call_of, queues

LINE = re.compile(
    r"(?P<methods>[A-Z,]+) (?P<rule>/.*) (?P<endpoint>[a-z_]+(?:\.[a-z_]+)?) (?P<demand>public|[a-z]+:[a-z]+)"
    r"(?P<more>.*)"
)
SLOT = re.compile(r"([a-z-]*)/<([^>]+)>")


class Route(NamedTuple):
    rule: str
    endpoint: str
    methods: frozenset[str]
    demand: str
    """The permission, or 'public'."""
    proof: bool
    """It wants a second factor that was proven a moment ago as well."""

    @property
    def slots(self) -> list[str]:
        """What each place in the address names: a kind of row, or the words to choose from after 'any'."""
        return _kinds(self.rule)

    @property
    def named(self) -> list[int]:
        """The places of the address where a row is named."""
        return [place for place, kind in enumerate(self.slots) if not kind.startswith("any(") and kind not in PLAIN]

    def address(self, *values: Any) -> str:
        return re.sub(r"<[^>]+>", "{}", self.rule).format(*values)

    def for_(self, account: Account) -> bool:
        """May the account use it, by its roles?"""
        return self.demand == "public" or Permission(self.demand) in WITHOUT_ROLE.union(
            *(TABLE[role] for role in account.roles)
        )


def routes(app: flask.Flask) -> list[Route]:
    """Those of `url_map`, with what the golden list says that each demands."""
    demanded: dict[tuple[str, str], re.Match[str]] = {}
    for line in GOLDEN.read_text().splitlines():
        found = LINE.fullmatch(line)
        assert found, line
        demanded[found["rule"], found["endpoint"]] = found
    made = []
    for rule in app.url_map.iter_rules():
        line = demanded[rule.rule, rule.endpoint]
        methods = frozenset(rule.methods or ()) - {"OPTIONS"}
        assert methods - {"HEAD"} == set(line["methods"].split(",")), line[0]
        made.append(Route(rule.rule, rule.endpoint, methods, line["demand"], "proof" in line["more"]))
    return sorted(made)


HERE = (
    ("/incidents/", "papers", "incidentpaper"),
    ("/register/", "papers", "document"),
    ("/register/consents/", "calls", "recording"),
    ("/recordings/series/", "calls", "recording"),
    ("/rights/reviews/", "lines", "reviewline"),
    ("/cases/", "new", "casecall"),
    ("/cases/", "originals", "correction"),
    ("/accounts/", "sessions", "signin"),
)
"""What a word in an address means under some addresses and not elsewhere."""


@functools.cache
def _kinds(rule: str) -> list[str]:
    return [_kind(rule, word, slot) for word, slot in SLOT.findall(rule)]


def _kind(rule: str, word: str, slot: str) -> str:
    converter = slot.partition(":")[0]
    if converter != "uuid":
        return converter if not converter.startswith("any(") else slot.rpartition(":")[0]
    if rule.startswith(AT_A_CALL):
        return "recording"
    for start, at, kind in HERE:
        if rule.startswith(start) and word == at:
            return kind
    return next((OF[name] for name in (word, f"{word}s") if name in OF), word.removesuffix("s"))


class Cell(NamedTuple):
    address: str
    rows: tuple[Any, ...]
    """What the address names, in its order; None for what is no row."""


OF_A_CALL = ("listen", "correction", "statement", "errorreport", "casecall")
"""What an address names as a part of a call."""


class Objects:
    """The rows that addresses can name, a few of each state."""

    FEW = 3

    MOST = 3000
    """Addresses of a route that are looked through."""

    def __init__(self) -> None:
        self._cells: dict[str, list[Cell]] = {}
        self._rows: dict[str, list[Any]] = {}
        for model in MODELS:
            if "uuid" in model._meta.fields:
                self._rows[model.__name__.lower()] = self._few(model)
        named = {row.recording for kind in OF_A_CALL for row in self._rows[kind] if row.recording_id}
        named |= {row.recording for row in ConsentCall.select()}
        self._rows["recording"] += sorted(named - set(self._rows["recording"]), key=lambda row: row.id)

    def _few(self, model: type[peewee.Model]) -> list[Any]:
        """Of each state, service number, owner and person the newest ones, and the oldest."""
        names = ("state", "queue", "owner_kind", "kind", "account", "purpose", "because", "own", "playable", "holds")
        names += ("case", "right", "entry_kind", "field", "cause")
        telling = [name for name in names if name in model._meta.fields]
        found: dict[tuple[Any, ...], list[Any]] = {}
        for row in model.select().order_by(model._meta.primary_key.desc()):
            call = call_of(row)
            queue = call.queue_id if call else None
            found.setdefault((queue, *(row.__data__[name] for name in telling)), []).append(row)
        return [row for rows in found.values() for row in (*rows[: self.FEW - 1], *rows[self.FEW - 1 :][-1:])]

    def of(self, kind: str) -> list[Any]:
        if kind.startswith("any(") or kind in PLAIN:
            return [None]
        assert kind in self._rows, f"whose uuid is a {kind}?"
        return self._rows[kind]

    def value(self, kind: str, row: Any, after: Any = None, *_: Any) -> str:
        """`after`: what the next place names; of a choice of words it may say which it is of."""
        if row is not None:
            return str(row.uuid)
        if kind.startswith("any("):
            words = re.split(r",\s*", kind[4:].rstrip(")"))
            field = getattr(after, "field", None)
            return field if field in words else words[0]
        today = clock.today()
        return {"day": today.isoformat(), "month": f"{today:%Y-%m}", "int": "1"}[kind]

    def cells(self, route: Route) -> list[Cell]:
        """Addresses of rows that belong together: a part of what stands before it in the address."""
        if route.rule not in self._cells:
            self._cells[route.rule] = list(itertools.islice(self._together(route), self.MOST))
        return self._cells[route.rule]

    def _together(self, route: Route) -> Iterator[Cell]:
        kinds = route.slots
        for rows in itertools.product(*(self.of(kind) for kind in kinds)):
            there = [row for row in rows if row is not None]
            if not any(belongs(part, whole) is False for whole, part in itertools.pairwise(there)):
                values = [
                    self.value(kind, row, *rows[place:])
                    for place, (kind, row) in enumerate(zip(kinds, rows, strict=True), 1)
                ]
                yield Cell(route.address(*values) + ASKED.get(route.endpoint, ""), rows)

    def strays(self, route: Route) -> Iterator[tuple[Cell, int]]:
        """Addresses whose rows are there but do not belong together, and the place where they do not."""
        kinds = route.slots
        for rows in itertools.product(*(self.of(kind)[: 4 * self.FEW] for kind in kinds)):
            for place, (whole, part) in enumerate(itertools.pairwise(rows), 1):
                if belongs(part, whole) is False:
                    yield Cell(route.address(*map(self.value, kinds, rows)), rows), place
                    break

    def absent(self, route: Route, rows: tuple[Any, ...], place: int) -> Cell:
        """The same address with nothing at one place."""
        kinds = route.slots
        values = [self.value(kind, row) for kind, row in zip(kinds, rows, strict=True)]
        values[place] = str(uuid.uuid4())
        return Cell(route.address(*values), rows[:place])

    def nothing(self, route: Route) -> Cell:
        """An address that names no row at all."""
        values = [
            str(uuid.uuid4()) if place in route.named else self.value(kind, None)
            for place, kind in enumerate(route.slots)
        ]
        return Cell(route.address(*values), ())


ASKED = {
    "recordings.quality_plot": f"?of={QUESTIONS[0].partition('|')[0]}",
    **dict.fromkeys(("cases.claim_new", "cases.claim_new_of"), f"?right={RightKind.RECTIFICATION}"),
}
"""What stands after the question mark where an address is nothing without it."""


def belongs(part: Any, whole: Any) -> bool | None:
    """Is the row a part of the other? None when the two do not know of each other."""
    if part is None or whole is None:
        return None
    if isinstance(part, Claim) and isinstance(whole, Case):
        return bool(part.right.case_id == whole.id)
    if isinstance(part, Correction) and isinstance(whole, Case):
        return bool(part.entry == whole.uuid)
    if isinstance(part, Recording) and isinstance(whole, Consent):
        return part.id in _consented(whole.id)
    if isinstance(part, Document):
        return bool(part.owner_key == whole.uuid.hex)
    if isinstance(whole, Series):
        return part.uuid.hex in whole.calls.split(",")
    if isinstance(whole, CaseCall) and "recording" in type(part)._meta.fields:
        return bool(part.__data__["recording"] == whole.__data__["recording"])
    for field in type(part)._meta.sorted_fields:
        if isinstance(field, peewee.ForeignKeyField) and isinstance(whole, field.rel_model):
            return bool(part.__data__[field.name] == whole.id)
    return None


@functools.cache
def _consented(consent: int) -> set[int]:
    """Keys of the calls that somebody consented to the use of."""
    return {
        call for (call,) in ConsentCall.select(ConsentCall.recording).where(ConsentCall.consent == consent).tuples()
    }


PERSONAL = {name: "account" for name in ("savedsearch", "listen", "series", "passkey")}
"""Nobody else's, whatever their role."""
EVERYWHERE: dict[str, set[Role]] = {
    "threat": {Role.DPO},
    "hold": {Role.DPO},
    "transfer": {Role.DPO, Role.CONTROLLER},
    "notice": {Role.CLERK, Role.DPO, Role.CONTROLLER},
    "casecall": {Role.CLERK, Role.DPO, Role.CONTROLLER},
    "restriction": set(Role),
    "redaction": set(Role),
}
"""Of what is about a call, who has it whatever its service number (register §2); all else is of a service number."""
OWNERS: dict[str, set[Role]] = {
    Owner.RETENTION: {Role.CONTROLLER, Role.DPO, Role.ADMIN},
    Owner.RIGHTS: {Role.CONTROLLER, Role.DPO, Role.ADMIN},
    Owner.AUDIT: {Role.DPO},
    Owner.OVERSIGHT: {Role.DPO},
    Owner.STATIONERY: {Role.CONTROLLER, Role.ADMIN},
}
"""Whose a document is on the pages of documents; those of requests and of the register are on pages of their own."""


@functools.cache
def _headed(account: int) -> set[int]:
    """Keys of the units that somebody answers for."""
    return {unit for (unit,) in UnitHead.select(UnitHead.unit).where(UnitHead.account == account).tuples()}


def is_strange(row: Any, account: Account) -> bool:
    """Must the account not reach it? False also where nothing is said of it here."""
    kind = type(row).__name__.lower()
    if kind in PERSONAL:
        return bool(row.__data__[PERSONAL[kind]] != account.id)
    if kind == "signin":
        return Role.ADMIN not in account.roles and row.account_id != account.id
    if kind == "incident":
        return not account.roles & {Role.DPO, Role.CONTROLLER} and row.opened_by_id != account.id
    if kind == "right":
        reads = account.roles & {Role.DPO, Role.CONTROLLER, Role.ADMIN}
        heads = row.account.unit_id in _headed(account.id)
        return not reads and not heads and account.id not in (row.account_id, row.asked_by_id)
    if kind == "observation":
        return not account.roles & {Role.DPO, Role.CONTROLLER} and row.asked_of_id != account.id
    if kind == "queue":
        reads = account.roles & {Role.DPO, Role.CONTROLLER, Role.ADMIN}
        return not reads and row.id not in queues(account.id)
    return _of_a_strange_call(kind, row, account)


def _of_a_strange_call(kind: str, row: Any, account: Account) -> bool:
    call = row.transfer.recording if isinstance(row, Notice) else call_of(row)
    if call is None or account.roles & EVERYWHERE.get(kind, set()):
        return False
    if isinstance(row, Transfer) and Role.CLERK in account.roles:  # a clerk's reach is no queue: what no hold keeps
        return row.hold_id is not None and row.state != TransferState.HANDED_OVER
    return call.queue_id not in queues(account.id)


def goes_with(whole: Any, part: Any) -> bool:
    """Who reaches the one reaches the other, whatever the service number: the register of consents is one for all who
    keep it, with its calls; and a request opens what was said and corrected of its calls."""
    return isinstance(whole, Consent) or (isinstance(whole, CaseCall) and isinstance(part, (Correction, Statement)))


def is_strange_paper(row: Any, account: Account) -> bool:
    """The same for a document on the pages of documents."""
    return isinstance(row, Document) and not account.roles & OWNERS.get(row.owner_kind, set())
