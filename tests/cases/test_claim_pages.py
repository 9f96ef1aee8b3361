"""The pages of claims: noting, deciding, wording otherwise, and who reads them."""

import html

import pytest

from portal import clock
from portal.cases import claims
from portal.cases.claim_models import Claim
from portal.cases.codes import Decision, Outcome, RightKind, State
from portal.recordings.models import Note
from portal.recordings.quality_models import QualityReview
from tests.cases import answered, claimed
from tests.cases.answered import case, fresh

RIGHTS = (RightKind.RECTIFICATION, RightKind.ERASURE, RightKind.RESTRICTION, RightKind.OBJECTION, RightKind.WITHDRAWAL)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def text(answer) -> str:
    return html.unescape(answer.text)


def test_the_whole_way_of_claims_through_the_pages(people, as_):
    made = case(people, rights=RIGHTS)
    added = answered.call(made, people, Decision.WHOLE)
    note = Note.create(recording=added.recording, author=people.adviser, text="zqanteckningen")
    path, clerk = f"/cases/{made.uuid}/claims", as_(people.clerk)
    shown = text(clerk.get(path))
    assert shown.count("Inget yrkande är antecknat") == 4
    assert shown.count("Anteckna ett yrkande") == 4
    for right, status in (("rectification", 200), ("erasure", 200), ("access", 404), ("withdrawal", 404), ("zq", 404)):
        assert clerk.get(f"{path}/new?right={right}").status_code == status, right
    one = f"{path}/new/{added.uuid}?right=rectification"
    shown = text(clerk.get(one))
    assert "Anteckning: zqanteckningen" in shown
    assert clerk.submit(one, {"about": "zq", "demanded": ""}).status_code == 422
    form = {"about": f"note{note.uuid.hex}", "demanded": claimed.DEMANDED}
    assert clerk.submit(one, form).status_code == 303
    assert clerk.submit(one, form).status_code == 409
    assert clerk.submit(one, {"about": "speech", "demanded": claimed.DEMANDED}).status_code == 422
    assert (
        clerk.submit(f"{path}/new?right=rectification", {"fact": "phone", "fact_demanded": "zq ett annat"}).status_code
        == 303
    )
    for right in ("erasure", "restriction", "objection"):
        assert f'value="{added.uuid.hex}"' in clerk.get(f"{path}/new?right={right}").text
        assert clerk.submit(f"{path}/new?right={right}", {"demanded": claimed.DEMANDED}).status_code == 422
        form = {"calls": added.uuid.hex, "demanded": claimed.DEMANDED}
        assert clerk.submit(f"{path}/new?right={right}", form).status_code == 303
    assert clerk.get(f"{path}/new/{added.uuid}?right=objection").status_code == 404
    span = {"start_ms": "0:00,5", "end_ms": "0:01", "demanded": claimed.DEMANDED}
    assert clerk.submit(f"{path}/new/{added.uuid}?right=erasure", {**span, "end_ms": "0:00,1"}).status_code == 422
    assert clerk.submit(f"{path}/new/{added.uuid}?right=erasure", span).status_code == 303
    rows = claims.of(made)
    assert [(row.entry, row.disputed, row.start_ms) for row in rows][:2] == [
        ("note", "zqanteckningen", None),
        ("fact", "", None),
    ]
    assert (rows[-1].start_ms, rows[3].start_ms) == (None, 500)
    shown = text(clerk.get(path))
    assert "zqanteckningen" in shown
    assert claimed.DEMANDED in shown


def test_a_claim_is_decided_on_its_page_and_a_phrase_is_only_a_beginning(people, as_):
    made = case(people, rights=(RightKind.RECTIFICATION,))
    row = claimed.claim(made, people, added=answered.call(made, people))
    path, clerk = f"/cases/{made.uuid}/claims/{row.uuid}", as_(people.clerk)
    assert "Börja med en fras" in clerk.get(path).text
    for form, said in (
        ({"decision": ""}, "Välj ett av alternativen."),
        ({"decision": "granted"}, "Välj ett av alternativen."),
        ({"decision": "corrected", "value": ""}, "Det ska vara ett annat"),
        ({"decision": "completed", "statement": "kort"}, "minst 10 tecken"),
        ({"decision": "refused", "reasons": "kort"}, "minst 80 tecken"),
    ):
        answer = clerk.submit(f"{path}/decision", form)
        assert (answer.status_code, said in text(answer)) == (422, True), form
    begun = clerk.submit(f"{path}/decision", {"begin": "heard", "reasons": "", "decision": ""})
    assert begun.status_code == 200
    assert "[varför]" in text(begun)
    assert Claim.get().decision is None
    phrase = "Vi har hört samtalet och jämfört det med uppgiften. Uppgiften stämmer, eftersom [varför]."
    answer = clerk.submit(f"{path}/decision", {"decision": "refused", "reasons": phrase, "phrase": "heard"})
    assert (answer.status_code, "Skälen är ännu en fras." in text(answer)) == (422, True)
    form = {"decision": "refused", "reasons": claimed.REASONS, "phrase": "heard"}
    assert clerk.submit(f"{path}/decision", form).status_code == 303
    assert (Claim.get().decision, Claim.get().phrase) == ("refused", "heard")
    assert claimed.REASONS in text(as_(people.decider).get(path))
    assert "Vägras" in text(clerk.get(f"/cases/{made.uuid}/claims"))
    assert clerk.submit(f"{path}/change", {"demanded": "x"}).status_code == 422
    assert clerk.submit(f"{path}/change", {"demanded": "Zqannat ämne än så"}).status_code == 303
    assert (Claim.get().decision, Claim.get().demanded) == (None, "Zqannat ämne än så")
    assert clerk.submit(f"{path}/removal").status_code == 303
    assert not Claim.select().exists()
    assert clerk.get(path).status_code == 404


def test_each_kind_of_entry_has_a_field_of_its_own_and_keeps_what_was_chosen(people, as_):
    made = case(people, rights=(RightKind.RECTIFICATION,))
    added = answered.call(made, people)
    clerk = as_(people.clerk)
    for entry, value, kept in (
        ("queue", people.technical.uuid.hex, None),
        ("told", "no", None),
        ("direction", "out", None),
        ("adviser", "", None),
        ("number", "050 000 0001", "+358500000001"),
        ("subject", "Zqämne", None),
    ):
        row = claimed.claim(made, people, added=added, entry=entry)
        path = f"/cases/{made.uuid}/claims/{row.uuid}"
        assert clerk.get(path).status_code == 200
        answer = clerk.submit(f"{path}/decision", {"decision": "corrected", "value": value})
        assert answer.status_code == 303, (entry, text(answer))
        assert fresh(row).value == (kept or value)
        assert clerk.get(path).status_code == 200
        if entry in ("queue", "told", "direction", "adviser"):
            assert clerk.submit(f"{path}/decision", {"decision": "corrected", "value": "-"}).status_code == 422
    review = QualityReview.create(recording=added.recording, author=people.manager, comment="zqkommentar")
    adding = f"/cases/{made.uuid}/claims/new/{added.uuid}?right=rectification"
    about = {"about": f"review{review.uuid.hex}", "demanded": claimed.DEMANDED}
    assert "Kommentar till en kvalitetsbedömning: zqkommentar" in text(clerk.get(adding))
    assert clerk.submit(adding, about).status_code == 303
    row = Claim.get(Claim.entry == "review")
    path = f"/cases/{made.uuid}/claims/{row.uuid}"
    assert clerk.submit(f"{path}/decision", {"decision": "corrected", "value": "zqrätt\n\nord"}).status_code == 303
    assert fresh(row).value == "zqrätt\n\nord"
    QualityReview.update(comment="zqnytt nu").execute()
    assert "zqnytt nu" in text(clerk.get(path)), "what it says by now"
    answer = clerk.submit(f"{path}/decision", {"decision": "corrected", "value": "131052-308T"})
    assert (answer.status_code, "personbeteckning" in text(answer)) == (422, True)


def test_claims_are_read_by_those_who_read_cases_and_noted_by_the_handler(people, as_):
    made = case(people, rights=(RightKind.RECTIFICATION, RightKind.ERASURE))
    added = answered.call(made, people, Decision.WHOLE)
    row = claimed.claim(made, people, added=added)
    path = f"/cases/{made.uuid}/claims"
    pages = (path, f"{path}/{row.uuid}")
    forms = (f"{path}/new?right=erasure", f"{path}/new/{added.uuid}?right=erasure", f"{path}/{row.uuid}/change")
    acts = (f"{path}/{row.uuid}/decision", f"{path}/{row.uuid}/removal")
    other = case(people, rights=(RightKind.RECTIFICATION,))
    before = answered.register()
    for by, reads, writes in (
        (people.decider, 200, 403),
        (people.dpo, 200, 403),
        (people.adviser, 403, 403),
        (people.manager, 403, 403),
        (people.admin, 403, 403),
        (people.outsider, 403, 403),
        (answered.second_clerk(), 200, 422),
    ):
        client = as_(by)
        for url in pages:
            assert client.get(url).status_code == reads, (by, url)
        assert "Anteckna ett yrkande" not in client.get(path).text
        for url in forms:
            assert client.get(url).status_code == writes, (by, url)
        for url in (*forms, *acts):
            answer = client.submit(
                url, {"decision": "corrected", "value": "x", "demanded": "zqzq", "calls": added.uuid.hex}
            )
            assert answer.status_code == writes, (by, url)
    clerk = as_(people.clerk)
    for url in (f"/cases/{other.uuid}/claims/{row.uuid}", f"{path}/{other.uuid}", f"{path}/{row.uuid}/zq"):
        assert clerk.get(url).status_code == 404
    after = answered.register()
    assert {name for name in after if after[name] != before[name]} <= {"account", "role_grant", "entry"}


def test_the_one_who_approves_reads_the_reasons_and_says_so(people, as_):
    made = case(people, rights=(RightKind.RECTIFICATION,))
    claimed.claim(made, people, decision="refused")
    clerk, decider = as_(people.clerk), as_(people.decider)
    answer = clerk.submit(f"/cases/{made.uuid}/answer/proposal", {"version": fresh(made).version, "reasons": ""})
    assert answer.status_code == 303
    made = fresh(made)
    assert (made.state, made.outcome) == (State.PROPOSED, Outcome.REFUSED)
    shown = text(decider.get(f"/cases/{made.uuid}/answer"))
    assert claimed.REASONS in shown
    assert 'name="reviewed"' in shown
    answer = decider.submit(f"/cases/{made.uuid}/answer/approval", {"version": made.version})
    assert (answer.status_code, fresh(made).state) == (422, State.PROPOSED)
    form = {"version": made.version, "reviewed": "y"}
    assert decider.submit(f"/cases/{made.uuid}/answer/approval", form).status_code == 303
    assert fresh(made).state == State.APPROVED
