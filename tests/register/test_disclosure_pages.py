"""Disclosing a call that no hold keeps, on the pages: proposal, another's decision, the sound, the record."""

import pytest

from portal import clock
from portal.accounts.models import QueueGrant
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents.models import Document
from portal.recordings.models import Recording
from portal.register.models import Told
from portal.register.notices import open_for
from portal.retention import restrictions
from portal.retention.models import Freeze, Transfer, TransferState
from tests.calls import recording, tone, wav
from tests.cases import made
from tests.recordings.hearing import acts, text
from tests.register import shared
from tests.register.test_disclosures import consented

FORM = {
    "authority": shared.AUTHORITY,
    "address": "Zqgatan 1\n06100 BORGÅ",
    "language": "sv",
    "reference": "5500/R/123/26",
    "basis": "investigation",
    "purpose": "Förundersökning av bedrägeri",
    "scope": "Hela ljudet, tid och nummer",
    "silent": "",
    "channel": "police_service",
}
LIST = "/register/disclosures/"


def form(**changed) -> dict[str, str]:
    day = clock.today()
    return {**FORM, "asked_on": f"{day.day}.{day.month}.{day.year}", **changed}


@pytest.fixture
def call(people) -> Recording:
    return recording(people.daycare, adviser=people.adviser)


@pytest.fixture
def proposed(people, as_, call) -> Transfer:
    answer = as_(people.clerk).submit(f"{LIST}of/{call.uuid}", form())
    assert answer.status_code == 303
    return Transfer.get()


@pytest.fixture
def approved(people, as_, proposed) -> Transfer:
    data = {"decision": "approved", "reason": "Begäran är skriftlig"}
    assert as_(people.decider).submit(f"{LIST}{proposed.uuid}/decision", data).status_code == 303
    return proposed


def test_a_clerk_proposes_from_the_calls_page_and_the_decider_is_told(people, as_, call, proposed):
    assert f"/register/disclosures/of/{call.uuid}" in as_(people.clerk).get(f"/recordings/{call.uuid}").text
    assert "Föreslå utlämnande" not in as_(people.manager).get(f"/recordings/{call.uuid}").text
    assert len(acts(Act.TRANSFER_PROPOSED)) == 1
    client = as_(people.decider)
    assert "1 utlämnande väntar på ditt beslut." in text(client.get("/cases/"))
    assert shared.AUTHORITY in client.get(LIST).text
    page = text(client.get(f"{LIST}{proposed.uuid}"))
    for words in (shared.AUTHORITY, "5500/R/123/26", "Förundersökning av bedrägeri", "Godkänn utlämnandet"):
        assert words in page
    assert len(acts(Act.DISCLOSURES_LISTED)) == len(acts(Act.DISCLOSURE_VIEWED)) == 1
    assert "väntar på ditt beslut" not in as_(people.clerk).get("/cases/").text
    assert shared.AUTHORITY not in as_(people.decider).get("/retention/transfers/").text, "the held ones' list"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        *(({name: ""}, name, "") for name in ("authority", "address", "asked_on", "basis", "purpose", "scope")),
        ({"channel": ""}, "channel", "Välj ett av alternativen."),
        ({"language": "en"}, "language", "Välj ett av alternativen."),
        ({"basis": "consent"}, "basis", "Välj ett av alternativen."),
        ({"silent": "0:00–0:01\nskräp"}, "silent", "Rad 2 går inte att läsa."),
        ({"silent": "0:01–0:09"}, "silent", "Avsnitten ska ligga inom samtalet"),
        ({"purpose": "中"}, "purpose", "Brevets typsnitt har inte"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(people, as_, call, wrong, field, said):
    answer = as_(people.clerk).submit(f"{LIST}of/{call.uuid}", form(**wrong))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert said in text(answer)
    assert not Transfer.select().exists()


def test_a_personal_identity_code_is_refused(people, as_, call):
    answer = as_(people.clerk).submit(f"{LIST}of/{call.uuid}", form(purpose="Gäller 131052-308T"))
    assert (answer.status_code, Transfer.select().count()) == (422, 0)
    assert "Skriv ingen personbeteckning." in text(answer)


def test_on_consent_the_one_it_rests_on_is_chosen(people, as_, call):
    consent = consented(people, call)
    client, path = as_(people.clerk), f"{LIST}of/{call.uuid}"
    assert "Givet den" in text(client.get(path))
    for wrong in ({"basis": "consent", "consent": ""}, {"consent": consent.uuid.hex}):
        answer = client.submit(path, form(**wrong))
        assert 'id="consent-error"' in answer.text
    assert client.submit(path, form(basis="consent", consent=consent.uuid.hex)).status_code == 303
    assert Transfer.get().consent == consent.uuid
    assert "samtycke givet den" in text(client.get(f"{LIST}{Transfer.get().uuid}"))


@pytest.mark.parametrize("who", ["clerk", "manager", "dpo", "adviser", "admin"])
def test_only_a_decider_decides(people, as_, proposed, who):
    data = {"decision": "approved", "reason": "x"}
    assert as_(getattr(people, who)).submit(f"{LIST}{proposed.uuid}/decision", data).status_code == 403
    assert Transfer.get().state == TransferState.PROPOSED


def test_the_whole_way_leaves_a_record_of_what_left_and_how(people, as_, call, approved):
    client, path = as_(people.clerk), f"{LIST}{approved.uuid}"
    assert "1 utlämnande är godkänt och kan lämnas över." in text(client.get("/cases/"))
    assert client.submit(path + "/handover", {"how": "x"}).status_code == 409, "nothing has been taken"
    answer = client.submit(path + "/sound")
    assert (answer.status_code, answer.data) == (200, wav(tone(2.0))), "whole and unaltered"
    assert f'filename="samtal-{call.uuid}.wav"' in answer.headers["Content-Disposition"]
    (taken,) = acts(Act.TRANSFER_SOUND_TAKEN)
    assert (taken.by, taken.subject) == (people.clerk.uuid, call.uuid)
    assert client.submit(path + "/handover", {"how": ""}).status_code == 422
    assert client.submit(path + "/handover", {"how": "Fil i polisens tjänst"}).status_code == 303
    for again in ("handover", "sound", "withdrawal"):
        assert client.submit(f"{path}/{again}", {"how": "igen"}).status_code == 409
    page = text(as_(people.dpo).get(path))
    for words in ("Överlämnat", "Kerstin Handström", "Dag Beslutman", "Fil i polisens tjänst"):
        assert words in page
    assert '<form class="form"' not in as_(people.dpo).get(path).text
    assert not Freeze.select().where(Freeze.stands).exists()
    for entry in Entry.select():
        assert "Zq" not in entry.detail


def test_what_is_not_given_is_silent_in_what_leaves(people, as_, call):
    client = as_(people.clerk)
    client.submit(f"{LIST}of/{call.uuid}", form(silent="0:00,5–0:01"))
    transfer = Transfer.get()
    assert transfer.muted == [(500, 1000)]
    data = {"decision": "approved", "reason": "Så räcker det"}
    as_(people.decider).submit(f"{LIST}{transfer.uuid}/decision", data)
    path = f"{LIST}{transfer.uuid}"
    assert "Utan avsnitten: 0:00,5–0:01" in text(client.get(path))
    sound, whole = client.submit(path + "/sound").data, wav(tone(2.0))
    assert len(sound) == len(whole)
    start = len(whole) - 2 * 8000 * 2
    silent = slice(start + 8000, start + 16000)
    assert set(sound[silent]) == {0xD5}
    assert (sound[: silent.start], sound[silent.stop :]) == (whole[: silent.start], whole[silent.stop :])
    client.submit(path + "/handover", {"how": "Fil"})
    assert Transfer.get().left_size == len(sound)


def test_a_call_that_went_meanwhile_is_said_to_be_gone(people, as_, call, approved):
    Recording.update(state="purged", purged_at=clock.now(), duration_ms=0).execute()
    client, path = as_(people.clerk), f"{LIST}{approved.uuid}"
    assert client.submit(path + "/sound").status_code == 409
    assert client.get(path).status_code == 200


def test_the_list_of_what_waits_has_for_each_what_is_theirs_to_do(people, as_, call, proposed):
    def waits(person) -> tuple[bool, bool]:
        text = as_(person).get(LIST, query_string={"state": "waiting"}).text
        return f"{LIST}{proposed.uuid}" in text, "Väntar på dig (1)" in text

    assert (waits(people.decider), waits(people.clerk)) == ((True, True), (False, False))
    data = {"decision": "approved", "reason": "Begäran är skriftlig"}
    assert as_(people.decider).submit(f"{LIST}{proposed.uuid}/decision", data).status_code == 303
    assert (waits(people.decider), waits(people.clerk)) == ((False, False), (True, True))
    assert waits(people.dpo) == (False, False), "who only reads has nothing to do"
    assert "Inget utlämnande väntar på dig" in as_(people.dpo).get(LIST, query_string={"state": "waiting"}).text
    assert f"{LIST}{proposed.uuid}" in as_(people.dpo).get(LIST).text


def test_strangers_find_nothing_and_others_may_not(people, as_, call, approved):
    path = f"{LIST}{approved.uuid}"
    for who in ("adviser", "admin", "outsider"):
        client = as_(getattr(people, who))
        assert [client.get(LIST).status_code, client.get(path).status_code] == [403, 403]
    QueueGrant.delete().where(QueueGrant.account == people.second_manager).execute()
    client = as_(people.second_manager)
    assert client.get(path).status_code == 404
    assert shared.AUTHORITY not in client.get(LIST).text
    for act in ("sound", "handover", "withdrawal"):
        assert client.submit(f"{path}/{act}", {"how": "x"}).status_code == 403
    assert as_(people.manager).get(f"{LIST}of/{call.uuid}").status_code == 403
    other = recording(people.daycare)
    QueueGrant.delete().where(QueueGrant.account == people.clerk).execute()
    assert as_(people.clerk).get(f"{LIST}of/{other.uuid}").status_code == 404


def test_the_record_of_a_held_call_has_its_own_page_and_its_papers_here(people, as_, call):
    from tests.retention.kept import place

    with_hold = shared.handed(people, call, hold=place(call, people.manager))
    (notice,) = open_for([call], what=Told.CORRECTED, entry="subject", by=None)
    client, path = as_(people.clerk), f"{LIST}{with_hold.uuid}"
    assert client.get(path).headers["Location"].endswith(f"/retention/transfers/{with_hold.uuid}")
    page = client.get(f"/retention/transfers/{with_hold.uuid}")
    assert f"/register/notices/{notice.uuid}" in page.text
    assert client.submit(f"{path}/papers", {"language": "fi"}).status_code == 303
    assert client.submit(f"{path}/papers", {"language": "en"}).status_code == 303
    (paper,) = Document.select()
    assert (paper.kind, paper.language, paper.owner_key) == ("disclosure-record", "fi", with_hold.uuid.hex)
    assert as_(people.dpo).submit(f"{path}/papers", {"language": "sv"}).status_code == 403
    assert client.get(f"{path}/papers/{paper.uuid}/pdf").status_code == 404, "not made yet"
    assert client.submit(f"{path}/papers/{paper.uuid}/retry").status_code == 409
    for act in ("sound", "handover", "withdrawal"):
        assert client.submit(f"{path}/{act}", {"how": "x"}).status_code == 404
    Transfer.update(state="proposed").execute()
    data = {"decision": "approved", "reason": "Grunden håller"}
    assert as_(people.decider).submit(f"{path}/decision", data).status_code == 404, "it is decided on its own page"


def test_the_decision_on_a_restricted_call_says_why_it_may_leave(people, as_, call, proposed):
    case = made.case(people, numbers=(), received_on=clock.today())
    restrictions.restrict([call], ground="18_1_c", because=case, by=people.clerk)
    client, path = as_(people.decider), f"{LIST}{proposed.uuid}"
    assert "Behandlingen av samtalet är begränsad (artikel 18)." in text(client.get(path))
    answer = client.submit(path + "/decision", {"decision": "approved", "reason": "Ja"})
    assert (answer.status_code, 'id="reason-error"' in answer.text) == (422, True)
    assert Transfer.get().state == TransferState.PROPOSED
    data = {"decision": "approved", "reason": "Polisen utreder ett brott, ett viktigt allmänt intresse."}
    assert client.submit(path + "/decision", data).status_code == 303
