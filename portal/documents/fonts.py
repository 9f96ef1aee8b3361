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

OWN = Path(__file__).parent / "typefaces"
"""Source Sans 3.052 as Adobe publishes it. One file a weight: out of a variable font the engine
would cut the weights anew for each letter, which is half the work of a letter."""
STAND_IN = Path("/usr/share/fonts/truetype/dejavu")
"""Where Debian's fonts-dejavu-core puts it."""
FILES = (
    *(OWN / f"SourceSans3-{style}.ttf" for style in ("Regular", "It", "Semibold", "Bold")),
    *(STAND_IN / f"DejaVuSans{style}.ttf" for style in ("", "-Bold")),
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
    accepted = "".join(f"<acceptfont><glob>{escape(str(file))}</glob></acceptfont>" for file in FILES)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{folders}<selectfont>{accepted}<rejectfont><glob>*</glob></rejectfont></selectfont>"
        "<config><rescan><int>0</int></rescan></config></fontconfig>"
    )
