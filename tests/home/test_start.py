"""The first page: to each the works of their roles, a few of each, and a number that leads to the whole list."""

import datetime as dt
import html
import re

import pytest
from playhouse.test_utils import count_queries

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.cases.codes import RightKind
from portal.cases.models import Case
from portal.home import works
from portal.jobs.models import Kind, Outcome
from portal.recordings import errors, listening, quality, quality_figures
from portal.recordings.models import Listen, Recording
from portal.recordings.quality_models import Answer, QualityReview
from portal.register import counting, figures
from portal.retention import health, holds, restrictions, threats
from portal.retention.models import Hold, HoldState, Sweep
from portal.rights import asking
from portal.rights.models import Right, RightQueue, State
from tests import calls
from tests.cases import made
from tests.jobs.made import ended, under_way
from tests.people import grant, person

MOST_QUERIES = 40
TAG = re.compile(r"<[^>]+>")
LINK = re.compile(r'<p(?: class="work-count")?><a href="([^"]+)">([^<]*\d[^<]*)</a></p>')
CARD = re.compile(r'<section class="card"[^>]*aria-labelledby="work-([a-z-]+)".*?</section>', re.S)
ADVISER = "find heard reports reviews training"
SHOWS = {
    "adviser": ADVISER,
    "outsider": ADVISER,
    "manager": "find threats disclosures holds ending-rights errors heard reports reviews training quality figures",
    "clerk": "find cases disclosures notices errors heard",
    "decider": "approvals cases incidents observations disclosures papers asked-rights ending-rights figures",
    "dpo": "opinions cases incidents observations threats papers holds figures",
    "admin": "health jobs quarantine",
}


def page(client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.text


def cards(text: str) -> dict[str, str]:
    """What stands in each card, by its name; the log and the inbox are parts of other pages."""
    return {found[1]: found[0] for found in CARD.finditer(text)}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", text))).strip()


def number(text: str) -> int:
    """The one that a sentence says; 'En begäran brådskar' says one."""
    found = re.search(r"\d[\d\u00a0\u202f ]*", text)
    return int(re.sub(r"\D", "", found[0])) if found else 1


SAYS = re.compile(
    r'<p class="result-count[^"]*"[^>]*>(?P<list>.*?)</p>|aria-current="page">(?P<chip>[^<]*)</a>'
    r'|<dd>(?P<fact>\d+)</dd>|<div class="alert[^>]*>\s*<span[^>]*></span>\s*<div>\s*<p>(?P<alert>.*?)</p>',
    re.S,
)
"""Where a list says how long it is."""


def says(text: str) -> set[int]:
    told = (plain(found[found.lastgroup]) for found in SAYS.finditer(text))
    return {number(said) for said in told if re.search(r"\d|^En ", said)}


def heard(recording: Recording, by: Account, *, at: dt.datetime | None = None) -> Listen:
    _, by.sign_in = sessions.open_session(by, sessions.FULL, device="test")
    listen = listening.open_listen(recording, purpose="quality", reference="", by=by)
    listening.start(listening.check(listen.uuid, recording.uuid, by=by), by=by)
    if at is not None:
        Listen.update(started_at=at).where(Listen.id == listen.id).execute()
    return listen


@pytest.mark.parametrize("who", sorted(SHOWS))
def test_start_shows_each_role_its_works_and_no_other(as_, people, who):
    text = page(as_(getattr(people, who)))
    assert list(cards(text)) == SHOWS[who].split()
    assert ('id="whole"' in text) == (who == "dpo"), "the state of the log"
    assert ('id="arrivals-title"' in text) == (who == "admin"), "the inbox"
    assert "<h1>" in text
    assert text.index('aria-current="page"') < text.index("<main"), "it is the first of the menu"


def test_start_says_of_every_empty_work_that_nothing_is_there(as_, people):
    for who in SHOWS:
        for name, card in cards(page(as_(getattr(people, who)))).items():
            if name in ("find", "health"):
                continue
            assert 'class="meta"' in card, (who, name)
            assert 'class="work-count"' not in card, (who, name)
            assert len(plain(card)) > 20, (who, name)


def test_start_of_two_roles_shows_the_works_of_both(as_, people):
    both = person("bo", "Bo Bådadera", Role.ADVISER, queues=(people.daycare,))
    grant(both, Role.ADMIN)
    shown = list(cards(page(as_(Account.get_by_id(both.id)))))
    assert set(shown) == {*SHOWS["adviser"].split(), *SHOWS["admin"].split()}


def test_start_of_who_has_no_right_says_whom_to_ask(as_, people):
    text = page(as_(person("nils", "Nils Utanrätt")))
    assert list(cards(text)) == ["rights"]
    assert "Be din chef" in text
    assert 'href="/rights/own"' in text


def test_start_leads_with_every_number_to_a_list_of_so_many(as_, everything):
    _, every = everything
    client = as_(every)
    text, wrong = page(client), []
    found = cards(text)
    assert {name for role in SHOWS.values() for name in role.split()} == set(found)
    seen = {name: LINK.findall(card) for name, card in found.items()}
    for name, links in seen.items():
        for address, said in links:
            there = client.get(html.unescape(address).partition("#")[0])
            if there.status_code != 200 or number(html.unescape(said)) not in says(there.text):
                wrong.append((name, address, said))
            lines = re.findall(r'<li><a href="([^"#]+)', found[name]) if 'class="work-count"' in found[name] else []
            wrong += [(name, address, line) for line in lines if f'"{line}' not in there.text and name != "reviews"]
    assert not wrong
    filled = {name for name, links in seen.items() if links}
    named = {"threats", "holds", "approvals", "cases", "notices", "disclosures", "papers", "incidents", "observations"}
    assert filled >= {*named, "quarantine", "jobs", "errors", "ending-rights", "asked-rights", "training"}


def test_start_shows_no_more_than_five_of_anything(as_, everything):
    _, every = everything
    shown = cards(page(as_(every)))
    assert max(number(said) for card in shown.values() for _, said in LINK.findall(card)) > 5
    for name, card in shown.items():
        for found in re.findall(r"<ul[ >].*?</ul>", card, re.S):
            assert found.count("<li>") <= 5, name


def test_start_asks_little_of_the_register_whoever_looks(as_, everything):
    _, every = everything
    client = as_(every)
    page(client)  # what is written once, and what is looked at every half a minute
    with count_queries() as counted:
        page(client)
    assert counted.count <= MOST_QUERIES, "\n".join(str(query) for query in counted.get_queries())


def test_start_leaves_no_entry_and_shows_no_word_that_needs_one(as_, everything):
    _, every = everything
    client = as_(every)
    before = Entry.select().count()
    text = plain(page(client).partition("<main")[2])
    assert Entry.select().count() == before
    staff = {account.name for account in Account.select()}
    names = {case.name for case in Case.select() if case.name} - staff
    assert names
    assert not {name for name in names if name in text}
    assert "Hot mot" not in text
    assert "Dagvårdsplats" not in text


def test_start_says_nothing_twice_that_waits(as_, everything):
    _, every = everything
    client = as_(every)
    text = page(client)
    above = re.search(r'<div class="waits">(.*?)<h1>', text, re.S)[1]
    waits = {plain(said) for said in re.findall(r"<p>(.*?)</p>", above, re.S)}
    shown = plain(text.partition("<h1>")[2])
    assert not {said for said in waits if said in shown}
    elsewhere = client.get("/accounts/me").text
    for said in ("hotsamtal väntar på beslut", "väntar på ditt godkännande", "ska underrättas om en ändring"):
        assert said in elsewhere, "on other pages it is still said"
        assert said not in plain(above), said


def test_start_learns_of_a_report_that_comes_while_it_stands_open(as_, people):
    row, later = (calls.recording(people.daycare, adviser=people.adviser) for _ in range(2))
    with clock.frozen(clock.now() - dt.timedelta(minutes=5)):
        threats.report(row, kind="adviser", words="Hot", safety="safe", by=people.adviser)
    client = as_(people.manager)
    seen = html.unescape(re.search(r'hx-get="(/retention/notices\?since=\d+)"', page(client))[1])
    assert client.get(seen).status_code == 204, "what the page says itself"
    with clock.frozen(clock.now() + dt.timedelta(minutes=1)):
        threats.report(later, kind="adviser", words="Hot", safety="safe", by=people.adviser)
        answer = client.get(seen)
    assert (answer.status_code, "2 anmälda hotsamtal" in answer.text) == (200, True)
    assert client.get("/retention/notices?since=99999999999999999999").status_code == 200
    assert "/retention/notices" not in page(as_(people.adviser))


@pytest.mark.parametrize("what", ["heard", "reports", "reviews"])
def test_start_shows_nothing_of_a_restricted_call(as_, people, what):
    with clock.frozen(made.NOW):
        row, other = made.call(people), made.call(people, days=1)
        for each in (row, other):
            heard(each, people.adviser)
            threats.report(each, kind="adviser", words="Hot", safety="safe", by=people.adviser)
            QualityReview.create(recording=each, author=people.manager, comment="")
        link = f"/recordings/{row.uuid}"
        assert link in cards(page(as_(people.adviser)))[what]
        case = made.case(people, numbers=(), rights=(RightKind.ACCESS,))
        restrictions.restrict([row], ground="18_1_a", because=case, by=people.clerk)
        card = cards(page(as_(people.adviser)))[what]
    assert link not in card
    assert f"/recordings/{other.uuid}" in card
    assert number(LINK.search(card)[2]) == 1, "nor counted"


def test_start_shows_nobody_what_others_heard_reported_or_had_judged(as_, people):
    colleague = person("kaj", "Kaj Kollega", Role.ADVISER, queues=(people.daycare,))
    row = calls.recording(people.daycare, adviser=colleague)
    heard(row, colleague)
    threats.report(row, kind="adviser", words="Hot", safety="safe", by=colleague)
    QualityReview.create(recording=row, author=people.manager, comment="")
    theirs, others = (cards(page(as_(who))) for who in (colleague, people.adviser))
    for what in ("heard", "reports", "reviews"):
        assert f"/recordings/{row.uuid}" in theirs[what], what
        assert str(row.uuid) not in others[what], what
        assert 'class="work-count"' not in others[what], what


def test_start_of_the_manager_stays_within_the_own_service_numbers(as_, people):
    other = person("mona", "Mona Annanchef", Role.MANAGER, queues=(people.elderly,))
    row, kept = (calls.recording(people.elderly, adviser=people.outsider) for _ in range(2))
    threats.report(row, kind="adviser", words="Hot", safety="safe", by=people.outsider)
    errors.report_error(row, "subject", "Fel ämne", by=people.outsider)
    day = clock.today() + dt.timedelta(days=30)
    holds.place(kept, reason="Hot", action_ahead="Polisanmälan", review_on=day, by=other)
    own, others = (cards(page(as_(who))) for who in (other, people.manager))
    for what in ("threats", "holds", "errors"):
        assert number(LINK.search(own[what])[2]) == 1, what
        assert 'class="work-count"' not in others[what], what
        assert "<ul" not in others[what], what


def test_start_draws_no_quality_of_other_service_numbers(people):
    month = figures.Month(dt.date(2026, 10, 1), True)
    code = quality.questions()[0].code
    counts = [(f"{code}:{Answer.YES}", 20, 0), (code + counting.ADVISERS, 5, 5)]
    for queue, many in ((people.elderly, 0), (people.daycare, 1)):
        rows = [(counting.What.QUALITY, queue.id, of, count, 0, most) for of, count, most in counts]
        assert len(quality_figures.of_month(month, figures.Sums(rows, []), user=people.manager)) == many


def test_start_finds_calls_from_its_own_field(as_, people):
    row = calls.recording(people.daycare, adviser=people.adviser, subject="Dagvårdsplats")
    client = as_(people.adviser)
    form = cards(page(client))["find"]
    fields = dict.fromkeys(re.findall(r'<input class="input"[^>]* name="([a-z]+)"', form), "")
    assert set(fields) == {"words", "number"}
    answer = client.submit("/recordings/", {**fields, "words": "dagvård", "ask": "yes"})
    assert answer.status_code == 303
    assert "dagv" not in answer.location
    assert str(row.uuid) in client.get(answer.location).text


def test_start_says_what_comes_next_in_each_of_the_clerks_requests(as_, people):
    with clock.frozen(made.NOW):
        made.call(people)
        early = made.case(people)
        late = made.case(people, received_on=dt.date(2026, 9, 1), numbers=("+358401111111",))
        card = cards(page(as_(people.clerk)))["cases"]
        for case in (late, early):
            said = plain(as_(people.clerk).get(f"/cases/{case.uuid}").text)
            step = re.search(r"Nästa steg (.*?[.:!])", said)[1]
            assert step in plain(card), "the overview says the same"
    assert card.index(late.number) < card.index(early.number), "the first to be due first"


def test_start_of_the_clerk_leads_to_what_nobody_handles(as_, people):
    with clock.frozen(made.NOW):
        case = made.case(people, numbers=())
        Case.update(handler=None).where(Case.id == case.id).execute()
        text = cards(page(as_(people.clerk)))["cases"]
        assert ("/cases/?whose=free", "1 begäran saknar handläggare.") in LINK.findall(text)


def test_start_tells_which_rights_nobody_has_asked_for_anew(as_, people):
    today = clock.today()
    right = Right.create(
        account=people.adviser,
        role=Role.ADVISER,
        state=State.GRANTED,
        waits=None,
        asked_by=people.manager,
        first_on=today,
        last_on=today + dt.timedelta(days=5),
        begins_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(days=5),
    )
    RightQueue.create(right=right, queue=people.daycare)
    client = as_(people.manager)
    card = cards(page(client))["ending-rights"]
    assert people.adviser.name in card
    assert "inte begärd på nytt" in card
    days = {"first_on": today, "last_on": today + dt.timedelta(days=90)}
    reason = "Fortsätter att svara i telefonen."
    asking.ask(people.adviser, role=Role.ADVISER, queues=[people.daycare], reason=reason, by=people.manager, **days)
    card = cards(page(client))["ending-rights"]
    assert people.adviser.name in card
    assert "inte begärd på nytt" not in card


def test_start_of_the_administrator_tells_what_is_amiss(as_, people):
    Account.update(language="sv").where(Account.id == people.admin.id).execute()
    Sweep.create(name="purge", started_at=clock.now(), good_at=clock.now(), fault="EIO")
    health.forget()
    client = as_(people.admin)
    assert "Senaste körningen misslyckades" in cards(page(client))["health"]
    Sweep.update(fault="").execute()
    assert "Senaste körningen misslyckades" in cards(page(client))["health"], "looked at every half a minute"
    health.forget()
    assert "Senaste körningen misslyckades" not in cards(page(client))["health"]


def test_start_of_the_administrator_counts_the_work_that_goes_on_and_what_went_wrong(as_, people):
    Account.update(language="sv").where(Account.id == people.admin.id).execute()
    client = as_(people.admin)
    assert "Inget arbete pågår" in cards(page(client))["jobs"]
    day = dt.timedelta(days=1)
    ended(Kind.BACKUP, Outcome.GOOD, ago=3 * day)
    ended(Kind.BACKUP, Outcome.FAILED, ago=2 * day, fault="ENOSPC")
    under_way(Kind.SOUND, done=3000)
    for kind in (Kind.INBOX, Kind.PURGE, Kind.LOG_FILE):
        ended(kind, Outcome.FAILED, ago=day)
    card = cards(page(client))["jobs"]
    links = {said for address, said in LINK.findall(card) if address == "/jobs/"}
    assert links == {"1 arbete gick inte som det skulle när det senast gjordes", "1 arbete pågår eller väntar"}
    lines = [plain(line) for line in re.findall(r"<li>.*?</li>", card, re.S)]
    assert [line.split()[0] for line in lines] == ["Säkerhetskopia", "Kontroll"], "what went wrong first"
    assert "Misslyckades" in lines[0]
    assert "30 %" in lines[1]
    shown = client.get("/jobs/").text
    for anchor in re.findall(r'href="/jobs/#([^"]+)"', card):
        assert f'id="{anchor}"' in shown
    ended(Kind.BACKUP, Outcome.GOOD)
    card = cards(page(client))["jobs"]
    assert "gick inte som" not in card, "it went well since"
    assert "1 arbete pågår" in card


def test_start_of_the_manager_tells_what_was_not_reviewed_in_time(as_, people):
    row = calls.recording(people.daycare, adviser=people.adviser)
    day = clock.today() + dt.timedelta(days=30)
    hold = holds.place(row, reason="Hot", action_ahead="Polisanmälan", review_on=day, by=people.manager)
    client = as_(people.manager)
    for state, many in ((HoldState.RELEASED, 0), (HoldState.PLACED, 1)):
        Hold.update(state=state).where(Hold.id == hold.id).execute()
        assert len(LINK.findall(cards(page(client))["holds"])) == many
    assert "har inte granskats i tid" not in page(client)
    Hold.update(review_on=clock.today() - dt.timedelta(days=1)).where(Hold.id == hold.id).execute()
    text = page(client)
    assert "1 kvarhållet samtal har inte granskats i tid." in plain(cards(text)["holds"])


@pytest.mark.parametrize(("who", "many"), [("decider", 5), ("manager", 3)])
def test_start_draws_the_month_s_figures_as_their_pages_do(as_, everything, who, many):
    register, _ = everything
    client = as_(getattr(register.people, who))
    card = cards(page(client))["figures"]
    links = re.findall(r'<a href="(/register/figures/[a-z]+)"[^>]*>([^<]+)</a>', card)
    assert len(links) == many
    month = re.search(r'<p class="meta">(\d+/\d+)</p>', card)[1]
    for address, shown in links:
        row = re.search(rf'<th scope="row"[^>]*>{month}</th>(.*?)</tr>', client.get(address).text, re.S)
        assert plain(shown) in {plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.S)}, address


def test_start_of_the_manager_draws_the_quality_of_the_own_service_numbers_as_its_page_does(as_, everything):
    register, _ = everything
    manager = register.people.manager
    card = cards(page(as_(manager)))["quality"]
    view = quality_figures.overview(user=manager)
    shown = [(one.sv, view.of(one.code, view.months[-1])) for one in view.questions]
    shares = [f"{sv} {group.share('yes')} %" for sv, group in shown if group]
    assert shares
    assert [plain(line) for line in re.findall(r"<li>.*?</li>", card, re.S)] == shares[: works.FIRST]
