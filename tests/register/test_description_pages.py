"""The pages of the privacy description: who may open them, what a form not in order does, what everybody sees."""

import datetime as dt
import re

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.documents import setting
from portal.documents.models import Document, State
from portal.register import claims_live, contradictions, descriptions
from portal.register.description_models import Description
from tests.cases.made import fresh
from tests.documents import made as papers
from tests.people import person
from tests.recordings.hearing import text
from tests.register.described import REASON, changed, drafted, proposed, published

LIST = "/register/description/"
TEXT = "Zqtext om registret som ingen annan har skrivit."


def at(row: Description, page: str = "") -> str:
    return f"/register/description/{row.uuid}" + (f"/{page}" if page else "")


def every(row: Description, **other: str) -> dict[str, str]:
    """What the form of all texts sends."""
    texts = descriptions.content(row)
    said = {f"{code}-{name}": words for code, both in texts.items() for name, words in both.items()}
    return {**said, **{key.replace("_", "-"): words for key, words in other.items()}, "seen": str(row.seen)}


def test_a_version_goes_from_draft_to_everybodys_page_through_the_forms(people, as_, client, monkeypatch):
    papers.press(monkeypatch)
    clerk, decider = as_(people.clerk), as_(people.decider)
    assert "Ingen beskrivning är publicerad." in text(clerk.get(LIST))
    assert "Ingen dataskyddsbeskrivning är publicerad än." in text(client.get("/description/"))
    begun = clerk.submit(LIST)
    row = Description.get()
    assert (begun.status_code, begun.location) == (303, at(row, "texts"))
    page = text(clerk.get(at(row, "texts")))
    assert len(re.findall("<textarea", page)) == 40
    for code, told in claims_live.facts(claims_live.read(), say=str, language="sv").items():
        assert told[0].replace("\u00a0", " ") in page.replace("\u00a0", " "), code
    assert clerk.submit(at(row, "texts"), every(row, basis_sv=TEXT)).location == at(row)
    assert TEXT in text(clerk.get(at(row)))
    assert clerk.submit(at(row, "proposal"), {"seen": fresh(row).seen}).status_code == 303
    assert clerk.get(at(row, "texts")).location == at(row)
    assert "Godkänn och publicera" not in text(clerk.get(at(row)))

    # One line tells its callers nothing, which the text denies: that is answered in both languages
    keys = [one.key for one in contradictions.of(descriptions.content(row))]
    assert keys == ["told-untold_2003-sv", "told-untold_2003-fi"]
    typed = {"seen": fresh(row).seen, "valid_from": f"{clock.today():%d.%m.%Y}"}
    assert {f"answer-{key}" for key in keys} <= set(re.findall(r'name="([^"]+)"', text(decider.get(at(row)))))
    short = decider.submit(at(row, "publication"), {**typed, f"answer-{keys[0]}": REASON})
    assert short.status_code == 422
    assert "Svara på varje motsägelse" in text(short)
    assert fresh(row).state == "proposed"
    answers = {f"answer-{key}": REASON for key in keys}
    no_day = decider.submit(at(row, "publication"), {**typed, **answers, "valid_from": ""})
    assert (no_day.status_code, "Skriv från vilken dag" in text(no_day)) == (422, True)
    past = decider.submit(at(row, "publication"), {**typed, **answers, "valid_from": "1.1.2020"})
    assert (past.status_code, "från en dag som har varit" in text(past)) == (422, True)
    assert TEXT not in text(client.get("/description/sv"))
    assert decider.submit(at(row, "publication"), {**typed, **answers}).location == at(row)
    assert decider.submit(at(row, "publication"), {**typed, **answers}).status_code == 409
    assert REASON in text(decider.get(at(row)))
    assert TEXT in text(client.get("/description/sv"))
    assert TEXT not in text(client.get("/description/fi"))

    # On paper when the worker has set it
    assert client.get("/description/versions/1/sv.pdf").status_code == 404
    assert "sv.pdf" not in text(client.get("/description/sv"))
    assert setting.make_due().locked == 2
    assert "/description/versions/1/sv.pdf" in text(client.get("/description/sv"))
    got = client.get("/description/versions/1/sv.pdf")
    assert (got.status_code, got.mimetype, got.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert got.headers["Content-Disposition"] == 'inline; filename="dataskyddsbeskrivning-1.pdf"'
    assert got.data != client.get("/description/versions/1/fi.pdf").data
    paper = Document.get(Document.language == "sv")
    assert as_(people.dpo).get(at(row, f"papers/{paper.uuid}/pdf")).data == got.data
    assert as_(people.dpo).get(f"/documents/{paper.uuid}").status_code == 404


def test_what_is_read_without_signing_in_is_what_was_published_and_nobody_is_noted(people, client, as_):
    first = published(people, {"basis": {"sv": TEXT + " Ett.", "fi": TEXT + " Yksi."}})
    published(people, {"basis": {"sv": TEXT + " Två.", "fi": TEXT + " Kaksi."}})
    later = published(people, {"basis": {"sv": TEXT + " Tre."}}, valid_from=clock.today() + dt.timedelta(days=5))
    draft = changed(people, {"basis": {"sv": "Zqutkast som ingen får se."}})
    before = Entry.select().count()
    assert "Två." in text(client.get("/description/sv"))
    assert "Kaksi." in text(client.get("/description/fi"))
    assert f"gäller version {later.version}" in text(client.get("/description/sv"))
    assert "Det här är en tidigare version." in text(client.get("/description/versions/1"))
    assert "har inte börjat gälla" in text(client.get("/description/versions/3"))
    for page in (
        "versions/4",
        "versions/0",
        f"versions/{10**30}",
        f"versions/{10**30}/sv.pdf",
        "versions/4/sv.pdf",
        f"versions/{draft.uuid}",
        "en",
        "versions/1/en.pdf",
    ):
        assert client.get(f"/description/{page}").status_code == 404, page
    seen = "".join(text(client.get(f"/description/{page}")) for page in ("", "sv", "fi", "versions/1", "versions/3"))
    assert "Zqutkast" not in seen
    assert not [one.name for one in (people.clerk, people.decider) if one.name in seen]
    assert str(first.uuid) not in seen
    assert Entry.select().count() == before
    answer = client.get("/description/sv")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert '<html lang="sv">' in text(answer)
    assert "/description/" in text(client.get("/accounts/sign-in"))
    assert as_(people.adviser).get("/description/sv").status_code == 200


def test_the_pages_are_for_those_who_write_approve_or_oversee_it(people, as_):
    row = proposed(people)
    for account in (people.clerk, people.decider, people.dpo):
        assert [as_(account).get(page).status_code for page in (LIST, at(row))] == [200, 200]
    for account in (people.adviser, people.manager, people.admin):
        assert [as_(account).get(page).status_code for page in (LIST, at(row))] == [403, 403]
    absent = "/register/description/00000000-0000-4000-8000-000000000000"
    assert as_(people.dpo).get(absent).status_code == 404
    posts = ("texts", "proposal", "return", "dropping", "publication")
    for account in (people.dpo, people.adviser):
        assert [as_(account).submit(at(row, page)).status_code for page in posts] == [403] * 5
        assert as_(account).submit(LIST).status_code == 403
    assert as_(people.clerk).submit(at(row, "publication")).status_code == 403
    assert as_(people.decider).submit(absent + "/proposal", {"seen": 1}).status_code == 404
    both = person("bodil", "Bodil Bådaberg", Role.CLERK, Role.CONTROLLER)
    waits = "En dataskyddsbeskrivning väntar på ditt godkännande."
    assert waits in text(as_(people.decider).get("/retention/"))
    assert waits not in text(as_(people.decider).get(LIST))
    assert waits not in text(as_(people.clerk).get("/register/consents/"))
    descriptions.give_back(row, words=REASON, seen=row.seen, by=people.clerk)
    mine = descriptions.propose(fresh(row), seen=fresh(row).seen, by=both)
    page = text(as_(both).get(at(mine)))
    assert "En annan måste godkänna den." in page
    assert "/publication" not in page
    assert waits not in text(as_(both).get("/retention/"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name_sv", "Ring 010101-123N.", "Skriv ingen personbeteckning."),
        ("name_fi", "a" * 4001, "Skriv högst 4000 tecken."),
        ("name_sv", "En gubbe: \U0001fae0", "Brevets typsnitt har inte"),
    ],
)
def test_a_text_that_cannot_be_printed_or_kept_is_refused_beside_its_field(people, as_, field, typed, said):
    row = drafted(people)
    answer = as_(people.clerk).submit(at(row, "texts"), every(row, **{field: typed}))
    assert answer.status_code == 422
    shown = re.search(rf'id="{field.replace("_", "-")}-error">([^<]*)', text(answer))
    assert shown is not None
    assert said in shown[1]
    assert fresh(row).content == row.content


def test_a_form_that_saw_an_older_draft_changes_nothing(people, as_):
    row, client = drafted(people), as_(people.clerk)
    assert client.submit(LIST).status_code == 409
    sent = every(row, name_sv=TEXT)
    assert client.submit(at(row, "texts"), sent).status_code == 303
    for late in (sent, {**sent, "seen": ""}, {**sent, "seen": "x"}):
        assert client.submit(at(row, "texts"), late).status_code == 409
    for page in ("proposal", "dropping"):
        assert client.submit(at(row, page), {"seen": row.seen}).status_code == 409
    now = fresh(row)
    client.submit(at(row, "texts"), every(now, basis_fi=""))
    missing = client.submit(at(row, "proposal"), {"seen": fresh(row).seen})
    assert (missing.status_code, "en text på båda språken" in text(missing)) == (422, True)
    assert "Rättslig grund" in text(client.get(at(row)))
    assert client.submit(at(row, "dropping"), {"seen": fresh(row).seen}).location == LIST
    assert client.get(at(row)).status_code == 200
    assert TEXT not in text(client.get(at(row)))


def test_a_return_says_what_is_to_be_changed_and_a_version_shows_what_is_new(people, as_):
    published(people)
    row = proposed(people, {"basis": {"sv": TEXT}})
    decider = as_(people.decider)
    assert f"<ins>{TEXT[:6]}" in text(decider.get(at(row)))
    short = decider.submit(at(row, "return"), {"seen": row.seen, "words": "Nej"})
    assert (short.status_code, "Skriv vad som ska ändras" in text(short)) == (422, True)
    assert decider.submit(at(row, "return"), {"seen": row.seen, "words": REASON}).status_code == 303
    assert decider.submit(at(row, "return"), {"seen": row.seen, "words": REASON}).status_code == 409
    assert REASON in text(as_(people.clerk).get(at(row)))


def test_what_comes_to_contradict_the_version_in_force_is_a_warning_on_the_list(people, as_):
    people.elderly.tells_callers = True
    people.elderly.save()
    published(people)
    assert "motsäger på" not in text(as_(people.dpo).get(LIST))
    people.daycare.tells_callers = False
    people.daycare.save()
    page = text(as_(people.dpo).get(LIST))
    assert "motsäger på 2 ställen" in page
    assert "Den som ringer till Småbarnspedagogik får inte veta" in page


def test_a_paper_that_could_not_be_set_is_tried_again_by_one_who_approves(people, as_):
    row = published(people)
    Document.update(state=State.FAILED, failure="Stuck").execute()
    paper = Document.get(Document.language == "fi")
    page = text(as_(people.decider).get(at(row)))
    assert "Det tog för lång tid att göra dokumentet." in page
    again = at(row, f"papers/{paper.uuid}/retry")
    assert as_(people.clerk).submit(again).status_code == 403
    assert as_(people.decider).submit(again).status_code == 303
    assert fresh(paper).state != State.FAILED
    assert as_(people.decider).submit(at(row, f"papers/{row.uuid}/retry")).status_code == 404
