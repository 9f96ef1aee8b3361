"""The portal starts, and a page answers; and it does not start where it could not go on."""

import os

import pytest
from click.testing import CliRunner

from portal import config, language, processes
from portal.cli import root


def test_the_sign_in_page_answers_with_headers(client):
    answer = client.get("/accounts/sign-in")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_page_needs_sign_in(client, as_, people):
    assert client.get("/accounts/me").status_code == 303
    assert as_(people.adviser).get("/accounts/me").status_code == 200
    assert as_(people.adviser).get("/accounts/").status_code == 403


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_code_that_is_newer_than_its_install_does_not_start(settings, tmp_path, monkeypatch, command):
    """As after a `git pull` alone, where the code is another user's."""
    folder = tmp_path / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n')
    (folder / f"messages.mo.{os.getpid()}").mkdir()  # root may write anywhere else
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    answer = CliRunner().invoke(root, [command], env={"PORTAL_DATA": str(settings.data)})
    assert isinstance(answer.exception, config.ConfigError)
    assert "make install" in str(answer.exception)


def test_settings_that_this_user_may_not_read_are_told_and_whose_they_should_be(tmp_path):
    (tmp_path / "portal.toml").mkdir()  # what root may not read either
    with pytest.raises(config.ConfigError, match="run as the user whose it is"):
        config.load(tmp_path)
    assert config.load(tmp_path / "none").port == 8443


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
def test_root_works_in_no_register_of_another_user(settings):
    """SQLite would make files beside it that its owner cannot write."""
    given = {"PORTAL_DATA": str(settings.data)}
    assert CliRunner().invoke(root, ["status"], env=given).exit_code in (0, 1)
    os.chown(settings.database, 64001, -1)
    for command in (["status"], ["backup", "/nowhere"], ["account", "create", "x"], ["migrate"], ["worker"]):
        answer = CliRunner().invoke(root, command, env=given)
        assert isinstance(answer.exception, config.ConfigError), command
        assert "runuser -u 64001 -- portal" in str(answer.exception)
    assert CliRunner().invoke(root, ["units", "--backup", "/mnt"], env=given).exit_code == 0


def test_a_user_is_told_by_the_name_that_commands_take():
    assert (processes.name_of(0), processes.name_of(64001)) == ("root", "64001")
