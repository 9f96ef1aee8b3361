"""The README's table of settings is the settings."""

import dataclasses
import re
from pathlib import Path

from portal.config import Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


def _rows() -> dict[str, str]:
    table = README.split("## Settings")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", table, re.MULTILINE))


def test_every_setting_has_its_line_and_no_other_has():
    assert list(_rows()) == [field.name for field in dataclasses.fields(Settings)]


def test_the_defaults_are_those_of_the_code():
    rows = _rows()
    for field in dataclasses.fields(Settings):
        if field.default is dataclasses.MISSING:
            continue
        default = field.default if isinstance(field.default, tuple) else (field.default,)
        told = "none" if default in ((None,), ("",)) else ", ".join(f"`{value}`" for value in default)
        if "|" in told:  # no table can hold them
            told = f"{len(default)} {field.name.rpartition('_')[2]}"
        assert rows[field.name] == told, field.name
