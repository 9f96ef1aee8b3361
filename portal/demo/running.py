"""Web and worker as children of the demo, which do not outlive it."""

import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from portal import processes
from portal.config import Settings

START_SECONDS = 60
STOP_SECONDS = 15


class Stopped(Exception):
    """A child ended by itself; its log says why."""


class Children:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """`portal NAME`; what it says goes to NAME.log in the data folder."""
        environment = {**os.environ, "PORTAL_DATA": str(self._settings.data), "PORTAL_PORT": str(self._settings.port)}
        with open(self.log_of(name), "ab") as log:
            self._children[name] = subprocess.Popen(  # noqa: S603 our own command
                [sys.executable, "-c", "from portal.cli import main; main()", name],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is answered by the demo, in order
                preexec_fn=processes.end_with_parent,
            )

    def log_of(self, name: str) -> Path:
        return self._settings.data / f"{name}.log"

    def check(self) -> None:
        """Raises Stopped."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise Stopped(f"{name} ended with code {child.returncode}: see {self.log_of(name)}")

    def wait_until_served(self, url: str, authority: Path) -> None:
        """Until `url` answers over TLS that `authority` vouches for. Raises Stopped or TimeoutError."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            try:
                trusted = ssl.create_default_context(cafile=str(authority))
                with urllib.request.urlopen(url, context=trusted, timeout=5):  # noqa: S310 https, our own
                    return
            except urllib.error.HTTPError as error:
                raise Stopped(f"web answers {error.code}: see {self.log_of('serve')}") from error
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("web does not answer")

    def stop(self) -> None:
        """End all, whatever state they are in."""
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
