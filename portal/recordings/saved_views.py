"""The pages of saved searches: one's own."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import Invalid
from portal.recordings import forms, saved
from portal.recordings.finding_forms import settled
from portal.recordings.finding_views import address, asking, filters, label, sealed_first
from portal.recordings.saved_forms import NameForm
from portal.recordings.sought import Pairs, public
from portal.recordings.views import bp
from portal.security import requires


@bp.get("/saved")
@requires(Permission.RECORDINGS_FIND)
def saved_index() -> ResponseReturnValue:
    rows = saved.of(current_user)
    return render_template(
        "recordings/saved.html",
        rows=[(one.row, _told(one.asked), clock.expiry(one.row.created_at) if one.has_words else None) for one in rows],
    )


@bp.route("/saved/new", methods=["GET", "POST"])
@requires(Permission.RECORDINGS_FIND)
def saved_new() -> ResponseReturnValue:
    """Name the search that the address holds."""
    if there := sealed_first("recordings.saved_new"):
        return redirect(there, 303)
    it = asking(request.args.items(multi=True))
    if it.ended or not it.form.validate():
        return redirect(url_for("recordings.index"), 303)
    kept = saved.kept(it.asked)
    form = NameForm(None if request.method == "GET" else request.form)
    if request.method == "POST" and form.validate():
        try:
            saved.save(form.name.data, it.asked, by=current_user)
        except Invalid as error:
            form.name.errors = [gettext(error.text)]
        else:
            flash(gettext("Sökningen är sparad."), "success")
            return redirect(address(it.shown), 303)
    page = render_template(
        "recordings/saved_new.html",
        form=form,
        told=_told(kept),
        numbered=any(name == "number" for name, _ in it.asked),
        words_until=clock.expiry(clock.now()) if any(name == "words" for name, _ in kept) else None,
        back=address(it.shown),
    )
    return page, 422 if form.errors else 200


@bp.get("/saved/<uuid:key>")
@requires(Permission.RECORDINGS_FIND)
def saved_open(key: uuids.UUID) -> ResponseReturnValue:
    """On to what it finds now: its days are those of today."""
    asked = settled(saved.use(saved.get(key, by=current_user)))
    return redirect(address(public(asked, by=current_user)), 303)


@bp.route("/saved/<uuid:key>/name", methods=["GET", "POST"])
@requires(Permission.RECORDINGS_FIND)
def saved_name(key: uuids.UUID) -> ResponseReturnValue:
    found = saved.get(key, by=current_user)
    form = NameForm(None, name=found.row.name) if request.method == "GET" else NameForm()
    if request.method == "POST" and form.validate():
        try:
            saved.rename(found, form.name.data, by=current_user)
        except Invalid as error:
            form.name.errors = [gettext(error.text)]
        else:
            flash(gettext("Namnet är sparat."), "success")
            return redirect(url_for("recordings.saved_index"), 303)
    page = render_template("recordings/saved_name.html", form=form, told=_told(found.asked))
    return page, 422 if form.errors else 200


@bp.post("/saved/<uuid:key>/removal")
@requires(Permission.RECORDINGS_FIND)
def saved_remove(key: uuids.UUID) -> ResponseReturnValue:
    saved.remove(saved.get(key, by=current_user), by=current_user)
    flash(gettext("Sökningen är raderad."), "success")
    return redirect(url_for("recordings.saved_index"), 303)


def _told(asked: Pairs) -> list[tuple[Any, Any]]:
    """What it asks, in words; a quick choice of days by its own name."""
    relative = dict(asked).get("period", "")
    rest = [pair for pair in asked if pair[0] != "period"]
    days = [(gettext("Dagar"), forms.PERIODS[relative])] if relative in forms.PERIODS else []
    form = asking(rest).form
    order = [(form.sort.label.text, label(form.sort, form.sort.data))] if "sort" in dict(asked) else []
    return days + filters(form) + order
