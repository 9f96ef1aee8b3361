"""Thirteen ways to lie about what was done, a hundred times each: the program that checks the log from outside finds
every one, and finds nothing where nothing was touched."""

import datetime as dt
import random
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.audit import verifier
from portal.audit.verifier import COLUMNS, GENESIS, Line
from tests.audit.signed import AT, DETAIL, HASH, World, signed

TIMES = 100
HOUR = 3_600_000


def truncate(world: World, draw: random.Random) -> None:
    """The end is cut off; sometimes the end of the signed heads too."""
    if draw.random() < 0.5:
        del world.rows[-draw.randint(1, len(world.rows) - 1) :]
    else:
        kept = draw.randint(1, len(world.lines) - 5)
        del world.lines[kept:]
        del world.rows[world.line(-1).entries :]


def rehash(world: World, draw: random.Random) -> None:
    """One entry says something else, and all that follow are chained anew."""
    index = draw.randrange(len(world.rows))
    world.rows[index] = world.forged(index, draw)
    world.rehash(index)


def roll_back(world: World, draw: random.Random) -> None:
    """An older log is put in its place, and goes on: less far, as far or further than it was."""
    older = draw.randrange(1, len(world.rows) - 1)
    missing = len(world.rows) - older
    gone_on = [world.forged(-1, draw) for _ in range(draw.choice((0, draw.randint(1, missing), missing, missing + 5)))]
    world.rows[older:] = gone_on
    world.rehash(older)
    for _ in range(draw.randint(0, 3)):
        world.sign()


def reorder(world: World, draw: random.Random) -> None:
    one, other = sorted(draw.sample(range(len(world.rows)), 2))
    world.rows[one], world.rows[other] = world.rows[other], world.rows[one]
    world.rows[one][0], world.rows[other][0] = one + 1, other + 1
    if draw.random() < 0.7:
        world.rehash(one)


def backdate(world: World, draw: random.Random) -> None:
    """What is written now claims to be from before, in a chain that is whole and signed; or an old entry is moved."""
    back = draw.randint(HOUR, 400 * HOUR)
    if draw.random() < 0.5:
        world.rows.append(world.forged(-1, draw))
        world.rows[-1][AT] -= back
        world.rehash(len(world.rows) - 1)
        world.sign()
    else:
        index = draw.randrange(len(world.rows))
        world.rows[index][AT] -= back
        if draw.random() < 0.7:
            world.rehash(index)


def empty(world: World, draw: random.Random) -> None:
    what = draw.choice(("rows", "lines", "both", "rows and begun anew"))
    if what != "lines":
        world.rows.clear()
    if what in ("lines", "both"):
        world.lines.clear()
    if what == "rows and begun anew":
        world.rows += [[n + 1, 0, "recordings:searched", None, "", None, None, "", "", "{}", "", ""] for n in range(3)]
        world.rows[0][AT] = draw.randrange(world.now)
        world.rehash()


def edit(world: World, draw: random.Random) -> None:
    """Any column; sometimes the entry's own hash fits again."""
    row, column = draw.choice(world.rows), draw.randrange(len(COLUMNS) + 1)
    given = [draw.randrange(10**6, 10**9), draw.randbytes(4), uuid.UUID(int=draw.getrandbits(128)).hex, None, "x", 1.5]
    row[column] = draw.choice([value for value in given if value != row[column]])
    if column < len(COLUMNS) and draw.random() < 0.5:
        row[HASH] = verifier.digest(dict(zip(COLUMNS, row[:-1], strict=True)))


def insert(world: World, draw: random.Random) -> None:
    index = draw.randrange(len(world.rows))
    world.rows.insert(index, world.forged(index, draw))
    if draw.random() < 0.7:
        world.rehash(index)


def delete(world: World, draw: random.Random) -> None:
    index = draw.randrange(len(world.rows))
    del world.rows[index]
    if draw.random() < 0.7:
        world.rehash(index)


def fork(world: World, draw: random.Random) -> None:
    """Two histories from one entry on; the worker was shown the one, the other is shown now. Or the places where its
    lines are kept have got different ones."""
    shown = world.twin()
    index = draw.randrange(len(world.rows))
    shown.rows[index] = shown.forged(index, draw)
    shown.rehash(index)
    if draw.random() < 0.5:
        kept = draw.randint(1, len(world.lines) - 1)
        world.other = world.lines[:kept]
        shown.sign(lines=world.other)
    else:
        shown.sign()
        world.lines, world.now = shown.lines, shown.now
        if draw.random() < 0.5:
            world.rows = shown.rows


def replace_key(world: World, draw: random.Random) -> None:
    """Another log, with heads that are signed throughout: with a key of the forger's."""
    mine, claiming = Ed25519PrivateKey.generate(), ""
    if draw.random() < 0.5:
        claiming = verifier.key_id(world.key.public_key())
    rehash(world, draw)
    first = draw.randrange(len(world.lines)) if draw.random() < 0.5 else 0
    previous = world.line(first - 1).digest if first else GENESIS
    for index in range(first, len(world.lines)):
        world.lines[index] = _written(mine, claiming, world, index, previous)
        previous = world.line(index).digest


def _written(key, claiming: str, world: World, index: int, previous: str) -> str:
    old = world.line(index)
    at = dt.datetime.fromtimestamp(old.at / 1000, dt.UTC)
    head = world.rows[old.entries - 1][HASH]
    return signed(key, claiming=claiming, seq=old.seq, at=at, entries=old.entries, head=head, previous=previous)


def replay(world: World, draw: random.Random) -> None:
    """A head that was signed earlier stands for a later one."""
    old = draw.randrange(len(world.lines) - 2)
    if draw.random() < 0.5:
        world.lines.insert(draw.randint(old + 2, len(world.lines)), world.lines[old])
    else:
        late = draw.randint(old + 2, len(world.lines) - 1)
        world.lines[late:] = [world.lines[old]] * draw.randint(1, len(world.lines) - late)
        del world.rows[world.line(old).entries :]


def re_seal(world: World, draw: random.Random) -> None:
    """The log is rewritten and the heads with it, under the signatures that stood there; or one head is touched."""
    if draw.random() < 0.3:
        index = draw.randrange(len(world.lines) - 1)  # that there was a last one nobody knows for ten minutes
        place = draw.randrange(len("checkpoint v=1 seq="), len(world.lines[index]))
        old = world.lines[index][place]
        new = draw.choice([c for c in "0123456789abcdefABCDEF=- " if c != old])
        world.lines[index] = world.lines[index][:place] + new + world.lines[index][place + 1 :]
        return
    start = draw.randrange(len(world.rows) - 1)
    world.rows[start] = world.forged(start, draw)
    world.rehash(start)
    previous = GENESIS
    for index, text in enumerate(world.lines):
        old = world.line(index)
        rewritten = text.replace(old.head, world.rows[old.entries - 1][HASH]).replace(old.previous, previous)
        world.lines[index] = rewritten
        previous = world.line(index).digest


KINDS = (
    *(truncate, rehash, roll_back, reorder, backdate, empty, edit),
    *(insert, delete, fork, replace_key, replay, re_seal),
)


@pytest.fixture
def world(settings) -> World:
    return World.lived(settings)


def test_a_log_that_nobody_touched_is_whole(world, tmp_path):
    verdict = world.verdict(tmp_path)
    assert (verdict.whole, verdict.fault, verdict.entries, verdict.signed) == (True, "", len(world.rows), 14)


def test_there_are_thirteen_kinds():
    assert len({kind.__name__ for kind in KINDS}) == 13


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_is_found_every_time(kind, world, tmp_path):
    missed = []
    for seed in range(TIMES):
        tampered = world.twin()
        kind(tampered, random.Random(f"{kind.__name__}:{seed}"))
        assert (tampered.rows, tampered.lines, tampered.other) != (world.rows, world.lines, world.other), seed
        verdict = tampered.verdict(tmp_path)
        if verdict.whole or verdict.fault not in verifier.FAULTS:
            missed.append(seed)
    assert missed == []


def test_without_the_signed_heads_a_chain_written_anew_would_pass(world, tmp_path):
    """What the heads are for: the same log is whole in itself."""
    rehash(world, random.Random(1))
    before = GENESIS
    for row in world.rows:
        assert row[COLUMNS.index("previous")] == before
        assert verifier.digest(dict(zip(COLUMNS, row[:-1], strict=True))) == row[HASH]
        before = row[HASH]
    assert world.verdict(tmp_path).fault == "rewritten"


def touch(world: World, index: int, detail: str) -> None:
    world.rows[index][DETAIL] = detail


def test_what_is_wrong_is_named_with_its_place(world, tmp_path):
    def said(change) -> tuple[str, int | None, int | None]:
        here = world.twin()
        change(here)
        verdict = here.verdict(tmp_path)
        return verdict.fault, verdict.fault_at, verdict.line

    assert said(lambda w: touch(w, 9, "{}")) == ("content", 10, None)
    assert said(lambda w: w.rows.pop()) == ("cut", 42, 14)
    assert said(lambda w: w.rows.pop(4)) == ("gap", 5, None)
    assert said(lambda w: w.lines.pop(4)) == ("missing", 13, 5)
    assert said(lambda w: w.lines.clear()) == ("none", 1, None)
    assert said(lambda w: w.lines.append(w.lines[0])) == ("replayed", 43, 1)
    assert said(lambda w: setattr(w, "now", w.now + 601_000)) == ("stale", 43, 14)

    def rewrite(w: World) -> None:
        touch(w, 9, "{}")
        w.rehash(9)

    assert said(rewrite) == ("rewritten", 12, 4)


def test_a_time_in_which_nothing_was_signed_is_told_with_its_length(world, tmp_path):
    """Whoever stops the signer may write and unwrite until it runs again: that is seen by the silence alone."""
    assert "silent" not in str(world.verdict(tmp_path))
    world.rows.append(world.forged(-1, random.Random(1)))
    world.rows[-1][AT] += HOUR
    world.rehash(len(world.rows) - 1)
    world.sign(dt.timedelta(hours=2))
    verdict = world.verdict(tmp_path)
    assert verdict.whole
    assert "nothing was signed for 120 min, until line 15" in str(verdict)
    world.sign(dt.timedelta(hours=9))
    assert world.verdict(tmp_path).silent == (2 * HOUR, 15), "nobody wrote anything meanwhile"


def test_two_lines_of_one_number_are_two_histories_whichever_the_log_agrees_with(world, tmp_path):
    shown = world.twin()
    touch(shown, 40, "{}")
    shown.rehash(40)
    world.other = world.lines[:13]
    shown.sign(lines=world.other)
    for rows in (world.rows, shown.rows):
        world.rows = rows
        assert (world.verdict(tmp_path).fault, world.verdict(tmp_path).line) in {("forked", 14), ("rewritten", 14)}
    world.lines, world.other = world.other, world.lines[-1:]
    assert (world.verdict(tmp_path).fault, world.verdict(tmp_path).line) == ("forked", 14)


def test_a_line_that_follows_another_than_the_one_before_is_a_second_history(world, tmp_path):
    """What a signer writes that was itself put back to an older state."""
    last = world.line(-1)
    at = dt.datetime.fromtimestamp(last.at / 1000, dt.UTC)
    told = {"entries": last.entries, "head": last.head, "previous": world.line(-3).digest}
    world.lines[-1] = signed(world.key, seq=last.seq, at=at, **told)
    assert (world.verdict(tmp_path).fault, world.verdict(tmp_path).line) == ("forked", last.seq)


def test_a_log_that_was_put_back_while_it_was_signed_and_is_now_shown_whole_is_found(world, tmp_path):
    shown = world.twin()
    del shown.rows[39:]
    shown.sign(lines=world.lines)
    assert (world.verdict(tmp_path).fault, world.verdict(tmp_path).line) == ("rolled_back", 15)


def test_a_line_that_a_server_wrote_around_is_read_and_parts_of_the_lines_make_a_whole(world, tmp_path):
    world.other = [f"<85>1 2026-09-01T09:00:00Z host portal - checkpoint - {line}" for line in world.lines[5:]]
    world.other.insert(3, "sshd[1]: something else")
    del world.lines[8:]
    assert world.verdict(tmp_path).whole
    del world.lines[4:]
    assert world.verdict(tmp_path).fault == "missing"


def test_a_signature_has_one_way_to_be_written(world, tmp_path):
    """The last of 86 characters has four bits that say nothing."""
    line = world.lines[3]
    twins = [line[:-1] + c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" if c != line[-1]]
    for twin in twins:
        parsed = Line.parse(twin)
        assert parsed is not None
        assert not parsed.is_signed_by(world.key.public_key())


def test_two_keys_one_after_the_other(world, tmp_path):
    """A key was lost and another began at 1: both have to be given, and each has all of its lines."""
    later = Ed25519PrivateKey.generate()
    at = dt.datetime.fromtimestamp(world.now / 1000, dt.UTC)
    told = {"entries": len(world.rows), "head": world.rows[-1][HASH], "previous": GENESIS}
    old = list(world.lines)
    world.lines.append(signed(later, seq=1, at=at, **told))
    assert world.verdict(tmp_path).fault == "key"

    keys = [world.key.public_key(), later.public_key()]
    world.verdict(tmp_path)
    log = verifier.Log(tmp_path / "copy.db")
    assert verifier.check(log, [tmp_path / "lines"], keys, as_of=world.now).whole
    (tmp_path / "lines").write_text(world.lines[-1] + "\n")
    assert verifier.check(log, [tmp_path / "lines"], keys, as_of=world.now).fault == "none"
    (tmp_path / "lines").write_text("\n".join(old) + "\n")
    assert verifier.check(log, [tmp_path / "lines"], keys, as_of=world.now).fault == "none"
    log.close()
