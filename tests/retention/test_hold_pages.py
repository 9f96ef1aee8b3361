"""Holds on the pages: the list and its reminders, renewal, release with its warning, and a held call's own page."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.models import QueueGrant
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings.models import Recording, State
from portal.retention import freezes, holds, threats
from portal.retention.models import Hold, HoldRenewal, Threat
from portal.vault import keystore, objects
from tests.calls import recording
from tests.recordings.hearing import RANGE, acts, opened, text

CALLED = dt.datetime(2026, 9, 1, 8, 0, tzinfo=dt.UTC)
HELD = dt.datetime(2026, 9, 2, 8, 0, tzinfo=dt.UTC)
OVER = dt.datetime(2026, 12, 10, 8, 0, tzinfo=dt.UTC)
REASON, AHEAD = "Hotade att komma till kontoret", "Polisanmälan är gjord"


@pytest.fixture
def call(people):
    people.second_manager.language = "sv"
    people.second_manager.save()
    return recording(people.daycare, started_at=CALLED, adviser=people.adviser, subject="Dagvård")


@pytest.fixture
def hold(people, call) -> Hold:
    """Placed by the manager, on a report by the adviser, to be reviewed on 20.12.2026."""
    with clock.frozen(HELD):
        threat = threats.report(call, kind="adviser", words="Jag kommer dit", by=people.adviser)
        return threats.hold(
            threat, reason=REASON, action_ahead=AHEAD, review_on=dt.date(2026, 12, 20), by=people.manager
        )


@pytest.fixture
def over(hold):
    with clock.frozen(OVER):
        yield


def day(of: dt.date) -> str:
    return f"{of.day}.{of.month}.{of.year}"


# Lists


@pytest.mark.parametrize(
    ("today", "said", "notice"),
    [
        (dt.date(2026, 11, 1), "om 49 dagar", ""),
        (dt.date(2026, 12, 6), "om 14 dagar", "1 kvarhållet samtal ska snart granskas."),
        (dt.date(2026, 12, 20), "granskas i dag", "1 kvarhållet samtal ska snart granskas."),
        (dt.date(2026, 12, 21), "1 dag försenad", "1 kvarhållet samtal har inte granskats i tid."),
        (dt.date(2027, 1, 3), "14 dagar försenad", "1 kvarhållet samtal har inte granskats i tid."),
    ],
)
def test_the_list_says_when_a_hold_is_to_be_reviewed_and_every_page_reminds(people, as_, hold, today, said, notice):
    with clock.frozen(clock.day_start(today) + dt.timedelta(hours=9)):
        page = text(as_(people.manager).get("/retention/holds/"))
        assert said in page
        elsewhere = text(as_(people.second_manager).get("/recordings/"))
        assert notice in elsewhere
        assert ("granska" in elsewhere) == bool(notice)
        assert said in text(as_(people.dpo).get(f"/retention/holds/{hold.uuid}"))


def test_a_missed_review_deletes_nothing(people, as_, hold):
    with clock.frozen(dt.datetime(2027, 3, 1, tzinfo=dt.UTC)):
        page = text(as_(people.manager).get(f"/retention/holds/{hold.uuid}"))
    assert "Granskningsdagen har passerat. Samtalet hålls kvar" in page


@pytest.mark.parametrize("who", ["adviser", "clerk", "decider", "admin", "outsider"])
@pytest.mark.parametrize("path", ["", "{}", "{}/renewal", "{}/release", "{}/transfers"])
def test_others_see_no_holds(people, as_, hold, who, path):
    assert as_(getattr(people, who)).get("/retention/holds/" + path.format(hold.uuid)).status_code == 403


@pytest.mark.parametrize("path", ["", "/renewal", "/release", "/transfers"])
def test_a_hold_of_another_queue_is_not_there(people, as_, hold, path):
    QueueGrant.delete().where(QueueGrant.account == people.second_manager).execute()
    client = as_(people.second_manager)
    assert client.get(f"/retention/holds/{hold.uuid}{path}").status_code == 404
    assert str(hold.uuid) not in client.get("/retention/holds/").text


def test_the_data_protection_officer_reads_a_hold_and_decides_nothing(people, as_, hold):
    client = as_(people.dpo)
    page = client.get(f"/retention/holds/{hold.uuid}")
    assert REASON in page.text
    assert "/renewal" not in page.text
    assert "/release" not in page.text
    for path in ("renewal", "release", "transfers"):
        assert client.get(f"/retention/holds/{hold.uuid}/{path}").status_code == 403
        assert client.submit(f"/retention/holds/{hold.uuid}/{path}").status_code == 403
    assert Entry.select().where(Entry.by == people.dpo.uuid, Entry.act == Act.THREAT_VIEWED).count() == 1


def test_long_lists_are_paged_in_order_and_none_is_lost(people, as_):
    placed = []
    with clock.frozen(HELD):
        for n in range(55):
            row = recording(people.daycare, started_at=CALLED + dt.timedelta(minutes=n), ready=False)
            review_on = dt.date(2026, 12, 1) + dt.timedelta(days=n % 7)
            placed.append(holds.place(row, reason="x", action_ahead="y", review_on=review_on, by=people.manager))
        client = as_(people.manager)
        first = client.get("/retention/holds/")
        older = text(first).split('rel="next" href="')[1].split('"')[0]
        second = client.get(older)
    both = first.text + second.text
    assert all(both.count(f"/retention/holds/{hold.uuid}") == 1 for hold in placed)
    assert first.text.count("<tr>") == 51


# Placing without a report


def test_a_manager_holds_a_call_that_nobody_reported(people, as_, call):
    with clock.frozen(HELD):
        client = as_(people.manager)
        assert f"/retention/holds/of/{call.uuid}" in client.get(f"/recordings/{call.uuid}").text
        form = {"reason": REASON, "action_ahead": AHEAD, "review_on": "1.12.2026"}
        answer = client.submit(f"/retention/holds/of/{call.uuid}", form)
        hold = Hold.get()
        assert (answer.status_code, answer.location) == (303, f"/retention/holds/{hold.uuid}")
        assert client.submit(f"/retention/holds/of/{call.uuid}", form).status_code == 409
        assert as_(people.adviser).submit(f"/retention/holds/of/{call.uuid}", form).status_code == 403
        QueueGrant.delete().where(QueueGrant.account == people.second_manager).execute()
        assert as_(people.second_manager).submit(f"/retention/holds/of/{call.uuid}", form).status_code == 404


# Renewal


def test_another_manager_renews(people, as_, hold, over):
    own = text(as_(people.manager).get(f"/retention/holds/{hold.uuid}"))
    assert "Nästa gång förnyar en annan chef." in own
    assert f"/retention/holds/{hold.uuid}/renewal" not in own
    form = {"reason": "Rättegången är i mars", "review_on": "1.4.2027"}
    assert as_(people.manager).submit(f"/retention/holds/{hold.uuid}/renewal", form).status_code == 422
    client = as_(people.second_manager)
    assert REASON in client.get(f"/retention/holds/{hold.uuid}/renewal").text
    answer = client.submit(f"/retention/holds/{hold.uuid}/renewal", form)
    assert (answer.status_code, answer.location) == (303, f"/retention/holds/{hold.uuid}")
    assert Hold.get().review_on == dt.date(2027, 4, 1)
    assert len(acts(Act.HOLD_RENEWED)) == 1
    page = text(client.get(f"/retention/holds/{hold.uuid}"))
    assert "Förnyat till den 1.4.2027" in page
    assert "Rättegången är i mars" in page
    assert client.submit(f"/retention/holds/{hold.uuid}/renewal", form).status_code == 422, "the same one again"
    assert HoldRenewal.select().count() == 1


def test_a_renewal_without_reason_or_too_far_ahead_is_refused_beside_the_field(people, as_, hold, over):
    answer = as_(people.second_manager).submit(
        f"/retention/holds/{hold.uuid}/renewal", {"reason": "", "review_on": "11.6.2027"}
    )
    assert answer.status_code == 422
    assert "Skriv varför samtalet fortfarande behövs." in text(answer)
    assert "Granskningsdagen får vara senast den 10.6.2027." in text(answer)


# Release


def test_the_release_page_says_that_the_call_is_deleted_at_once_and_so_it_is(people, as_, call, hold, over):
    client, path = as_(people.manager), f"/retention/holds/{hold.uuid}/release"
    page = text(client.get(path))
    assert "Samtalet raderas genast och kan inte återställas." in page
    assert "Lagringstiden gick ut den 1.12.2026" in page
    assert "Släpp och radera genast" in page
    for form in ({"seen": "purged", "reason": "Utrett"}, {"seen": "purged", "understood": "y"}):
        assert client.submit(path, form).status_code == 422
    assert Recording.get_by_id(call.id).state == State.LIVE
    answer = client.submit(path, {"seen": "purged", "reason": "Utrett", "understood": "y"})
    assert (answer.status_code, answer.location) == (303, f"/retention/holds/{hold.uuid}")
    assert Recording.get_by_id(call.id).state == State.PURGED
    for store in (keystore.MAIN, keystore.THREAT):
        assert not keystore.exists(call.uuid, store=store)
        assert not objects.exists(call.uuid, "original", store=store)
    page = text(client.get(f"/retention/holds/{hold.uuid}"))
    assert "Samtalet är släppt och raderat." in page
    assert "Texten raderades med samtalet." in page
    assert REASON not in page
    assert "Utrett" not in page
    assert client.get(f"/recordings/{call.uuid}").status_code == 404
    assert client.submit(path, {"seen": "purged", "reason": "Utrett", "understood": "y"}).status_code == 409


def test_before_its_date_a_released_call_is_an_ordinary_one_again(people, as_, call, hold):
    with clock.frozen(HELD):
        client, path = as_(people.manager), f"/retention/holds/{hold.uuid}/release"
        page = text(client.get(path))
        assert "Samtalet raderas den 1.12.2026" in page
        assert "genast" not in page
        assert client.submit(path, {"seen": "kept", "reason": "Utrett"}).status_code == 303
        assert "Raderas den 1.12.2026" in text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
        assert "Samtalet är släppt. Lagringstiden gäller igen." in text(client.get(f"/retention/holds/{hold.uuid}"))


def test_a_date_that_passed_while_the_page_stood_open_deletes_nothing_unsaid(people, as_, call, hold):
    with clock.frozen(OVER):
        answer = as_(people.manager).submit(
            f"/retention/holds/{hold.uuid}/release", {"seen": "kept", "reason": "Utrett", "understood": "y"}
        )
        assert answer.status_code == 409
        page = text(answer)
        assert "Läget har ändrats sedan du öppnade sidan." in page
        assert "Samtalet raderas genast" in page
        assert "Utrett" in page, "what was typed stays"
    assert Recording.get_by_id(call.id).state == State.LIVE
    assert Hold.get().stands


def test_a_frozen_call_past_its_date_says_that_it_stays_for_the_case(people, as_, call, hold, over):
    freezes.freeze([call], because=people.clerk, by=people.clerk)
    client, path = as_(people.manager), f"/retention/holds/{hold.uuid}/release"
    assert "Samtalet raderas inte nu, för det har en raderingsspärr." in text(client.get(path))
    assert client.submit(path, {"seen": "frozen", "reason": "Utrett"}).status_code == 303
    assert Recording.get_by_id(call.id).state == State.LIVE
    assert client.get(f"/recordings/{call.uuid}").status_code == 404


def test_releasing_is_for_managers_of_the_queue(people, as_, hold, over):
    path, form = f"/retention/holds/{hold.uuid}/release", {"seen": "purged", "reason": "x", "understood": "y"}
    QueueGrant.delete().where(QueueGrant.account == people.second_manager).execute()
    assert as_(people.second_manager).submit(path, form).status_code == 404
    for who in (people.dpo, people.adviser, people.decider):
        assert as_(who).submit(path, form).status_code == 403
    assert Hold.get().stands


# The call's own page, and hearing it past its date


def test_past_its_date_a_held_call_is_heard_by_managers_of_its_queue_with_a_purpose_and_in_the_log(
    people, as_, call, hold, over
):
    client = as_(people.second_manager)
    page = text(client.get(f"/recordings/{call.uuid}"))
    assert "Kvarhållet som hotsamtal" in page
    assert REASON in page
    assert "Granskas senast</dt><dd>20.12.2026" in page
    assert "gick ut den 1.12.2026" in page
    assert "Bara cheferna för servicenumret. Samtalet finns inte i sökningen." in page
    assert "Raderas den" not in page
    assert "Ny anteckning" not in page
    assert "2 personer" in page
    assert client.submit(f"/recordings/{call.uuid}/listens", {"purpose": ""}).status_code == 422
    address = opened(client, call, "safety")
    assert "data-player" in client.get(address).text
    heard = client.get(address + "/audio", headers=RANGE)
    assert (heard.status_code, len(heard.data)) == (206, 100)
    assert client.get(address + "/peaks").status_code == 200
    assert [entry.by for entry in acts(Act.PLAYED)] == [people.second_manager.uuid]
    assert Recording.get_by_id(call.id).store == "threat"


@pytest.mark.parametrize("who", ["adviser", "clerk", "outsider"])
def test_past_its_date_a_held_call_is_not_there_for_others(people, as_, call, hold, over, who):
    client = as_(getattr(people, who))
    gone = client.get(f"/recordings/{call.uuid}")
    absent = client.get("/recordings/00000000-0000-4000-8000-000000000000")
    assert gone.status_code == absent.status_code == 404
    assert gone.text.split("<main")[1] == absent.text.split("<main")[1]
    purpose = {"purpose": "request", "reference": "BST/1/2026"}
    assert client.submit(f"/recordings/{call.uuid}/listens", purpose).status_code == 404
    assert client.get(f"/retention/calls/{call.uuid}").status_code in (403, 404)


def test_nobody_finds_it_in_the_search_past_its_date(people, as_, call, hold, over):
    for who in (people.adviser, people.manager):
        assert str(call.uuid) not in as_(who).get("/recordings/?words=dagvård", follow_redirects=True).text


def test_a_listen_of_an_adviser_ends_at_the_date_and_that_of_a_manager_goes_on(people, as_, call, hold):
    with clock.frozen(call.expires_at - dt.timedelta(minutes=1)):
        adviser, manager = as_(people.adviser), as_(people.manager)
        ears = [(client, opened(client, call)) for client in (adviser, manager)]
        assert [client.get(ear + "/audio", headers=RANGE).status_code for client, ear in ears] == [206, 206]
    with clock.frozen(call.expires_at):
        assert [client.get(ear + "/audio", headers=RANGE).status_code for client, ear in ears] == [404, 206]


def test_a_listen_to_a_released_call_ends(people, as_, call, hold, over):
    client = as_(people.manager)
    ear = opened(client, call)
    freezes.freeze([call], because=people.clerk, by=people.clerk)
    holds.release(hold, reason="x", seen="frozen", by=people.manager)
    assert client.get(ear + "/audio", headers=RANGE).status_code == 404


def test_sound_is_heard_while_it_is_moved(people, as_, call, monkeypatch):
    """The register says the new place before the old one is emptied: asked at that moment, it is asked again."""
    with clock.frozen(HELD):
        client = as_(people.manager)
        ear = opened(client, call)
        real, moved = objects.Reader.__init__, []

        def moving(self, subject, part, **where):
            if not moved:
                why = {"reason": "x", "action_ahead": "y", "review_on": dt.date(2026, 12, 1)}
                moved.append(holds.place(call, **why, by=people.manager))
            real(self, subject, part, **where)

        monkeypatch.setattr(objects.Reader, "__init__", moving)
        assert client.get(ear + "/audio", headers=RANGE).status_code == 206
        assert moved
        assert not objects.exists(call.uuid, "original")


def test_the_list_of_calls_says_held_and_frozen_where_a_date_would_not_be_true(people, as_, call, hold):
    with clock.frozen(HELD):
        client = as_(people.adviser)
        row = text(client.get("/recordings/")).split(str(call.uuid), 1)[1].split("</tr>")[0]
        assert "Kvarhållet" in row
        assert "1.12.2026" not in row
        other = recording(people.daycare, started_at=CALLED)
        freezes.freeze([other], because=people.clerk, by=people.clerk)
        row = text(client.get("/recordings/")).split(str(other.uuid), 1)[1].split("</tr>")[0]
        assert "Spärrat" in row
        page = text(client.get(f"/recordings/{other.uuid}"))
        assert "Raderingsspärr för ett ärende" in page
        assert "Raderas den" not in page


def test_a_report_is_named_on_the_page_of_the_hold(people, as_, hold):
    page = as_(people.manager).get(f"/retention/holds/{hold.uuid}").text
    assert f"/retention/threats/{Threat.get().uuid}" in page
