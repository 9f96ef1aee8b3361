"""Figures for the browser to look at: fourteen months of everything, small counts and large ones."""

import datetime as dt

from dateutil.relativedelta import relativedelta

from portal import clock
from portal.db import db
from portal.register.counting import LATE, SETTLES_AFTER, What
from portal.register.figure_models import DayFigure, DaySettled
from portal.register.figures import CODES, OF_QUEUES
from tests.people import People

MONTHS = 14
COUNTS = (0, 3, 5, 12, 1, 48, 7, 2, 130, 9, 4)


def fill(people: People) -> list[str]:
    """The addresses of pages that no link leads to."""
    last = (clock.today() - SETTLES_AFTER).replace(day=1)
    first, number = last - relativedelta(months=MONTHS), 0
    days = [first + dt.timedelta(days=n) for n in range((last - first).days)]
    with db.atomic():
        DaySettled.delete().execute()
        DayFigure.delete().execute()
        for day in days:
            DaySettled.create(day=day, settled=True)
        for month, (what, codes) in [(day, each) for day in days if day.day == 1 for each in CODES.items()]:
            queues = (people.daycare.id, people.technical.id, people.elderly.id, 0) if what in OF_QUEUES else (0,)
            for queue in queues:
                for of in (*codes, codes[0] + LATE) if what == What.ANSWERS else codes:
                    number += 1
                    count = COUNTS[(number + month.month**2) % len(COUNTS)] * (40 if what == What.CALLS else 1)
                    if count:
                        key = {"day": month, "queue_id": queue, "what": what, "of": of}
                        DayFigure.create(**key, count=count, total=count * 190)
    return [f"/register/figures/listens?queue={people.daycare.uuid}", "/register/figures/paper"]
