"""The doctor's look at disks, owners and rights: each fault is made, and told with what mends it."""

import dataclasses
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal import clock, config
from portal.machine import places
from portal.machine.told import Level
from portal.retention import copies
from portal.retention.copies import Copy

GIB = 1 << 30


def of(about: str, looked) -> list:
    return [line for line in looked if line.about == about]


def mount(place: Path, kind: str, device: str = "8:1", source: str = "/dev/sda1") -> str:
    escaped = str(place).replace(" ", "\\040")
    return f"22 1 {device} / {escaped} rw,relatime shared:1 - {kind} {source} rw"


@pytest.fixture
def machine(settings, tmp_path, monkeypatch):
    """`machine("nfs4")`: the data folder lies on that; `tree` is what the kernel says of block devices."""
    table, tree = tmp_path / "mountinfo", tmp_path / "block"
    tree.mkdir()
    monkeypatch.setattr(places, "MOUNTS", table)
    monkeypatch.setattr(places, "DEVICES", tree)

    def on(kind: str, **more: str) -> Path:
        lines = [
            mount(Path("/"), "ext4", "8:9"),
            mount(settings.data.parent, kind, **more),
            mount(tmp_path / "x", "xfs"),
        ]
        table.write_text("\n".join(lines) + "\n")
        return tree

    on("ext4")
    return on


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        *(("ext4", Level.GOOD), ("xfs", Level.GOOD), ("btrfs", Level.GOOD), ("zfs", Level.GOOD)),
        *(("nfs", Level.MEND), ("nfs4", Level.MEND), ("cifs", Level.MEND), ("smb3", Level.MEND), ("9p", Level.MEND)),
        *(("fuse.sshfs", Level.MEND), ("tmpfs", Level.MEND), ("overlay", Level.LOOK)),
    ],
)
def test_a_data_folder_on_what_is_no_disk_of_this_machine_is_told(machine, kind, level):
    machine(kind)
    (line,) = of("disk", places.disks())
    assert (line.level, kind in line.says) == (level, True)


def test_the_last_mount_over_a_folder_counts(settings, tmp_path, monkeypatch):
    table = tmp_path / "mountinfo"
    table.write_text("\n".join([mount(settings.data, "ext4"), mount(settings.data, "nfs4"), mount(Path("/"), "xfs")]))
    monkeypatch.setattr(places, "MOUNTS", table)
    assert places.mount_of(settings.data / "portal.db").kind == "nfs4"
    assert places.mount_of(Path("/")).kind == "xfs"


def test_a_blank_in_the_place_of_a_mount_is_read(tmp_path, monkeypatch):
    (tmp_path / "my disk").mkdir()
    table = tmp_path / "mountinfo"
    table.write_text(mount(tmp_path / "my disk", "nfs4"))
    monkeypatch.setattr(places, "MOUNTS", table)
    assert places.mount_of(tmp_path / "my disk").kind == "nfs4"


def test_this_machines_own_mounts_are_read():
    assert places.mount_of(Path("/proc")).kind == "proc"


@pytest.mark.parametrize(
    ("above", "below", "level"),
    [
        ("", "", Level.LOOK),
        ("CRYPT-LUKS2-1", "", Level.GOOD),
        ("LVM-1", "CRYPT-LUKS2-1", Level.GOOD),
        ("LVM-1", "", Level.LOOK),
    ],
    ids=["a bare disk", "LUKS", "LVM on LUKS", "LVM on a bare disk"],
)
def test_encryption_is_seen_through_what_lies_on_it(machine, above, below, level):
    tree = machine("ext4", device="253:1")
    for device, uuid in (("253:1", above), ("253:0", below)):
        (tree / device).mkdir()
        if uuid:
            (tree / device / "dm").mkdir()
            (tree / device / "dm" / "uuid").write_text(uuid + "\n")
    (tree / "253:1" / "slaves" / "dm-0").mkdir(parents=True)
    (tree / "253:1" / "slaves" / "dm-0" / "dev").write_text("253:0\n")
    (line,) = of("encryption", places.disks())
    assert line.level == level


@pytest.mark.parametrize(
    ("free", "inodes", "level"),
    [
        (100 * GIB, 900, Level.GOOD),
        (49 * GIB, 900, Level.LOOK),
        (GIB - 1, 900, Level.MEND),
        (100 * GIB, 40, Level.LOOK),
    ],
    ids=["enough", "less than five in a hundred", "less than a GiB", "few inodes"],
)
def test_a_disk_that_fills_is_told(machine, monkeypatch, free, inodes, level):
    disk = SimpleNamespace(f_bavail=free, f_frsize=1, f_blocks=1000 * GIB, f_files=1000, f_favail=inodes)
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    lines = of("room", places.disks())
    assert [line.level for line in lines] == [level], "one line for each disk"


def test_a_ledger_and_backups_on_the_disk_of_the_rest_are_told(settings, tmp_path):
    for folder in ("calls", "keys"):
        (tmp_path / folder).mkdir()
    copies.add(Copy("a", tmp_path / "calls", tmp_path / "keys", clock.now()))
    lines = list(places.apart())
    assert [(line.about, line.level) for line in lines] == [
        ("ledger", Level.LOOK),
        ("backups", Level.LOOK),
        ("backups", Level.LOOK),
    ]


def test_disks_of_their_own_are_good(settings, tmp_path, monkeypatch):
    real, others = Path.stat, {settings.ledger: 7, tmp_path / "calls": 8, tmp_path / "keys": 9}
    for folder in ("calls", "keys"):
        (tmp_path / folder).mkdir()
    copies.add(Copy("a", tmp_path / "calls", tmp_path / "keys", clock.now()))

    def apart(self: Path, **more):
        told = real(self, **more)
        return os.stat_result([*told[:2], others[self], *told[3:10]]) if self in others else told

    monkeypatch.setattr(Path, "stat", apart)
    assert [(line.about, line.level) for line in places.apart()] == [("ledger", Level.GOOD)]


def test_a_ledger_whose_disk_is_not_mounted_has_to_be_mended(settings, tmp_path):
    config.use(dataclasses.replace(settings, ledger=tmp_path / "gone"))
    assert [line.level for line in of("ledger", places.apart())] == [Level.MEND]


# Owners and rights


def test_what_migrate_makes_is_right(settings):
    settings.data.chmod(0o750)
    kept = [line for line in places.access() if line.about != "owner" or line.level != Level.LOOK]
    assert [line.level for line in kept] in ([Level.GOOD], []), kept


@pytest.mark.parametrize(
    ("name", "mode", "do"),
    [
        ("", 0o755, "chmod 0750"),
        ("", 0o770, "chmod 0750"),
        ("secrets", 0o750, "chmod 0700"),
        ("secrets/root.key", 0o640, "chmod 0600"),
        ("secrets/web.key", 0o604, "chmod 0600"),
        ("secrets/keyring", 0o660, "chmod 0600"),
        ("portal.db", 0o644, "chmod 0640"),
        ("portal.db", 0o660, "chmod 0640"),
        ("queue.db", 0o640, "chmod 0600"),
        ("ledger", 0o755, "chmod 0750"),
        ("keystore", 0o755, "chmod 0750"),
        ("inbox", 0o777, "chmod 0770"),
        ("inbox", 0o705, "chmod 0700"),
    ],
)
def test_what_others_may_read_or_write_is_told_with_the_mode_it_should_have(settings, name, mode, do):
    settings.data.chmod(0o750)
    place = settings.data / name
    place.chmod(mode)
    lines = [line for line in places.access() if line.level == Level.MEND]
    assert [do in line.mend for line in lines] == [True], lines


@pytest.mark.parametrize(("name", "mode"), [("portal.db", 0o640), ("inbox", 0o2770), ("", 0o2750)])
def test_what_the_signer_and_the_telephone_system_need_is_no_fault(settings, name, mode):
    settings.data.chmod(0o750)
    (settings.data / name).chmod(mode)
    assert not [line for line in places.access() if line.level == Level.MEND]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
@pytest.mark.parametrize(
    ("name", "mode", "group", "do"),
    [
        ("", 0o2750, 64002, ""),
        ("portal.db", 0o640, 64002, ""),
        ("portal.db", 0o600, 64002, "chmod 0640"),  # as a restore leaves it
        ("portal.db", 0o640, 64001, "chgrp 64002"),
        ("portal.toml", 0o600, 64002, "chmod 0640"),
        ("", 0o700, 64002, "chmod 0750"),
    ],
)
def test_a_signer_who_cannot_read_what_it_signs_is_told(settings, tmp_path, name, mode, group, do):
    key = tmp_path / "checkpoint.key"
    key.touch()
    os.chown(key, 64002, 64002)
    (settings.data / "portal.toml").touch()
    for place, usual in (("", 0o2750), ("portal.toml", 0o640), ("portal.db", 0o640)):
        os.chown(settings.data / place, 0, 64002)
        (settings.data / place).chmod(usual)
    place = settings.data / name
    os.chown(place, 0, group)
    place.chmod(mode)
    config.use(dataclasses.replace(settings, checkpoint_key=key))
    lines = of("log", places.access())
    assert [do in line.mend for line in lines] == ([True] if do else []), lines
    assert all(line.level == Level.MEND and "(64002)" in line.says for line in lines)


@pytest.mark.parametrize(
    ("setting", "mode", "told"),
    [
        *(("tls_key", 0o640, False), ("tls_key", 0o644, True), ("seal_certificate", 0o640, True)),
        *(("seal_passphrase_file", 0o640, True), ("seal_passphrase_file", 0o600, False)),
    ],
)
def test_keys_outside_the_data_folder_are_looked_at_too(settings, tmp_path, setting, mode, told):
    settings.data.chmod(0o750)
    file = tmp_path / "secret"
    file.write_bytes(b"")
    file.chmod(mode)
    config.use(dataclasses.replace(settings, **{setting: file}))
    assert [setting in line.says for line in places.access() if line.level == Level.MEND] == [True] * told


def test_toml_that_others_may_write_is_told(settings):
    settings.data.chmod(0o750)
    (settings.data / "portal.toml").write_text("")
    (settings.data / "portal.toml").chmod(0o646)
    assert ["portal.toml" in line.says for line in places.access() if line.level == Level.MEND] == [True]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
def test_what_root_made_in_a_users_folder_is_told_by_number_and_folder_alone(settings):
    settings.data.chmod(0o750)
    for place in (settings.data, *settings.data.rglob("*")):
        os.chown(place, 64001, -1)
    assert [line.level for line in places.access()] == [Level.GOOD]
    for name in ("0401234567.wav", "portal.db-wal"):
        (settings.data / name).write_bytes(b"")
        os.chown(settings.data / name, 0, -1)
    (line,) = places.access()
    assert (line.level, "2 things" in line.says) == (Level.MEND, True)
    assert "0401234567" not in line.says + line.mend
    assert line.mend.startswith("chown -hR 64001 ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_what_a_disk_of_its_own_has_at_its_root_is_nobodys_fault(settings):
    settings.data.chmod(0o750)
    for place in (settings.data, *settings.data.rglob("*")):
        os.chown(place, 64001, -1)
    for folder in (settings.data, settings.ledger, settings.objects):
        (folder / "lost+found").mkdir(mode=0o700)  # of mkfs, and so of root
    assert [line.level for line in places.access()] == [Level.GOOD]


@pytest.mark.skipif(os.geteuid() != 0, reason="as the demo is run here")
def test_a_data_folder_of_roots_is_told(settings):
    settings.data.chmod(0o750)
    assert [line.level for line in of("owner", places.access())] == [Level.LOOK]


def test_code_that_the_portals_user_may_change_is_told(settings):
    mine = Path(places.portal.__file__).stat().st_uid
    lines = list(places._code(mine))
    assert [line.about for line in lines] == ["code"] * (mine != 0)
    assert list(places._code(mine + 1)) == []


def test_an_inbox_that_is_not_there_is_told(settings):
    settings.inbox.rmdir()
    assert [line.level for line in of("inbox", places.access())] == [Level.MEND]


def test_the_modes_are_those_of_the_files_themselves(settings):
    """That nothing of the above was red because the umask of this run made it so."""
    assert stat.S_IMODE(settings.root_key.stat().st_mode) == 0o600
