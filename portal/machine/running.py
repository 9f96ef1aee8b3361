"""How the portal itself is on this machine: its settings, its register and root key, and who of its processes lives."""

import datetime as dt
import os
from collections.abc import Iterator

import peewee

from portal import clock, config, db, processes
from portal.keys import care
from portal.machine import units
from portal.machine.told import Told, good, look, mend
from portal.oversight import checkpoints
from portal.retention import closed, copies, health, sweeps
from portal.retention.copies import Copy
from portal.retention.models import Sweep
from portal.vault import box

SILENT = dt.timedelta(minutes=3)
"""The worker begins a round each few seconds; each leaves a trace."""
NIGHT = dt.timedelta(hours=26)
"""Between two nightly backups, with two hours for the later one to be made."""
LOST = dt.timedelta(days=3)
"""Of work, when the machine is lost now: too much."""


def settings() -> Iterator[Told]:
    chosen = config.settings()
    names = [name for name in chosen.trusted_hosts if name not in ("localhost", "127.0.0.1")]
    if not chosen.data.is_dir():
        yield look("settings", "the data folder is not there yet", "`portal migrate`, as the user who shall own it")
    elif not names and chosen.host not in ("localhost", "127.0.0.1", "::1"):
        yield mend(
            "settings", "`trusted_hosts` has no name that others could ask by", "add the name in the address bar"
        )
    else:
        yield good("settings", f"read; {chosen.workers} web processes on {os.cpu_count()} processors")


def register() -> Iterator[Told]:
    """Whoever is not the owner of the data folder opens it not: what SQLite makes for them there he could not write."""
    chosen = config.settings()
    owner = chosen.data.stat().st_uid
    if os.geteuid() != owner:
        yield look(
            "register",
            "not looked at, nor what it knows of worker, backups and log: the data folder is another user's",
            f"`portal doctor` as that user: runuser -u {processes.name_of(owner)} -- …",
        )
        return
    if not chosen.database.exists():
        yield look("register", "there is none yet", "`portal migrate`")
        return
    db.bind(chosen)
    if waiting := db.pending():
        yield mend("register", f"{len(waiting)} migrations have not run", "stop web and worker, then `portal migrate`")
        return
    try:
        closed.refuse()
    except config.ConfigError as error:
        yield mend("register", str(error), "see Backup and restore in the README")
    except box.RootKeyMissing:
        yield good("register", "up to date; what it has sealed cannot be opened")
    else:
        yield good("register", "up to date")


def root_key() -> Iterator[Told]:
    cared = care.look()
    if cared.missing:
        yield mend("root key", cared.missing, "see The root key in the README")
        return
    if cared.unfinished:
        yield mend("root key", "a change of it is not finished", "`portal keys rotate`")
    if cared.due:
        yield look("root key", "in force for longer than `root_key_months`", "`portal keys rotate`")
    if cared.shares == care.Shares.EARLIER:
        yield mend("root key", "the shares in the safes are of an earlier one", "`portal keys split`")
    elif cared.shares == care.Shares.UNKNOWN:
        yield look("root key", "not split here: if it is nowhere else, all is lost with it", "`portal keys split`")
    elif not cared.wanted:
        yield good("root key", "opens the register, and was split")


def worker() -> Iterator[Told]:
    newest = Sweep.select(peewee.fn.MAX(Sweep.started_at)).scalar()
    age = clock.now() - newest if newest else None
    if age is None or not dt.timedelta() <= age < SILENT:
        says = "no round of it yet" if age is None else f"its last round began {_ago(age)}"
        yield mend("worker", says, "start `portal worker`, or read why it ended")
    else:
        yield good("worker", f"its last round began {_ago(age)}")
    report = health.report()
    if report.level == health.Level.GOOD:
        yield good("status", "good")
    else:
        make = mend if report.level == health.Level.ALARM else look
        yield make("status", report.level.name.lower(), "`portal status`, and When the status is red in the README")


def _ago(age: dt.timedelta) -> str:
    if age < dt.timedelta():
        return "in the future: was the clock set back?"
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


def backups() -> Iterator[Told]:
    held = copies.every()
    if over := [copy for copy in held if copy.over]:
        yield mend("backups", f"{len(over)} are past their days: what was deleted is still in them", _removal(over[-1]))
    newest = copies.newest_whole()
    if away := [copy for copy in held if not copy.folder.is_dir() or not copy.keys.is_dir()]:
        yield look("backups", f"{len(away)} cannot be reached", f"mount their disk; destroyed: {_removal(away[-1])}")
    if newest is None:
        yield mend("backups", "none that is whole", "`portal backup`, each night (`portal units` has a timer)")
        return
    age = clock.now() - newest.made_at
    says = f"the newest was made {_ago(age)}"
    if age > LOST:
        yield mend("backups", says, "`portal backup`; then see why the nightly one does not")
    elif age > NIGHT:
        yield look("backups", says, "did the nightly one fail? `systemctl status portal-backup`")
    else:
        yield good("backups", says)


def _removal(copy: Copy) -> str:
    return f"`portal backup {copy.folder} --gone {copy.name}` if it is destroyed; else the worker removes it"


def signer() -> Iterator[Told]:
    """Who signs the heads of the log: alive, and another than the web."""
    standing = checkpoints.standing()
    fault = sweeps.last("checkpoints")
    if standing.silent:
        yield mend("log", "its head has not been signed for long", "start `portal audit sign`, or the worker")
    elif fault is not None and fault.fault:
        yield mend(
            "log", f"its head is signed with a fault: {fault.fault}", "see the table of `checkpoints` in the README"
        )
    elif standing.good_at is None:
        yield look("log", "its head was not signed yet", "start `portal audit sign`, or the worker")
    else:
        yield good("log", f"its head was signed {_ago(clock.now() - standing.good_at)}")
    if checkpoints.is_webs() or not units.is_signed_apart(config.settings()):
        yield look("log's key", "the web could read it, and sign a log of its own making", "a user of its own: README")
    else:
        yield good("log's key", "of a user of its own")


def syslog() -> Iterator[Told]:
    place = config.settings().checkpoint_syslog
    if not place:
        yield good("syslog", "the signed heads go to a file alone")
        return
    try:
        checkpoints.reach(place)
    except OSError as error:
        yield mend(
            "syslog", f"{place} does not answer: {sweeps.kind(error)}", "is it there, and its certificate trusted?"
        )
    else:
        yield good("syslog", f"{place} answers")
