"""The administrator's pages of the list of staff: read, looked at, applied."""

import uuid
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import spreadsheet
from portal.accounts import staff, staff_list, staff_words, units
from portal.accounts.blueprint import bp
from portal.accounts.forms import refuse
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.accounts.staff_forms import StaffForm
from portal.accounts.staff_plan import Change
from portal.errors import Invalid
from portal.rights.models import StaffDraft
from portal.security import requires
from portal.web import language

MANY = 300
"""Rows of one kind that the preview shows; the others are counted."""

ORDER = tuple(Change)
"""What must be looked at comes first."""


def _by() -> Account:
    account: Account = current_user._get_current_object()
    return account


@bp.get("/staff")
@requires(Permission.ACCOUNTS_MANAGE)
def staff_lists() -> str:
    return _staff(StaffForm(None))


def _staff(form: StaffForm) -> str:
    waiting = [(draft, len(staff.planned(draft))) for draft in staff.waiting(by=_by())]
    return flask.render_template(
        "accounts/staff.html", form=form, waiting=waiting, columns=staff_list.template(language()), units=units.every()
    )


@bp.get("/staff/template")
@requires(Permission.ACCOUNTS_MANAGE)
def staff_template() -> ResponseReturnValue:
    """An empty list with the columns' names."""
    name = "henkilosto.csv" if language() == "fi" else "personallista.csv"
    return flask.Response(
        spreadsheet.lines(staff_list.template(language()), ()),
        mimetype="text/csv",
        headers={"Content-Type": spreadsheet.MEDIA_TYPE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/staff")
@requires(Permission.ACCOUNTS_MANAGE, most=staff_list.MOST_BYTES + 64 * 1024)
def read_staff() -> ResponseReturnValue:
    form = StaffForm()
    if form.validate():
        try:
            draft = staff.read(form.content, by=_by())
        except Invalid as error:
            refuse(form.file, error)
        else:
            return flask.redirect(flask.url_for("accounts.staff_draft", key=draft.uuid), 303)
    return _staff(form), 422


@bp.get("/staff/<uuid:key>")
@requires(Permission.ACCOUNTS_MANAGE)
def staff_draft(key: uuid.UUID) -> str:
    return _preview(staff.get(key, by=_by()))


def _preview(draft: StaffDraft, refused: Invalid | None = None) -> str:
    rows = staff.planned(draft)
    groups: list[tuple[Change, list[Any]]] = [(change, [r for r in rows if r.change == change]) for change in ORDER]
    return flask.render_template(
        "accounts/staff_draft.html",
        draft=draft,
        groups=groups,
        many=MANY,
        counts={change.value: len(found) for change, found in groups},
        todo=any(row.change not in (Change.SAME, Change.CANNOT) for row in rows),
        fresh=staff.is_fresh(draft),
        ignored=staff.ignored(draft),
        units={unit.code: unit.name(language()) for unit in units.every()},
        words=staff_words,
        refused=gettext(refused.text) % refused.params if refused is not None else "",
    )


@bp.post("/staff/<uuid:key>/application")
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def apply_staff(key: uuid.UUID) -> ResponseReturnValue:
    draft = staff.get(key, by=_by())
    try:
        counts = staff.apply(draft, by=_by())
    except Invalid as error:
        return _preview(draft, error), 422
    done = sum(counts[f"staff_{change}"] for change in ORDER if change not in (Change.SAME, Change.CANNOT))
    flask.flash(ngettext("%(num)s person ändrades.", "%(num)s personer ändrades.", done), "success")
    return flask.redirect(flask.url_for("accounts.staff_lists"), 303)


@bp.post("/staff/<uuid:key>/dropping")
@requires(Permission.ACCOUNTS_MANAGE)
def drop_staff(key: uuid.UUID) -> ResponseReturnValue:
    staff.drop(staff.get(key, by=_by()), by=_by())
    flask.flash(gettext("Listan är kastad. Inget ändrades."), "success")
    return flask.redirect(flask.url_for("accounts.staff_lists"), 303)
