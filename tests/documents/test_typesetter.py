"""What people wrote stays what they wrote: no markup, no address that is fetched, no sign lost, the same bytes."""

import dataclasses
import datetime as dt
import re
import subprocess
import sys
import unicodedata
import uuid

import pytest

from portal.documents import samples
from portal.documents.kinds import Kind
from portal.documents.press import Press, Unset
from portal.documents.typesetter import TEMPLATES, environment, picture

ORDER = samples.of(Kind.SPECIMEN, "sv", "short").order


def saying(*paragraphs, order=ORDER, **facts):
    return dataclasses.replace(order, facts={**order.facts, "paragraphs": list(paragraphs), **facts})


def text(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", done.stdout.decode()))


@pytest.mark.parametrize(
    "typed",
    [
        "<b>fet</b>",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<style>* { display: none }</style>",
        '"><h1>En rubrik till</h1>',
        "<!-- kommentar",
        "]]></title></svg>",
        "{{ 7 * 7 }} {% raw %}",
        "&lt;b&gt; &amp; &nbsp;",
        "<link rel=attachment href=file:///etc/passwd>",
    ],
)
def test_markup_that_somebody_typed_is_printed_as_typed(typed, real_press):
    printed = real_press.set(saying(typed, subject=typed[:60], recipient=[typed[:40]]))
    assert typed.replace(" ", "") in text(printed.pdf).replace(" ", "")
    assert b"/EmbeddedFile" not in printed.pdf


def test_an_address_in_a_letter_is_never_fetched(real_press, tmp_path):
    """Only the arms are an image, and a city's own file: what they name is refused, and so is the letter."""
    fetched = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1">'
        '<image width="1" height="1" xlink:href="{}"/></svg>'
    )
    for address in (
        "http://127.0.0.1:9/x.png",
        "https://example.invalid/x.png",
        f"file://{tmp_path}/x.png",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
    ):
        arms = dataclasses.replace(ORDER, stationery={**ORDER.stationery, "arms": fetched.format(address)})
        with pytest.raises(Unset, match="Fetched"):
            real_press.set(arms)


def test_arms_that_are_no_image_are_a_fault_not_a_hole(real_press):
    with pytest.raises(Unset, match="Faulty"):
        real_press.set(dataclasses.replace(ORDER, stationery={**ORDER.stationery, "arms": "<svg"}))


def test_an_image_with_a_script_in_it_stays_an_image():
    assert picture('<svg onload="x"/>').startswith("data:image/svg+xml;base64,")
    assert "<" not in picture('<svg onload="x"/>')


@pytest.mark.parametrize(
    "signs",
    ["åäö ÅÄÖ šž ŠŽ čđŋŧ ČĐŊŦ áâ ǩǥǧǯʒ õüéè øæ ßþð łńśźżćęą ąęėįųū", "Ελλάδα Привет – — “ ” ’ € § ½ → ✓ ☎"],
)
def test_the_letters_of_the_north_and_of_neighbours_are_all_there(signs, real_press):
    assert signs in text(real_press.set(saying(signs)).pdf)


def test_no_language_of_finland_needs_the_stand_in(real_press):
    signs = "åäöÅÄÖšžŠŽčđŋŧČĐŊŦáâǩǨǥǤǧǦǯǮʒƷõÕʹ"
    pdf = real_press.set(saying(signs)).pdf
    done = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True, text=False)
    assert b"Source-Sans-3" in done.stdout
    assert b"DejaVu" not in done.stdout


def test_what_else_is_installed_on_the_machine_is_not_seen():
    code = (
        "from portal.documents import fonts\n"
        "with fonts.only():\n"
        "    from weasyprint.text.ffi import fontconfig\n"
        "    found = fontconfig.FcConfigGetFonts(fontconfig.FcInitLoadConfigAndFonts(), 0)\n"
        "print(found.nfont, len(fonts.FILES))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60)
    seen, ours = done.stdout.split()
    assert seen == ours, done.stdout


@pytest.mark.parametrize("sign", ["漢", "\U0001fae0", "\U00012000"])
def test_a_sign_that_no_typeface_has_stops_the_letter_and_not_the_child(sign, real_press):
    with pytest.raises(Unset) as unset:
        real_press.set(saying(f"Före {sign} efter"))
    assert unset.value.code == "MissingGlyph"
    assert sign not in unset.value.where
    assert real_press.set(ORDER).pages == 2


def test_the_fault_of_a_template_names_its_place_and_no_word_of_the_letter(real_press):
    lacking = dataclasses.replace(ORDER, facts={"subject": "Hemligt ärende"})
    with pytest.raises(Unset) as unset:
        real_press.set(lacking)
    assert unset.value.code == "Refused"
    assert re.fullmatch(r"UndefinedError [a-z_-]+\.html:\d+", unset.value.where)


def test_the_same_order_gives_the_same_bytes_warm_cold_and_in_another_process(real_press):
    warm = real_press.set(ORDER).pdf
    real_press.set(samples.of(Kind.SPECIMEN, "fi", "odd").order)
    assert real_press.set(ORDER).pdf == warm
    with Press() as cold:
        assert cold.set(ORDER).pdf == warm
    code = (
        "import sys; from portal.documents.press import Press; from portal.documents import samples\n"
        "with Press() as press: sys.stdout.buffer.write(press.set(samples.of('specimen', 'sv', 'short').order).pdf)"
    )
    env = {"PATH": "/usr/bin", "TZ": "Pacific/Auckland", "LANG": "fi_FI.UTF-8", "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env, timeout=100)
    assert other.stdout == warm


def test_the_file_is_dated_by_the_order(real_press):
    moment = dt.datetime(2030, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    pdf = real_press.set(dataclasses.replace(ORDER, dated=moment)).pdf
    done = subprocess.run(["pdfinfo", "-isodates", "-"], input=pdf, capture_output=True, check=True, text=False)
    for name in (b"CreationDate", b"ModDate"):
        assert re.search(name + rb":\s+2030-01-02T03:04:05Z", done.stdout), done.stdout


def test_another_order_gives_other_bytes(real_press):
    other = dataclasses.replace(ORDER, id=uuid.UUID(int=1))
    assert real_press.set(other).pdf != real_press.set(ORDER).pdf


@pytest.mark.parametrize(
    ("source", "sv", "fi"),
    [
        ("{{ '2026-11-24' | date }}", "24.11.2026", "24.11.2026"),
        ("{{ '2026-11-24T22:30:00+00:00' | date }}", "25.11.2026", "25.11.2026"),
        ("{{ '2026-11-24T07:05:00+00:00' | moment }}", "24.11.2026 kl.\u00a09.05", "24.11.2026 klo\u00a09.05"),
        ("{{ '2026-11-24T07:05:09+00:00' | time(True) }}", "9.05.09", "9.05.09"),
        ("{{ none | date }}", "–", "–"),
        ("{{ '2026-10' | month }}", "oktober 2026", "lokakuu 2026"),
        ("{{ 12345 | number }}", "12\u00a0345", "12\u00a0345"),
        ("{{ '<b>' }}", "&lt;b&gt;", "&lt;b&gt;"),
    ],
)
def test_dates_and_numbers_are_written_as_on_screen(source, sv, fi):
    assert environment("sv").from_string(source).render() == sv
    assert environment("fi").from_string(source).render() == fi


def test_no_template_of_a_letter_lets_markup_through():
    for path in TEMPLATES.glob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", path.read_text()), path.name
