"""The pages of ingest."""

from flask import Blueprint

bp = Blueprint("ingest", __name__, url_prefix="/ingest")
