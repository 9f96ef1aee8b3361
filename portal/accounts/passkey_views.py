"""One's own passkeys and security keys: added, named, removed."""

import uuid

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.accounts import passkeys
from portal.accounts.blueprint import bp
from portal.accounts.forms import KeyForm, refuse
from portal.accounts.models import Passkey
from portal.accounts.own_views import me_
from portal.accounts.permissions import Permission
from portal.accounts.sign_in_views import site
from portal.errors import NotFound
from portal.security import requires


@bp.route("/me/passkeys/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_passkey_new() -> ResponseReturnValue:
    form, status = KeyForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                passkeys.add(me_(), form.key.data or "", form.name.data, site())
            except passkeys.NoAnswer as error:
                form.form_errors.append(gettext(error.text))
            except (passkeys.WrongKey, passkeys.KeyTaken, passkeys.NoName, passkeys.TooMany) as error:
                refuse(form.name, error)
            else:
                flask.flash(gettext("Nyckeln är tillagd. Du kan logga in med den i stället för en kod."), "success")
                return flask.redirect(flask.url_for("accounts.me"), 303)
    return flask.render_template("accounts/own_passkey_new.html", form=form), status


@bp.post("/me/passkeys/question")
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_passkey_question() -> ResponseReturnValue:
    return passkeys.creation(me_(), site())


@bp.post("/me/passkeys/<uuid:key>/removal")
@requires(Permission.ACCOUNTS_SELF, proof=True)
def own_passkey_removal(key: uuid.UUID) -> ResponseReturnValue:
    row: Passkey | None = Passkey.visible_to(me_()).where(Passkey.uuid == key).first()
    if row is None:
        raise NotFound
    passkeys.remove(row, by=me_())
    flask.flash(gettext("Säkerhetsnyckeln är borttagen. Dina andra inloggningar är avslutade."), "success")
    return flask.redirect(flask.url_for("accounts.me"), 303)
