"""Where the pages of accounts hang: signing in, one's own account, administration."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
