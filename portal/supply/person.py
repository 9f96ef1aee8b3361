"""One who signs in to a running demo as a browser does, and walks its pages before the scanners do."""

import collections
import html.parser
import http.cookiejar
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyotp

from portal import clock

PATIENCE_SECONDS = 30
WORD = "dagis"
"""What is typed where a form has nothing of its own."""
TOKEN = "csrf_token"
OWN = "/accounts/me"
PROVEN = "/accounts/me/recovery-codes"
"""For who has proven the second factor lately."""
PAPERS = (".pdf", ".csv", ".svg", ".xlsx", ".zip", "/pdf", "/audio")
"""Addresses that end so are no pages."""


class CouldNotSignIn(Exception):
    pass


class Form(NamedTuple):
    action: str
    method: str
    fields: dict[str, str]


class Page(NamedTuple):
    address: str
    """Where it was found in the end."""
    status: int
    links: list[str]
    forms: list[Form]


Shape = tuple[str, frozenset[str], bool]


class Question(NamedTuple):
    address: str
    form: str = ""
    """What is posted there, as a browser writes it; empty where it is only fetched."""

    @property
    def words(self) -> frozenset[str]:
        """The names in it."""
        query = self.form or urllib.parse.urlsplit(self.address).query
        return frozenset(urllib.parse.parse_qs(query, keep_blank_values=True)) - {TOKEN}

    @property
    def shape(self) -> Shape:
        """The same for the same question about another object."""
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", _path(self.address)), self.words, bool(self.form)


class Person:
    """A browser's worth of cookies."""

    def __init__(self, url: str, authority: Path) -> None:
        self.url = url.rstrip("/")
        self._kept = http.cookiejar.CookieJar()
        trusted = ssl.create_default_context(cafile=str(authority))
        self._bare = (
            urllib.request.ProxyHandler({}),  # it is this machine, whatever the environment says
            urllib.request.HTTPSHandler(context=trusted),
        )
        self._open = urllib.request.build_opener(*self._bare, urllib.request.HTTPCookieProcessor(self._kept)).open

    @property
    def cookie(self) -> str:
        """All of them, as they are sent."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._kept)

    def page(self, address: str, form: dict[str, str] | None = None) -> Page:
        """GET, or POST with this form; redirects are followed."""
        where = self.url + address
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(where, data, {"Referer": where, "Origin": self.url})  # noqa: S310 our own https
        try:
            with self._open(request, timeout=PATIENCE_SECONDS) as answer:
                return _read(answer.url.removeprefix(self.url), answer.status, answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            with error:
                return _read(address, error.code, error.read().decode(errors="replace"))

    def sign_in(self, username: str, password: str, secret: str) -> None:
        """With password and code. Raises CouldNotSignIn."""
        page = self._submit(self.page("/accounts/sign-in"), username=username, password=password)
        self._submit(page, code=pyotp.TOTP(secret).at(clock.now()))
        if not self.is_in():
            raise CouldNotSignIn(username)

    def is_in(self) -> bool:
        """Whether the person's own page is theirs to see. It also gives the cookie what forms are checked by."""
        page = self.page(OWN)
        return page.status == 200 and page.address == OWN

    def is_proven(self) -> bool:
        """Whether a page that asks for the second factor anew answers without asking."""
        return self.page(PROVEN).address == PROVEN

    def lives(self, cookie: str) -> bool:
        """Whether the session of this cookie, as a scanner was given it, is still one."""
        request = urllib.request.Request(self.url + OWN, headers={"Cookie": cookie})  # noqa: S310 our own https
        with urllib.request.build_opener(*self._bare).open(request, timeout=PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200 and answer.url == self.url + OWN)

    def _submit(self, page: Page, **typed: str) -> Page:
        for form in page.forms:
            if form.method == "post" and typed.keys() <= form.fields.keys():
                return self.page(form.action or page.address, form.fields | typed)
        raise CouldNotSignIn(f"{page.address} has no form for {', '.join(typed)}")

    def questions(self, most: int) -> Iterator[Question]:
        """What may be asked with words, one of each shape: addresses with a query and forms, on up to `most` pages that
        links lead to, one of each shape as well."""
        queue, seen = collections.deque([Question("/")]), {Question("/").shape}
        while queue and most:
            question = queue.popleft()
            if question.words:
                yield question
            if question.form:
                continue  # what is behind it is for the scanner to find
            page, most = self.page(question.address), most - 1
            for found in (*_filled(page), *map(Question, page.links)):
                if found.shape not in seen and not _path(found.address).endswith(PAPERS):
                    seen.add(found.shape)
                    queue.append(found)


def _filled(page: Page) -> Iterator[Question]:
    """Its forms in which something can be said, with a word where they have nothing of their own. Not those that are
    only a button: they sign out."""
    for form in page.forms:
        action = form.action or _path(page.address)
        written = urllib.parse.urlencode({name: value or WORD for name, value in form.fields.items()})
        if form.fields.keys() <= {TOKEN}:
            continue
        yield Question(action, written) if form.method == "post" else Question(f"{action}?{written}")


def _path(address: str) -> str:
    return urllib.parse.urlsplit(address).path


def _read(address: str, status: int, text: str) -> Page:
    reader = _Reader()
    reader.feed(text)
    return Page(address, status, list(dict.fromkeys(reader.links)), reader.forms)


class _Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/") and not said["href"].startswith("/static/"):
            self.links.append(said["href"].partition("#")[0])
        elif tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower(), {}))
        elif tag in ("input", "select", "textarea") and self.forms and said.get("name"):
            self._field(said)

    def _field(self, said: dict[str, str]) -> None:
        """What a browser would send of it when nobody touches it."""
        if said.get("type") not in ("checkbox", "radio", "submit", "file") or "checked" in said:
            self.forms[-1].fields[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.forms:
            self.forms.append(Form("", "closed", {}))  # a field outside of a form belongs to none
