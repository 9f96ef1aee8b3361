"""The portal's routes with what each demands, as `routes.txt` keeps them. To renew the file after
a change that is meant: `python -m tests.house.routes`."""

import tempfile
from pathlib import Path

import flask

from portal import security

GOLDEN = Path(__file__).with_name("routes.txt")
NOISE = {"HEAD", "OPTIONS"}


def unmarked(app: flask.Flask) -> list[str]:
    with app.app_context():
        return sorted(name for name in app.view_functions if security.requirement(name) is None)


def listed(app: flask.Flask) -> list[str]:
    """`METHODS rule endpoint permission`, and `proof` where a recent one is wanted, one a line, sorted by rule."""
    lines = []
    with app.app_context():
        for rule in app.url_map.iter_rules():
            demand = security.requirement(rule.endpoint)
            methods = ",".join(sorted((rule.methods or set()) - NOISE))
            words = "public" if demand is security.PUBLIC else str(demand)
            if security.wants_proof(rule.endpoint):
                words += " proof"
            lines.append((rule.rule, methods, rule.endpoint, words))
    return [f"{methods} {rule} {endpoint} {demand}" for rule, methods, endpoint, demand in sorted(lines)]


def _renew() -> None:
    from portal import config, create_app
    from portal.start import prepare

    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(folder)
        prepare(settings)
        GOLDEN.write_text("\n".join(listed(create_app(settings))) + "\n")


if __name__ == "__main__":
    _renew()
