"""The bill of materials names everything that is installed or kept, with hashes, and is the same on every machine."""

import collections
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from portal.supply import bundled, lock, sbom, vendored
from portal.supply.bundled import Native
from portal.supply.cli import supply
from portal.supply.lock import Incomplete, Key

BILL = json.loads(sbom.render(lock.read()))
HELD = {component["bom-ref"]: component for component in BILL["components"]}


def test_it_is_cyclonedx():
    assert BILL["bomFormat"] == "CycloneDX"
    assert BILL["specVersion"] == "1.6"
    assert BILL["version"] == 1
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", BILL["serialNumber"])
    assert BILL["metadata"]["component"]["type"] == "application"
    assert all(component["type"] in ("library", "file") for component in BILL["components"])


def test_every_package_of_the_lock_is_in_it_with_all_its_files():
    held = lock.read()
    told = {(one["name"], one["version"]): one for ref, one in HELD.items() if ref.startswith("pkg:pypi/")}
    assert told.keys() == held.packages.keys()
    for key, package in held.packages.items():
        files = [(one["url"], one["hashes"]) for one in told[key]["externalReferences"]]
        assert files == [
            (file.url, [{"alg": "SHA-256", "content": file.hash.removeprefix("sha256:")}]) for file in package.files
        ]


def test_what_only_tests_and_demo_use_is_told_apart():
    scopes = {one["name"]: one["scope"] for one in HELD.values()}
    assert scopes["flask"] == scopes["werkzeug"] == scopes["htmx.org"] == scopes["libpango-1.0-0"] == "required"
    assert scopes["pytest"] == scopes["espeakng-loader"] == "excluded"


def test_every_vendored_file_is_in_it_with_its_hash():
    inside = [file for one in HELD.values() for file in one.get("components", ()) if file["type"] == "file"]
    told = {file["name"]: file["hashes"][0]["content"] for file in inside}
    kept = {
        path.relative_to(lock.ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in vendored.PLACES.values()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("CHECKSUMS", "README.md")
    }
    assert told == kept
    assert HELD["pkg:npm/%40navikt/ds-css@8.16.2"]["licenses"] == [{"license": {"id": "MIT"}}]


def test_what_the_wheels_carry_that_no_lock_names_is_in_it():
    by_name = collections.defaultdict(set)  # one name may be there twice, each for its Python
    for told in HELD.values():
        by_name[told["name"]] |= {one["name"] for one in told.get("components", ())}
    assert {"libavcodec", "libavformat", "libopus", "libmp3lame"} <= by_name["av"]
    assert {"openssl", "asn1"} <= by_name["cryptography"]
    assert {"libfreetype", "libharfbuzz", "libtiff"} <= by_name["pillow"]
    assert "libscipy_openblas64_" in by_name["numpy"]
    assert "rustls" in by_name["granian"]
    assert {"libxml2", "libxslt"} <= by_name["lxml"]


def test_what_is_noted_of_the_wheels_is_what_those_that_are_installed_say():
    """Noted is what the wheels for x86-64 carry; those for other machines may carry other versions."""
    held = lock.read().production
    here, noted = bundled.installed(held), bundled.read()
    assert {key.name for key in here} == {key.name for key in noted}
    if platform.machine() != "x86_64":
        return
    names = [key.name for key in held]
    for key in here:
        if names.count(key.name) == 1:  # else this Python may have another than the one that it was noted on
            assert here[key] == noted[key], f"{key.name}: `portal supply bundled` notes it anew"


def test_what_wheels_carry_is_read_from_their_own_bills_and_from_their_shared_libraries(tmp_path, monkeypatch):
    site = tmp_path / "site"
    held = {
        "demo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        "demo-1.0.dist-info/sboms/demo.cdx.json": json.dumps(
            {
                "components": [
                    {"type": "library", "name": "zlib", "version": "1.3", "purl": "pkg:generic/zlib@1.3"},
                    {"type": "library", "name": "demo", "version": "1.0"},
                ]
            }
        ),
        "demo.libs/libogg-5e6b81c2-0123abcd.so.0.8.5": "",
        "demo.libs/libblas64_-32a4b2a6.so": "",
        "demo/_core.cpython-311-x86_64-linux-gnu.so": "",
        "demo/_rust.abi3.so": "",
        "demo/__init__.py": "",
    }
    for name, content in held.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(content)
    (site / "demo-1.0.dist-info" / "RECORD").write_text("".join(f"{name},,\n" for name in held))
    monkeypatch.syspath_prepend(site)
    found = bundled.installed([Key("demo", "1.0"), Key("absent", "1.0")])
    told = [Native("libblas64_", "", ""), Native("libogg", "0.8.5", ""), Native("zlib", "1.3", "pkg:generic/zlib@1.3")]
    assert found == {Key("demo", "1.0"): told}
    assert bundled.installed([Key("demo", "1.1")]) == {}, "another version is another wheel"
    (tmp_path / "noted.json").write_text(bundled.written(found))
    assert bundled.read(tmp_path / "noted.json") == found


def test_what_is_noted_of_a_package_that_left_the_lock_makes_no_bill(tmp_path, monkeypatch):
    (tmp_path / "bundled.json").write_text(bundled.written({Key("flask", "0.1"): [Native("x", "", "")]}))
    monkeypatch.setattr(bundled.read, "__defaults__", (tmp_path / "bundled.json",))
    with pytest.raises(Incomplete, match=r"flask 0\.1"):
        sbom.render(lock.read())


@pytest.mark.parametrize("content", ["", "[]", '{"flask==1": [1]}', '{"flask": []}'])
def test_a_note_that_is_none_makes_no_bill(tmp_path, content):
    (tmp_path / "bundled.json").write_text(content)
    with pytest.raises(Incomplete):
        bundled.read(tmp_path / "bundled.json")


def test_every_reference_leads_somewhere_and_no_name_is_given_twice():
    refs = [BILL["metadata"]["component"]["bom-ref"], *HELD]
    refs += [file["bom-ref"] for one in HELD.values() for file in one.get("components", ())]
    assert (
        len(refs)
        == len(set(refs))
        == len(BILL["components"]) + 1 + sum(len(one.get("components", ())) for one in BILL["components"])
    )
    told = {entry["ref"]: entry["dependsOn"] for entry in BILL["dependencies"]}
    assert told.keys() == {BILL["metadata"]["component"]["bom-ref"], *HELD}
    assert {ref for needs in told.values() for ref in needs} <= set(refs)


def test_what_production_needs_is_reached_from_the_portal_and_nothing_else():
    told = {entry["ref"]: entry["dependsOn"] for entry in BILL["dependencies"]}
    reached, waiting = set(), [BILL["metadata"]["component"]["bom-ref"]]
    while waiting:
        if (ref := waiting.pop()) not in reached:
            reached.add(ref)
            waiting += told[ref]
    assert {ref for ref, one in HELD.items() if one["scope"] == "required"} == reached & set(HELD)


def test_it_is_the_same_bytes_in_another_process_elsewhere_and_later(tmp_path):
    """With another seed of hashes, another time zone and another folder to stand in."""
    bills = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(lock.ROOT)}
        program = "from portal.cli import main; main()"
        command = [sys.executable, "-c", program, "supply", "sbom"]
        bills.add(subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True).stdout)
    assert len(bills) == 1
    assert json.loads(bills.pop()) == BILL


def test_another_lock_gives_another_serial_number():
    held = lock.read()
    one, *_others = held.packages
    fewer = held._replace(packages={key: p for key, p in held.packages.items() if key != one}, direct=())
    assert json.loads(sbom.render(fewer))["serialNumber"] != BILL["serialNumber"]


def test_it_can_go_into_a_file(tmp_path):
    told = CliRunner().invoke(supply, ["sbom", "--output", str(tmp_path / "bom.json")])
    assert told.exit_code == 0, told.output
    assert json.loads((tmp_path / "bom.json").read_text()) == BILL


@pytest.mark.parametrize("what", ["changed", "missing", "added"])
def test_no_bill_is_made_of_files_that_are_not_what_they_claim(tmp_path, monkeypatch, what):
    folder = tmp_path / "static" / "vendor"
    shutil.copytree(vendored.PLACES["npm"], folder)
    script = folder / "htmx.org@4.0.1" / "htmx.min.js"
    if what == "changed":
        script.write_text(script.read_text() + "\n")
    elif what == "missing":
        script.unlink()
    else:
        (script.parent / "more.js").write_text("1")
    monkeypatch.setattr(vendored, "PLACES", {"npm": folder})
    monkeypatch.setattr(vendored, "ROOT", tmp_path)
    with pytest.raises(Incomplete, match="is not as CHECKSUMS says"):
        vendored.read()
    told = CliRunner().invoke(supply, ["sbom"])
    assert told.exit_code == 1
    assert "is not as CHECKSUMS says" in told.output
    assert "bomFormat" not in told.output
