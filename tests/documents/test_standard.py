"""PDF/A-2a and PDF/UA-1 at once, by veraPDF, for every kind, language and size of data, whatever was typed."""

import re
import zlib

import pytest

from portal.documents import samples, typesetter
from portal.documents.kinds import Kind

SAMPLES = list(samples.every())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_document_keeps_both_standards(sample, real_press, verapdf):
    assert not verapdf.faults(real_press.set(sample.order).pdf)


@pytest.mark.parametrize("kind", Kind)
def test_a_draft_keeps_them_too(kind, real_press, verapdf):
    assert not verapdf.faults(real_press.set(samples.of(kind, "fi", "short", draft=True).order).pdf)


def test_every_kind_is_there_in_each_language_and_size():
    assert {sample.name for sample in SAMPLES} == {
        f"{kind}-{language}-{size}" for kind in Kind for language in ("sv", "fi") for size in ("short", "long", "odd")
    }


@pytest.mark.parametrize(
    ("broken", "clause"),
    [
        (lambda pdf: pdf.replace(b'pdfuaid:part="1"', b'pdfuaid:pa_t="1"'), "PDFUA_1 5-"),
        (lambda pdf: pdf.replace(b"<pdfaid:conformance>A<", b"<pdfaid:conformance>X<"), "PDFA_2_A 6.6.4"),
        (lambda pdf: pdf.replace(b"/StructTreeRoot", b"/StructTreeR__t"), "PDFUA_1 7.1"),
    ],
)
def test_the_checker_sees_what_is_broken(broken, clause, real_press, verapdf):
    pdf = open_metadata(real_press.set(samples.of(Kind.SPECIMEN, "sv", "short").order).pdf)
    changed = broken(pdf)
    assert changed != pdf
    assert any(fault.startswith(clause) for fault in verapdf.faults(changed))


def open_metadata(pdf: bytes) -> bytes:
    """The file as it is: its metadata must be readable without a PDF reader (ISO 19005-2, 6.6.2.1)."""
    assert typesetter.UA in pdf
    for stream in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.S)[:3]:
        try:
            assert typesetter.UA not in zlib.decompress(stream)
        except zlib.error:
            continue
    return pdf
