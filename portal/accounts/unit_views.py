"""The administrator's pages of units, and of the unit and the numbers of one person."""

import uuid

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal.accounts import numbers, staff, units
from portal.accounts.blueprint import bp
from portal.accounts.forms import refuse
from portal.accounts.models import Account, Unit
from portal.accounts.permissions import Permission
from portal.accounts.staff_forms import ChangeUnitForm, PlaceForm, UnitForm
from portal.errors import Invalid, NotFound
from portal.security import requires
from portal.web import language

BESIDE = {
    units.BadCode: "code",
    units.CodeTaken: "code",
    units.NoUnitName: "name_sv",
    units.StillPeople: "active",
    units.CannotAnswer: "heads",
    staff.OwnUnit: "unit",
    numbers.BadNumber: "numbers",
    numbers.TooManyNumbers: "numbers",
}
"""The field each refusal is about."""


def _by() -> Account:
    account: Account = current_user._get_current_object()
    return account


@bp.get("/units")
@requires(Permission.ACCOUNTS_MANAGE)
def unit_list() -> str:
    return _units(UnitForm(None))


@bp.post("/units")
@requires(Permission.ACCOUNTS_MANAGE)
def make_unit() -> ResponseReturnValue:
    form = UnitForm()
    if form.validate():
        try:
            made = units.make(code=form.code.data, name_sv=form.name_sv.data, name_fi=form.name_fi.data, by=_by())
        except Invalid as error:
            refuse(form[BESIDE[type(error)]], error)
        else:
            flask.flash(gettext("Enheten är tillagd. Välj vem som svarar för personerna."), "success")
            return flask.redirect(flask.url_for("accounts.unit", key=made.uuid), 303)
    return _units(form), 422


def _units(form: UnitForm) -> str:
    rows = units.listed()
    homeless = Account.select().where(Account.unit.is_null(), Account.closed_at.is_null()).count()
    return flask.render_template("accounts/units.html", rows=rows, form=form, homeless=homeless)


@bp.route("/units/<uuid:key>", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def unit(key: uuid.UUID) -> ResponseReturnValue:
    row = units.get(key)
    heads = units.heads(row)
    form = ChangeUnitForm(
        code=row.code,
        name_sv=row.name_sv,
        name_fi=row.name_fi,
        active=row.active,
        heads=[str(head.uuid) for head in heads],
        version=row.version,
    )
    may = units.may_head()
    offered = [*may, *(head for head in heads if head not in may)]  # one who no longer may can be taken away
    form.offer([(str(one.uuid), one.name) for one in offered])
    if not form.is_submitted():
        return _unit_page(row, form), 200
    if form.validate():
        chosen = set(form.heads.data)
        try:
            units.change(
                row,
                seen=form.version.data,
                code=form.code.data,
                name_sv=form.name_sv.data,
                name_fi=form.name_fi.data,
                active=form.active.data,
                heads=[one for one in offered if str(one.uuid) in chosen],
                by=_by(),
            )
        except Invalid as error:
            refuse(form[BESIDE[type(error)]], error)
        else:
            flask.flash(gettext("Enheten är sparad."), "success")
            return flask.redirect(flask.url_for("accounts.unit", key=key), 303)
    return _unit_page(row, form), 422


def _unit_page(row: Unit, form: ChangeUnitForm) -> str:
    return flask.render_template("accounts/unit.html", unit=row, form=form, people=units.people(row))


@bp.route("/<uuid:key>/unit", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_MANAGE, proof=True)
def place(key: uuid.UUID) -> ResponseReturnValue:
    """Where one person works, and the telephone numbers of their own."""
    row: Account | None = Account.visible_to(current_user).where(Account.uuid == key).first()
    if row is None or row.closed_at is not None:
        raise NotFound
    known = units.every(active=True)
    if row.unit is not None and row.unit not in known:
        known.append(row.unit)
    form = PlaceForm(
        unit=str(row.unit.uuid) if row.unit else "", numbers=", ".join(numbers.of(row)), version=row.version
    ).offer([(str(one.uuid), f"{one.code}, {one.name(language())}") for one in known])
    if form.is_submitted() and form.validate():
        try:
            ended = staff.place(
                row,
                seen=form.version.data,
                unit=next((one for one in known if str(one.uuid) == form.unit.data), None),
                numbers=form.numbers.data or "",
                by=_by(),
            )
        except Invalid as error:
            if type(error) not in BESIDE:  # the last who may grant, or administer
                form.form_errors.append(gettext(error.text) % error.params)
            else:
                refuse(form[BESIDE[type(error)]], error)
        else:
            said = ngettext(
                "Ändringarna är sparade. %(num)s rättighet upphörde.",
                "Ändringarna är sparade. %(num)s rättigheter upphörde.",
                ended,
            )
            flask.flash(said if ended else gettext("Ändringarna är sparade."), "success")
            return flask.redirect(flask.url_for("accounts.account", key=key), 303)
    page = flask.render_template("accounts/place.html", account=row, form=form)
    return page, 422 if form.is_submitted() else 200
