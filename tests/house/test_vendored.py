"""Others' files are kept unchanged with their licence, and no style or script reaches out of the house."""

import hashlib
import re
from pathlib import Path

import pytest

from portal.assets import load

STATIC = Path(__file__).parents[2] / "static"
VENDOR = STATIC / "vendor"
TYPEFACES = STATIC.parent / "portal" / "documents" / "typefaces"
LISTED = dict(
    reversed(line.split("  ", 1))
    for line in (VENDOR / "CHECKSUMS").read_text().splitlines()
    if line and not line.startswith("#")
)
PACKAGES = [line[2:].split(" ") for line in (VENDOR / "CHECKSUMS").read_text().splitlines() if line.startswith("# ")]


def test_vendored_files_are_as_their_checksums_say():
    kept = {
        p.relative_to(VENDOR).as_posix(): p for folder in VENDOR.iterdir() if folder.is_dir() for p in folder.rglob("*")
    }
    assert {name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in kept.items() if p.is_file()} == LISTED


def test_the_typefaces_of_letters_are_as_their_checksums_say():
    kept = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in TYPEFACES.iterdir() if p.name != "CHECKSUMS"}
    head, *lines = (TYPEFACES / "CHECKSUMS").read_text().splitlines()
    assert head == "# source-sans@3.052 OFL-1.1"
    assert kept == dict(reversed(line.split("  ", 1)) for line in lines)


def test_every_vendored_package_names_its_version_and_carries_its_licence():
    folders = {p.name for p in VENDOR.iterdir() if p.is_dir()}
    named = {package.replace("/", "+").removeprefix("@fontsource-variable+") for package, _licence in PACKAGES}
    assert named == folders
    assert all((VENDOR / f / "LICENSE").stat().st_size > 300 for f in folders)


def test_styles_and_pictures_fetch_nothing_from_outside():
    for path in (*STATIC.rglob("*.css"), *STATIC.rglob("*.svg")):
        text = re.sub(r'xmlns="[^"]*"|/\*.*?\*/', "", path.read_text(), flags=re.S)
        assert not re.search(r"data:|https?:|//|@import|<script|<style|\son\w+=", text), path.name


def test_styles_name_only_files_that_are_there():
    for path in STATIC.rglob("*.css"):
        for target in re.findall(r"url\([\"']?([^\"')]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_a_page_carries_at_most_30_kb_of_styles_and_script():
    """As transferred, without fonts; with its HTML a page is to stay under 60 KB."""
    sent = {
        name: len(asset.compressed or asset.content)
        for name, asset in load(STATIC).items()
        if name == "page.js" or (name.startswith(("css/", "vendor/")) and name.endswith((".css", ".js")))
    }
    assert {"page.js", "css/parts.css", "vendor/htmx.org@4.0.1/htmx.min.js"} <= sent.keys()
    assert sum(sent.values()) <= 30 * 1024


@pytest.mark.parametrize("name", [*sorted(p.name for p in STATIC.glob("*.js")), "css/parts.css", "css/forms.css"])
def test_our_comments_are_not_sent_and_nothing_else_is_missing(name):
    whole, sent = (STATIC / name).read_text(), load(STATIC)[name].content.decode()
    assert not re.search(r"^\s*//|/\*", sent, re.M)
    lines = iter(sent.splitlines())
    assert all(line in lines for line in whole.splitlines() if "//" not in line and "/*" not in line)


def test_others_files_are_sent_as_they_are():
    for name, asset in load(STATIC).items():
        if name.startswith("vendor/"):
            assert asset.content == (STATIC / name).read_bytes(), name
