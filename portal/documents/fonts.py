"""The typefaces of letters, and no others: what a machine happens to have installed changes no letter.

Source Sans 3 is set; DejaVu Sans stands in for a sign that it lacks, since text in no font at all ends
the process.
"""

import os
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


def use() -> None:
    """Make this process see FILES only; before Fontconfig is first loaded. Writes no file.

    Raises FileNotFoundError naming the first that is missing.
    """
    for file in FILES:
        file.stat()
    folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in (OWN, STAND_IN))
    # Globs read brackets as classes.
    globs = (str(file).replace("[", "?").replace("]", "?") for file in FILES)
    accepted = "".join(f"<acceptfont><glob>{escape(glob)}</glob></acceptfont>" for glob in globs)
    setting = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{folders}<selectfont>{accepted}<rejectfont><glob>*</glob></rejectfont></selectfont>"
        "<config><rescan><int>0</int></rescan></config></fontconfig>"
    )
    handle = os.memfd_create("fonts")
    os.write(handle, setting.encode())
    os.environ["FONTCONFIG_FILE"] = f"/proc/self/fd/{handle}"
