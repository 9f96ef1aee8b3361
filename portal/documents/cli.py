"""`portal document`: letters and protocols from the operator's side."""

import dataclasses
import datetime as dt
import json
import os
import sys
from pathlib import Path

import click

from portal import clock, config, db
from portal.documents import samples, seal, verification
from portal.documents.press import Press, Unset
from portal.documents.verification import Finding, Seal


@click.group()
def document() -> None:
    """Letters and protocols as PDF."""


@document.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--roots",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM certificates of trusted authorities, instead of the setting seal_roots.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(file: Path, roots: Path | None, as_json: bool) -> None:
    """Say who sealed FILE and when, whether a byte changed, and whether the register holds it.

    Exit code 0: genuine; the seal holds and leads to a trusted root, or the register holds these very bytes.
    1: refused; altered, added to, sealed by somebody not trusted or with a certificate not valid then.
    3: unproven; nothing speaks against the file, and nothing for it. 2: FILE cannot be opened. 78: the settings
    are wrong.

    Works on any machine: without PORTAL_DATA no register is asked, and --roots names the authorities.
    """
    settings = _settings()
    named = roots or (settings.seal_roots if settings else None)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.UsageError("FILE cannot be read") from error
    found = verification.verify(content, seal.roots(named) if named else None, register=_open(settings))
    click.echo(json.dumps(_plain(found)) if as_json else _text(found))
    sys.exit(found.verdict.value)


@document.command("samples")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def write_samples(folder: Path) -> None:
    """Write every kind of document in both languages to DIR, with invented data: short, long and odd.

    Needs no register. Files of the same name in DIR are replaced. Exit code 1: one could not be set.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    with Press() as press:
        for sample in samples.every():
            try:
                printed = press.set(sample.order)
            except Unset as unset:
                failed = True
                click.echo(f"{sample.name}: {unset.code} {unset.where}", err=True)
                continue
            (folder / f"{sample.name}.pdf").write_bytes(printed.pdf)
            click.echo(f"{sample.name}.pdf  {printed.pages} p., {len(printed.pdf) / 1000:.0f} kB")
    sys.exit(failed)


def _settings() -> config.Settings | None:
    """None when no data folder is named; one that is named must be right."""
    try:
        return config.settings()
    except config.ConfigError:
        if os.environ.get("PORTAL_DATA"):
            raise
        return None


def _open(settings: config.Settings | None) -> bool:
    """Whether there is a register that can tell; then it is open."""
    if settings is None or not settings.database.exists():
        return False
    db.bind(settings)
    return not db.pending()


def _plain(found: Finding) -> dict[str, object]:
    plain = dataclasses.asdict(found) | {"verdict": found.verdict.name.lower()}
    told: dict[str, object] = json.loads(json.dumps(plain, default=dt.datetime.isoformat))
    return told


FAULTS = {
    "Unreadable": "the file cannot be read, and holds traces of a seal: it was altered",
    "Hidden": "the file holds traces of a seal that it no longer shows: it was altered",
    "TooLarge": "the file holds traces of a seal, and is too large to be a letter of ours",
}
TRUST = {
    True: "yes, leads to a trusted root",
    False: "NO, leads to no trusted root",
    None: "not judged: no roots are named",
}


def _text(found: Finding) -> str:
    lines = [found.verdict.name]
    if found.fault:
        lines.append("fault:       " + FAULTS[found.fault])
    elif not found.seals:
        lines.append("seal:        none")
    for one in found.seals:
        lines += _told(one, found.size)
    lines.append(f"sha256:      {found.sha256}")
    if found.registered:
        known = found.registered
        lines.append(f"register:    {known.kind} {known.id}, locked {_moment(known.locked_at)}")
    else:
        lines.append("register:    " + ("does not hold these bytes" if found.register_asked else "not asked"))
    return "\n".join(lines)


def _told(one: Seal, size: int) -> list[str]:
    return [
        f"sealed by:   {_printable(one.sealed_by)}",
        f"issued by:   {_printable(one.issuer)}",
        f"certificate: {one.certificate}",
        f"sealed at:   {_moment(one.sealed_at)}, by the sealer's clock",
        f"intact:      {'yes' if one.intact else 'NO, altered since it was sealed'}",
        f"whole file:  {'yes' if one.whole else f'NO, covers {one.covered} of {size} bytes'}",
        f"trusted:     {TRUST[one.trusted]}",
        f"valid then:  {'yes' if one.valid_then else 'NO, the certificate was not valid at that time'}",
    ]


def _printable(text: str) -> str:
    """A name out of a file that anybody may have made must not move the cursor."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _moment(moment: dt.datetime | None) -> str:
    return clock.local(moment).isoformat(sep=" ", timespec="seconds") if moment else "not said"
