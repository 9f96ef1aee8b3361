"""What the reviews say together, of nobody in particular; and the draw of what to hear next."""

import collections
import csv
import datetime as dt
import io
import json
import random
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.recordings import quality_draw, quality_figures
from portal.recordings.models import Playable, Recording
from portal.recordings.quality_models import Answer, QualityAnswer, QualityReview
from portal.recordings.series_models import Series
from portal.register import counting
from portal.register.counting import ADVISERS, What
from portal.register.figure_models import DayFigure
from portal.retention import watch
from tests import calls
from tests.people import person
from tests.recordings.hearing import acts, text
from tests.register.counted import MONTHS, NOW, put, settle

JULY, AUGUST, SEPTEMBER, OCTOBER = MONTHS
PAGE = "/recordings/quality"


@pytest.fixture(autouse=True)
def stopped(settings):
    with clock.frozen(NOW):
        yield


def group(month, queue, advisers=3, question="need", **counts) -> dict:
    """As `put` takes them; `advisers` on each of the two days that it spreads a month over."""
    rows = {(month, queue.id, What.QUALITY, f"{question}:{answer}"): count for answer, count in counts.items()}
    return rows | {(month, queue.id, What.QUALITY, question + ADVISERS): 2 * advisers}


@pytest.fixture
def counted(people):
    settle()
    put(
        group(OCTOBER, people.daycare, yes=6, partly=3, no=1, na=2)
        | group(SEPTEMBER, people.daycare, yes=3, no=1)
        | group(AUGUST, people.daycare, yes=1, partly=1, no=1, na=40)
        | group(JULY, people.daycare, yes=97, no=3)
        | group(OCTOBER, people.technical, advisers=2, yes=31)
        | group(OCTOBER, people.technical, question="closing", partly=8)
        | group(OCTOBER, people.elderly, yes=77)
    )


def rows(client, asked="") -> list[list[str]]:
    answer = client.get(f"{PAGE}.csv{asked}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))[1:]


def test_shares_are_shown_of_enough_calls_of_enough_advisers_and_sums_are_of_what_is_shown(counted, people, as_):
    client = as_(people.manager)
    page = text(client.get(PAGE)).replace("\xa0", " ")
    assert page.count('id="queue"') == page.count('id="draw-queue"') == 1
    cells = '<td class="num nowrap">60 %</td><td class="num nowrap">30 %</td><td class="num nowrap">10 %</td>'
    assert f'10/2026</th>{cells}<td class="num">10</td><td class="num">2</td>' in page
    assert page.count("för få för att visas") == 2, "four judged; three judged of forty-three"
    total = '<td class="num nowrap">94 %</td><td class="num nowrap">3 %</td><td class="num nowrap">4 %</td>'
    assert f"Sammanlagt</th>{total}" in page, "103 yes of 110"
    page = text(client.get(f"{PAGE}?queue={people.technical.uuid}"))
    assert ">31<" not in page, "two advisers: that would be theirs"
    assert "Det finns inget att visa än" not in text(client.get(PAGE))
    question = "Blev ärendet hört och förstått?"
    assert rows(client) == [
        ["2026-07", "Småbarnspedagogik", question, "97", "0", "3", "0", "100"],
        ["2026-10", "Småbarnspedagogik", question, "6", "3", "1", "2", "10"],
        ["2026-10", "Tekniska servicen", "Blev det klart vad som händer härnäst?", "0", "8", "0", "0", "8"],
    ]
    (entry,) = acts(Act.QUALITY_EXPORTED)
    assert (entry.by, json.loads(entry.detail)) == (
        people.manager.uuid,
        {"first": "2025-11-01", "last": "2026-10-31"},
    )
    drawing = ET.fromstring(client.get(f"{PAGE}.svg?of=need").data)
    assert drawing.tag.endswith("svg")


def test_the_summary_is_of_the_own_service_numbers_for_those_who_review(counted, people, as_):
    client = as_(people.manager)
    assert "77" not in client.get(f"{PAGE}.csv").text
    for ending in ("", ".csv", ".svg"):
        assert client.get(f"{PAGE}{ending}?queue={people.elderly.uuid}&of=need").status_code == 404
        assert client.get(f"{PAGE}{ending}?queue=x&of=need").status_code == 404
        for name in ("adviser", "clerk", "dpo", "admin"):
            assert as_(getattr(people, name)).get(f"{PAGE}{ending}").status_code == 403
    assert client.get(f"{PAGE}.svg?of=nosuch").status_code == 404
    assert "Äldreomsorg" not in client.get(PAGE).text
    view = quality_figures.overview(user=people.manager)
    assert {(place, question) for _, place, question in view.groups} == {
        (people.daycare.id, "need"),
        (people.technical.id, "closing"),
    }
    assert not acts(Act.FIGURES_EXPORTED)


COUNTS = st.integers(0, 7)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_of_a_hidden_group_can_be_worked_out_from_anything_that_is_shown(people, data):
    """Whatever else a hidden group had held, all pages, files and sums had been the same; so the strongest reader, who
    has everything and takes one figure from another, learns nothing but that it is hidden."""
    keys = [(month, queue) for month in (OCTOBER, SEPTEMBER) for queue in (people.daycare, people.technical)]

    def some(hidden: bool) -> dict:
        answers = {answer: data.draw(COUNTS) for answer in ("yes", "partly", "no", "na")}
        few = sum(answers[answer] for answer in ("yes", "partly", "no")) < 5
        advisers = data.draw(st.integers(1, 2)) if hidden and not few else data.draw(st.integers(1, 5))
        return answers | {"advisers": advisers}

    def shows(held: dict) -> bool:
        return quality_figures.shown({Answer(a): held[a] for a in Answer}, held["advisers"]) is not None

    first = {key: some(data.draw(st.booleans())) for key in keys}
    other = {}
    for key, held in first.items():
        changed = held if shows(held) else some(hidden=True)
        other[key] = held if shows(changed) and not shows(held) else changed
        if not shows(held) and not any(other[key][answer] for answer in Answer):
            other[key] = held  # nothing at all is another thing than something hidden, and is said
        if not any(held[answer] for answer in Answer):
            other[key] = held
    assert _all(people, first) == _all(people, other)


def _all(people, held) -> list:
    table: dict = {}
    with db.atomic():
        for (month, queue), counts in held.items():
            table |= group(month, queue, **counts)
        put(table)
    left = []
    for queue in (None, people.daycare.uuid, people.technical.uuid):
        view = quality_figures.overview(user=people.manager, queue=queue)
        left += [dict(view.groups), view.hidden]
        left += [
            view.of(q.code, month, place)
            for q in view.questions
            for month in (None, *view.months)
            for place in (None, *view.queues)
        ]
    return left


def reviewed(queue, adviser, by, at, answer=Answer.YES) -> QualityReview:
    call = calls.recording(queue, adviser=adviser, started_at=at - dt.timedelta(hours=2))
    made = QualityReview.create(recording=call, author=by, created_at=at)
    QualityAnswer.create(review=made, question="need", answer=answer)
    return made


def test_a_days_reviews_are_counted_once_and_outlive_their_calls(people):
    day = dt.date(2026, 9, 8)
    at = clock.from_local(dt.datetime.combine(day, dt.time(10)))
    with clock.frozen(at - dt.timedelta(days=9)):
        watch.look()
        with db.atomic():
            record(Act.VIEWED, by=people.manager)
    second = person("kalle", "Kalle Kollega", Role.ADVISER, queues=(people.daycare,))
    reviewed(people.daycare, people.adviser, people.manager, at - dt.timedelta(days=3))
    reviewed(people.daycare, people.manager, people.second_manager, at - dt.timedelta(days=9))
    one = reviewed(people.daycare, second, people.manager, at)
    reviewed(people.daycare, second, people.manager, at, Answer.NO)
    reviewed(people.daycare, second, people.manager, at + dt.timedelta(days=1))
    reviewed(people.technical, people.manager, people.second_manager, at)
    for adviser in (people.clerk, people.manager):  # the call gave no occasion for it: they were not judged in it
        reviewed(people.technical, adviser, people.second_manager, at, Answer.NOT_APPLICABLE)
    reviewed(people.technical, people.second_manager, people.second_manager, at)  # whose call it was came out later

    def kept() -> dict:
        found = DayFigure.select().where(DayFigure.day == day, DayFigure.what == What.QUALITY)
        return {(row.queue_id, row.of): row.count for row in found}

    after = clock.day_start(day + dt.timedelta(days=1)) + dt.timedelta(minutes=1)
    wanted = {
        **{(people.daycare.id, of): 1 for of in ("need:yes", "need:no")},
        (people.daycare.id, "need" + ADVISERS): 2,
        **{(people.technical.id, of): count for of, count in (("need:yes", 1), ("need:na", 2), ("need" + ADVISERS, 1))},
    }
    for moment, gone in ((after, one), (after + dt.timedelta(days=2), None), (after + dt.timedelta(days=8), None)):
        with clock.frozen(moment):
            counting.count_due()
        assert kept() == wanted
        if gone is not None:
            gone.delete_instance()  # with its call, the next day


def test_the_draw_gives_every_call_that_may_be_reviewed_the_same_chance_and_no_other_any(people):
    second = person("kalle", "Kalle Kollega", Role.ADVISER, queues=(people.daycare,))
    base = clock.now() - dt.timedelta(days=2)

    def call(n, queue=people.daycare, adviser=people.adviser, **what) -> Recording:
        at = what.pop("started_at", base + dt.timedelta(minutes=n))
        row = calls.recording(queue, adviser=adviser, started_at=at)
        Recording.update(duration_ms=60_000, **what).where(Recording.id == row.id).execute()
        return row

    may = [call(n) for n in range(6)] + [call(n, adviser=second) for n in range(6, 8)]
    call(20, adviser=people.manager)
    call(21, adviser=None)
    call(22, queue=people.technical)
    call(23, restrictions=1)
    call(24, playable=Playable.EMPTY)
    call(25, started_at=clock.now() - quality_draw.SINCE - dt.timedelta(days=1))
    Recording.update(duration_ms=19_999).where(Recording.id == call(26).id).execute()
    QualityReview.create(recording=call(27), author=people.second_manager)
    chance, drawn = random.Random(8), collections.Counter()
    for _ in range(400):
        found = quality_draw.draw(people.daycare, 2, by=people.manager, chance=chance)
        assert len(set(found)) == 2
        drawn.update(found)
    assert set(drawn) == {row.uuid for row in may}
    assert all(70 <= count <= 130 for count in drawn.values()), drawn
    assert len(quality_draw.draw(people.daycare, 20, by=people.manager)) == len(may)


def test_a_drawn_list_is_begun_for_the_quality_and_says_that_it_was_drawn(people, as_):
    rows = [calls.recording(people.daycare, adviser=people.adviser) for _ in range(7)]
    Recording.update(duration_ms=60_000).execute()
    client = as_(people.manager)
    assert "Lotta fram samtal" in text(client.get(PAGE))
    answer = client.submit(f"{PAGE}/draws", {"queue": people.daycare.uuid.hex, "count": "5"})
    made = Series.get()
    assert (answer.status_code, answer.location) == (303, f"/recordings/series/{made.uuid}")
    assert (made.purpose, len(made.calls.split(","))) == ("quality", 5)
    assert set(made.calls.split(",")) <= {row.uuid.hex for row in rows}
    (entry,) = acts(Act.SERIES_BEGUN)
    assert json.loads(entry.detail)["drawn"] is True
    for wrong in ({"queue": people.elderly.uuid.hex, "count": "5"}, {"queue": people.daycare.uuid.hex, "count": "7"}):
        assert client.submit(f"{PAGE}/draws", wrong).status_code == 422
        assert client.submit(f"{PAGE}/draws?queue=zq", wrong).status_code == 422, "the form is all that is read"
    answer = client.submit(f"{PAGE}/draws", {"queue": people.technical.uuid.hex, "count": "5"})
    assert (answer.status_code, "inga samtal att lotta bland" in text(answer)) == (422, True)
    assert as_(people.adviser).submit(f"{PAGE}/draws", {}).status_code == 403
    assert Series.select().count() == 1
