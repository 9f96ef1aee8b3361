"""The city's head, contacts and remedies for letters, in Swedish and Finnish.

The defaults are the city's published facts (register §1); `stationery.toml` in the data folder, or the file named by
the setting `stationery`, replaces any of them. What is not known is '' and is left out of the letter.
"""

import copy
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal import config
from portal.config import ConfigError
from portal.documents.kinds import Kind
from portal.documents.stationery_defaults import ARMS, DEFAULTS
from portal.language import LANGUAGES

ARMS_MOST = 200_000
"""Bytes of the file with the arms: they are in every letter."""
TEXT_MOST = 2000


def of(language: str) -> dict[str, Any]:
    """What `Order.stationery` takes.

    Raises ConfigError, naming the key, when the file is not TOML, has an unknown key or a value of the wrong
    kind, or when the arms are not an SVG file that stands on its own.
    """
    chosen, path = defaults(language), config.settings().stationery
    if not path.exists():
        return chosen
    given = _read(path)
    _check(given)
    if "arms" in given:
        chosen["arms"] = _arms(path.parent / _text(given["arms"], "arms"))
    _replace(chosen, given.get(language, {}), language)
    return chosen


def defaults(language: str) -> dict[str, Any]:
    """Without a file."""
    return copy.deepcopy(DEFAULTS[language]) | {"arms": ARMS}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is not TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read") from error


def _check(given: dict[str, Any]) -> None:
    """Both languages, whichever is asked for: a fault must not wait for the first Finnish letter."""
    if unknown := sorted(set(given) - {"arms", *LANGUAGES}):
        raise ConfigError(f"stationery: unknown key {unknown[0]}")
    for language in LANGUAGES:
        _replace(copy.deepcopy(DEFAULTS[language]), given.get(language, {}), language)


def _replace(chosen: dict[str, Any], given: Any, place: str) -> None:
    """Put what is given in the place of the defaults; kinds of values are those of the defaults."""
    if not isinstance(given, Mapping):
        raise ConfigError(f"stationery: {place} is not a table")
    for key, value in given.items():
        name = f"{place}.{key}"
        if place.endswith(".appeal"):
            if key not in list(Kind):
                raise ConfigError(f"stationery: {name} is no kind of document")
            chosen[key] = _texts(value, name)
        elif key not in chosen:
            raise ConfigError(f"stationery: unknown key {name}")
        elif isinstance(chosen[key], dict):
            _replace(chosen[key], value, name)
        elif isinstance(chosen[key], list):
            chosen[key] = _texts(value, name)
        else:
            chosen[key] = _text(value, name)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"stationery: {name} is not a text")
    if len(value) > TEXT_MOST or "\x00" in value:
        raise ConfigError(f"stationery: {name} is too long")
    return re.sub(r"[ \t\r\n]+", " ", value).strip()


def _texts(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or len(value) > 12:
        raise ConfigError(f"stationery: {name} is not a list of at most 12 texts")
    return [_text(one, name) for one in value]


_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import", re.IGNORECASE)
_SHAPES = frozenset(
    re.findall(
        r"\w+",
        "svg g defs title desc metadata path rect circle ellipse line polyline polygon use symbol clipPath mask style "
        "linearGradient radialGradient stop",
    )
)


def _arms(path: Path) -> str:
    """The file's text, when it is drawn with shapes alone and fetches nothing."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("stationery: the file of arms cannot be read") from error
    if len(text) > ARMS_MOST:
        raise ConfigError("stationery: the file of arms is too large")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ConfigError("stationery: the file of arms has a document type; remove it")
    try:
        root = ET.fromstring(text)  # noqa: S314 no document type, so no entities; the administrator's own file
    except ET.ParseError as error:
        raise ConfigError("stationery: the file of arms is not SVG") from error
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if element.tag is not root.tag and name not in _SHAPES and "w3.org/2000/svg" in str(element.tag):
            raise ConfigError(f"stationery: the file of arms holds <{name}>; only shapes can be used")
        values = [element.text or "", *element.attrib.values()]
        links = [value for key, value in element.attrib.items() if key.endswith("href")]
        if any(map(_OUTSIDE.search, values)) or not all(link.startswith("#") for link in links):
            raise ConfigError("stationery: the file of arms refers to something outside itself")
    if not str(root.tag).endswith("}svg"):
        raise ConfigError("stationery: the file of arms is not SVG")
    return text
