"""The forms of the portal's pages, filled in as somebody in a hurry would."""

import datetime as dt
import html.parser
import io
from typing import Any, NamedTuple

from portal import clock
from tests import calls
from tests.browser.cases import PAPER
from tests.people import PASSWORD, code

WORDS = "Ord som räcker till för varje motivering, sagda av den som fyller i sidan och av ingen annan i huset."


class Field(NamedTuple):
    name: str
    kind: str
    """'text', 'hidden', 'checkbox', 'radio', 'select', 'textarea', 'file', 'password', 'submit' …"""
    value: str
    chosen: bool
    hint: str
    """Its placeholder, or what it accepts."""


class Written(NamedTuple):
    address: str
    fields: tuple[Field, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(field.name for field in self.fields)


class Forms(html.parser.HTMLParser):
    """The forms of a page that are posted."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self._address = address
        self.found: list[Written] = []
        self._open: tuple[str, list[Field]] | None = None
        self._select: dict[str, str] | None = None
        self._area: dict[str, str] | None = None
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method", "get").lower() == "post":
            self._open = (at.get("action") or self._address, [])
        elif self._open is None:
            return
        elif tag == "input" and "name" in at:
            kind = at.get("type", "text")
            hint = at.get("placeholder", "") + at.get("accept", "")
            self._add(at["name"], kind, at.get("value", "on" if kind == "checkbox" else ""), "checked" in at, hint)
        elif tag == "button" and "name" in at:
            self._add(at["name"], "submit", at.get("value", ""))
        elif tag == "select" and "name" in at:
            self._select = at
        elif tag == "option" and self._select is not None:
            self._add(self._select["name"], "select", at.get("value", ""), "selected" in at)
        elif tag == "textarea" and "name" in at:
            self._area, self._text = at, ""

    def handle_endtag(self, tag: str) -> None:
        if self._open is None:
            return
        if tag == "form":
            self.found.append(Written(self._open[0], tuple(self._open[1])))
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._add(self._area["name"], "textarea", self._text.strip())
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def _add(self, name: str, kind: str, value: str, chosen: bool = False, hint: str = "") -> None:
        assert self._open
        self._open[1].append(Field(name, kind, value, chosen, hint))


def filled(form: Written, *, ahead: int = 0) -> list[tuple[str, Any]]:
    """What a browser would send when everything is answered with the first that may be answered; days are today's, or
    so many days ahead."""
    sent: list[tuple[str, Any]] = []
    done: set[str] = set()
    for field in form.fields:
        group = [other for other in form.fields if other.name == field.name]
        if field.name == "csrf_token" or field.name in done:
            continue
        done.add(field.name)
        if field.kind in ("radio", "select", "checkbox"):
            sent.append((field.name, _choice(group)))
        elif field.kind in ("hidden", "submit"):
            sent.append((field.name, field.value))
        else:
            sent.append((field.name, _typed(field, ahead)))
    return sent


def _choice(group: list[Field]) -> str:
    chosen = [field.value for field in group if field.chosen and field.value]
    return (chosen or [field.value for field in group if field.value] or [""])[0]


def _typed(field: Field, ahead: int) -> Any:
    if field.kind == "file":
        sound = "wav" in field.hint or "audio" in field.hint
        content = calls.wav(calls.tone(1.0, channels=1)) if sound else PAPER
        return io.BytesIO(content), "tone.wav" if sound else "papper.pdf"
    if field.value:
        return field.value
    if field.kind == "password":
        return PASSWORD
    if "code" in field.name:
        return code()
    if "d.m" in field.hint:
        day = clock.today() + dt.timedelta(days=ahead)
        return f"{day.day}.{day.month}.{day.year}"
    by_name = {
        "number": "040 123 4567",
        "numbers": "040 123 4567",
        "email": "zq@exempel.fi",
        "at": "0:00",
        "hours": "2",
    }
    return by_name.get(field.name, WORDS if field.kind == "textarea" else "Zqord")
