"""The page of the sound that is handed over: what is in it, the download, the password, the hand-over."""

import uuid as uuids
from collections.abc import Iterator
from typing import Any

import flask
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.permissions import Permission
from portal.cases import actions, copies, packing
from portal.cases.blueprint import bp
from portal.cases.codes import CopyState, Delivery
from portal.cases.copy_forms import AgainForm, HandedForm
from portal.cases.models import Case, Copy
from portal.cases.nudge import look_now
from portal.errors import Invalid
from portal.security import requires
from portal.web import language

BESIDE = {copies.WrongDay: "on", copies.IdentityUnseen: "identity_seen", copies.Unsaid: "how"}
"""The field that an error of the act stands beside."""


@bp.get("/<uuid:uuid>/copies", endpoint="copies")
@requires(Permission.CASES_READ)
def copies_page(uuid: uuids.UUID) -> str:
    """The copy as it stands, and what the person can do with it."""
    case = actions.get(uuid, by=current_user)
    actions.view(case, by=current_user)
    return _page(case)


def _page(case: Case, *, handed: HandedForm | None = None, again: AgainForm | None = None) -> str:
    rows = copies.of(case)
    copy, earlier = (rows[0], rows[1:]) if rows else (None, [])
    here = copy if copy is not None and copy.state == CopyState.READY else None
    acts = case.handler_id == current_user.id and current_user.may(Permission.CASES_HANDLE)
    found = packing.items(case)
    leaves = acts and copies.leaves(case)
    hands = here is not None and leaves and copies.hands(case) and here.handed_on is None
    anew = acts and case.state in copies.APPROVED and bool(found) and (copy is None or copy.state != CopyState.ORDERED)
    return render_template(
        "cases/copies.html",
        case=case,
        tab="cases.copies",
        copy=copy,
        here=here,
        earlier=earlier,
        items=found,
        list_name=packing.list_name(case.language),
        encrypted=here is not None and here.delivery == Delivery.ENCRYPTED,
        leaves=leaves,
        handed_form=(handed or HandedForm(None, copy=here)) if hands and here is not None else None,
        again_form=(again or AgainForm(None, chosen=copy.delivery if copy else case.delivery)) if anew else None,
        lang=language(),
    )


@bp.get("/<uuid:uuid>/copies/<uuid:key>/standing")
@requires(Permission.CASES_READ, prolongs=False)
def copy_standing(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """How a copy that is being made has come along, for a page that stands open; nothing when nothing is new."""
    case = actions.get(uuid, by=current_user)
    copy = copies.get(case, key)
    if copy.state == CopyState.ORDERED and copy.failure == flask.request.args.get("seen"):
        return "", 204
    return render_template("cases/_copy_waits.html", case=case, copy=copy)


@bp.post("/<uuid:uuid>/copies")
@requires(Permission.CASES_HANDLE)
def copies_again(uuid: uuids.UUID) -> ResponseReturnValue:
    """Have another copy made; the last one goes."""
    case, form = actions.get(uuid, by=current_user), AgainForm()
    if not form.validate():
        return _page(case, again=form), 422
    copies.order_again(case, delivery=form.delivery.data, by=current_user)
    look_now()
    flash(gettext("En ny ljudkopia görs i ordning."), "success")
    return redirect(url_for("cases.copies", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/copies/<uuid:key>/file")
@requires(Permission.CASES_HANDLE, proof=True, fetched=True)
def copy_file(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The zip file, or the one file in it that the form names."""
    case = actions.get(uuid, by=current_user)
    copy = copies.get(case, key)
    if name := flask.request.form.get("name", ""):
        size, blocks = copies.take_file(copy, name, by=current_user)
        return _download(blocks, size, name)
    reader = copies.take(copy, by=current_user)
    response = _download(reader.span(0, reader.size), reader.size, zip_name(case))
    response.call_on_close(reader.close)
    return response


def _download(blocks: Iterator[bytes], size: int, name: str) -> flask.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return flask.Response(blocks, mimetype="application/octet-stream", headers=headers)


def zip_name(case: Case) -> str:
    """'BS-12-2026.zip'."""
    return case.number.replace("/", "-") + ".zip"


@bp.post("/<uuid:uuid>/copies/<uuid:key>/password")
@requires(Permission.CASES_HANDLE, proof=True)
def copy_password(uuid: uuids.UUID, key: uuids.UUID) -> str:
    """The password is this answer's alone: it is destroyed with it."""
    case = actions.get(uuid, by=current_user)
    secret = copies.show_password(copies.get(case, key), by=current_user)
    return render_template("cases/copy_password.html", case=case, secret=secret, tab="cases.copies")


@bp.post("/<uuid:uuid>/copies/<uuid:key>/handover")
@requires(Permission.CASES_HANDLE, proof=True)
def copy_handover(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """Note to whom it was handed, how and when."""
    case = actions.get(uuid, by=current_user)
    copy = copies.get(case, key)
    form = HandedForm(copy=copy)
    if form.validate():
        try:
            _hand_over(copy, form)
        except Invalid as error:
            _show(form, error)
        else:
            look_now()
            flash(gettext("Överlämnandet är antecknat."), "success")
            return redirect(url_for("cases.copies", uuid=uuid), 303)
    return _page(case, handed=form), 422


def _hand_over(copy: Copy, form: HandedForm) -> None:
    copies.hand_over(
        copy,
        to=form.to.data,
        how=form.how.data,
        identity_seen=form.identity_seen.data or "",
        on=form.on.day,
        by=current_user,
    )


def _show(form: Any, error: Invalid) -> None:
    if type(error) not in BESIDE:
        raise error
    field = form[BESIDE[type(error)]]
    field.errors = [*field.errors, gettext(error.text, **error.params)]
