"""Where things lie: on what kind of disk, with how much room, whose they are and who may read them."""

import os
import pwd
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import portal
from portal import config, processes
from portal.config import Settings
from portal.machine import units
from portal.machine.told import Level, Told, good, look, mend
from portal.retention import copies

MOUNTS = Path("/proc/self/mountinfo")
DEVICES = Path("/sys/dev/block")
NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|gfs2|ocfs2|virtiofs|vboxsf|fuse\..+")
"""File systems that another machine, or a program, answers for: SQLite's locks and memory do not hold there."""
FLEETING = ("tmpfs", "ramfs")
OF_CONTAINER = ("overlay", "aufs")
FULL = 1 << 30
"""Bytes: with fewer nothing is taken in for long, and the log may soon take no entry."""
TIGHT = 0.05
"""Of a disk."""
OF_DISK = "lost+found"
"""Root's, at the root of a file system."""
OTHERS, GROUP_OR_OTHERS = 0o007, 0o077
WRITABLE = 0o022


class Mount(NamedTuple):
    place: Path
    device: str
    """major:minor."""
    kind: str
    source: str


def mounts() -> list[Mount]:
    """proc(5), mountinfo."""
    found = []
    for line in MOUNTS.read_text().splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, source, *_) = before.split(" "), after.split(" ")
        found.append(Mount(Path(_unescaped(fields[4])), fields[2], kind, _unescaped(source)))
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), text)


def mount_of(place: Path) -> Mount | None:
    """The one that `place` lies on; the last that was mounted there."""
    real, best = place.resolve(), None
    for mount in mounts():
        if real.is_relative_to(mount.place) and (best is None or mount.place.is_relative_to(best.place)):
            best = mount
    return best


def disks() -> Iterator[Told]:
    settings = config.settings()
    data = mount_of(settings.data)
    if data is None:
        yield look("disk", "its kind cannot be seen", "see that the data folder is on a disk of this machine")
    elif NETWORK.fullmatch(data.kind):
        yield mend("disk", f"the data folder is on {data.kind}: SQLite needs a disk of this machine", "move it")
    elif data.kind in FLEETING:
        yield mend("disk", f"the data folder is on {data.kind}: gone at the next start", "move it to a disk")
    elif data.kind in OF_CONTAINER:
        yield look("disk", f"the data folder is on {data.kind}: gone with its container", "give it a volume")
    else:
        yield good("disk", f"the data folder is on {data.kind}")
    yield from _encryption(data)
    yield from _room(settings)


def _encryption(data: Mount | None) -> Iterator[Told]:
    if data is not None and any(uuid.startswith("CRYPT-") for uuid in _mapped(_device(data))):
        yield good("encryption", "the disk of the data folder is encrypted")
        return
    yield look(
        "encryption",
        "this machine does not encrypt the disk of the data folder, as far as can be seen from here",
        "use LUKS (cryptsetup), or know that what lies below this machine encrypts",
    )


def _device(mount: Mount) -> str:
    """Of a file system over several devices (btrfs) the one that it was mounted from."""
    if mount.device.startswith("0:") and mount.source.startswith("/dev/"):
        try:
            number = os.stat(mount.source).st_rdev
        except OSError:
            return mount.device
        return f"{os.major(number)}:{os.minor(number)}"
    return mount.device


def _mapped(device: str) -> Iterator[str]:
    """What the device mapper calls this device and those that it is made of; a partition's disk is not asked."""
    folder = DEVICES / device
    if (named := folder / "dm" / "uuid").exists():
        yield named.read_text().strip()
    for below in sorted((folder / "slaves").glob("*")):
        yield from _mapped((below / "dev").read_text().strip())


class Room(NamedTuple):
    place: Path
    free: int
    whole: int
    files_free: int
    files: int
    """0: the file system does not count them."""

    @property
    def level(self) -> Level:
        if self.free < FULL:
            return Level.MEND
        tight = self.free < TIGHT * self.whole or self.files_free < TIGHT * self.files
        return Level.LOOK if tight else Level.GOOD


def rooms(settings: Settings) -> Iterator[Room]:
    """Of each disk that is written to."""
    seen: set[int] = set()
    for place in _written(settings):
        if not place.is_dir() or (device := place.stat().st_dev) in seen:
            continue
        seen.add(device)
        disk = os.statvfs(place)
        free, whole = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        yield Room(place, free, whole, disk.f_favail, disk.f_files)


def _room(settings: Settings) -> Iterator[Told]:
    """A line for each disk that is written to."""
    for one in rooms(settings):
        says = f"{one.free / (1 << 30):.1f} GiB free under {one.place}"
        if one.level == Level.GOOD:
            yield good("room", says)
        elif one.level == Level.MEND:
            yield mend("room", says, "make room, or move it to a larger disk")
        elif one.free < TIGHT * one.whole:
            yield look("room", f"{says}, less than {TIGHT:.0%}", "make room before it is full")
        else:
            says = f"{one.files_free} files may still be made under {one.place}"
            yield look("room", says, "make room for more inodes")


def _written(settings: Settings) -> list[Path]:
    held = copies.every()
    return [*units.stored(settings), *(copy.folder for copy in held), *(copy.keys for copy in held)]


def apart() -> Iterator[Told]:
    """What must not be lost with the data folder's disk does not lie on it."""
    settings = config.settings()
    device = settings.data.stat().st_dev
    if not settings.database.exists():
        return  # `portal migrate` makes the folders
    if not settings.ledger.is_dir():
        yield mend("ledger", "its folder is not there", "mount its disk, or see the setting `ledger`")
    elif settings.ledger.stat().st_dev == device:
        yield look("ledger", "on the disk of the data folder, and lost with it", "put it on another (`ledger`)")
    else:
        yield good("ledger", "on a disk of its own")
    held = [copy for copy in copies.every() if copy.folder.is_dir() and copy.keys.is_dir()]
    if any(copy.folder.stat().st_dev == device for copy in held):
        yield look("backups", "on the disk of the data folder, and lost with it", "`portal backup` to another disk")
    if any(copy.folder.stat().st_dev == copy.keys.stat().st_dev for copy in held):
        yield look("backups", "their keys are on one disk with the rest", "`portal backup --keys` to another")


def access() -> Iterator[Told]:
    """Who owns what the portal keeps, and who may read and write it."""
    settings = config.settings()
    owner = settings.data.stat().st_uid
    found = [*_foreign(settings, owner), *_open(settings), *_signer(settings, owner), *_inbox(settings, owner)]
    found += _code(owner)
    yield from found or [good("access", f"all is user {owner}'s, and nobody else's")]


def _foreign(settings: Settings, owner: int) -> Iterator[Told]:
    if owner == 0:
        yield look(
            "owner", "root owns the data folder: web and worker may do anything here", "let a user of its own have it"
        )
    strangers = [place for place in _kept(settings) if place.lstat().st_uid != owner]
    if strangers:
        first = strangers[0].parent if strangers[0].parent != settings.data else settings.data
        yield mend(
            "owner",
            f"{len(strangers)} things in {first} are another user's: the portal cannot write them",
            f"chown -hR {owner} {first} (`portal` is run as that user, not as root)",
        )


def _kept(settings: Settings) -> Iterator[Path]:
    """What lies directly in the folders, but for the inbox, which others may fill. Stores have far too much in them to
    look at each file."""
    stores = (settings.keystore, settings.objects, settings.threat_keystore, settings.threat_objects)
    for folder in (settings.data, settings.secrets, settings.ledger, settings.tls, *stores):
        if folder.is_dir():
            yield folder
            yield from (one for one in sorted(folder.iterdir()) if one != settings.inbox and one.name != OF_DISK)


def _open(settings: Settings) -> Iterator[Told]:
    for place, bits, what in _guarded(settings):
        if not place.exists():
            continue
        mode = stat.S_IMODE(place.stat().st_mode)
        if mode & bits:
            yield mend("access", f"{what} has mode {mode:04o}", f"chmod {mode & ~bits:04o} {place}")


def _guarded(settings: Settings) -> Iterator[tuple[Path, int, str]]:
    """What, which bits it must not have, and its name."""
    yield settings.data, OTHERS | WRITABLE, "the data folder"
    yield settings.ledger, OTHERS | WRITABLE, "the ledger's folder"
    yield settings.secrets, GROUP_OR_OTHERS, "the folder of secrets"
    for secret in sorted(settings.secrets.glob("*")):
        yield secret, GROUP_OR_OTHERS, f"secrets/{secret.name}"
    for key in sorted(settings.tls.glob("*.key")):
        yield key, GROUP_OR_OTHERS, f"tls/{key.name}"
    yield settings.database, OTHERS | WRITABLE, settings.database.name
    yield settings.queue_database, GROUP_OR_OTHERS, settings.queue_database.name
    yield settings.data / "portal.toml", WRITABLE, "portal.toml"
    for name in ("keystore", "objects", "threat_keystore", "threat_objects"):
        yield getattr(settings, name), OTHERS | WRITABLE, f"the folder `{name}`"
    for name, bits in (("tls_key", OTHERS), ("seal_certificate", GROUP_OR_OTHERS)):
        if given := getattr(settings, name):
            yield given, bits, f"the file of `{name}`"
    if settings.seal_passphrase_file:
        yield settings.seal_passphrase_file, GROUP_OR_OTHERS, "the file of `seal_passphrase_file`"


def _signer(settings: Settings, owner: int) -> Iterator[Told]:
    """Whoever signs the log reads settings and register, and nothing else: a restore makes a register anew, for its
    owner alone."""
    if not units.is_signed_apart(settings) or not settings.checkpoint_key.exists():
        return
    signer = settings.checkpoint_key.stat().st_uid
    if signer in (0, owner):
        return
    name = processes.name_of(signer)
    try:
        groups = os.getgrouplist(name, pwd.getpwuid(signer).pw_gid)
    except KeyError:
        groups = [signer]
    for place, bits in ((settings.data, 0o5), (settings.data / "portal.toml", 0o4), (settings.database, 0o4)):
        if not place.exists():
            continue
        held, by_group = place.stat(), bits << 3
        if held.st_mode & bits != bits and not (held.st_gid in groups and held.st_mode & by_group == by_group):
            does = f"chgrp {name} {place} && chmod {stat.S_IMODE(held.st_mode) | by_group:04o} {place}"
            yield mend("log", f"who signs it ({name}) cannot read {place}", does)


def _inbox(settings: Settings, owner: int) -> Iterator[Told]:
    if not settings.database.exists():
        return
    if not settings.inbox.is_dir():
        yield mend("inbox", "it is not there", "mount its disk, or see the setting `inbox`")
        return
    mode = stat.S_IMODE(settings.inbox.stat().st_mode)
    if mode & OTHERS:
        yield mend("inbox", f"it has mode {mode:04o}: calls lie there in the clear", f"chmod {mode & ~OTHERS:04o} it")
    if os.geteuid() == owner and not os.access(settings.inbox, os.R_OK | os.W_OK | os.X_OK):
        yield mend("inbox", "the portal may not take files away from it", "give its user the right to write there")


def _code(owner: int) -> Iterator[Told]:
    """Whoever takes over the web must not be able to change what it runs."""
    code = Path(portal.__file__).parent
    mine = [place for place in (code, code.parent) if place.stat().st_uid == owner]
    if owner and mine:
        yield look("code", "the portal's own user may change the code it runs", f"let another own {code.parent}")
