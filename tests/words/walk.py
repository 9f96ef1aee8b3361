"""Everybody goes wherever they can, once to each kind of page, and sends each form empty: what they are answered."""

import collections
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import flask

from tests.conftest import BASE_URL
from tests.security.city import City, Visitor, undone
from tests.security.forms import Forms, Written

UNFOLLOWED = re.compile(r"^/static/|/(preview|pdf|audio|peaks)\b")
"""Sound and paper: what letters say is read in their templates."""
UNREAD = ("application/json", "application/pdf", "application/zip", "audio/", "image/", "application/octet-stream")
LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
ENDS = ("sign_out", "sessions_ending", "session_ending")
"""Acts that the visitor's own session ends by."""


class Answer(NamedTuple):
    where: str
    """Which view, with the names of what it was asked, and the status."""
    kind: str
    """Its media type."""
    text: str
    address: str


class Walk:
    def __init__(self, city: City, portal: flask.Flask, *, once: bool = False) -> None:
        """`once`: a page that one of them has read is not read by the next, and no form is sent."""
        self.city, self.portal, self.once = city, portal, once
        self._read: set[str] = set()
        self._sent: set[tuple[str, frozenset[str]]] = set()

    def everybody(self) -> Iterator[Answer]:
        """What each of the insiders meets."""
        register = self.city.register
        for role, account in self.city.insiders.items():
            named = register.cases.addresses({"controller": "decider"}.get(role, role))
            visitor = self.city.visitor(self.portal, account)
            yield from self._one(visitor, ["/", *register.addresses, *named, "/none", "/accounts/"])

    def _one(self, visitor: Visitor, starts: list[str]) -> Iterator[Answer]:
        named, queue = frozenset(starts), collections.deque(starts)
        done: set[str] = set()
        while queue:
            address = queue.popleft().partition("#")[0]
            if not address.startswith("/") or UNFOLLOWED.search(address):
                continue
            kind = self._kind(address)
            if {kind, address} & (done | self._read):
                continue
            done |= {address} if address in named else {address, kind}
            answer = visitor.ask("GET", address, follow_redirects=True)
            found = read(kind, answer)
            if found is None:
                continue
            yield found
            if answer.status_code >= 400:
                continue
            if self.once and address != "/":  # which leads each elsewhere
                self._read |= {address} if address in named else {address, kind}
            if found.kind == "text/html":
                queue.extend(LINK.findall(found.text.replace("&amp;", "&")))
                for form in () if self.once else Forms(found.text, answer.request.full_path.rstrip("?")).found:
                    yield from self._send(visitor, form)

    def _send(self, visitor: Visitor, form: Written) -> Iterator[Answer]:
        with self.portal.test_request_context(form.address.partition("?")[0], method="POST", base_url=BASE_URL) as at:
            endpoint = str(at.request.endpoint)
        if endpoint.endswith(ENDS) or (endpoint, form.names) in self._sent:
            return
        self._sent.add((endpoint, form.names))
        with undone():
            found = read(f"{endpoint} sent empty", visitor.ask("POST", form.address, {}))
        if found is not None:
            yield found

    def _kind(self, address: str) -> str:
        path, _, query = address.partition("?")
        names = sorted(set(re.findall(r"(?:^|&)([^=&]+)=[^&]", query)))
        with self.portal.test_request_context(path, base_url=BASE_URL) as context:
            return f"{context.request.endpoint}?{'&'.join(names)}"


def read(where: str, answer: Any) -> Answer | None:
    """None of what nobody reads, and of an answer that leads elsewhere."""
    if answer.mimetype.startswith(UNREAD) or 300 <= answer.status_code < 400:
        answer.close()
        return None
    text = answer.get_data(as_text=True)
    return Answer(f"{where} {answer.status_code}", answer.mimetype, text, answer.request.full_path)
