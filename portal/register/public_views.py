"""The privacy description as everybody reads it, without signing in: the version in force, the earlier ones, the PDF.

A draft has no address here, and a version that is not there is a page that is not there.
"""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from portal.documents import words as document_words
from portal.errors import NotFound
from portal.register import descriptions, letters
from portal.register.description_models import Description
from portal.register.points import POINTS
from portal.security import public
from portal.web import language

bp = Blueprint("description", __name__, url_prefix="/description")


@bp.get("/")
@public
def index() -> str:
    """The version in force today."""
    return _page(descriptions.current())


@bp.get("/<any(sv,fi):spoken>")
@public
def spoken(spoken: str) -> str:
    """The version in force today in one language: an address that other pages can link to."""
    with force_locale(spoken):
        return _page(descriptions.current(), spoken)


@bp.get("/versions/<int:version>")
@public
def version(version: int) -> str:
    return _page(descriptions.numbered(version))


@bp.get("/versions/<int:version>/<any(sv,fi):spoken>.pdf")
@public
def pdf(version: int, spoken: str) -> ResponseReturnValue:
    """A published version on paper, once the worker has set it. Who fetches it is not noted: it is everybody's."""
    content = letters.published(descriptions.numbered(version), spoken)
    if content is None:
        raise NotFound
    name = f"{document_words.FILES['privacy-description', spoken]}-{version}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=headers)


def _page(description: Description | None, fixed: str = "") -> str:
    """`fixed`: the language that the address names."""
    now = language()
    return render_template(
        "register/public.html",
        description=description,
        points=POINTS,
        texts=descriptions.content(description) if description is not None else {},
        coming=descriptions.coming(),
        current=descriptions.current(),
        rows=descriptions.published(),
        paper=description is not None and letters.is_published(description, now),
        fixed=fixed,
    )
