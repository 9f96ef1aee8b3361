"""The bill of materials: CycloneDX 1.6 as JSON, the same bytes from the same repository on any machine and day."""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from portal.supply import bundled, vendored
from portal.supply.bundled import Native
from portal.supply.lock import ROOT, Incomplete, Key, Lock, Package
from portal.supply.vendored import Vendored

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
LIBRARIES = re.compile(r'^libraries="([a-z0-9.+ -]+)"$', re.M)
"""In the Makefile: what must be there of Debian's packages."""


def render(lock: Lock) -> str:
    """Packages of the lock with the hash of every file that may be installed and the libraries that it carries, files
    that lie in the repository, and packages of the system. What only demo and tests use has the scope `excluded`.

    Without a date, and with an id that is derived from the contents. Raises Incomplete."""
    held = [*_packages(lock), *map(_vendored, vendored.read()), *_system()]
    own = _purl("pypi", *lock.own)
    bill = {
        "metadata": {
            "component": {"type": "application", "bom-ref": own, "purl": own} | lock.own._asdict(),
            "tools": {"components": [{"type": "application"} | lock.own._asdict()]},
        },
        "components": sorted(held, key=lambda component: str(component["bom-ref"])),
        "dependencies": sorted(_dependencies(lock, own, held), key=lambda entry: str(entry["ref"])),
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill, sort_keys=True))
    head = {"$schema": SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}"}
    return json.dumps(head | {"version": 1} | bill, indent=1, ensure_ascii=False) + "\n"


def _purl(kind: str, name: str, version: str = "") -> str:
    """A package URL: pkg:npm/%40navikt/ds-css@8.16.2."""
    return f"pkg:{kind}/{quote(name, safe='/')}" + (f"@{quote(version, safe='')}" if version else "")


def _packages(lock: Lock) -> Iterator[dict[str, Any]]:
    carried = bundled.read()
    if gone := sorted(carried.keys() - lock.production):
        raise Incomplete(f"{bundled.FILE.name} tells of {gone[0].name} {gone[0].version}, which is not in the lock")
    for package in lock.packages.values():
        purl = _purl("pypi", *package.key)
        inside = [_native(one, purl) for one in carried.get(package.key, ())]
        yield {
            "type": "library",
            "bom-ref": purl,
            **package.key._asdict(),
            "scope": "required" if package.key in lock.production else "excluded",
            "purl": purl,
            "externalReferences": list(_files(package)),
            **({"components": inside} if inside else {}),
        }


def _native(one: Native, within: str) -> dict[str, Any]:
    told = {"type": "library", "bom-ref": f"{within}#{quote(one.name, safe='')}@{quote(one.version, safe='')}"}
    return told | {name: value for name, value in one._asdict().items() if value}


def _files(package: Package) -> Iterator[dict[str, Any]]:
    for file in package.files:
        hashes = [{"alg": "SHA-256", "content": file.hash.removeprefix("sha256:")}]
        yield {"type": "distribution", "url": file.url, "hashes": hashes}


def _vendored(package: Vendored) -> dict[str, Any]:
    purl = _purl(package.kind, package.name, package.version)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "scope": "required",
        "licenses": [{"license": {"id": package.licence}}],
        "purl": purl,
        "components": [
            {"type": "file", "bom-ref": path, "name": path, "hashes": [{"alg": "SHA-256", "content": digest}]}
            for path, digest in sorted(package.files.items())
        ],
    }


def _system() -> Iterator[dict[str, Any]]:
    """Without versions: the machine has its own, and its own updates."""
    told = LIBRARIES.search((ROOT / "Makefile").read_text())
    if told is None:
        raise Incomplete("the Makefile does not say what is needed of the system")
    for name in told[1].split():
        purl = _purl("deb", f"debian/{name}")
        yield {"type": "library", "bom-ref": purl, "name": name, "scope": "required", "purl": purl}


def _dependencies(lock: Lock, own: str, held: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    others = [component["bom-ref"] for component in held if not component["bom-ref"].startswith("pkg:pypi/")]
    yield {"ref": own, "dependsOn": sorted([*_refs(lock.direct), *others])}
    for package in lock.packages.values():
        yield {"ref": _purl("pypi", *package.key), "dependsOn": _refs(package.needs)}
    for other in others:
        yield {"ref": other, "dependsOn": []}


def _refs(keys: tuple[Key, ...]) -> list[str]:
    return sorted(_purl("pypi", *key) for key in keys)
