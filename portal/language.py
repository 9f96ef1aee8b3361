"""Swedish is the source, Finnish the catalogue. `N_` marks a text where no request is at hand.

`python -m portal.language` brings the catalogue up to date with the texts of code and templates.
"""

import io
import os
from collections.abc import Callable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from portal.config import ConfigError

LANGUAGES = ("sv", "fi")
CATALOGUES = Path(__file__).parent / "translations"
ROOT = Path(__file__).parent.parent
KEYWORDS = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext")),
    **dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2)),
}
CHANGING = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Project-Id-",
    "Report-",
    "Language-Team",
)
"""Header lines that would differ at every update."""


def N_(text: str) -> str:
    """Mark `text` for the catalogue; it is translated where it is shown."""
    return text


def translator(language: str) -> Callable[[str], str]:
    """Gives source texts in `language`, where there is no request: the worker's and the command line's gettext."""
    if language == "sv":
        return N_
    compile_catalogues()
    found: Callable[[str], str] = Translations.load(CATALOGUES, [language]).gettext
    return found


def compile_catalogues() -> None:
    """Make the .mo files that are older than their .po (they are not kept in the repository).

    Raises ConfigError where the code is another user's: `make install` is what makes them then.
    """
    for source in CATALOGUES.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        scratch = target.with_suffix(f".mo.{os.getpid()}")  # several web processes start at once
        try:
            with scratch.open("wb") as file:
                write_mo(file, catalogue)
            scratch.replace(target)
        except OSError as error:
            raise ConfigError("the code is newer than what `make install` made of it: run that") from error


def texts() -> Catalog:
    """Every text that people read, as code and templates have it now."""
    found = Catalog(locale="sv")
    for folder, method in (("portal", "python"), ("tasks", "python"), ("templates", "jinja2")):
        pattern = "**.html" if method == "jinja2" else "**.py"
        options = {pattern: {"silent": "false"}}
        rows = extract_from_dir(ROOT / folder, [(pattern, method)], options, keywords=KEYWORDS, comment_tags=("NOTE:",))
        for name, _line, message, comments, _context in rows:
            found.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments)
    return found


def update_catalogue(language: str = "fi") -> list[str]:
    """Write the catalogue of `language` anew: the texts of now, sorted, each with the translation it
    had. A text no longer used is dropped. Returns the texts that still have no translation."""
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    had = Catalog()
    if path.exists():
        with path.open("rb") as file:
            had = read_po(file)
    new = Catalog(locale=language, header_comment="", charset="utf-8", fuzzy=False)
    for message in texts():
        if message.id:
            before = had.get(message.id if isinstance(message.id, str) else message.id[0])
            same_form = before is not None and before.pluralizable == message.pluralizable
            new.add(
                message.id,
                before.string if before is not None and same_form else None,
                locations=message.locations,
                auto_comments=message.auto_comments,
                user_comments=before.user_comments if before is not None else (),
            )
    written = io.BytesIO()
    write_po(written, new, width=120, sort_output=True, include_lineno=False)
    lines = written.getvalue().decode().lstrip().splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in CHANGING))))
    return sorted(str(m.id) for m in new if m.id and not _translated(m))


def _translated(message: Message) -> bool:
    said = message.string
    return bool(said) if said is None or isinstance(said, str) else all(said)


if __name__ == "__main__":
    for text in update_catalogue():
        print(text)
