"""Every letter's form: what is seen in the window and on each page, and what is read aloud in which order."""

import dataclasses
import io
import re

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from portal import clock
from portal.documents import samples
from portal.documents.kinds import Kind
from portal.language import LANGUAGES
from tests.documents import chosen, looked_at

ALL = chosen.samples_of("short", "odd")
LONG = [
    (Kind.SPECIMEN, "sv", "long"),
    (Kind.SPECIMEN, "fi", "long"),
    (Kind.PURGE_DAY, "fi", "long"),
    (Kind.LOG_EXTRACT, "sv", "long"),
    (Kind.CASE_PARTIAL, "fi", "long"),
]
"""The long month is set by the test of the standard; its form is that of the short one."""
every = pytest.mark.parametrize("wanted", [*ALL, *LONG], ids="-".join)
brief = pytest.mark.parametrize(
    "wanted",
    [one for one in ALL if one[0] == Kind.SPECIMEN or (one[2] == "short" and one[0] not in chosen.CASES)]
    + [(Kind.CASE_RECEIPT, "sv", "short"), (Kind.CASE_NONE, "sv", "short"), (Kind.CASE_CLOSING, "fi", "odd")],
    ids="-".join,
)
"""Their structure is read with its words, which takes poppler seconds: of the letters of a request a few."""

REFUSAL = Kind.CASE_REFUSAL
ONE_PAGE = (Kind.RECIPIENT_NOTICE, Kind.DISCLOSURE_RECORD, Kind.RIGHTS_REVIEW)
"""What may fit on one page when it is short."""
WINDOW = (18, 40, 108, 70)
"""Millimetres: left, top, right, bottom of the DL envelope's; the C5 envelope's reaches to 113 and 75."""
C5 = (18, 40, 113, 75)
SLACK = 3
"""Paper moves in its envelope."""


def order(wanted):
    return samples.of(*wanted).order


def squeezed(text):
    """Without spaces: where a line is broken is not what is said."""
    return re.sub(r"\s", "", text)


@brief
def test_one_h1_is_the_documents_title(printed, wanted):
    pdf = printed(*wanted)
    (h1,) = looked_at.structure(pdf).all("H1")
    assert squeezed(h1.said()) == squeezed(looked_at.info(pdf)["Title"]) != ""


@every
def test_language_and_author_are_said(printed, wanted):
    pdf = printed(*wanted)
    assert PdfFileReader(io.BytesIO(pdf)).root["/Lang"] == wanted[1]
    assert looked_at.info(pdf)["Author"] == order(wanted).stationery["city"]
    assert looked_at.info(pdf)["Tagged"] == "yes"


@brief
def test_it_is_read_aloud_from_head_to_end(printed, wanted):
    made = order(wanted)
    head, said = made.stationery, squeezed(looked_at.structure(printed(*wanted)).said())
    (h1,) = looked_at.structure(printed(*wanted)).all("H1")
    signer = (made.facts.get("responsible") or head["signer"])["title"]
    parts = [head["city"], head["unit"], "2.11.2026", *made.facts.get("recipient", [])[:1], h1.said()]
    if made.kind == Kind.SPECIMEN:
        caption = made.facts["table"]["caption"]
        last = [
            head["officer"]["email"],
            head["ombudsman"]["name"],
            head["ombudsman"]["web"],
            *head["remedies"]["court"],
        ]
        parts += [made.facts["paragraphs"][-1], caption, signer[1:], *last]
    else:
        parts += [head["controller"], signer[1:]]
    place = 0
    for part in parts:
        found = said.find(squeezed(part), place)
        assert found >= place, part
        place = found + len(squeezed(part))


@brief
def test_head_foot_and_fold_are_not_read_aloud(printed, wanted):
    made = order(wanted)
    assert made.digest() not in squeezed(looked_at.structure(printed(*wanted)).said())


@every
def test_every_table_has_headings_and_every_cell_names_its_own(printed, wanted):
    tables = looked_at.structure(printed(*wanted), said=False).all("Table")
    assert tables
    before = 0
    for table in tables:
        rows = table.all("TR")
        assert table.all("TH"), "no headings"
        assert all(cell.headed for cell in table.all("TD"))
        for body in table.all("TBody"):
            assert all(row.all("TH") for row in body.all("TR")), "a row without a name"
        if table.all("THead"):
            (head,) = table.all("THead")
            assert not head.all("TD")
            width = len(head.all("TH"))
            assert table.all("Caption") or width == before, "neither named nor the rest of the one before"
            before = width
            assert all(len(row.all("TH") + row.all("TD")) == width for row in rows)


@pytest.mark.parametrize(
    ("wanted", "head"),
    list(
        zip(LONG, ("Datum Kl. Längd", "Päivä Klo Kesto", "Nro Tunniste", "Rad Tid Vem", "Aika Kuka Mitä"), strict=True)
    ),
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_a_tables_head_is_repeated_on_each_page(printed, wanted, head):
    pages = [" ".join(word.text for word in page.words) for page in looked_at.pages(printed(*wanted))]
    within = [number for number, said in enumerate(pages) if head in said]
    assert len(within) >= 2
    assert within == list(range(within[0], within[-1] + 1))


def in_window(pdf, recipient):
    """The address whole, well inside the smaller window, and nothing else that the larger one could show."""
    left, top, right, bottom = C5
    seen = [
        word
        for word in looked_at.pages(pdf)[0].words
        if left - SLACK < word.right
        and word.left < right + SLACK
        and top - SLACK < word.bottom
        and word.top < bottom + SLACK
    ]
    assert squeezed("".join(word.text for word in seen)) == squeezed("".join(recipient)).replace("\u00ad", "")
    left, top, right, bottom = WINDOW
    for word in seen:
        assert left + SLACK < word.left, word
        assert word.right < right - SLACK, word
        assert top + SLACK < word.top, word
        assert word.bottom < bottom - SLACK, word


ADDRESSED = [one for one in (*ALL, *LONG) if samples.of(*one).order.facts.get("recipient")]


@pytest.mark.parametrize("wanted", ADDRESSED, ids="-".join)
def test_the_window_shows_the_address_and_nothing_else(printed, wanted):
    in_window(printed(*wanted), order(wanted).facts["recipient"])


def test_letters_and_extracts_are_addressed_in_both_languages():
    addressed = {one[:2] for one in ADDRESSED if one[0] not in chosen.CASES}
    assert addressed == {(k, la) for k in (Kind.SPECIMEN, Kind.LOG_EXTRACT) for la in LANGUAGES}
    letters = [one for one in ALL if one[0] in chosen.CASES and one[0] not in chosen.INSIDE]
    assert [one for one in ADDRESSED if one[0] in chosen.CASES] == [*letters, LONG[-1]]


@pytest.mark.parametrize("lines", range(1, 7))
@pytest.mark.parametrize("length", [12, 46, 60])
def test_the_window_holds_any_address_up_to_six_lines_of_sixty_signs(real_press, lines, length):
    recipient = [("Mällöwska " * 6)[: length - 1] + str(n) for n in range(lines)]
    made = order((Kind.SPECIMEN, "sv", "short"))
    facts = made.facts | {"recipient": recipient}
    in_window(real_press.set(dataclasses.replace(made, facts=facts)).pdf, recipient)


def test_an_address_of_few_lines_begins_at_46_mm_and_22_mm_in(printed):
    words = looked_at.pages(printed(Kind.SPECIMEN, "sv", "short"))[0].words
    first = next(word for word in words if word.text == "Annika")
    assert 45 <= first.top <= 47
    assert first.left == pytest.approx(22, abs=0.2)


@every
def test_text_begins_at_the_tabulators_of_the_letter_layout(printed, wanted):
    first = looked_at.pages(printed(*wanted))[0].words
    kind = next(word for word in first if word.text == "2.11.2026")
    assert kind.left == pytest.approx(112, abs=0.5)
    starts = {round(word.left) for word in first}
    assert {20, 43} <= starts


@every
def test_each_page_says_which_of_how_many(printed, wanted):
    pages = looked_at.pages(printed(*wanted))
    assert len(pages) > 1 or wanted[0] in ONE_PAGE
    for number, page in enumerate(pages, 1):
        said = " ".join(word.text for word in page.words)
        word = "Sida" if wanted[1] == "sv" else "Sivu"
        assert f"{word} {number} ({len(pages)})" in said
        corner = [w for w in page.words if w.top < 17 and w.right > page.width - 40]
        assert " ".join(w.text for w in corner) == f"{number} ({len(pages)})"


@every
def test_each_pages_foot_says_city_case_id_and_checksum(printed, wanted):
    made = order(wanted)
    for page in looked_at.pages(printed(*wanted)):
        foot = " ".join(word.text for word in page.words if word.top > page.height - 25)
        assert made.stationery["city"] in foot
        assert str(made.id) in foot
        assert made.digest() in foot
        assert made.facts.get("case", "") in foot


@every
def test_nothing_runs_over_margins_or_foot(printed, wanted):
    for page in looked_at.pages(printed(*wanted)):
        foot = min(word.top for word in page.words if word.top > page.height - 25 and word.left < 21)
        for word in page.words:
            assert word.left >= 19.9, word
            assert word.right <= page.width - 14.9, word
            if word.top < page.height - 25:
                assert word.bottom <= foot, word


@brief
def test_no_heading_is_left_alone_at_the_end_of_a_page(printed, wanted):
    pdf = printed(*wanted)
    headings = {squeezed(one.said()) for one in looked_at.structure(pdf).all("H2")}
    headings |= {squeezed(one.said()) for one in looked_at.structure(pdf).all("Caption")}
    for page in looked_at.pages(pdf)[:-1]:
        body = [word for word in page.words if word.top < page.height - 26]
        lowest = max(word.top for word in body)
        last = "".join(word.text for word in body if word.top > lowest - 1)
        assert squeezed(last) not in headings


@every
def test_no_word_is_hyphenated(printed, wanted):
    said = looked_at.text(printed(*wanted))
    assert "\u00ad" not in said
    made = order(wanted)
    texts = [made.stationery["controller"]]
    if made.kind == Kind.SPECIMEN:
        texts = [text for reasons in made.stationery["remedies"].values() for text in reasons]
        texts += made.facts["paragraphs"] if wanted[2] != "odd" else []
    whole = {word for text in texts for word in text.split() if "-" not in word}
    assert whole <= set(said.split())


@every
def test_every_sign_is_there_and_every_font_embedded(printed, wanted):
    pdf = printed(*wanted)
    assert "\ufffd" not in looked_at.text(pdf)
    for name, *rest in looked_at.fonts(pdf):
        assert re.fullmatch(r"[A-Z]{6}\+(Source-Sans-3|DejaVu-Sans).*", name)
        assert rest[-5:-2] == ["yes", "yes", "yes"]
    if wanted[2] == "odd" and wanted[0] != Kind.PURGE_MONTH:
        assert squeezed(samples.ODD_NAME) in squeezed(looked_at.text(pdf))


@pytest.mark.parametrize(("kind", "language"), chosen.in_languages("odd"))
def test_what_a_person_wrote_is_shown_as_typed(printed, kind, language):
    said = squeezed(looked_at.text(printed(kind, language, "odd")))
    assert squeezed(samples.MARKUP) in said
    assert squeezed("Ελλάδα Привет") in said
    assert "omvänt" in said, "a sign that turns the direction is not obeyed"


@pytest.mark.parametrize(("kind", "language"), chosen.in_languages("short"))
def test_a_draft_says_so_on_every_page_and_a_locked_document_does_not(printed, real_press, kind, language):
    word = {"sv": "UTKAST", "fi": "LUONNOS"}[language]
    draft = real_press.set(samples.of(kind, language, "short", draft=True).order).pdf
    for page in looked_at.pages(draft):
        marks = [one for one in page.words if one.text == word]
        assert [mark.top < 12 for mark in marks] == [True]
    assert word not in looked_at.text(printed(kind, language, "short"))


def test_a_correction_names_what_it_corrects(printed):
    for wanted in chosen.samples_of("odd"):
        said = squeezed(looked_at.text(printed(*wanted)))
        assert squeezed(order(wanted).corrects) in said


def test_appeal_instructions_are_printed_for_the_letters_they_are_switched_on_for(printed):
    refused, receipt = (squeezed(looked_at.text(printed(kind, "fi", "long"))) for kind in (REFUSAL, Kind.CASE_RECEIPT))
    (instructions,) = order((REFUSAL, "fi", "long")).stationery["appeal"][REFUSAL]
    assert squeezed(instructions) in refused
    assert squeezed(instructions) not in receipt


def test_the_arms_have_words(printed):
    (figure,) = PdfFigures(printed(Kind.SPECIMEN, "fi", "short")).alternatives()
    assert figure == "Vaakuna: Porvoon kaupunki"


class PdfFigures:
    def __init__(self, pdf):
        self._root = PdfFileReader(io.BytesIO(pdf)).root["/StructTreeRoot"]

    def alternatives(self):
        found = []

        def walk(node):
            if not hasattr(node, "get"):
                return
            if node.get("/S") == "/Figure":
                found.append(node["/Alt"])
            below = node.get("/K", [])
            for one in below if isinstance(below, list) else [below]:
                walk(one.get_object() if hasattr(one, "get_object") else one)

        walk(self._root)
        return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_purge_protocol_lists_every_id_once(printed, language):
    made = order((Kind.PURGE_DAY, language, "short"))
    said = looked_at.text(printed(Kind.PURGE_DAY, language, "short"))
    assert [said.count(line["id"]) for line in made.facts["lines"]] == [1] * made.facts["total"]
    month = order((Kind.PURGE_MONTH, language, "short"))
    said = looked_at.text(printed(Kind.PURGE_MONTH, language, "short"))
    ids = [one for day in month.facts["annex"] for one in day["ids"]]
    assert len(ids) == month.facts["total"]
    assert [said.count(one) for one in ids] == [1] * len(ids)


def test_times_are_helsinkis(printed):
    assert clock.day_start(clock.local(samples.DATED).date()).hour == 22
    said = looked_at.text(printed(Kind.PURGE_DAY, "fi", "short"))
    assert "25.10.2026 klo 0.00 – 26.10.2026 klo 0.00, Suomen aikaa" in said
