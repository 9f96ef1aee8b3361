"""The days of a search are those of the people who search."""

import datetime as dt
import html
import re

import pytest

from portal import clock
from tests.recordings.finding import asked, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


def test_a_day_begins_and_ends_at_midnight_in_helsinki(as_, people):
    midnight = clock.day_start(dt.date(2026, 11, 23))
    before = call(people.daycare, started_at=midnight - dt.timedelta(milliseconds=1))
    first = call(people.daycare, started_at=midnight)
    last = call(people.daycare, started_at=midnight + dt.timedelta(days=1, milliseconds=-1))
    after = call(people.daycare, started_at=midnight + dt.timedelta(days=1))
    client = as_(people.adviser)
    assert found(client, "from=23.11.2026&to=23.11.2026") == ids(last, first)
    assert found(client, "to=22.11.2026") == ids(before)
    assert found(client, "from=24.11.2026") == ids(after)


def test_the_day_summer_time_ends_has_all_its_25_hours(as_, people):
    start = clock.day_start(dt.date(2026, 10, 25))
    rows = [call(people.daycare, started_at=start + dt.timedelta(hours=h, minutes=59)) for h in range(25)]
    assert found(as_(people.adviser), "from=25.10.2026&to=25.10.2026") == ids(*reversed(rows))


def test_the_quick_choices_are_days_as_people_count_them(as_, people):
    text = html.unescape(asked(as_(people.adviser), "told=no").text)
    choices = dict(re.findall(r'<a href="/recordings/\?told=no&([^"]+)" *(?:aria-current="true")?>([^<]+)</a>', text))
    assert choices == {
        "from=24.11.2026&to=24.11.2026&period=today": "I dag",
        "from=23.11.2026&to=23.11.2026&period=yesterday": "I går",
        "from=16.11.2026&to=22.11.2026&period=last_week": "Förra veckan",
        "from=18.11.2026&to=24.11.2026&period=week": "Senaste 7 dagarna",
        "from=26.10.2026&to=24.11.2026&period=month": "Senaste 30 dagarna",
        "from=1.11.2026&to=24.11.2026&period=calendar": "Den här månaden",
    }
    assert 'aria-current="true">I går' in asked(as_(people.adviser), "from=23.11.2026&to=23.11.2026").text
