"""Every form of every page, sent with more than it asks for: what no field is for is not listened to, a field that
comes twice counts once, and nothing is taken out of the address. The proof is what reaches the register: the same
statements with the same values as for the plain form."""

import collections
import json
import re
import uuid
from typing import Any
from urllib.parse import urlencode

import peewee
import pytest

from portal import clock
from portal.schema import MODELS
from tests.conftest import BASE_URL
from tests.security.city import City, Visitor, in_use, undone, writes
from tests.security.forms import Forms, Written, filled

PLANTED = "zqplanterat"
RANDOM = re.compile(
    r"\$argon2id\$.+|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|[0-9a-f]{16,}|[\w-]{40,}"
)
"""In a value that is written: keys, fingerprints and tokens, another each time."""
NOT_SENT = {"accounts.sign_out", "accounts.own_sessions_ending"}
"""Forms that end the very session they are sent in."""
LISTENED: dict[str, set[str]] = {}
"""Endpoint → names that its form listens to though the page did not show them this time."""


def shape(value: Any) -> Any:
    """A value that is written, without what is another each time."""
    if isinstance(value, (bytes, memoryview, uuid.UUID)):
        return type(value).__name__
    if isinstance(value, str):
        return RANDOM.sub("*", value)
    return value


def told(written: list[tuple[str, list[Any]]]) -> list[tuple[str, list[Any]]]:
    return [(sql, [shape(value) for value in values]) for sql, values in written if not in_use(sql)]


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
    known: set[tuple[str, frozenset[str]]] = set()
    for name, account in city.insiders.items():
        visitor, queue, done = city.visitor(portal, account), collections.deque(["/", *city.register.addresses]), set()
        queue.extend(city.register.cases.addresses({"controller": "decider"}.get(name, name)))
        forms: dict[tuple[str, frozenset[str]], Written] = {}
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
                    forms.setdefault((endpoint, form.names), form)
        found[name] = [form for kind, form in forms.items() if kind not in known]
        known |= set(forms)
    return found


def endpoint_of(portal, address: str) -> str | None:
    with portal.test_request_context(address.partition("?")[0], method="POST", base_url=BASE_URL) as context:
        return context.request.endpoint


class Sender:
    """Sends a form, and takes back what it wrote."""

    def __init__(self, visitor: Visitor, form: Written, monkeypatch: Any) -> None:
        self._visitor, self._form, self._patch = visitor, form, monkeypatch

    def send(self, fields: list[tuple[str, Any]], query: dict[str, str] | None = None) -> tuple[int, list[Any]]:
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
        return status, told(written)

    def best(self) -> tuple[list[tuple[str, Any]], int, list[Any]]:
        """The filling that gets furthest."""
        for ahead in (0, 30, 1, -1):
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


def test_no_form_listens_to_more_than_its_fields_once_each(city, portal, pages, still, monkeypatch):
    found, done = [], collections.Counter()
    evil = columns()
    for name, forms in pages.items():
        visitor = city.visitor(portal, city.insiders[name])
        for form in forms:
            sender = Sender(visitor, form, monkeypatch)
            endpoint = endpoint_of(portal, form.address)
            fields, status, plain = sender.best()
            assert status < 500, f"{name} {form.address}: {status}"
            done[endpoint] += status < 400
            known = form.names | {"csrf_token"} | LISTENED.get(endpoint, set())
            more = [(key, value) for key, value in evil.items() if key not in known]
            twice = [(key, PLANTED) for key, value in fields if isinstance(value, str)]
            for how, sent, query in (
                ("with more fields", fields + more, None),
                ("with fields in the address", fields, dict(more) | dict(twice)),
                ("with fields twice", fields + twice, None),
            ):
                other, wrote = sender.send(sent, query)
                refused = how == "with fields twice" and 400 <= other < 500 and not wrote
                if not refused and (other, wrote) != (status, plain):
                    found.append(f"{name} {endpoint} {how}: {status} → {other} {_first(plain, wrote)}")
                if PLANTED in json.dumps(wrote, default=str):
                    found.append(f"{name} {endpoint} {how}: what was planted is written")
            empty = sender.send([])
            only = sender.send([], {key: value for key, value in fields if isinstance(value, str)})
            if only != empty:
                found.append(f"{name} {endpoint} listens to its address instead of the form: {only[0]}")
    assert not found, "\n".join(found[:40])
    sent = sum(count > 0 for count in done.values())
    assert sent > 60, f"only {sent} of {len(done)} forms were filled in so that they did something"


def _first(plain: list[Any], wrote: list[Any]) -> str:
    """The first statement that differs."""
    for before, after in zip(plain, wrote, strict=False):
        if before != after:
            return f"{before} → {after}"[:600]
    return f"{len(plain)} → {len(wrote)} statements"
