"""`uv.lock`: which packages are installed, from which files, and what needs what."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import portal

ROOT = Path(portal.__file__).parent.parent
FILE = ROOT / "uv.lock"
TOOLS = ROOT / "portal" / "supply" / "tools"
"""A file of requirements with hashes for each program that `portal supply` runs; none is part of the portal."""
INDEX, FILES = "https://pypi.org/simple", "files.pythonhosted.org"
SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


class Key(NamedTuple):
    name: str
    version: str


class File(NamedTuple):
    url: str
    hash: str
    """`sha256:` and 64 hexadecimal digits in a lock without faults; empty where it has none."""


class Package(NamedTuple):
    key: Key
    source: dict[str, str]
    files: tuple[File, ...]
    needs: tuple[Key, ...]
    """With the extras of it that somebody asked for."""


class Lock(NamedTuple):
    own: Key
    packages: dict[Key, Package]
    """Without the portal itself."""
    production: frozenset[Key]
    """What an installation without the groups for demo and tests has; the rest is for these."""
    direct: tuple[Key, ...]
    """What the portal itself asks for, the groups left out."""


class Incomplete(Exception):
    """The lock, or the file of vendored things, does not say what it must."""


def read(file: Path = FILE) -> Lock:
    """Raises Incomplete with every fault that is found in it, or when there is none."""
    try:
        kept = tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Incomplete(f"{file.name} cannot be read: {type(error).__name__}") from error
    if found := list(faults(kept)):
        raise Incomplete("\n".join(found))
    tables = kept["package"]
    named: dict[str, list[Key]] = {}
    for table in tables:
        named.setdefault(table["name"], []).append(Key(table["name"], table["version"]))
    own = next(table for table in tables if "editable" in table["source"])
    packages = {package.key: package for package in (_package(t, named) for t in tables if t is not own)}
    direct = tuple(_keys(own["dependencies"], named))
    return Lock(Key(own["name"], own["version"]), packages, _reached(direct, packages), direct)


def faults(kept: dict[str, Any]) -> Iterator[str]:
    """Of a parsed lock: every way in which what is installed could be something else than what was locked."""
    tables = kept.get("package", [])
    if len([table for table in tables if table.get("source") == {"editable": "."}]) != 1:
        yield "the lock does not hold the portal itself once"
    for table in tables:
        name, source = f"{table.get('name')} {table.get('version')}", table.get("source", {})
        if source == {"editable": "."}:
            continue
        if source != {"registry": INDEX}:
            yield f"{name} comes from {source}, not from {INDEX}"
        files = [*table.get("wheels", []), *([table["sdist"]] if "sdist" in table else [])]
        if not table.get("wheels"):
            yield f"{name} has no wheel: it would be built with what is in no lock"
        for file in files:
            where = urlsplit(file.get("url", ""))
            if (where.scheme, where.netloc) != ("https", FILES):
                yield f"{name} is fetched from {where.scheme}://{where.netloc}"
            if not SHA256.fullmatch(file.get("hash", "")):
                yield f"{name}: {where.path.rpartition('/')[2]} has no SHA-256"


def pinned(requirements: str) -> dict[Key, list[str]]:
    """The packages of a file of requirements with hashes, as `uv pip compile --generate-hashes` writes it.

    Raises Incomplete where a line names no version or no SHA-256."""
    found: dict[Key, list[str]] = {}
    joined = requirements.replace("\\\n", " ")
    for line in (line.split(" #")[0].strip() for line in joined.splitlines()):
        if not line or line.startswith("#"):
            continue
        what = re.match(r"([a-z0-9-]+)==([^\s;]+)", line)
        hashes = re.findall(r"--hash=(\S+)", line)
        if what is None or not hashes or not all(SHA256.fullmatch(one) for one in hashes):
            raise Incomplete(f"without version or SHA-256: {line[:60]}")
        found[Key(what[1], what[2])] = hashes
    return found


def pinned_for(tool: str) -> dict[Key, list[str]]:
    """The packages of one of the programs that `portal supply` runs. Raises Incomplete."""
    try:
        return pinned((TOOLS / f"{tool}.txt").read_text())
    except OSError as error:
        raise Incomplete(f"there is no list for {tool}") from error


def _package(table: dict[str, Any], named: dict[str, list[Key]]) -> Package:
    files = [*([table["sdist"]] if "sdist" in table else []), *table.get("wheels", [])]
    needs = list(table.get("dependencies", []))
    for extra in table.get("optional-dependencies", {}).values():
        needs += extra
    return Package(
        Key(table["name"], table["version"]),
        table["source"],
        tuple(File(file["url"], file["hash"]) for file in files),
        tuple(dict.fromkeys(_keys(needs, named))),
    )


def _keys(needs: Iterable[dict[str, Any]], named: dict[str, list[Key]]) -> Iterator[Key]:
    """Without a version the name has only one; with markers both are there, each for its Python."""
    for need in needs:
        yield Key(need["name"], need["version"]) if "version" in need else named[need["name"]][0]


def _reached(start: Iterable[Key], packages: dict[Key, Package]) -> frozenset[Key]:
    found: set[Key] = set()
    waiting = list(start)
    while waiting:
        if (key := waiting.pop()) not in found:
            found.add(key)
            waiting += packages[key].needs
    return frozenset(found)
