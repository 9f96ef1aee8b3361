"""`portal demo`: a whole portal to try, filled with spoken calls. Everything in it is invented."""

import dataclasses
import json
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
import pyotp
import segno

from portal import certificate, clock, config, db
from portal.config import Settings
from portal.demo import cases, checks, described, disclosures, figures, granted, heard, searches
from portal.demo.faults import Growing
from portal.demo.register import Access, Filling, Manifest, open_register, papers, people
from portal.demo.running import Children, Stopped
from portal.retention import reconcile
from portal.start import prepare

FIRST = "karin"
"""Whose second factor is shown as a QR code."""


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=".demo", help="The demo's data folder.")
@click.option("--port", type=click.IntRange(1, 65535), default=8443)
@click.option("--calls", type=click.IntRange(1, 20_000), default=300, help="How many calls a new register gets.")
@click.option("--json", "as_json", is_flag=True, help="When ready, print one line of JSON and nothing else.")
@click.option("--code", metavar="USERNAME", help="Print that person's code of this moment, and end.")
def demo(data: Path, port: int, calls: int, as_json: bool, code: str | None) -> None:
    """Fill a register, start web and worker, and say how to sign in. Ends with Ctrl-C or SIGTERM.

    A later start with the same data folder goes on with what is there.
    """
    data = data.absolute()
    manifest = Manifest(data)
    if code:
        click.echo(_code(manifest, code))
        return
    settings = _settings(data, port)
    _refuse_others(settings, manifest)
    signal.signal(signal.SIGTERM, _end)
    _run(settings, manifest, calls, as_json)


def _run(settings: Settings, manifest: Manifest, calls: int, as_json: bool) -> None:
    def tell(text: str) -> None:
        if not as_json:
            click.echo(text)

    growing: Growing | None = None
    children = Children(settings)
    try:
        fresh = not manifest.full
        if fresh:
            _begin(settings, manifest)
        else:
            prepare(settings)
        db.db.close()  # no child inherits a connection
        authority = certificate.ensure(settings).authority
        assert authority is not None
        url = f"https://localhost:{settings.port}"
        children.start("serve")
        children.start("worker")
        if fresh:
            growing = _fill(settings, calls, children.check, tell)
            manifest.full = True
            manifest.save()
        children.wait_until_served(f"{url}/accounts/sign-in", authority)
        if as_json:
            ready = {"url": url, "ca": str(authority), "accounts": [dataclasses.asdict(a) for a in manifest.accounts]}
            print(json.dumps(ready, ensure_ascii=False), flush=True)
        else:
            _welcome(url, authority, settings, manifest.accounts)
        while True:
            children.check()
            time.sleep(1)
    except (Stopped, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if growing is not None:
            growing.hang_up()
        children.stop()


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _settings(data: Path, port: int) -> Settings:
    """The demo looks into its inbox more often than a real portal needs to."""
    toml = data / "portal.toml"
    if not toml.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        toml.write_text("inbox_seconds = 2\nsettle_seconds = 2\n")
    return config.use(dataclasses.replace(config.load(data), port=port))


def _refuse_others(settings: Settings, manifest: Manifest) -> None:
    if settings.database.exists() and not manifest.exists:
        raise click.ClickException(f"{settings.data} holds a register that is not a demo's: name another folder")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(f"port {settings.port} is in use: name another with --port") from error


def _begin(settings: Settings, manifest: Manifest) -> None:
    """Make the register anew; one whose filling was cut off is thrown away."""
    if manifest.exists:
        for name in ("inbox", "keystore", "objects", "threat", "ledger", "secrets", "tls"):
            shutil.rmtree(settings.data / name, ignore_errors=True)
        for file in settings.data.glob("*.db*"):
            file.unlink()
    manifest.accounts = []
    manifest.save()
    prepare(settings)
    manifest.accounts = people()
    manifest.save()


def _fill(settings: Settings, calls: int, alive: Callable[[], None], tell: Callable[[str], None]) -> Growing:
    tell(f"Speaking {calls} calls and bringing them in. This is done once.")
    filling = Filling(settings, calls, tell)
    growing = filling.deliver()
    try:
        open_register(settings)
        filling.wait(alive)
        filling.annotate()
        filling.threats()
        cases.tell()
        disclosures.tell()
        granted.later()
        described.tell()
        heard.tell()
        searches.tell()
        papers()
        figures.count()
        reconcile.reconcile()  # the worker's first one saw the details of calls that had not come in yet
        checks.tell()
    except BaseException:
        growing.hang_up()
        raise
    return growing


def _code(manifest: Manifest, username: str) -> str:
    for account in manifest.accounts:
        if account.username == username:
            return pyotp.TOTP(account.totp_secret).at(clock.now())
    raise click.ClickException("the demo has no such person")


def _welcome(url: str, authority: Path, settings: Settings, accounts: list[Access]) -> None:
    first = next(account for account in accounts if account.username == FIRST)
    address = pyotp.TOTP(first.totp_secret).provisioning_uri(name=first.username, issuer_name="Portal demo")
    click.echo(f"\nThe portal is open: {url}\n")
    click.echo(f"{'user name':10} {'password':28} {'role':11} second factor")
    for account in accounts:
        roles = ", ".join(account.roles)
        click.echo(f"{account.username:10} {account.password:28} {roles:11} {account.totp_secret}")
    click.echo(
        f"""
Signing in asks for a code as well: add the second factor to an authenticator app, by typing it
or, for {first.username}, with the QR code below; or ask for a code here, which is good for half a minute:

    {sys.argv[0]} demo --data {settings.data} --code {first.username}
"""
    )
    segno.make(address, micro=False).terminal(compact=True)
    click.echo(
        f"""
Grave acts (a hold, a right, a list as a file, another password) ask again when the last code is more than
{settings.proof_minutes} minutes old: give the next one. A code is good once.

A security key in place of codes is added under Mitt konto: one in the USB port, the telephone, the computer itself, or
one that Chromium plays (developer tools, More tools, WebAuthn: enable it and add an authenticator). Keep to the name
localhost, which keys are bound to.

The certificate is made on this machine, so a browser warns the first time. To be rid of the
warning, let the browser trust {authority}

All people, numbers and calls are invented. Ctrl-C ends it; the next start goes on with the same register."""
    )
