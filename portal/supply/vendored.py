"""Others' files that lie in the repository, unchanged: each beside a CHECKSUMS that names package, licence and hash."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from portal.supply.lock import ROOT, Incomplete

PLACES = {
    "npm": ROOT / "static" / "vendor",
    "generic": ROOT / "portal" / "documents" / "typefaces",
}
"""Where they lie, by the type of their package URL. Beside them lie only CHECKSUMS and a README.md."""


class Vendored(NamedTuple):
    kind: str
    name: str
    version: str
    licence: str
    """Its SPDX name."""
    files: dict[str, str]
    """SHA-256 by path in the repository."""


def read() -> list[Vendored]:
    """All of them. Raises Incomplete when a file is not as its checksum says, is missing, or is told by no line."""
    found = [package for kind, folder in PLACES.items() for package in of(folder, kind, ROOT)]
    if not found:
        raise Incomplete("no CHECKSUMS tells of anything")
    return found


def of(folder: Path, kind: str, root: Path) -> list[Vendored]:
    """What lies in this folder. Raises Incomplete."""
    packages, listed = [], {}
    for line in (folder / "CHECKSUMS").read_text().splitlines():
        if line.startswith("# "):
            whole, _, licence = line[2:].partition(" ")
            name, _, version = whole.rpartition("@")
            packages.append(Vendored(kind, name, version, licence, {}))
        elif line:
            digest, _, name = line.partition("  ")
            listed[name] = digest
            packages[-1].files[(folder / name).relative_to(root).as_posix()] = digest
    _compare(folder, listed)
    return packages


def _compare(folder: Path, listed: dict[str, str]) -> None:
    kept = dict(_hashes(folder))
    odd = sorted(name for name in kept.keys() | listed.keys() if kept.get(name) != listed.get(name))
    if odd:
        raise Incomplete("\n".join(f"{folder.name}: {name} is not as CHECKSUMS says" for name in odd))


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in ("CHECKSUMS", "README.md"):
            yield name, hashlib.sha256(path.read_bytes()).hexdigest()
