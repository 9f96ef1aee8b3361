"""Damaged files: a bounded run, the same each time, and all that longer ones have found."""

import contextlib
import io
import itertools

import pytest

from portal.ingest import containers, gate
from tests.ingest.hostile import fuzz

RUNS = {"sounds": tuple(fuzz.SOUNDS), "texts": tuple(fuzz.TEXTS)}
COUNT = 1500


@pytest.fixture(scope="module")
def patients():
    with fuzz.Patients() as made:
        yield made


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("kind", fuzz.SOUNDS | fuzz.TEXTS)
def test_what_is_damaged_here_is_good(kind, patients):
    """Else a run would damage what is refused at the door."""
    good = {"vcon": "hash_mismatch ", "table": "2 rows, 0 refused", "name": "a name"}
    answer = patients.answer(kind, fuzz.seed(kind))
    assert answer == good[kind] if kind in good else "/" in answer


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("run", RUNS)
def test_a_damaged_file_has_an_answer(run, patients):
    answers = set()
    for kind, content in itertools.islice(fuzz.cases(1, RUNS[run]), COUNT):
        answers.add(patients.answer(kind, content))
    assert len(answers) > 8, "the damage reaches nothing"


@pytest.mark.soak
@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("number", range(2, 12))
def test_many_damaged_files_have_an_answer(number, patients):
    for kind, content in itertools.islice(fuzz.cases(number, (*fuzz.SOUNDS, *fuzz.TEXTS)), 10_000):
        patients.answer(kind, content)


@pytest.mark.usefixtures("settings")
def test_what_was_found_before_has_an_answer(patients):
    kept = fuzz.kept()
    assert len(kept) > 30
    for path in kept:
        patients.answer(fuzz.kind_of(path), path.read_bytes())


def test_a_run_is_the_same_for_the_same_number():
    first, again, other = (list(itertools.islice(fuzz.cases(number, RUNS["texts"]), 60)) for number in (1, 1, 2))
    assert first == again != other


@pytest.mark.usefixtures("settings")
def test_a_probe_that_dies_is_seen(patients, monkeypatch):
    monkeypatch.setattr(gate.Probe, "ask", lambda self, content: {"reason": "broken", "detail": "crash"})
    with pytest.raises(fuzz.Ill, match="crash"):
        patients.answer("alaw", fuzz.seed("alaw"))


def test_the_outside_of_a_file_is_judged_whatever_stands_in_it():
    """The part of the probe that is ours, without FFmpeg: faster, so more of it."""
    for _, content in itertools.islice(fuzz.cases(3, RUNS["sounds"]), 5 * COUNT):
        with contextlib.suppress(containers.Unfit):
            containers.look(io.BytesIO(content), len(content))
