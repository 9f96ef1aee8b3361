"""The systemd units of an installation, written from its settings: each process may do what it needs, and no more.

Web and worker are of one user, who owns the data folder; who signs the log is of another. `portal.target` is the name
for all of them. The system calls are those of systemd's own sets, and what these lack: decoders take calls away from
themselves (seccomp), and deletion asks the kernel whether a time service keeps the clock right (adjtimex, which changes
nothing; `ProtectClock=` would forbid the question too).
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from portal.config import Settings
from portal.vault import root

TARGET = "portal.target"
PRIVILEGED_PORTS = 1024
RESTART_SECONDS = 5
STOP_SECONDS = 30
HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
"""What `ProtectHome=yes` empties."""

Lines = list[tuple[str, str]]

CONFINED: Lines = [
    ("NoNewPrivileges", "yes"),
    ("ProtectSystem", "strict"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectProc", "invisible"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("RemoveIPC", "yes"),
    ("KeyringMode", "private"),
    ("LimitCORE", "0"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service seccomp adjtimex clock_adjtime"),
    ("SystemCallFilter", "~@chown @keyring @setuid"),
    ("SystemCallErrorNumber", "EPERM"),
]


class Unwritten(Exception):
    """The units cannot be written; the text says why."""


class Plan(NamedTuple):
    """What the settings do not tell."""

    program: Path
    """The command `portal` of the installation."""
    user: str
    """Of web, worker and backup."""
    signer: str
    """Who alone has the key that signs the log."""
    backup: Path
    backup_keys: Path | None = None
    """The keys of backups lie apart from the rest."""
    credential: Path | None = None
    """The root key, encrypted by `systemd-creds`; else it comes from the folder of secrets."""


def written(settings: Settings, plan: Plan) -> dict[str, str]:
    """Name of each unit → its text. The signer has one where its key lies outside the data folder: inside, only the
    portal's own user reads it, and the worker signs."""
    made = {
        TARGET: _text(
            ("Unit", [("Description", "Call-recording portal")]), ("Install", [("WantedBy", "multi-user.target")])
        ),
        "portal-web.service": _service(settings, plan, "web", "serve", _web(settings)),
        "portal-worker.service": _service(settings, plan, "worker", "worker", _worker(settings, plan)),
    }
    if is_signed_apart(settings):
        made["portal-signer.service"] = _service(settings, plan, "signer", "audit sign", _signer(settings))
    made["portal-backup.service"] = _backup(settings, plan)
    made["portal-backup.timer"] = _text(
        ("Unit", [("Description", "Call-recording portal, backup each night"), ("PartOf", TARGET)]),
        ("Timer", [("OnCalendar", "*-*-* 02:30:00"), ("RandomizedDelaySec", "15min"), ("Persistent", "yes")]),
        ("Install", [("WantedBy", TARGET)]),
    )
    return made


def is_signed_apart(settings: Settings) -> bool:
    """Can the key that signs the log be a user's who is not the web's?"""
    return not settings.checkpoint_key.is_relative_to(settings.data)


def stored(settings: Settings) -> list[Path]:
    """Every folder that the portal writes into, those inside another left out."""
    places = (
        *(settings.data, settings.inbox, settings.ledger, settings.secrets, settings.alive_file.parent),
        *(settings.keystore, settings.objects, settings.threat_keystore, settings.threat_objects),
    )
    return _outermost(places)


def _outermost(places: Iterable[Path]) -> list[Path]:
    wanted = dict.fromkeys(places)
    return [one for one in wanted if not any(one != other and one.is_relative_to(other) for other in wanted)]


def _web(settings: Settings) -> Lines:
    """Reached over the network, and calls nobody itself; where only this machine is served, nobody else reaches it."""
    low = settings.port < PRIVILEGED_PORTS
    lines = [("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6")]
    if _is_local(settings.host):
        lines += [("IPAddressDeny", "any"), ("IPAddressAllow", "localhost")]
    lines += [("AmbientCapabilities", "CAP_NET_BIND_SERVICE")] if low else []
    return [*lines, ("CapabilityBoundingSet", "CAP_NET_BIND_SERVICE" if low else ""), *_writes(stored(settings))]


def _worker(settings: Settings, plan: Plan) -> Lines:
    """It reaches no network, but for a syslog server where it signs the log itself. A disk of backups that is not
    mounted keeps it from nothing else."""
    places = stored(settings)
    if is_signed_apart(settings):
        network = _without_network()
    else:
        network = _to_syslog(settings)
        places = _outermost([*places, settings.checkpoint_file.parent])
    backups = [place for place in _backups(plan) if place not in places]
    return [*network, ("CapabilityBoundingSet", ""), *_writes(places, perhaps=backups)]


def _signer(settings: Settings) -> Lines:
    places = _outermost([settings.checkpoint_key.parent, settings.checkpoint_file.parent])
    return [*_to_syslog(settings), ("CapabilityBoundingSet", ""), *_writes(places)]


def _backups(plan: Plan) -> list[Path]:
    return [plan.backup, *([plan.backup_keys] if plan.backup_keys else [])]


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_network() -> Lines:
    return [("PrivateNetwork", "yes"), ("RestrictAddressFamilies", "AF_UNIX")]


def _to_syslog(settings: Settings) -> Lines:
    if settings.checkpoint_syslog in ("", "local"):
        return _without_network()
    return [("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6")]


def _writes(places: Iterable[Path], *, perhaps: Iterable[Path] = ()) -> Lines:
    lines = [("ReadWritePaths", plain(place)) for place in places]
    return [*lines, *(("ReadWritePaths", f"-{plain(place)}") for place in perhaps)]


def _service(settings: Settings, plan: Plan, name: str, command: str, own: Lines) -> str:
    mounts = " ".join(map(plain, stored(settings)))
    unit = [("Description", f"Call-recording portal, {name}"), ("PartOf", TARGET), ("After", "network.target")]
    unit += [("RequiresMountsFor", mounts), ("StartLimitIntervalSec", "0")]
    runs = [
        ("Type", "exec"),
        *_starts(settings, plan, command, signs=name == "signer"),
        ("Restart", "always"),
        ("RestartSec", str(RESTART_SECONDS)),
        ("KillMode", "mixed"),
        ("TimeoutStopSec", str(STOP_SECONDS)),
    ]
    service = [*runs, *_protected(settings, plan), *own]
    return _text(("Unit", unit), ("Service", service), ("Install", [("WantedBy", TARGET)]))


def _backup(settings: Settings, plan: Plan) -> str:
    keys = f" --keys {plain(plan.backup_keys)}" if plan.backup_keys else ""
    places = [*stored(settings), *_backups(plan)]
    unit = [("Description", "Call-recording portal, backup"), ("RequiresMountsFor", " ".join(map(plain, places)))]
    runs = [
        ("Type", "oneshot"),
        *_starts(settings, plan, f"backup {plain(plan.backup)}{keys}", signs=False),
        ("Nice", "10"),
        ("IOSchedulingClass", "idle"),
    ]
    own = [*_without_network(), ("CapabilityBoundingSet", ""), *_writes(_outermost(places))]
    return _text(("Unit", unit), ("Service", [*runs, *_protected(settings, plan), *own]))


def _starts(settings: Settings, plan: Plan, command: str, *, signs: bool) -> Lines:
    given = f"{root.CREDENTIAL}:{plain(plan.credential)}" if plan.credential and not signs else ""
    return [
        ("User", plan.signer if signs else plan.user),
        ("UMask", "0022" if signs else "0077"),
        ("Environment", f"PORTAL_DATA={plain(settings.data)}"),
        *([("LoadCredentialEncrypted", given)] if given else []),
        ("ExecStart", f"{plain(plan.program)} {command}"),
    ]


def _protected(settings: Settings, plan: Plan) -> Lines:
    programs = (plan.program, plan.program.parent / "python")
    needed = [
        *programs,
        *(program.resolve() for program in programs),
        *stored(settings),
        *_backups(plan),
        settings.checkpoint_file,
    ]
    at_home = any(place.is_relative_to(home) for place in needed for home in HOMES)
    return [*CONFINED, ("ProtectHome", "read-only" if at_home else "yes")]


def plain(place: Path | str) -> str:
    """As a word of a unit file (systemd.syntax). Raises Unwritten for what would have to be plain, each setting
    otherwise: no such folder is needed."""
    text = str(place)
    if re.search(r"[\s\"'\\$;:,]", text):
        raise Unwritten(f"{text!r}: a path with blanks, quotes or any of \\ $ ; : , has no place in a unit")
    return text.replace("%", "%%")


def _text(*sections: tuple[str, Lines]) -> str:
    return "\n".join(_lines(sections))


def _lines(sections: Iterable[tuple[str, Lines]]) -> Iterator[str]:
    yield "# Written by `portal units`. Own changes belong beside it: `systemctl edit`."
    for name, lines in sections:
        yield f"\n[{name}]"
        yield from (f"{key}={value}" for key, value in lines)
    yield ""
