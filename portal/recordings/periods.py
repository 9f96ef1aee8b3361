"""The quick choices of days: each another span tomorrow."""

import datetime as dt


def days(today: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """First and last day of each; 'the last 7 days' counts today, and a week begins on Monday."""
    yesterday = today - dt.timedelta(days=1)
    monday = today - dt.timedelta(days=today.weekday())
    return {
        "today": (today, today),
        "yesterday": (yesterday, yesterday),
        "last_week": (monday - dt.timedelta(days=7), monday - dt.timedelta(days=1)),
        "week": (today - dt.timedelta(days=6), today),
        "month": (today - dt.timedelta(days=29), today),
        "calendar": (today.replace(day=1), today),
    }
