"""Two published versions of the privacy description for the browser to look at, the second with the longest words."""

from portal import clock
from portal.register import contradictions, descriptions
from tests.people import People

REASON = "Meddelandet läggs till på det servicenumret nästa vecka."


def fill(people: People, *, word: str, words: str) -> list[str]:
    """The addresses of their pages."""
    first = _published(people, {})
    said = {"stored": {"sv": f"{word} {words[:900]}\n\nAnteckningar.", "fi": f"{word}\n\nMuistiinpanot."}}
    second = _published(people, said)
    return [
        f"/register/description/{first.uuid}",
        f"/register/description/{second.uuid}",
        "/description/sv",
        "/description/fi",
        "/description/versions/1",
    ]


def _published(people: People, texts: dict[str, dict[str, str]]) -> descriptions.Description:
    row = descriptions.draft(by=people.clerk)
    row = descriptions.change(row, texts, seen=row.seen, by=people.clerk)
    row = descriptions.propose(row, seen=row.seen, by=people.clerk)
    answers = {one.key: REASON for one in contradictions.of(descriptions.content(row))}
    how = {"valid_from": clock.today(), "answers": answers, "seen": row.seen}
    return descriptions.publish(row, **how, by=people.decider)
