"""The drill: the machine and its root key are lost, two of three bring the key back, and the backup opens."""

import itertools

import pytest
from click.testing import CliRunner

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cli import root as program
from portal.keys import rotation
from portal.start import check
from portal.vault import ring, root
from tests.calls import recording
from tests.keys.test_rotate import portal
from tests.retention import drill


def printed(answer) -> list[str]:
    assert answer.exit_code == 0, answer.output
    return [line for line in answer.output.splitlines() if line.count("-") > 10]


def typed(*shares, **options):
    return CliRunner().invoke(program, ["keys", "join", *options.get("words", ())], input="\n".join(shares) + "\n")


@pytest.fixture
def house(people, settings):
    chosen = drill.apart(settings)
    return chosen, recording(people.daycare), chosen.data.with_name("backups")


def lost(settings) -> None:
    drill.breaks(settings)
    settings.root_key.unlink()
    ring.forget()


@pytest.mark.parametrize("chosen", list(itertools.combinations(range(3), 2)))
@pytest.mark.parametrize("rotated", [False, True])
def test_two_of_three_bring_the_machine_back(house, chosen, rotated):
    settings, row, backups = house
    content = drill.sound(row)
    if rotated:
        rotation.rotate()
    shares = printed(portal("keys", "split"))
    assert len(shares) == 3
    told = Entry.get(Entry.act == Act.KEYS_SPLIT).told
    assert told == {"root": ring.current().id.hex(), "shares": 3, "needed": 2}
    drill.make(backups)
    key = root.read().key
    lost(settings)
    assert drill.restore(backups).exit_code == 1
    answer = typed(*(shares[number] for number in chosen))
    assert answer.exit_code == 0, answer.output
    assert root.read().key == key
    assert settings.root_key.stat().st_mode & 0o077 == 0
    drill.told(drill.restore(backups, "--json"))
    ring.forget()
    check(settings)
    assert drill.sound(row) == content


def test_one_share_brings_nothing(house):
    settings, _, _ = house
    shares = printed(portal("keys", "split"))
    lost(settings)
    for few in ([shares[0]], [shares[1], shares[1]], []):
        answer = typed(*few)
        assert answer.exit_code == 1
        assert "fewer shares than are needed" in answer.output
    assert not settings.root_key.exists()


def test_a_share_typed_wrong_is_told(house):
    settings, _, _ = house
    shares = printed(portal("keys", "split"))
    lost(settings)
    wrong = shares[0][:10] + ("2" if shares[0][10] != "2" else "3") + shares[0][11:]
    assert "typed wrong" in typed(wrong, shares[1]).output
    assert not settings.root_key.exists()


def test_shares_of_two_splits_are_told(house):
    settings, _, _ = house
    one, other = printed(portal("keys", "split")), printed(portal("keys", "split"))
    lost(settings)
    assert "of two splits" in typed(one[0], other[1]).output
    assert not settings.root_key.exists()


def test_a_key_that_is_there_is_never_written_over(house):
    settings, _, _ = house
    before = settings.root_key.read_bytes()
    shares = printed(portal("keys", "split"))
    assert "move it aside first" in typed(*shares).output
    assert settings.root_key.read_bytes() == before


def test_a_backup_from_before_a_rotation_opens_with_the_key_of_then_and_says_so_with_another(house):
    settings, row, backups = house
    old, content = root.read(), drill.sound(row)
    name = drill.make(backups).name
    rotation.rotate()
    new = root.read()
    drill.breaks(settings)
    ring.forget()
    refused = drill.restore(backups, "--name", name)
    assert refused.exit_code == 1
    assert "it belongs to another root key" in refused.output
    assert old.id.hex() in refused.output
    assert new.id.hex() in refused.output
    settings.root_key.write_bytes(root.shown(old.key))
    ring.forget()
    drill.told(drill.restore(backups, "--json"))
    ring.forget()
    check(settings)
    assert drill.sound(row) == content


def test_a_backup_made_in_the_middle_of_a_rotation_opens_with_either_key(house, monkeypatch):
    settings, row, backups = house
    old, content = root.read(), drill.sound(row)

    def meanwhile(told):
        drill.make(backups)
        return 0, 0, 0

    monkeypatch.setattr(rotation, "_pass", meanwhile)
    rotation.rotate()
    new = root.read()
    for key in (old.key, new.key):
        drill.breaks(settings)
        settings.root_key.write_bytes(root.shown(key))
        ring.forget()
        drill.told(drill.restore(backups, "--json"))
        ring.forget()
        check(settings)
        assert drill.sound(row) == content


def test_shares_are_asked_for_in_any_number_and_the_split_refuses_none(house):
    assert len(printed(portal("keys", "split", "--shares", "5", "--needed", "3"))) == 5
    refused = portal("keys", "split", "--needed", "1")
    assert refused.exit_code == 1
    assert "two shares at least" in refused.output
