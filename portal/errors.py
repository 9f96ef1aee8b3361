"""Domain errors and their status. `error_pages` shows them.

Actions raise; nobody aborts. `text` is Swedish source text marked with N_ and translated
where it is shown; it never holds personal data.
"""

import traceback
from typing import Any

from portal.language import N_


class DomainError(Exception):
    """An act the register refuses. Subclasses say which, with status and text; `title`: in place of the status's."""

    status = 400
    title = ""
    text = N_("Det gick inte att göra. Ladda om sidan och försök igen.")

    def __init__(self, **params: Any) -> None:
        super().__init__(type(self).__name__)
        self.params = params


class NotFound(DomainError):
    """Absent, or not for this person: the answer is the same."""

    status = 404
    text = N_("Sidan finns inte, eller så har du inte rätt att se den.")


class Denied(DomainError):
    """The role does not allow this page."""

    status = 403
    text = N_("Du har inte rätt att använda den här sidan.")


class FromElsewhere(Denied):
    """A page of another site asks for it."""

    text = N_("Det kom från en annan webbplats och utfördes inte. Öppna portalen själv och gör det där.")


class Conflict(DomainError):
    """Someone else, or an earlier click, got there first."""

    status = 409
    text = N_("Någon hann före. Ladda om sidan och se hur läget är nu.")


class Invalid(DomainError):
    """The act is not lawful or not possible as asked."""

    status = 422


def trace(error: BaseException) -> str:
    """Where `error` came from: kinds and frames, never its text, which may quote a person's data."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < 5:
        parts.append(f"{type(cause).__name__}\n{''.join(traceback.format_tb(cause.__traceback__))}")
        cause = cause.__cause__ or cause.__context__
    return "caused by ".join(parts).rstrip()
