"""The pages of requests: registration, work list, overview, facts, take-over."""

import dataclasses
import datetime as dt
import re
import uuid

import pytest

from portal import clock
from portal.cases import lists, reminders
from portal.cases.codes import State
from portal.cases.models import Case, CaseCall, CaseRight, SearchRun
from portal.documents.models import Document
from tests.cases import made

FORM = {"name": made.NAME, "address": made.ADDRESS, "numbers": "040 123 4567", "asks": made.ASKS}
"""What a prepared clerk types; the two clicks are the language and the button."""
GIVEN = {
    "received_on": "5.10.2026",
    "channel": "letter",
    "capacity": "self",
    "rights": "access",
    "regime": "data_protection",
    "delivery": "encrypted",
    "queue": "",
}
"""What the empty form has already."""


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(made.NOW):
        yield


def form(**changed) -> dict:
    return {**GIVEN, **FORM, "language": "sv", **changed}


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def send(client, **changed):
    return client.submit("/cases/new", form(**changed), content_type="multipart/form-data")


def test_a_prepared_clerk_types_four_fields(people, as_):
    made.call(people)
    client = as_(people.clerk)
    page = client.get("/cases/new").text
    for name, value in GIVEN.items():
        at_hand = rf'name="{name}"[^>]*value="{value}"|value="{value}"[^>]*name="{name}"|<select[^>]*name="{name}"'
        assert re.search(at_hand, page), name
    assert "<details >" in page, "what is seldom needed is folded away"
    answer = send(client, language="fi")
    assert answer.status_code == 303
    case = Case.get()
    assert answer.headers["Location"].endswith(f"/cases/{case.uuid}")
    assert (case.name, case.language, case.received_on) == (made.NAME, "fi", clock.today())
    assert CaseRight.get().right == "access"
    page = text(client.get(f"/cases/{case.uuid}"))
    assert "Begäran BS/1/2026 är registrerad. 1 samtal är spärrat mot radering." in page
    assert Document.select().count() == 1


@pytest.mark.parametrize(
    ("field", "changed", "said"),
    [
        ("received_on", {"received_on": "6.10.2026"}, "Skriv den dag då den kom till staden"),
        ("received_on", {"received_on": "31.9.2026"}, "Den dagen finns inte i kalendern"),
        ("received_on", {"received_on": ""}, "Skriv dagen då begäran kom"),
        ("name", {"name": ""}, "Skriv vems uppgifterna är."),
        ("name", {"name": "Anna 漢"}, "Brevets typsnitt har inte: 漢"),
        ("asks", {"asks": ""}, "Skriv vad personen begär."),
        ("asks", {"asks": "Jag är 131052-308T"}, "Skriv ingen personbeteckning"),
        ("address", {"address": "\n".join("abcdefg")}, "Högst 5 rader"),
        ("numbers", {"numbers": "040 123 4567\nkallas Anna"}, "kallas Anna: Skriv numret med siffror"),
        ("numbers", {"numbers": "131052-308T"}, "Skriv ingen personbeteckning"),
        ("email", {"email": "anna"}, "Kontrollera e-postadressen."),
        ("agent", {"capacity": "guardian"}, "Skriv namnet på den som agerar"),
        ("rights", {"rights": []}, "Välj minst en rättighet."),
        ("rights", {"rights": "all"}, "Välj minst en rättighet."),
        ("channel", {"channel": "pigeon"}, "Välj ett av alternativen."),
        ("called_to", {"called_from": "2.9.2026"}, "Skriv båda dagarna"),
        ("called_from", {"called_to": "2.9.2026"}, "Skriv båda dagarna"),
        ("called_to", {"called_from": "2.9.2026", "called_to": "1.9.2026"}, "före den första"),
        ("time_from", {"time_from": "25.00"}, "Skriv klockslaget som i 9.30."),
        ("time_to", {"time_from": "9"}, "Skriv båda klockslagen"),
        ("requested_on", {"requested_on": "6.10.2026"}, "efter dagen då den mottogs"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(people, as_, field, changed, said):
    answer = send(as_(people.clerk), **changed)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]*)<', answer.text)
    assert error, answer.text[:0]
    assert said in error[1]
    assert not Case.select().exists()


def test_a_refusal_of_the_act_stands_beside_the_field_too(people, as_, monkeypatch):
    monkeypatch.setattr("portal.cases.search.MOST", 0)
    made.call(people, number=None)
    answer = send(as_(people.clerk), numbers="", called_from="8.9.2026", called_to="8.9.2026")
    assert answer.status_code == 422
    assert "Fler än 0 samtal" in re.search(r'id="called_to-error">([^<]*)<', answer.text)[1]


def test_an_open_case_of_the_same_number_is_shown_before_a_second_is_registered(people, as_):
    first, client = made.case(people), as_(people.clerk)
    answer = send(client)
    assert answer.status_code == 422
    assert "En öppen begäran har samma nummer." in text(answer)
    assert f"/cases/{first.uuid}" in answer.text
    assert Case.select().count() == 1
    assert send(client, anyway="y").status_code == 303
    assert Case.select().count() == 2


def test_a_period_before_the_three_months_is_said_at_once(people, as_):
    client = as_(people.clerk)
    assert send(client, called_from="1.3.2026", called_to="5.3.2026").status_code == 303
    assert "samtalen raderades efter lagringstiden" in text(client.get(f"/cases/{Case.get().uuid}"))


def test_hours_and_service_number_narrow_the_first_search(people, as_):
    inside = made.call(people, number=None)
    made.call(people, number=None, queue=people.elderly)
    changed = {"numbers": "", "called_from": "8.9.2026", "called_to": "8.9.2026"}
    hours = {"queue": people.daycare.uuid.hex, "time_from": "10", "time_to": "10.30"}
    assert send(as_(people.clerk), **changed, **hours).status_code == 303
    assert CaseCall.get().recording_id == inside.id
    page = text(as_(people.clerk).get(f"/cases/{Case.get().uuid}"))
    assert "8.9.2026 – 8.9.2026, 10.00–10.30, Småbarnspedagogik" in page


def test_the_overview_shows_the_case_and_is_a_row_in_the_log(people, as_):
    made.call(people)
    case = made.case(people, capacity="representative", agent="Zqombud", email="zq@example.org", called_words="kväll")
    page = text(as_(people.decider).get(f"/cases/{case.uuid}"))
    for words in (made.NAME, "Zqombud", "zq@example.org", "040 1234567", made.ASKS, "2.11.2026", "Nästa steg"):
        assert words in page, words
    for words in ("Anteckna hur personens identitet är styrkt", "Begäran registrerades", "Kerstin Handström"):
        assert words in page, words
    assert "Ändra" not in page, "a decider changes nothing"
    assert made.acts(case)[-1] == "viewed"


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_an_overview_with_what_comes_next(people, as_, state):
    case = made.case(people)
    Case.update(state=state, purge_on=dt.date(2028, 1, 1)).execute()
    page = text(as_(people.clerk).get(f"/cases/{case.uuid}"))
    assert "Nästa steg" in page
    assert "%(" not in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Kvar att bedöma: 2."),
        ({"concerns": "unclear"}, "Oklara: 2."),
        ({"concerns": "yes"}, "Kvar att avgöra: 2."),
        ({"concerns": "yes", "decision": "whole"}, "Föreslå ett svar."),
        ({"concerns": "no"}, "Föreslå ett svar."),
    ],
)
def test_the_next_step_follows_the_calls(people, as_, changes, said):
    for days in (0, 1):
        made.call(people, days=days)
    case = made.case(people)
    Case.update(identity="proven").execute()
    if changes:
        CaseCall.update(**changes).execute()
    assert said in text(as_(people.clerk).get(f"/cases/{case.uuid}"))


def test_with_nothing_to_search_by_the_next_step_says_so(people, as_):
    case = made.case(people, numbers=())
    Case.update(identity="proven").execute()
    assert "Inga samtal har sökts ännu" in text(as_(people.clerk).get(f"/cases/{case.uuid}"))
    assert not SearchRun.select().exists()


def test_the_work_list_has_the_most_urgent_first_in_colour_and_words(people, as_):
    days = {"late": -1, "today": 0, "soon": 3, "ok": 25}
    cases = {name: made.case(people) for name in reversed(days)}
    for name, more in days.items():
        due = clock.today() + dt.timedelta(days=more)
        Case.update(due_on=due, internal_on=due, working_on=due).where(Case.id == cases[name].id).execute()
    answer = as_(people.clerk).get("/cases/")
    found = re.findall(r'<span class="tag tag-(\w+)">((?:Försenad|Sista|Bråttom|I god)[^<]*)', answer.text)
    assert found == [
        ("error", "Försenad: en dag"),
        ("error", "Sista dagen i dag"),
        ("warning", "Bråttom: 3 dagar kvar"),
        ("success", "I god tid: 25 dagar kvar"),
    ]
    _, detail = made.last_entry("cases:listed")
    assert detail == {"lines": 4}
    reminders.remind()
    said = "3 begäranden brådskar"
    assert said in text(as_(people.clerk).get("/cases/"))
    assert said in text(as_(people.clerk).get("/recordings/")), "and on the pages of other things"
    assert said not in text(as_(people.adviser).get("/recordings/"))


def test_the_work_list_is_narrowed(people, as_):
    mine, others, closed, late = (made.case(people) for _ in range(4))
    Case.update(handler=people.manager).where(Case.id == others.id).execute()
    Case.update(state=State.CLOSED).where(Case.id == closed.id).execute()
    Case.update(due_on=dt.date(2026, 10, 1)).where(Case.id == late.id).execute()
    client = as_(people.clerk)

    def shown(query: str) -> set[str]:
        return set(re.findall(r">(BS/[0-9]+/2026)</a>", client.get(f"/cases/?{query}").text))

    assert shown("") == {mine.number, others.number, late.number}
    assert shown("whose=mine") == {mine.number, late.number}
    assert shown("whose=others") == {others.number}
    assert shown("whose=free") == set()
    assert shown("state=closed") == {closed.number}
    assert shown("late=y") == {late.number}
    assert shown("state=all") == {mine.number, others.number, late.number, closed.number}
    assert shown("state=all&late=y") == {late.number}
    Case.update(dispatched_on=dt.date(2026, 10, 9), due_on=dt.date(2026, 10, 8)).where(Case.id == closed.id).execute()
    assert shown("state=all&late=y") == {late.number, closed.number}, "answered, and late"
    assert shown("late=y") == {late.number}, "of the open ones"
    assert client.get("/cases/?state=nonsense").status_code == 422
    Case.update(handler=None).where(Case.id == others.id).execute()
    assert shown("whose=free") == {others.number}


def test_the_work_list_is_paged_by_what_stands_last(people, as_, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    cases = [made.case(people) for _ in range(5)]
    client, address, seen = as_(people.clerk), "/cases/", []
    for _ in range(3):
        page = client.get(address).text
        seen += re.findall(r">(BS/[0-9]+/2026)</a>", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [case.number for case in cases]
    assert not address
    assert client.get(f"/cases/?after={uuid.uuid4()}").status_code == 200
    assert client.get("/cases/?after=x").status_code == 200


def test_whoever_decides_sees_first_what_waits_for_them(people, as_):
    waits, extends, other = (made.case(people) for _ in range(3))
    Case.update(state=State.PROPOSED, proposed_by=people.clerk).where(Case.id == waits.id).execute()
    Case.update(extension_state="proposed", extension_by=people.clerk).where(Case.id == extends.id).execute()
    page = text(as_(people.decider).get("/cases/"))
    assert page.index("Väntar på ditt godkännande") < page.index("Alla begäranden")
    assert "Ett förslag om längre tid väntar på ditt beslut" in page
    assert "1 svar på en begäran väntar på ditt godkännande." in text(as_(people.decider).get(f"/cases/{other.uuid}"))
    Case.update(proposed_by=people.decider, extension_by=people.decider).execute()
    page = text(as_(people.decider).get("/cases/"))
    assert "Väntar på" not in page, "what one proposed oneself waits for another"
    assert "väntar på ditt beslut" not in page


def test_the_data_protection_officer_sees_what_waits_for_an_opinion(people, as_):
    made.call(people)
    case = made.case(people)
    Case.update(state=State.PROPOSED, proposed_by=people.clerk).execute()
    assert "Väntar på ditt utlåtande" not in text(as_(people.dpo).get("/cases/"))
    CaseCall.update(ground="34_1_2").execute()
    assert "Väntar på ditt utlåtande" in text(as_(people.dpo).get("/cases/"))
    Case.update(opinion_at=clock.now()).where(Case.id == case.id).execute()
    assert "Väntar på ditt utlåtande" not in text(as_(people.dpo).get("/cases/"))


def test_the_facts_are_corrected_on_their_page_and_the_old_one_opens_on_a_stated_need(people, as_):
    case, client = made.case(people), as_(people.clerk)
    page = client.get(f"/cases/{case.uuid}/facts").text
    assert made.ADDRESS.split("\n")[0] in page
    assert "040 1234567" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    changed = form(version=version, received_on="1.10.2026", channel="email", reason="Zqfelklickat")
    refused = client.submit(f"/cases/{case.uuid}/facts", changed | {"reason": ""})
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    assert client.submit(f"/cases/{case.uuid}/facts", changed).status_code == 303
    overview = text(client.get(f"/cases/{case.uuid}"))
    assert "Hur den kom" in overview
    assert "Zqfelklickat" in overview
    assert "Rättad 5.10.2026 av Kerstin Handström" in overview
    history = client.get(f"/cases/{case.uuid}/facts/channel").text
    assert "E-post" in history
    assert "Brev" not in text(client.get(f"/cases/{case.uuid}/facts/channel"))
    opening = re.search(r'action="([^"]+/originals/[^"]+)"', history)[1]
    assert client.submit(opening, {"need": ""}).status_code == 422
    opened = client.submit(opening, {"need": "Zqbehov"})
    assert opened.status_code == 200
    assert "Brev" in opened.text
    assert "Brev" not in text(as_(people.dpo).get(f"/cases/{case.uuid}/facts/channel"))
    assert as_(people.dpo).submit(opening, {"need": "Zqbehov"}).status_code == 403
    assert as_(people.adviser).get(f"/cases/{case.uuid}/facts/channel").status_code == 403
    assert client.get(f"/cases/{case.uuid}/facts/handler").status_code == 404
    assert client.submit(opening.replace("channel", "name"), {"need": "Zqbehov"}).status_code == 404
    assert client.submit(f"/cases/{case.uuid}/facts", changed).status_code == 409
    for version in ("", "x", str(1 << 40)):
        assert client.submit(f"/cases/{case.uuid}/facts", changed | {"version": version}).status_code in (409, 422)
    assert client.submit(f"/cases/{case.uuid}/facts", form(received_on="1.10.2026", reason="x")).status_code == 409, (
        "and at once"
    )
    refused = client.submit(f"/cases/{case.uuid}/facts", changed | {"received_on": "6.10.2026"})
    assert refused.status_code == 422
    assert 'id="received_on-error"' in refused.text


def test_another_clerk_takes_over_before_changing_anything(people, as_):
    case = made.case(people)
    Case.update(handler=people.manager).execute()
    client = as_(people.clerk)
    assert client.get(f"/cases/{case.uuid}/facts").status_code == 422
    assert "Ta över handläggningen" in client.get(f"/cases/{case.uuid}").text
    assert client.submit(f"/cases/{case.uuid}/handler").status_code == 303
    assert client.submit(f"/cases/{case.uuid}/handler").status_code == 409
    assert client.get(f"/cases/{case.uuid}/facts").status_code == 200
    assert "Ta över handläggningen" not in client.get(f"/cases/{case.uuid}").text


def test_requests_are_for_those_who_handle_decide_and_oversee(people, as_):
    case = made.case(people)
    pages = ("/cases/", f"/cases/{case.uuid}")
    for who in (people.adviser, people.manager, people.admin, people.outsider):
        assert [as_(who).get(page).status_code for page in pages] == [403, 403]
        assert as_(who).get("/cases/new").status_code == 403
    for who in (people.decider, people.dpo):
        assert [as_(who).get(page).status_code for page in pages] == [200, 200]
        for path in ("/cases/new", f"/cases/{case.uuid}/facts", f"/cases/{case.uuid}/handler"):
            assert as_(who).submit(path).status_code == 403
    assert as_(people.clerk).get(f"/cases/{uuid.uuid4()}").status_code == 404


def test_the_registration_of_the_tests_is_what_the_form_makes(people, as_):
    """`made.typed` stands for a form: they have the same facts."""
    send(as_(people.clerk), received_on="1.10.2026")
    case = Case.get()
    typed = made.typed()
    for field in dataclasses.fields(typed):
        if hasattr(case, field.name) and field.name not in ("numbers", "rights"):
            assert getattr(case, field.name) == getattr(typed, field.name), field.name
