"""Where the pages of oversight hang."""

from flask import Blueprint

bp = Blueprint("oversight", __name__, url_prefix="/oversight")
