"""A bench runs in a throw-away register of its own."""

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.bench.cli import bench


@pytest.fixture
def run(request, monkeypatch):
    """`run("--json")` runs what the module's SMALL says, and so."""
    monkeypatch.setattr(config, "_current", None)
    yield lambda *more: CliRunner().invoke(bench, [*request.module.SMALL, *more])
    if not db.db.is_closed():
        db.db.close()
