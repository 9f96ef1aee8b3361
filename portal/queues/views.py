"""The pages of queues."""

from flask import Blueprint

bp = Blueprint("queues", __name__, url_prefix="/queues")
