"""What became of a call's sound can be asked for as soon as it is known."""

import numpy as np

from portal.recordings import render
from portal.recordings.models import Recording
from tests import calls
from tests.recordings.finding import found, ids


def test_a_call_whose_sound_could_not_be_read_is_found_as_such_until_it_is_tried_again(as_, people):
    row = calls.recording(people.daycare, ready=False, sound=b"no sound at all" * 50)
    client = as_(people.adviser)
    assert found(client, "flag=failed") == []
    for _ in range(render.ATTEMPTS):
        render.render_pending()
    assert Recording.get_by_id(row.id).playable == "failed"
    assert found(client, "flag=failed") == ids(row)
    assert render.retry_failed() == 1
    assert found(client, "flag=failed") == []
    assert found(client) == ids(row)


def test_a_call_without_sound_is_found_as_such(as_, people):
    row = calls.recording(people.daycare, ready=False, sound=calls.wav(np.zeros((2, 0), np.int16)))
    render.render_pending()
    assert Recording.get_by_id(row.id).playable == "empty"
    assert found(as_(people.adviser), "flag=empty") == ids(row)
