"""What the wheels carry that no lock names: libraries in C and Rust, compiled in or laid beside.

Told by the wheels themselves: by the bills that some carry (PEP 770), and by the shared libraries that lie in them
(auditwheel puts them in `NAME.libs`), and by lxml when it is asked. What is linked into one and told by none of these
is known to nobody here.
"""

import importlib
import importlib.metadata
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from portal.supply.lock import ROOT, Incomplete, Key

FILE = ROOT / "portal" / "supply" / "bundled.json"
"""So that the bill of materials is the same wherever it is made: what the wheels for Linux on x86-64 told."""
SHARED = re.compile(r"(?P<name>lib[A-Za-z0-9_.+-]+?)(?:-[0-9a-f]{8})*\.so(?:\.(?P<version>[0-9.]+))?")
"""libavcodec-5e6b81c2.so.62.28.102. The version is that of the interface."""
MODULE = re.compile(r"\.(?:cpython-[^/]*|abi3)\.so$")
"""A part of the package itself."""
SAYS = {"lxml": ("lxml.etree", {"libxml2": "LIBXML_VERSION", "libxslt": "LIBXSLT_VERSION"})}
"""Module and names of what it says itself, by package."""


class Native(NamedTuple):
    name: str
    version: str
    """Empty where the wheel does not say."""
    purl: str
    """Empty where it has none."""


def read(file: Path = FILE) -> dict[Key, list[Native]]:
    """By package. Raises Incomplete."""
    try:
        kept = json.loads(file.read_text())
        return {Key(*key.split("==")): [Native(*one) for one in told] for key, told in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Incomplete(f"{file.name} cannot be read: {type(error).__name__}") from error


def written(found: dict[Key, list[Native]]) -> str:
    """One on each line, so that a change shows."""
    lines = [f' "{key.name}=={key.version}": [\n{_lines(found[key])}\n ]' for key in sorted(found)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _lines(told: list[Native]) -> str:
    return ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in told)


def installed(keys: Iterable[Key]) -> dict[Key, list[Native]]:
    """What those of these packages carry that are installed here."""
    found = {}
    for key in keys:
        try:
            package = importlib.metadata.distribution(key.name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system or another Python
        if package.version == key.version and (carried := sorted(set(_carried(package, key)))):
            found[key] = carried
    return found


def _carried(package: importlib.metadata.Distribution, key: Key) -> Iterator[Native]:
    for path in package.files or ():
        name = path.as_posix()
        if ".dist-info/sboms/" in name and name.endswith(".json"):
            yield from _told(json.loads(path.read_text()), key)
        elif not MODULE.search(name) and (shared := SHARED.fullmatch(path.name)):
            yield Native(shared["name"], shared["version"] or "", "")
    module, names = SAYS.get(key.name, ("portal", {}))
    for name, said in names.items():
        yield Native(name, ".".join(map(str, getattr(importlib.import_module(module), said))), "")


def _told(bill: dict[str, Any], key: Key) -> Iterator[Native]:
    """The components of a CycloneDX bill, but for the package's own parts."""
    for one in bill.get("components", ()):
        if one.get("type") == "library" and one.get("version") != key.version:
            yield Native(one["name"], one.get("version") or "", one.get("purl") or "")
