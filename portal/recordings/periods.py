"""The quick choices of days: each another span tomorrow."""

import datetime as dt


def days(today: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """First and last day of each; 'the last 7 days' counts today."""
    yesterday = today - dt.timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "week": (today - dt.timedelta(days=6), today),
        "month": (today - dt.timedelta(days=29), today),
        "calendar": (today.replace(day=1), today),
    }
