"""What the machine has to bring: Python, packages, libraries, typefaces, confinement by the kernel, a right clock."""

import ctypes
import importlib
import importlib.metadata
import re
import sys
from collections.abc import Iterator

from portal import clock, config, confined
from portal.documents import fonts
from portal.machine.told import Told, good, look, mend
from portal.supply import lock

INSTALL = "`make install` in the folder of the portal's code"
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libseccomp.so.2": "libseccomp2",
}
"""What is loaded from the system, and Debian's package of it."""
TYPEFACES = "fonts-dejavu-core"
NATIVE = ("argon2", "av", "cryptography", "granian", "numpy", "pyseccomp", "Stemmer", "weasyprint")
"""Packages with compiled parts, or that load them: after an upgrade of Python they may be of another one."""


def python() -> Iterator[Told]:
    wanted = importlib.metadata.metadata("portal")["Requires-Python"]
    here = sys.version_info[:2]
    bounds = [(sign, (int(major), int(minor))) for sign, major, minor in re.findall(r"(>=|<)(\d+)\.(\d+)", wanted)]
    fits = bounds and all(here >= bound if sign == ">=" else here < bound for sign, bound in bounds)
    says = f"{here[0]}.{here[1]}, {wanted} is wanted"
    yield good("python", says) if fits else mend("python", says, f"remove .venv, then {INSTALL}")


def packages() -> Iterator[Told]:
    """What is installed is what is locked; what has compiled parts can be loaded."""
    held = lock.read()
    versions: dict[str, set[str]] = {}
    for key in held.production:
        versions.setdefault(key.name, set()).add(key.version)
    has = {name: _installed(name) for name in versions}
    other = sorted(name for name, version in has.items() if version and version not in versions[name])
    absent = sorted(key.name for key in held.direct if not has[key.name])
    broken = [name for name in NATIVE if not _loads(name)]
    if other or absent:
        yield mend("packages", f"not as locked: {', '.join(dict.fromkeys([*absent, *other]))}", INSTALL)
    if broken:
        yield mend("packages", f"cannot be loaded: {', '.join(broken)}", f"the libraries below; then {INSTALL}")
    if not (other or absent or broken):
        yield good("packages", f"{sum(map(bool, has.values()))}, as locked")


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _loads(module: str) -> bool:
    try:
        importlib.import_module(module)
    except Exception:
        return False
    return True


def libraries() -> Iterator[Told]:
    lacking = [package for name, package in LIBRARIES.items() if not _opens(name)]
    if lacking:
        yield mend("libraries", f"missing: {', '.join(lacking)}", f"apt-get install {' '.join(lacking)}")
    else:
        yield good("libraries", "all there")


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def typefaces() -> Iterator[Told]:
    gone = [file for file in fonts.FILES if not file.is_file()]
    if any(file.parent == fonts.STAND_IN for file in gone):
        yield mend("typefaces", "DejaVu Sans is missing: no letter is set", f"apt-get install {TYPEFACES}")
    if own := [file.name for file in gone if file.parent == fonts.OWN]:
        yield mend("typefaces", f"{own[0]} is missing: no letter is set", "bring in the portal's code anew, whole")
    if not gone:
        yield good("typefaces", "all there")


CONFINE = "libseccomp2 has to be there, and no container or other filter may forbid seccomp"


def confinement() -> Iterator[Told]:
    try:
        standing = confined.standing()
    except config.ConfigError:  # not held, and no settings that say what then
        standing = confined.Standing.REFUSED
    if standing == confined.Standing.HELD:
        yield good("confinement", "decoders and the typesetter are confined")
    elif standing == confined.Standing.LOOSE:
        yield look("confinement", "NONE: decoders and the typesetter work within limits alone", CONFINE)
    else:
        yield mend("confinement", "NONE: nothing is taken in, and no letter is set", CONFINE)


def time() -> Iterator[Told]:
    if clock.machine().synchronised:
        yield good("clock", "a time service keeps it right")
    else:
        yield look(
            "clock",
            "the kernel knows of no time service, and what is deleted goes by this clock",
            "run chrony or systemd-timesyncd; in a container, on the machine below it",
        )
