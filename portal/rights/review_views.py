"""The pages of the quarterly review: the reviews, one with its lines, and the answer to a line."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.errors import Invalid, NotFound
from portal.rights import review, review_reading, review_words
from portal.rights.blueprint import bp
from portal.rights.models import Review, Verdict
from portal.rights.review_forms import VerdictForm
from portal.security import requires

SHOWN = 30
"""Lines to answer on one page; the next come when these are answered."""


@bp.app_template_global("review_words")
def words() -> Any:
    return review_words


@bp.app_template_global("review_waits")
def review_waits() -> review_reading.Waiting | None:
    """What waits for the person in the review under way, for the top of every page."""
    return review_reading.waiting(current_user) if current_user.is_authenticated else None


@bp.get("/reviews")
@requires(Permission.RIGHTS_OWN)
def reviews() -> str:
    """Every review; how each went is for those who may read all rights."""
    found = [(one, review.tally(one)) for one in review_reading.every()]
    return render_template("rights/reviews.html", rows=found, whole=current_user.may(Permission.RIGHTS_READ))


@bp.get("/reviews/<uuid:uuid>")
@requires(Permission.RIGHTS_OWN)
def review_page(uuid: uuids.UUID) -> str:
    """The lines one may see, those to answer first."""
    return _page(review_reading.get(uuid))


@bp.post("/reviews/<uuid:uuid>/lines/<uuid:line>")
@requires(Permission.RIGHTS_ASK, proof=True)
def answer(uuid: uuids.UUID, line: uuids.UUID) -> ResponseReturnValue:
    """Confirm a right, or end it."""
    row, form = review.line(line, by=current_user), VerdictForm.sent(line)
    if row.review.uuid != uuid:
        raise NotFound
    if form.validate():
        try:
            if form.verdict.data == Verdict.CONFIRMED:
                review.confirm(row, reason=form.reason.data or "", by=current_user)
                said = gettext("Rättigheten är bekräftad.")
            else:
                review.end(row, reason=form.reason.data or "", by=current_user)
                said = gettext("Rättigheten är avslutad och gäller inte längre.")
        except Invalid as error:
            form.reason.errors = [*form.reason.errors, gettext(error.text) % error.params]
        else:
            flash(said, "success")
            return redirect(url_for("rights.review_page", uuid=row.review.uuid), 303)
    return _page(row.review, (line, form)), 422


def _page(under: Review, refused: tuple[uuids.UUID, VerdictForm] | None = None) -> str:
    """`refused`: the line whose answer was, with its form."""
    rows = review_reading.show(under, by=current_user)
    mine = [row for row in rows if row.mine and row.may]
    others = [row for row in rows if row.may and not row.mine]
    shown = mine[:SHOWN]
    if refused is not None:
        shown += [row for row in [*mine[SHOWN:], *others] if row.line.uuid == refused[0]]
    forms = {row.line.uuid: VerdictForm.empty(row.line.uuid) for row in [*shown, *others[:SHOWN]]}
    if refused is not None and refused[0] in forms:
        forms[refused[0]] = refused[1]
    return render_template(
        "rights/review.html",
        review=under,
        under_way=any(row.waits for row in rows),
        counts=review.tally(under),
        shown=shown,
        more=max(0, len(mine) - SHOWN),
        others=others[:SHOWN],
        rows=rows,
        forms=forms,
        refused=refused[1] if refused is not None else None,
        alone=[row for row in rows if row.waits and not row.answerers],
        whole=current_user.may(Permission.RIGHTS_READ),
        key=review.name(under),
    )
