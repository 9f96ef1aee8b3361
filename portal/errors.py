"""Domain errors, their status, and the only error handlers.

Actions raise; nobody aborts. `text` is Swedish source text marked with N_ and translated
where it is shown; it never holds personal data.
"""

import traceback
from typing import Any

import flask
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.language import N_


class DomainError(Exception):
    """An act the register refuses. Subclasses say which, with status and text."""

    status = 400
    text = N_("Det gick inte att göra.")

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


class Conflict(DomainError):
    """Someone else, or an earlier click, got there first."""

    status = 409
    text = N_("Någon hann före. Ladda om sidan och se hur läget är nu.")


class Invalid(DomainError):
    """The act is not lawful or not possible as asked."""

    status = 422


TEXTS = {
    400: (N_("Begäran gick inte att förstå"), N_("Gå tillbaka och försök igen.")),
    401: (N_("Du är inte inloggad"), N_("Logga in och försök igen.")),
    403: (N_("Ingen behörighet"), Denied.text),
    404: (N_("Sidan finns inte"), NotFound.text),
    405: (N_("Så kan sidan inte användas"), N_("Gå tillbaka och försök igen.")),
    409: (N_("Läget har ändrats"), Conflict.text),
    413: (N_("För stort"), N_("Det du skickade är större än vad som tas emot.")),
    416: (N_("Utanför inspelningen"), N_("Stället du sökte finns inte i inspelningen.")),
    422: (N_("Det gick inte att spara"), DomainError.text),
    429: (N_("För många försök"), N_("Vänta en stund och försök igen.")),
    500: (N_("Något gick fel"), N_("Felet har antecknats. Försök igen om en stund.")),
    503: (N_("Portalen är inte öppen just nu"), N_("Försök igen om en stund.")),
}


def _answer(status: int, text: str | None = None, headers: Any = None) -> flask.Response:
    status = status if status in TEXTS else (400 if status < 500 else 500)
    title, body = (gettext(t) for t in TEXTS[status])
    page = flask.render_template("errors/error.html", title=title, text=text or body, status=status)
    response = flask.make_response(page, status)
    for name, value in headers or ():
        if name.lower() in ("allow", "retry-after", "content-range"):
            response.headers[name] = value
    return response


def init_app(app: flask.Flask) -> None:
    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> flask.Response:
        return _answer(error.status, gettext(error.text) % error.params)

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> flask.Response:
        return _answer(400, gettext("Sidan hade stått öppen för länge. Ladda om den och försök igen."))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> flask.Response:
        return _answer(error.code or 500, headers=error.get_headers())

    @app.errorhandler(Exception)
    def fault(error: Exception) -> flask.Response | tuple[str, int]:
        # The traceback's frames are logged, not the exception's text: it may quote a person's data.
        frames = "".join(traceback.format_tb(error.__traceback__))
        app.logger.error("fault in %s: %s\n%s", flask.request.endpoint, type(error).__name__, frames)
        try:
            return _answer(500)
        except Exception:  # the page that tells of a fault must not fail itself
            return "<!doctype html><html lang=sv><title>Fel</title><h1>Något gick fel · Jokin meni pieleen</h1>", 500
