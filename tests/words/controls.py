"""What of a page can be pressed: by which name those hear it who do not see it, and what it does."""

import html.parser
from typing import NamedTuple

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
LOOKS = ("class", "id", "hidden", "disabled", "tabindex", "rel", "aria-label", "aria-describedby", "aria-current")
"""Attributes that say nothing of what a button does."""


class Control(NamedTuple):
    tag: str
    name: str
    within: str
    """The name of the landmark of links it is in, which is heard first."""
    does: tuple[str, ...]


class _Open:
    def __init__(self, tag: str, at: dict[str, str], does: tuple[str, ...]) -> None:
        self.tag, self.at, self.does = tag, at, does
        self.text: list[str] = []
        self.within = ""


class Controls(html.parser.HTMLParser):
    """Links and buttons of a page, in its order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._found: list[_Open] = []
        self._controls: list[_Open] = []
        self._unheard: list[bool] = []
        self._form: list[str] = []
        self._landmarks: list[str] = []
        self._ids: dict[str, list[str]] = {}
        self._in_ids: list[tuple[int, str]] = []
        self.feed(page)

    @property
    def found(self) -> list[Control]:
        return [Control(one.tag, self._name(one), one.within, one.does) for one in self._found]

    def _name(self, one: _Open) -> str:
        if by := one.at.get("aria-labelledby"):
            said = " ".join("".join(self._ids.get(name, [])) for name in by.split())
        else:
            said = one.at.get("aria-label") or "".join(one.text) or one.at.get("title", "")
        return " ".join(said.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        unheard = at.get("aria-hidden") == "true" or tag in ("script", "style") or any(self._unheard[-1:])
        if tag == "form":
            self._form = [at.get("method", "get"), at.get("action", "")]
        if tag == "input" and at.get("type") == "hidden" and at.get("name") != "csrf_token" and self._form:
            self._form.append(f"{at.get('name')}={at.get('value')}")
        if tag == "img" and not unheard:
            self._hear(at.get("alt", ""))
        if tag == "input" and at.get("type") in ("submit", "button", "reset", "image"):
            said = {"aria-label": at.get("aria-label") or at.get("value", "")}
            self._found.append(_Open("button", said, self._does(tag, at)))
        if tag in VOID:
            return
        self._unheard.append(unheard)
        if tag == "nav":
            self._landmarks.append(at.get("aria-label", "") or at.get("aria-labelledby", ""))
        if "id" in at:
            self._in_ids.append((len(self._unheard), at["id"]))
            self._ids[at["id"]] = []
        if not unheard and ((tag == "a" and "href" in at) or tag == "button"):
            self._controls.append(_Open(tag, at, self._does(tag, at)))
            self._controls[-1].within = "".join(self._landmarks[-1:])
            self._found.append(self._controls[-1])

    def _does(self, tag: str, at: dict[str, str]) -> tuple[str, ...]:
        if tag == "a":
            return (at["href"],)
        own = sorted(f"{name}={value}" for name, value in at.items() if name not in LOOKS)
        return tuple(own if at.get("type") == "button" or not self._form else [*self._form, *own])

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._unheard:
            return
        if self._in_ids and self._in_ids[-1][0] == len(self._unheard):
            self._in_ids.pop()
        self._unheard.pop()
        if tag == "form":
            self._form = []
        if tag == "nav" and self._landmarks:
            self._landmarks.pop()
        if self._controls and self._controls[-1].tag == tag:
            self._controls.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._unheard[-1:]):
            self._hear(data)

    def _hear(self, text: str) -> None:
        for control in self._controls:
            control.text.append(text)
        for _, name in self._in_ids:
            self._ids[name].append(text)
