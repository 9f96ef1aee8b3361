"""Searches kept under long names."""

from portal.recordings import saved
from tests.people import People


def fill(people: People, *, words: str) -> list[str]:
    """The addresses of their pages."""
    for by in (people.adviser, people.manager, people.clerk):
        saved.save(words[:60], [("words", words[:40]), ("period", "week"), ("sort", "longest")], by=by)
        saved.save("Ej informerade", [("told", "no"), ("flag", "untold")], by=by)
    return ["/recordings/saved", "/recordings/saved/new?told=no&period=week", "/recordings/?sought=AAAA"]
