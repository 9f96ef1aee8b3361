"""A list of staff as a file: which columns there are, and how hostile or careless files are read.

The file comes from another system and a spreadsheet program: UTF-8 or Latin-1, semicolons, commas or tabs between.
Nothing in it is run, kept or believed before it has been looked at.
"""

import csv
import dataclasses
import io
import unicodedata

from portal.cases import personal_codes
from portal.errors import Invalid
from portal.language import N_

MOST_BYTES = 1 << 20
MOST_ROWS = 5000
MOST_SIGNS = 200
"""Of one cell."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that a spreadsheet program would run (OWASP, CSV injection)."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "username": ("användarnamn", "käyttäjätunnus", "username"),
    "name": ("namn", "nimi", "name"),
    "unit": ("enhet", "yksikkö", "unit"),
    "language": ("språk", "kieli", "language"),
    "extension": ("anknytning", "alanumero", "extension"),
    "numbers": ("telefon", "puhelin", "phone"),
    "left": ("slutat", "lopettanut", "left"),
}
"""What a column may be called; the first is the Swedish, the second the Finnish template's."""
NEEDED = ("username", "name", "unit")

YES = ("ja", "kyllä", "yes", "x", "1")
NO = ("", "nej", "ei", "no", "0")


class NotText(Invalid):
    text = N_(
        "Filen är ingen textfil. Spara listan som CSV i kalkylprogrammet (UTF-8, med semikolon emellan) och välj den."
    )


class TooBig(Invalid):
    """`rows` at most."""

    text = N_("Listan är för lång: högst %(rows)s rader och 1 MB åt gången. Dela den.")


class NoColumns(Invalid):
    """`missing`: their names, with commas between."""

    text = N_("Den första raden ska ha kolumnernas namn. Det här saknas: %(missing)s.")


class ColumnTwice(Invalid):
    text = N_("Två kolumner har samma namn: %(name)s.")


class NoRows(Invalid):
    text = N_("Listan har inga personer. Kontrollera att det är rätt fil.")


class CodeInList(Invalid):
    """In `line` of the file. Nothing of the file was kept."""

    text = N_("På rad %(line)s finns en personbeteckning. Ta bort den ur listan; inget av filen sparades.")


class Torn(Invalid):
    """A quotation mark that is never closed, at `line`."""

    text = N_("Filen går inte att läsa efter rad %(line)s. Kontrollera citattecknen där.")


@dataclasses.dataclass(frozen=True)
class Listed:
    """A row as it stands in the file, cells stripped. A column that the file does not have is None: nothing is said
    of it, and what the register has stays."""

    line: int
    username: str
    name: str
    unit: str
    language: str | None
    extension: str | None
    numbers: str | None
    left: str | None
    ragged: bool = False
    """It has more or fewer cells than there are columns."""


def read(content: bytes) -> tuple[list[Listed], list[str]]:
    """The rows of the file, and the names of the columns that were not looked at.

    Raises NotText, TooBig, NoColumns, ColumnTwice, NoRows, CodeInList, Torn.
    """
    if len(content) > MOST_BYTES:
        raise TooBig(rows=MOST_ROWS)
    text = _text(content)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=head.count), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, [_cell(cell) for cell in cells]))
            line = reader.line_num + 1
            if len(rows) > MOST_ROWS + 1:
                raise TooBig(rows=MOST_ROWS)
    except csv.Error as error:
        raise Torn(line=line) from error
    for number, cells in rows:
        if any(personal_codes.holds(cell) for cell in cells):
            raise CodeInList(line=number)
    places, ignored = _columns(rows[0][1] if rows else [])
    width = len(rows[0][1])
    listed = [_listed(number, _trimmed(cells, width), places, width) for number, cells in rows[1:] if any(cells)]
    if not listed:
        raise NoRows
    return listed, ignored


def template(language: str) -> list[str]:
    """The columns' names."""
    return [names[1 if language == "fi" else 0] for names in COLUMNS.values()]


def is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if any(unicodedata.category(sign) == "Cc" and sign not in "\r\n\t" for sign in text):  # UTF-16, a workbook
        raise NotText
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cell(cell: str) -> str:
    """Composed letters, no apostrophe that only kept a spreadsheet program from running it."""
    cell = unicodedata.normalize("NFC", cell).strip()
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Without the empty cells that spreadsheet programs leave at the end."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def _columns(head: list[str]) -> tuple[dict[str, int], list[str]]:
    named = {name: column for column, names in COLUMNS.items() for name in names}
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(head):
        column = named.get(cell.casefold())
        if column is None:
            ignored.append(cell[:40])
        elif column in places:
            raise ColumnTwice(name=cell)
        else:
            places[column] = place
    if missing := ["/".join(COLUMNS[column][:2]) for column in NEEDED if column not in places]:
        raise NoColumns(missing=", ".join(missing))
    return places, [name for name in ignored if name]


def _listed(line: int, cells: list[str], places: dict[str, int], width: int) -> Listed:
    def cell(column: str) -> str | None:
        place = places.get(column)
        return cells[place] if place is not None and place < len(cells) else None

    return Listed(
        line=line,
        username=(cell("username") or "").lower(),
        name=cell("name") or "",
        unit=(cell("unit") or "").upper(),
        language=cell("language"),
        extension=cell("extension"),
        numbers=cell("numbers"),
        left=cell("left"),
        ragged=len(cells) != width,
    )
