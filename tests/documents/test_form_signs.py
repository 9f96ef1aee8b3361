"""Which signs a letter can show, and which are taken away."""

import pytest

from portal.documents import samples, signs
from portal.documents.kinds import Kind
from portal.documents.press import Unset


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("rak text", "rak text"),
        ("a\u0301e\u0308", "áë"),
        ("\u202etxet\u202c", "txet"),
        ("förvalt\u00adning", "förvaltning"),
        ("a\u200bb\ufeff", "ab"),
        ("☎\ufe0f", "☎"),
        ("en\ttab\x00", "en tab "),
        ("rad\r\nrad", "rad\nrad"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_signs_that_only_steer_are_taken_away(typed, shown):
    assert signs.printable(typed) == shown
    assert signs.printable({"a": [typed, 1, None]}) == {"a": [shown, 1, None]}


def test_letters_of_the_norths_languages_are_all_there():
    assert signs.missing("åäöÅÄÖšžčđŋŧáâŠŽČĐŊŦÁÂõüẞøæðþ ǥǧǩʒǯ ĄąęłŁńśźż €–—“”’…") == ""
    assert signs.missing("Ελλάδα Привет مرحبا שלום") == ""


def test_what_no_typeface_has_is_named_once_and_refused_by_the_press(real_press):
    assert signs.missing("漢字 och 漢 \U0001f9ff") == "漢字\U0001f9ff"
    order = samples.of(Kind.SPECIMEN, "sv", "short").order
    with pytest.raises(Unset) as refused:
        real_press.set(type(order)(**{**vars(order), "facts": order.facts | {"subject": "漢字"}}))
    assert refused.value.code == "MissingGlyph"
