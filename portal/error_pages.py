"""Errors as pages: the only error handlers.

A page that tells of a fault cannot fail itself: when the frame cannot be drawn (no database, a
host name that is not ours) a bare page answers with the same status and words; so it does in a frame, beside
which the portal's menu stands already.
"""

from typing import Any

import flask
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.errors import Conflict, Denied, DomainError, NotFound, trace
from portal.language import N_

TEXTS = {
    400: (N_("Portalen förstod inte vad som skickades"), N_("Gå tillbaka och försök igen.")),
    401: (N_("Du är inte inloggad"), N_("Logga in och försök igen.")),
    403: (N_("Ingen behörighet"), Denied.text),
    404: (N_("Sidan finns inte"), NotFound.text),
    405: (N_("Så kan sidan inte användas"), N_("Gå tillbaka och försök igen.")),
    409: (N_("Läget har ändrats"), Conflict.text),
    413: (N_("För stort"), N_("Det du skickade är större än vad som tas emot. Välj en mindre fil, eller dela den.")),
    416: (N_("Utanför inspelningen"), N_("Inspelningen är inte så lång. Gå tillbaka och välj en plats före slutet.")),
    422: (N_("Det gick inte att spara"), DomainError.text),
    429: (N_("För många försök"), N_("Vänta en stund och försök igen.")),
    500: (N_("Något gick fel"), N_("Felet har antecknats. Försök igen om en stund.")),
    503: (N_("Portalen är inte öppen just nu"), N_("Försök igen om en stund.")),
}

KEPT = ("allow", "retry-after", "content-range")
"""Headers of an HTTP error that its page keeps."""

LAST = """<!doctype html>
<html lang="sv"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Något gick fel</title>
<h1>Något gick fel <span lang="fi">· Tapahtui virhe</span></h1>
<p>Försök igen om en stund. <span lang="fi">Yritä hetken kuluttua uudelleen.</span></p>
"""
"""Needs nothing that could be missing."""


def _answer(status: int, text: str | None = None, headers: Any = None, title: str = "") -> flask.Response:
    status = status if status in TEXTS else (400 if status < 500 else 500)
    try:
        response = flask.make_response(_page(status, text, title), status)
    except Exception as error:
        flask.current_app.logger.error("the page of a %s failed: %s", status, trace(error))
        response = flask.make_response(LAST, status)
    for name, value in headers or ():
        if name.lower() in KEPT:
            response.headers[name] = value
    return response


def _page(status: int, text: str | None, title: str) -> str:
    heading, body = (gettext(t) for t in TEXTS[status])
    # Without a URL adapter (the host name is refused) no link can be made, so no menu and no styles.
    linked = flask.globals.request_ctx.url_adapter is not None
    inside = flask.request.headers.get("Sec-Fetch-Dest") == "iframe"
    template = "errors/error.html" if linked and not inside else "errors/bare.html"
    said = {"title": title or heading, "text": text or body, "status": status}
    return flask.render_template(template, linked=linked, **said)


def init_app(app: flask.Flask) -> None:
    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> flask.Response:
        return _answer(error.status, gettext(error.text) % error.params, title=error.title and gettext(error.title))

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> flask.Response:
        return _answer(400, gettext("Sidan hade stått öppen för länge. Ladda om den och försök igen."))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> flask.Response:
        return _answer(error.code or 500, headers=error.get_headers())

    @app.errorhandler(Exception)
    def fault(error: Exception) -> flask.Response:
        app.logger.error("fault in %s: %s", flask.request.endpoint, trace(error))
        return _answer(500)
