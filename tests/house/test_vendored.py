"""Others' files are kept unchanged with their licence, and no style or script reaches out of the house."""

import hashlib
import re
from pathlib import Path

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
    """As transferred (gzip), without fonts; with its HTML a page is to stay under 60 KB."""
    import gzip

    shared = [*STATIC.glob("css/*.css"), STATIC / "page.js", *VENDOR.rglob("*.css"), *VENDOR.rglob("*.js")]
    assert sum(len(gzip.compress(p.read_bytes(), 6)) for p in shared) <= 30 * 1024
