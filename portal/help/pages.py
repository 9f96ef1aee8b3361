"""Every help page, and which one explains a page of the portal."""

import functools

from portal.help import calls, giving, person, records, residents, running, threats, watching
from portal.help.parts import Page

PAGES: dict[str, Page] = {
    slug: page
    for room in (person, calls, threats, residents, giving, records, watching, running)
    for slug, page in room.PAGES.items()
}
"""By the word in its address, in the order they are listed."""

SIGNING_IN = "sign-in"
"""The one that is read without an account."""
KEYS = "keys"


@functools.cache
def of(endpoint: str) -> str:
    """The help with the page at `endpoint`; '' when none says it is. A whole name counts before a beginning, a longer
    beginning before a shorter."""
    found = [
        (len(pattern), slug) for slug, page in PAGES.items() for pattern in page.of if _is_meant(endpoint, pattern)
    ]
    return max(found, default=(0, ""))[1]


def _is_meant(endpoint: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return endpoint.startswith(pattern[:-1])
    return endpoint == pattern
