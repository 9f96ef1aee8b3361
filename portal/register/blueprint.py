"""Where the pages of the register hang: consents, disclosures, and the notices that follow from them."""

from flask import Blueprint

bp = Blueprint("register", __name__, url_prefix="/register")
