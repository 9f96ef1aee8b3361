"""`portal units`: what systemd is told, which process may do what, and that it can live with it."""

import dataclasses
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import root
from portal.config import Settings
from portal.machine import units
from portal.machine.units import Plan
from tests.house.source import ROOT

NAMES = ["portal.target", "portal-web.service", "portal-worker.service", "portal-signer.service"]
NAMES += ["portal-backup.service", "portal-backup.timer"]
SERVICES = [name for name in NAMES if name.endswith(".service")]
MOST_EXPOSED = {"portal-web.service": 2.5}
"""Of 10, as `systemd-analyze security` counts; the others do without the network."""
EXPOSED = 1.5
DIRECTIVES = {
    "Unit": {"Description", "PartOf", "After", "RequiresMountsFor", "StartLimitIntervalSec"},
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent"},
    "Install": {"WantedBy"},
    "Service": {
        *("Type", "User", "UMask", "Environment", "LoadCredentialEncrypted", "ExecStart", "Restart", "RestartSec"),
        *("KillMode", "TimeoutStopSec", "Nice", "IOSchedulingClass", "LimitCORE", "ReadWritePaths"),
        *("NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateNetwork"),
        *("ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups"),
        *("ProtectHostname", "ProtectProc", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID"),
        *("RestrictAddressFamilies", "LockPersonality", "RemoveIPC", "KeyringMode", "CapabilityBoundingSet"),
        *("AmbientCapabilities", "IPAddressAllow", "IPAddressDeny"),
        *("SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber"),
    },
}
"""What systemd.unit, .service, .exec, .timer, .resource-control and .kill call them, of systemd 247 and later."""
MANY = {"ReadWritePaths", "SystemCallFilter"}
"""What may stand more than once."""

Parsed = dict[str, dict[str, list[str]]]


@pytest.fixture
def installed(settings, tmp_path) -> Settings:
    """As the README installs it: another user signs the log."""
    apart = tmp_path / "portal-log"
    return dataclasses.replace(
        settings, checkpoint_key=apart / "checkpoint.key", checkpoint_file=apart / "checkpoints.log"
    )


def plan(**more) -> Plan:
    program = ROOT / ".venv" / "bin" / "portal"
    return Plan(**{"program": program, "user": "portal", "signer": "portal-log", "backup": Path("/mnt/backup"), **more})


def parsed(text: str) -> Parsed:
    """Strictly: nothing that systemd would pass over, nothing twice, nothing outside a section."""
    found: Parsed = {}
    section = None
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if named := re.fullmatch(r"\[(\w+)\]", line):
            section = found.setdefault(named[1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals, line
        assert section is not None, line
        assert key in MANY or key not in section, f"{key} stands twice"
        section.setdefault(key, []).append(value)
    return found


def made(settings: Settings, **more) -> dict[str, Parsed]:
    return {name: parsed(text) for name, text in units.written(settings, plan(**more)).items()}


def service(settings: Settings, name: str, **more) -> dict[str, list[str]]:
    return made(settings, **more)[f"portal-{name}.service"]["Service"]


def writes(settings: Settings, name: str, **more) -> set[str]:
    return set(service(settings, name, **more)["ReadWritePaths"])


def test_every_directive_is_one_that_systemd_knows_in_its_section(installed):
    whole = dataclasses.replace(installed, port=443)
    for name, unit in made(whole, credential=Path("/etc/portal/root.cred")).items():
        for section, lines in unit.items():
            assert set(lines) <= DIRECTIVES[section], name


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="asks systemd itself")
def test_systemd_finds_nothing_amiss_and_little_exposed(installed, tmp_path):
    folder = tmp_path / "units"
    folder.mkdir()
    for name, text in units.written(installed, plan(credential=Path("/etc/portal/root.cred"))).items():
        (folder / name).write_text(text)
    said = _systemd("verify", *(str(folder / name) for name in NAMES))
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
    for name in SERVICES:
        said = _systemd("security", "--offline=true", str(folder / name))
        exposure = re.search(r"exposure level for \S+: ([\d.]+)", said.stdout)
        assert exposure, said.stdout + said.stderr
        assert float(exposure[1]) <= MOST_EXPOSED.get(name, EXPOSED), said.stdout


def _systemd(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_one_name_starts_and_stops_all_and_the_machine_starts_it(installed):
    every = made(installed)
    assert list(every) == NAMES
    assert every["portal.target"]["Install"] == {"WantedBy": ["multi-user.target"]}
    for name in [*NAMES[1:4], "portal-backup.timer"]:
        assert every[name]["Unit"]["PartOf"] == ["portal.target"], name
        assert every[name]["Install"] == {"WantedBy": ["portal.target"]}, name
    assert "Install" not in every["portal-backup.service"], "its timer starts it"


def test_each_process_is_its_users_and_nobody_is_root(installed):
    users = {name: service(installed, name)["User"] for name in ("web", "worker", "backup", "signer")}
    assert users == {"web": ["portal"], "worker": ["portal"], "backup": ["portal"], "signer": ["portal-log"]}
    assert service(installed, "web", user="samtal")["User"] == ["samtal"]
    assert service(installed, "signer")["UMask"] == ["0022"], "its lines are read by whoever checks"
    assert service(installed, "worker")["UMask"] == ["0077"]


def test_nobody_writes_outside_the_folders_that_are_its_own(installed, tmp_path):
    data, apart = str(installed.data), str(tmp_path / "portal-log")
    assert writes(installed, "web") == {data}
    assert writes(installed, "worker") == {data, "-/mnt/backup"}, "a disk that is not there keeps it from nothing else"
    assert writes(installed, "signer") == {apart}
    assert writes(installed, "backup", backup_keys=Path("/mnt/keys")) == {data, "/mnt/backup", "/mnt/keys"}


def test_every_folder_that_a_setting_puts_elsewhere_may_be_written_and_is_waited_for(installed):
    names = ("ledger", "inbox", "keystore", "objects", "threat_keystore", "threat_objects", "secrets")
    elsewhere = {name: Path("/srv") / name for name in names}
    moved = dataclasses.replace(installed, alive_file=Path("/run/portal/alive"), **elsewhere)
    wanted = {str(moved.data), "/run/portal", *(f"/srv/{name}" for name in names)}
    assert writes(moved, "web") == wanted
    for name in NAMES[1:4]:
        assert set(made(moved)[name]["Unit"]["RequiresMountsFor"][0].split()) == wanted
    assert writes(dataclasses.replace(installed, inbox=installed.data / "in" / "here"), "web") == {str(installed.data)}


def test_only_the_web_and_who_sends_to_a_syslog_server_reach_the_network(installed):
    def network(settings: Settings, name: str) -> tuple[list[str] | None, list[str]]:
        told = service(settings, name)
        return told.get("PrivateNetwork"), told["RestrictAddressFamilies"]

    shut, opened = (["yes"], ["AF_UNIX"]), (None, ["AF_UNIX AF_INET AF_INET6"])
    assert {name: network(installed, name) for name in ("web", "worker", "signer", "backup")} == {
        **{"web": opened, "worker": shut, "signer": shut, "backup": shut}
    }
    sent = dataclasses.replace(installed, checkpoint_syslog="tls:log.example.fi:6514")
    assert (network(sent, "signer"), network(sent, "worker")) == (opened, shut)
    assert network(dataclasses.replace(sent, checkpoint_syslog="local"), "signer") == shut


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)]
)
def test_behind_a_proxy_on_the_same_machine_nobody_else_reaches_the_web(installed, host, local):
    told = service(dataclasses.replace(installed, host=host), "web")
    assert ("IPAddressDeny" in told, "IPAddressAllow" in told) == (local, local)


@pytest.mark.parametrize(("port", "given"), [(8443, ""), (1024, ""), (443, "CAP_NET_BIND_SERVICE")])
def test_the_web_gets_the_one_capability_that_a_low_port_takes(installed, port, given):
    told = service(dataclasses.replace(installed, port=port), "web")
    assert (told["CapabilityBoundingSet"], told.get("AmbientCapabilities", [""])) == ([given], [given])
    assert service(dataclasses.replace(installed, port=port), "worker")["CapabilityBoundingSet"] == [""]


def test_the_root_key_is_given_to_all_but_the_signer(installed):
    cred = Path("/etc/portal/root.cred")
    for name in ("web", "worker", "backup"):
        given = service(installed, name, credential=cred)["LoadCredentialEncrypted"]
        assert given == ["portal-root-key:/etc/portal/root.cred"]
    assert "LoadCredentialEncrypted" not in service(installed, "signer", credential=cred)
    assert "LoadCredentialEncrypted" not in service(installed, "web")


def test_where_the_key_lies_in_the_data_folder_the_worker_signs_and_writes_the_lines(settings, tmp_path):
    assert "portal-signer.service" not in made(settings)
    elsewhere = dataclasses.replace(
        settings, checkpoint_file=tmp_path / "outside" / "lines.log", checkpoint_syslog="log.example.fi:514"
    )
    assert str(tmp_path / "outside") in writes(elsewhere, "worker")
    assert "PrivateNetwork" not in service(elsewhere, "worker")


def test_homes_are_empty_unless_the_portal_lies_there(installed, tmp_path):
    program = Path("/opt/portal/.venv/bin/portal")
    outside = dataclasses.replace(
        config_in(Path("/srv/portal"), installed), checkpoint_file=Path("/srv/portal-log/checkpoints.log")
    )
    assert service(outside, "web", program=program)["ProtectHome"] == ["yes"]
    at_home = units.HOMES[0] / "anna" / ".venv" / "bin" / "portal"
    assert service(outside, "web", program=at_home)["ProtectHome"] == ["read-only"]


def config_in(data: Path, settings: Settings) -> Settings:
    """`settings` with all that lies in their data folder in `data`."""
    paths = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    moved = {
        name: data / path.relative_to(settings.data)
        for name, path in paths.items()
        if isinstance(path, Path) and path.is_relative_to(settings.data)
    }
    return dataclasses.replace(settings, **moved)


def test_a_percent_sign_in_a_path_is_one(installed):
    assert "-/mnt/100%%" in writes(installed, "worker", backup=Path("/mnt/100%"))


@pytest.mark.parametrize("name", ["with blank", 'quo"te', "back\\slash", "doll$ar", "colon:", "line\nbreak"])
def test_a_path_that_a_unit_cannot_hold_is_refused_by_name(installed, name):
    with pytest.raises(units.Unwritten, match=re.escape(repr(f"/mnt/{name}"))):
        units.written(installed, plan(backup=Path("/mnt") / name))


# The command


def asked(settings: Settings, *arguments: str):
    return CliRunner().invoke(root, ["units", *arguments], env={"PORTAL_DATA": str(settings.data)})


def test_the_command_prints_them_with_their_names(settings):
    told = asked(settings, "--backup", "/mnt/backup")
    assert told.exit_code == 0
    assert re.findall(r"^# (portal\S+)$", told.stdout, re.MULTILINE) == [n for n in NAMES if "signer" not in n]
    assert "the worker signs" in told.stderr, "that there is none for the signer is told"


def test_it_writes_them_for_all_to_read_and_the_same_again(settings, tmp_path):
    folder = tmp_path / "system"
    folder.mkdir()
    for _ in range(2):
        assert asked(settings, "--backup", "/mnt/backup", "--to", str(folder)).exit_code == 0
    assert sorted(os.listdir(folder)) == sorted(n for n in NAMES if "signer" not in n)
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o644
        assert "ExecStart=" not in path.read_text() or "/bin/portal " in path.read_text()


def test_it_names_the_program_that_is_installed(settings):
    starts = re.findall(r"^ExecStart=(\S+) (.+)$", asked(settings, "--backup", "/mnt/b").stdout, re.MULTILINE)
    assert {Path(program).is_file() for program, _ in starts} == {True}
    assert [command for _, command in starts] == ["serve", "worker", "backup /mnt/b"]
