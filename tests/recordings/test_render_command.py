"""`portal render`, as an operator uses it."""

import pytest
from click.testing import CliRunner

from portal import cli
from portal.recordings import render
from portal.recordings.models import Playable, Recording
from tests import calls


@pytest.fixture
def run(settings):
    return lambda *words: CliRunner().invoke(cli.root, ["render", *words])


def test_recordings_that_wait_are_made_ready(run, people):
    rows = [calls.recording(people.daycare, ready=False) for _ in range(3)]
    done = run()
    assert done.exit_code == 0
    assert "ready:  3" in done.output
    assert {Recording.get_by_id(row.id).playable for row in rows} == {Playable.READY}


def test_one_that_fails_is_told_and_tried_again_only_when_asked(run, people):
    row = calls.recording(people.daycare, ready=False, sound=b"no sound at all" * 50)
    done = run()
    assert done.exit_code == 1
    assert f"failed attempts: {render.ATTEMPTS}" in done.output
    assert Recording.get_by_id(row.id).playable == Playable.FAILED
    assert run().exit_code == 0
    assert run("--again").exit_code == 1
    assert Recording.get_by_id(row.id).render_attempts == render.ATTEMPTS


def test_nothing_is_done_while_another_process_is_at_it(run, people, monkeypatch):
    calls.recording(people.daycare, ready=False)
    monkeypatch.setattr("portal.recordings.cli.render_pending", lambda: render.Summary(busy=True))
    done = run()
    assert done.exit_code == 1
    assert "another process" in done.output


def test_a_folder_without_register_is_told_what_to_do(run, settings):
    settings.database.unlink()
    done = run()
    assert done.exit_code == 1
    assert "portal migrate" in done.output
