"""The typesetter as a process of its own: `python -m portal.documents.typesetter`.

Pango and HarfBuzz are native code fed with words that people wrote; they may die or swell without taking
worker or web down. The child holds no secret, writes no file, opens no socket (`portal.confined`), and
fetches nothing but what the letter itself carries as data.

What is said on the line stands in `press`.
"""

import base64
import datetime as dt
import hashlib
import io
import json
import logging
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

import jinja2
from babel.support import NullTranslations, Translations

from portal import confined, spelling
from portal.documents import fonts, signs
from portal.documents.press import HEAD, ORDER, PIECE, PRINTED, UNSET
from portal.language import CATALOGUES, LANGUAGES

MEMORY = 3 << 29
"""Bytes of address space; most of it is libraries and never touched."""
CPU_SECONDS = 300
"""For one document: a log extract of 5,000 lines takes 80 (and 1.0 GB for that long)."""
TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "documents"
STYLE = TEMPLATES / "letter.css"

# PDF/UA-1 beside PDF/A-2: the identifier that WeasyPrint leaves out when PDF/A is asked for, and the
# description of its schema that PDF/A wants (ISO 14289-1, 5; ISO 19005-2, 6.6.2.3.3).
UA = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    b'<rdf:li rdf:parseType="Resource"><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/'
    b"</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema><pdfaSchema:property><rdf:Seq>"
    b'<rdf:li rdf:parseType="Resource"><pdfaProperty:category>internal</pdfaProperty:category>'
    b"<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>"
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)

END_OF_XMP = b"</rdf:RDF>"


class Unfit(Exception):
    """The letter cannot be set as it is; the text is the code, and `where` names place and kind, no content."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.where = where


def _instant(value: Any) -> Any:
    """A day or an instant out of its ISO form; what is none of them as it is."""
    if not isinstance(value, str):
        return value
    return dt.date.fromisoformat(value) if len(value) == 10 else dt.datetime.fromisoformat(value)


def _month(value: str, language: str) -> str:
    """'2026-10' as 'oktober 2026', 'lokakuu 2026'."""
    from babel.dates import format_date

    year, month = value.split("-")
    return format_date(dt.date(int(year), int(month), 1), "LLLL y", locale=language)


def picture(svg: str) -> str:
    """The address of an SVG as data: an image of its own, whatever it says it cannot touch the letter."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def environment(language: str) -> jinja2.Environment:
    """What the templates of letters see, in `language`. Every value is escaped; a name that is not there is a fault."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    texts = NullTranslations() if language == "sv" else Translations.load(CATALOGUES, [language])
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]  # of its extension
    made.filters.update(
        date=lambda value: spelling.date(_instant(value)),
        time=lambda value, seconds=False: spelling.time(_instant(value), seconds),
        moment=lambda value, seconds=False: spelling.moment(_instant(value), language, seconds),
        month=lambda value: _month(value, language),
        duration=spelling.duration,
        offset=spelling.offset,
        number=spelling.number,
        size=lambda value: spelling.size(value, language),
        picture=picture,
    )
    return made


class Complaints(logging.Handler):
    """What the typesetter says while it sets: the first complaint that makes the letter unfit."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.code = ""

    def emit(self, record: logging.LogRecord) -> None:
        if self.code:
            return
        if ".notdef" in str(record.msg):
            self.code = "MissingGlyph"
        elif record.levelno >= logging.ERROR:
            self.code = "Faulty"


class Typesetter:
    """Sets one order after another. The engine and its fonts are loaded once."""

    def __init__(self) -> None:
        with fonts.only():
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import FatalURLFetchingError, URLFetcher

            self._fonts = FontConfiguration()

        class Fetcher(URLFetcher):
            refused = False

            def fetch(self, url: str, headers: Any = None) -> Any:
                if not url.startswith("data:"):
                    self.refused = True  # said here: inside of a picture the exception is swallowed
                    raise FatalURLFetchingError
                return super().fetch(url, headers)

        self._engine = weasyprint
        self._fatal = FatalURLFetchingError
        self._fetcher = Fetcher(allowed_protocols=("data",), allow_redirects=False)
        self._style = weasyprint.CSS(
            string=STYLE.read_text(), font_config=self._fonts, url_fetcher=self._fetcher, base_url=None
        )
        self._environments = {language: environment(language) for language in LANGUAGES}
        self._logger = logging.getLogger("weasyprint")
        self._logger.propagate = False

    def html(self, order: dict[str, Any]) -> str:
        template = self._environments[order["language"]].get_template(f"{order['kind']}.html")
        return template.render(signs.printable(order))

    def set(self, order: dict[str, Any]) -> tuple[bytes, int]:
        """PDF and pages. Raises Unfit."""
        dated = dt.datetime.fromisoformat(order["dated"])
        complaints = Complaints()
        self._fetcher.refused = False
        self._logger.handlers[:] = [complaints]
        try:
            printed = self._print(order, dated)
        except self._fatal:
            raise Unfit("Fetched") from None
        if self._fetcher.refused:
            raise Unfit("Fetched")
        if complaints.code:
            raise Unfit(complaints.code)
        return printed

    def _print(self, order: dict[str, Any], dated: dt.datetime) -> tuple[bytes, int]:
        page = self._engine.HTML(string=self.html(order), url_fetcher=self._fetcher, base_url=None)
        document = page.render(font_config=self._fonts, stylesheets=[self._style], **OPTIONS)
        moment = dated.astimezone(dt.UTC).isoformat(timespec="seconds")
        document.metadata.created = document.metadata.modified = moment
        return document.write_pdf(finisher=_say_ua, **OPTIONS), len(document.pages)


OPTIONS = {"pdf_variant": "pdf/a-2a"}


def _say_ua(document: Any, pdf: Any) -> None:
    """Add UA to the metadata, as the last thing before the file is written."""
    for found in pdf.objects:
        if getattr(found, "extra", None) and found.extra.get("Type") == "/Metadata":
            found.stream = [found.stream[0].replace(END_OF_XMP, UA + END_OF_XMP)]


def _where(error: BaseException) -> str:
    """Kind and place of a fault: never its text, which may hold words of the letter."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith((".html", "typesetter.py"))]
    last = frames[-1] if frames else None
    return type(error).__name__ + (f" {Path(last.filename).name}:{last.lineno}" if last else "")


def _received(line: socket.socket, length: int) -> bytes:
    found = io.BytesIO()
    while found.tell() < length:
        piece = line.recv(PIECE)
        if not piece:
            raise EOFError
        found.write(piece)
    return found.getvalue()


def serve(line: socket.socket, typesetter: Typesetter) -> None:
    """Set until the other end is gone."""
    while message := line.recv(PIECE):
        confined.allow_next(CPU_SECONDS)
        if message[:1] != ORDER:
            return
        length, _ = HEAD.unpack(message[1:])
        plain = _received(line, length)
        order = json.loads(plain) | {"digest": hashlib.sha256(plain).hexdigest()}
        try:
            pdf, pages = typesetter.set(order)
        except Unfit as error:
            answer = {"code": str(error), "where": error.where}
        except MemoryError:
            answer = {"code": "Overfull", "where": ""}
        except Exception as error:
            answer = {"code": "Refused", "where": _where(error)}
        else:
            line.send(PRINTED + HEAD.pack(len(pdf), pages))
            for place in range(0, len(pdf), PIECE):
                line.send(pdf[place : place + PIECE])
            continue
        line.send(UNSET + json.dumps(answer).encode())


def main() -> None:
    try:
        typesetter = Typesetter()
    except Exception:  # a package of the system is missing: no letter will do any better
        sys.exit(confined.UNSTARTED)
    confined.main(lambda line: serve(line, typesetter), memory=MEMORY, opens=True)


if __name__ == "__main__":
    main()
