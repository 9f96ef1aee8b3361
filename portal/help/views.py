"""The help pages, the way to them from every page, and whom to ask where a page does not offer an act."""

from collections.abc import Collection

import flask
from flask import Blueprint, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.accounts.words import ROLE_NAMES
from portal.help import asking, pages, words
from portal.help.parts import Ask, Page
from portal.queues.models import Queue
from portal.security import can, public, requirement, requires

bp = Blueprint("help", __name__, url_prefix="/help")

SIGNED_IN = [slug for slug in pages.PAGES if slug != pages.SIGNING_IN]


@bp.app_template_global("help_at")
def help_at() -> str:
    """The address of the help with the page that is shown; '' for somebody without an account, but where they sign
    in."""
    endpoint = flask.request.endpoint or ""
    found = pages.of(endpoint)
    if found == pages.SIGNING_IN:
        return url_for("help.signing_in")
    if not current_user.is_authenticated:
        return ""
    return url_for("help.page", page=found) if found else url_for("help.index")


@bp.app_template_global("whom_to_ask")
def whom_to_ask(ask: str, queue: Queue | None = None, but: Collection[int | None] = ()) -> str:
    """Whom the person asks, by name. `but`: keys of those who cannot do it either."""
    if not current_user.is_authenticated:
        return gettext(words.WITHOUT_ACCOUNT)
    apart = [key for key in but if key is not None]
    found = asking.answer(Ask(ask), by=current_user, queue=queue.id if queue else None, but=apart)
    if not found.names:
        return gettext(words.NOBODY_GRANTS if found.ask in (Ask.CONTROLLER, Ask.ADMIN) else words.NOBODY)
    names = ", ".join(found.names)
    if found.more:
        names = gettext(words.MORE) % {"names": names, "num": found.more}
    return gettext(words.OF_QUEUE if queue and found.ask == Ask.MANAGER else words.WHOM[found.ask]) % {"names": names}


@bp.app_template_global("roles_for")
def roles_for(endpoint: str) -> str:
    """The roles that a page is for, when it is not for this person; else ''."""
    required = requirement(endpoint) if endpoint in flask.current_app.view_functions else None
    if not isinstance(required, Permission) or not current_user.is_authenticated or current_user.may(required):
        return ""
    return ", ".join(gettext(ROLE_NAMES[role]) for role in asking.roles_with(required))


@bp.get("/")
@requires(Permission.ACCOUNTS_SELF)
def index() -> str:
    """Every page, those of one's own work first, and whom to ask about what."""
    mine = {slug: page for slug, page in pages.PAGES.items() if _is_own(page)}
    others = {slug: page for slug, page in pages.PAGES.items() if slug not in mine and slug != pages.SIGNING_IN}
    return render_template("help/index.html", mine=mine, others=others, contacts=words.ABOUT)


def _is_own(page: Page) -> bool:
    """Does one do what it is about?"""
    return any(isinstance(requirement(endpoint), Permission) and can(endpoint) for endpoint, _ in page.opens)


@bp.get("/sign-in")
@public
def signing_in() -> str:
    return _page(pages.SIGNING_IN)


@bp.get(f"/<any({', '.join(SIGNED_IN)}):page>")
@requires(Permission.ACCOUNTS_SELF)
def page(page: str) -> str:
    return _page(page)


def _page(slug: str) -> str:
    shown = pages.PAGES[slug]
    asked = {why.ask: whom_to_ask(why.ask) for why in shown.whys if why.ask}
    return render_template(
        "help/page.html",
        page=shown,
        asked=asked,
        opens=[(endpoint, label) for endpoint, label in shown.opens if can(endpoint)],
        keys=slug == pages.KEYS,
    )
