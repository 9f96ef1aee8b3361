from tests.browser.conftest import NARROW, WIDE

def test_shots(page, house, enter):
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/register/figures/listens")
    page.screenshot(path="shots/listens-sv-wide.png", full_page=True)
    page.pdf(path="shots/listens-sv.pdf", format="A4")
    page.goto(house.url + "/register/figures/holds")
    page.screenshot(path="shots/holds-sv-wide.png", full_page=True)
