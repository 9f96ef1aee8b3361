"""Every part that pages are made of, in every state, on one page: for those who work on the portal. It is there only
where the setting `house_style` says so; else the address is no page."""

import re
from pathlib import Path

import flask

from portal.accounts.permissions import Permission
from portal.house.forms import SpecimenForm
from portal.security import requires

bp = flask.Blueprint("house", __name__, url_prefix="/house-style")

TOKEN = re.compile(r"^ +(--ax-[\w-]+): ", re.M)
ICON = re.compile(r"\.icon-(\w+) {")
MEASURES = ("--ax-font", "--ax-radius", "--ax-space")
BARS = ((20, 30), (64, 60), (108, 45), (152, 90), (196, 12), (240, 70))
"""Of a plot: where each begins, and how high it is."""


@bp.get("")
@requires(Permission.ACCOUNTS_SELF)
def index() -> str:
    tokens = TOKEN.findall(_sheet("tokens"))
    return flask.render_template(
        "house/index.html",
        form=SpecimenForm.specimen(),
        colours=[name for name in tokens if not name.startswith(MEASURES)],
        spaces=[name for name in tokens if name.startswith("--ax-space")],
        icons=ICON.findall(_sheet("icons")),
        bars=BARS,
    )


def _sheet(name: str) -> str:
    return Path(flask.current_app.root_path, "static", "css", f"{name}.css").read_text()
