"""Every form of every page, sent with more than it asks for: what no field is for is not listened to, a field that
comes twice counts once, and nothing is taken out of the address. The proof is what reaches the register: the same
statements with the same values as for the plain form."""

import collections
import functools
import json
import re
import uuid
from typing import Any
from urllib.parse import urlencode

import peewee
import pytest
from flask import request

from portal import clock, config
from portal.accounts.models import Account
from portal.recordings import sought
from portal.schema import MODELS
from tests.conftest import BASE_URL
from tests.security.city import City, Disk, Visitor, in_use, undone, writes
from tests.security.forms import Field, Forms, Written, filled

Fields = list[tuple[str, Any]]

PLANTED = "zqplanterat"
RANDOM = re.compile(
    r"\$argon2id\$.+|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|[0-9a-f]{16,}|[\w-]{40,}"
)
"""In a value that is written: keys, fingerprints and tokens, another each time."""
NOT_SENT = {"accounts.sign_out", "accounts.own_sessions_ending"}
"""Forms that end the very session they are sent in."""
SEARCH = frozenset(
    (
        sought.NAME,
        *sought.PRIVATE,
        "from",
        "to",
        "period",
        "queue",
        "adviser",
        "direction",
        "length",
        "told",
        "flag",
        "sort",
    )
)
"""The questions of a search."""
LISTENED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("recordings.export", "recordings.index"), SEARCH),
    "recordings.notes": frozenset({"place"}),
    **dict.fromkeys(("recordings.correct", "recordings.correct_note"), frozenset({"report"})),
}
"""Endpoint → names that its form listens to though the page did not show them this time: the list is taken out with
the questions that were asked, and each page's form carries those that were; a search begins with its words alone; a
note has a place where there is sound; a correction answers a reported error when
it was opened from one."""
ADDRESSED: dict[str, frozenset[str]] = dict.fromkeys(("recordings.saved_new", "recordings.series_new"), SEARCH)
"""Endpoint → names that are read from the address it is sent to: there stands the search that is kept or heard, as it
was when the page was opened, and the form names it or says what it is heard for."""


def shape(value: Any) -> Any:
    """A value that is written, without what is another each time."""
    if isinstance(value, (bytes, memoryview, uuid.UUID)):
        return type(value).__name__
    if isinstance(value, str):
        return RANDOM.sub("*", value)
    return value


def told(written: list[tuple[str, list[Any]]]) -> list[tuple[str, list[Any]]]:
    return [(sql, [shape(value) for value in values]) for sql, values in written if not in_use(sql)]


def logged(sql: str) -> bool:
    """The statement says in the log that a page was seen: one that comes again with what is wrong is seen again."""
    return sql.startswith('INSERT INTO "audit_entry"')


def columns() -> dict[str, str]:
    """A value for each column that any row of the register has: what somebody would try to write into it."""
    values: dict[str, str] = {}
    for model in MODELS:
        for field in model._meta.sorted_fields:
            values.setdefault(field.name, _evil(field))
            values.setdefault(field.column_name, _evil(field))
    return values | {"role": "admin", "roles": "admin", "state": "approved", "by": "1", "next": "https://zq.invalid/"}


def _evil(field: peewee.Field) -> str:
    if isinstance(field, peewee.BooleanField):
        return "y"
    if isinstance(field, (peewee.ForeignKeyField, peewee.IntegerField)):
        return "1"
    if isinstance(field, peewee.DateField):
        return "9.9.2099"
    if isinstance(field, peewee.UUIDField):
        return "00000000-0000-4000-8000-00000000abcd"
    return PLANTED


@pytest.fixture(scope="module")
def pages(city: City, portal) -> dict[str, list[Written]]:
    """Person → the forms of the pages they reach from the menu, one of each kind that nobody before them has."""
    found: dict[str, list[Written]] = {}
    known: set[tuple[str | None, frozenset[str]]] = set()
    for name, account in city.insiders.items():
        visitor, queue, done = city.visitor(portal, account), collections.deque(["/", *city.register.addresses]), set()
        queue.extend(city.register.cases.addresses({"controller": "decider"}.get(name, name)))
        forms: dict[tuple[str | None, frozenset[str]], Written] = {}
        while queue:
            address = queue.popleft().partition("#")[0]
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d[\d.-]*|=[^&]*", "*", address)
            if {kind, address} & done or not address.startswith("/") or address.startswith("/static/"):
                continue
            done.add(address)  # of those that the register names, each once
            answer = visitor.ask("GET", address, follow_redirects=True)
            if answer.status_code >= 400 or answer.mimetype != "text/html":
                answer.close()
                continue
            if address not in city.register.addresses:
                done.add(kind)
            page = answer.get_data(as_text=True)
            queue.extend(re.findall(r'href="(/[^"]*)"', page.replace("&amp;", "&")))
            for form in Forms(page, answer.request.full_path.rstrip("?")).found:
                endpoint = endpoint_of(portal, form.address)
                if endpoint and endpoint not in NOT_SENT:
                    forms.setdefault((endpoint, form.names - LISTENED.get(endpoint, frozenset())), form)
        found[name] = [form for kind, form in forms.items() if kind not in known]
        known |= set(forms)
    return found


def endpoint_of(portal, address: str) -> str | None:
    with portal.test_request_context(address.partition("?")[0], method="POST", base_url=BASE_URL) as context:
        return context.request.endpoint


class Sender:
    """Sends a form, and takes back what it wrote."""

    def __init__(self, visitor: Visitor, form: Written, disk: Disk, monkeypatch: Any) -> None:
        self._visitor, self._form, self._disk, self._patch = visitor, form, disk, monkeypatch

    def send(self, fields: Fields, query: dict[str, str] | None = None) -> tuple[int, list[Any]]:
        """The status, and what was written."""
        address = self._form.address
        if query:
            address += ("&" if "?" in address else "?") + urlencode(query)
        data: dict[str, list[Any]] = {}
        for name, value in fields:
            if isinstance(value, tuple):
                value[0].seek(0)
                value = (type(value[0])(value[0].getvalue()), value[1])  # the client closes what it has sent
            data.setdefault(name, []).append(value)
        kind = "multipart/form-data" if any(isinstance(value, tuple) for _, value in fields) else None
        with writes(self._patch) as written, undone():
            answer = self._visitor.ask("POST", address, data, content_type=kind)
            status = answer.status_code
            answer.close()
        if status < 400:
            self._disk.put_back()
        return status, told(written)

    def best(self) -> tuple[Fields, int, list[Any]]:
        """The filling that gets furthest."""
        dated = any("d.m" in field.hint for field in self._form.fields)
        for ahead in (0, 30, 1, -1) if dated else (0,):
            fields = filled(self._form, ahead=ahead)
            status, written = self.send(fields)
            if status < 400:
                break
        return fields, status, written


@pytest.fixture(scope="module")
def still(city: City):
    """The clock stands: two sendings of a form are of the same instant."""
    with clock.frozen(clock.now()):
        yield


@pytest.fixture(scope="module")
def disk(city: City, tmp_path_factory) -> Disk:
    return Disk(config.settings(), tmp_path_factory.mktemp("disk") / "kept")


MORE = "with more fields"
ADDRESS = "with fields in the address"
TWICE = "with fields twice"
INSTEAD = "listens to its address instead of the form"


def heard(sender: Sender, form: Written, endpoint: str, evil: dict[str, str]) -> tuple[int, list[str]]:
    """The status of the form as it is filled in, and what else it listens to than its fields, once each."""
    found = []
    fields, status, plain = sender.best()
    typed = {key: value for key, value in fields if isinstance(value, str)}
    known = form.names | {"csrf_token"} | LISTENED.get(endpoint, frozenset())
    more = [(key, value) for key, value in evil.items() if key not in known]
    beside = {**evil, **dict.fromkeys(typed, PLANTED)}
    for key in ADDRESSED.get(endpoint, ()):
        beside.pop(key, None)
    for how, sent, query in (
        (MORE, fields + more, None),
        (ADDRESS, fields, beside),
        (TWICE, fields + [(key, PLANTED) for key in typed], None),
    ):
        other, wrote = sender.send(sent, query)
        refused = how == TWICE and 400 <= other < 500 and all(logged(sql) for sql, _ in wrote)
        if not refused and (other, wrote) != (status, plain):
            found.append(f"{how}: {status} → {other} {_first(plain, wrote)}")
        if PLANTED in json.dumps(wrote, default=str):
            found.append(f"{how}: what was planted is written")
    if typed:
        only, empty = sender.send([], typed), sender.send([])
        if only != empty:
            found.append(f"{INSTEAD}: {only[0]}")
    return status, found


def test_no_form_listens_to_more_than_its_fields_once_each(city, portal, pages, still, disk, monkeypatch):
    found, done = [], collections.Counter()
    evil = columns()
    for name, forms in pages.items():
        visitor = city.visitor(portal, city.insiders[name])
        for form in forms:
            endpoint = endpoint_of(portal, form.address)
            status, more = heard(Sender(visitor, form, disk, monkeypatch), form, endpoint, evil)
            assert status < 500, f"{name} {form.address}: {status}"
            done[endpoint] += status < 400
            found += [f"{name} {endpoint} {line}" for line in more]
    assert not found, "\n".join(found[:40])
    sent = sum(count > 0 for count in done.values())
    assert sent > 60, f"only {sent} of {len(done)} forms were filled in so that they did something"


def _sound() -> dict[str, str]:
    return {"name": request.form.get("name", "")}


def _populated() -> dict[str, str]:
    """Every column that the body has a value for."""
    texts = {field.name for field in Account._meta.sorted_fields if isinstance(field, peewee.CharField)}
    return {"name": ""} | {key: value for key, value in request.form.items() if key in texts}


def _last() -> dict[str, str]:
    return {"name": (request.form.getlist("name") or [""])[-1]}


def _address_first() -> dict[str, str]:
    return {"name": request.args.get("name") or request.form.get("name", "")}


def _address_instead() -> dict[str, str]:
    return {"name": request.form.get("name") or request.args.get("name", "")}


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (_sound, []),
        (_populated, [MORE]),
        (_last, [TWICE]),
        (_address_first, [ADDRESS, INSTEAD]),
        (_address_instead, [INSTEAD]),
    ],
)
def test_a_form_that_listens_to_more_is_seen(city, portal, still, disk, read, told, monkeypatch):
    """In the place of a form of the portal's, one that reads as it should not."""
    endpoint = "accounts.language"

    def planted() -> tuple[str, int]:
        Account.update(read()).where(Account.id == 0).execute()
        return "", 204

    monkeypatch.setitem(portal.view_functions, endpoint, functools.wraps(portal.view_functions[endpoint])(planted))
    form = Written("/accounts/language", (Field("name", "text", "", False, ""),))
    assert endpoint_of(portal, form.address) == endpoint
    sender = Sender(city.visitor(portal, city.insiders["adviser"]), form, disk, monkeypatch)
    status, found = heard(sender, form, endpoint, columns())
    assert status == 204
    assert {line.partition(":")[0] for line in found} == set(told)


def _first(plain: list[Any], wrote: list[Any]) -> str:
    """The first statement that differs."""
    for before, after in zip(plain, wrote, strict=False):
        if before != after:
            return f"{before} → {after}"[:600]
    return f"{len(plain)} → {len(wrote)} statements"
