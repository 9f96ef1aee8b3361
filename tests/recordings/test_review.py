"""A call's quality is judged by someone who has heard it for that; who sees the review, and how it goes."""

import dataclasses
import datetime as dt
import html
import json
import re

import pytest

from portal import clock, config
from portal.accounts.models import Account, QueueGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.errors import NotFound
from portal.oversight import heard as oversight_heard
from portal.recordings import quality
from portal.recordings.correction_models import Correction
from portal.recordings.models import Listen, Recording
from portal.recordings.quality_models import QualityAnswer, QualityReview
from portal.retention import actions as retention
from tests import calls
from tests.people import grant, person
from tests.recordings.hearing import RANGE, acts, opened, text

CODES = ("greeting", "need", "answer", "manner", "closing")


@pytest.fixture
def call(people):
    return calls.recording(people.daycare, adviser=people.adviser, subject="Dagvård")


def said(answer="yes", comment="", version="", **more) -> dict[str, str]:
    return {f"answer-{code}": answer for code in CODES} | {"comment": comment, "version": version, **more}


def hear(client, call, purpose="quality", reference="") -> str:
    """The address of the player of a listen whose sound has left."""
    there = opened(client, call, purpose, reference)
    assert client.get(there + "/audio", headers=RANGE).status_code == 206
    return there


def review(client, call, **what):
    return client.submit(f"/recordings/{call.uuid}/review", said(**what))


def test_a_manager_judges_a_call_they_have_heard_and_the_log_says_so_without_the_answers(as_, people, call):
    client = as_(people.manager)
    player = text(client.get(hear(client, call)))
    assert "Blev ärendet hört och förstått?" in player
    assert player.count('type="radio"') == 20
    answer = review(client, call, answer="partly", comment="Lugnt bemötande.")
    assert (answer.status_code, answer.location) == (303, f"/recordings/{call.uuid}#reviews")
    row = QualityReview.get()
    assert (row.recording_id, row.author_id, row.comment) == (call.id, people.manager.id, "Lugnt bemötande.")
    assert {(a.question, a.answer) for a in QualityAnswer.select()} == {(code, "partly") for code in CODES}
    (entry,) = acts(Act.QUALITY_REVIEWED)
    assert (entry.by, entry.subject, entry.queue_id) == (people.manager.uuid, call.uuid, people.daycare.id)
    assert json.loads(entry.detail) == {"assessment": row.uuid.hex, "answers": 5, "characters": 16}
    assert Act.QUALITY_REVIEWED in oversight_heard.WORK, "it tells why the call was heard"
    assert review(client, call, answer="partly", comment="Lugnt bemötande.").status_code == 303
    assert len(acts(Act.QUALITY_REVIEWED, Act.QUALITY_CHANGED)) == QualityReview.select().count() == 1, "sent twice"


def test_the_own_review_is_changed_from_the_one_that_stands_and_no_other(as_, people, call):
    client = as_(people.manager)
    hear(client, call)
    review(client, call)
    page = text(client.get(f"/recordings/{call.uuid}/review"))
    assert page.count("checked") == 5
    assert review(client, call, answer="no", version="1").status_code == 303
    (entry,) = acts(Act.QUALITY_CHANGED)
    assert json.loads(entry.detail)["answers"] == 5
    assert {a.answer for a in QualityAnswer.select()} == {"no"}
    assert (QualityReview.get().version, QualityReview.get().changed_at is not None) == (2, True)
    for stale in ("1", "", "99"):
        assert review(client, call, answer="yes", version=stale).status_code == 409, stale
    assert {a.answer for a in QualityAnswer.select()} == {"no"}
    second = as_(people.second_manager)
    hear(second, call)
    assert review(second, call, answer="yes").status_code == 303, "each has one of their own"
    assert QualityReview.select().count() == 2


@pytest.mark.parametrize("purpose", ["", "safety", "request", "unplayed", "other"])
def test_what_was_not_heard_for_the_quality_cannot_be_judged(as_, people, call, purpose):
    client = as_(people.manager)
    if purpose == "unplayed":
        opened(client, call)
    elif purpose == "other":
        hear(as_(people.second_manager), call)
        hear(client, calls.recording(people.daycare, started_at=call.started_at - dt.timedelta(hours=1)))
    elif purpose:
        there = hear(client, call, purpose, "BST/1/2026" if purpose == "request" else "")
        assert "Bedöm samtalets kvalitet" not in text(client.get(there))
    answer = review(client, call)
    assert answer.status_code == 422
    assert "Lyssna först på samtalet med ändamålet Tjänstens kvalitet." in text(answer)
    assert client.get(f"/recordings/{call.uuid}/review").status_code == 422
    assert not QualityReview.select().exists()
    assert not acts(Act.QUALITY_REVIEWED)


def test_nobody_judges_a_call_they_answered_themselves(as_, people):
    call = calls.recording(people.daycare, adviser=people.manager)
    client = as_(people.manager)
    there = hear(client, call)
    assert "Bedöm samtalets kvalitet" not in text(client.get(there))
    assert review(client, call).status_code == client.get(f"/recordings/{call.uuid}/review").status_code == 422
    assert "Någon annan bedömer det." in text(review(client, call))
    assert not QualityReview.select().exists()


def test_only_who_reviews_in_the_calls_queue_does(as_, people, call):
    for name in ("adviser", "clerk", "dpo", "admin", "decider"):
        assert review(as_(getattr(people, name)), call).status_code == 403, name
    far = person("mona", "Mona Annanstans", Role.MANAGER, queues=(people.elderly,))
    assert review(as_(far), call).status_code == 404
    grant(far, Role.ADVISER, (people.daycare,))
    client = as_(far)
    hear(client, call)
    assert review(client, call).status_code == 404, "hears it as an adviser, reviews in another queue"
    with pytest.raises(NotFound):
        quality.judge(call, {code: "yes" for code in CODES}, "", earlier=None, by=Account.get_by_id(far.id))
    client = as_(people.manager)
    hear(client, call)
    Recording.update(restrictions=1).execute()
    assert review(client, call).status_code == 409
    Recording.update(restrictions=0).execute()
    QueueGrant.delete().where(QueueGrant.account == people.manager).execute()
    assert review(client, call).status_code == 404
    assert not QualityReview.select().exists()


def test_every_question_is_answered_and_no_identity_code_is_written(as_, people, call):
    client = as_(people.manager)
    hear(client, call)
    for wrong in ({"answer-need": ""}, {"answer-need": "maybe"}):
        assert client.submit(f"/recordings/{call.uuid}/review", {**said(), **wrong}).status_code == 422
    answer = review(client, call, comment="Ring 131052-308T")
    assert (answer.status_code, "Skriv ingen personbeteckning i bedömningen." in text(answer)) == (422, True)
    assert review(client, call, comment="x" * 2001).status_code == 422
    with pytest.raises(quality.Unanswered):
        quality.judge(call, {"need": "yes"}, "", earlier=None, by=people.manager)
    assert not QualityReview.select().exists()


def test_the_adviser_sees_the_reviews_of_the_own_calls_and_by_whom_and_other_advisers_do_not(as_, people, call):
    client = as_(people.manager)
    hear(client, call)
    review(client, call, comment="zq lugnt")
    colleague = person("kalle", "Kalle Kollega", Role.ADVISER, queues=(people.daycare,))
    page = text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
    assert all(word in page for word in ("Samtalets kvalitet", "zq lugnt", "Maria Chefberg", "Blev ärendet hört"))
    mine = text(as_(people.adviser).get("/recordings/reviews"))
    assert str(call.uuid) in mine
    assert "Maria Chefberg" in mine
    for other in (colleague, people.clerk):
        assert not quality.of(call, by=other)
        page = text(as_(other).get(f"/recordings/{call.uuid}"))
        assert "Samtalets kvalitet" not in page
        assert "zq lugnt" not in page
    assert str(call.uuid) not in text(as_(colleague).get("/recordings/reviews"))
    assert "Rättad" not in page
    about = {"entry_kind": "review", "entry": QualityReview.get().uuid, "field": "review"}
    Correction.create(**about, recording=call, by=people.clerk)
    page = text(as_(people.second_manager).get(f"/recordings/{call.uuid}"))
    assert "zq lugnt" in page
    mark = rf"zq lugnt</p> <span class=.meta.>Oikaistu [\d.]+, oikaisija {people.clerk.name}<"
    assert re.search(mark, page), "read in Finnish: that it was corrected, when and by whom"
    Recording.update(restrictions=1).execute()
    assert str(call.uuid) not in text(as_(people.adviser).get("/recordings/reviews"))


def test_saved_in_a_list_it_leads_on_to_the_next_call(as_, people, call):
    second = calls.recording(people.daycare, adviser=people.adviser, started_at=call.started_at - dt.timedelta(hours=1))
    client = as_(people.manager)
    listed = client.submit("/recordings/series/new", {"purpose": "quality"}).location
    player = client.submit(f"{listed}/calls/{call.uuid}").location
    client.get(player + "/audio", headers=RANGE)
    page = text(client.get(player))
    assert "Spara och gå till nästa" in page
    key = player.split("/")[-1].split("?")[0]
    wrong = client.submit(f"/recordings/{call.uuid}/review", {**said(listen=key, next="1"), "answer-need": ""})
    assert (wrong.status_code, "Spara och gå till nästa" in text(wrong)) == (422, True), "the list is not lost"
    assert client.submit(f"/recordings/{call.uuid}/review", said(listen=key)).location == listed
    answer = client.submit(f"/recordings/{call.uuid}/review", said("no", version="1", listen=key, next="1"))
    assert answer.location.startswith(f"/recordings/{second.uuid}/listens/")
    assert "av 2 i listan" in text(client.get(answer.location))
    client.get(answer.location + "/audio", headers=RANGE)
    last = said(listen=answer.location.split("/")[-1], next="1")
    done = client.submit(f"/recordings/{second.uuid}/review", last, headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, listed), "the sound of the page went on until then"
    stranger = as_(people.second_manager)
    hear(stranger, call)
    elsewhere = stranger.submit(f"/recordings/{call.uuid}/review", said(listen=key, next="1"))
    assert elsewhere.location.endswith("#reviews"), "another's listen leads nowhere"


def test_a_question_asked_no_more_is_still_read_and_a_change_keeps_its_answer(as_, people, call, settings):
    client = as_(people.manager)
    hear(client, call)
    review(client, call)
    config.use(dataclasses.replace(settings, quality_questions=("need|Hördes ärendet?|Kuultiinko asia?",)))
    page = text(client.get(f"/recordings/{call.uuid}/review"))
    assert page.count('type="radio"') == 4
    client.submit(f"/recordings/{call.uuid}/review", {"answer-need": "no", "version": "1"})
    assert QualityAnswer.select().count() == 5
    page = html.unescape(text(client.get(f"/recordings/{call.uuid}")))
    assert "Hördes ärendet?" in page
    assert "greeting" in page


def test_it_goes_with_the_call_and_cannot_be_written_after(as_, people):
    call = calls.recording(people.daycare, adviser=people.adviser, started_at=clock.now() - dt.timedelta(days=60))
    with clock.frozen(call.expires_at - dt.timedelta(minutes=1)):
        client = as_(people.manager)
        hear(client, call)
        assert review(client, call, comment="zq").status_code == 303
    with clock.frozen(call.expires_at):
        assert review(client, call, answer="no", version="1").status_code == 404, "past its date"
        assert retention.purge_due().purged == 1
    assert not QualityReview.select().exists()
    assert not QualityAnswer.select().exists()
    assert not Listen.select().exists()
