"""Child processes, which do not outlive their parent nor learn what is not for them, and memory that no file gets a
copy of."""

import ctypes
import os
import pwd
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4  # <sys/prctl.h>
OURS = ("PORTAL_", "CREDENTIALS_DIRECTORY")
"""Settings, and the ways in which the root key is given (`vault.root`)."""


def environment() -> dict[str, str]:
    """This process's environment for a program that must not have the portal's settings, nor its root key."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def end_with_parent() -> None:
    """From here on this process is killed when the process that started it dies, in whatever way.

    An orphan would go on serving, or sweeping, beside the one started in its place. Linux only;
    elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died in between
        os.kill(os.getpid(), signal.SIGKILL)


def name_of(user: int) -> str:
    """As commands take it; the number of a user without a name."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def keep_memory() -> None:
    """From here on this process, which holds keys, leaves no core dump behind, whoever takes them on this machine, and
    no other process of its user reads its memory or its environment. What it forks inherits that; a program that is
    started anew says it again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # a program that takes the dumps is not stopped by that limit
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0)
