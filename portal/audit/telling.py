"""The detail of an entry in words, in whatever language: for the log's page and for its extract on paper."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from portal import spelling
from portal.audit import detail_words, words

PEOPLE = ("person", "adviser", "observed_person", "asked_for_by", "heads")
"""Keys whose values are accounts."""


@dataclasses.dataclass(frozen=True)
class _Changed:
    before: Any
    now: Any


def people(details: Iterable[dict[str, Any]]) -> list[uuid.UUID | None]:
    """The accounts that details name by uuid."""
    return [
        as_uuid(one)
        for detail in details
        for key, value in _flat(detail)
        if key in PEOPLE
        for one in (value if isinstance(value, list) else [value])
    ]


def as_uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        return None


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _flat(detail: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys and values, those of nested objects too; `changed` holds pairs of old and new."""
    for key, value in detail.items():
        if key == "changed" and isinstance(value, dict):
            yield from ((name, _Changed(*pair)) for name, pair in value.items() if _is_pair(pair))
        elif isinstance(value, dict):
            yield from _flat(value)
        else:
            yield key, value


class Look:
    """Details in words."""

    def __init__(
        self,
        names: Mapping[uuid.UUID, str],
        queues: Mapping[int, str],
        translate: Callable[[str], str],
        language: str,
    ) -> None:
        """`names` of accounts and queues by uuid, `queues` by key; `translate` gives source texts in the reader's
        `language`."""
        self.names, self.queues, self._translate, self._language = names, queues, translate, language

    def details(self, detail: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Label and value of what is worth a reader's time."""
        for key, value in _flat(detail):
            if key in words.HIDDEN or value in (None, "", []) or _goes_without_saying(key, value):
                continue
            label = self._translate(detail_words.KEYS[key]) if key in detail_words.KEYS else key
            if isinstance(value, _Changed):
                yield label, f"{self._said(key, value.before)} → {self._said(key, value.now)}"
            else:
                several = value if isinstance(value, list) else [value]
                yield label, ", ".join(self._said(key, one) for one in several)

    def _said(self, key: str, value: Any) -> str:
        if isinstance(value, bool):
            return self._translate(words.YES) if value else self._translate(words.NO)
        if isinstance(value, int):
            if key in words.QUEUES:
                return self.queues.get(value, str(value))
            return spelling.size(value, self._language) if key in words.COUNTS else spelling.number(value)
        value = str(value)
        if value in words.CODES.get(key, {}):
            return self._translate(words.of(key, value))
        if key in words.DAYS:
            return _day(value)
        if key in words.MOMENTS:
            return self._moment(value)
        if len(value) >= 32 and (named := as_uuid(value)) is not None:  # an id, or a pseudonym
            return self.names.get(named, value[:8])
        return value

    def _moment(self, value: str) -> str:
        try:
            return spelling.moment(dt.datetime.fromisoformat(value), self._language)
        except ValueError:
            return value


def _goes_without_saying(key: str, value: Any) -> bool:
    return isinstance(value, str | bool) and (key, value) in words.QUIET


def _day(value: str) -> str:
    try:
        return spelling.date(dt.date.fromisoformat(value))
    except ValueError:
        return value
