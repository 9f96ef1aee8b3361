"""The typefaces of letters, and no others: what a machine happens to have installed changes no letter.

Source Sans 3 is set; DejaVu Sans stands in for a sign that it lacks, since text in no font at all ends
the process.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import fontpkg_source_sans_3

OWN = Path(fontpkg_source_sans_3.__file__).parent / "files"
STAND_IN = Path("/usr/share/fonts/truetype/dejavu")
"""Where Debian's fonts-dejavu-core puts it."""
FILES = (
    OWN / "SourceSans3[wght].ttf",
    OWN / "SourceSans3-Italic[wght].ttf",
    STAND_IN / "DejaVuSans.ttf",
    STAND_IN / "DejaVuSans-Bold.ttf",
)


@contextlib.contextmanager
def only() -> Iterator[None]:
    """Whoever loads Fontconfig meanwhile sees FILES only. Keeps no file.

    Raises FileNotFoundError naming the first of FILES that is missing.
    """
    for file in FILES:
        file.stat()
    with tempfile.NamedTemporaryFile("w", prefix="fonts-", suffix=".conf") as setting:
        setting.write(_setting())
        setting.flush()
        had = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = setting.name
        try:
            yield
        finally:
            if had is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = had


def _setting() -> str:
    folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in (OWN, STAND_IN))
    # In a glob, brackets would be a class of characters.
    globs = (str(file).replace("[", "?").replace("]", "?") for file in FILES)
    accepted = "".join(f"<acceptfont><glob>{escape(glob)}</glob></acceptfont>" for glob in globs)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{folders}<selectfont>{accepted}<rejectfont><glob>*</glob></rejectfont></selectfont>"
        "<config><rescan><int>0</int></rescan></config></fontconfig>"
    )
