import pytest

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_every_page import faults


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_shots(page, house, enter, language):
    enter(house.register.people.dpo, language)
    found = []
    for what in ("calls", "listens", "answers", "holds", "deletions"):
        page.goto(house.url + f"/register/figures/{what}")
        found += faults(page, language)
        for name, size in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(size)
            page.screenshot(path=f"shots/{what}-{language}-{name}.png", full_page=True)
        if what == "listens":
            page.pdf(path=f"shots/{what}-{language}.pdf")
    page.goto(house.url + f"/register/figures/listens?queue={house.register.people.daycare.uuid}")
    found += faults(page, language)
    assert not found, "\n".join(found)
