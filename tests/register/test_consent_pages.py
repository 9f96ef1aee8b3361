"""The pages of consents and of training: who may open them, what they say, what a form that is not in order does."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.recordings.models import Listen, Recording
from portal.register import consents, texts
from portal.register.models import Consent, ConsentCall, ConsentText
from portal.retention import watch
from tests.recordings.hearing import RANGE, acts, text
from tests.register import consented
from tests.register.consented import NAME, NOW, NUMBER, PAST, SHOWS, call, give


@pytest.fixture(autouse=True)
def now(monkeypatch):
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOW)
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    return move


def typed(people, row, **more) -> dict:
    return {
        "calls": [row.uuid.hex],
        "text": consented.wording(people).uuid.hex,
        "name": NAME,
        "number": "040 123 4567",
        "language": "fi",
        "given_on": "1.9.2026",
        "given_how": "letter",
        "how_words": SHOWS,
        **more,
    }


def test_a_consent_is_noted_from_the_page_of_a_call_with_the_others_from_the_number(people, as_):
    row, same, other = call(people), call(people, days=1), call(people, days=2, number="+358409999999")
    client = as_(people.manager)
    assert f"/register/consents/new?call={row.uuid}" in text(client.get(f"/recordings/{row.uuid}"))
    address = f"/register/consents/new?call={row.uuid}"
    assert "Det finns ingen text att samtycka till ännu" in text(client.get(address))
    answer = typed(
        people, row, calls=[row.uuid.hex, same.uuid.hex], given_on=consented.made.CALLED.strftime("%d.%m.%Y")
    )
    page = text(client.get(address))
    assert same.uuid.hex in page
    assert other.uuid.hex not in page
    done = client.submit(address, answer)
    assert done.status_code == 303, text(done)
    consent = Consent.get()
    assert (consent.number, consent.language, consent.registered_by_id) == (NUMBER, "fi", people.manager.id)
    assert consents.of(consent) == [row, same]
    shown = text(client.get(done.location))
    assert NAME in shown
    assert SHOWS in shown
    assert consented.FI in shown
    assert "Utbildning av kundrådgivare" in text(client.get(f"/recordings/{row.uuid}"))
    assert [entry.subject for entry in acts(Act.CONSENT_VIEWED)] == [consent.uuid]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": ""}, "Skriv vem som samtycker."),
        ({"number": "inget nummer"}, "Skriv numret med siffror"),
        ({"given_on": ""}, "Skriv dagen då samtycket gavs."),
        ({"given_on": "1.1.2020"}, "Texten gäller först från den"),
        ({"given_how": "rykte"}, "Välj ett av alternativen."),
        ({"how_words": "010101-123N"}, "Skriv ingen personbeteckning."),
        ({"ends_on": "1.1.2021"}, "Samtyckets sista dag är redan förbi. Ett sådant samtycke antecknas inte."),
        ({"calls": []}, "Välj minst ett samtal"),
        ({"calls": ["0" * 32]}, "Ett av samtalen har raderats"),
        ({"text": "0" * 32}, "Välj ett av alternativen."),
    ],
)
def test_a_form_that_is_not_in_order_says_so_beside_its_field_and_notes_nothing(people, as_, more, said):
    row = call(people)
    day = NOW.strftime("%d.%m.%Y")
    answer = as_(people.clerk).submit(
        f"/register/consents/new?call={row.uuid}", {**typed(people, row, given_on=day), **more}
    )
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Consent.select().exists()


def test_the_register_is_for_those_who_keep_it_decide_or_oversee(people, as_):
    row = call(people)
    consent = give(people, row)
    pages = ("/register/consents/", f"/register/consents/{consent.uuid}", "/register/consents/texts")
    for account in (people.manager, people.clerk, people.decider, people.dpo):
        assert [as_(account).get(page).status_code for page in pages] == [200] * 3
    for account in (people.adviser, people.admin):
        assert [as_(account).get(page).status_code for page in pages] == [403] * 3
    assert as_(people.dpo).get(f"/register/consents/{row.uuid}").status_code == 404
    assert acts(Act.CONSENTS_LISTED)
    for account in (people.decider, people.dpo, people.adviser):
        client = as_(account)
        for page in ("withdrawal", "calls", f"calls/{row.uuid}/removal"):
            assert client.submit(f"/register/consents/{consent.uuid}/{page}").status_code == 403
        assert client.get(f"/register/consents/new?call={row.uuid}").status_code == 403
    assert as_(people.outsider).get("/register/training/").status_code == 200
    assert as_(people.clerk).get("/register/training/").status_code == 403
    assert fresh(consent).stands


def fresh(row):
    return type(row).get_by_id(row.id)


def test_a_consent_about_a_call_out_of_reach_is_not_begun(people, as_):
    row = call(people, queue=people.elderly)
    assert as_(people.manager).get(f"/register/consents/new?call={row.uuid}").status_code == 404
    assert "Sök fram samtalet" in text(as_(people.manager).get("/register/consents/new"))


def test_it_is_withdrawn_with_one_button_and_a_second_click_is_told_so(people, as_, now):
    row = call(people)
    consent = give(people, row)
    now(PAST)
    client = as_(people.manager)
    assert "som bara samtycket håller kvar, raderas genast" in text(client.get(f"/register/consents/{consent.uuid}"))
    answer = client.submit(f"/register/consents/{consent.uuid}/withdrawal")
    assert answer.status_code == 303
    page = text(client.get(answer.location))
    assert "1 samtal är raderat." in page
    assert "Samtycket gäller inte längre" in page
    assert f"/register/consents/{consent.uuid}/withdrawal" not in page
    assert client.submit(f"/register/consents/{consent.uuid}/withdrawal").status_code == 409


def test_calls_are_added_and_taken_away_on_its_page(people, as_):
    row, same = call(people), call(people, days=1)
    consent = give(people, row)
    client = as_(people.clerk)
    address = f"/register/consents/{consent.uuid}"
    assert client.submit(f"{address}/calls", {"calls": []}).status_code == 422
    assert client.submit(f"{address}/calls", {"calls": [same.uuid.hex]}).status_code == 303
    assert ConsentCall.select().count() == 2
    assert client.submit(f"{address}/calls/{row.uuid}/removal").status_code == 303
    assert consents.of(consent) == [same]
    assert client.submit(f"{address}/calls/{row.uuid}/removal").status_code == 404


def test_the_list_shows_those_that_stand_or_have_ended_and_turns_its_pages(people, as_, monkeypatch):
    from portal.register import consent_lists

    row = call(people)
    first, second = give(people, row, name="Zqförst"), give(people, row, name="Zqsedan")
    consents.withdraw(first, by=people.manager)
    client = as_(people.dpo)
    assert "Zqförst" not in text(client.get("/register/consents/?standing=standing"))
    assert "Zqsedan" not in text(client.get("/register/consents/?standing=ended"))
    monkeypatch.setattr(consent_lists, "PAGE", 1)
    page = text(client.get("/register/consents/"))
    assert "Zqförst" not in page
    assert f"after={second.uuid}" in page
    assert "Zqförst" in text(client.get(f"/register/consents/?after={second.uuid}"))


def test_a_decider_decides_the_wording_and_nobody_else(people, as_):
    answer = {"seen": "0", "text_sv": consented.SV, "text_fi": consented.FI, "valid_from": "1.9.2026"}
    assert as_(people.manager).get("/register/consents/texts/training").status_code == 403
    client = as_(people.decider)
    assert client.get("/register/consents/texts/fun").status_code == 404
    assert client.get("/register/consents/texts/training").status_code == 200
    short = client.submit("/register/consents/texts/training", {**answer, "text_fi": "kort"})
    assert short.status_code == 422
    assert client.submit("/register/consents/texts/training", {**answer, "valid_from": ""}).status_code == 422
    assert client.submit("/register/consents/texts/training", answer).status_code == 303
    assert (ConsentText.get().version, ConsentText.get().made_by_id) == (1, people.decider.id)
    assert client.submit("/register/consents/texts/training", answer).status_code == 409
    again = {**answer, "seen": "1", "valid_from": "1.8.2026"}
    assert "kan inte gälla från en tidigare dag" in text(client.submit("/register/consents/texts/training", again))
    assert consented.SV in text(client.get("/register/consents/texts"))
    assert texts.newest("training").version == 1


def test_training_is_heard_on_its_own_page_and_the_sound_stops_with_the_consent(people, as_, now):
    row = call(people)
    give(people, row)
    now(PAST)
    client = as_(people.adviser)
    listed = text(client.get("/register/training/"))
    assert f"/register/training/{row.uuid}/listens" in listed
    assert NAME not in listed
    assert "1234567" not in listed
    opened = client.submit(f"/register/training/{row.uuid}/listens")
    assert opened.status_code == 303
    assert "data-player" in text(client.get(opened.location))
    for _ in range(2):
        assert client.get(f"{opened.location}/audio", headers=RANGE).status_code == 206
    assert client.get(f"{opened.location}/peaks").status_code == 200
    assert len(acts(Act.PLAYED)) == 1
    listen = Listen.get()
    assert client.get(f"/recordings/{row.uuid}/listens/{listen.uuid}/audio").status_code == 404
    consents.withdraw(Consent.get(), by=people.manager)
    for page in ("", "/audio", "/peaks"):
        assert client.get(opened.location + page).status_code == 404
    assert client.submit(f"/register/training/{row.uuid}/listens").status_code == 404
    assert row.uuid.hex not in text(client.get("/register/training/"))


def test_a_restricted_call_is_not_trained_with_and_its_page_offers_no_consent(people, as_):
    row = call(people)
    give(people, row)
    Recording.update(restrictions=1).execute()
    client = as_(people.adviser)
    assert client.submit(f"/register/training/{row.uuid}/listens").status_code == 404
    assert as_(people.manager).get(f"/register/consents/new?call={row.uuid}").status_code == 404
    shown = text(as_(people.manager).get(f"/register/consents/{Consent.get().uuid}"))
    assert "begränsat" in shown
    assert f'href="/recordings/{row.uuid}"' not in shown
