"""Personal identity codes are known where they stand, and telephone numbers are not taken for them."""

import pytest

from portal.cases import personal_codes


@pytest.mark.parametrize(
    "text",
    [
        "131052-308T",
        "Jag heter Anna (131052-308T).",
        "131052a308t",
        "290200A123X",
        "010103Y999Y",
        "010190-0100",
    ],
)
def test_a_code_is_known_wherever_it_stands(text):
    assert personal_codes.holds(text)
    with pytest.raises(personal_codes.PersonalCode):
        personal_codes.refuse("Anna", text)


@pytest.mark.parametrize(
    "text", ["", None, "040123-4567", "131352-308T", "BS/131052-308", "0131052-308T1", "12.3.2026"]
)
def test_what_only_looks_like_one_is_let_through(text):
    assert not personal_codes.holds(text)
    personal_codes.refuse(text)
