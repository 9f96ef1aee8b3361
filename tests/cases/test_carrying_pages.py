"""The page of what was decided says how each claim stands; letters apart from the answer are noted where it ends."""

import pytest

from portal import clock
from portal.cases import carrying, ending, proposal
from portal.cases.claim_models import Sending
from portal.cases.codes import Decision, RightKind
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.retention import holds, watch
from tests.cases import answered, claimed
from tests.cases.answered import TODAY, fresh
from tests.cases.claimed import G, R
from tests.retention import kept

ERASURE = RightKind.ERASURE
NOTHING = "Inget att verkställa"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(answered.NOW):
        yield


def url(made, part="carrying"):
    return f"/cases/{made.uuid}/{part}".rstrip("/")


def page(as_, account, made, part="carrying", status=200):
    answer = as_(account).get(url(made, part))
    assert answer.status_code == status
    return " ".join(answer.text.split())


def decided(people):
    """One call to be erased that is held, one that is refused."""
    made = answered.case(people, rights=(ERASURE,))
    held, other = (answered.call(made, people, hours=hours) for hours in (1, 2))
    kept.place(held.recording, people.manager)
    claimed.claim(made, people, ERASURE, G, added=held)
    claimed.claim(made, people, ERASURE, R, added=other)
    return made, held


def approve(made, people):
    made = proposal.propose(fresh(made), reasons=answered.REASONS, by=people.clerk)
    for one in made.calls:
        answered.heard(one, people.decider)
    return proposal.approve(made, reviewed=True, by=people.decider)


def test_each_state_of_what_was_decided_is_told_with_what_it_waits_for(people, as_, monkeypatch):
    assert NOTHING in page(as_, people.clerk, answered.case(people))
    made, held = decided(people)
    said = page(as_, people.clerk, made)
    assert "Ingenting görs i registret innan svaret är godkänt" in said
    assert "Inget att göra" in said
    assert "En chef håller kvar samtalet" in said, "what it will wait for is told beforehand"
    made = approve(made, people)
    assert "Beslutet verkställs" in page(as_, people.decider, made)
    carrying.carry_out()
    assert "En del väntar" in page(as_, people.dpo, made)
    holds.release(held.recording.hold_rows.get(), reason="zqklart", seen=holds.Then.KEPT, by=people.manager)
    with monkeypatch.context() as patch:
        patch.setattr(carrying.deletion, "finish", lambda line: "EIO")
        carrying.carry_out()
    assert "Allt kunde inte göras" in page(as_, people.clerk, made)
    carrying.carry_out()
    said = page(as_, people.clerk, made)
    assert "Allt som beslutades är gjort" in said
    assert "beslut av Dag Beslutman" in said
    assert "nyckeln till och med den 21.9.2026" in said, "seven days of backups"


def test_the_page_is_for_those_who_read_requests(people, as_):
    made, _ = decided(people)
    for account, status in ((people.adviser, 403), (people.manager, 403), (people.admin, 403), (people.dpo, 200)):
        page(as_, account, made, status=status)
    assert as_(people.clerk).get("/cases/00000000-0000-4000-8000-000000000000/carrying").status_code == 404


def with_sending(people):
    made, held = decided(people)
    made = approve(made, people)
    carrying.carry_out()
    answered.lock_letters(made)
    ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    holds.release(held.recording.hold_rows.get(), reason="zqklart", seen=holds.Then.KEPT, by=people.manager)
    carrying.carry_out()
    return fresh(made), Sending.get()


def test_a_letter_apart_is_noted_as_sent_on_the_page_of_the_ending(people, as_):
    made, sending = with_sending(people)
    said = page(as_, people.clerk, made, "ending")
    assert "Ett brev till personen har inte skickats" in said
    assert "Brevet görs i ordning" in said
    assert "Anteckna att brevet är skickat" not in said
    assert "väntar på att skickas" in page(as_, people.clerk, made, "")
    answered.lock_letters(made)
    assert "Anteckna att brevet är skickat" in page(as_, people.clerk, made, "ending")
    assert "Handläggaren skickar brevet" in page(as_, people.decider, made, "ending")
    target, prefix = f"{url(made, 'ending')}/sendings/{sending.uuid}", f"{sending.uuid.hex}-"
    typed = {f"{prefix}on": "15.9.2026", f"{prefix}how": "post"}
    client = as_(people.clerk)
    ahead = client.submit(target, typed)
    assert (ahead.status_code, "Dagen kan inte vara efter i dag" in ahead.text) == (422, True)
    assert client.submit(target, {f"{prefix}how": "post"}).status_code == 422
    assert as_(people.decider).submit(target, typed).status_code == 403
    typed[f"{prefix}on"] = "14.9.2026"
    sent = client.submit(target, typed)
    assert (sent.status_code, sent.headers["Location"]) == (303, url(made, "ending"))
    assert "Brevet är antecknat som skickat" in client.get(sent.headers["Location"]).text
    assert client.submit(target, typed).status_code == 409
    assert "Anteckna att brevet är skickat" not in page(as_, people.clerk, made, "ending")
    assert ending.remaining(made) is None


def test_the_handler_is_reminded_of_a_letter_until_it_is_sent(people, as_):
    made, sending = with_sending(people)
    client, other = as_(people.clerk), as_(answered.second_clerk())
    said = client.get("/cases/").text
    assert "Brev som du ska skicka" in said
    assert f'href="{url(made, "ending")}"' in said
    assert "finns ett brev som du ska skicka" in client.get("/recordings/").text
    for page_of in ("/cases/", "/recordings/"):
        assert "du ska skicka" not in other.get(page_of).text
    Sending.update(state="sent").where(Sending.id == sending.id).execute()
    assert "du ska skicka" not in client.get("/cases/").text
    assert "du ska skicka" not in client.get("/recordings/").text


def test_what_remains_is_said_with_the_way_there(people, as_):
    made, _ = decided(people)
    made = approve(made, people)
    carrying.carry_out()
    answered.lock_letters(made)
    ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    said = page(as_, people.clerk, made, "ending")
    assert "Allt som beslutades är inte gjort än" in said
    assert f'href="{url(made)}"' in said
    assert "Avsluta begäran" not in said
    answer = as_(people.clerk).submit(f"{url(made)}".replace("carrying", "ending/closing"))
    assert answer.status_code == 409
    assert "Till verkställigheten" in page(as_, people.clerk, made, "")


def test_a_letter_that_could_not_be_made_is_said_beside_what_waits(people, as_):
    made, sending = with_sending(people)
    Document.update(state=Letter.FAILED).where(Document.uuid == sending.letter).execute()
    assert "Brevet kunde inte göras" in page(as_, people.clerk, made, "ending")


def test_an_answer_of_access_alone_has_nothing_to_carry_out(people, as_):
    made = answered.sent(people, Decision.WITHHELD)
    assert NOTHING in page(as_, people.clerk, made)
    assert "Brev som skickas för sig" not in page(as_, people.clerk, made, "ending")
