"""Passages that are erased from the sound of a call: how it is asked for, and what is left."""

import io

from portal.cases import muting
from portal.retention import passages
from portal.retention.restriction_models import Redaction
from portal.vault import keystore, objects
from tests.retention import kept

RANGES = [(500, 900)]


class Case(kept.Case):
    number = "BST/7/2026"


def sound(row) -> bytes:
    row = kept.fresh(row)
    return objects.read(row.vault_id, "original", store=row.store)


def gone(subject) -> bool:
    return not any(keystore.exists(subject, store=s) or objects.anything(subject, store=s) for s in keystore.STORES)


def erased(row, ranges, case, by) -> Redaction:
    redaction = passages.erase(row, ranges, because=case, by=by)
    assert passages.sweep().done == 1
    return kept.fresh(redaction)


def silenced(content: bytes, ranges, form: str = "wav/pcm_alaw") -> bytes:
    return b"".join(muting.given(io.BytesIO(content), len(content), form, ranges, child=None))
