"""The city's weeks in a register: read from the log, the same is found as by the patterns alone, and it is told in
sentences."""

import datetime as dt
import json
from collections import defaultdict

import peewee

from portal import clock, config
from portal.accounts.models import Account, AccountNumber, QueueGrant, RoleGrant
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.models import Case, CaseCall
from portal.db import db
from portal.oversight import heard, looking
from portal.oversight.models import ListenMark, Observation
from portal.queues.models import Queue
from portal.recordings.models import Recording
from portal.retention import watch
from tests.oversight.cast import FIRST, QUEUES
from tests.oversight.city import City
from tests.oversight.test_figure import findings
from tests.oversight.test_figure import heard as known

WEEKS = 5
END = dt.datetime.combine(FIRST + dt.timedelta(days=7 * WEEKS), dt.time(6), clock.HELSINKI)
EVER = dt.datetime(2100, 1, 1, tzinfo=clock.UTC)
NUMBER = "BS/1/2026"


def insert(model: type[peewee.Model], rows: list[dict]) -> None:
    for chunk in peewee.chunked(rows, 700):
        model.insert_many(chunk).execute()


def settle(city: City) -> dict[int, int]:
    """Write the city into the register. Returns each listen's place by its number in the log."""
    for queue in QUEUES:
        Queue.create(id=queue, number=str(2000 + queue), name_sv=f"Tjänst {queue}", name_fi=f"Palvelu {queue}")
    accounts = {}
    for n, person in enumerate(city.staff):
        account = Account.create(uuid=person.id, username=f"p{n}", name=f"Person {n}", password_hash="")
        accounts[person] = account
        AccountNumber.create(account=account, number=person.number)
        for queue, since in person.rights.items():
            role = Role(person.role)
            grant = RoleGrant.create(account=account, role=role, begins_at=clock.day_start(since), ends_at=EVER)
            QueueGrant.create(grant=grant, account=account, queue=queue)
    clerk = accounts[city.clerks[0]]
    days = dict.fromkeys(("received_on", "due_on", "working_on", "internal_on"), FIRST)
    case = Case.create(
        **days, year=2026, serial=1, number=NUMBER, registered_by=clerk, handler=clerk, channel="letter", language="sv"
    )
    keys: dict[object, int] = {}
    taken: dict[int, int] = defaultdict(int)
    for call in city.calls:
        first = Recording.first_id(call.at)
        keys[call] = first + taken[first]
        taken[first] += 1
    insert(
        Recording,
        [
            {
                "id": keys[call],
                "uuid": call.id,
                "source": "freepbx",
                "source_key": call.id.hex,
                "content_key": call.id.hex,
                "started_at": call.at,
                "ended_at": call.at,
                "duration_ms": 60_000,
                "expires_at": clock.expiry(call.at),
                "received_at": call.at,
                "queue": call.queue,
                "number": call.number or None,
                "adviser": accounts[call.adviser].id,
            }
            for call in city.calls
        ],
    )
    for call in {one.call for one in city.listens if one.case}:
        CaseCall.create(case=case, recording=keys[call], found_by="number")
    entries, places = [], {}
    for place, one in enumerate(city.listens):
        purpose = "training" if one.training else "request" if one.case or one.typed else "quality"
        row = {"at": one.at, "by": one.person.id, "subject_kind": "recording", "subject": one.call.id}
        more = {"queue_id": one.call.queue, "detail": "{}", "previous": "", "hash": ""}
        reference = NUMBER if one.case else "XX/9/2026" if one.typed else ""
        places[len(entries) + 1] = place
        entries.append(
            {"id": len(entries) + 1, "act": Act.PLAYED, "purpose": purpose, "reference": reference, **row, **more}
        )
        if one.worked:
            noted = {"act": Act.NOTED, "purpose": "", "reference": ""}
            entries.append({"id": len(entries) + 1, **noted, **row, **more})
    insert(Entry, entries)
    return places


def test_what_the_log_holds_is_found_as_the_patterns_find_it(settings, monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    made = City(201, weeks=WEEKS, ordinary=3000, planted=18)
    with clock.frozen(END):
        with db.atomic():
            places = settle(made)
            ListenMark.create(looked_until=clock.day_start(FIRST))
        rounds = 0
        while clock.local(ListenMark.get().looked_until).date() < clock.today():
            looking.look_due()
            rounds += 1
    assert rounds == -(-7 * WEEKS // looking.AT_ONCE)
    expected = defaultdict(set)
    for person, finding in findings(made):
        expected[person.id, finding.pattern] |= {h.entry for h in finding.heard}
    found = defaultdict(set)
    for row in Observation.select(Observation, Account).join(Account, on=(Observation.person == Account.id)):
        entries = json.loads(row.entries)
        assert row.listens == len(entries)
        found[row.person.uuid, row.pattern] |= {places[entry] for entry in entries}
    assert len(expected) > 15
    assert found == expected
    assert Entry.select().where(Entry.act == Act.OBSERVED).count() == Observation.select().count()

    read = {account.uuid: listens for account, listens in heard.by_person(FIRST, made.days[-1] + dt.timedelta(days=1))}
    for person, listens in known(made).items():
        assert [alike(h, places[h.entry]) for h in read.pop(person.id)] == [alike(h, h.entry) for h in listens]
    assert not read
    sizes = [len(listens) for _, listens in heard.by_person(made.days[-8], made.days[-1])]
    assert sum(sizes) == sum(made.days[-8] <= one.at.date() < made.days[-1] for one in made.listens)
    assert max(sizes) < sum(sizes) / 5, "one person's at a time"


def alike(h: heard.Heard, place: int) -> heard.Heard:
    """With the listen's place in the city for its number in the log, and whether there is a number for which."""
    return h._replace(entry=place, number="yes" if h.number else "")


def test_the_limits_are_settings(settings):
    changed = config.use(config.dataclasses.replace(settings, oversight_opens=8, oversight_same_number=9))
    limits = looking.Limits.set()
    assert (limits.opens, limits.closes, limits.same_number) == (8, changed.oversight_closes, 9)
