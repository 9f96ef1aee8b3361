"""PDF/A-2a and PDF/UA-1 at once, by veraPDF, for every kind and size of data, whatever was typed: in both languages,
or in one or the other (`chosen`)."""

import pytest

from portal.documents import samples, typesetter
from portal.documents.kinds import Kind
from tests.documents import chosen


@pytest.mark.parametrize("wanted", chosen.ALL, ids="-".join)
def test_a_document_keeps_both_standards(wanted, printed, verapdf):
    assert not verapdf.faults(printed(*wanted))


@pytest.mark.parametrize("kind", [*chosen.OTHERS, Kind.CASE_PARTIAL])
def test_a_draft_keeps_them_too(kind, real_press, verapdf):
    assert not verapdf.faults(real_press.set(samples.of(kind, "fi", "short", draft=True).order).pdf)


def test_every_kind_is_there_in_each_language_and_size():
    assert {sample.name for sample in samples.every()} == {
        f"{kind}-{language}-{size}" for kind in Kind for language in ("sv", "fi") for size in ("short", "long", "odd")
    }


@pytest.fixture(scope="module")
def setter():
    """A typesetter in this process, so that it can be broken."""
    return typesetter.Typesetter()


SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
PLAIN = {"dated": "2026-11-24T09:00:00+00:00"}
HTML = "<html lang=sv><head><title>Brev</title></head><body><h1>Brev</h1><table><tr><th>Dag</th></tr></table></body>"


leaving_files_open = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
"""The engine's colour profile is closed when the letter is forgotten, not before."""


def faults(setter, html, verapdf, monkeypatch) -> list[str]:
    monkeypatch.setattr(setter, "html", lambda order: html)
    return verapdf.faults(setter.set(PLAIN)[0])


@leaving_files_open
def test_the_checker_passes_what_is_whole(setter, verapdf, monkeypatch):
    assert not faults(setter, HTML, verapdf, monkeypatch)


@leaving_files_open
@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [
        ("UA", b"", "PDFUA_1 5-"),
        ("OPTIONS", {"pdf_variant": "pdf/a-2u"}, "PDFA_2_A 6.6.4-"),
    ],
)
def test_the_checker_sees_a_standard_that_is_left_out(name, value, clause, setter, verapdf, monkeypatch):
    monkeypatch.setattr(typesetter, name, value)
    assert any(fault.startswith(clause) for fault in faults(setter, HTML, verapdf, monkeypatch))


@leaving_files_open
@pytest.mark.parametrize(
    ("part", "instead", "clause"),
    [
        ("<title>Brev</title>", "", "PDFUA_1 7.1-"),
        ("<h1>Brev</h1>", "<h1>Brev</h1><h3>Hopp</h3>", "PDFUA_1 7.4.2-"),
    ],
)
def test_the_checker_sees_what_a_screen_reader_would_miss(part, instead, clause, setter, verapdf, monkeypatch):
    assert part in HTML
    found = faults(setter, HTML.replace(part, instead), verapdf, monkeypatch)
    assert any(fault.startswith(clause) for fault in found), found


@leaving_files_open
@pytest.mark.parametrize(
    ("part", "instead"),
    [(" lang=sv", ""), ("<h1>Brev</h1>", f"<h1>Brev</h1><img src='{typesetter.picture(SQUARE)}'>")],
)
def test_a_letter_without_language_or_with_a_picture_without_words_is_refused_at_once(
    part, instead, setter, monkeypatch
):
    monkeypatch.setattr(setter, "html", lambda order: HTML.replace(part, instead))
    with pytest.raises(typesetter.Unfit, match="Faulty"):
        setter.set(PLAIN)
