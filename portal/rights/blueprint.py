"""Where the pages of user rights hang."""

from flask import Blueprint

bp = Blueprint("rights", __name__, url_prefix="/rights")
