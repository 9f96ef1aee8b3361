"""Which samples are looked at: setting and reading each of them takes its time.

Every size of every kind in both languages, but for the letters of a resident's request, the papers of the register, of
user rights and of oversight. Those share their parts, so of each the short one is looked at in Swedish, the long one
and the odd one in Finnish.
"""

from portal.documents import samples
from portal.documents.kinds import OWNERS, Kind, Owner
from portal.language import LANGUAGES

CASES = tuple(kind for kind in Kind if OWNERS[kind] in (Owner.CASES, Owner.REGISTER, Owner.RIGHTS, Owner.OVERSIGHT))
OTHERS = tuple(kind for kind in Kind if kind not in CASES)
INSIDE = (
    Kind.DISCLOSURE_RECORD,
    Kind.PRIVACY_DESCRIPTION,
    Kind.PROCESSING_RECORD,
    Kind.RIGHTS_REVIEW,
    Kind.LOG_MONTH,
)
"""Papers that are sent to nobody."""
LANGUAGE_OF = {"short": "sv", "long": "fi", "odd": "fi"}
"""Of those, by size."""


def samples_of(*sizes: str) -> list[tuple[Kind, str, str]]:
    """Kind, language and size of what is looked at in these sizes."""
    return [
        *((kind, language, size) for kind in OTHERS for language in LANGUAGES for size in sizes),
        *((kind, LANGUAGE_OF[size], size) for kind in CASES for size in sizes),
    ]


ALL = samples_of(*samples.SIZES)


def in_languages(size: str) -> list[tuple[Kind, str]]:
    return [wanted[:2] for wanted in samples_of(size)]
