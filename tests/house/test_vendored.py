"""Others' files are kept unchanged with their licence, and no style or script reaches out of the house."""

import hashlib
import re
from pathlib import Path

import pytest

from portal.assets import load
from tests import calls
from tests.recordings.hearing import opened

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


def delivered(client, page) -> dict[str, int]:
    """The bytes that a browser is sent of each style and script which the page names."""
    named = re.findall(r'<(?:link rel="stylesheet" href|script [^>]*?src)="([^"]+)"', page.text)
    answers = {address: client.get(address, headers={"Accept-Encoding": "gzip"}) for address in named}
    assert {answer.content_encoding for answer in answers.values()} == {"gzip"}
    return {address.split("?")[0]: len(answer.data) for address, answer in answers.items()}


def test_a_page_carries_at_most_30_kb_of_styles_and_script_and_its_own_tools_at_most_15(as_, people):
    """As delivered, without fonts. The bare page has what all have; the list of calls and the player have the most."""
    client = as_(people.adviser)
    call = calls.recording(people.daycare)
    bare = delivered(client, client.get("/accounts/me"))
    assert {"/static/page.js", "/static/css/parts.css", "/static/vendor/htmx.org@4.0.1/htmx.min.js"} <= bare.keys()
    assert sum(bare.values()) <= 30 * 1024
    for path, name in (("/recordings/", "finding.js"), (opened(client, call), "player.js")):
        tools = {file: size for file, size in delivered(client, client.get(path)).items() if file not in bare}
        assert f"/static/{name}" in tools
        assert sum(tools.values()) <= 15 * 1024, path


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
