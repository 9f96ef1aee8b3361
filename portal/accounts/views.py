"""The pages of accounts."""

from flask import Blueprint, redirect, render_template, url_for

from portal.accounts.permissions import Permission
from portal.security import public, requires

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.get("/sign-in")
@public
def sign_in():
    return render_template("accounts/sign_in.html")


@bp.post("/language")
@public
def language():
    return redirect(url_for("index"), 303)


@bp.post("/sign-out")
@requires(Permission.ACCOUNTS_SELF)
def sign_out():
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/me")
@requires(Permission.ACCOUNTS_SELF)
def me():
    return render_template("accounts/sign_in.html")


@bp.get("/")
@requires(Permission.ACCOUNTS_MANAGE)
def index():
    return render_template("accounts/sign_in.html")
