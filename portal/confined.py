"""Native code runs in a process of its own: it holds no secret, writes no file, reaches nothing, and may die.

FFmpeg and Pango are fed with what came from outside. The parent starts `python -m MODULE` with one Unix
socket (messages with borders); the child confines itself before it looks at anything.
"""

import abc
import contextlib
import ctypes
import enum
import errno
import importlib
import io
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import portal
from portal import config

MEMORY = 1 << 30
CPU_SECONDS = 300
OPEN_AT_ONCE = 32
NONE = (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)
CLONE_THREAD = 0x10000
"""<linux/sched.h>"""
PR_GET_SECCOMP, FILTERED = 21, 2
"""<linux/prctl.h>: what the kernel says itself."""

FORBIDDEN = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev"),
    *("pidfd_open", "pidfd_getfd", "bpf", "keyctl", "add_key", "request_key", "userfaultfd", "perf_event_open"),
    *("mount", "umount2", "unshare", "setns", "chroot", "pivot_root"),
    *("mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "truncate"),
    *("link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "chmod", "fchmodat", "chown", "fchownat"),
    *("creat", "openat2", "open_by_handle_at", "shmget", "msgget", "semget", "mq_open"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"),
)
"""System calls that neither letters nor sound need. io_uring would open sockets without the call of that name;
openat2 hides in memory what a file is opened for."""

OPENING = {"open": 1, "openat": 2}
"""Calls that open a file by its name, and which argument says what for."""
TO_WRITE = ((os.O_ACCMODE, os.O_WRONLY), (os.O_ACCMODE, os.O_RDWR), (os.O_CREAT,) * 2, (os.O_TRUNC,) * 2)
"""Mask and value of that argument: an empty file is made, and a full one emptied, whatever RLIMIT_FSIZE is."""
KEYS_OF_A_TERMINAL = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX of <asm-generic/ioctls.h>: they type into the terminal that a program was started from."""

LATE = (
    *("av.audio.codeccontext", "av.audio.stream", "av.video.codeccontext", "av.video.stream"),
    *("av.subtitles.codeccontext", "av.subtitles.stream"),
)
"""What PyAV loads when it first meets such a stream."""

UNSTARTED = 78
"""A child's exit code when it could not begin: sysexits' EX_CONFIG."""
LIMITS = "limits"
"""The setting `confinement`, and what a child is told of it: go on where no call can be taken away."""


class NotConfined(OSError):
    """The child could not give up what it must: nothing is given to it. The machine's fault, not the file's."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSYS, "libseccomp or a right of the system is missing")


def start(module: str, patience_seconds: float) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The child and our end of its line; reading from it gives up with TimeoutError after that long."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        child = subprocess.Popen(  # noqa: S603 our own module, no shell
            [sys.executable, "-B", "-m", module, *_told(), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=Path(portal.__file__).parent.parent,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},  # no secret of the worker's
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ours.settimeout(patience_seconds)
    return child, ours


def _told() -> list[str]:
    with contextlib.suppress(config.ConfigError):  # where there is no data folder, the stricter of the two
        return [LIMITS] if config.settings().confinement == LIMITS else []
    return []


def check_started(child: subprocess.Popen[bytes]) -> None:
    """Call when the line to `child` broke. Raises NotConfined when it never began."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        if child.wait(timeout=5) == UNSTARTED:
            raise NotConfined


def main(
    serve: Callable[[socket.socket], None],
    *,
    memory: int = MEMORY,
    opens: bool = False,
    given: int = 0,
    late: Iterable[str] = (),
) -> None:
    """The child's whole life: no core dump (it would hold what was recorded or written), no file written, and none
    opened unless it `opens` some to read them, nothing reached but its line, bounded memory (bytes of address
    space). What serves must have been loaded before; `late` are modules that would be when first needed.
    Over its line it is `given` so many open files at a time; there is room for no other, nor for a socket.
    Where all that cannot be had it ends with UNSTARTED; if the setting says so, it goes on with the bounds alone."""
    bounds = (*((limit, 0) for limit in NONE), (resource.RLIMIT_NOFILE, OPEN_AT_ONCE), (resource.RLIMIT_AS, memory))
    for limit, value in bounds:
        hard = resource.getrlimit(limit)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (most, most))
    try:
        for module in late:
            importlib.import_module(module)
    except Exception:
        sys.exit(UNSTARTED)
    try:
        go_offline(opens=opens)
    except Exception:
        if LIMITS not in sys.argv[1:-1]:
            sys.exit(UNSTARTED)
    handle = int(sys.argv[-1])
    with socket.socket(fileno=handle if opens else _alone(handle, given)) as line:
        serve(line)


def _alone(handle: int, given: int) -> int:
    """`handle` under the lowest number there is, with nothing open above it and room for no more than is `given`."""
    number = min(os.dup(handle), handle)
    os.closerange(number + 1, max(handle + 1, OPEN_AT_ONCE))
    room = number + 1 + given
    resource.setrlimit(resource.RLIMIT_NOFILE, (room, room))
    return number


def go_offline(*, opens: bool = False) -> None:
    """Take the calls in FORBIDDEN away from this process, for good: they fail with EPERM. So does opening a file;
    if it `opens` some, opening one to write.

    Raises an exception where the kernel or libseccomp cannot: then nothing may be served.
    """
    import pyseccomp

    libc = ctypes.CDLL(None)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.CTL_NNP, 1)
    refused = pyseccomp.ERRNO(errno.EPERM)
    for name in FORBIDDEN:
        rules.add_rule(refused, name)
    # A new process, not a new thread; clone3 hides its flags in memory, and libc falls back when there is none.
    rules.add_rule(refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for name, place in OPENING.items():
        if not opens:
            rules.add_rule(refused, name)
            continue
        for mask, value in TO_WRITE:
            rules.add_rule(refused, name, pyseccomp.Arg(place, pyseccomp.MASKED_EQ, mask, value))
    for request in KEYS_OF_A_TERMINAL:  # the kernel looks at the lower half of what is asked for
        rules.add_rule(refused, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    rules.add_rule(refused, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))  # another's limits
    for limit in (*NONE, resource.RLIMIT_AS):  # and its own are not raised, be it root
        rules.add_rule(refused, "setrlimit", pyseccomp.Arg(0, pyseccomp.EQ, limit))
        rules.add_rule(refused, "prlimit64", pyseccomp.Arg(1, pyseccomp.EQ, limit), pyseccomp.Arg(2, pyseccomp.NE, 0))
    rules.load()
    if libc.prctl(PR_GET_SECCOMP) != FILTERED:
        raise NotConfined


def allow_next(seconds: int = CPU_SECONDS) -> None:
    """That many CPU seconds more from now, for the next order; who uses them up is killed (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))


class Standing(enum.StrEnum):
    HELD = "held"
    REFUSED = "refused"
    """The system cannot: decoders and the typesetter get no work."""
    LOOSE = "loose"
    """It cannot, and they work all the same: the setting says so."""


STANDS = b"stands"
PATIENCE_SECONDS = 60
_held = False


def standing() -> Standing:
    """Whether this machine can confine a child, as one of them found out for real. A good answer is remembered."""
    global _held
    if not _held:
        child, line = start("portal.confined", PATIENCE_SECONDS)
        try:
            with line, contextlib.suppress(OSError):
                _held = line.recv(len(STANDS)) == STANDS
        finally:
            child.kill()
            child.wait()
    if _held:
        return Standing.HELD
    return Standing.LOOSE if config.settings().confinement == LIMITS else Standing.REFUSED


def _stand(line: socket.socket) -> None:
    """In the child: silence, unless each of these is refused."""
    for tried in (socket.socket, lambda: os.open(os.devnull, os.O_RDONLY), os.fork):
        try:
            tried()
        except PermissionError:
            continue
        except OSError:
            pass
        os._exit(1)
    line.send(STANDS)


class Placed(io.RawIOBase, abc.ABC):
    """A seekable file whose bytes are had by place."""

    def __init__(self, size: int) -> None:
        self.size, self._place = size, 0

    @abc.abstractmethod
    def piece(self, place: int, length: int) -> bytes:
        """At most `length` bytes from `place` on; none at the end."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what it is called with
        block = self.piece(self._place, len(buffer))
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


if __name__ == "__main__":
    main(_stand)
