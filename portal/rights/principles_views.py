"""The pages of the principles: what they say, for everybody; a new version, for the director."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import DomainError, Invalid
from portal.rights import principles, words
from portal.rights.blueprint import bp
from portal.rights.forms import PrinciplesForm
from portal.security import requires

FIELDS: dict[type[DomainError], str] = {
    principles.ValidBefore: "valid_from",
    principles.ValidFar: "valid_from",
}


@bp.get("/principles", endpoint="principles")
@requires(Permission.RIGHTS_OWN)
def index() -> str:
    """Those in force, those to come, and those before."""
    now = principles.in_force(clock.today())
    return render_template("rights/principles.html", rows=principles.every(), now=now)


@bp.route("/principles/new", methods=["GET", "POST"])
@requires(Permission.RIGHTS_PRINCIPLES)
def principles_new() -> ResponseReturnValue:
    """Write a new version."""
    newest, form = principles.newest(), PrinciplesForm()
    if request.method == "POST" and form.validate():
        try:
            principles.make(
                text_sv=form.text_sv.data,
                text_fi=form.text_fi.data,
                valid_from=form.valid_from.day,
                seen=form.seen.data or 0,
                by=current_user,
            )
        except Invalid as error:
            form.refuse(error, FIELDS.get(type(error), ""))
        else:
            flash(gettext("Den nya versionen är sparad. Alla som använder portalen kan läsa den."), "success")
            return redirect(url_for("rights.principles"), 303)
    elif request.method == "GET":
        texts = {
            "text_sv": newest.text_sv if newest else words.PRINCIPLES_SV,
            "text_fi": newest.text_fi if newest else words.PRINCIPLES_FI,
        }
        seen = newest.version if newest else 0
        form = PrinciplesForm(None, data={**texts, "seen": seen, "valid_from": clock.today()})
    page = render_template("rights/principles_new.html", form=form, newest=newest)
    return page, 422 if form.errors or form.form_errors else 200
