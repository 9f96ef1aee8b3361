"""The first page."""

from flask import Blueprint, render_template
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.cases import overview_words
from portal.home import works
from portal.ingest import words as quarantine_words
from portal.register import figure_words
from portal.security import requires

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.ACCOUNTS_SELF)
def index() -> str:
    """What waits for the person and where they were, of each work that is theirs."""
    return render_template(
        "home/index.html",
        since=round(clock.now().timestamp() * 1000),
        works=works.of(current_user),
        next_words=overview_words.NEXT,
        figure_words=figure_words,
        quarantine_words=quarantine_words,
    )
